/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which registers the emulated GICv2 has, and in which sizes they can be accessed (Arm IHI 0048B,
 * 4.1.4): the one place where a guest's access is checked. Only what is permitted here comes to a
 * handler; the rest is the guest's fault, and nothing was touched.
 *
 * Two pages are emulated: the distributor, and the CPU interface's second one, in which GICC_DIR
 * is. The first page is the hardware's: of a guest with direct interrupts the CPU interface, else
 * the virtual one.
 */
#include "cpu.h"
#include "emulation.h"
#include "interface.h"
#include "vm.h"

#define GROUP_SIZE 0x80U

/** Reads as zero, writes are ignored. */
static void access_nothing(struct gic_access *access)
{
    access->value = 0;
}

/** A bit per interrupt. SGIs are made pending by other registers; and no guest with direct
 * interrupts takes the kick away, which no other CPU could give back. */
static void access_bits(struct gic_access *access)
{
    uint64_t group = access->offset & ~0x7fULL;

    if ((access->offset & 0x7f) != 0) {
        gic_access_bits(access);
        return;
    }
    if (access->write && (group == GICD_ISPENDR || group == GICD_ICPENDR)) {
        access->value &= ~(uint64_t)SGIS;
    }
    if (this_cpu.virtual_interrupts) {
        gic_access_private_bits(access); /* bound: never with stage2_fault_exit */
        return;
    }
    if (access->write && (group == GICD_ICENABLER || group == GICD_ISACTIVER)) {
        access->value &= ~(1ULL << GIC_KICK_SGI);
    }
    gic_access_bits(access);
}

/** A byte per interrupt; the kick's stays what it is. */
static void access_priority(struct gic_access *access)
{
    uint64_t kick = GICD_IPRIORITYR + GIC_KICK_SGI - access->offset;

    if (!this_cpu.virtual_interrupts && access->write && kick < access->size) {
        access->value = (access->value & ~(0xffULL << 8 * kick)) | (uint64_t)GIC_PRIORITY_KICK
                                                                       << 8 * kick;
    }
    gic_access_priority(access);
}

/** Two bits per interrupt. */
static void access_trigger(struct gic_access *access)
{
    if (this_cpu.virtual_interrupts && access->offset < GICD_ICFGR + 8) {
        gic_access_private_trigger(access);
    } else {
        gic_access_trigger(access);
    }
}

/** The identification registers, of which one says something. */
static void access_identification(struct gic_access *access)
{
    access->value = access->offset == GICD_PIDR2 ? GIC_ARCHITECTURE_2 : 0;
}

/* By offset / GROUP_SIZE. IGROUPR is not the guest's, as in the non-secure view. */
#define GROUP(first, last) [(first) / GROUP_SIZE...(last) / GROUP_SIZE - 1]

/* Sizes in bytes are powers of two, so a set of them is their sum. */
static const uint8_t group_sizes[PLAN_PAGE_SIZE / GROUP_SIZE] = {
    GROUP(GICD_CTLR, GICD_IPRIORITYR) = 4,
    GROUP(GICD_IPRIORITYR, GICD_ICFGR) = 1 | 4, /* ITARGETSR, too */
    GROUP(GICD_ICFGR, GICD_SGIR) = 4,
    [GICD_SGIR / GROUP_SIZE] = 1 | 4,
    GROUP(GICD_SGIR + GROUP_SIZE, PLAN_PAGE_SIZE) = 4,
};

static gic_register_handler *const group_handlers[PLAN_PAGE_SIZE / GROUP_SIZE] = {
    [0] = gic_access_control,
    GROUP(GICD_IGROUPR, GICD_ISENABLER) = access_nothing,
    GROUP(GICD_ISENABLER, GICD_IPRIORITYR) = access_bits,
    GROUP(GICD_IPRIORITYR, GICD_ITARGETSR) = access_priority,
    GROUP(GICD_ITARGETSR, GICD_ICFGR) = gic_access_targets,
    GROUP(GICD_ICFGR, GICD_PPISR) = access_trigger,
    GROUP(GICD_PPISR, GICD_SGIR) = access_nothing,
    [GICD_SGIR / GROUP_SIZE] = gic_access_sgi,
    GROUP(GICD_SGIR + GROUP_SIZE, PLAN_PAGE_SIZE) = access_identification,
};

/** GICD_SGIR shares its group with registers of bytes. */
static uint32_t sizes_of(uint64_t offset)
{
    bool words = offset >= GICD_SGIR && offset < GICD_CPENDSGIR;

    return words ? 4 : group_sizes[offset / GROUP_SIZE];
}

/** The VM's distributor. */
static bool distributor_access(struct gic_access *access)
{
    gic_register_handler *handler = group_handlers[access->offset / GROUP_SIZE];

    if (!gic_is_permitted(access, sizes_of(access->offset))) {
        return false;
    }
    access->bank = EL2_GICD;
    access->vcpu = this_cpu.vcpu->index;
    handler(access); /* calls: group_handlers */
    return true;
}

/** The guest deactivates what it acknowledged as @value: of direct interrupts only its VM's. */
static void deactivate(uint32_t value)
{
    uint32_t intid = gic_intid(value);

    if (this_cpu.virtual_interrupts) {
        gic_guest_deactivate(intid); /* bound: never with stage2_fault_exit */
    } else if (intid < plan.gic.intid_count && plan_vm_owns(this_cpu.vm, (intid_t){intid})) {
        gic_deactivate(value);
    }
}

/** The CPU interface's second page. */
static bool second_page_access(struct gic_access *access)
{
    if (!gic_is_permitted(access, 4)) {
        return false;
    }
    if (access->write && access->offset == GICC_DIR - PLAN_PAGE_SIZE) {
        deactivate((uint32_t)access->value);
    }
    access->value = 0;
    return true;
}

bool gic_has(const struct plan_vm *vm, uint64_t address)
{
    return address - vm->gicd_ipa < PLAN_PAGE_SIZE ||
           address - (vm->gicc_ipa + PLAN_PAGE_SIZE) < PLAN_PAGE_SIZE;
}

bool gic_access(uint64_t address, struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;

    access->offset = address - vm->gicd_ipa;
    if (access->offset < PLAN_PAGE_SIZE) {
        return distributor_access(access);
    }
    access->offset = address - (vm->gicc_ipa + PLAN_PAGE_SIZE);
    return access->offset < PLAN_PAGE_SIZE && second_page_access(access);
}
