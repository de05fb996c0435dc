/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The emulated interrupt controller, the first of two steps: whatever a guest accesses, in whatever
 * size, a handler is given only what the contract between the two lets through (HANDLER_may in the
 * version's version.c). gic_proof.c takes it from there.
 */
#include "emulation.c" /* the version's */

#include "system.c"

#include "devices.c"

#define CALLED(handler)                                                                            \
    void handler(struct gic_access *access)                                                        \
    {                                                                                              \
        accesses++;                                                                                \
        prove(handler##_may(access), #handler " is given what it may be: an access is aligned");   \
    }

CALLED(gic_access_control)
CALLED(gic_access_bits)
CALLED(gic_access_priority)
CALLED(gic_access_trigger)
CALLED(gic_access_private_bits)
CALLED(gic_access_private_trigger)
VERSION_HANDLERS(CALLED)

void gic_guest_deactivate(uint64_t intid)
{
    prove(this_cpu.virtual_interrupts && intid <= 0xffffff,
          "an INTID, of a guest with virtual interrupts");
    accesses++;
}

int main(void)
{
    uint64_t address = nondet_u64();
    struct gic_access access = {
        .size = nondet_u32(), .write = nondet_bool(), .value = nondet_u64()};

    system_any();
    version_any();
    assume(access.size == 1 || access.size == 2 || access.size == 4 || access.size == 8);
    assume(access.size == 8 || access.value >> 8 * access.size == 0);
    bool done = gic_access(address, &access);
    prove(!done || version_has(address), "what was done is within the VM's interrupt controller");
    prove(done || accesses == 0, "or nothing was touched");
    prove(gic_has(this_cpu.vm, address) == version_has(address), "and what is told to be there is");
    return 0;
}
