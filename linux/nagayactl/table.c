/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#define COLUMNS   16
#define LINE_SIZE (COLUMNS * (TABLE_CELL_SIZE + 2))

void table_cell(struct table *table, const char *format, ...)
{
    va_list arguments;

    if (table->count == TABLE_CELLS) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(table->cells[table->count++], TABLE_CELL_SIZE, format, arguments);
    va_end(arguments);
}

void table_hide_empty(struct table *table, unsigned first, unsigned last)
{
    for (unsigned column = first; column <= last; column++) {
        bool empty = true;

        for (size_t i = table->columns + column; i < table->count; i += table->columns) {
            empty = empty && strcmp(table->cells[i], "0") == 0;
        }
        if (empty) {
            table->hidden |= 1U << column;
        }
    }
}

static bool shows(const struct table *table, unsigned column)
{
    return (table->hidden >> column & 1) == 0;
}

static void measure(const struct table *table, int *width)
{
    for (size_t i = 0; i < table->count; i++) {
        int length = (int)strlen(table->cells[i]);
        int *most = &width[i % table->columns];

        *most = length > *most ? length : *most;
    }
}

/* The row that begins with cell @first; its last column isn't filled up. */
static void row_text(const struct table *table, size_t first, const int *width, char *text)
{
    unsigned last = table->columns - 1;
    size_t used = 0;

    while (last > 0 && !shows(table, last)) {
        last--;
    }
    text[0] = '\0';
    for (unsigned column = 0; column <= last && first + column < table->count; column++) {
        const char *cell = table->cells[first + column];
        bool right = (table->right >> column & 1) != 0;
        int fill = right ? width[column] : column < last ? -width[column] : 0;

        if (shows(table, column)) {
            used += (size_t)snprintf(text + used, LINE_SIZE - used, "%*s%s", fill, cell,
                                     column < last ? "  " : "");
        }
    }
}

void table_print(struct table *table, FILE *out, const char *line_end)
{
    int width[COLUMNS] = {0};
    char text[LINE_SIZE];

    measure(table, width);
    for (size_t first = 0; first < table->count; first += table->columns) {
        row_text(table, first, width, text);
        if (table->width > 0 && strlen(text) > table->width) {
            text[table->width - 1] = '>';
            text[table->width] = '\0';
        }
        fprintf(out, "%s%s", text, line_end);
    }
    table->count = 0;
    table->hidden = 0;
}
