# SPDX-License-Identifier: Apache-2.0
"""The compiled engine never has one vCPU's stage 1 open while stage 2 is another's: Cortex-A55, A57 and A72 may translate an address
speculatively at any time, and keep it (Arm errata 1530923, 1319537, 1319367)."""

import pytest

from bench.common.disassembly import Disassembly
from system_run import ROOT

pytestmark = pytest.mark.gicv3("the code of the engine for a GICv3 is looked at")

STAGE_2 = {"vtcr_el2", "vttbr_el2", "hcr_el2"}
STAGE_1 = {"ttbr0_el1", "ttbr1_el1", "mair_el1", "contextidr_el1"}
NO_WALK = 1 << 7 | 1 << 23  # TCR_EL1.EPD0, EPD1
MMU_ON = 1  # SCTLR_EL1.M


@pytest.fixture(scope="module")
def steps():
    """What context_load does to translation, in order: ("isb",) or (register, value if it is a constant)."""
    code = Disassembly(ROOT / "build" / "hypervisor" / "arm64-gicv3.elf")
    address, constants, found = code.addresses["context_load"], {}, []
    while (instruction := code.code[address])[0] != "ret":
        mnemonic, operands = instruction[0], [word.strip() for word in instruction[1].split(",")]
        if mnemonic == "isb":
            found.append(("isb",))
        elif mnemonic == "mov":
            constants[operands[0][1:]] = _number(operands[1])
        elif mnemonic == "movk":
            constants[operands[0][1:]] |= _number(operands[1]) << _number(operands[2].split()[-1])
        elif mnemonic == "msr":
            found.append((operands[0], constants.get(operands[1][1:])))
        else:
            constants = {}
        address += 4
    return found


def _number(text):
    return int(text.split()[0].lstrip("#"), 0)


def _places(steps, registers):
    return [number for number, step in enumerate(steps) if step[0] in registers]


def _synchronised(steps, first, second):
    return ("isb",) in steps[first:second]


def test_stage_1_is_closed_before_stage_2_changes(steps):
    (no_walk, *_), (mmu_on, *_) = _places(steps, {"tcr_el1"}), _places(steps, {"sctlr_el1"})
    assert steps[no_walk][1] & NO_WALK == NO_WALK
    assert steps[mmu_on][1] & MMU_ON
    # With the MMU off an address would be taken as it is, so no walk first.
    assert no_walk < mmu_on < min(_places(steps, STAGE_2))
    assert _synchronised(steps, no_walk, mmu_on)
    assert _synchronised(steps, mmu_on, min(_places(steps, STAGE_2)))


def test_stage_1_is_set_when_stage_2_is_in_force(steps):
    assert {steps[place][0] for place in _places(steps, STAGE_2 | STAGE_1)} == STAGE_2 | STAGE_1
    assert _synchronised(steps, max(_places(steps, STAGE_2)), min(_places(steps, STAGE_1)))


def test_stage_1_is_opened_last(steps):
    (*_, mmu), (*_, walk) = _places(steps, {"sctlr_el1"}), _places(steps, {"tcr_el1"})
    assert max(_places(steps, STAGE_2 | STAGE_1)) < mmu < walk
    assert _synchronised(steps, mmu, walk)
    assert steps[mmu][1] is None and steps[walk][1] is None  # the guest's
