/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv2: what each handler may be given, by the table that calls it, and what of the hardware may
 * be touched for a guest. Part of devices.c (#include).
 */

/** What is so of each plan for a GICv2: each CPU has a bit of its own in GICD_SGIR's target list.
 */
static void version_any(void)
{
    for (uint32_t i = 0; i < CPUS; i++) {
        uint64_t list = plan.cpus[i].sgi0 >> SGIR_LIST_SHIFT;
        assume((plan.cpus[i].sgi0 & 0xffff) == 0 && list != 0 && list < 0x100 &&
               (list & (list - 1)) == 0);
        for (uint32_t j = 0; j < i; j++) {
            assume(plan.cpus[i].sgi0 != plan.cpus[j].sgi0);
        }
    }
}

/** Where a guest finds what is emulated: the distributor, and its CPU interface's second page. */
static bool version_has(uint64_t address)
{
    const struct plan_vm *vm = this_cpu.vm;

    return address - vm->gicd_ipa < 0x1000 || address - vm->gicc_ipa - 0x1000 < 0x1000;
}

/** What a handler is proved with. */
static void bank_any(struct gic_access *access)
{
    access->bank = EL2_GICD;
    access->vcpu = nondet_u32();
}

/** Whether @access, whose offset is one of those from @first to @end, at 4 bytes for each 32
 * interrupts or, of triggers, 8, is to private interrupts. */
static bool is_private(const struct gic_access *access)
{
    return access->offset >= GICD_ICFGR ? access->offset < GICD_ICFGR + 8
                                        : (access->offset & 0x7f) == 0;
}

/** The loaded vCPU's access to one of the registers from @first to @end, in one of @sizes, that
 * leaves the kick alone where a guest with direct interrupts might take it away. */
static bool version_may(const struct gic_access *access, uint64_t first, uint64_t end,
                        uint32_t sizes)
{
    return access->bank == EL2_GICD && access->vcpu == loaded.index &&
           register_may(access, first, end, sizes) &&
           (!access->write || kick_stays(access->offset, access->size, access->value));
}

static bool gic_access_control_may(const struct gic_access *access)
{
    return version_may(access, 0, 0x80, 4);
}

static bool gic_access_bits_may(const struct gic_access *access)
{
    return version_may(access, GICD_ISENABLER, GICD_IPRIORITYR, 4) &&
           !(this_cpu.virtual_interrupts && is_private(access));
}

static bool gic_access_priority_may(const struct gic_access *access)
{
    return version_may(access, GICD_IPRIORITYR, GICD_ITARGETSR, 1 | 4);
}

static bool gic_access_trigger_may(const struct gic_access *access)
{
    return version_may(access, GICD_ICFGR, GICD_PPISR, 4) &&
           !(this_cpu.virtual_interrupts && is_private(access));
}

static bool gic_access_private_bits_may(const struct gic_access *access)
{
    return version_may(access, GICD_ISENABLER, GICD_IPRIORITYR, 4) && this_cpu.virtual_interrupts &&
           is_private(access);
}

static bool gic_access_private_trigger_may(const struct gic_access *access)
{
    return version_may(access, GICD_ICFGR, GICD_PPISR, 4) && this_cpu.virtual_interrupts &&
           is_private(access);
}

static bool gic_access_targets_may(const struct gic_access *access)
{
    return version_may(access, GICD_ITARGETSR, GICD_ICFGR, 1 | 4);
}

static bool gic_access_sgi_may(const struct gic_access *access)
{
    return version_may(access, GICD_SGIR, GICD_SGIR + 0x80,
                       access->offset < GICD_CPENDSGIR ? 4 : 1 | 4);
}

#define VERSION_HANDLERS(what) what(gic_access_targets) what(gic_access_sgi)

/** The CPU interfaces of the loaded vCPU's VM, a bit each. */
static uint64_t own_interfaces(void)
{
    uint64_t found = 0;

    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        found |= system_vcpu_on(cpu) != PLAN_NONE ? plan.cpus[cpu].sgi0 >> SGIR_LIST_SHIFT : 0;
    }
    return found;
}

static void target_proved(uint64_t intid, unsigned size, bool write, uint64_t value)
{
    prove(size == 1 && intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS,
          "targets of SPIs that exist, one by one");
    prove(intid < 32 * INTID_WORDS && system_owns((uint32_t)intid / 32, 1U << intid % 32),
          "targets: only the VM's");
    prove(!write || (value & (value - 1)) == 0, "an SPI goes to one CPU, or none");
    prove(!write || (value & ~own_interfaces()) == 0, "a target is a CPU of the VM");
}

static void sgi_register_proved(uint64_t offset, unsigned size, bool write, uint64_t value)
{
    if (offset == GICD_SGIR) {
        uint64_t list = value >> SGIR_LIST_SHIFT; /* and no filter */
        prove(size == 4 && write, "SGIs are sent");
        prove(list != 0 && (list & ~own_interfaces()) == 0,
              "an SGI of the hardware's goes to a CPU of the VM");
        prove((value & 0xfff0) == 0, "nothing else is in GICD_SGIR");
        return;
    }
    prove(!this_cpu.virtual_interrupts && offset >= GICD_CPENDSGIR && offset < GICD_SGI_END &&
              size == 1,
          "who sent an SGI: the hardware's with direct interrupts only");
    prove(!write || (value & ~own_interfaces()) == 0,
          "SGIs are pending, or no more, from CPUs of the VM");
}

/** A register of the CPU interface's, or of the virtual interface's. */
static void interface_proved(uint64_t address, unsigned size, bool write, uint64_t value)
{
    if (address == EL2_GICC + GICC_DIR) {
        uint64_t intid = value & GICC_IAR_INTID;
        prove(size == 4 && write && !this_cpu.virtual_interrupts,
              "GICC_DIR is written, with direct interrupts");
        prove(intid < 32 * INTID_WORDS && system_owns((uint32_t)intid / 32, 1U << intid % 32),
              "an interrupt of the VM ends");
        return;
    }
    prove(address >= EL2_GICH + GICH_LR && address < EL2_GICH + GICH_LR + 16 * 4,
          "nothing else but list registers");
    prove(this_cpu.virtual_interrupts && size == 4 && !write,
          "which are read, with virtual interrupts");
}

static void access_proved(uint64_t address, unsigned size, bool write, uint64_t value)
{
    uint64_t offset = address - EL2_GICD;

    if (offset >= 0x1000) {
        interface_proved(address, size, write, value);
    } else if (offset >= GICD_ITARGETSR && offset < GICD_ICFGR) {
        target_proved(offset - GICD_ITARGETSR, size, write, value);
    } else if (offset >= GICD_SGIR) {
        sgi_register_proved(offset, size, write, value);
    } else {
        bank_access_proved(offset, size, write, value, 0, INTID_WORDS);
        prove(!write || kick_stays(offset, size, value), "the kick stays");
    }
}
