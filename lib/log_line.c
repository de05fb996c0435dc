/* SPDX-License-Identifier: Apache-2.0 */
#include "log_line.h"

#include <stddef.h>

#include "log_format.h"

struct line {
    char *text;
    size_t size;
};

static void put(char c, void *context)
{
    struct line *line = context;

    if (line->size < LOG_LINE_SIZE - 1) {
        line->text[line->size++] = c;
    }
}

void log_line(const struct plan *plan, const struct log_record *record, char text[LOG_LINE_SIZE])
{
    struct line line = {.text = text};

    log_format(plan, record, put, &line);
    text[line.size] = '\0';
}
