/* SPDX-License-Identifier: Apache-2.0 */
/* Steps on one of this VM's own SPIs, whose target may be off, asleep or not on its core: see
 * steps.h. */
#include "../kit/gic_registers.h"
#include "access.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/probe.h"
#include "steps.h"

#define FIRST_SPI    32U
#define END_SPI      1020U
#define ROUNDS_MAX   200U
#define ROUNDS_LONG  3000U
#define ACCESSES_MAX 4U

/* Registers with a bit for each interrupt (IHI 0069H, 12.9), ISENABLER to ICACTIVER. */
#define GICD_BITS_STEP 0x80U
#define GICD_BITS      6U

/** One of the VM's SPIs; 0 if it has none. */
static uint32_t own_spi(struct random *random)
{
    uint32_t count = 0;
    uint32_t chosen = 0;

    for (uint32_t intid = FIRST_SPI; intid < END_SPI; intid++) {
        if (probe_is_own_interrupt(intid) && random_once(random, ++count)) {
            chosen = intid;
        }
    }
    return chosen;
}

/** Sends it to one of the vCPUs; on a GICv2 also to all of them, to nobody, or to others'. */
static struct access random_route(struct random *random, uint32_t intid)
{
    uint64_t gicd = machine()->gicd.start;
    unsigned cpu = (unsigned)random_below(random, machine()->cpu_count);
    uint64_t targets =
        random_once(random, 2) ? gic_cpu_interfaces(cpu) : random_next(random) & 0xff;

    if (machine()->gic_version == 2) {
        return (struct access){gicd + GICD_ITARGETSR + intid, targets, 1, ACCESS_WRITE};
    }
    return (struct access){gicd + GICD_IROUTER + 8ULL * intid, machine()->cpus[cpu], 8,
                           ACCESS_WRITE};
}

static struct access random_access(struct random *random, uint32_t intid)
{
    uint64_t gicd = machine()->gicd.start;
    uint64_t kind = random_below(random, GICD_BITS + 1);

    if (kind == GICD_BITS) {
        return random_route(random, intid);
    }
    return (struct access){gicd + GICD_ISENABLER + kind * GICD_BITS_STEP + intid / 32 * 4,
                           1U << intid % 32, 4, ACCESS_WRITE};
}

void step_spi(struct random *random)
{
    struct access accesses[ACCESSES_MAX];
    uint64_t count = 1 + random_below(random, ACCESSES_MAX);
    uint64_t rounds = random_below(random, random_once(random, 4) ? ROUNDS_LONG : ROUNDS_MAX);
    uint32_t intid = own_spi(random);

    step_note(STEP_SPI, intid, count << 32 | rounds);
    if (intid == 0) {
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        accesses[i] = random_access(random, intid);
    }
    gic_enable(intid);
    gic_route(intid, machine()->cpus[random_below(random, machine()->cpu_count)]);
    gic_set_pending(intid);
    for (uint64_t round = 0; round < rounds; round++) {
        for (uint64_t i = 0; i < count; i++) {
            access_do(&accesses[i]);
        }
    }
}
