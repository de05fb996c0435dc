/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUs that sleep at EL2, or in their guests.
 */
#ifndef ARM_CPU_SLEEP_H
#define ARM_CPU_SLEEP_H

/** Wakes all CPUs that sleep in WFE. */
void cpu_send_event(void);

/** Sleeps until an interrupt is pending for this CPU, whatever is masked; may return early. */
void cpu_wait(void);

#endif
