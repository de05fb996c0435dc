/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the mistakes of one run, so that they come out together and in the order of the places. */
#include "diagnostics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct reported {
    struct source_location location;
    const char *kind; /* "", or "note: " */
    char *text;
};

static struct reported *reported;
static size_t reported_count;
static unsigned total_count;

static void report(struct source_location location, const char *kind, const char *format,
                   va_list arguments)
{
    char *text = text_format_list(format, arguments);

    *ARRAY_ADD(reported, reported_count) = (struct reported){location, kind, text};
}

void error(struct source_location location, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(location, "", format, arguments);
    va_end(arguments);
    total_count++;
}

void remark(struct source_location location, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(location, "note: ", format, arguments);
    va_end(arguments);
}

size_t errors_now(void)
{
    return reported_count;
}

const char *errors_undo(size_t moment)
{
    const char *first = NULL;

    for (size_t i = moment; i < reported_count; i++) {
        if (reported[i].kind[0] != '\0') {
            continue; /* no mistake */
        }
        if (first == NULL) {
            first = reported[i].text;
        }
        total_count--;
    }
    reported_count = moment;
    return first;
}

unsigned error_count(void)
{
    return total_count;
}

static int reported_compare(const void *left, const void *right)
{
    const struct reported *a = left;
    const struct reported *b = right;
    int order = strcmp(a->location.file, b->location.file);

    if (order != 0) {
        return order;
    }
    if (a->location.line != b->location.line) {
        return a->location.line < b->location.line ? -1 : 1;
    }
    return strcmp(a->text, b->text);
}

void errors_print(void)
{
    if (reported_count > 0) {
        qsort(reported, reported_count, sizeof(*reported), reported_compare);
    }
    for (size_t i = 0; i < reported_count; i++) {
        const struct reported *entry = &reported[i];

        if (i > 0 && reported_compare(entry, &reported[i - 1]) == 0) {
            continue;
        }
        if (*entry->kind != '\0' && total_count > 0) {
            continue;
        }
        if (entry->location.line > 0) {
            fprintf(stderr, "%s:%d: %s%s\n", entry->location.file, entry->location.line,
                    entry->kind, entry->text);
        } else {
            fprintf(stderr, "%s: %s%s\n", entry->location.file, entry->kind, entry->text);
        }
    }
    reported_count = 0;
}

void fatal(const char *format, ...)
{
    va_list arguments;

    errors_print();
    fputs("nagaya: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}
