/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGIs: whatever a guest writes to ICC_SGI1R_EL1, by whichever register, only vCPUs of its own VM
 * get one: virtual interrupts as a word for the receiver, direct ones that are checked as an SGI of
 * the hardware's. And what else such a guest's trapped registers do: only its VM's interrupts are
 * deactivated.
 */
#include "hardware.h"

/* What the engine sends or ends is judged here. */
#define gic_interface_send register_interface_send
#define gic_deactivate     register_deactivate
#include "interface.h"
#undef gic_interface_send
#undef gic_deactivate

static void gic_interface_send(uint64_t value);
static void gic_deactivate(uint64_t intid);

#include "arch/arm/gic/v3/sgi.c"
#include "arch/arm/gic/v3/trapped.c"

#include "system.c"

struct gic_cpu gic_cpu;

/** What sends SGI 0 to @vcpu. */
static uint64_t way_to(uint32_t vcpu)
{
    return plan.cpus[system_vcpus[vcpu].cpu].sgi0;
}

static void gic_interface_send(uint64_t value)
{
    bool own = false;

    for (uint32_t i = 0; i < VCPUS; i++) {
        uint64_t intid = this_cpu.virtual_interrupts ? 0 : value & SGI1R_INTID_MASK;
        own = own || (system_is_own(i) && value == (way_to(i) | intid));
    }
    prove(own, "an SGI of the hardware's goes to a CPU of the VM");
}

static void gic_deactivate(uint64_t intid)
{
    prove(intid < 32 * INTID_WORDS && system_owns((uint32_t)intid / 32, 1U << intid % 32),
          "an interrupt of the VM ends");
}

void gic_guest_deactivate(uint64_t intid)
{
    prove(this_cpu.virtual_interrupts && intid <= 0xffffff,
          "an INTID, of a guest with virtual interrupts");
}

void vcpu_skip_instruction(void)
{
    system_registers.elr_el2 += 4;
}

void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    prove(vcpu == &loaded && n == 0 && (bits & ~0xffffU) == 0, "an SGI to itself");
}

/** What the guest does. */
static void guest_acts(void)
{
    uint64_t elr = system_registers.elr_el2;
    uint64_t value = nondet_u64();

    if (nondet_bool()) {
        bool done = sgi_exit(nondet_u64(), &loaded.frame);
        prove(system_registers.elr_el2 == elr + (done ? 4 : 0),
              "the guest goes on behind what was done");
    } else if (nondet_bool()) {
        (void)gic_register_read(nondet_u64(), &value);
    } else {
        (void)gic_register_write(nondet_u64(), value);
    }
}

int main(void)
{
    uint32_t before[VCPUS];

    system_any();
    system_vms[1].affinity = nondet_u32();
    gic_cpu.sgi_code = this_cpu.virtual_interrupts ? ICC_SGI1R : UINT64_MAX;
    for (uint32_t i = 0; i < CPUS; i++) {
        assume((plan.cpus[i].sgi0 & SGI1R_INTID_MASK) == 0);
    }
    for (uint32_t i = 0; i < VCPUS; i++) {
        before[i] = nondet_u32();
        vcpu_states[i].sgis = before[i];
        vcpu_states[i].ipi_value = way_to(i);
    }
    guest_acts();
    for (uint32_t i = 0; i < VCPUS; i++) {
        uint32_t changed = vcpu_states[i].sgis ^ before[i];
        prove(changed == 0 ||
                  (this_cpu.virtual_interrupts && system_is_own(i) && i != loaded.index),
              "SGIs go to other vCPUs of the VM");
        prove((changed & ~0xffffU) == 0 && (before[i] & changed) == 0,
              "SGIs are added, nothing else");
    }
    return 0;
}
