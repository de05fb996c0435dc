/* SPDX-License-Identifier: Apache-2.0 */
/* A table of text: rows of cells, printed with columns as wide as they need to be. */
#ifndef NAGAYACTL_TABLE_H
#define NAGAYACTL_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_CELL_SIZE 64
#define TABLE_CELLS     512

struct table {
    unsigned columns;
    unsigned right;  /* bit n: column n is right-aligned */
    unsigned hidden; /* bit n: column n is not printed */
    unsigned width;  /* a longer line is cut, and its end marked by >; 0: none is */
    size_t count;
    char cells[TABLE_CELLS][TABLE_CELL_SIZE];
};

/** Appends a cell; a row is full after table.columns cells. What has no room is left out. */
void table_cell(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Hides the columns @first to @last that have nothing but 0 below their heads. */
void table_hide_empty(struct table *table, unsigned first, unsigned last);

/** Prints the rows, each line followed by @line_end, and empties the table. */
void table_print(struct table *table, FILE *out, const char *line_end);

#endif
