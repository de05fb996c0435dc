/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual interface of a CPU, as the guest that runs there uses it (Arm IHI 0069H, 6).
 */
#include "interface.h"

#include "machine.h"
#include "plan_access.h"

#define VMCR_GROUP1  (1ULL << 1)
#define VMCR_EOIMODE (1ULL << 9)
#define VMCR_MASK(v) ((v) >> 24 & 0xff)

#define CONTROL  me->registers[REGISTER(ICH_HCR_EL2)]
#define SETTINGS me->registers[REGISTER(ICH_VMCR_EL2)]
#define ACTIVE   me->registers[REGISTER(ICH_AP1R0_EL2)]

bool maintenance_is_due(const struct machine_cpu *cpu)
{
    uint64_t control = cpu->registers[REGISTER(ICH_HCR_EL2)];
    bool pending = false;
    bool told = false;

    if ((control & VIF_EN) == 0) {
        return false;
    }
    for (uint32_t i = 0; i < LISTS; i++) {
        uint64_t list = cpu->lists[i];
        pending |= (list & LR_STATE) == LR_PENDING;
        told |= (list & (LR_STATE | LR_HW | LR_END_TOLD)) == LR_END_TOLD;
    }
    return told || ((control & VIF_NPIE) != 0 && !pending) ||
           ((control & VIF_LRENPIE) != 0 && (control >> VIF_EOI_SHIFT & VIF_EOI_MASK) != 0);
}

/** The list register that the guest would begin now, or LISTS. */
static uint32_t best_list(void)
{
    uint32_t priority = ACTIVE == 0 ? 0x100 : (uint32_t)__builtin_ctzll(ACTIVE) << 3;
    uint32_t mask = (uint32_t)VMCR_MASK(SETTINGS);
    uint32_t best = LISTS;

    priority = mask < priority ? mask : priority;
    if ((CONTROL & VIF_EN) == 0 || (SETTINGS & VMCR_GROUP1) == 0) {
        return LISTS;
    }
    for (uint32_t i = 0; i < LISTS; i++) {
        if ((me->lists[i] & LR_STATE) == LR_PENDING && LR_PRIORITY(me->lists[i]) < priority) {
            best = i;
            priority = LR_PRIORITY(me->lists[i]);
        }
    }
    return best;
}

bool virtual_pending(void)
{
    return best_list() != LISTS;
}

uint32_t virtual_acknowledge(void)
{
    uint32_t best = best_list();

    if (best == LISTS) {
        return NO_INTERRUPT;
    }
    uint64_t list = me->lists[best];
    for (uint32_t i = 0; i < LISTS; i++) {
        check(i == best || (me->lists[i] & LR_STATE) == 0 ||
                  LR_INTID(me->lists[i]) != LR_INTID(list),
              "an interrupt is in two list registers");
    }
    check((list & LR_HW) == 0 || (list >> LR_PINTID_SHIFT & 0x1fff) == LR_INTID(list),
          "of the hardware's same number");
    me->lists[best] = (list & ~LR_STATE) | LR_ACTIVE;
    ACTIVE |= 1ULL << (LR_PRIORITY(list) >> 3);
    return LR_INTID(list);
}

static void deactivate(uint32_t intid)
{
    for (uint32_t i = 0; i < LISTS; i++) {
        uint64_t list = me->lists[i];
        if ((list & LR_ACTIVE) != 0 && LR_INTID(list) == intid) {
            me->lists[i] = list & ~LR_ACTIVE;
            if ((list & LR_HW) != 0) {
                interrupt_deactivate(intid);
            }
            return;
        }
    }
    if ((CONTROL >> VIF_EOI_SHIFT & VIF_EOI_MASK) != VIF_EOI_MASK) {
        CONTROL += 1ULL << VIF_EOI_SHIFT;
    }
}

void virtual_end(uint32_t intid)
{
    if (ACTIVE == 0) {
        return;
    }
    ACTIVE &= ACTIVE - 1;
    if ((SETTINGS & VMCR_EOIMODE) == 0) {
        deactivate(intid);
    }
}

void virtual_deactivate(uint32_t intid)
{
    if ((SETTINGS & VMCR_EOIMODE) != 0) {
        deactivate(intid);
    }
}
