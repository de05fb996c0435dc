/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trapped system registers and instructions.
 */
#include "cpu.h"
#include "debug_registers.h"
#include "exits.h"
#include "gic.h"
#include "guest_state.h"
#include "sysreg.h"
#include "sysreg_iss.h"
#include "vcpu.h"
#include "vm.h"

#define DC_ISW  ISS_CODE(1U, 0U, 7U, 6U, 2U)
#define DC_CSW  ISS_CODE(1U, 0U, 7U, 10U, 2U)
#define DC_CISW ISS_CODE(1U, 0U, 7U, 14U, 2U)

/** Does what @esr asks for; @value is what a read finds, or what is written. Returns false if
 * guests don't have that.
 */
static bool register_emulate(uint64_t esr, uint64_t *value)
{
    uint64_t code = esr & ISS_ENCODING;

    if ((esr & ISS_READ) != 0) {
        return feature_register_read(code, value) || gic_register_read(code, value);
    }
    if (gic_register_write(code, *value)) {
        return true;
    }
    switch (code) {
    case DC_ISW:
    case DC_CSW:
    case DC_CISW:
        /* Only of use to a CPU that leaves coherence, and it would empty shared caches:
         * docs/decisions/0003. */
        if (atomic_exchange(&vm_state(this_cpu.vm)->told, 1) == 0) {
            guest_log(LOG_VM_SET_WAY_IGNORED, 0, esr);
        }
        return true;
    default:
        return false;
    }
}

void sysreg_exit(uint64_t esr)
{
    uint64_t value = (esr & ISS_READ) != 0 ? 0 : vcpu_register(ISS_REG(esr));
    bool debug = this_cpu.shared && ISS_OP0(esr) == 2;

    if (!(debug ? debug_register_access(esr, &value) : register_emulate(esr, &value))) {
        guest_fault_instruction(LOG_VM_REFUSED_REGISTER, ESR_ISS(esr), esr);
        return;
    }
    if ((esr & ISS_READ) != 0) {
        vcpu_set_register(ISS_REG(esr), value);
    }
    vcpu_skip_instruction();
}
