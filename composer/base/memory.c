/* SPDX-License-Identifier: Apache-2.0 */
/* Memory and text that live until the program ends. */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnostics.h"

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size);

    if (memory == NULL) {
        fatal("out of memory");
    }
    return memory;
}

void *memory_extend(void *array, size_t count, size_t size)
{
    char *longer = reallocarray(array, count + 1, size);

    if (longer == NULL) {
        fatal("out of memory");
    }
    memset(longer + count * size, 0, size);
    return longer;
}

char *text_format_list(const char *format, va_list arguments)
{
    char *text;

    if (vasprintf(&text, format, arguments) < 0) {
        fatal("out of memory");
    }
    return text;
}

char *text_format(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = text_format_list(format, arguments);
    va_end(arguments);
    return text;
}

char *text_join(const char *list, const char *separator, const char *item)
{
    return list[0] == '\0' ? text_format("%s", item) : text_format("%s%s%s", list, separator, item);
}
