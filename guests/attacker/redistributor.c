/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks through the redistributors: the own one (its LPI tables are memory that the GIC itself
 * writes, so they must stay out of reach), those of other cores, and the ITS.
 */
#include "attack.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/fault.h"

#define FRAME_SIZE 0x20000U

/* IHI 0069H, 12.11. */
#define GICR_CTLR      0x0000U
#define GICR_WAKER     0x0014U
#define GICR_SETLPIR   0x0040U
#define GICR_PROPBASER 0x0070U
#define GICR_PENDBASER 0x0078U
#define GICR_CTLR_LPIS 1U
#define WAKER_BITS     6U

static void attack_lpi_tables(void)
{
    uint64_t base = gic_redistributor();
    uint64_t own_memory = machine()->memory[0].start;
    uint64_t properties;
    uint64_t pending;

    fault_clear();
    properties = mmio_read64(base + GICR_PROPBASER);
    pending = mmio_read64(base + GICR_PENDBASER);
    mmio_write64(base + GICR_PROPBASER, own_memory | 0x7f);
    mmio_write64(base + GICR_PENDBASER, own_memory);
    mmio_write32(base + GICR_CTLR, mmio_read32(base + GICR_CTLR) | GICR_CTLR_LPIS);
    mmio_write64(base + GICR_SETLPIR, 8192);
    attack_report("lpi-tables",
                  !fault_happened() && (mmio_read64(base + GICR_PROPBASER) != properties ||
                                        mmio_read64(base + GICR_PENDBASER) != pending ||
                                        (mmio_read32(base + GICR_CTLR) & GICR_CTLR_LPIS) != 0),
                  "properties 0x%llx, pending 0x%llx",
                  (unsigned long long)mmio_read64(base + GICR_PROPBASER),
                  (unsigned long long)mmio_read64(base + GICR_PENDBASER));
}

/** Puts the redistributor to sleep: the physical one must not follow, or this core's interrupts
 * are gone for good. */
static void attack_sleep(void)
{
    uint64_t base = gic_redistributor();

    fault_clear();
    mmio_write32(base + GICR_WAKER, WAKER_BITS);
    mmio_write32(base + GICR_WAKER, 0);
    attack_report("redistributor-sleep", false, "survived, waker reads 0x%x",
                  (unsigned)mmio_read32(base + GICR_WAKER));
}

static void attack_whole_frame(void)
{
    uint64_t base = gic_redistributor();
    struct tally tally = {0};

    for (uint32_t offset = 0; offset < FRAME_SIZE; offset += 4) {
        fault_clear();
        (void)mmio_read32(base + offset);
        mmio_write32(base + offset, UINT32_MAX);
        mmio_write32(base + offset, 0);
        mmio_write8(base + offset, 0xff);
        if (offset % 8 == 0) {
            mmio_write64(base + offset, mmio_read64(base + offset));
        }
        tally_step(&tally, fault_happened(), offset);
    }
    gic_cpu_start();
    attack_survived("redistributor-all-registers", &tally);
}

void attack_redistributor(void)
{
    if (gic_redistributor() == 0) {
        return;
    }
    attack_lpi_tables();
    attack_sleep();
    attack_whole_frame();
    attack_foreign_frames("foreign-redistributors"); /* and the ITS */
}
