/* SPDX-License-Identifier: Apache-2.0 */
/* A table of text: rows of cells, printed with columns as wide as they need to be. */
#ifndef COMPOSER_SHOW_TABLE_H
#define COMPOSER_SHOW_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TABLE_CELL_SIZE 160
#define TABLE_COLUMNS   8

struct table {
    unsigned columns;
    size_t cell_count;
    size_t room;
    char (*cells)[TABLE_CELL_SIZE];
};

/** Appends a cell; a row is full after table.columns cells, the next cell begins a new one. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Prints the rows, indented, then empties the table. */
void table_print(struct table *table, FILE *out);

/** A size as people write it: "4 KB", "1.5 GB". */
const char *table_size_text(uint64_t size, char text[32]);

#endif
