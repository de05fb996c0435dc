/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What guests do: anything. Those that are not wild keep to the rules of the interrupt controller,
 * so that it can be said what has to come to them.
 */
#include "gic.h"
#include "gicv3.h"
#include "guest.h"
#include "guests.h"
#include "manager.h"
#include "psci.h"
#include "trapped.h"
#include "virtual_interface.h"
#include "vm.h"

#define VMCR_OPEN 0xff000002ULL
#define VMCR_TWO  (1ULL << 9)

static bool is_virtual(void)
{
    return this_cpu.virtual_interrupts;
}

static bool is_checked(void)
{
    return this_cpu.vm->delivery == PLAN_DELIVERY_CHECKED;
}

/** A register of the CPU's interface, of a guest that has it. */
static void interface_write(uint64_t code, enum machine_register number, uint64_t value)
{
    if (is_checked()) {
        enter_register(code, true, value);
    } else {
        register_write(number, value);
    }
}

static bool two_steps(void)
{
    return is_virtual() ? (read_icc(ICH_VMCR_EL2) & VMCR_TWO) != 0
                        : (read_icc(ICC_CTLR_EL1) & ICC_CTLR_EOIMODE) != 0;
}

void guest_open(bool two)
{
    if (is_virtual()) {
        write_icc(ICH_VMCR_EL2, VMCR_OPEN | (two ? VMCR_TWO : 0));
    } else {
        write_icc(ICC_IGRPEN1_EL1, 1);
        interface_write(ICC_PMR, REGISTER(ICC_PMR_EL1), 0xff);
        interface_write(ICC_CTLR, REGISTER(ICC_CTLR_EL1), two ? ICC_CTLR_EOIMODE : 0);
    }
}

bool guest_begin(void)
{
    struct guest *guest = guest_self();

    if (guest->served_count == SERVED_MAX) {
        return false;
    }
    uint32_t intid = is_virtual() ? virtual_acknowledge() : (uint32_t)read_icc(ICC_IAR1_EL1);
    if (intid >= INTIDS) {
        check(intid == NO_INTERRUPT, "an interrupt that there is not");
        return false;
    }
    machine_note("begins interrupt", intid, this_cpu.vcpu->index);
    check((this_cpu.vm->intids[intid / 32] >> intid % 32 & 1) != 0,
          "an interrupt comes to a VM that doesn't own it");
    if (intid >= 32) {
        if (!guest_is_wild()) {
            spi_begun(intid);
        }
        interrupt_quiet(intid);
    } else {
        check((guest->private_served >> intid & 1) == 0 || guest_is_wild(),
              "an interrupt comes again before its end");
        guest->private_served |= 1U << intid;
        atomic_fetch_and_explicit(&guest->sgis, ~(1U << intid), memory_order_relaxed);
        guest->timer_came = guest->timer_came || intid == TIMER_GUEST;
    }
    guest->served[guest->served_count++] = intid;
    return true;
}

/** It is deactivated at @at of those that it has begun. */
static uint32_t served_remove(struct guest *guest, uint32_t at)
{
    uint32_t intid = guest->served[at];

    for (guest->served_count--; at < guest->served_count; at++) {
        guest->served[at] = guest->served[at + 1];
    }
    if (intid < 32) {
        guest->private_served &= ~(1U << intid);
        if (intid == TIMER_GUEST) {
            write_sysreg(cntv_ctl_el0, 0);
        } else if (intid == 30) {
            write_sysreg(cntp_ctl_el0, 0);
        }
    } else {
        spi_ended(intid);
    }
    return intid;
}

static void deactivate(uint32_t intid)
{
    if (!is_virtual()) {
        interface_write(ICC_DIR, REGISTER(ICC_DIR_EL1), intid);
    } else if ((read_icc(ICH_HCR_EL2) & VIF_TDIR) != 0) {
        enter_register(ICC_DIR, true, intid);
    } else {
        virtual_deactivate(intid);
    }
}

static void drop(uint32_t intid)
{
    if (is_virtual()) {
        virtual_end(intid);
    } else {
        interrupt_drop(intid);
    }
}

void guest_end(void)
{
    struct guest *guest = guest_self();

    if (guest->served_count == 0) {
        return;
    }
    if (!two_steps()) { /* the last one is the first to end */
        uint32_t last = served_remove(guest, guest->served_count - 1);
        machine_note("ends interrupt", last, this_cpu.vcpu->index);
        drop(last);
        return;
    }
    /* priorities are dropped from the last one to the first ... */
    if (guest->dropped < guest->served_count) {
        drop(guest->served[guest->served_count - 1 - guest->dropped++]);
        return;
    }
    guest->dropped--;
    /* ... and then any may end */
    uint32_t any = served_remove(guest, random_below(guest->served_count));
    machine_note("deactivates interrupt", any, this_cpu.vcpu->index);
    deactivate(any);
}

static uint64_t own_redistributor(void)
{
    return this_cpu.vm->gicr_ipa + (this_cpu.vcpu->index - this_cpu.vm->first_vcpu) * 0x20000ULL +
           0x10000;
}

bool guest_set_up(uint32_t step)
{
    const struct plan_vm *vm = this_cpu.vm;

    if (step == 0) {
        guest_open(two_steps());
        guest_self()->timer_came = false;
        write_sysreg(cntv_cval_el0, machine_time(0) + random_below(20000));
        write_sysreg(cntv_ctl_el0, 1);
        enter_access(own_redistributor() + GICD_ISENABLER, 4, true, UINT32_MAX);
    } else if (step < INTID_WORDS) {
        enter_access(vm->gicd_ipa + GICD_ISENABLER + 4ULL * step, 4, true, UINT32_MAX);
    } else if (step < INTID_WORDS + SPIS_OF_VM &&
               interrupt_comes_here(plan_spi(plan_vm_index(vm), step - INTID_WORDS))) {
        return true;
    } else if (step < INTID_WORDS + SPIS_OF_VM &&
               (this_cpu.vcpu->index == vm->first_vcpu || !guest_is_on(vm->first_vcpu))) {
        uint32_t intid = plan_spi(plan_vm_index(vm), step - INTID_WORDS);
        enter_access(vm->gicd_ipa + GICD_IROUTER + 8ULL * intid, 8, true,
                     this_cpu.vcpu->plan->mpidr);
    } else if (step == INTID_WORDS + SPIS_OF_VM &&
               vm->vcpu_count > 1) { /* the other one, if that is off */
        uint32_t other = vm->first_vcpu + (this_cpu.vcpu->index == vm->first_vcpu ? 1 : 0);
        enter_call(PSCI_CPU_ON | PSCI_64, plan_vcpu(other)->mpidr, 0x40000100, guest_self()->life);
    } else {
        return false;
    }
    return true;
}

static bool something_is_there(void)
{
    return is_virtual() && virtual_pending();
}

void guest_sleep(uint64_t limit)
{
    if (is_virtual() &&
        (one_in(2) || guest_is_wild() || !gic_vcpu_enabled(this_cpu.vcpu, TIMER_GUEST))) {
        enter_call(HC_DELAY, limit, 0, 0);
        return;
    }
    write_sysreg(cntv_cval_el0, machine_time(0) + limit);
    write_sysreg(cntv_ctl_el0, 1);
    if (is_virtual() && one_in(4)) { /* its timer ends the wait */
        if (one_in(2)) {
            enter_call(PSCI_CPU_SUSPEND, 0, 0, 0);
        } else {
            enter_call(HC_DELAY, one_in(2) ? HC_FOREVER : random_64(), 0, 0);
        }
        return;
    }
    if ((read_sysreg(hcr_el2) & HCR_EL2_TWI) != 0) {
        enter_wait();
    } else {
        machine_note("sleeps", 0, 0);
        machine_sleep(something_is_there);
    }
}

/* What it may do. */

static void act_call(void)
{
    static const uint64_t numbers[] = {HC_NULL,  HC_INFO, HC_EXIT_COUNT, HC_PET,
                                       HC_YIELD, HC_LOG,  HC_END,        0xc6000007};

    switch (random_below(5)) {
    case 0:
        enter_call(HC_RING, random_below(3), 0, 0);
        break;
    case 1:
        enter_call(HC_EVENT_WAIT, 0x40000000 + random_below(0x11000), random_below(300000), 0);
        break;
    case 2:
        enter_call(HC_DELAY, random_below(20000), 0, 0);
        break;
    default:
        enter_call(numbers[random_below(sizeof(numbers) / sizeof(numbers[0]))], random_64(),
                   random_64(), 0);
        break;
    }
}

/** It is not there any more for what is sent to it, and what it has begun ends. */
static void goes_off(void)
{
    struct guest *guest = guest_self();

    atomic_store_explicit(&guest->is_on, 0, memory_order_relaxed);
    memory_left(plan_vm_index(this_cpu.vm));
    /* or they would stay active in the hardware */
    while (!is_virtual() && guest->served_count != 0) {
        guest_end();
    }
    while (guest->served_count != 0) {
        (void)served_remove(guest, 0);
    }
}

static void act_power(void)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint64_t target =
        one_in(8) ? random_64() : plan_vcpu(vm->first_vcpu + random_below(vm->vcpu_count))->mpidr;
    void (*call)(uint64_t, uint64_t, uint64_t, uint64_t) = one_in(2) ? enter_call : enter_smc;

    switch (random_below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        call(PSCI_CPU_ON | PSCI_64, target, 0x40000004 + random_below(0x3000) * 4,
             guest_self()->life);
        break;
    case 5:
    case 6:
        if (plan_vm_index(vm) != VM_MANAGER && (vm->vcpu_count > 1 || one_in(8))) {
            goes_off();
            call(PSCI_CPU_OFF, 0, 0, 0);
        }
        break;
    case 7:
        if (plan_vm_index(vm) != VM_MANAGER && one_in(4)) {
            call(one_in(4) ? PSCI_SYSTEM_OFF : PSCI_SYSTEM_RESET, 0, 0, 0);
        }
        break;
    case 8:
        call(PSCI_CPU_SUSPEND, UINT32_MAX, 0, 0);
        break;
    case 9:
    case 10:
        call(PSCI_AFFINITY_INFO | PSCI_64, target, random_below(2), 0);
        break;
    case 11:
        call(PSCI_CPU_ON | (one_in(2) ? PSCI_64 : 0), target, 0x3ffffffd + random_below(3),
             random_64());
        break;
    case 12:
        call(0x80000000U + random_below(0x10000), random_64(), random_64(), random_64());
        break;
    default:
        call(0x84000000U + (random_below(16) == 8 ? 0 : 10), PSCI_CPU_ON, 0, 0);
        break;
    }
}

/** An SGI, to some of its VM's vCPUs. */
static void act_sgi(void)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t intid = random_below(16);
    uint32_t number = random_below(vm->vcpu_count);
    struct guest *target = &guests[vm->first_vcpu + number];
    uint64_t to = is_virtual() || (is_checked() && vm->affinity == PLAN_AFFINITY_VIRTUAL)
                      ? 1ULL << number
                      : plan.cpus[plan_vcpu(vm->first_vcpu + number)->cpu].sgi0;
    uint64_t value = (uint64_t)intid << 24 | (one_in(8) ? SGI1R_ALL : to);

    if ((value & SGI1R_ALL) == 0 && is_virtual() && guest_is_on(vm->first_vcpu + number)) {
        atomic_fetch_or_explicit(&target->sgis, 1U << intid, memory_order_relaxed);
    }
    if (guest_is_wild() && one_in(4)) {
        value = random_64();
    }
    if (is_virtual() || is_checked()) {
        enter_register(ICC_SGI1R, true, value);
    } else {
        register_write(REGISTER(ICC_SGI1R_EL1), value);
    }
}

static void act_timer(void)
{
    bool other = one_in(4);

    write_sysreg(cntv_cval_el0, one_in(20) ? random_64() : machine_time(0) + random_below(20000));
    write_sysreg(cntv_ctl_el0, random_below(4));
    if (other) {
        write_sysreg(cntp_cval_el0, machine_time(0) + random_below(20000));
        write_sysreg(cntp_ctl_el0, random_below(4));
    }
}

/** A priority of its own. */
static void act_priority(bool shared)
{
    const struct plan_vm *vm = this_cpu.vm;
    uint32_t intid =
        shared ? plan_spi(plan_vm_index(vm), random_below(SPIS_OF_VM)) : random_below(32);

    enter_access((intid < 32 ? own_redistributor() : vm->gicd_ipa) + GICD_IPRIORITYR + intid, 1,
                 !one_in(4), random_below(240));
}

/** Before it has enabled anything, it says how urgent what is. */
static bool guest_begins_to_set_up(void)
{
    struct guest *guest = guest_self();

    if (guest->priorities == 0) {
        return false;
    }
    guest->priorities--;
    act_priority(this_cpu.vcpu->index == this_cpu.vm->first_vcpu && one_in(2));
    return true;
}

/** An access to its interrupt controller that keeps to the rules. */
static void act_set_up(void)
{
    static const uint32_t groups[] = {GICD_ISENABLER, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR,
                                      GICD_ICPENDR};
    const struct plan_vm *vm = this_cpu.vm;
    struct guest *guest = guest_self();
    uint32_t group = groups[random_below(5)];
    uint32_t n = random_below(INTID_WORDS);
    uint32_t bits = (uint32_t)random_64() & (uint32_t)random_64() &
                    (one_in(2) ? UINT32_MAX : (uint32_t)random_64());
    uint32_t intid = plan_spi(plan_vm_index(vm), random_below(SPIS_OF_VM));
    bool write = !one_in(4);

    switch (random_below(4)) {
    case 0:
        enter_access(vm->gicd_ipa + GICD_IROUTER + 8ULL * intid, 8, write,
                     plan_vcpu(vm->first_vcpu + random_below(vm->vcpu_count))->mpidr |
                         (one_in(8) ? GICD_IROUTER_ANY : 0));
        return;
    case 1:
        if (machine.reprioritises) {
            act_priority(one_in(2));
            return;
        }
        break;
    default:
        break;
    }
    if (write && group == GICD_ICPENDR && n == 0) {
        guest->private_forgiven = bits;
        atomic_fetch_and_explicit(&guest->sgis, ~bits, memory_order_relaxed);
    } else if (write && group == GICD_ICPENDR) {
        guest->forgiven_word = n;
        guest->forgiven = bits & vm->intids[n];
        spis_forgiven(n, guest->forgiven);
    }
    enter_access((n == 0 ? own_redistributor() : vm->gicd_ipa) + group + 4ULL * n, 4, write, bits);
}

/** Any access to it. */
static void act_access(void)
{
    const struct plan_vm *vm = this_cpu.vm;
    unsigned size = 1U << random_below(4);
    bool known = one_in(2);
    uint64_t offset = known       ? random_below(0x1000)
                      : one_in(2) ? 0x6000 + random_below(0x400)
                                  : random_below(0x10000);
    uint64_t redistributor = random_below(0x20000) + (one_in(2) ? 0x10000ULL & ~0xfffULL : 0);
    uint64_t base =
        one_in(2) ? vm->gicd_ipa : vm->gicr_ipa + random_below(vm->vcpu_count) * 0x20000ULL;

    offset = base == vm->gicd_ipa ? offset : known ? 0x10000 + offset : redistributor % 0x20000;
    enter_access(base + (one_in(16) ? offset : offset & ~(uint64_t)(size - 1)), size, one_in(2),
                 random_64());
}

/** What keeps to no rule. */
static void act_wild(void)
{
    uint32_t intid = random_below(INTIDS);

    switch (random_below(6)) {
    case 0:
        drop(intid);
        break;
    case 1:
        if (is_virtual() || is_checked() || machine.hostile || intid < 32 ||
            (this_cpu.vm->intids[intid / 32] >> intid % 32 & 1) != 0) {
            deactivate(intid);
        }
        break;
    case 2:
        if (is_virtual()) {
            write_icc(ICH_VMCR_EL2, random_64() & 0xff000202);
        } else {
            interface_write(ICC_PMR, REGISTER(ICC_PMR_EL1), random_64() & 0xff);
        }
        break;
    case 3:
        enter_register(random_64() & 0x3ffc1e, one_in(2), random_64());
        break;
    default:
        act_access();
        break;
    }
}

static void act_command(void)
{
    uint32_t vm = random_below(plan.vms.count);

    if (vm == VM_MANAGER || one_in(8)) {
        enter_permission(this_cpu.vm->command_ipa + random_below(PLAN_PAGE_SIZE),
                         1U << random_below(3), 4 + random_below(9));
    } else {
        enter_permission(this_cpu.vm->command_ipa + 4ULL * vm, 4,
                         one_in(3) ? random_below(5) : MANAGER_START);
    }
}

static void act_fault(void)
{
    static const uint8_t others[] = {0,    ESR_EC_CP15, ESR_EC_CP14_LDC, ESR_EC_VECTOR,
                                     0x19, 0x3c}; /* no calls, no waits */

    if (plan_vm_index(this_cpu.vm) != VM_MANAGER && !one_in(5)) {
        return;
    }
    switch (random_below(4)) {
    case 0:
        enter_access(NOT_MAPPED, 4, one_in(2), 0);
        break;
    case 1:
        enter_fetch(NOT_MAPPED);
        break;
    case 2:
        enter_other((uint64_t)others[random_below(sizeof(others))] << ESR_EC_SHIFT |
                    (random_64() & 0x1ffffff));
        break;
    default:
        enter_access(this_cpu.vm->doorbell_ipa + random_below(4) * PLAN_PAGE_SIZE, 4, true, 0);
        break;
    }
}

static void act_interrupts(void)
{
    if (one_in(3) || !guest_begin()) {
        guest_end();
    }
}

void guest_act(void)
{
    uint32_t act = random_below(100);

    if (guest_begins_to_set_up()) {
        return;
    }
    if (one_in(6)) {
        interrupt_raise(plan_spi(random_below(VMS), random_below(4)));
    }
    if (one_in(40)) {
        enter_call(HC_PET, 0, 0, 0);
    }
    if (act < 35) {
        act_interrupts();
    } else if (act < 45) {
        act_call();
    } else if (act < 48) {
        act_power();
    } else if (act < 58) {
        act_sgi();
    } else if (act < 64) {
        act_timer();
    } else if (act < 78) {
        act_set_up();
    } else if (act < 90) {
        if (guest_is_wild()) {
            act_wild();
        } else {
            guest_sleep(random_below(30000));
        }
    } else if (act < 92) {
        act_fault();
    } else if (act < 95) {
        enter_access(this_cpu.vm->doorbell_ipa + random_below(2) * PLAN_PAGE_SIZE, 4, true, 0);
    } else if (plan_vm_index(this_cpu.vm) == VM_MANAGER) {
        act_command();
    }
}
