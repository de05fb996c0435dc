/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the hypervisor's log as text: `nagaya run`, and nagayactl. */
#ifndef LIB_LOG_LINE_H
#define LIB_LOG_LINE_H

#include "observe.h"
#include "plan.h"

#define LOG_LINE_SIZE 256

/** Fills @text with @record in words; what has no room is cut off. */
void log_line(const struct plan *plan, const struct log_record *record, char text[LOG_LINE_SIZE]);

#endif
