/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: a ring per CPU in shared memory, read from outside (abi/observe.h). A debug system's
 * plan also names a UART, on which the debug engine shows the lines (console.h).
 */
#ifndef HYPERVISOR_LOG_H
#define HYPERVISOR_LOG_H

#include "observe.h"
#include "plan_access.h"

/**
 * Records that @event happened on this CPU, with up to four arguments as its text asks for them.
 *
 * @vcpu    whom it concerns, or NULL
 * Cost     about 30 instructions; with a console, the time to print what is waiting. Never waits
 *          for another CPU.
 */
void log_write(enum log_event event, const struct plan_vcpu *vcpu, uint64_t a0, uint64_t a1,
               uint64_t a2, uint64_t a3);

/** Where this CPU tells of an exception inside the hypervisor (fault.c). */
struct engine_fault *log_engine_fault(void);

#endif
