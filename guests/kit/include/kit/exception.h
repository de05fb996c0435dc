/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions: the frame that the vectors leave, and who looks at it. Interrupts go to the GIC
 * driver. Anything else goes to the handler that was set, and if that does not take it, is reported
 * in full on the console; then the machine is switched off.
 */
#ifndef KIT_EXCEPTION_H
#define KIT_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

/** The interrupted context; the vectors load it back from here. Layout known to vectors.S. */
struct exception_frame {
    uint64_t x[31];
    uint64_t sp; /* where the stack pointer was; not loaded back */
    uint64_t pc;
    uint64_t pstate;
    uint64_t esr;
    uint64_t far;
    __uint128_t q[32];
    uint64_t fpsr;
    uint64_t fpcr;
};

/* Exception classes (ESR_EL1.EC; Arm DDI 0487, D23.2.40) that callers ask for. */
#define EXCEPTION_CLASS(esr)        ((unsigned)((esr) >> 26) & 0x3fU)
#define EXCEPTION_UNKNOWN           0x00U
#define EXCEPTION_SVC64             0x15U
#define EXCEPTION_FETCH_ABORT_LOWER 0x20U
#define EXCEPTION_FETCH_ABORT       0x21U
#define EXCEPTION_PC_ALIGNMENT      0x22U
#define EXCEPTION_DATA_ABORT_LOWER  0x24U
#define EXCEPTION_DATA_ABORT        0x25U
#define EXCEPTION_SERROR            0x2fU

/** Looks at a synchronous exception or SError; true: taken care of, go on at frame->pc. */
typedef bool exception_handler(struct exception_frame *frame);

/** Sets the handler of all CPUs; NULL: none. */
void exception_set_handler(exception_handler *handler);

/** The class's name in words. */
const char *exception_class_name(unsigned exception_class);

/** Prints the registers and the decoded syndrome. */
void exception_report(const struct exception_frame *frame);

#endif
