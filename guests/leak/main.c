/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills every register that it can write with a pattern of its own, lets others run, and looks
 * whether all is as it was; at its start, whether something of others' is there. For two VMs and
 * more on one core. Boot arguments, with their defaults:
 *
 *     seed=1          tells the patterns of several VMs apart
 *     rounds=1000     how often to look
 *     reset=0         1: then resets itself, instead of going off
 *
 * Lines, stable for tests:
 *
 *     leak: start, N registers
 *     leak: FAILED, found at the start: REGISTER VALUE
 *     leak: FAILED, round N: REGISTER VALUE, should be VALUE
 *     leak: N rounds
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "../kit/gic_registers.h"
#include "kit/gic.h"
#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/psci.h"
#include "kit/timer.h"
#include "registers.h"
#include "round.h"

#define MAGIC          UINT64_C(0x5eed)
#define GICD_ISACTIVER 0x0300U
#define SGIS           UINT64_C(0xffff)
#define DELAY_NS       UINT64_C(200000)
#define SPIN_ROUNDS    UINT64_C(100000)

static uint64_t seed;

/** The SIMD registers as they are. */
static void read_simd(uint64_t (*v)[2])
{
#define STORE(n) __asm__ volatile("str q" #n ", [%0, #16 * " #n "]" : : "r"(v) : "memory");

#define STORE_4(a, b, c, d) STORE(a) STORE(b) STORE(c) STORE(d)
    STORE_4(0, 1, 2, 3)
    STORE_4(4, 5, 6, 7)
    STORE_4(8, 9, 10, 11)
    STORE_4(12, 13, 14, 15)
    STORE_4(16, 17, 18, 19)
    STORE_4(20, 21, 22, 23)
    STORE_4(24, 25, 26, 27)
    STORE_4(28, 29, 30, 31)
}

/** A value that no other VM writes, nor this one in another round or register. */
static uint64_t pattern(uint64_t round, unsigned index)
{
    return MAGIC << 48 | seed << 40 | (round & 0xffff) << 16 | (uint64_t)index << 2 |
           UINT64_C(0xa5) << 32;
}

static uint64_t private_register(uint32_t offset)
{
    return mmio_read32(gic_private_registers() + offset);
}

/** Those that nobody enables: the SGIs of a GICv2 may be always enabled (IHI 0048B, 4.3.5). */
static uint64_t enabled(void)
{
    return private_register(GICD_ISENABLER) & (machine()->gic_version == 2 ? ~SGIS : UINT64_MAX);
}

/** Nothing of others is in any register. */
static bool starts_clean(uint64_t (*v)[2])
{
    uint64_t values[REGISTERS_MAX];

    registers_read(values);
    for (unsigned i = 0; i < registers_count(); i++) {
        if (values[i] >> 48 == MAGIC) {
            printf("leak: FAILED, found at the start: %s 0x%" PRIx64 "\n", registers_name(i),
                   values[i]);
            return false;
        }
    }
    for (unsigned i = 0; i < 32; i++) {
        if (v[i][0] >> 48 == MAGIC || v[i][1] >> 48 == MAGIC) {
            printf("leak: FAILED, found at the start: v%u 0x%" PRIx64 "\n", i, v[i][0]);
            return false;
        }
    }
    if (enabled() != 0 || private_register(GICD_ISPENDR) != 0 ||
        private_register(GICD_ISACTIVER) != 0) {
        printf("leak: FAILED, found at the start: private interrupts 0x%" PRIx64 " 0x%" PRIx64
               " 0x%" PRIx64 "\n",
               enabled(), private_register(GICD_ISPENDR), private_register(GICD_ISACTIVER));
        return false;
    }
    return true;
}

static bool differs(uint64_t round, const char *name, unsigned number, uint64_t value,
                    uint64_t wanted)
{
    if (value == wanted) {
        return false;
    }
    printf("leak: FAILED, round %" PRIu64 ": %s %u 0x%" PRIx64 ", should be 0x%" PRIx64 "\n", round,
           name, number, value, wanted);
    return true;
}

static bool same_registers(uint64_t round, const struct round_registers *in,
                           const struct round_registers *out)
{
    bool wrong = false;

    for (unsigned i = 2; i < 31; i++) {
        wrong |= differs(round, "x", i, out->x[i], in->x[i]);
    }
    for (unsigned i = 0; i < 32; i++) {
        wrong |= differs(round, "v", i, out->v[i][0], in->v[i][0]) |
                 differs(round, "v", i, out->v[i][1], in->v[i][1]);
    }
    wrong |= differs(round, "nzcv", 0, out->nzcv, in->nzcv);
    wrong |= differs(round, "fpsr", 0, out->fpsr, in->fpsr);
    wrong |= differs(round, "fpcr", 0, out->fpcr, in->fpcr);
    return !wrong;
}

static void fill(struct round_registers *registers, uint64_t round)
{
    for (unsigned i = 0; i < 31; i++) {
        registers->x[i] = pattern(round, i);
    }
    for (unsigned i = 0; i < 32; i++) {
        registers->v[i][0] = pattern(round, 32 + i);
        registers->v[i][1] = ~pattern(round, 64 + i);
    }
    registers->nzcv = (round & 0xf) << 28;
    registers->fpsr = round & 0x1f;
    registers->fpcr = (round & 0xf) << 22;
}

/** Lets others run, in one way or the other. */
static void let_run(uint64_t round, const struct round_registers *in, struct round_registers *out)
{
    switch (hypercall_present() ? round % 3 : 2) {
    case 0:
        round_run(in, out, HC_YIELD, 0);
        break;
    case 1:
        round_run(in, out, HC_DELAY, DELAY_NS);
        break;
    default:
        round_run(in, out, 0, SPIN_ROUNDS + round % 100 * 1000);
        break;
    }
}

static bool run_round(uint64_t round)
{
    static struct round_registers in, out;
    static uint64_t own[REGISTERS_MAX], written[REGISTERS_MAX], found[REGISTERS_MAX];
    bool right;

    fill(&in, round);
    registers_read(own);
    for (unsigned i = 0; i < registers_count(); i++) {
        registers_write(i, pattern(round, 128 + i));
    }
    registers_read(written); /* what of it a register keeps */
    let_run(round, &in, &out);
    registers_read(found);
    registers_restore(own);
    right = same_registers(round, &in, &out);
    for (unsigned i = 0; i < registers_count(); i++) {
        right &= !differs(round, registers_name(i), 0, found[i], written[i]);
    }
    return right;
}

int main(void)
{
    static uint64_t v[32][2];
    bool right;

    read_simd(v);
    seed = machine_argument("seed", 1);
    uint64_t count = machine_argument("rounds", 1000);
    registers_start();
    right = starts_clean(v);
    printf("leak: start, %u registers\n", registers_count());
    gic_set_pending(timer_intid(TIMER_PHYSICAL)); /* never enabled here */
    for (uint64_t round = 0; round < count && right; round++) {
        right = run_round(round);
    }
    if (right) {
        printf("leak: %" PRIu64 " rounds\n", count);
    }
    if (machine_argument("reset", 0) != 0) {
        psci_system_reset();
    }
    return 0;
}
