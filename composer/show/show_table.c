/* SPDX-License-Identifier: Apache-2.0 */
/* A table of text. */
#include "show_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "spans.h"

void table_cell(struct table *table, const char *format, ...)
{
    if (table->cell_count == table->room) {
        table->room = table->room != 0 ? 2 * table->room : 64;
        table->cells = memory_or_exit(table->cells, table->room, sizeof(table->cells[0]));
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(table->cells[table->cell_count++], TABLE_CELL_SIZE, format, arguments);
    va_end(arguments);
}

void table_print(struct table *table, FILE *out)
{
    size_t width[TABLE_COLUMNS] = {0};
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t length = strlen(table->cells[i]);
        size_t column = i % table->columns;
        width[column] = length > width[column] ? length : width[column];
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->columns;
        if (column + 1 == table->columns) {
            fprintf(out, "  %s\n", table->cells[i]);
        } else {
            fprintf(out, "  %-*s", (int)width[column], table->cells[i]);
        }
    }
    free(table->cells);
    *table = (struct table){.columns = table->columns};
}

const char *table_size_text(uint64_t size, char text[32])
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
    unsigned unit = 0;
    uint64_t scale = 1;
    while (unit + 1 < sizeof(units) / sizeof(units[0]) && size / scale >= 1024) {
        scale *= 1024;
        unit++;
    }
    if (size % scale == 0) {
        snprintf(text, 32, "%" PRIu64 " %s", size / scale, units[unit]);
    } else {
        snprintf(text, 32, "%.1f %s", (double)size / (double)scale, units[unit]);
    }
    return text;
}
