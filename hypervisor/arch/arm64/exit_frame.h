/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARM64_EXIT_FRAME_H
#define ARM64_EXIT_FRAME_H

#include <stdint.h>

#define VCPU_STACK_WORDS 16U

/** The guest's general registers at an exit. x18 is saved although the hypervisor is compiled not
 * to use it. */
struct exit_frame {
    uint64_t x[31];
    uint64_t reserved; /* keeps the stack aligned to 16 */
    uint64_t cause;    /* of the last exit that was no short one; and ... */
    uint64_t pc;       /* ... where the guest was: for who looks for a mistake of ours */
};

/** What the call that its guest waits in returns. */
static inline void frame_set_result(struct exit_frame *frame, uint64_t value)
{
    frame->x[0] = value;
}

#endif
