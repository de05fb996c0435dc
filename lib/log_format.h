/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log record as a line of text. Portable: the hypervisor's console and the host's tools share it.
 */
#ifndef HYPERVISOR_LOG_FORMAT_H
#define HYPERVISOR_LOG_FORMAT_H

#include "observe.h"
#include "plan_map.h"

/**
 * Gives the text of @record (format in abi/observe.h), without a line end, to @put, a character at
 * a time.
 *
 * @plan    the plan that the record's indices refer to; it must be sound
 */
void log_format(const struct plan *plan, const struct log_record *record,
                void (*put)(char c, void *context), void *context);

#endif
