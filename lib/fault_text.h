/* SPDX-License-Identifier: Apache-2.0 */
/* An exception inside the hypervisor in words: `nagaya run`, and nagayactl. */
#ifndef LIB_FAULT_TEXT_H
#define LIB_FAULT_TEXT_H

#include "observe.h"
#include "plan.h"

#define FAULT_TEXT_SIZE  256
#define FAULT_TEXT_LINES 4

/** Fills @text with @fault of CPU @cpu (index in the plan) in words. Returns the number of lines.
 */
unsigned fault_text(const struct plan *plan, uint32_t cpu, const struct engine_fault *fault,
                    double seconds, char text[FAULT_TEXT_LINES][FAULT_TEXT_SIZE]);

#endif
