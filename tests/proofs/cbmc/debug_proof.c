/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug registers on a shared core: whatever a guest reads or writes, only its own debug registers change, and the CPU
 * gets none of MDSCR_EL1 but what acts on the guest alone.
 */
#include "arch/arm64/debug_registers.c"

#include "system.c"

#define ALLOWED (MDSCR_EL1_SS | MDSCR_EL1_TDCC | MDSCR_EL1_KDE | MDSCR_EL1_MDE)

static bool points_loaded;

void debug_points_load(const uint64_t points[2][DEBUG_POINTS][2])
{
    prove(&points[0] == &loaded.context.points[0], "the loaded vCPU's points");
    prove((system_registers.mdscr_el1 & MDSCR_EL1_MDE) != 0, "points are loaded where they act");
    points_loaded = true;
}

int main(void)
{
    struct vcpu_context *context = &loaded.context;

    system_any();
    context->mdscr_written = nondet_u32() & ALLOWED;
    context->os_unlocked = nondet_u32() & 1;
    context->mdscr = context->os_unlocked != 0 ? context->mdscr_written : context->mdscr_written & MDSCR_EL1_TDCC;
    system_registers.mdscr_el1 = context->mdscr;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        for (uint32_t kind = 0; kind < 2; kind++) {
            context->points[kind][i][0] = nondet_u64();
            context->points[kind][i][1] = nondet_u64();
        }
    }
    struct vcpu_context before = *context;
    uint64_t esr = nondet_u64();
    uint64_t value = (esr & ISS_READ) != 0 ? 0 : nondet_u64();
    bool done = debug_register_access(esr, &value);

    uint32_t changed = 0;
    for (uint32_t i = 0; i < DEBUG_POINTS; i++) {
        for (uint32_t kind = 0; kind < 2; kind++) {
            changed += context->points[kind][i][0] != before.points[kind][i][0];
            changed += context->points[kind][i][1] != before.points[kind][i][1];
        }
    }
    changed += context->mdscr_written != before.mdscr_written;
    changed += context->os_unlocked != before.os_unlocked;
    bool read = (esr & ISS_READ) != 0;
    prove(changed <= (done && !read && ISS_OP1(esr) == 0 ? 1U : 0U), "a write changes one register, a read none");
    prove(system_registers.mdscr_el1 == context->mdscr, "what a switch will load is what there is");
    prove((context->mdscr & ~(uint64_t)ALLOWED) == 0, "nothing but what acts on the guest");
    prove(context->os_unlocked != 0 || (context->mdscr & ~(uint64_t)MDSCR_EL1_TDCC) == 0,
          "no debug exceptions while the OS lock is closed");
    prove(changed == 0 || points_loaded == ((context->mdscr & MDSCR_EL1_MDE) != 0), "points that act are loaded");
    prove(context->spsr == before.spsr && context->hcr == before.hcr && context->vdisr == before.vdisr &&
              context->vttbr == before.vttbr,
          "nothing else changes");
    return 0;
}
