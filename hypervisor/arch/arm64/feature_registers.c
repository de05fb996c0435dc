/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feature registers as guests see them (HCR_EL2.TID3): the hardware's, masked to the features that
 * work in a guest.
 */
#include "feature_registers.h"

#include "cpu.h"
#include "exits.h"
#include "sysreg_iss.h"

static const struct feature_register {
    uint64_t code; /* as in ESR_EL2.ISS */
    uint64_t shown;
    uint64_t unshared;
} registers[] = {
#define ROW(crm, op2, shown, unshared) {ISS_CODE(3U, 0U, 0U, (crm), (op2)), (shown), (unshared)},
    FEATURE_REGISTERS(ROW)
#undef ROW
};

/** The hardware's register of row @index of FEATURE_REGISTERS (feature_registers_read.S). */
uint64_t feature_register_hardware(uint64_t index);

#define ID_AA64PFR0 ISS_CODE(3U, 0U, 0U, 4U, 0U)
#define CSV2        (0xfULL << 56)
#define CSV2_1      (1ULL << 56)

/** From 2 on, CSV2 promises SCXTNUM_ELx, too. They are trapped (HCR_EL2.EnSCXT): no kernel needs
 * them, and they would have to be switched. What 1 says, that one context's branches don't steer
 * another's, is true from there on. */
static uint64_t csv2_limit(uint64_t pfr0)
{
    return (pfr0 & CSV2) > CSV2_1 ? (pfr0 & ~CSV2) | CSV2_1 : pfr0;
}

bool feature_register_read(uint64_t iss, uint64_t *value)
{
    uint64_t code = iss & ISS_ENCODING;

    /* They are S3_0_C0_C<crm>_<op2> with crm from 1 to 7. */
    if ((code & ~ISS_CODE(0U, 0U, 0U, 7U, 7U)) != ISS_CODE(3U, 0U, 0U, 0U, 0U) ||
        (code & ISS_CODE(0U, 0U, 0U, 7U, 0U)) == 0) {
        return false;
    }
    *value = 0;
    /* bound: sizeof_registers / sizeof_feature_register */
    for (unsigned i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        if (registers[i].code == code) {
            *value = feature_register_hardware(i) & registers[i].shown &
                     ~(this_cpu.restricted ? registers[i].unshared : 0);
        }
    }
    if (code == ID_AA64PFR0) {
        *value = csv2_limit(*value);
    }
    return true;
}
