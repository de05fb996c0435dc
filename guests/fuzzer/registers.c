/* SPDX-License-Identifier: Apache-2.0 */
/* See registers.h. Encodings: Arm DDI 0487, C5; ESR_EL2.ISS has them in another order. */
#include "registers.h"

#include "kit/probe.h"

#define ICC_SGI1R PROBE_ENCODE(3, 0, 12, 11, 5)
#define ICC_BPR1  PROBE_ENCODE(3, 0, 12, 12, 3)
#define DC_ZVA    PROBE_ENCODE(1, 3, 7, 4, 1)

/* Of the binary point register: QEMU 10.0 takes 8 for 0, which it can't be, and ends itself. */
#define ICC_BPR1_POINT 7U

/* What a hypervisor has a reason to trap: op0, op1, CRn, the lowest and the highest CRm. */
static const struct {
    uint8_t op0, op1, crn, first, last;
} ranges[] = {
    {3, 0, 0, 0, 15},   /* identification */
    {3, 0, 12, 8, 12},  /* the interrupt controller's CPU interface */
    {3, 0, 12, 11, 11}, /* ... its SGIs and deactivation */
    {3, 0, 4, 6, 6},    /* ICC_PMR_EL1 */
    {3, 0, 10, 4, 5},   /* LORegions, MPAM */
    {3, 0, 5, 3, 4},    /* error records */
    {2, 0, 0, 0, 15},   /* breakpoints, watchpoints */
    {2, 0, 1, 0, 15},   /* OS lock, OS double lock */
    {2, 3, 0, 0, 15},   /* debug communication */
    {2, 1, 0, 0, 15},   /* trace */
    {3, 0, 9, 9, 14},   /* statistical profiling, counters */
    {3, 3, 9, 12, 14},  /* counters */
    {3, 3, 14, 0, 15},  /* timers, counters of events */
    {3, 0, 11, 0, 15},  /* implementation-defined from here on */
    {3, 1, 11, 0, 15},  {3, 0, 15, 0, 15}, {3, 1, 15, 0, 15},
    {3, 3, 15, 0, 15},  {1, 0, 7, 0, 15}, /* caches, address translation */
    {1, 0, 8, 0, 15},                     /* TLBs */
    {1, 3, 7, 0, 15},   {1, 0, 11, 0, 15}, {1, 1, 15, 0, 15},
};

#define RANGES (sizeof(ranges) / sizeof(ranges[0]))

static unsigned field(uint32_t encoding, unsigned shift, unsigned bits)
{
    return encoding >> shift & ((1U << bits) - 1);
}

static unsigned op0_of(uint32_t encoding)
{
    return field(encoding, 19, 2);
}

static bool is_own(uint32_t encoding)
{
    return probe_register_is_own(op0_of(encoding), field(encoding, 16, 3), field(encoding, 12, 4),
                                 field(encoding, 8, 4), field(encoding, 5, 3));
}

uint32_t register_encoding(uint32_t index)
{
    uint32_t op0 = 1 + (index >> 14);
    uint32_t encoding = op0 << 19 | (index & 0x3fff) << 5;

    /* SYS with CRn below 7 has nothing; DC ZVA writes. */
    return encoding == DC_ZVA || (op0 == 1 && field(encoding, 12, 4) < 7) ? 0 : encoding;
}

struct register_access register_random(struct random *random)
{
    unsigned i = (unsigned)random_below(random, RANGES);
    unsigned crm =
        ranges[i].first + (unsigned)random_below(random, ranges[i].last - ranges[i].first + 1U);
    unsigned op2 = (unsigned)random_below(random, 8);
    uint32_t any = register_encoding((uint32_t)random_below(random, REGISTER_ENCODINGS));
    struct register_access access = {
        .encoding = PROBE_ENCODE(ranges[i].op0, ranges[i].op1, ranges[i].crn, crm, op2),
        .write = random_once(random, 2),
        .value = random_value(random),
    };

    if (random_once(random, 4) && any != 0) {
        access.encoding = any;
    }
    if (access.encoding == DC_ZVA) {
        access.encoding = ICC_SGI1R;
    }
    if (access.encoding == ICC_BPR1) {
        access.value &= ICC_BPR1_POINT;
    }
    return access;
}

void register_do(const struct register_access *access)
{
    if (op0_of(access->encoding) == 1 || (access->write && !is_own(access->encoding))) {
        probe_register_write(access->encoding, access->value);
    } else {
        (void)probe_register_read(access->encoding);
    }
}
