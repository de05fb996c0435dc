/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trapped system registers and instructions.
 */
#include "cpu.h"
#include "exits.h"
#include "gic.h"
#include "sysreg.h"
#include "sysreg_iss.h"
#include "vcpu.h"

#define ICC_SGI1R ISS_CODE(3, 0, 12, 11, 5)
#define ICC_DIR   ISS_CODE(3, 0, 12, 11, 1)
#define DC_ISW    ISS_CODE(1, 0, 7, 6, 2)
#define DC_CSW    ISS_CODE(1, 0, 7, 10, 2)
#define DC_CISW   ISS_CODE(1, 0, 7, 14, 2)

/** Does what @esr asks for; @value is what a read finds. Returns false if guests don't have that. */
static bool register_emulate(uint64_t esr, uint64_t *value)
{
    uint64_t code = esr & ISS_ENCODING;

    if ((esr & ISS_READ) != 0) {
        return feature_register_read(code, value);
    }
    switch (code) {
    case ICC_SGI1R:
        gic_send_sgi(vcpu_register(ISS_REG(esr)));
        return true;
    case ICC_DIR:
        gic_deactivate(vcpu_register(ISS_REG(esr)));
        return true;
    case DC_ISW:
    case DC_CSW:
    case DC_CISW:
        /* Only of use to a CPU that leaves coherence, and it would empty shared caches: docs/decisions/0003. */
        guest_log(LOG_VM_SET_WAY_IGNORED, 0, esr);
        return true;
    default:
        return false;
    }
}

void sysreg_exit(uint64_t esr)
{
    /* Debug registers act on a whole core: on a shared one they are as if nothing were ever set. */
    bool ignored = this_cpu.shared && (esr >> 20 & 3) == 2;
    uint64_t value = 0;

    if (!register_emulate(esr, &value) && !ignored) {
        guest_log(LOG_VM_REFUSED_REGISTER, ESR_ISS(esr), esr);
        guest_fault_instruction();
        return;
    }
    if ((esr & ISS_READ) != 0) {
        vcpu_set_register(ISS_REG(esr), value);
    }
    vcpu_skip_instruction();
}
