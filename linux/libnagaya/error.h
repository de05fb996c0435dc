/* SPDX-License-Identifier: Apache-2.0 */
/* Errors of the library, in words. */
#ifndef LIBNAGAYA_ERROR_H
#define LIBNAGAYA_ERROR_H

#include <stdbool.h>

/** Keeps the words for nagaya_error(); returns false, so that callers can return its result. */
bool nagaya_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
