/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hypervisor's first instructions found: a 64-bit word at BOOT_VERDICT_OFFSET from the
 * image's entry point, for whoever looks at the machine's memory when nothing else is to be seen.
 * Assembly uses it too: only #define.
 */
#ifndef ABI_BOOT_VERDICT_H
#define ABI_BOOT_VERDICT_H

#define BOOT_VERDICT_OFFSET 8

#define BOOT_PLAN_SOUND   0x600d /* all is well, the log has the rest */
#define BOOT_UNDECIDED    0      /* not started, or stuck before the first check */
#define BOOT_HEAD_DAMAGED 1      /* the plan's head is not what was composed: stopped */
#define BOOT_PLAN_FOREIGN 2      /* the plan is of another version: stopped, the log says so */
/* the rest of the plan is not what was composed: stopped, the log says so */
#define BOOT_BODY_DAMAGED 3
#define BOOT_CPU_UNKNOWN  4 /* started on a CPU that the plan does not use: stopped */
#define BOOT_NOT_AT_EL2   5 /* not entered at EL2: stopped */

#endif
