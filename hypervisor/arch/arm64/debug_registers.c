/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debug registers of vCPUs on shared cores: see debug_registers.h. Arm DDI 0487, D2
 * (self-hosted debug).
 *
 * EL2 itself is out of their reach, whatever levels a point is set to match: debug exceptions go to
 * EL1 (MDCR_EL2.TDE is 0), and above the level that they go to they are not taken (D2.4).
 */
#include "debug_registers.h"

#include "cpu.h"
#include "sysreg.h"
#include "sysreg_iss.h"
#include "vcpu.h"

#define MDSCR_EL1 ISS_CODE(2, 0, 0, 2, 2)
#define OSLAR_EL1 ISS_CODE(2, 0, 1, 0, 4)
#define OSLSR_EL1 ISS_CODE(2, 0, 1, 1, 4)

/* DBGBVR, DBGBCR, DBGWVR, DBGWCR are one after the other in op2, from 4 on; CRm is their number. */
#define POINT_MASK       ISS_CODE(3U, 7U, 15U, 0U, 4U)
#define POINT            ISS_CODE(2U, 0U, 0U, 0U, 4U)
#define POINT_N(code)    ((code) >> 1 & (DEBUG_POINTS - 1))
#define POINT_KIND(code) ((code) >> 18 & 1) /* 1: a watchpoint */
#define POINT_WORD(code) ((code) >> 17 & 1) /* 1: its control */

#define DFR0_BRPS 12U
#define DFR0_WRPS 20U
#define OP1_TRACE 1U

#define OSLSR_PRESENT 8U
#define OSLSR_LOCKED  2U

#define MDSCR_KEPT (MDSCR_EL1_SS | MDSCR_EL1_TDCC | MDSCR_EL1_KDE | MDSCR_EL1_MDE)

/** Makes what the loaded vCPU has written true for this CPU. While its OS lock is closed, as it
 * is after a reset, there are no debug exceptions. */
static void debug_apply(struct vcpu_context *context)
{
    context->mdscr =
        context->mdscr_written & (context->os_unlocked != 0 ? MDSCR_KEPT : MDSCR_EL1_TDCC);
    write_sysreg(mdscr_el1, context->mdscr);
    if ((context->mdscr & MDSCR_EL1_MDE) != 0) {
        debug_points_load(context->points);
    }
}

bool debug_register_access(uint64_t esr, uint64_t *value)
{
    struct vcpu_context *context = &this_cpu.vcpu->context;
    uint64_t code = esr & ISS_ENCODING;
    bool read = (esr & ISS_READ) != 0;

    if ((code & POINT_MASK) == POINT) {
        uint64_t *word = &context->points[POINT_KIND(code)][POINT_N(code)][POINT_WORD(code)];
        if (POINT_N(code) >
            id_field(id_aa64dfr0_el1, POINT_KIND(code) != 0 ? DFR0_WRPS : DFR0_BRPS)) {
            return false;
        }
        *(read ? value : word) = *(read ? word : value);
    } else if (code == MDSCR_EL1 && read) {
        *value = context->mdscr_written;
    } else if (code == MDSCR_EL1) {
        context->mdscr_written = (uint32_t)(*value & MDSCR_KEPT);
    } else if (code == OSLAR_EL1 && !read) {
        context->os_unlocked = (*value & 1) == 0;
    } else if (code == OSLSR_EL1) {
        *value = OSLSR_PRESENT | (context->os_unlocked != 0 ? 0 : OSLSR_LOCKED);
    } else { /* the channel to an external debugger, of which there is none, reads as 0; trace is
                not there */
        return ISS_OP1(esr) != OP1_TRACE;
    }
    if (!read) {
        debug_apply(context);
    }
    return true;
}
