/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vCPUs on this CPU: their reset, and changing from one to another.
 */
#include "guest_state.h"
#include "vcpu.h"

#include "clock.h"
#include "cpu.h"
#include "debug_registers.h"
#include "gic.h"
#include "speculation.h"
#include "sysreg.h"
#include "traps.h"
#include "vm.h"
#include "workaround.h"

#define VDISR_EL2 S3_4_C12_C1_1
#define VSESR_EL2 S3_4_C5_C2_3

#define PPI_TIMER_VIRTUAL  27U /* Arm BSA, 5.2 */
#define PPI_TIMER_PHYSICAL 30U

#define CNT_CTL_ENABLE 1U
#define CNT_CTL_IMASK  2U

/** Clears 64-bit words, two at a time; the structures that come here are made of nothing else. */
static SLOW void words_clear(uint64_t *words, size_t size)
{
    const uint64_t *end = &words[size / sizeof(uint64_t)];

    for (; words != end; words = &words[2]) { /* bound: BYTES / 16 */
        words[0] = 0;
        words[1] = 0;
    }
}

/** Whether the virtual timer of a vCPU that is not loaded has expired, and may interrupt. */
static inline bool timer_expired(const struct vcpu_context *context)
{
    return (context->cntv_ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE &&
           context->cntv_cval <= cpu_counter();
}

/** What not every CPU has, and not every system asks for, of loading @vcpu. */
static SLOW void load_extras(const struct vcpu *vcpu, uint32_t extras)
{
    if ((extras & CPU_EXTRA_RAS) != 0) {
        write_sysreg(VDISR_EL2, vcpu->context.vdisr);
        write_sysreg(VSESR_EL2, 0);
    }
    if ((extras & CPU_EXTRA_FORGET) != 0) {
        speculation_forget();
    }
}

void vcpu_load(struct vcpu *vcpu)
{
    struct vcpu *last = this_cpu.vcpu;
    uint32_t extras = this_cpu.extras;

    if (last == vcpu) {
        if (__builtin_expect(atomic_load_explicit(&vcpu->state->sgis, memory_order_relaxed) != 0,
                             0)) {
            interrupts_take_sent(vcpu);
        }
        return;
    }
    if (last != NULL) { /* so several vCPUs are here, whose interrupts are virtual */
        if ((extras & CPU_EXTRA_RAS) != 0) {
            last->context.vdisr = read_sysreg(VDISR_EL2);
        }
        context_save(&last->context);
    }
    this_cpu.vcpu = vcpu;
    this_cpu.vm = vcpu->vm;
    this_cpu.stats = vcpu->stats;
    isb();
    /* before its timer can raise what is taken here */
    gic_vcpu_switch(last, vcpu, timer_expired(&vcpu->context));
    context_load(&vcpu->context);
    if (extras != 0) {
        load_extras(vcpu, extras);
    }
    if ((vcpu->context.mdscr & MDSCR_EL1_MDE) != 0) {
        debug_points_load(vcpu->context.points);
    }
}

/** Performance counters: of the one VM that may use them on this CPU. */
static SLOW void core_registers_reset(void)
{
    uint64_t pmu = id_field(id_aa64dfr0_el1, 8);

    workaround_reset();
    if (pmu != 0 && pmu != 0xf) {
        write_sysreg(pmcr_el0, 6); /* off, all counters 0 */
        write_sysreg(pmcntenclr_el0, UINT64_MAX);
        write_sysreg(pmintenclr_el1, UINT64_MAX);
        write_sysreg(pmovsclr_el0, UINT64_MAX);
        write_sysreg(pmuserenr_el0, 0);
    }
}

SLOW void vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t context)
{
    if (this_cpu.vcpu == vcpu) {
        if (this_cpu.virtual_interrupts) {
            /* so that what is in progress can be ended; the rest is of no use any more */
            gic_vcpu_save(&vcpu->gic);
        }
        this_cpu.vcpu = NULL;
    }
    core_registers_reset();
    gic_vcpu_reset(vcpu);
    /* bound: BYTES = sizeof_vcpu_context */
    words_clear((uint64_t *)&vcpu->context, sizeof(vcpu->context));
    /* bound: BYTES = sizeof_exit_frame */
    words_clear((uint64_t *)&vcpu->frame, sizeof(vcpu->frame));
    vcpu->frame.x[0] = context;
    vcpu->context.sctlr = SCTLR_EL1_RESET;
    vcpu->context.elr = entry;
    vcpu->context.spsr = SPSR_DAIF | SPSR_EL1H;
    vcpu->context.hcr = traps_guest();
    vcpu->context.vtcr = vcpu->vm->stage2.vtcr;
    vcpu->context.vttbr = vcpu->vm->stage2.vttbr;
    uint64_t others =
        vcpu->vm->affinity == PLAN_AFFINITY_VIRTUAL ? MPIDR_RES1 : read_sysreg(mpidr_el1);
    /* virtual: neither MT nor U */
    vcpu->context.vmpidr = (others & ~MPIDR_AFFINITY) | vcpu->plan->mpidr;
    /* The VM's code may be new to this CPU's instruction cache. */
    ic_iallu();
    dsb_ish();
    isb();
}

/** When the timer of @vcpu with interrupt @intid fires, set to @control and @compare. Disabled,
 * it wakes nobody. */
static inline uint64_t timer_ns(const struct vcpu *vcpu, uint32_t intid, uint64_t control,
                                uint64_t compare)
{
    bool fires = (control & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE &&
                 gic_vcpu_enabled(vcpu, intid);

    return fires ? clock_ticks_to_ns(compare) : CLOCK_NEVER;
}

SLOW uint64_t vcpu_timers_ns(const struct vcpu *vcpu)
{
    bool loaded = this_cpu.vcpu == vcpu;
    const struct vcpu_context *context = &vcpu->context;
    uint64_t virtual_ns =
        timer_ns(vcpu, PPI_TIMER_VIRTUAL, loaded ? read_sysreg(cntv_ctl_el0) : context->cntv_ctl,
                 loaded ? read_sysreg(cntv_cval_el0) : context->cntv_cval);
    uint64_t physical_ns =
        timer_ns(vcpu, PPI_TIMER_PHYSICAL, loaded ? read_sysreg(cntp_ctl_el0) : context->cntp_ctl,
                 loaded ? read_sysreg(cntp_cval_el0) : context->cntp_cval);

    return virtual_ns < physical_ns ? virtual_ns : physical_ns;
}

void vcpu_leave(void)
{
    write_sysreg(cntv_ctl_el0, 0);
    write_sysreg(cntp_ctl_el0, 0);
    write_sysreg(hcr_el2, TRAPS_WAITING);
    isb();
}

inline void vcpu_skip_instruction(void)
{
    uint64_t spsr = read_sysreg(spsr_el2);

    if ((spsr & SPSR_SS) != 0) { /* the step is done, as by an instruction that is executed */
        write_sysreg(spsr_el2, spsr & ~SPSR_SS);
    }
    write_sysreg(elr_el2, read_sysreg(elr_el2) + 4);
}
