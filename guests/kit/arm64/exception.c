/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the vectors arrive: interrupts to the GIC driver, the rest to the handler that is set, else
 * to the report.
 */
#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "kit/cpu.h"
#include "kit/exception.h"
#include "kit/gic.h"
#include "kit/image.h"
#include "kit/psci.h"
#include "kit/sysreg.h"
#include "start.h"

static_assert(offsetof(struct exception_frame, sp) == 248, "vectors.S");
static_assert(offsetof(struct exception_frame, pc) == 256, "vectors.S");
static_assert(offsetof(struct exception_frame, esr) == 272, "vectors.S");
static_assert(offsetof(struct exception_frame, q) == 288, "vectors.S");
static_assert(offsetof(struct exception_frame, fpsr) == 800, "vectors.S");
static_assert(sizeof(struct exception_frame) == 816, "vectors.S");

#define VECTOR_KIND(vector) ((vector)&3U)
#define VECTOR_SYNC         0U
#define VECTOR_SERROR       3U
#define NOBODY              UINT32_MAX

static exception_handler *current_handler;
static uint32_t reporter = NOBODY; /* the CPU whose exception ends this machine */

/* ESR_EL1.EC, Arm DDI 0487, D23.2.40. */
static const char *const class_names[64] = {
    [0x00] = "undefined instruction",
    [0x01] = "trapped WFI or WFE",
    [0x07] = "trapped floating point",
    [0x0e] = "illegal execution state",
    [0x11] = "SVC, AArch32",
    [0x15] = "SVC",
    [0x18] = "trapped system register",
    [0x20] = "instruction abort from EL0",
    [0x21] = "instruction abort",
    [0x22] = "PC alignment fault",
    [0x24] = "data abort from EL0",
    [0x25] = "data abort",
    [0x26] = "SP alignment fault",
    [0x2c] = "floating-point exception",
    [0x2f] = "SError",
    [0x30] = "breakpoint from EL0",
    [0x31] = "breakpoint",
    [0x32] = "step from EL0",
    [0x33] = "step",
    [0x34] = "watchpoint from EL0",
    [0x35] = "watchpoint",
    [0x3c] = "BRK instruction",
};

void exception_set_handler(exception_handler *handler)
{
    current_handler = handler;
}

const char *exception_class_name(unsigned exception_class)
{
    const char *name = exception_class < 64 ? class_names[exception_class] : NULL;

    return name == NULL ? "other exception" : name;
}

/** The fault status code of an abort (ISS.DFSC, ISS.IFSC) without its level. */
static const char *fault_name(uint64_t esr)
{
    static const char *const names[16] = {
        "address size fault",  "translation fault",          "access flag fault",
        "permission fault",    "synchronous external abort", "external abort on a table walk",
        "parity or ECC error", "ECC error on a table walk",  "alignment or debug fault",
    };
    const char *name = names[(esr & 0x3f) >> 2];

    return name == NULL ? "other fault" : name;
}

static bool is_abort(unsigned exception_class)
{
    return (exception_class >= EXCEPTION_FETCH_ABORT_LOWER &&
            exception_class <= EXCEPTION_FETCH_ABORT) ||
           (exception_class >= EXCEPTION_DATA_ABORT_LOWER &&
            exception_class <= EXCEPTION_DATA_ABORT);
}

void exception_report(const struct exception_frame *frame)
{
    unsigned exception_class = EXCEPTION_CLASS(frame->esr);

    printf("exception on cpu %u: %s", cpu_index(), exception_class_name(exception_class));
    if (is_abort(exception_class)) {
        bool data = exception_class >= EXCEPTION_DATA_ABORT_LOWER;

        printf(", %s at level %u", fault_name(frame->esr), (unsigned)frame->esr & 3U);
        printf(", %s 0x%" PRIx64,
               !data                         ? "fetch from"
               : (frame->esr & 1U << 6) != 0 ? "write to"
                                             : "read of",
               frame->far);
    }
    printf("\n  pc  %016" PRIx64 "  sp  %016" PRIx64 "  pstate %08" PRIx64 "\n", frame->pc,
           frame->sp, frame->pstate);
    if (frame->pc >= (uint64_t)image_start && frame->pc < (uint64_t)text_end) {
        printf("  pc in the ELF file: 0x%" PRIx64 "\n",
               frame->pc - (uint64_t)image_start + KIT_LINK_BASE);
    }
    printf("  esr %016" PRIx64 "  far %016" PRIx64 "\n", frame->esr, frame->far);
    for (unsigned i = 0; i < 31; i++) {
        printf("  x%-2u %016" PRIx64 "%s", i, frame->x[i], i % 3 == 2 ? "\n" : "");
    }
    printf("\n");
}

/** Whether the frame lies on the stack that was used: the vectors found none otherwise. */
static bool has_stack(const struct exception_frame *frame)
{
    return frame->sp == (uint64_t)(frame + 1);
}

/** Says once what happened, and ends this machine. */
static _Noreturn void end(const struct exception_frame *frame)
{
    uint32_t other = NOBODY;

    if (__atomic_compare_exchange_n(&reporter, &other, cpu_index(), false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        if (!has_stack(frame)) {
            start_report_stack(frame->sp);
        }
        exception_report(frame);
    } else if (other != cpu_index()) {
        for (;;) {
            /* that CPU's report comes first, and with its end all is over */
            cpu_wait_for_interrupt();
        }
    } /* else a fault in the report itself, which would never end */
    psci_system_off();
}

/** Called by vectors.S. */
void exception_enter_c(struct exception_frame *frame, unsigned vector)
{
    if (VECTOR_KIND(vector) != VECTOR_SYNC && VECTOR_KIND(vector) != VECTOR_SERROR) {
        gic_handle_interrupt();
        return;
    }
    if (has_stack(frame) && current_handler != NULL && current_handler(frame)) {
        return;
    }
    end(frame);
}
