/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3: what each handler may be given, by the table that calls it, and what of the hardware may
 * be touched for a guest. Part of devices.c (#include).
 */

/** What is so of each plan for a GICv3. */
static void version_any(void)
{
}

/** Where a guest finds what is emulated. */
static bool version_has(uint64_t address)
{
    const struct plan_vm *vm = this_cpu.vm;

    return address - vm->gicd_ipa < 0x10000 || address - vm->gicr_ipa < vm->vcpu_count * 0x20000ULL;
}

/** What a handler is proved with: the distributor or, with REDISTRIBUTOR, the frame at that offset
 * of one of the VM's.
 */
static void bank_any(struct gic_access *access)
{
    access->bank = EL2_GICD;
#ifdef REDISTRIBUTOR
    access->vcpu = nondet_u32();
    assume(system_is_own(access->vcpu));
    access->bank = gic_redistributor(system_vcpus[access->vcpu].cpu) + REDISTRIBUTOR;
#endif
}

static bool of_distributor(const struct gic_access *access)
{
    return access->bank == EL2_GICD;
}

/** A redistributor's frame at @offset, of a vCPU of the VM. */
static bool of_redistributor(const struct gic_access *access, uint64_t offset)
{
    return system_is_own(access->vcpu) &&
           access->bank == gic_redistributor(system_vcpus[access->vcpu].cpu) + offset;
}

/** Private interrupts: the hardware's, or those that are kept. */
static bool of_private(const struct gic_access *access, bool kept)
{
    return this_cpu.virtual_interrupts == kept && of_redistributor(access, GICR_SGI_FRAME);
}

static bool gic_access_control_may(const struct gic_access *access)
{
    return of_distributor(access) && register_may(access, 0, 0x80, 4);
}

static bool gic_access_bits_may(const struct gic_access *access)
{
    return (of_distributor(access) || of_private(access, false)) &&
           register_may(access, GICD_ISENABLER, GICD_IPRIORITYR, 4);
}

static bool gic_access_priority_may(const struct gic_access *access)
{
    return (of_distributor(access) || of_redistributor(access, GICR_SGI_FRAME)) &&
           register_may(access, GICD_IPRIORITYR, GICD_ITARGETSR, 1 | 4);
}

static bool gic_access_trigger_may(const struct gic_access *access)
{
    return (of_distributor(access) || of_private(access, false)) &&
           register_may(access, GICD_ICFGR, GICD_IGRPMODR, 4);
}

static bool gic_access_private_bits_may(const struct gic_access *access)
{
    return of_private(access, true) && register_may(access, GICD_ISENABLER, GICD_IPRIORITYR, 4);
}

static bool gic_access_private_trigger_may(const struct gic_access *access)
{
    return of_private(access, true) && register_may(access, GICD_ICFGR, GICD_IGRPMODR, 4);
}

static bool gic_access_route_may(const struct gic_access *access)
{
    return of_distributor(access) && register_may(access, GICD_IROUTER, GICD_IROUTER_END, 4 | 8);
}

static bool gic_access_redistributor_may(const struct gic_access *access)
{
    bool narrow =
        access->offset == GICR_CTLR || access->offset == GICR_WAKER || access->offset == GICR_PIDR2;

    return of_redistributor(access, 0) &&
           register_may(access, 0, GICR_SGI_FRAME, narrow ? 4 : 1 | 2 | 4 | 8);
}

#define VERSION_HANDLERS(what) what(gic_access_route) what(gic_access_redistributor)

static void distributor_proved(uint64_t offset, unsigned size, bool write, uint64_t value)
{
    if (offset < 0x1000) {
        bank_access_proved(offset, size, write, value, 1, INTID_WORDS);
        return;
    }
    uint64_t intid = (offset - GICD_IROUTER) / 8;
    prove(offset >= GICD_IROUTER && size == 8, "nothing else but routes, whole ones");
    prove(intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS, "routes of SPIs that exist");
    prove(intid < 32 * INTID_WORDS && system_owns((uint32_t)intid / 32, 1U << intid % 32),
          "routes: only the VM's");
    bool own = false;
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        own |= value == plan.cpus[cpu].mpidr && system_vcpu_on(cpu) != PLAN_NONE;
    }
    prove(!write || own, "a route leads to a CPU of the VM");
}

static void access_proved(uint64_t address, unsigned size, bool write, uint64_t value)
{
    if (address >= EL2_GICD && address < EL2_GICD + 0x10000) {
        distributor_proved(address - EL2_GICD, size, write, value);
        return;
    }
    uint64_t cpu = (address - EL2_GICR) / EL2_GICR_STRIDE;
    uint64_t offset = (address - EL2_GICR) % EL2_GICR_STRIDE;

    prove(address >= EL2_GICR && cpu < CPUS && system_vcpu_on((uint32_t)cpu) != PLAN_NONE,
          "distributor, or redistributor of a CPU of the VM");
    prove(!this_cpu.virtual_interrupts || cpu == this_cpu.index || offset == GICR_CTLR,
          "with virtual interrupts, private ones of this CPU only");
    if (offset >= GICR_SGI_FRAME) {
        bank_access_proved(offset - GICR_SGI_FRAME, size, write, value, 0, 1);
    } else {
        prove(offset == GICR_CTLR && size == 4 && !write,
              "nothing of a redistributor's first frame is written");
    }
}
