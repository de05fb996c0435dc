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

BITS, PRIORITIES = "RANGE=GICD_ISENABLER,GICD_IPRIORITYR", "RANGE=GICD_IPRIORITYR,GICD_ITARGETSR"
TRIGGERS, ROUTES = "RANGE=GICD_ICFGR,GICD_IGRPMODR", "RANGE=GICD_IROUTER,GICD_IROUTER_END"
# What handles an access to the emulated interrupt controller, each with all that it is given.
GIC_HANDLERS = {
    "control": ("gic", "HANDLER=gic_access_control", "SIZE=4", "RANGE=0,0x80"),
    "bits": ("gic", "HANDLER=gic_access_bits", "SIZE=4", BITS),
    "private bits, direct": ("gic", "HANDLER=gic_access_bits", "SIZE=4", BITS, "REDISTRIBUTOR", "DIRECT"),
    "private bits, kept": ("gic", "HANDLER=gic_access_private_bits", "SIZE=4", BITS, "REDISTRIBUTOR", "KEPT"),
    **{f"priorities by {size}": ("gic", "HANDLER=gic_access_priority", f"SIZE={size}", PRIORITIES) for size in (1, 4)},
    **{f"private priorities by {size}": ("gic", "HANDLER=gic_access_priority", f"SIZE={size}", PRIORITIES, "REDISTRIBUTOR", "FEW_INTIDS")
       for size in (1, 4)},
    "triggers": ("gic", "HANDLER=gic_access_trigger", "SIZE=4", TRIGGERS),
    "private triggers, direct": ("gic", "HANDLER=gic_access_trigger", "SIZE=4", TRIGGERS, "REDISTRIBUTOR", "DIRECT"),
    "private triggers, kept": ("gic", "HANDLER=gic_access_private_trigger", "SIZE=4", TRIGGERS, "REDISTRIBUTOR", "KEPT"),
    **{f"routes by {size}": ("gic", "HANDLER=gic_access_route", f"SIZE={size}", ROUTES) for size in (4, 8)},
    **{f"a redistributor by {size}": ("gic", "HANDLER=gic_access_redistributor", f"SIZE={size}", "RANGE=0,GICR_SGI_FRAME",
                                      "REDISTRIBUTOR") for size in (1, 2, 4, 8)},
}
GIC = "hypervisor/arch/arm/gic/"
REGISTERS, SGI, PSCI = f"{GIC}emulation.c", f"{GIC}sgi.c", "hypervisor/arch/arm/psci_guest.c"
DISTRIBUTOR = f"{GIC}emulation_distributor.c"
CLOCK, MEMORY, ABORT = (f"hypervisor/arch/arm64/{name}.c" for name in ("clock", "guest_memory", "stage2_fault"))
DOORBELL_EXIT = "hypervisor/arch/arm64/doorbell_exit.c"
DEBUG = "hypervisor/arch/arm64/debug_registers.c"

# Name of the proof, definitions.
SOUND = [
    ("gic", "TABLE"),
    ("gic", "TABLE", "REDISTRIBUTOR"),
    *GIC_HANDLERS.values(),
    ("spis", "WORD=1", "SPI_FOLLOW_MAX=2U"),
    ("spis", "WORD=2", "SPI_FOLLOW_MAX=2U"),
    ("sgi",),
    ("hypercall",),
    ("memory",),
    ("abort",),
    ("doorbell",),
    ("debug",),
    ("clock", "FREQUENCY=1000000000"),
    ("clock", "FREQUENCY=62500000"),
]

LATE = ("""    if (!is_permitted(access, bank_sizes[group])) {
        return false;
    }
    gic_register_handler *handler = handlers[group];

    handler(access); /* calls: distributor_handlers, direct_handlers, private_handlers */
    return true;
""", """    handlers[group](access);
    return is_permitted(access, bank_sizes[group]);
""")
WRAPS = ("""    if (ns == CLOCK_NEVER || scaled > UINT64_MAX || __builtin_add_overflow(ticks, (ticks >> 26) + 2, &ticks) ||
        __builtin_add_overflow(ticks, now.ticks, &ticks)) {
""", """    ticks += now.ticks + (ticks >> 26) + 2;
    if (ns == CLOCK_NEVER) {
""")
SUM_WRAPS = ("return __builtin_add_overflow(ns, duration, &sum) ? CLOCK_NEVER : sum;", "sum = ns + duration; return sum;")

# Its name, the proof, the file and what is broken there, what CBMC then says.
BROKEN = [
    ("the size is looked at after the access: a byte of GICD_ICFGR", ("gic", "TABLE"), REGISTERS, LATE, "an access is aligned"),
    ("the same of GICR_ICFGR", ("gic", "TABLE", "REDISTRIBUTOR"), REGISTERS, LATE, "an access is aligned"),
    ("SPIs are enabled as they are kept", ("spis", "WORD=2", "SPI_FOLLOW_MAX=2U"), f"{GIC}spis.c",
     ("uint32_t open = spis_open(spis, n) & bits;", "uint32_t open = spis_open(spis, n);"), "only the VM's are written"),
    ("bits are written as they come", GIC_HANDLERS["bits"], DISTRIBUTOR,
     ("mmio_write32(address, (uint32_t)access->value & mask);", "mmio_write32(address, (uint32_t)access->value);"),
     "only the VM's are written"),
    ("a route that is anybody's is written", GIC_HANDLERS["routes by 8"], DISTRIBUTOR,
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
    ("any interrupt is deactivated", ("sgi",), f"{GIC}v3/checked.c",
     ("intid < plan.gic.intid_count && plan_vm_owns(this_cpu.vm, (intid_t){(uint32_t)intid})", "intid < plan.gic.intid_count"),
     "an interrupt of the VM ends"),
    ("a short way for SGIs goes one beyond", ("sgi",), SGI, ("number < vm->vcpu_count", "number <= vm->vcpu_count"),
     "SGIs go to other vCPUs of the VM"),
    ("a delay wraps", ("hypercall",), "hypervisor/clock.h", SUM_WRAPS, "a delay is not over before it begins"),
    ("an address is not aligned", ("hypercall",), "hypervisor/hypercall.c",
     ("if (address % 4 != 0 || !guest_memory_has", "if (!guest_memory_has"), "aligned"),
    ("a range is one byte longer", ("hypercall",), MEMORY, ("- memory[i].ipa < memory[i].size", "- memory[i].ipa <= memory[i].size"),
     "within the VM's RAM"),
    ("a vCPU begins anywhere", ("hypercall",), PSCI,
     ("if (entry % 4 != 0 || !guest_memory_has(this_cpu.vm, (guest_addr_t){entry})) {", "if (entry % 4 != 0) {"), "begins in the VM's RAM"),
    ("a slice is a line longer", ("memory",), MEMORY, ("target + size / sizeof(pair_t);", "target + size / sizeof(pair_t) + 1;"),
     "nothing else changes|outside object bounds"),
    ("a redistributor beyond the last", ("abort",), ABORT, ("(uint64_t)vm->vcpu_count * GIC", "(uint64_t)(vm->vcpu_count + 1) * GIC"),
     "within the VM's redistributors"),
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
