/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exception inside the hypervisor: a mistake of its own, or of the hardware's. Nothing of this
 * CPU can be trusted any more, so it stops; the rest of the machine goes on, and is told.
 *
 * Assembly uses the numbers, too.
 */
#ifndef HYPERVISOR_FAULT_H
#define HYPERVISOR_FAULT_H

#include <stdint.h>

/* What is added to the word that hypervisor_exception keeps (vectors.S) each time, above the
 * CPU's index; and what it has come to when not even C code is to be tried again. */
#define ENGINE_FAULT_AGAIN     0x100U
#define ENGINE_FAULT_TOO_OFTEN 0x400U

/**
 * Tells of the exception, takes the VMs of this CPU out of the system, and stops the CPU or resets
 * the machine, as the plan says (enum plan_engine_fault). An exception in here comes here again and
 * leaves out what may have caused it.
 *
 * @word  index of this CPU in the plan, and ENGINE_FAULT_AGAIN for each time before
 * Cost   bounded by the plan; no guest can enter this path while the hypervisor has no mistake.
 */
_Noreturn void engine_fault(uint64_t word, uint64_t esr, uint64_t elr, uint64_t far, uint64_t spsr,
                            uint64_t sp, uint64_t lr);

#endif
