/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a guest, what it looks at before each step, and its end.
 */
#include "guests.h"

#include "guest.h"
#include "manager.h"
#include "psci.h"
#include "vm.h"

struct guest guests[VCPUS];
struct guest_vm guest_vms[VMS];

/* At the end each has this much time, for all that was left. */
#define DRAIN_NS    10000000ULL
#define DRAIN_QUIET 6U

/** The vCPU is where one begins: at its VM's entry, or where another one has said. */
static void begin(struct guest *guest)
{
    uint32_t vm = plan_vm_index(this_cpu.vm);
    uint64_t life = LIFE(memory_word(vm));
    bool first = read_sysreg(elr_el2) == this_cpu.vm->entry_ipa;

    if (first) {
        check(!guest->any || life > guest->last_life,
              "a VM starts again without its memory brought back");
        guest->any = true;
        guest->last_life = life;
        spis_new_life(vm);
        atomic_store_explicit(&guest_vms[vm].wild, vm != VM_MANAGER && one_in(4),
                              memory_order_relaxed);
    } else {
        check(guest_registers()[0] == life,
              "a vCPU begins in another life than the one that turned it on");
    }
    machine_note("begins at", read_sysreg(elr_el2), life);
    guest->life = life;
    guest->forgiven = 0;
    guest->private_forgiven = 0;
    guest->served_count = 0;
    guest->dropped = 0;
    guest->private_served = 0;
    guest->drained = 0;
    guest->priorities = first || this_cpu.virtual_interrupts ? random_below(16) : 0;
    atomic_store_explicit(&guest->sgis, 0, memory_order_relaxed);
    atomic_store_explicit(&guest->is_done, 0, memory_order_relaxed);
    atomic_store_explicit(&guest->is_on, 1 + (uint32_t)life, memory_order_relaxed);
    write_sysreg(vbar_el1, GUEST_VECTORS);
    guest_open(one_in(2));
}

/** At the end: it ends what it has begun, and takes what comes until nothing does. */
static void drain(struct guest *guest)
{
    bool wild = guest_is_wild();

    enter_call(HC_PET, 0, 0, 0);
    if (guest->served_count != 0 || guest_begin()) {
        bool timer = guest->served[guest->served_count - 1] == TIMER_GUEST; /* of its own sleep */
        guest->quiet = timer ? guest->quiet : 0;
        guest_end();
        return;
    }
    if (!wild && guest_set_up(guest->drained++)) {
        guest->quiet = 0;
        return;
    }
    if (++guest->quiet > DRAIN_QUIET && (wild || guest->timer_came)) {
        atomic_store_explicit(&guest->is_done, 1 + (uint32_t)guest->life, memory_order_relaxed);
    }
    guest_sleep(5000 + random_below(5000));
}

static bool vm_is_done(uint32_t vm)
{
    const struct plan_vm *plan_of = plan_vm(vm);
    uint32_t phase = __atomic_load_n(&vm_status_pages[vm].phase, __ATOMIC_RELAXED);
    bool done = phase == VM_STATUS_RUNNING;

    for (uint32_t i = plan_of->first_vcpu; done && i < plan_of->first_vcpu + plan_of->vcpu_count;
         i++) {
        done = __atomic_load_n(&vcpu_states[i].power, __ATOMIC_RELAXED) == VCPU_OFF ||
               atomic_load_explicit(&guests[i].is_done, memory_order_relaxed) ==
                   1 + LIFE(memory_word(vm));
    }
    return done || phase == VM_STATUS_OFF || phase == VM_STATUS_LOST;
}

bool guest_is_on(uint32_t vcpu)
{
    uint64_t life = LIFE(memory_word(plan_vcpu(vcpu)->vm));

    return atomic_load_explicit(&guests[vcpu].is_on, memory_order_relaxed) == 1 + (uint32_t)life;
}

static void drained_check(void)
{
    for (uint32_t vm = 0; vm < plan.vms.count; vm++) {
        const struct plan_vm *plan_of = plan_vm(vm);
        if (__atomic_load_n(&vm_status_pages[vm].phase, __ATOMIC_RELAXED) != VM_STATUS_RUNNING ||
            atomic_load_explicit(&guest_vms[vm].wild, memory_order_relaxed) != 0) {
            continue;
        }
        spis_check(vm);
        for (uint32_t i = plan_of->first_vcpu; i < plan_of->first_vcpu + plan_of->vcpu_count; i++) {
            uint32_t lost = atomic_load_explicit(&guests[i].sgis, memory_order_relaxed);
            check(lost == 0 || !guest_is_on(i), "an interrupt from another vCPU is lost");
        }
    }
}

_Noreturn void machine_late(const char *what)
{
    for (uint32_t vm = 0; vm < plan.vms.count; vm++) {
        machine_note("vm is in phase", vm,
                     __atomic_load_n(&vm_status_pages[vm].phase, __ATOMIC_RELAXED));
        for (uint32_t i = 0; i < plan_vm(vm)->vcpu_count; i++) {
            uint32_t index = plan_vm(vm)->first_vcpu + i;
            machine_note("  vcpu, done",
                         __atomic_load_n(&vcpu_states[index].power, __ATOMIC_RELAXED),
                         guests[index].is_done | (uint64_t)guests[index].drained << 32 |
                             (uint64_t)guests[index].quiet << 48);
        }
    }
    machine_fail("%s", what);
}

/** Goes on to the next stage when all is done. By any CPU. */
static void stage_advance(void)
{
    enum stage stage = machine_stage();
    uint64_t began = atomic_load_explicit(&machine.stage_began, memory_order_relaxed);
    uint32_t expected = stage;
    bool over = stage == STAGE_RUN &&
                atomic_fetch_add_explicit(&machine.done, 1, memory_order_relaxed) >= machine.steps;

    if (stage == STAGE_DRAIN) {
        over = one_in(16);
        for (uint32_t vm = 0; over && vm < plan.vms.count; vm++) {
            over = vm_is_done(vm);
        }
        if (over) {
            drained_check();
        }
    }
    if (over &&
        atomic_compare_exchange_strong_explicit(&machine.stage, &expected, stage + 1,
                                                memory_order_relaxed, memory_order_relaxed)) {
        machine_note("stage", stage + 1, 0);
        atomic_store_explicit(&machine.stage_began, machine_time(0), memory_order_relaxed);
    } else if (stage > STAGE_RUN && machine_time(0) > began + machine_patience(DRAIN_NS)) {
        machine_late(stage == STAGE_DRAIN ? "something does not come to an end"
                                          : "a VM does not go off");
    }
}

/** Before each step: the vCPU may run, in the life that it began in. False: its memory is gone. */
static bool look(struct guest *guest)
{
    uint32_t vm = plan_vm_index(this_cpu.vm);
    uint64_t pc = read_sysreg(elr_el2) & ~0xfffULL;

    check(this_cpu.vcpu->vm == this_cpu.vm && read_sysreg(vttbr_el2) == this_cpu.vm->stage2.vttbr,
          "the loaded vCPU's memory is mapped");
    if (!GRANTED(memory_word(vm))) {
        return false;
    }
    if (pc != GUEST_PC && pc != GUEST_VECTORS) {
        begin(guest);
    }
    memory_check(vm, guest->life);
    if (guest->forgiven != 0) {
        spis_forgiven(guest->forgiven_word, guest->forgiven);
        guest->forgiven = 0;
    }
    if (guest->private_forgiven != 0) {
        atomic_fetch_and_explicit(&guest->sgis, ~guest->private_forgiven, memory_order_relaxed);
        guest->private_forgiven = 0;
    }
    write_sysreg(elr_el2, GUEST_PC);
    return true;
}

static bool gone(uint32_t vm)
{
    uint32_t phase = __atomic_load_n(&vm_status_pages[vm].phase, __ATOMIC_RELAXED);

    return phase == VM_STATUS_OFF || phase == VM_STATUS_LOST;
}

/** At last: the manager stops the others, each of whose vCPUs waits for ever, and then itself.
 * Without one, each VM ends by itself. */
static void go_off(void)
{
    uint32_t left = 0;

    for (uint32_t vm = 0; vm < plan.vms.count; vm++) {
        left |= vm == VM_MANAGER || gone(vm) ? 0 : 1U << vm;
    }
    if (plan_vm_index(this_cpu.vm) == VM_MANAGER && left != 0) {
        enter_permission(this_cpu.vm->command_ipa + 4ULL * (uint32_t)__builtin_ctz(left), 4,
                         MANAGER_STOP);
        guest_sleep(5000);
    } else if (plan_vm_index(this_cpu.vm) != VM_MANAGER && !gone(VM_MANAGER) &&
               this_cpu.virtual_interrupts) {
        write_sysreg(cntv_ctl_el0, 0);
        write_sysreg(cntp_ctl_el0, 0);
        while (guest_begin()) {
            guest_end();
        }
        enter_call(HC_DELAY, HC_FOREVER, 0, 0);
    } else if (plan_vm_index(this_cpu.vm) == VM_MANAGER || gone(VM_MANAGER)) {
        enter_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    } else {
        guest_sleep(5000);
    }
}

_Noreturn void guest_run(void)
{
    me->booted = true;
    me->at_el2 = false;
    me->errand = ERRAND_NONE;
    for (;;) {
        machine_point();
        if (machine_stage() == STAGE_END) {
            machine_leave(WAY_STOP);
        }
        (void)machine_time(random_below(200));
        if (this_cpu.virtual_interrupts && interrupt_best(me) != NO_INTERRUPT) {
            enter_interrupt();
            continue;
        }
        if (!look(guest_self())) {
            enter_fetch(read_sysreg(elr_el2));
            continue;
        }
        me->steps++;
        atomic_store_explicit(&machine.stepped, machine_time(0), memory_order_relaxed);
        me->vm_steps[plan_vm_index(this_cpu.vm)]++;
        stage_advance();
        switch (machine_stage()) {
        case STAGE_RUN:
            guest_act();
            break;
        case STAGE_DRAIN:
            drain(guest_self());
            break;
        default:
            go_off();
            break;
        }
    }
}

void machine_is_off(void)
{
    for (uint32_t i = 0; i < plan.vms.count; i++) {
        check(gone(i), "the machine goes off while a VM runs");
    }
    check(machine_stage() != STAGE_END, "the machine goes off twice");
    machine_note("off", 0, 0);
    atomic_store_explicit(&machine.stage, STAGE_END, memory_order_relaxed);
}

void machine_give_up(void)
{
    bool again = false;
    bool left = false;

    for (uint32_t i = 0; i < CPUS; i++) {
        again = again || machine_cpus[i].faults > 1;
    }
    for (uint32_t i = 0; i < plan.vms.count; i++) {
        left = left || !gone(i);
    }
    if (again && !left) {
        atomic_store_explicit(&machine.stage, STAGE_END, memory_order_relaxed);
        machine_leave(WAY_STOP);
    }
}

void guests_check_end(void)
{
    uint32_t stopped = 0;

    for (uint32_t i = 0; i < CPUS; i++) {
        stopped |= machine_cpus[i].faults != 0 ? 1U << i : 0;
    }
    for (uint32_t vm = 0; vm < plan.vms.count; vm++) {
        const struct plan_vm *plan_of = plan_vm(vm);
        bool lost = __atomic_load_n(&vm_status_pages[vm].phase, __ATOMIC_RELAXED) == VM_STATUS_LOST;
        check(gone(vm), "a VM is left");
        check((__atomic_load_n(&vm_states[vm].revoking, __ATOMIC_RELAXED) & ~stopped) == 0,
              "somebody revokes for ever");
        for (uint32_t i = 0; i < plan_of->vcpu_count && !lost; i++) {
            check(__atomic_load_n(&vcpu_states[plan_of->first_vcpu + i].power, __ATOMIC_RELAXED) ==
                      VCPU_OFF,
                  "a vCPU is on at the end");
        }
        check(lost || __atomic_load_n(&vm_states[vm].running, __ATOMIC_RELAXED) == 0,
              "vCPUs are counted that are off");
    }
}
