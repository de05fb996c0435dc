# SPDX-License-Identifier: Apache-2.0
"""Each function of the engine that takes a guest's value, proved by CBMC for all values (docs/proofs.md). Each proof is also tried on
an engine with one thing broken, which CBMC must refute: a proof that holds for anything proves nothing."""
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "cbmc"))

import cbmc  # noqa: E402  (its folder has to be found first)

def handler(name, size, *defines, version=""):
    """The proof of a handler of the emulated interrupt controller, with all accesses of @size that it is given."""
    return (f"{version}gic", f"HANDLER={name}", f"SIZE={size}", *defines)


PRIVATE = "REDISTRIBUTOR=GICR_SGI_FRAME"
GIC_HANDLERS = {
    "control": handler("gic_access_control", 4),
    "bits": handler("gic_access_bits", 4),
    "private bits, direct": handler("gic_access_bits", 4, PRIVATE),
    "private bits, kept": handler("gic_access_private_bits", 4, PRIVATE),
    **{f"priorities by {size}": handler("gic_access_priority", size) for size in (1, 4)},
    **{f"private priorities by {size}": handler("gic_access_priority", size, PRIVATE, "FEW_INTIDS") for size in (1, 4)},
    "triggers": handler("gic_access_trigger", 4),
    "private triggers, direct": handler("gic_access_trigger", 4, PRIVATE),
    "private triggers, kept": handler("gic_access_private_trigger", 4, PRIVATE),
    **{f"routes by {size}": handler("gic_access_route", size) for size in (4, 8)},
    **{f"a redistributor by {size}": handler("gic_access_redistributor", size, "REDISTRIBUTOR=0") for size in (1, 2, 4, 8)},
}
# The same of a GICv2. SPIs' priorities by 4 are those of a GICv3, but for the bank, which those by 1 show.
GICV2_HANDLERS = {
    "control": handler("gic_access_control", 4, version="v2/"),
    "bits": handler("gic_access_bits", 4, version="v2/"),
    "private bits, kept": handler("gic_access_private_bits", 4, version="v2/"),
    "priorities by 1": handler("gic_access_priority", 1, version="v2/"),
    "private priorities by 4": handler("gic_access_priority", 4, "FEW_INTIDS", "END=GICD_IPRIORITYR+32", version="v2/"),
    "triggers": handler("gic_access_trigger", 4, version="v2/"),
    "private triggers, kept": handler("gic_access_private_trigger", 4, version="v2/"),
    "targets of SPIs": handler("spi_targets", 1, version="v2/"),
}
GIC = "hypervisor/arch/arm/gic/"
REGISTERS, SGI, PSCI = f"{GIC}v3/emulation.c", f"{GIC}v3/sgi.c", "hypervisor/arch/arm/psci_guest.c"
REGISTERS_V2, SGI_V2 = f"{GIC}v2/emulation.c", f"{GIC}v2/sgi.c"
DISTRIBUTOR = f"{GIC}emulation_distributor.c"
CLOCK, MEMORY, ABORT = (f"hypervisor/arch/arm64/{name}.c" for name in ("clock", "guest_memory", "stage2_fault"))
DOORBELL_EXIT = "hypervisor/arch/arm64/doorbell_exit.c"
DEBUG = "hypervisor/arch/arm64/debug_registers.c"

# Name of the proof, definitions. v2/: of the engine for a GICv2, what is not the same there.
SOUND = [
    ("table",),
    ("v2/table",),
    *GIC_HANDLERS.values(),
    *GICV2_HANDLERS.values(),
    *[("v2/targets", f"SIZE={size}") for size in (1, 4)],
    ("spis", "WORD=1", "SPI_FOLLOW_MAX=2U"),
    ("spis", "WORD=2", "SPI_FOLLOW_MAX=2U"),
    ("sgi",),
    *[("v2/sgi", f"SIZE={size}") for size in (1, 4)],
    *[("v2/sources", f"OP={done}", "FEW_INTIDS") for done in ("disable", "hear", "hear_and_give_back")],
    ("hypercall",),
    ("memory",),
    ("abort",),
    ("doorbell",),
    ("debug",),
    ("clock", "FREQUENCY=1000000000"),
    ("clock", "FREQUENCY=62500000"),
]

LATE = ("""    if (!gic_is_permitted(access, bank_sizes[group])) {
        return false;
    }
    gic_register_handler *handler = handlers[group];

    handler(access); /* calls: distributor_handlers, direct_handlers, private_handlers */
    return true;
""", """    handlers[group](access);
    return gic_is_permitted(access, bank_sizes[group]);
""")
WRAPS = ("""    if (ns == CLOCK_NEVER || scaled > UINT64_MAX ||
        __builtin_add_overflow(ticks, (ticks >> 26) + 2, &ticks) ||
        __builtin_add_overflow(ticks, now.ticks, &ticks)) {
""", """    ticks += now.ticks + (ticks >> 26) + 2;
    if (ns == CLOCK_NEVER) {
""")
SUM_WRAPS = ("return __builtin_add_overflow(ns, duration, &sum) ? CLOCK_NEVER : sum;", "sum = ns + duration; return sum;")

# Its name, the proof, the file and what is broken there, what CBMC then says.
BROKEN = [
    ("the size is looked at after the access: a byte of GICD_ICFGR", ("table",), REGISTERS, LATE, "an access is aligned"),
    ("a redistributor beyond the last", ("table",), REGISTERS,
     ("return access->offset < (uint64_t)vm->vcpu_count", "return access->offset <= (uint64_t)vm->vcpu_count"),
     "within the VM's interrupt controller"),
    ("SPIs are enabled as they are kept", ("spis", "WORD=2", "SPI_FOLLOW_MAX=2U"), f"{GIC}spis.c",
     ("uint32_t open = spis_open(spis, n) & bits;", "uint32_t open = spis_open(spis, n);"), "only the VM's are written"),
    ("bits are written as they come", GIC_HANDLERS["bits"], DISTRIBUTOR,
     ("mmio_write32(address, (uint32_t)access->value & mask);", "mmio_write32(address, (uint32_t)access->value);"),
     "only the VM's are written"),
    ("a route that is anybody's is written", GIC_HANDLERS["routes by 8"], f"{GIC}v3/emulation_route.c",
     ("if (intid < PLAN_FIRST_SPI || !plan_vm_owns(vm, (intid_t){intid})) {", "if (intid < PLAN_FIRST_SPI) {"), "routes"),
    ("priorities are kept for anybody", GIC_HANDLERS["priorities by 1"], f"{GIC}priorities.c",
     ("&kept[plan_vm_index(this_cpu.vm)][intid]", "&kept[0][intid]"), "priorities are kept for the VM only"),
    ("a private priority is the first vCPU's", GIC_HANDLERS["private priorities by 1"], f"{GIC}priorities.c",
     ("&gic_privates[access->vcpu]", "&gic_privates[0]"), "private interrupts: of a vCPU of the VM"),
    ("a VM's text may follow at once", ("hypercall",), "hypervisor/hypercall.c",
     ("vcpu->log_again_ns = clock_sum(now, HC_LOG_INTERVAL);", ""), "and the next comes later"),
    ("SGIs go beyond the VM", ("sgi",), SGI, ("(uint32_t)value & SGI1R_TARGETS & all;", "(uint32_t)value & SGI1R_TARGETS;"),
     "SGIs go to other vCPUs of the VM"),
    ("SGIs by CPUs go beyond the VM", ("sgi",), SGI,
     ("i < vm->vcpu_count; i++) { /* bound: VM_VCPUS */", "i <= vm->vcpu_count; i++) {"),
     "goes to a CPU of the VM"),
    ("an SGI that is checked goes where its value says", ("sgi",), SGI, ("sgi0 | (value & SGI1R_INTID_MASK)", "sgi0 | value"),
     "goes to a CPU of the VM"),
    ("any interrupt is deactivated", ("sgi",), f"{GIC}v3/trapped.c",
     ("intid < plan.gic.intid_count && plan_vm_owns(this_cpu.vm, (intid_t){(uint32_t)intid})", "intid < plan.gic.intid_count"),
     "an interrupt of the VM ends"),
    ("the fast path for SGIs goes one beyond", ("sgi",), SGI, ("number < vm->vcpu_count", "number <= vm->vcpu_count"),
     "SGIs go to other vCPUs of the VM"),
    ("the size is looked at after the access: a byte of GICD_SGIR", ("v2/table",), REGISTERS_V2,
     ("offset < GICD_CPENDSGIR", "offset < GICD_SGIR"), "an access is aligned"),
    ("the page behind GICC_DIR's", ("v2/table",), REGISTERS_V2,
     ("return access->offset < PLAN_PAGE_SIZE && second", "return access->offset <= PLAN_PAGE_SIZE && second"), "within the VM's interrupt controller"),
    ("a direct guest disables the kick", ("v2/table",), REGISTERS_V2,
     ("group == GICD_ICENABLER || group == GICD_ISACTIVER", "group == GICD_ISACTIVER"), "gic_access_bits is given what it may"),
    ("a direct guest makes the kick active", ("v2/table",), REGISTERS_V2,
     ("group == GICD_ICENABLER || group == GICD_ISACTIVER", "group == GICD_ICENABLER"), "gic_access_bits is given what it may"),
    ("a direct guest makes the kick the least urgent", ("v2/table",), REGISTERS_V2,
     ("access->value = (access->value & ~(0xffULL << 8 * kick)) |", "access->value = access->value |"), "gic_access_priority is given what it may"),
    ("with a GICv2 any interrupt is deactivated", ("v2/table",), REGISTERS_V2,
     ("intid < plan.gic.intid_count && plan_vm_owns(this_cpu.vm, (intid_t){intid})", "intid < plan.gic.intid_count"),
     "an interrupt of the VM ends"),
    ("private bits, too, go to the hardware", ("v2/table",), REGISTERS_V2,
     ("        gic_access_private_bits(access); /*", "        gic_access_bits(access); /*"), "gic_access_bits is given what it may"),
    ("the kick's priority is written as it is kept", GICV2_HANDLERS["private priorities by 4"], f"{GIC}priorities.c",
     ("mmio_write8(address, *value & LR_PRIORITY_BITS);", "mmio_write8(address, *value | 0x80);"), "the kick stays"),
    ("bits of a GICv2 are written as they come", GICV2_HANDLERS["bits"], DISTRIBUTOR,
     ("mmio_write32(address, (uint32_t)access->value & mask);", "mmio_write32(address, (uint32_t)access->value);"),
     "only the VM's are written"),
    ("SGIs of the hardware's are made active", GICV2_HANDLERS["private bits, kept"], f"{GIC}emulation_private.c",
     ("mmio_write32(frame + GICD_ISACTIVER, bits & ~SGIS);", "mmio_write32(frame + GICD_ISACTIVER, bits);"),
     "of the hardware's are EL2's"),
    ("triggers of private interrupts are written", GICV2_HANDLERS["triggers"], DISTRIBUTOR,
     ("    if (!access->write) {\n        access->value = mask == 0 ? 0 : ",
      "    if (access->write) {\n        mmio_write32(access->bank + access->offset, mask);\n    } else {\n        access->value = mask == 0 ? 0 : "),
     "to be read"),
    ("private triggers are read across two registers", GICV2_HANDLERS["private triggers, kept"], f"{GIC}emulation_private.c",
     ("(this_cpu.index) + GICD_ICFGR + 4);", "(this_cpu.index) + GICD_ICFGR + 2);"), "an access is aligned"),
    ("a distributor is switched off", GICV2_HANDLERS["control"], DISTRIBUTOR,
     ("        state->controls = (uint32_t)access->value & enables;", "        mmio_write32(EL2_GICD + GICD_CTLR, (uint32_t)access->value);"),
     "only read"),
    ("targets that are anybody's are written", ("v2/targets", "SIZE=4"), f"{GIC}v2/emulation_targets.c",
     ("intid >= PLAN_FIRST_SPI && plan_vm_owns(vm, (intid_t){intid})", "intid >= PLAN_FIRST_SPI"), "targets: only the VM's"),
    ("a target is one beyond the VM", ("v2/targets", "SIZE=1"), f"{GIC}v2/emulation_targets.c",
     ("i < vm->first_vcpu + vm->vcpu_count; i++) {", "i <= vm->first_vcpu + vm->vcpu_count; i++) {"), "of the VM"),
    ("what goes nowhere is anybody's", ("v2/targets", "SIZE=1"), f"{GIC}v2/emulation_targets.c",
     ("    gic_spi_withdraw(intid); /*", "    gic_spi_withdraw(intid + 1); /*"), "targets: only the VM's"),
    ("a target is all CPUs", GICV2_HANDLERS["targets of SPIs"], f"{GIC}v2/interface.h",
     ("return gic_interface_bit(cpu);\n", "return gic_interface_bit(cpu) | 0x80;\n"), "an SPI goes to one CPU|a target is a CPU of the VM"),
    ("SGIs go beyond the VM by a list", ("v2/sgi", "SIZE=4"), SGI_V2, ("return SGIR_LIST(value) & all;", "return SGIR_LIST(value);"),
     "SGIs go to other vCPUs of the VM|goes to a CPU of the VM"),
    ("SGIs of the hardware's go to the first VM's CPUs", ("v2/sgi", "SIZE=4"), SGI_V2,
     ("plan_vcpu(vm->first_vcpu + (uint32_t)__builtin_ctz(targets))->cpu].sgi0", "plan_vcpu((uint32_t)__builtin_ctz(targets))->cpu].sgi0"),
     "goes to a CPU of the VM"),
    ("a guest says that another sent an SGI", ("v2/sgi", "SIZE=1"), SGI_V2,
     ("8 * i & all;\n        if (!access->write) {\n            found |= sources_read", "8 * i & 0xff;\n        if (!access->write) {\n            found |= sources_read"),
     "a sender is a vCPU of the VM"),
    ("a direct guest says that a CPU beyond the VM sent an SGI", ("v2/sgi", "SIZE=1"), SGI_V2,
     ("8 * i & all;\n        if (!access->write) {\n            found |= (uint32_t)mmio_read8", "8 * i & 0xff;\n        if (!access->write) {\n            found |= (uint32_t)mmio_read8"),
     "from CPUs of the VM"),
    ("a sender is another", ("v2/sgi", "SIZE=4"), SGI_V2,
     ("(uint8_t)vcpu_interface_bit(this_cpu.vcpu->index)", "(uint8_t)vcpu_interface_bit(target)"), "a sender can't say that it is another"),
    ("who sent an SGI is taken and stays there", ("v2/sources", "OP=disable", "FEW_INTIDS"), f"{GIC}v2/sgi_sources.h",
     ("    atomic_fetch_and(&sources->pending[sgi], (uint8_t) ~(1U << interface));\n", ""), "stays so, once"),
    ("an SGI's other senders are forgotten", ("v2/sources", "OP=disable", "FEW_INTIDS"), f"{GIC}lists.c",
     ("            gic->pending[0] |= 1U << found[i] % 32;\n", ""), "or the SGI is pending beside them"),
    ("who sent what was begun is forgotten", ("v2/sources", "OP=disable", "FEW_INTIDS"), f"{GIC}v2/sgi_sources.h",
     ("    if ((list & LR_ACTIVE) != 0) {", "    if (false) {"), "has been begun is known"),
    ("a delay wraps", ("hypercall",), "hypervisor/clock.h", SUM_WRAPS, "a delay is not over before it begins"),
    ("an address is not aligned", ("hypercall",), "hypervisor/hypercall.c",
     ("if (address % 4 != 0 || !guest_memory_has", "if (!guest_memory_has"), "aligned"),
    ("a range is one byte longer", ("hypercall",), MEMORY, ("- memory[i].ipa < memory[i].size", "- memory[i].ipa <= memory[i].size"),
     "within the VM's RAM"),
    ("a vCPU begins anywhere", ("hypercall",), PSCI,
     ("if (entry % 4 != 0 || !guest_memory_has(this_cpu.vm, (guest_addr_t){entry})) {", "if (entry % 4 != 0) {"), "begins in the VM's RAM"),
    ("a slice is a line longer", ("memory",), MEMORY, ("target + size / sizeof(pair_t);", "target + size / sizeof(pair_t) + 1;"),
     "nothing else changes|outside object bounds"),
    ("a command for the VM behind the last", ("abort",), "hypervisor/command.c",
     ("index >= plan.vms.count", "index > plan.vms.count"), "a VM that there is"),
    ("one doorbell too many", ("doorbell",), "hypervisor/doorbell.c",
     ("number < this_cpu.vm->doorbells.count ?", "number <= this_cpu.vm->doorbells.count ?"), "own doorbells|what there is"),
    ("the page of one doorbell too many", ("doorbell",), "hypervisor/doorbell.c",
     ("if (number >= this_cpu.vm->doorbells.count) {", "if (number > this_cpu.vm->doorbells.count) {"), "own doorbells"),
    ("a debug register is another one", ("debug",), DEBUG,
     ("#define POINT_N(code)    ((code) >> 1 & (DEBUG_POINTS - 1))", "#define POINT_N(code)    ((code) >> 2 & (DEBUG_POINTS - 1))"),
     "own register"),
    ("all of MDSCR_EL1 is the guest's", ("debug",), DEBUG, ("#define MDSCR_KEPT (MDSCR_EL1_SS | MDSCR_EL1_TDCC | MDSCR_EL1_KDE | MDSCR_EL1_MDE)", "#define MDSCR_KEPT UINT32_MAX"),
     "acts on the guest|what there is"),
    ("the OS lock does nothing", ("debug",), DEBUG, ("(context->os_unlocked != 0 ? MDSCR_KEPT : MDSCR_EL1_TDCC)", "MDSCR_KEPT"),
     "while the OS lock is closed"),
    ("an interval wraps", ("doorbell",), "hypervisor/clock.h", SUM_WRAPS, "who rings does"),
    ("a wake-up near 2^64 wraps", ("clock", "FREQUENCY=1000000000"), CLOCK, WRAPS, "in the past"),
    ("a sum of times wraps", ("clock", "FREQUENCY=1000000000"), "hypervisor/clock.h", SUM_WRAPS, "not before its parts"),
]


@pytest.fixture(scope="module")
def command():
    found, why = cbmc.fetch()
    if found is None:
        pytest.skip(why)
    return found


def verify(*arguments):
    """cbmc.verify; on a machine that is too slow for it the proof is skipped, counted and named."""
    try:
        return cbmc.verify(*arguments)
    except subprocess.TimeoutExpired:
        return pytest.skip(f"no result within {cbmc.PATIENCE} s on this machine")


@pytest.mark.parametrize("proof", SOUND, ids="-".join)
def test_no_value_of_a_guest_does_what_it_may_not(command, proof, tmp_path):
    said = verify(command, tmp_path, proof[0], proof[1:])
    assert "VERIFICATION SUCCESSFUL" in said, cbmc.failures(said)
    assert int(re.search(r"^\*\* 0 of (\d+) failed", said, re.MULTILINE)[1]) >= cbmc.LEAST, said


@pytest.mark.parametrize("proof, file, broken, finding", [each[1:] for each in BROKEN], ids=[each[0].replace(" ", "-") for each in BROKEN])
def test_the_proof_sees_what_is_broken(command, proof, file, broken, finding, tmp_path):
    said = verify(command, tmp_path, proof[0], proof[1:], (file, *broken), finding)
    assert "VERIFICATION FAILED" in said, said[-2000:]
    assert re.search(finding, cbmc.failures(said)), cbmc.failures(said)
