/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI for guests: each VM sees a machine of its own, with its vCPUs as the machine's cores.
 */
#include "affinity.h"
#include "cpu.h"
#include "guest_memory.h"
#include "guest_power.h"
#include "psci.h"
#include "vm.h"
#include "workaround.h"

/* CPU_SUSPEND, original format (DEN 0022, 5.4.2): what must be 0 in power_state. */
#define POWER_STATE_RESERVED 0xfcfe0000U

static int64_t psci_cpu_on(uint64_t target, uint64_t entry, uint64_t context)
{
    uint32_t vcpu = vm_vcpu(this_cpu.vm, target);

    if (vcpu == PLAN_NONE) {
        return PSCI_INVALID_PARAMETERS;
    }
    if (entry % 4 != 0 || !guest_memory_has(this_cpu.vm, (guest_addr_t){entry})) {
        return PSCI_INVALID_ADDRESS;
    }
    switch (vcpu_power_on(vcpu, (guest_addr_t){entry}, context)) {
    case VCPU_OFF:
        return PSCI_SUCCESS;
    case VCPU_ON:
        return PSCI_ALREADY_ON;
    default:
        return PSCI_ON_PENDING;
    }
}

static int64_t psci_affinity_info(uint64_t target, uint64_t level)
{
    uint32_t vcpu = vm_vcpu(this_cpu.vm, target);

    if (vcpu == PLAN_NONE || level != 0) { /* higher levels are optional since 1.0 */
        return PSCI_INVALID_PARAMETERS;
    }
    switch (atomic_load(&vcpu_states[vcpu].power)) {
    case VCPU_ON:
        return PSCI_AFFINITY_ON;
    case VCPU_OFF:
        return PSCI_AFFINITY_OFF;
    default:
        return PSCI_AFFINITY_PENDING;
    }
}

/** Any state is entered as a standby: the call returns when an interrupt is pending, or before
 * (DEN 0022, 5.4.1). */
static int64_t psci_cpu_suspend(uint64_t state)
{
    if ((state & POWER_STATE_RESERVED) != 0) {
        return PSCI_INVALID_PARAMETERS;
    }
    if (this_cpu.virtual_interrupts) { /* else its core is its own: WFI waits */
        vcpu_wait_for_interrupt();
    }
    return PSCI_SUCCESS;
}

/* The functions that are answered, by the low bits of their number. */
#define BIT(function) (1U << ((function)&0x1f))
#define OFFERED_64    (BIT(PSCI_CPU_SUSPEND) | BIT(PSCI_CPU_ON) | BIT(PSCI_AFFINITY_INFO))
#define OFFERED                                                                                    \
    (OFFERED_64 | BIT(PSCI_VERSION) | BIT(PSCI_CPU_OFF) | BIT(PSCI_SYSTEM_OFF) |                   \
     BIT(PSCI_SYSTEM_RESET) | BIT(PSCI_FEATURES))

static bool psci_offers(uint32_t id)
{
    uint32_t offered = (id & PSCI_64) != 0 ? OFFERED_64 : OFFERED;

    return (id & ~(PSCI_64 | 0x1fU)) == PSCI_VERSION && (offered & BIT(id)) != 0;
}

/** Calls that are not PSCI's. */
static int64_t smccc_call(uint32_t id, uint32_t argument)
{
    switch (id) {
    case SMCCC_VERSION:
        return SMCCC_VERSION_1_1;
    case SMCCC_ARCH_FEATURES:
        return argument == SMCCC_VERSION || argument == SMCCC_ARCH_FEATURES
                   ? PSCI_SUCCESS
                   : workaround_feature(argument);
    default:
        return workaround_call(id, argument);
    }
}

uint64_t power_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    uint32_t id = (uint32_t)function;

    if (!psci_offers(id)) {
        return (uint64_t)smccc_call(id, (uint32_t)a1);
    }
    if ((id & PSCI_64) == 0) { /* the 32-bit convention: upper halves don't count (DEN 0028, 3.1) */
        a1 = (uint32_t)a1;
        a2 = (uint32_t)a2;
        a3 = (uint32_t)a3;
    }
    switch (id & ~PSCI_64) {
    case PSCI_VERSION:
        return PSCI_VERSION_1_1;
    case PSCI_CPU_SUSPEND:
        return (uint64_t)psci_cpu_suspend((uint32_t)a1);
    case PSCI_CPU_OFF:
        vcpu_park(this_cpu.vcpu);
        return PSCI_SUCCESS; /* never seen */
    case PSCI_CPU_ON:
        return (uint64_t)psci_cpu_on(a1, a2, a3);
    case PSCI_AFFINITY_INFO:
        return (uint64_t)psci_affinity_info(a1, a2);
    case PSCI_SYSTEM_OFF:
        vm_finish(VM_STATUS_STOPPING, VM_REASON_SELF);
        return PSCI_SUCCESS;
    case PSCI_SYSTEM_RESET:
        vm_finish(VM_STATUS_RESTARTING, VM_REASON_SELF);
        return PSCI_SUCCESS;
    default: /* PSCI_FEATURES */
        return (uint64_t)(psci_offers((uint32_t)a1) || a1 == SMCCC_VERSION ? PSCI_SUCCESS
                                                                           : PSCI_NOT_SUPPORTED);
    }
}
