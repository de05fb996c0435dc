/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug registers on a shared core: whatever a guest reads or writes, only its own debug registers
 * change, and the CPU gets none of MDSCR_EL1 but what acts on the guest alone.
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
    context->mdscr = context->os_unlocked != 0 ? context->mdscr_written
                                               : context->mdscr_written & MDSCR_EL1_TDCC;
    system_registers.mdscr_el1 = context->mdscr;
    /* Any one of the points, and what else there is. */
    uint64_t kind = nondet_bool();
    uint64_t part = nondet_bool();
    uint64_t n = nondet_u32() % DEBUG_POINTS;
    uint64_t *word = &context->points[kind][n][part];
    *word = nondet_u64();
    uint64_t point = *word;
    uint32_t mdscr = context->mdscr_written;
    uint32_t unlocked = context->os_unlocked;
    uint64_t esr = nondet_u64();
    bool read = (esr & ISS_READ) != 0;
    uint64_t code = esr & ISS_ENCODING;
    uint64_t value = read ? 0 : nondet_u64();
    bool done = debug_register_access(esr, &value);

    prove(*word == point || (done && !read && code == ISS_CODE(2, 0, 0, n, 4 + 2 * kind + part)),
          "a point changes by a write of its own register alone");
    prove(context->mdscr_written == mdscr || (!read && code == MDSCR_EL1), "MDSCR_EL1 by its own");
    prove(context->os_unlocked == unlocked || (!read && code == OSLAR_EL1), "and the OS lock");
    prove(system_registers.mdscr_el1 == context->mdscr, "what a switch will load is what there is");
    prove((context->mdscr & ~(uint64_t)ALLOWED) == 0, "nothing but what acts on the guest");
    prove(context->os_unlocked != 0 || (context->mdscr & ~(uint64_t)MDSCR_EL1_TDCC) == 0,
          "no debug exceptions while the OS lock is closed");
    prove(*word == point || points_loaded == ((context->mdscr & MDSCR_EL1_MDE) != 0),
          "points that act are loaded");
    return 0;
}
