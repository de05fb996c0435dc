/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGIs: whatever a guest writes to ICC_SGI1R_EL1, by whichever register, only vCPUs of its own VM get one.
 */
#include "arch/arm/gicv3_sgi.c"

#include "system.c"

void vcpu_skip_instruction(void)
{
    system_registers.elr_el2 += 4;
}

void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    prove(vcpu == &loaded && n == 0 && (bits & ~0xffffU) == 0, "an SGI to itself");
}

int main(void)
{
    uint32_t before[VCPUS];

    system_any();
    for (uint32_t i = 0; i < VCPUS; i++) {
        before[i] = nondet_u32();
        vcpu_states[i].sgis = before[i];
    }
    uint64_t elr = system_registers.elr_el2;
    if (nondet_bool()) {
        gic_send_sgi(nondet_u64());
    } else {
        bool done = sgi_exit(nondet_u64(), &loaded.frame);
        prove(system_registers.elr_el2 == elr + (done ? 4 : 0), "the guest goes on behind what was done");
    }
    for (uint32_t i = 0; i < VCPUS; i++) {
        uint32_t changed = vcpu_states[i].sgis ^ before[i];
        bool own = i >= this_cpu.vm->first_vcpu && i < this_cpu.vm->first_vcpu + this_cpu.vm->vcpu_count;
        prove(changed == 0 || (own && i != loaded.index), "SGIs go to other vCPUs of the VM");
        prove((changed & ~0xffffU) == 0 && (before[i] & changed) == 0, "SGIs are added, nothing else");
    }
    return 0;
}
