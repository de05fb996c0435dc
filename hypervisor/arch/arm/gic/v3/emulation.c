/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which registers the emulated interrupt controller has, and in which sizes they can be accessed
 * (Arm IHI 0069H, 12.1.3): the one place where a guest's access is checked. Only what is permitted
 * here comes to a handler; the rest is the guest's fault, and nothing was touched.
 */
#include "cpu.h"
#include "emulation.h"
#include "interface.h"
#include "mmio.h"

/* Sizes in bytes are powers of two, so a set of them is their sum. */
#define ANY_SIZE (1U | 2U | 4U | 8U) /* reserved: reads as zero, writes are ignored */

#define GROUP_SIZE 0x80U
#define BANK_SIZE  0x1000U

/** Reads as zero, writes are ignored. */
static void access_nothing(struct gic_access *access)
{
    access->value = 0;
}

/* Distributor and redistributors have the same layout in their bank (12.8 and 12.11); by offset
 * / GROUP_SIZE. IGROUPR and IGRPMODR are not the guest's; ITARGETSR, NSACR, SGIR and what
 * follows are not there with affinity routing. */
#define GROUP(first, last) [(first) / GROUP_SIZE...(last) / GROUP_SIZE - 1]

static const uint8_t bank_sizes[BANK_SIZE / GROUP_SIZE] = {
    GROUP(GICD_CTLR, GICD_IPRIORITYR) = 4,
    GROUP(GICD_IPRIORITYR, GICD_ICFGR) = 1 | 4, /* ITARGETSR, too */
    GROUP(GICD_ICFGR, BANK_SIZE) = 4,
};

/* Nothing of the hardware's redistributors is in the first group. */
#define BANK_HANDLERS(control, bits, priority, trigger)                                            \
    {                                                                                              \
        [0] = (control), GROUP(GICD_IGROUPR, GICD_ISENABLER) = access_nothing,                     \
        GROUP(GICD_ISENABLER, GICD_IPRIORITYR) = (bits),                                           \
        GROUP(GICD_IPRIORITYR, GICD_ITARGETSR) = (priority),                                       \
        GROUP(GICD_ITARGETSR, GICD_ICFGR) = access_nothing,                                        \
        GROUP(GICD_ICFGR, GICD_IGRPMODR) = (trigger),                                              \
        GROUP(GICD_IGRPMODR, BANK_SIZE) = access_nothing,                                          \
    }

static gic_register_handler *const distributor_handlers[BANK_SIZE / GROUP_SIZE] =
    BANK_HANDLERS(gic_access_control, gic_access_bits, gic_access_priority, gic_access_trigger);

/** Private interrupts that are the hardware's. */
static gic_register_handler *const direct_handlers[BANK_SIZE / GROUP_SIZE] =
    BANK_HANDLERS(access_nothing, gic_access_bits, gic_access_priority, gic_access_trigger);

/** Private interrupts that are kept in memory. */
static gic_register_handler *const private_handlers[BANK_SIZE / GROUP_SIZE] = BANK_HANDLERS(
    access_nothing, gic_access_private_bits, gic_access_priority, gic_access_private_trigger);

/** Of the registers behind the bank, and of a redistributor's first frame, those whose sizes are
 * not any. */
static uint32_t sizes_of(uint64_t offset, uint64_t frame)
{
    bool distributor = frame == EL2_GICD;

    if (offset == GICD_PIDR2 || (!distributor && (offset == GICR_CTLR || offset == GICR_WAKER))) {
        return 4;
    }
    bool wide = distributor ? offset >= GICD_IROUTER && offset < GICD_IROUTER_END
                            : (offset & ~7ULL) == GICR_TYPER;
    return wide ? 4 | 8 : ANY_SIZE;
}

/** An access to a bank that has @handlers. */
static bool bank_access(gic_register_handler *const handlers[], struct gic_access *access)
{
    uint64_t group = access->offset / GROUP_SIZE;

    if (!gic_is_permitted(access, bank_sizes[group])) {
        return false;
    }
    gic_register_handler *handler = handlers[group];

    handler(access); /* calls: distributor_handlers, direct_handlers, private_handlers */
    return true;
}

bool gic_has(const struct plan_vm *vm, uint64_t address)
{
    return address - vm->gicd_ipa < GIC_DISTRIBUTOR_SIZE ||
           address - vm->gicr_ipa < (uint64_t)vm->vcpu_count * GIC_REDISTRIBUTOR_SIZE;
}

bool gic_access(uint64_t address, struct gic_access *access)
{
    const struct plan_vm *vm = this_cpu.vm;

    access->offset = address - vm->gicd_ipa;
    if (access->offset < GIC_DISTRIBUTOR_SIZE) {
        return gic_distributor_access(access);
    }
    access->offset = address - vm->gicr_ipa;
    return access->offset < (uint64_t)vm->vcpu_count * GIC_REDISTRIBUTOR_SIZE &&
           gic_redistributor_access(access);
}

bool gic_distributor_access(struct gic_access *access)
{
    access->bank = EL2_GICD;
    if (access->offset < BANK_SIZE) {
        return bank_access(distributor_handlers, access);
    }
    if (!gic_is_permitted(access, sizes_of(access->offset, EL2_GICD))) {
        return false;
    }
    if (access->offset >= GICD_IROUTER && access->offset < GICD_IROUTER_END) {
        gic_access_route(access);
    } else {
        access->value = access->offset == GICD_PIDR2 ? GIC_ARCHITECTURE_3 : 0;
    }
    return true;
}

bool gic_redistributor_access(struct gic_access *access)
{
    access->vcpu = this_cpu.vm->first_vcpu + (uint32_t)(access->offset / GIC_REDISTRIBUTOR_SIZE);
    access->offset %= GIC_REDISTRIBUTOR_SIZE;
    access->bank = gic_redistributor(plan_vcpu(access->vcpu)->cpu);
    if (access->offset < GICR_SGI_FRAME) {
        if (!gic_is_permitted(access, sizes_of(access->offset, access->bank))) {
            return false;
        }
        gic_access_redistributor(access);
        return true;
    }
    access->bank += GICR_SGI_FRAME;
    access->offset -= GICR_SGI_FRAME;
    if (access->offset < BANK_SIZE) {
        return bank_access(this_cpu.virtual_interrupts ? private_handlers : direct_handlers,
                           access);
    }
    access->value = 0;
    return gic_is_permitted(access, ANY_SIZE);
}
