/* SPDX-License-Identifier: Apache-2.0 */
/* Memory and text for a program that runs briefly: nothing is freed, running out ends the
 * program. */
#ifndef COMPOSER_MEMORY_H
#define COMPOSER_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/** How many elements an array (not a pointer) has. */
#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

/** Room for @count elements of @size bytes, zeroed. */
void *memory_new(size_t count, size_t size);

/** Makes @array, of @count elements of @size bytes, one element longer; the new one is zeroed. */
void *memory_extend(void *array, size_t count, size_t size);

/** Appends an element to @array (a pointer variable), whose length is @count, and gives its
 * address. */
#define ARRAY_ADD(array, count)                                                                    \
    ((array) = memory_extend((array), (count), sizeof(*(array))), &(array)[(count)++])

/** A new string, as printf makes it. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The same from a list of arguments. */
char *text_format_list(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

/** A new string: @list, if not empty followed by @separator, then @item. */
char *text_join(const char *list, const char *separator, const char *item);

#endif
