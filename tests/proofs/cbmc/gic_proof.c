/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The emulated interrupt controller: whatever a guest accesses, in whatever size, EL2 touches registers that exist,
 * aligned, in a width that they have; it writes only what is the VM's.
 *
 * In two steps, by a contract between them (access_is_permitted). With TABLE: gic_distributor_access or, with
 * REDISTRIBUTOR, gic_redistributor_access gives a handler only what the contract lets through. With HANDLER=name, SIZE
 * and RANGE: that handler does what it should with all of that, of the distributor or, with REDISTRIBUTOR, of a
 * redistributor.
 */
#ifdef TABLE
#include "arch/arm/gic/emulation.c"
#else
#include "arch/arm/gic/emulation_distributor.c"
#include "arch/arm/gic/emulation_private.c"
#include "arch/arm/gic/priorities.c"
#include "arch/arm/gic/v3/emulation_redistributor.c"
#endif

#include "system.c"

#include "devices.c"

/** What a handler may be given: a register between @first and @end, at a multiple of its size, one of @sizes, in the
 * bank that belongs to it. */
static bool access_is_permitted(const struct gic_access *access, uint64_t first, uint64_t end, uint32_t sizes)
{
    bool own = access->bank == EL2_GICD;

    for (uint32_t i = 0; i < VCPUS; i++) {
        uint64_t frame = gic_redistributor(system_vcpus[i].cpu);
        bool here = access->bank == frame + GICR_SGI_FRAME || (first == 0 && access->bank == frame);
        own |= i >= this_cpu.vm->first_vcpu && i < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count &&
               i == access->vcpu && here;
    }
    return own && access->offset >= first && access->offset < end && (access->size & sizes) != 0 &&
           access->offset % access->size == 0;
}

#ifdef TABLE

static void handler_called(const struct gic_access *access, uint64_t first, uint64_t end, uint32_t sizes)
{
    prove(access_is_permitted(access, first, end, sizes), "a handler is given what it may be: an access is aligned");
}

void gic_access_control(struct gic_access *access)
{
    prove(access->bank == EL2_GICD, "of the distributor");
    handler_called(access, 0, 0x80, 4);
}

void gic_access_bits(struct gic_access *access)
{
    handler_called(access, GICD_ISENABLER, GICD_IPRIORITYR, 4);
}

void gic_access_priority(struct gic_access *access)
{
    handler_called(access, GICD_IPRIORITYR, GICD_ITARGETSR, 1 | 4);
}

void gic_access_trigger(struct gic_access *access)
{
    handler_called(access, GICD_ICFGR, GICD_IGRPMODR, 4);
}

void gic_access_route(struct gic_access *access)
{
    prove(access->bank == EL2_GICD, "of the distributor");
    handler_called(access, GICD_IROUTER, GICD_IROUTER_END, 4 | 8);
}

void gic_access_redistributor(struct gic_access *access)
{
    bool narrow = access->offset == GICR_CTLR || access->offset == GICR_WAKER || access->offset == GICR_PIDR2;

    prove(access->bank != EL2_GICD, "of a redistributor");
    handler_called(access, 0, GICR_SGI_FRAME, narrow ? 4 : 1 | 2 | 4 | 8);
}

void gic_access_private_bits(struct gic_access *access)
{
    prove(this_cpu.virtual_interrupts && access->bank != EL2_GICD, "private interrupts that are kept");
    handler_called(access, GICD_ISENABLER, GICD_IPRIORITYR, 4);
}

void gic_access_private_trigger(struct gic_access *access)
{
    prove(this_cpu.virtual_interrupts && access->bank != EL2_GICD, "private interrupts that are kept");
    handler_called(access, GICD_ICFGR, GICD_IGRPMODR, 4);
}

/** Any access, of any size. */
static void access_any(void)
{
    struct gic_access access = {
        .offset = nondet_u64(), .size = nondet_u32(), .write = nondet_bool(), .value = nondet_u64()};

    assume(access.size == 1 || access.size == 2 || access.size == 4 || access.size == 8);
#ifdef REDISTRIBUTOR
    assume(access.offset < (uint64_t)this_cpu.vm->vcpu_count * GIC_REDISTRIBUTOR_SIZE);
    (void)gic_redistributor_access(&access);
#else
    assume(access.offset < GIC_DISTRIBUTOR_SIZE);
    (void)gic_distributor_access(&access);
#endif
}

int main(void)
{
    system_any();
    access_any();
    return 0;
}

#else

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
    prove(vcpu >= this_cpu.vm->first_vcpu && vcpu < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count &&
              vcpu != loaded.index,
          "a recall is for another vCPU of the VM");
}

/* spis_proof.c goes on from here. */

uint8_t gic_spi_holders[PLAN_MAX_INTIDS];

static void spi_arguments(const struct plan_vm *vm, uint32_t intid)
{
    prove(vm == this_cpu.vm && intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS, "an SPI that there is");
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

void gic_wait_distributor(void)
{
}

uint32_t vm_vcpu(const struct plan_vm *vm, uint64_t mpidr)
{
    uint32_t found = nondet_u32();

    (void)mpidr;
    assume(found == PLAN_NONE || (found >= vm->first_vcpu && found < vm->first_vcpu + vm->vcpu_count));
    return found;
}

/** An access of SIZE bytes, a constant, which makes the proof quick. */
static void access_any(uint64_t first, uint64_t end)
{
    struct gic_access access = {
        .offset = nondet_u64(), .size = SIZE, .write = nondet_bool(), .value = nondet_u64(), .bank = EL2_GICD};

#ifdef REDISTRIBUTOR
    access.vcpu = nondet_u32();
    assume(access.vcpu >= this_cpu.vm->first_vcpu && access.vcpu < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count);
    access.bank = gic_redistributor(system_vcpus[access.vcpu].cpu) + (first == 0 ? 0 : GICR_SGI_FRAME);
#endif
#ifdef KEPT
    assume(this_cpu.virtual_interrupts);
#endif
#ifdef DIRECT
    assume(!this_cpu.virtual_interrupts);
#endif
    assume(access_is_permitted(&access, first, end, SIZE));
    HANDLER(&access);
}

/** What is kept of priorities, zeros at first, is as it was for other VMs. */
static void others_priorities_kept(void)
{
    uint32_t vcpu = nondet_u32();
    uint32_t intid = nondet_u32();

    assume(vcpu < VCPUS && intid < 32 * INTID_WORDS);
    bool own = vcpu >= this_cpu.vm->first_vcpu && vcpu < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count;
    prove(own || gic_privates[vcpu].lists[intid % PLAN_FIRST_SPI] == 0, "private interrupts: of a vCPU of the VM");
    prove(kept[0][intid] == 0, "priorities are kept for the VM only"); /* the loaded vCPU is the second VM's */
}

int main(void)
{
    system_any();
    priority_bits = (uint8_t)nondet_u32();
    for (uint32_t i = 0; i < VCPUS; i++) {
        vcpu_states[i].power = nondet_u32() & 3;
    }
    access_any(RANGE);
    others_priorities_kept();
    return 0;
}

#endif
