/* SPDX-License-Identifier: Apache-2.0 */
/* See interrupt.h; registers: Arm IHI 0069H, chapter 12, Arm IHI 0048B, chapter 4. */
#include "interrupt.h"

#include "../kit/gic_registers.h"
#include "devices.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/gic_interface.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/sysreg.h"
#include "kit/timer.h"

#define GICD_ICPENDR   0x0280U
#define GICD_ISACTIVER 0x0300U
#define GICD_ICACTIVER 0x0380U

#define SENDER_SHIFT 10U                 /* GICC_IAR: whose SGI it is */
#define SGI1R_OTHERS (UINT64_C(1) << 40) /* ICC_SGI1R_EL1.IRM: all but the sender */

#define SETTLE_NS UINT64_C(100000)
#define COMES_NS  UINT64_C(5000000000) /* others may come first, and the host may be busy */

/* What GIC_IAR gave for each SGI that was taken: its end is to say the same. */
static uint32_t acknowledged[MACHINE_MAX_CPUS][INTERRUPT_SGIS];

static uint64_t registers_of(uint32_t intid)
{
    return intid < INTERRUPT_SPI ? gic_private_registers() : machine()->gicd.start;
}

static void bit_write(uint32_t offset, uint32_t intid)
{
    mmio_write32(registers_of(intid) + offset + intid / 32 * 4, 1U << intid % 32);
}

static bool bit_read(uint32_t offset, uint32_t intid)
{
    return (mmio_read32(registers_of(intid) + offset + intid / 32 * 4) >> intid % 32 & 1) != 0;
}

void interrupt_allow(uint32_t intid)
{
    bit_write(GICD_ISENABLER, intid);
}

void interrupt_enable(uint32_t intid, uint8_t priority)
{
    gic_enable(intid);
    gic_set_priority(intid, priority);
}

void interrupt_disable(uint32_t intid)
{
    gic_disable(intid);
}

void interrupt_pend_from(uint32_t sgi, uint8_t senders)
{
    mmio_write8(machine()->gicd.start + GICD_SPENDSGIR + sgi, senders);
}

void interrupt_unpend_from(uint32_t sgi, uint8_t senders)
{
    mmio_write8(machine()->gicd.start + GICD_CPENDSGIR + sgi, senders);
}

uint8_t interrupt_senders(uint32_t sgi)
{
    return mmio_read8(machine()->gicd.start + GICD_SPENDSGIR + sgi);
}

/** Whether @intid is pending for each of its senders, as the SGIs of a GICv2 are. */
static bool by_sender(uint32_t intid)
{
    return machine()->gic_version == 2 && intid < INTERRUPT_SGIS;
}

void interrupt_pend(uint32_t intid)
{
    if (by_sender(intid)) {
        interrupt_pend_from(intid, gic_cpu_interfaces(cpu_index()));
    } else {
        bit_write(GICD_ISPENDR, intid);
    }
}

void interrupt_unpend(uint32_t intid)
{
    if (by_sender(intid)) {
        interrupt_unpend_from(intid, UINT8_MAX);
    } else {
        bit_write(GICD_ICPENDR, intid);
    }
}

void interrupt_activate(uint32_t intid)
{
    bit_write(GICD_ISACTIVER, intid);
}

void interrupt_inactivate(uint32_t intid)
{
    bit_write(GICD_ICACTIVER, intid);
}

uint32_t interrupt_kick(void)
{
    static uint32_t kick;
    static bool known;

    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS && !known; sgi++) {
        uint8_t before = interrupt_priority(sgi);
        gic_set_priority(sgi, PRIORITY_MIDDLE);
        known = interrupt_priority(sgi) != PRIORITY_MIDDLE;
        kick = known ? sgi : INTERRUPT_SGIS;
        gic_set_priority(sgi, before);
    }
    known = true;
    return kick;
}

uint32_t interrupt_sgi(unsigned number)
{
    return number < interrupt_kick() ? number : number + 1;
}

bool interrupt_is_enabled(uint32_t intid)
{
    return bit_read(GICD_ISENABLER, intid);
}

bool interrupt_is_pending(uint32_t intid)
{
    return bit_read(GICD_ISPENDR, intid);
}

bool interrupt_is_active(uint32_t intid)
{
    return bit_read(GICD_ISACTIVER, intid);
}

uint8_t interrupt_priority(uint32_t intid)
{
    return (uint8_t)(mmio_read32(registers_of(intid) + GICD_IPRIORITYR + intid / 4 * 4) >>
                     intid % 4 * 8);
}

bool interrupt_is_switchable(uint32_t intid)
{
    return !by_sender(intid) || !interrupt_is_enabled(intid);
}

bool interrupt_is_routed(uint32_t intid, unsigned cpu)
{
    uint64_t gicd = machine()->gicd.start;

    if (machine()->gic_version == 2) {
        return mmio_read8(gicd + GICD_ITARGETSR + intid) == gic_cpu_interfaces(cpu);
    }
    return mmio_read64(gicd + GICD_IROUTER + (uint64_t)intid * 8) == machine()->cpus[cpu];
}

void interface_mask(uint8_t priority)
{
    gic_interface_write(GIC_PMR, priority);
}

void interface_open(bool open)
{
    gic_interface_control(open, false);
}

void interface_split(bool split)
{
    gic_interface_control(true, split);
}

void interface_send_here(uint32_t sgi)
{
    gic_send_sgi(sgi, cpu_mpidr());
}

void interface_send_others(uint32_t sgi)
{
    __asm__ volatile("dsb ishst" : : : "memory");
    if (machine()->gic_version == 2) {
        mmio_write32(machine()->gicd.start + GICD_SGIR, GICD_SGIR_OTHERS | sgi);
    } else {
        SYSREG_WRITE(icc_sgi1r_el1, SGI1R_OTHERS | (uint64_t)sgi << 24);
    }
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

uint32_t interface_next(void)
{
    return gic_interface_read(GIC_HPPIR) & GIC_INTID_MASK;
}

/** Takes what there is. */
static uint32_t take(void)
{
    uint32_t value = gic_interface_read(GIC_IAR);
    uint32_t intid = value & GIC_INTID_MASK;

    if (intid < INTERRUPT_SGIS) {
        acknowledged[cpu_index()][intid] = value;
    }
    return intid;
}

/** What GIC_IAR gave when @intid was taken. */
static uint32_t taken_as(uint32_t intid)
{
    return intid < INTERRUPT_SGIS ? intid | acknowledged[cpu_index()][intid] : intid;
}

unsigned interface_sender(uint32_t sgi)
{
    return taken_as(sgi) >> SENDER_SHIFT;
}

static uint32_t take_until(uint64_t end)
{
    uint32_t intid;

    do {
        intid = take();
    } while (intid == INTERRUPT_NONE && timer_now() < end);
    return intid;
}

uint32_t interface_take(void)
{
    return take_until(timer_now() + timer_from_ns(COMES_NS));
}

void interrupt_settle(void)
{
    uint64_t end = timer_now() + timer_from_ns(SETTLE_NS);

    while (timer_now() < end)
        ;
}

bool interface_quiet(void)
{
    return take_until(timer_now() + timer_from_ns(SETTLE_NS)) == INTERRUPT_NONE;
}

/** QEMU's GICv2 doesn't look whether @intid, which has ended in its virtual interface, is still to
 * come from the hardware, before some register is written
 * (docs/decisions/0028-what-a-gicv2-changes.md): this write changes nothing.
 */
static void look_again(uint32_t intid)
{
    if (machine()->gic_version == 2 && interrupt_is_enabled(intid)) {
        interrupt_allow(intid);
    }
}

void interface_end(uint32_t intid)
{
    gic_interface_write(GIC_EOIR, taken_as(intid));
    look_again(intid);
}

void interface_deactivate(uint32_t intid)
{
    gic_interface_write(GIC_DIR, taken_as(intid));
    look_again(intid);
}

uint8_t interface_running(void)
{
    return (uint8_t)gic_interface_read(GIC_RPR);
}

static void clean_one(uint32_t intid)
{
    interrupt_disable(intid);
    interrupt_unpend(intid);
    interrupt_inactivate(intid);
    interrupt_unpend(intid); /* active and pending: it was not taken back by the first */
}

void interrupt_clean(void)
{
    devices_quiet();
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++) {
        clean_one(sgi);
    }
    clean_one(timer_intid(TIMER_VIRTUAL));
    clean_one(timer_intid(TIMER_PHYSICAL));
    for (unsigned i = 0; i < devices_level_count(); i++) {
        clean_one(devices_level(i));
    }
    for (unsigned i = 0; i < devices_edge_count(); i++) {
        clean_one(devices_edge(i));
    }
    gic_interface_forget();
    gic_interface_write(GIC_BPR, 0);
    gic_interface_control(true, false);
    interface_mask(PRIORITY_MASK_OPEN);
}
