/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks by what only a GICv2 has (IHI 0048B): SGIs by the distributor, to CPU interfaces and as
 * if they were of others, SPIs whose targets are CPU interfaces, and a CPU interface in memory,
 * whose first page is the hardware's.
 */
#include "../kit/gic_registers.h"
#include "attack.h"
#include "kit/cpu.h"
#include "kit/fault.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"
#include "kit/probe.h"

#define INTERFACES 8U
#define INTIDS     1024U
#define SGIS       16U
#define FILTERS    4U

#define GICD_ICPENDR   0x0280U
#define GICD_ICACTIVER 0x0380U

static uint64_t gicd(void)
{
    return machine()->gicd.start;
}

void attack_repair(void)
{
    gic_interface_forget();
    gic_cpu_start();
    mmio_write32(gicd() + GICD_IGROUPR, 0);
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        mmio_write8(gicd() + GICD_CPENDSGIR + sgi, UINT8_MAX);
    }
    mmio_write32(gicd() + GICD_ICENABLER, UINT32_MAX);
    mmio_write32(gicd() + GICD_ICPENDR, UINT32_MAX);
    mmio_write32(gicd() + GICD_ICACTIVER, UINT32_MAX);
}

/** Sends an SGI to each CPU interface there can be, and by each filter; nobody but this VM may
 * get it. */
static void attack_sgi(void)
{
    struct tally tally = {0};

    fault_clear();
    for (uint32_t filter = 0; filter < FILTERS; filter++) {
        for (uint32_t targets = 0; targets <= UINT8_MAX; targets++) {
            uint32_t value = filter << 24 | targets << GICD_SGIR_TARGETS_SHIFT;

            mmio_write32(gicd() + GICD_SGIR, value | ATTACK_SGI);
            /* bits that are none */
            mmio_write32(gicd() + GICD_SGIR, value | UINT32_C(0xfc007ff0) | ATTACK_SGI);
            tally_step(&tally, fault_happened(), value);
        }
    }
    attack_report("sgi-to-others", false, "sent, %u refused", (unsigned)fault_get()->count);
}

/** SGIs as if others had sent them, and those of others taken back. */
static void attack_senders(void)
{
    struct tally tally = {0};

    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        for (uint32_t sender = 0; sender < INTERFACES; sender++) {
            fault_clear();
            mmio_write8(gicd() + GICD_SPENDSGIR + sgi, (uint8_t)(1U << sender));
            (void)mmio_read8(gicd() + GICD_SPENDSGIR + sgi);
            mmio_write8(gicd() + GICD_CPENDSGIR + sgi, (uint8_t)(1U << sender));
            tally_step(&tally, fault_happened(), sgi << 8 | sender);
        }
    }
    attack_survived("sgi-senders", &tally);
}

/** Sends own SPIs to all CPU interfaces, each one, and none: they may only go to those of this
 * VM's own cores. */
static void attack_targets(void)
{
    struct tally tally = {0};

    for (uint32_t intid = GIC_FIRST_SPI; intid < GIC_MAX_INTIDS; intid++) {
        uint64_t address = gicd() + GICD_ITARGETSR + intid;
        uint8_t before;
        uint8_t all;

        if (!probe_is_own_interrupt(intid)) {
            continue;
        }
        fault_clear();
        before = mmio_read8(address);
        mmio_write8(address, UINT8_MAX);
        all = mmio_read8(address);
        for (uint32_t target = 0; target < INTERFACES; target++) {
            mmio_write8(address, (uint8_t)(1U << target));
        }
        mmio_write8(address, 0);
        mmio_write8(address, before);
        tally_step(&tally,
                   fault_happened() || (size_t)__builtin_popcount(all) <= machine()->cpu_count,
                   intid);
    }
    attack_must_answer("spi-targets", &tally);
}

/** Ends and deactivates what is not this core's to end: what others have active must stay so. */
static void attack_ends(void)
{
    struct tally tally = {0};

    for (uint32_t intid = 0; intid < INTIDS; intid++) {
        if (probe_is_own_interrupt(intid)) {
            continue;
        }
        for (uint32_t sender = 0; sender < (intid < SGIS ? INTERFACES : 1); sender++) {
            fault_clear();
            gic_interface_control(true, true);
            gic_interface_write(GIC_DIR, sender << 10 | intid);
            gic_interface_control(true, false);
            gic_interface_write(GIC_DIR, sender << 10 | intid);
            gic_interface_write(GIC_EOIR, sender << 10 | intid);
            tally_step(&tally, fault_happened(), intid);
        }
    }
    attack_repair();
    attack_survived("ends-of-foreign", &tally);
}

#define KICK 7U /* it is that one (docs/architecture.md) */

/** Takes away all that SGIs need to come: by one of them the hypervisor calls a core. */
static void attack_kick(void)
{
    uint64_t first = gicd();

    fault_clear();
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        mmio_write8(first + GICD_IPRIORITYR + sgi, UINT8_MAX);
    }
    for (uint32_t sgi = 0; sgi < SGIS; sgi += 4) {
        mmio_write32(first + GICD_IPRIORITYR + sgi, UINT32_MAX);
    }
    mmio_write32(first + GICD_ICENABLER, UINT32_MAX);
    mmio_write32(first + GICD_IGROUPR, UINT32_MAX);
    mmio_write32(first + GICD_IGROUPR, 0);
    mmio_write32(first + GICD_ICFGR, 0);
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        mmio_write8(first + GICD_CPENDSGIR + sgi, UINT8_MAX);
    }
    mmio_write32(first + GICD_ICPENDR, UINT32_MAX);
    mmio_write32(first + GICD_CTLR, 0);
    attack_report("kick-taken-away", false, "survived, enabled 0x%x, priority 0x%x",
                  (unsigned)mmio_read32(first + GICD_ISENABLER) & 1U << KICK,
                  (unsigned)mmio_read8(first + GICD_IPRIORITYR + KICK));
    gic_start();
}

/** Each register of both pages, with each size of access. */
static void attack_whole_frame(void)
{
    uint64_t gicc = machine()->gicc.start;
    struct tally tally = {0};

    for (uint32_t offset = 0; offset < 2 * MMU_PAGE_SIZE; offset += 4) {
        fault_clear();
        (void)mmio_read32(gicc + offset);
        mmio_write32(gicc + offset, UINT32_MAX);
        mmio_write32(gicc + offset, 0);
        mmio_write8(gicc + offset, 0xff);
        __asm__ volatile("ldrh w9, [%0]\n\tstrh w9, [%0]" : : "r"(gicc + offset) : "x9", "memory");
        if (offset % 8 == 0) {
            mmio_write64(gicc + offset, mmio_read64(gicc + offset));
        }
        tally_step(&tally, fault_happened(), offset);
    }
    attack_repair();
    attack_survived("cpu-interface-all-registers", &tally);
}

void attack_cpu_interface(void)
{
    if (machine()->gic_version != 2) {
        return;
    }
    attack_sgi();
    attack_senders();
    attack_targets();
    attack_ends();
    attack_kick();
    attack_whole_frame();
    /* the hypervisor's, other VMs', and what a GICv2 has none of */
    attack_foreign_frames("foreign-interfaces");
}
