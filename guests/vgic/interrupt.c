/* SPDX-License-Identifier: Apache-2.0 */
/* See interrupt.h; registers: Arm IHI 0069H, chapter 12. */
#include "interrupt.h"

#include "../kit/gic_registers.h"
#include "devices.h"
#include "kit/cpu.h"
#include "kit/gic.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/sysreg.h"
#include "kit/timer.h"

#define GICD_ICPENDR   0x0280U
#define GICD_ISACTIVER 0x0300U
#define GICD_ICACTIVER 0x0380U

#define CTLR_EOIMODE (1U << 1)

#define SETTLE_NS UINT64_C(100000)
#define COMES_NS  UINT64_C(5000000000) /* others may come first, and the host may be busy */

static uint64_t registers_of(uint32_t intid)
{
    return intid < INTERRUPT_SPI ? gic_redistributor() + GICR_SGI_BASE : machine()->gicd.start;
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

void interrupt_pend(uint32_t intid)
{
    bit_write(GICD_ISPENDR, intid);
}

void interrupt_unpend(uint32_t intid)
{
    bit_write(GICD_ICPENDR, intid);
}

void interrupt_activate(uint32_t intid)
{
    bit_write(GICD_ISACTIVER, intid);
}

void interrupt_inactivate(uint32_t intid)
{
    bit_write(GICD_ICACTIVER, intid);
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
    return (uint8_t)(mmio_read32(registers_of(intid) + GICD_IPRIORITYR + intid / 4 * 4) >> intid % 4 * 8);
}

uint64_t interrupt_route(uint32_t intid)
{
    return mmio_read64(machine()->gicd.start + GICD_IROUTER + (uint64_t)intid * 8);
}

static void synchronise(void)
{
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

void interface_mask(uint8_t priority)
{
    SYSREG_WRITE(icc_pmr_el1, priority);
    synchronise();
}

void interface_open(bool open)
{
    SYSREG_WRITE(icc_igrpen1_el1, open);
    synchronise();
}

void interface_split(bool split)
{
    SYSREG_WRITE(icc_ctlr_el1, split ? CTLR_EOIMODE : 0);
    synchronise();
}

void interface_send(uint32_t sgi, uint64_t value)
{
    __asm__ volatile("dsb ishst" : : : "memory");
    SYSREG_WRITE(icc_sgi1r_el1, value | (uint64_t)sgi << 24);
    synchronise();
}

void interface_send_here(uint32_t sgi)
{
    gic_send_sgi(sgi, cpu_mpidr());
}

uint32_t interface_next(void)
{
    synchronise();
    return (uint32_t)SYSREG_READ(icc_hppir1_el1);
}

static uint32_t take_until(uint64_t end)
{
    uint32_t intid;

    do {
        synchronise();
        intid = (uint32_t)SYSREG_READ(icc_iar1_el1);
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

void interface_end(uint32_t intid)
{
    SYSREG_WRITE(icc_eoir1_el1, intid);
    synchronise();
}

void interface_deactivate(uint32_t intid)
{
    SYSREG_WRITE(icc_dir_el1, intid);
    synchronise();
}

uint8_t interface_running(void)
{
    return (uint8_t)SYSREG_READ(icc_rpr_el1);
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
    for (uint32_t sgi = 0; sgi < INTERRUPT_SGIS; sgi++)
        clean_one(sgi);
    clean_one(timer_intid(TIMER_VIRTUAL));
    clean_one(timer_intid(TIMER_PHYSICAL));
    for (unsigned i = 0; i < devices_level_count(); i++)
        clean_one(devices_level(i));
    for (unsigned i = 0; i < devices_edge_count(); i++)
        clean_one(devices_edge(i));
    SYSREG_WRITE(icc_ap1r0_el1, 0);
    SYSREG_WRITE(icc_bpr1_el1, 0);
    interface_split(false);
    interface_open(true);
    interface_mask(PRIORITY_MASK_OPEN);
}
