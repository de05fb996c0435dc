/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the interrupt controller is reached, for the files beside this folder: GICv2, all of it in
 * memory. It promises what v3/'s header of this name does, with the same names.
 *
 * All functions cost a few instructions. Nothing of a GICv2 is waited for: what was written has its
 * effect when the register has been read back.
 */
#ifndef ARM_GIC_INTERFACE_H
#define ARM_GIC_INTERFACE_H

#include "gicv2.h"
#include "mmio.h"
#include "plan_access.h"
#include "sgi_sources.h"
#include "sysreg.h"

/* The distributor's control: while it is set up, and from then on. With two security states this
 * is the non-secure view, where the first bit is of the only group. */
#define GICD_CTLR_QUIET   0U
#define GICD_CTLR_RUNNING GICD_CTLR_ENABLE_G0

/** QEMU's doesn't, before a register is written (docs/decisions/0028-what-a-gicv2-changes.md):
 * this write changes nothing. */
static inline void gic_look_again(void)
{
    mmio_write32(EL2_GICD + GICD_ISENABLER, 0);
}

static inline void gic_wait_distributor(void)
{
    (void)mmio_read32(EL2_GICD + GICD_CTLR);
}

static inline void gic_set_group(uint64_t bank, uint32_t n)
{
    /* ignored where another security state has group 0 */
    mmio_write32(bank + GICD_IGROUPR + 4 * n, 0);
}

/** As many CPUs as the guest has, where it knows them by their numbers. */
static inline uint32_t gic_type_shown(const struct plan_vm *vm, uint32_t type)
{
    uint32_t cpus = vm->delivery == PLAN_DELIVERY_VIRTUAL
                        ? (vm->vcpu_count - 1) << GICD_TYPER_CPU_SHIFT
                        : type & GICD_TYPER_CPUS;

    return (type & GICD_TYPER_LINES) | cpus;
}

/* The CPU's interface. */

/** The bit of CPU @cpu (index in the plan) among the CPU interfaces. */
static inline uint32_t gic_interface_bit(uint32_t cpu)
{
    return SGIR_LIST((uint32_t)plan.cpus[cpu].sgi0);
}

bool gic_interface_identify(void);

/** The virtual interface is off. */
static inline void gic_interface_init(void)
{
    mmio_write32(EL2_GICH + GICH_HCR, 0);
}

void gic_interface_reset(void);

static inline void gic_interface_split_ends(void)
{
    mmio_write32(EL2_GICC + GICC_CTLR, GICC_SPLIT);
}

static inline void gic_interface_open(uint64_t priority)
{
    mmio_write32(EL2_GICC + GICC_PMR, (uint32_t)priority);
    mmio_write32(EL2_GICC + GICC_CTLR, mmio_read32(EL2_GICC + GICC_CTLR) | GICC_ENABLE);
}

/** Of an SGI it says who sent it, too; gic_drop and gic_deactivate are to be told that. */
static inline uint32_t gic_acknowledge(void)
{
    return mmio_read32(EL2_GICC + GICC_IAR);
}

static inline uint32_t gic_intid(uint32_t acknowledged)
{
    return acknowledged & GICC_IAR_INTID;
}

static inline void gic_drop(uint64_t acknowledged)
{
    mmio_write32(EL2_GICC + GICC_EOIR, (uint32_t)acknowledged);
}

static inline void gic_deactivate(uint64_t acknowledged)
{
    mmio_write32(EL2_GICC + GICC_DIR, (uint32_t)acknowledged);
}

static inline uint64_t gic_running_priority(void)
{
    return mmio_read32(EL2_GICC + GICC_RPR);
}

/* List registers. */

typedef uint32_t lr_t;

static inline lr_t lr_encode(uint32_t intid, uint64_t priority, lr_t state)
{
    return state | (uint32_t)(priority & LR_PRIORITY_BITS) >> 3 << LR_PRIORITY_SHIFT | intid;
}

static inline lr_t lr_of_hardware(uint32_t intid)
{
    return LR_HW | intid << LR_PINTID_SHIFT;
}

static inline lr_t lr_read(uint64_t n)
{
    return mmio_read32(EL2_GICH + GICH_LR + 4 * n);
}

static inline void lr_write(uint64_t n, lr_t value)
{
    mmio_write32(EL2_GICH + GICH_LR + 4 * n, value);
}

static inline lr_t lr_read_first(void)
{
    return lr_read(0);
}

static inline void lr_write_first(lr_t value)
{
    lr_write(0, value);
}

static inline void lr_write_second(lr_t value)
{
    lr_write(1, value);
}

/** A GICv2 can have more than are used here. */
#define LISTS_USED 16U

static inline uint64_t lr_empty(void)
{
    return mmio_read32(EL2_GICH + GICH_ELRSR) & ((1U << LISTS_USED) - 1);
}

static inline uint32_t lr_ppi(lr_t list)
{
    return (list & LR_HW) != 0 && LR_INTID(list) < 32U ? 1U << LR_INTID(list) : 0;
}

/* SGIs. */

static inline uint64_t gic_sgi_value(uint64_t sgi0, uint32_t sgi)
{
    return sgi0 | sgi;
}

static inline void gic_interface_send(uint64_t value)
{
    dsb_sy();
    mmio_write32(EL2_GICD + GICD_SGIR, (uint32_t)value);
}

/* The virtual interface. */

static inline void vif_shape(uint32_t *lists, uint32_t *words)
{
    uint32_t count = GICH_VTR_LISTS(mmio_read32(EL2_GICH + GICH_VTR));

    *lists = count < LISTS_USED ? count : LISTS_USED;
    *words = 1;
}

static inline uint64_t vif_control(void)
{
    return mmio_read32(EL2_GICH + GICH_HCR);
}

static inline void vif_set_control(uint64_t control)
{
    mmio_write32(EL2_GICH + GICH_HCR, (uint32_t)control);
}

static inline bool vif_is_due(void)
{
    return mmio_read32(EL2_GICH + GICH_MISR) != 0;
}

struct vif {
    uint32_t vmcr;
    uint32_t apr;
};

static inline void vif_reset(struct vif *vif)
{
    vif->vmcr = 0;
    vif->apr = 0;
}

static inline void vif_save(struct vif *vif, uint32_t words)
{
    (void)words;
    vif->vmcr = mmio_read32(EL2_GICH + GICH_VMCR);
    vif->apr = mmio_read32(EL2_GICH + GICH_APR);
}

static inline void vif_load(const struct vif *vif, uint32_t words)
{
    (void)words;
    mmio_write32(EL2_GICH + GICH_VMCR, vif->vmcr);
    mmio_write32(EL2_GICH + GICH_APR, vif->apr);
}

/* The registers of private interrupts, which only their own CPU reaches. */

static inline uint64_t gic_private_bank(uint32_t cpu)
{
    (void)cpu;
    return EL2_GICD;
}

static inline bool gic_bank_has_private(uint64_t bank)
{
    (void)bank;
    return true;
}

static inline bool gic_bank_has_spis(uint64_t bank)
{
    (void)bank;
    return true;
}

static inline void gic_wait_private(uint64_t bank)
{
    (void)mmio_read32(bank + GICD_ISENABLER);
}

/** GICD_ICPENDR has no SGIs. */
void gic_private_clear(uint64_t bank);

/* Kicks. Nobody but a CPU itself reaches its enables: the kick is set up when its guest starts,
 * and the emulation keeps it so (emulation.c). */

void gic_kick_keep(uint64_t bank);

static inline void gic_kick_unmask(uint32_t cpu)
{
    (void)cpu;
}

/** Other SGIs, too: many controllers have them enabled always, and one would keep a CPU from
 * sleeping. */
void gic_kick_clear(uint64_t bank);

/* Where SPIs go. */

static inline uint64_t spi_route_to(uint32_t cpu)
{
    return gic_interface_bit(cpu);
}

static inline uint64_t spi_route(uint32_t intid)
{
    return mmio_read8(EL2_GICD + GICD_ITARGETSR + intid);
}

static inline void spi_set_route(uint32_t intid, uint64_t route)
{
    mmio_write8(EL2_GICD + GICD_ITARGETSR + intid, (uint8_t)route);
}

static inline bool spi_goes_to(uint32_t intid, uint32_t cpu)
{
    uint64_t route = spi_route(intid);

    /* a GIC of one CPU has no routes */
    return route == spi_route_to(cpu) || (route == 0 && plan.cpu_count == 1);
}

#endif
