/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller's registers, and what of them may be touched for a guest. Part of a proof (#include).
 */
/** A register of the part that distributor and redistributors have in common, with interrupts of words @from and on,
 * before @to. */
static void bank_access_proved(uint64_t offset, unsigned size, bool write, uint64_t value, uint32_t from, uint32_t to)
{
    uint32_t n = (uint32_t)(offset & 0x7f) / 4;

    if (offset >= GICD_ISENABLER && offset < GICD_IPRIORITYR) {
        prove(size == 4 && n >= from && n < to, "bits of interrupts that exist, 32 at once");
        prove(!write || system_owns(n, (uint32_t)value), "bits: only the VM's are written");
    } else if (offset >= GICD_IPRIORITYR && offset < GICD_ITARGETSR) {
        uint32_t intid = (uint32_t)(offset - GICD_IPRIORITYR);
        prove(size == 1 && intid / 32 >= from && intid / 32 < to, "priorities of interrupts that exist, byte by byte");
        prove(intid / 32 < INTID_WORDS && system_owns(intid / 32, 1U << intid % 32), "priorities: only the VM's");
    } else {
        prove(offset >= GICD_ICFGR && offset < GICD_IGRPMODR && size == 4 && !write,
              "nothing else but triggers, to be read");
        prove((offset - GICD_ICFGR) / 8 >= from && (offset - GICD_ICFGR) / 8 < to, "triggers of interrupts that exist");
    }
}

static void distributor_proved(uint64_t offset, unsigned size, bool write, uint64_t value)
{
    if (offset == GICD_CTLR || offset == GICD_TYPER) {
        prove(size == 4 && !write, "what the distributor is as a whole is only read");
        return;
    }
    if (offset < 0x1000) {
        bank_access_proved(offset, size, write, value, 1, INTID_WORDS);
        return;
    }
    uint64_t intid = (offset - GICD_IROUTER) / 8;
    prove(offset >= GICD_IROUTER && size == 8, "nothing else but routes, whole ones");
    prove(intid >= PLAN_FIRST_SPI && intid < 32 * INTID_WORDS, "routes of SPIs that exist");
    prove(intid < 32 * INTID_WORDS && system_owns((uint32_t)intid / 32, 1U << intid % 32), "routes: only the VM's");
    bool own = false;
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        own |= value == plan.cpus[cpu].mpidr && system_vcpu_on(cpu) != PLAN_NONE;
    }
    prove(!write || own, "a route leads to a CPU of the VM");
}

static void access_proved(uint64_t address, unsigned size, bool write, uint64_t value)
{
    prove(address % size == 0, "an access is aligned");
    if (address >= EL2_GICD && address < EL2_GICD + GIC_DISTRIBUTOR_SIZE) {
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
        prove(offset == GICR_CTLR && size == 4 && !write, "nothing of a redistributor's first frame is written");
    }
}

uint64_t devices_read(uint64_t address, unsigned size)
{
    access_proved(address, size, false, 0);
    return nondet_u64();
}

void devices_write(uint64_t address, unsigned size, uint64_t value)
{
    access_proved(address, size, true, value);
}
