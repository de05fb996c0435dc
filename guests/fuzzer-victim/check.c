/* SPDX-License-Identifier: Apache-2.0 */
/* See check.h. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../kit/gic_registers.h"
#include "../leak/registers.h"
#include "../leak/round.h"
#include "filled.h"
#include "guest.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"

#define FAILURES_MAX   20U
#define WORDS_PERIOD   512U /* of memory */
#define STATES_PERIOD  8U   /* registers of the interrupt controller */
#define STATES_MAX     600U
#define DELAY_NS       UINT64_C(100000)
#define SPINS          UINT64_C(20000)
#define GICD_ISACTIVER 0x0300U
#define SGIS           0xffffU

static bool is_direct;
static unsigned failures;

static void failed(const char *what, uint64_t which, uint64_t is, uint64_t should)
{
    if (failures++ < FAILURES_MAX) {
        printf("victim: FAILED, %s 0x%" PRIx64 " is 0x%" PRIx64 ", should be 0x%" PRIx64 "\n", what,
               which, is, should);
    }
}

/** What the interrupt controller's registers said at the start. */
static struct {
    uint64_t address;
    uint32_t value;
    uint32_t mask;
} states[STATES_MAX];
static unsigned state_count;
static unsigned state_next;

static void memory_check(void)
{
    struct filled_word wrong;

    if (!filled_check(WORDS_PERIOD, &wrong)) {
        failed("memory", wrong.address, wrong.value, wrong.expected);
    }
}

static void state_add(uint64_t address, uint32_t mask)
{
    if (state_count < STATES_MAX) {
        states[state_count].address = address;
        states[state_count].mask = mask;
        states[state_count++].value = mmio_read32(address) & mask;
    }
}

/** All that tells of this VM's own interrupts; SGIs that others may raise, and what waits to be
 * taken, left out. */
static void states_read(void)
{
    uint64_t gicd = machine()->gicd.start;
    uint64_t private = gic_private_registers();
    uint32_t timer = 1U << 27 | 1U << 30;

    state_add(gicd + GICD_CTLR, ~GICD_CTLR_RWP);
    state_add(private + GICD_ISENABLER, UINT32_MAX);
    state_add(private + GICD_ISPENDR, (is_direct ? ~SGIS : UINT32_MAX) & ~timer);
    state_add(private + GICD_ISACTIVER, ~timer);
    for (uint32_t i = 0; i < 8; i++) {
        state_add(private + GICD_IPRIORITYR + 4 * i, UINT32_MAX);
    }
    for (uint32_t i = 0; i < 2; i++) {
        state_add(private + GICD_ICFGR + 4 * i, UINT32_MAX);
    }
    for (uint32_t i = 1; i < 9; i++) {
        state_add(gicd + GICD_ISENABLER + 4 * i, UINT32_MAX);
        state_add(gicd + GICD_ICFGR + 8 * i, UINT32_MAX);
        state_add(gicd + GICD_ICFGR + 8 * i + 4, UINT32_MAX);
        for (uint32_t j = 0; j < 8; j++) {
            state_add(gicd + GICD_IPRIORITYR + 32 * i + 4 * j, UINT32_MAX);
        }
    }
    for (uint32_t intid = 32; intid < 32 + 256; intid++) {
        if (machine()->gic_version != 2) {
            state_add(gicd + GICD_IROUTER + 8 * intid, UINT32_MAX);
        } else if (intid % 4 == 0) {
            state_add(gicd + GICD_ITARGETSR + intid, UINT32_MAX);
        }
    }
}

static void states_check(void)
{
    for (unsigned i = 0; i < STATES_PERIOD; i++) {
        uint32_t value = mmio_read32(states[state_next].address) & states[state_next].mask;

        if (value != states[state_next].value) {
            failed("interrupt register", states[state_next].address, value,
                   states[state_next].value);
        }
        state_next = state_next + 1 == state_count ? 0 : state_next + 1;
    }
}

static uint64_t pattern(uint64_t period, unsigned index)
{
    return UINT64_C(0x71c7) << 48 | (period & 0xffff) << 16 | (uint64_t)index << 2 |
           UINT64_C(0x5a) << 32;
}

/** Not those by which it is woken. */
static bool is_kept(unsigned index)
{
    const char *name = registers_name(index);

    return strncmp(name, "cntv", 4) == 0 || strncmp(name, "icc", 3) == 0 ||
           strncmp(name, "gicc", 4) == 0;
}

static void fill(struct round_registers *registers, uint64_t period)
{
    for (unsigned i = 0; i < 31; i++) {
        registers->x[i] = pattern(period, i);
    }
    for (unsigned i = 0; i < 32; i++) {
        registers->v[i][0] = pattern(period, 32 + i);
        registers->v[i][1] = ~pattern(period, 64 + i);
    }
    registers->nzcv = (period & 0xf) << 28;
    registers->fpsr = period & 0x1f;
    registers->fpcr = (period & 0xf) << 22;
}

static void same(const char *name, uint64_t number, uint64_t is, uint64_t should)
{
    if (is != should) {
        failed(name, number, is, should);
    }
}

static void registers_check(uint64_t period)
{
    static struct round_registers in, out;
    static uint64_t own[REGISTERS_MAX], written[REGISTERS_MAX], found[REGISTERS_MAX];

    fill(&in, period);
    registers_read(own);
    for (unsigned i = 0; i < registers_count(); i++) {
        if (!is_kept(i)) {
            registers_write(i, pattern(period, 128 + i));
        }
    }
    registers_read(written); /* what of it a register keeps */
    if (is_direct) {
        round_run(&in, &out, 0, SPINS);
    } else {
        round_run(&in, &out, HC_DELAY, DELAY_NS);
    }
    registers_read(found);
    registers_restore(own);
    for (unsigned i = 2; i < 31; i++) {
        same("x", i, out.x[i], in.x[i]);
    }
    for (unsigned i = 0; i < 32; i++) {
        same("v", i, out.v[i][0], in.v[i][0]);
        same("v", i, out.v[i][1], in.v[i][1]);
    }
    same("nzcv", 0, out.nzcv, in.nzcv);
    same("fpsr", 0, out.fpsr, in.fpsr);
    same("fpcr", 0, out.fpcr, in.fpcr);
    for (unsigned i = 0; i < registers_count(); i++) {
        if (!is_kept(i) && strncmp(registers_name(i), "pmcc", 4) != 0) {
            same(registers_name(i), i, found[i], written[i]);
        }
    }
}

void check_start(bool direct)
{
    is_direct = direct;
    (void)filled_start();
    registers_start();
    states_read();
}

uint64_t check_period(uint64_t period)
{
    registers_check(period);
    memory_check();
    states_check();
    return STATES_PERIOD + (is_direct ? 0 : 1);
}
