/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGIs: whatever a guest writes to GICD_SGIR, GICD_CPENDSGIR or GICD_SPENDSGIR, only vCPUs of its
 * own VM get one: with virtual interrupts as a word for the receiver, who learns the true sender;
 * direct ones as an SGI of the hardware's.
 */
#include "arch/arm/gic/v2/sgi.c"

#include "system.c"

#include "devices.c"

PERCPU struct gic_cpu gic_cpu;

static void lists_arguments(const struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    prove(vcpu == &loaded && this_cpu.virtual_interrupts,
          "lists: of the loaded vCPU, with virtual interrupts");
    prove(n == 0 && (bits & ~SGIS) == 0 && bits != 0, "lists: an SGI");
}

void lists_pend(struct vcpu *vcpu, uint32_t n, uint32_t bits)
{
    lists_arguments(vcpu, n, bits);
    prove(sgi_sources[vcpu->index].pending[__builtin_ctz(bits)] != 0,
          "what is pending has a sender");
}

/** Senders come back out of the list registers. */
void lists_retire(struct vcpu *vcpu, uint32_t n, uint32_t mask, bool again)
{
    (void)again;
    lists_arguments(vcpu, n, mask);
}

/** What others see of @vcpu, before and after. */
struct seen {
    uint32_t sgis;
    uint8_t pending[SGI_COUNT];
};

static struct seen seen_of(uint32_t vcpu)
{
    struct seen seen;

    seen.sgis = vcpu_states[vcpu].sgis;
    for (uint32_t sgi = 0; sgi < SGI_COUNT; sgi++) {
        seen.pending[sgi] = sgi_sources[vcpu].pending[sgi];
    }
    return seen;
}

/** What another vCPU @vcpu had was @before. */
static void others_proved(uint32_t vcpu, struct seen before)
{
    struct seen after = seen_of(vcpu);
    uint32_t sgi = nondet_u32();
    bool may = this_cpu.virtual_interrupts && system_is_own(vcpu) && vcpu != loaded.index;

    assume(sgi < SGI_COUNT);
    uint32_t changed = after.sgis ^ before.sgis;
    prove(may || changed == 0, "SGIs go to other vCPUs of the VM");
    prove((changed & ~SGIS) == 0 && (before.sgis & changed) == 0, "SGIs are added, nothing else");
    uint32_t sources = (uint32_t)(after.pending[sgi] ^ before.pending[sgi]);
    prove(may || vcpu == loaded.index || sources == 0, "so do their senders");
    prove(vcpu == loaded.index || sources == 0 ||
              sources == 1U << (loaded.index - this_cpu.vm->first_vcpu),
          "a sender can't say that it is another");
    prove((sources & before.pending[sgi]) == 0 || vcpu == loaded.index,
          "nor take back what others sent");
    prove(sources >> this_cpu.vm->vcpu_count == 0, "a sender is a vCPU of the VM");
}

int main(void)
{
    struct seen before[VCPUS];
    struct gic_access access = {
        .offset = nondet_u64(), .size = SIZE, .write = nondet_bool(), .value = nondet_u64()};

    system_any();
    version_any();
    system_vms[1].delivery =
        this_cpu.virtual_interrupts ? PLAN_DELIVERY_VIRTUAL : PLAN_DELIVERY_DIRECT;
    gic_cpu.list_count = nondet_u32();
    assume(gic_cpu.list_count <= LISTS_USED);
    for (uint32_t i = 0; i < VCPUS; i++) {
        vcpu_states[i].sgis = nondet_u32();
        vcpu_states[i].ipi_value = gic_sgi_value(plan.cpus[system_vcpus[i].cpu].sgi0,
                                                 nondet_bool() ? GIC_KICK_SGI : GIC_VIRTUAL_SGI);
        for (uint32_t sgi = 0; sgi < SGI_COUNT; sgi++) {
            sgi_sources[i].pending[sgi] = (uint8_t)nondet_u32();
        }
        before[i] = seen_of(i);
    }
    bank_any(&access);
    assume(gic_access_sgi_may(&access));
    gic_access_sgi(&access);
    for (uint32_t i = 0; i < VCPUS; i++) {
        others_proved(i, before[i]);
    }
    return 0;
}
