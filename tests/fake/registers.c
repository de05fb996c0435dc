/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System registers: memory, but for those of the clock and the interrupt controller. And what the
 * engine has of them in assembly (registers.S, list_registers.S), or leaves to parts of it that are
 * not run here.
 */
#include "conduit.h"
#include "debug_registers.h"
#include "el2_map.h"
#include "exits.h"
#include "interface.h"
#include "machine.h"
#include "plan_access.h"
#include "psci.h"
#include "speculation.h"
#include "traps.h"
#include "vcpu_context.h"
#include "workaround.h"

#define REGISTERS_AP0R REGISTER(ICH_AP0R0_EL2)

static uint64_t list_registers_empty(void)
{
    uint64_t empty = 0;

    for (uint32_t i = 0; i < LISTS; i++) {
        /* its end has not been dealt with */
        bool told = (me->lists[i] & (LR_HW | LR_END_TOLD)) == LR_END_TOLD;
        empty |= (me->lists[i] & LR_STATE) == 0 && !told ? 1U << i : 0;
    }
    return empty;
}

uint64_t register_read(enum machine_register number)
{
    switch (number) {
    case REGISTER_cntpct_el0:
        return machine_time(1 + random_below(20));
    case REGISTER(ICC_IAR1_EL1):
        machine_point();
        return interrupt_acknowledge();
    case REGISTER(ICC_RPR_EL1): {
        uint64_t active = me->registers[REGISTER(ICC_AP1R0_EL1)];
        return active == 0 ? 0xff : (uint64_t)__builtin_ctzll(active) << 3;
    }
    case REGISTER(ICH_LR0_EL2):
        return me->lists[0];
    case REGISTER(ICH_LR1_EL2):
        return me->lists[1];
    case REGISTER(ICH_ELRSR_EL2):
        return list_registers_empty();
    case REGISTER(ICH_MISR_EL2):
        return maintenance_is_due(me) ? 1 : 0;
    default:
        return me->registers[number];
    }
}

void register_write(enum machine_register number, uint64_t value)
{
    switch (number) {
    case REGISTER(ICC_EOIR1_EL1):
        machine_point();
        interrupt_drop(value);
        break;
    case REGISTER(ICC_DIR_EL1):
        machine_point();
        interrupt_deactivate(value);
        break;
    case REGISTER(ICC_SGI1R_EL1):
        machine_point();
        sgi_send(value);
        break;
    case REGISTER(ICH_LR0_EL2):
        me->lists[0] = value;
        break;
    case REGISTER(ICH_LR1_EL2):
        me->lists[1] = value;
        break;
    case REGISTER(ICC_CTLR_EL1): /* 5 bits of priority */
        me->registers[number] = (value & ICC_CTLR_EOIMODE) | 4U << 8;
        break;
    default:
        me->registers[number] = value;
        break;
    }
}

lr_t lr_read(uint64_t n)
{
    check(n < LISTS, "a list register that there is not");
    return me->lists[n];
}

void lr_write(uint64_t n, lr_t value)
{
    check(n < LISTS, "a list register that there is not");
    me->lists[n] = value;
}

void context_save(struct vcpu_context *context)
{
#define SAVE(member_a, register_a, member_b, register_b)                                           \
    context->member_a = me->registers[REGISTER_##register_a];                                      \
    context->member_b = me->registers[REGISTER_##register_b];
    CONTEXT_FIRST(SAVE)
    CONTEXT_MIDDLE(SAVE)
    CONTEXT_LAST(SAVE)
    me->registers[REGISTER_cntv_ctl_el0] = 0;
    me->registers[REGISTER_cntp_ctl_el0] = 0;
}

void context_load(const struct vcpu_context *context)
{
#define LOAD(member_a, register_a, member_b, register_b)                                           \
    me->registers[REGISTER_##register_a] = context->member_a;                                      \
    me->registers[REGISTER_##register_b] = context->member_b;
    LOAD(vtcr, vtcr_el2, vttbr, vttbr_el2)
    LOAD(vmpidr, vmpidr_el2, mdscr, mdscr_el1)
    CONTEXT_FIRST(LOAD)
    CONTEXT_MIDDLE(LOAD)
    CONTEXT_LAST(LOAD)
}

/* The firmware. */

uint64_t conduit_smc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    (void)a2, (void)a3;
    switch (function) {
    case PSCI_CPU_ON | PSCI_64:
        return machine_start_cpu((uint32_t)a1) ? PSCI_SUCCESS : (uint64_t)PSCI_ALREADY_ON;
    case PSCI_SYSTEM_OFF:
        machine_is_off();
        return 0;
    default:
        return (uint64_t)PSCI_NOT_SUPPORTED;
    }
}

void conduit_pass(uint64_t *x)
{
    x[0] = (uint64_t)PSCI_NOT_SUPPORTED;
}

/* What the fake machine's CPUs don't have. */

void speculation_forget(void)
{
}

bool debug_register_access(uint64_t esr, uint64_t *value)
{
    (void)esr, (void)value;
    return false;
}

void debug_points_load(const uint64_t points[2][DEBUG_POINTS][2])
{
    (void)points;
}

bool feature_register_read(uint64_t iss, uint64_t *value)
{
    (void)iss, (void)value;
    return false;
}
