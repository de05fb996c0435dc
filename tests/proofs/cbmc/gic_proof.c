/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gic_distributor_access and gic_redistributor_access: whatever a guest accesses, in whatever size, EL2 touches
 * registers that exist, aligned, in a width that they have; it writes only what is the VM's.
 */
#include "arch/arm/gicv3_distributor.c"
#include "arch/arm/gicv3_private.c"
#include "arch/arm/gicv3_redistributor.c"
#include "arch/arm/gicv3_registers.c"
#include "arch/arm/gicv3_spis.c"

#include "system.c"

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

static void private_arguments(const struct gic_private *private)
{
    prove(private >= gic_privates && private - gic_privates >= this_cpu.vm->first_vcpu &&
              private - gic_privates < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count,
          "private interrupts: of a vCPU of the VM");
}

void gic_private_set_priority(struct gic_private *private, uint32_t intid, uint8_t priority)
{
    (void)priority;
    private_arguments(private);
    prove(intid < PLAN_FIRST_SPI && system_owns(0, 1U << intid), "private interrupts: one of the VM's");
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

/* What is permitted. */

/** A register of the part that distributor and redistributors have in common, with interrupts of words @from and on,
 * before @to. */
static void bank_access_proved(uint64_t offset, unsigned size, bool write, uint64_t value, uint32_t from, uint32_t to)
{
    uint32_t n = (uint32_t)(offset & 0x7f) / 4;

    if (offset >= GICD_ISENABLER && offset < GICD_IPRIORITYR) {
        prove(size == 4 && n >= from && n < to, "bits of interrupts that exist, 32 at once");
        prove(!write || system_owns(n, (uint32_t)value), "bits: only the VM's are written");
    } else if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
        uint32_t intid = (uint32_t)(offset - GICD_IPRIORITYR);
        prove(size == 1 && intid / 32 >= from && intid / 32 < to, "priorities of interrupts that exist, byte by byte");
        prove(intid / 32 < INTID_WORDS && system_owns(intid / 32, 1U << intid % 32), "priorities: only the VM's");
    } else {
        prove(offset >= GICD_ICFGR && offset < GICD_IGRPMODR && size == 4 && !write,
              "nothing else but triggers, to be read");
        prove((offset - GICD_ICFGR) / 8 >= from && (offset - GICD_ICFGR) / 8 < to, "triggers of interrupts that exist");
    }
}

static void distributor_proved(uint64_t offset, unsigned size, bool write, uint64_t value)
{
    if (offset == GICD_CTLR || offset == GICD_TYPER) {
        prove(size == 4 && !write, "what the distributor is as a whole is only read");
        return;
    }
    if (offset < 0x1000) {
        bank_access_proved(offset, size, write, value, 1, INTID_WORDS);
        return;
    }
    uint64_t intid = (offset - GICD_IROUTER) / 8;
    prove(offset >= GICD_IROUTER && size == 8, "nothing else but routes, whole ones");
    prove(intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS, "routes of SPIs that exist");
    prove(intid < 32 * INTID_WORDS && system_owns((uint32_t)intid / 32, 1U << intid % 32), "routes: only the VM's");
    bool own = false;
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        own |= value == plan.cpus[cpu].mpidr && system_vcpu_on(cpu) != PLAN_NONE;
    }
    prove(!write || own, "a route leads to a CPU of the VM");
}

static void access_proved(uint64_t address, unsigned size, bool write, uint64_t value)
{
    prove(address % size == 0, "an access is aligned");
    if (address >= EL2_GICD && address < EL2_GICD + GIC_DISTRIBUTOR_SIZE) {
        distributor_proved(address - EL2_GICD, size, write, value);
        return;
    }
    uint64_t cpu = (address - EL2_GICR) / EL2_GICR_STRIDE;
    uint64_t offset = (address - EL2_GICR) % EL2_GICR_STRIDE;

    prove(address >= EL2_GICR && cpu < CPUS && system_vcpu_on((uint32_t)cpu) != PLAN_NONE,
          "distributor, or redistributor of a CPU of the VM");
    prove(!this_cpu.virtual_interrupts || cpu == this_cpu.index || offset == GICR_CTLR,
          "with virtual interrupts, private ones of this CPU only");
    if (offset >= GICR_SGI_FRAME) {
        bank_access_proved(offset - GICR_SGI_FRAME, size, write, value, 0, 1);
    } else {
        prove(offset == GICR_CTLR && size == 4 && !write, "nothing of a redistributor's first frame is written");
    }
}

uint64_t devices_read(uint64_t address, unsigned size)
{
    access_proved(address, size, false, 0);
    return nondet_u64();
}

void devices_write(uint64_t address, unsigned size, uint64_t value)
{
    access_proved(address, size, true, value);
}

/** An access of @size bytes: a constant, which makes the proof quick. */
static void access_any(uint32_t size)
{
    struct gic_access access = {.offset = nondet_u64(), .size = size, .write = nondet_bool(), .value = nondet_u64()};

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
    for (uint32_t n = 1; n < INTID_WORDS; n++) { /* as its own VM has set them */
        gic_spis[1].enabled[n] = nondet_u32();
        gic_spis[1].muted[MUTE_OFF][n] = nondet_u32();
        gic_spis[1].muted[MUTE_AGAIN][n] = nondet_u32();
    }
    for (uint32_t i = 0; i < VCPUS; i++) {
        vcpu_states[i].power = nondet_u32() & 3;
    }
    access_any(SIZE);
    return 0;
}
