/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trapped system registers and instructions.
 */
#include "cpu.h"
#include "exits.h"
#include "gic.h"
#include "log.h"
#include "sysreg.h"
#include "sysreg_iss.h"
#include "vcpu.h"

#define ICC_SGI1R ISS_CODE(3, 0, 12, 11, 5)
#define ICC_DIR   ISS_CODE(3, 0, 12, 11, 1)
#define DC_ISW    ISS_CODE(1, 0, 7, 6, 2)
#define DC_CSW    ISS_CODE(1, 0, 7, 10, 2)
#define DC_CISW   ISS_CODE(1, 0, 7, 14, 2)

/** Whether @code is cache maintenance by set/way. */
static bool is_set_way(uint64_t code)
{
    return code == DC_ISW || code == DC_CSW || code == DC_CISW;
}

void sysreg_exit(uint64_t esr)
{
    uint64_t code = esr & ISS_ENCODING;
    uint64_t value;

    if ((esr & ISS_READ) != 0 && feature_register_read(code, &value)) {
        vcpu_set_register(ISS_REG(esr), value);
        vcpu_skip_instruction();
        return;
    }
    if ((code == ICC_SGI1R || code == ICC_DIR) && (esr & ISS_READ) == 0) {
        uint64_t written = vcpu_register(ISS_REG(esr));
        vcpu_skip_instruction();
        if (code == ICC_SGI1R) {
            gic_send_sgi(written);
        } else {
            gic_deactivate(written);
        }
        return;
    }
    if (this_cpu.shared && (esr >> 20 & 3) == 2) {
        /* Debug registers act on a whole core: on a shared one they are as if nothing were ever set. */
        if ((esr & ISS_READ) != 0) {
            vcpu_set_register(ISS_REG(esr), 0);
        }
        vcpu_skip_instruction();
        return;
    }
    if (is_set_way(code)) {
        /* Only of use to a CPU that leaves coherence, and it would empty shared caches: docs/decisions/0003. */
        log_write(LOG_VM_SET_WAY_IGNORED, this_cpu.vcpu->plan, 0, read_sysreg(elr_el2), 0, 0);
        vcpu_skip_instruction();
        return;
    }
    log_write(LOG_VM_REFUSED_REGISTER, this_cpu.vcpu->plan, ESR_ISS(esr), read_sysreg(elr_el2), 0, 0);
    guest_fault(vcpu_inject_undefined);
}
