/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <stdarg.h>
#include <string.h>

#define COLUMNS 16

void table_cell(struct table *table, const char *format, ...)
{
    va_list arguments;

    if (table->count == TABLE_CELLS)
        return;
    va_start(arguments, format);
    vsnprintf(table->cells[table->count++], TABLE_CELL_SIZE, format, arguments);
    va_end(arguments);
}

void table_print(struct table *table, FILE *out, const char *line_end)
{
    int width[COLUMNS] = {0};

    for (size_t i = 0; i < table->count; i++) {
        int length = (int)strlen(table->cells[i]);
        int *most = &width[i % table->columns];

        *most = length > *most ? length : *most;
    }
    for (size_t i = 0; i < table->count; i++) {
        unsigned column = (unsigned)(i % table->columns);
        const char *cell = table->cells[i];

        if ((table->right >> column & 1) != 0)
            fprintf(out, "%*s", width[column], cell);
        else if (column + 1 < table->columns)
            fprintf(out, "%-*s", width[column], cell);
        else
            fputs(cell, out);
        fputs(column + 1 < table->columns ? "  " : line_end, out);
    }
    table->count = 0;
}
