/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the interrupt controller is reached, for the files beside this folder: GICv3 through system
 * registers, and its redistributors. Each version has this header, with these names.
 *
 * All functions cost a few instructions but those that wait for the hardware (GIC_POLLS).
 */
#ifndef ARM_GIC_INTERFACE_H
#define ARM_GIC_INTERFACE_H

#include "gicv3.h"
#include "mmio.h"
#include "plan_access.h"
#include "virtual_interface.h"

/* A register write takes effect within a few cycles; a controller that takes longer than this is
 * broken. */
#define GIC_POLLS 100000U

/** Waits until no bit of @mask is set in the register at @address. */
static inline void gic_wait_clear(uint64_t address, uint32_t mask)
{
    /* bound: HARDWARE_POLLS */
    for (uint32_t i = 0; i < GIC_POLLS && (mmio_read32(address) & mask) != 0; i++) {
    }
}

/* The distributor's control: while it is set up, and from then on. */
#define GICD_CTLR_QUIET   GICD_CTLR_ARE
#define GICD_CTLR_RUNNING (GICD_CTLR_ARE | GICD_CTLR_ENABLE_G0 | GICD_CTLR_ENABLE_G1)

/** The distributor looks whether an interrupt that a guest has ended is to come again, as it does
 * by itself. */
static inline void gic_look_again(void)
{
}

/** Waits until what was written to the distributor is in effect. */
static inline void gic_wait_distributor(void)
{
    gic_wait_clear(EL2_GICD + GICD_CTLR, GICD_CTLR_RWP);
}

/** Interrupts 32 @n to 32 @n + 31 of @bank are in the group that guests have. */
static inline void gic_set_group(uint64_t bank, uint32_t n)
{
    mmio_write32(bank + GICD_IGROUPR + 4 * n, UINT32_MAX);
    mmio_write32(bank + GICD_IGRPMODR + 4 * n, 0);
}

/** What a guest of @vm may see of the distributor's GICD_TYPER. */
static inline uint32_t gic_type_shown(const struct plan_vm *vm, uint32_t type)
{
    (void)vm;
    return type & GICD_TYPER_SHOWN;
}

/* The CPU's interface. */

/** Whether what the plan takes for this CPU's is its own; if so, it is awake. Logs it if not. */
bool gic_interface_identify(void);

/** As after a reset: everything masked, no interrupt in progress. Group 0 is not touched: it may
 * be the secure firmware's, and then these registers trap to it; no interrupt that guests have
 * is in it. */
void gic_interface_reset(void);

/** The most urgent interrupt, which becomes active; GIC_INTID_SPECIAL or more: none. */
static inline uint32_t gic_acknowledge(void)
{
    return (uint32_t)read_icc(ICC_IAR1_EL1);
}

/** The INTID of what gic_acknowledge returned. */
static inline uint32_t gic_intid(uint32_t acknowledged)
{
    return acknowledged;
}

/** Ends what was @acknowledged for the CPU's running priority; it stays active. */
static inline void gic_drop(uint64_t acknowledged)
{
    write_icc(ICC_EOIR1_EL1, acknowledged);
}

/** Makes what was @acknowledged, or an INTID that is no SGI, inactive: it may come again. */
static inline void gic_deactivate(uint64_t acknowledged)
{
    write_icc(ICC_DIR_EL1, acknowledged);
}

/** From now on an interrupt's end has two steps: gic_drop and gic_deactivate. */
static inline void gic_interface_split_ends(void)
{
    write_icc(ICC_CTLR_EL1, ICC_CTLR_EOIMODE);
}

/** The priority of what was acknowledged last and not dropped. */
static inline uint64_t gic_running_priority(void)
{
    return read_icc(ICC_RPR_EL1);
}

/* List registers. lr_t is what one holds; LR_PENDING, LR_ACTIVE, LR_INTID() and the like tell of
 * it. */

typedef uint64_t lr_t;

/** What makes @intid of @priority pending or active (@state, LR_*) for the guest. */
static inline lr_t lr_encode(uint32_t intid, uint64_t priority, lr_t state)
{
    return state | LR_GROUP1 | priority << LR_PRIORITY_SHIFT | intid;
}

/** Added to that: the hardware's interrupt of the same number ends with the guest's. */
static inline lr_t lr_of_hardware(uint32_t intid)
{
    return LR_HW | intid * (1ULL << LR_PINTID_SHIFT);
}

/** List register @n, 0 to 15, as far as the CPU has it. Cost: 5 instructions. */
lr_t lr_read(uint64_t n);
void lr_write(uint64_t n, lr_t value);

/** The first two, at less cost. */
static inline lr_t lr_read_first(void)
{
    return read_icc(ICH_LR0_EL2);
}

static inline void lr_write_first(lr_t value)
{
    write_icc(ICH_LR0_EL2, value);
}

static inline void lr_write_second(lr_t value)
{
    write_icc(ICH_LR1_EL2, value);
}

/** Those that are empty, a bit each; after an isb, of what was written. */
static inline uint64_t lr_empty(void)
{
    return read_icc(ICH_ELRSR_EL2);
}

/** The PPI that a list register with @list makes active in the hardware: a bit, or 0. */
static inline uint32_t lr_ppi(lr_t list)
{
    return (list & LR_HW) != 0 && LR_INTID(list) < 32U ? 1U << LR_INTID(list) : 0;
}

/* SGIs. */

static_assert(GIC_KICK_SGI == 0, "plan_cpu.sgi0");

/** What sends @sgi to the CPU with @sgi0 of the plan, for gic_interface_send. */
static inline uint64_t gic_sgi_value(uint64_t sgi0, uint32_t sgi)
{
    return sgi0 + ICC_SGI1R_INTID(sgi);
}

/* Who sent an SGI to a vCPU. A GICv3 doesn't tell: an SGI is sent or not, whoever did it. */

/** The loaded vCPU sends @sgi to vCPU @target (index in the plan; so are those below). */
static inline void sgi_source_add(uint32_t target, uint32_t sgi)
{
    (void)target;
    (void)sgi;
}

/** Those of @sgis, all sent to @vcpu, that it has not had yet. */
static inline uint32_t sgi_not_had(uint32_t vcpu, uint32_t sgis)
{
    (void)vcpu;
    return sgis;
}

/** Whether one vCPU alone has sent @sgi to @vcpu. */
static inline bool sgi_has_one_source(uint32_t vcpu, uint32_t sgi)
{
    (void)vcpu;
    (void)sgi;
    return true;
}

/** Whether one more has than have been taken. */
static inline bool sgi_has_more(uint32_t vcpu, uint32_t sgi)
{
    (void)vcpu;
    (void)sgi;
    return false;
}

/** What a list register says of who sent @sgi, which is in @state there: the next of them, or who
 * sent the active one.
 */
static inline lr_t sgi_source_take(uint32_t vcpu, uint32_t sgi, lr_t state)
{
    (void)vcpu;
    (void)sgi;
    (void)state;
    return 0;
}

/** The SGI in @list, of @vcpu, is in no list register any more. */
static inline void sgi_source_keep(uint32_t vcpu, lr_t list)
{
    (void)vcpu;
    (void)list;
}

/** Nobody has sent anything to @vcpu. */
static inline void sgi_sources_reset(uint32_t vcpu)
{
    (void)vcpu;
}

/* The virtual interface: VIF_* are bits of its control register. */

/** How many list registers there are, and how many words of active priorities. */
static inline void vif_shape(uint32_t *lists, uint32_t *words)
{
    uint64_t vtr = read_icc(ICH_VTR_EL2);

    *lists = (uint32_t)ICH_VTR_LISTS(vtr);
    *words = gic_active_words(ICH_VTR_PREBITS(vtr));
}

static inline uint64_t vif_control(void)
{
    return read_icc(ICH_HCR_EL2);
}

static inline void vif_set_control(uint64_t control)
{
    write_icc(ICH_HCR_EL2, control);
}

/** Whether there is a reason for a maintenance interrupt. */
static inline bool vif_is_due(void)
{
    return read_icc(ICH_MISR_EL2) != 0;
}

/** What of a vCPU is in the virtual interface while it is loaded, but for list registers and
 * control. */
struct vif {
    uint64_t vmcr;
    uint64_t ap0r[4]; /* as many words of active priorities as the hardware has (@words) */
    uint64_t ap1r[4];
};

static inline void vif_reset(struct vif *vif)
{
    vif->vmcr = 0;
    for (uint32_t i = 0; i < 4; i++) {
        vif->ap0r[i] = 0;
        vif->ap1r[i] = 0;
    }
}

/** The words of active priorities beyond the first. */
void vif_save_more(struct vif *vif, uint32_t words);
void vif_load_more(const struct vif *vif, uint32_t words);

static inline __attribute__((always_inline)) void vif_save(struct vif *vif, uint32_t words)
{
    vif->vmcr = read_icc(ICH_VMCR_EL2);
    vif->ap0r[0] = read_icc(ICH_AP0R0_EL2);
    vif->ap1r[0] = read_icc(ICH_AP1R0_EL2);
    if (__builtin_expect(words > 1, 0)) {
        vif_save_more(vif, words);
    }
}

static inline __attribute__((always_inline)) void vif_load(const struct vif *vif, uint32_t words)
{
    /* where a guest may switch them off */
    write_icc(ICC_SRE_EL1, ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB);
    write_icc(ICH_VMCR_EL2, vif->vmcr);
    write_icc(ICH_AP0R0_EL2, vif->ap0r[0]);
    write_icc(ICH_AP1R0_EL2, vif->ap1r[0]);
    if (__builtin_expect(words > 1, 0)) {
        vif_load_more(vif, words);
    }
}

/* The registers of private interrupts, which lie as the distributor's do. */

/** Those of CPU @cpu (index in the plan). */
static inline uint64_t gic_private_bank(uint32_t cpu)
{
    return gic_redistributor(cpu) + GICR_SGI_FRAME;
}

/** No private interrupt is pending, by their @bank. */
static inline void gic_private_clear(uint64_t bank)
{
    mmio_write32(bank + GICD_ICPENDR, UINT32_MAX);
}

/** Whether the registers at @bank are those of private interrupts, and of SPIs. */
static inline bool gic_bank_has_private(uint64_t bank)
{
    return bank != EL2_GICD;
}

static inline bool gic_bank_has_spis(uint64_t bank)
{
    return bank == EL2_GICD;
}

/** Waits until what was disabled at @bank is. */
static inline void gic_wait_private(uint64_t bank)
{
    gic_wait_clear(bank - GICR_SGI_FRAME + GICR_CTLR, GICR_CTLR_RWP);
}

/* Kicks. */

/** A guest with direct interrupts starts on this CPU: what it takes that a kick reaches it, if no
 * other CPU can see to that. Here all can. */
static inline void gic_kick_keep(uint64_t bank)
{
    (void)bank;
}

/** The guest of CPU @cpu (index in the plan), with direct interrupts, may have masked the kick,
 * and does so no more. */
static inline void gic_kick_unmask(uint32_t cpu)
{
    uint64_t bank = gic_private_bank(cpu);

    mmio_write8(bank + GICD_IPRIORITYR + GIC_KICK_SGI, GIC_PRIORITY_KICK);
    mmio_write32(bank + GICD_ISENABLER, 1U << GIC_KICK_SGI);
}

/** No kick of this CPU is pending, by its @bank. */
static inline void gic_kick_clear(uint64_t bank)
{
    mmio_write32(bank + GICD_ICPENDR, 1U << GIC_KICK_SGI);
    /* Read back: the clearing must be done before we look at what the kick was for. */
    (void)mmio_read32(bank + GICD_ICPENDR);
}

/* Where SPIs go. */

/** What says of an SPI that it goes to CPU @cpu (index in the plan). */
static inline uint64_t spi_route_to(uint32_t cpu)
{
    return plan.cpus[cpu].mpidr;
}

/** What says where SPI @intid goes. */
static inline uint64_t spi_route(uint32_t intid)
{
    return mmio_read64(EL2_GICD + GICD_IROUTER + 8ULL * intid);
}

static inline void spi_set_route(uint32_t intid, uint64_t route)
{
    mmio_write64(EL2_GICD + GICD_IROUTER + 8ULL * intid, route);
}

/** Whether it goes to CPU @cpu. */
static inline bool spi_goes_to(uint32_t intid, uint32_t cpu)
{
    return spi_route(intid) == spi_route_to(cpu);
}

#endif
