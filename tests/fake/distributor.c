/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller: distributor, private interrupts, and the CPUs' interfaces, as far as
 * the engine and its guests use them (Arm IHI 0069H; one security state, 5 bits of priority). And
 * what a guest's interrupts come to.
 *
 * A lock keeps each access whole. It is no synchronisation that the sanitizer would take for the
 * engine's.
 */
#include "gic_local.h"
#include "gicv3.h"
#include "interface.h"
#include "machine.h"
#include "plan_access.h"
#include "vcpu.h"

/** 32 interrupts. */
struct bank {
    uint32_t enabled, latched, line, active, edge;
    uint32_t group;
    uint8_t priority[32];
};

static struct bank privates[CPUS];
static struct bank shared[INTID_WORDS]; /* 0: unused */
static uint64_t routes[INTIDS];
static uint32_t control;
static uint32_t wakers[CPUS];

/** What is known of an SPI's way. */
static struct spi {
    bool must;       /* it has been raised, and its guest has not begun it since */
    uint64_t life;   /* in this one of its VM */
    uint32_t taken;  /* so often by EL2, while no guest of its VM has done anything */
    uint32_t steps;  /* what those had done then */
    uint32_t served; /* 1 + the vCPU that has begun it, and not ended */
    /* A VM with direct interrupts has deactivated it for others since (docs/threat-model.md): it
     * may come again, to another vCPU, before its end. */
    bool taken_away;
} spis[INTIDS];

static uint32_t held;

static void lock(void)
{
    while (__atomic_exchange_n(&held, 1, __ATOMIC_ACQUIRE) != 0) {
        host_yield();
    }
}

static void unlock(void)
{
    __atomic_store_n(&held, 0, __ATOMIC_RELEASE);
}

static bool timer_fires(const struct machine_cpu *cpu, enum machine_register ctl,
                        enum machine_register cval)
{
    return (cpu->registers[ctl] & 3) == 1 && cpu->registers[cval] <= machine_time(0);
}

/** Levels of private interrupts. */
static uint32_t private_lines(const struct machine_cpu *cpu)
{
    uint32_t lines = 0;

    lines |=
        timer_fires(cpu, REGISTER_cnthp_ctl_el2, REGISTER_cnthp_cval_el2) ? 1U << TIMER_EL2 : 0;
    lines |=
        timer_fires(cpu, REGISTER_cntv_ctl_el0, REGISTER_cntv_cval_el0) ? 1U << TIMER_GUEST : 0;
    lines |= timer_fires(cpu, REGISTER_cntp_ctl_el0, REGISTER_cntp_cval_el0) ? 1U << 30 : 0;
    lines |= maintenance_is_due(cpu) ? 1U << MAINTENANCE : 0;
    return lines;
}

static uint32_t pending_of(const struct bank *bank, uint32_t lines)
{
    return bank->latched | (lines & ~bank->edge);
}

static void better(const struct bank *bank, uint32_t lines, uint32_t first,
                   const struct machine_cpu *cpu, uint32_t *best, uint32_t *priority)
{
    uint32_t bits = pending_of(bank, lines) & bank->enabled & ~bank->active & bank->group;

    for (; bits != 0; bits &= bits - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(bits);
        if (bank->priority[i] < *priority && (first == 0 || routes[first + i] == cpu->index)) {
            *best = first + i;
            *priority = bank->priority[i];
        }
    }
}

/* Locked. */
static uint32_t best_of(const struct machine_cpu *cpu)
{
    uint64_t active = cpu->registers[REGISTER(ICC_AP1R0_EL1)];
    uint32_t running = active == 0 ? 0x100 : (uint32_t)__builtin_ctzll(active) << 3;
    uint32_t mask = (uint32_t)cpu->registers[REGISTER(ICC_PMR_EL1)];
    uint32_t priority = mask < running ? mask : running;
    uint32_t best = NO_INTERRUPT;

    if ((cpu->registers[REGISTER(ICC_IGRPEN1_EL1)] & 1) == 0) {
        return NO_INTERRUPT;
    }
    better(&privates[cpu->index], private_lines(cpu), 0, cpu, &best, &priority);
    for (uint32_t n = 1; n < INTID_WORDS; n++) {
        better(&shared[n], shared[n].line, 32 * n, cpu, &best, &priority);
    }
    return best;
}

uint32_t interrupt_best(const struct machine_cpu *cpu)
{
    lock();
    uint32_t best = best_of(cpu);
    unlock();
    return best;
}

static struct bank *bank_of(uint32_t intid)
{
    return intid < 32 ? &privates[me->index] : &shared[intid / 32];
}

/** EL2 takes SPI @intid: not again and again while its guests do nothing about it. */
static void taken(uint32_t intid)
{
    uint32_t steps = 0;

    for (uint32_t i = 0; i < CPUS && plan.gic.spi_owner[intid] != 0; i++) {
        steps += machine_cpus[i].vm_steps[plan.gic.spi_owner[intid] - 1];
    }
    spis[intid].taken = spis[intid].steps == steps ? spis[intid].taken + 1 : 0;
    spis[intid].steps = steps;
    check(spis[intid].taken < 40, "an interrupt comes again and again");
}

uint32_t interrupt_acknowledge(void)
{
    lock();
    uint32_t intid = best_of(me);
    if (intid != NO_INTERRUPT) {
        struct bank *bank = bank_of(intid);
        if (me->at_el2 && intid >= 32) {
            taken(intid);
        }
        bank->active |= 1U << intid % 32;
        bank->latched &= ~(1U << intid % 32);
        me->registers[REGISTER(ICC_AP1R0_EL1)] |= 1ULL << (bank->priority[intid % 32] >> 3);
    }
    unlock();
    machine_note(me->at_el2 ? "takes" : "begins", intid, 0);
    return intid;
}

static uint32_t owner_of(uint32_t intid)
{
    return plan.gic.spi_owner[intid] - 1U;
}

static void deactivate(uint64_t intid)
{
    if (intid < INTIDS) {
        lock();
        bank_of((uint32_t)intid)->active &= ~(1U << intid % 32);
        if (!me->at_el2 && intid >= PLAN_FIRST_SPI) {
            spis[intid].taken_away = owner_of((uint32_t)intid) != plan_vm_index(this_cpu.vm);
        }
        unlock();
    }
}

void interrupt_drop(uint64_t intid)
{
    uint64_t *active = &me->registers[REGISTER(ICC_AP1R0_EL1)];

    *active &= *active - 1;
    if ((me->registers[REGISTER(ICC_CTLR_EL1)] & ICC_CTLR_EOIMODE) == 0) {
        deactivate(intid);
    }
}

void interrupt_deactivate(uint64_t intid)
{
    deactivate(intid);
}

void sgi_send(uint64_t value)
{
    for (uint32_t i = 0; i < CPUS; i++) {
        bool named = (value & SGI1R_ALL) != 0
                         ? i != me->index
                         : (value & SGI1R_CLUSTER) == 0 && (value >> i & 1) != 0;
        if (named && me->at_el2) {
            kicks_count(i, SGI1R_INTID(value));
        }
        lock();
        privates[i].latched |= named ? 1U << SGI1R_INTID(value) : 0;
        unlock();
    }
}

/* Devices. */

/* Locked. */
static void must_come(uint32_t intid)
{
    if (owner_of(intid) < VMS) {
        spis[intid].must = true;
        spis[intid].life = LIFE(memory_word(owner_of(intid)));
    }
}

bool interrupt_is_level(uint32_t intid)
{
    return (shared[intid / 32].edge >> intid % 32 & 1) == 0;
}

bool interrupt_comes_here(uint32_t intid)
{
    return routes[intid] == me->index;
}

void interrupt_raise(uint32_t intid)
{
    machine_note("raised", intid, 0);
    lock();
    spis[intid].taken = 0;
    must_come(intid);
    if (interrupt_is_level(intid)) {
        shared[intid / 32].line |= 1U << intid % 32;
    } else {
        shared[intid / 32].latched |= 1U << intid % 32;
    }
    unlock();
}

void interrupt_quiet(uint32_t intid)
{
    lock();
    shared[intid / 32].line &= ~(1U << intid % 32);
    unlock();
}

void spi_begun(uint32_t intid)
{
    check(owner_of(intid) == plan_vm_index(this_cpu.vm),
          "an interrupt comes to a VM that doesn't own it");
    lock();
    uint32_t served = spis[intid].served;
    bool excused = spis[intid].taken_away && served != 1 + this_cpu.vcpu->index;
    spis[intid].served = 1 + this_cpu.vcpu->index;
    spis[intid].taken_away = false;
    spis[intid].must = false;
    unlock();
    check(served == 0 || excused, "an interrupt comes again before its end");
}

void spi_ended(uint32_t intid)
{
    lock();
    spis[intid].served = 0;
    unlock();
}

void spis_forgiven(uint32_t n, uint32_t bits)
{
    lock();
    for (; bits != 0; bits &= bits - 1) {
        spis[32 * n + (uint32_t)__builtin_ctz(bits)].must = false;
    }
    unlock();
}

void spis_new_life(uint32_t vm)
{
    lock();
    for (uint32_t i = 32; i < INTIDS; i++) {
        if (owner_of(i) == vm) {
            spis[i].served = 0;
            spis[i].must = spis[i].must && spis[i].life == LIFE(memory_word(vm));
        }
    }
    unlock();
}

void spis_check(uint32_t vm)
{
    for (uint32_t n = 1; n < INTID_WORDS && plan_vm(vm)->delivery == PLAN_DELIVERY_VIRTUAL; n++) {
        const struct gic_spis *kept = &gic_spis[vm];
        uint32_t muted = kept->muted[MUTE_OFF][n] | kept->muted[MUTE_AGAIN][n];
        check((shared[n].enabled & plan_vm(vm)->intids[n]) == (kept->enabled[n] & ~muted),
              "the hardware has other interrupts enabled than EL2 says");
    }
    for (uint32_t i = 32; i < INTIDS; i++) {
        if (owner_of(i) == vm && spis[i].must && spis[i].life == LIFE(memory_word(vm))) {
            const struct bank *bank = &shared[i / 32];
            machine_fail("interrupt %u of VM %u is lost (enabled %u pending %u line %u active %u, "
                         "to cpu %llu)",
                         i, vm, bank->enabled >> i % 32 & 1, bank->latched >> i % 32 & 1,
                         bank->line >> i % 32 & 1, bank->active >> i % 32 & 1,
                         (unsigned long long)routes[i]);
        }
    }
}

/* Registers. */

/** What the access to words or bytes of @bank, from interrupt @first on, finds or does. Locked. */
static uint64_t bank_access(struct bank *bank, uint32_t lines, uint64_t offset, unsigned size,
                            bool write, uint32_t value)
{
    switch (offset & ~0x7fULL) {
    case GICD_IGROUPR:
        bank->group = write ? value : bank->group;
        return bank->group;
    case GICD_ISENABLER:
        bank->enabled |= write ? value : 0;
        return bank->enabled;
    case GICD_ICENABLER:
        bank->enabled &= ~(write ? value : 0);
        return bank->enabled;
    case GICD_ISPENDR:
        bank->latched |= write ? value : 0;
        return pending_of(bank, lines);
    case GICD_ICPENDR:
        bank->latched &= ~(write ? value : 0);
        return pending_of(bank, lines);
    case GICD_ISACTIVER:
        bank->active |= write ? value : 0;
        return bank->active;
    case GICD_ICACTIVER:
        bank->active &= ~(write ? value : 0);
        return bank->active;
    case GICD_IGRPMODR:
        return 0;
    default:
        break;
    }
    if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
        uint64_t read = 0;
        for (unsigned i = 0; i < size; i++) {
            uint8_t *priority = &bank->priority[(offset + i) % 32];
            *priority = (uint8_t)(write ? (uint8_t)((value >> 8 * i) & 0xf8) : *priority);
            read |= (uint64_t)*priority << 8 * i;
        }
        return read;
    }
    machine_fail("a register that is not there: %#llx", (unsigned long long)offset);
}

static uint64_t trigger_access(struct bank *bank, uint32_t half, bool write, uint32_t value)
{
    uint32_t read = 0;

    for (uint32_t i = 0; i < 16; i++) {
        uint32_t bit = 1U << (16 * half + i);
        if (write) {
            bank->edge = (value >> (2 * i + 1) & 1) != 0 ? bank->edge | bit : bank->edge & ~bit;
        }
        read |= (bank->edge & bit) != 0 ? 2U << 2 * i : 0;
    }
    return read;
}

/** EL2 writes for a guest: only of what its VM owns. */
static void write_checked(uint64_t offset, uint64_t value)
{
    if (me->errand != ERRAND_ACCESS || !me->at_el2) {
        return;
    }
    if (offset >= GICD_IROUTER) {
        uint64_t intid = (offset - GICD_IROUTER) / 8;
        bool own = false;
        for (uint32_t i = 0; i < this_cpu.vm->vcpu_count; i++) {
            own |= plan.cpus[plan_vcpu(this_cpu.vm->first_vcpu + i)->cpu].mpidr == value;
        }
        check(own && intid < INTIDS && plan_vm_owns(this_cpu.vm, (intid_t){(uint32_t)intid}),
              "a route of another VM's");
    } else if (offset >= GICD_IPRIORITYR) {
        check(offset - GICD_IPRIORITYR < INTIDS &&
                  plan_vm_owns(this_cpu.vm, (intid_t){(uint32_t)(offset - GICD_IPRIORITYR)}),
              "a priority of another VM's");
    } else {
        check((value & ~(uint64_t)this_cpu.vm->intids[(offset & 0x7f) / 4]) == 0,
              "interrupts of another VM's");
    }
}

static uint64_t distributor_access(uint64_t offset, unsigned size, bool write, uint64_t value)
{
    bool bytes = offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR;
    uint64_t n = bytes ? (offset - GICD_IPRIORITYR) / 32 : (offset & 0x7f) / 4;

    switch (offset) {
    case GICD_CTLR:
        control = write ? (uint32_t)value : control;
        return control | (one_in(16) ? GICD_CTLR_RWP : 0);
    case GICD_TYPER:
        return INTID_WORDS - 1;
    default:
        break;
    }
    if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END) {
        uint64_t intid = (offset - GICD_IROUTER) / 8;
        check(size == 8 && intid >= 32 && intid < INTIDS, "a route that there is");
        routes[intid] = write ? value : routes[intid];
        return routes[intid];
    }
    if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR) {
        n = (offset - GICD_ICFGR) / 8;
        check(n >= 1 && n < INTID_WORDS && size == 4, "interrupts that there are");
        return trigger_access(&shared[n], (uint32_t)(offset & 4) / 4, write, (uint32_t)value);
    }
    check(n >= 1 && n < INTID_WORDS, "interrupts that there are");
    if (write && (offset & ~0x7fULL) == GICD_ISPENDR && me->errand == ERRAND_RING) {
        must_come(32 * (uint32_t)n + (uint32_t)__builtin_ctzll(value));
    }
    return bank_access(&shared[n], shared[n].line, offset, size, write, (uint32_t)value);
}

static uint64_t redistributor_access(uint64_t cpu, uint64_t offset, unsigned size, bool write,
                                     uint64_t value)
{
    check(cpu < CPUS, "a redistributor that there is");
    switch (offset) {
    case GICR_CTLR:
        return 0;
    case GICR_TYPER:
        return cpu << GICR_TYPER_AFFINITY_SHIFT;
    case GICR_WAKER:
        wakers[cpu] = write ? (uint32_t)value : wakers[cpu];
        return wakers[cpu];
    default:
        break;
    }
    check(offset >= GICR_SGI_FRAME, "a register of a redistributor that is known");
    offset -= GICR_SGI_FRAME;
    if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR) {
        return 0;
    }
    bool bytes = offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR;
    check(bytes ? offset < GICD_IPRIORITYR + 32 : (offset & 0x7f) == 0, "private interrupts");
    return bank_access(&privates[cpu], cpu == me->index ? private_lines(me) : 0, offset, size,
                       write, (uint32_t)value);
}

static uint64_t device_access(uint64_t address, unsigned size, bool write, uint64_t value)
{
    uint64_t found;

    machine_point();
    check(address % size == 0, "an access is aligned");
    lock();
    if (address >= EL2_GICR) {
        found = redistributor_access((address - EL2_GICR) / EL2_GICR_STRIDE,
                                     (address - EL2_GICR) % EL2_GICR_STRIDE, size, write, value);
    } else {
        if (write) {
            write_checked(address - EL2_GICD, value);
        }
        found = distributor_access(address - EL2_GICD, size, write, value);
    }
    unlock();
    if (write) {
        machine_note("writes", address, value);
    }
    return found;
}

uint64_t device_read(uint64_t address, unsigned size)
{
    return device_access(address, size, false, 0);
}

void device_write(uint64_t address, unsigned size, uint64_t value)
{
    (void)device_access(address, size, true, value);
}
