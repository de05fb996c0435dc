/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The emulated interrupt controller: whatever a guest accesses, in whatever size, EL2 touches
 * registers that exist, aligned, in a width that they have; it writes only what is the VM's.
 *
 * The second of two steps: the handler HANDLER does what it should with all that table_proof.c has
 * found it to be given, in accesses of SIZE bytes; with END only at offsets before it.
 */
#include "arch/arm/gic/emulation_distributor.c"
#include "arch/arm/gic/emulation_private.c"
#include "arch/arm/gic/priorities.c"

#include "system.c"

#include "devices.c"

#include "handlers.c" /* of the version */

/* What an access needs of other files. */

static void lists_arguments(const struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    prove(vcpu == &loaded && n < INTID_WORDS, "lists: of the loaded vCPU, a word that there is");
    prove(system_owns(n, bits), "lists: interrupts of the VM only");
}

void lists_retire(struct vcpu *vcpu, uint32_t n, uint32_t mask, bool again)
{
    (void)again;
    lists_arguments(vcpu, n, mask);
}

void lists_end(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_arguments(vcpu, n, bits);
}

void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_arguments(vcpu, n, bits);
}

void lists_activate(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_arguments(vcpu, n, bits);
}

static uint32_t lists_some(const struct vcpu *vcpu, uint32_t n)
{
    lists_arguments(vcpu, n, 0);
    return nondet_u32() & this_cpu.vm->intids[n];
}

uint32_t lists_pending(const struct vcpu *vcpu, uint32_t n)
{
    return lists_some(vcpu, n);
}

uint32_t lists_active(const struct vcpu *vcpu, uint32_t n)
{
    return lists_some(vcpu, n);
}

void gic_private_changed(struct vcpu *vcpu)
{
    prove(vcpu == &loaded, "private interrupts: of the loaded vCPU");
}

void gic_recall(uint32_t vcpu)
{
    prove(system_is_own(vcpu) && vcpu != loaded.index, "a recall is for another vCPU of the VM");
}

/* spis_proof.c goes on from here. */

uint8_t gic_spi_holders[PLAN_MAX_INTIDS];

static void spi_arguments(const struct plan_vm *vm, uint32_t intid)
{
    prove(vm == this_cpu.vm && intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS,
          "an SPI that there is");
    prove(intid < 32 * INTID_WORDS && system_owns(intid / 32, 1U << intid % 32), "of the VM");
}

void spis_enable(uint32_t n, uint32_t bits, bool enable)
{
    (void)enable;
    prove(n >= 1, "SPIs");
    lists_arguments(&loaded, n, bits);
}

uint32_t spis_enabled(uint32_t n)
{
    prove(n >= 1 && n < INTID_WORDS, "SPIs");
    return nondet_u32();
}

uint32_t spis_again(uint32_t n)
{
    prove(n >= 1 && n < INTID_WORDS, "SPIs");
    return nondet_u32();
}

void spi_mute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why)
{
    (void)why;
    spi_arguments(vm, intid);
}

void spi_unmute(const struct plan_vm *vm, uint32_t intid, enum gic_mute why)
{
    (void)why;
    spi_arguments(vm, intid);
}

#define MAY_(handler) handler##_may
#define MAY(handler)  MAY_(handler)

/** An access of SIZE bytes, a constant, which makes the proof quick. */
static void access_any(void)
{
    struct gic_access access = {
        .offset = nondet_u64(), .size = SIZE, .write = nondet_bool(), .value = nondet_u64()};

    bank_any(&access);
    assume(MAY(HANDLER)(&access));
#ifdef END
    assume(access.offset < END);
#endif
    HANDLER(&access);
}

/** What is kept of priorities, zeros at first, is as it was for other VMs. */
static void others_priorities_kept(void)
{
    uint32_t vcpu = nondet_u32();
    uint32_t intid = nondet_u32();

    assume(vcpu < VCPUS && intid < 32 * INTID_WORDS);
    prove(system_is_own(vcpu) || gic_privates[vcpu].lists[intid % PLAN_FIRST_SPI] == 0,
          "private interrupts: of a vCPU of the VM");
    /* the loaded vCPU is the second VM's */
    prove(kept[0][intid] == 0, "priorities are kept for the VM only");
}

int main(void)
{
    system_any();
    version_any();
    priority_bits = (uint8_t)nondet_u32();
    for (uint32_t i = 0; i < VCPUS; i++) {
        vcpu_states[i].power = nondet_u32() & 3;
    }
    access_any();
    others_priorities_kept();
    return 0;
}
