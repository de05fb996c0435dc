/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How guests come to EL2, and go on: what vectors.S does.
 */
#include "abort_iss.h"
#include "exits.h"
#include "gic_local.h"
#include "guest.h"
#include "guests.h"
#include "hypercall.h"
#include "sched.h"
#include "wrapped.h"

static void count(uint32_t class)
{
    me->at_el2 = true;
    me->work = 0;
    this_cpu.stats->exits[class]++;
}

bool __wrap_gic_access(uint64_t address, struct gic_access *access)
{
    me->errand = ERRAND_ACCESS;
    bool done = __real_gic_access(address, access);
    me->errand = ERRAND_NONE;
    return done;
}

void __wrap_gic_send_sgi(uint64_t value)
{
    me->errand = ERRAND_SGI;
    __real_gic_send_sgi(value);
    me->errand = ERRAND_NONE;
}

/** An SGI by the fast path. */
static bool sgi_done(uint64_t esr, const struct exit_frame *frame)
{
    me->errand = ERRAND_SGI;
    bool done = sgi_exit(esr, frame);
    me->errand = ERRAND_NONE;
    return done;
}

/** The end of an exit: somebody else may be next. */
static void leave(void)
{
    if (this_cpu.need_resched != 0) {
        sched_run();
    }
    me->at_el2 = false;
}

static void enter_synchronous(uint64_t esr)
{
    struct exit_frame *frame = &this_cpu.vcpu->frame;

    write_sysreg(esr_el2, esr);
    if (ESR_EC(esr) == ESR_EC_HVC64 && frame->x[0] - HC_NULL < HC_FAST_END - HC_NULL) {
        frame->x[0] = hypercall(frame->x[0] - HC_NULL, frame->x[1]);
        me->errand = ERRAND_NONE;
        me->at_el2 = false;
        return;
    }
    if ((ESR_EC(esr) == ESR_EC_DATA_LOW && doorbell_exit()) ||
        (ESR_EC(esr) == ESR_EC_SYSTEM && sgi_done(esr, frame))) {
        me->errand = ERRAND_NONE;
        me->at_el2 = false;
        return;
    }
    me->errand = ERRAND_NONE;
    frame->cause = esr;
    frame->pc = read_sysreg(elr_el2);
    exit_handlers[ESR_EC(esr)](esr);
    leave();
}

static void enter(uint64_t esr)
{
    count(ESR_EC(esr));
    enter_synchronous(esr | ESR_IL);
}

static void arguments(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    uint64_t *x = guest_registers();

    x[0] = x0;
    x[1] = x1;
    x[2] = x2;
    x[3] = x3;
}

void enter_call(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    machine_note("hvc", x0, x1);
    arguments(x0, x1, x2, x3);
    me->errand = x0 == HC_RING ? ERRAND_RING : ERRAND_NONE;
    enter((uint64_t)ESR_EC_HVC64 << ESR_EC_SHIFT);
}

void enter_smc(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3)
{
    machine_note("smc", x0, x1);
    arguments(x0, x1, x2, x3);
    enter((uint64_t)ESR_EC_SMC64 << ESR_EC_SHIFT);
}

void enter_wait(void)
{
    machine_note("wfi", 0, 0);
    enter((uint64_t)ESR_EC_WFX << ESR_EC_SHIFT);
}

static void enter_abort(uint64_t class, uint64_t address, uint64_t iss)
{
    write_sysreg(far_el2, address);
    write_sysreg(hpfar_el2, address >> 12 << 4);
    enter(class << ESR_EC_SHIFT | iss);
}

void enter_access(uint64_t address, unsigned size, bool write, uint64_t value)
{
    const struct plan_vm *vm = this_cpu.vm;

    machine_note(write ? "stores" : "loads", address, write ? value : size);
    guest_registers()[4] = value;
    me->errand = address - vm->doorbell_ipa < 0x10000 ? ERRAND_RING : ERRAND_NONE;
    enter_abort(ESR_EC_DATA_LOW, address,
                ISS_ISV | (uint64_t)__builtin_ctz(size) << 22 | 4U << 16 |
                    (size == 8 ? ISS_64BIT : 0) | (write ? ISS_WRITE : 0) | ISS_FSC_TRANSLATION);
}

void enter_permission(uint64_t address, unsigned size, uint64_t value)
{
    machine_note("commands", address, value);
    guest_registers()[4] = value;
    enter_abort(ESR_EC_DATA_LOW, address,
                ISS_ISV | (uint64_t)__builtin_ctz(size) << 22 | 4U << 16 | ISS_WRITE |
                    ISS_FSC_PERMISSION);
}

void enter_fetch(uint64_t address)
{
    machine_note("fetches", address, 0);
    enter_abort(ESR_EC_FETCH_LOW, address, ISS_FSC_TRANSLATION);
}

void enter_register(uint64_t code, bool write, uint64_t value)
{
    machine_note("register", code, value);
    guest_registers()[5] = value;
    enter((uint64_t)ESR_EC_SYSTEM << ESR_EC_SHIFT | code | 5U << 5 | (write ? 0 : 1));
}

void enter_other(uint64_t esr)
{
    machine_note("exits", esr, 0);
    enter(esr);
}

void enter_interrupt(void)
{
    count(EXIT_IRQ);
    uint64_t found = interrupt_exit();
    if ((found & INTERRUPT_DONE) == 0) {
        interrupt_exit_rest(found);
    }
    leave();
}
