# SPDX-License-Identifier: Apache-2.0
"""
Whatever a board's device tree holds: a system on it is composed, or refused with what is wrong and what to do. Tried with all
trees of Debian's arm64 kernel; build/tests/trees/*.txt has the tables of what became of them.
"""

import re
import subprocess
import warnings

import pytest

import board_trees

pytestmark = pytest.mark.one_board("its boards are its own")

FOLDER = board_trees.ROOT / "build" / "tests" / "trees"
NAMES_A_PLACE = re.compile(r"(?<![\w.])/[\w,.@/+-]+|the board's device tree|board \S+ has CPUs?|device \S+|vm \S+")


@pytest.fixture(scope="module", name="trees")
def trees_of_debian(tmp_path_factory):
    """All trees of the package, by name."""
    deb = board_trees.package()
    if deb is None:
        warnings.warn("the device trees of Debian's linux-image-*-arm64 were not tried: the package has not been fetched")
        pytest.skip("device trees of Debian's linux-image-*-arm64 not tried: build/linux/packages names no such file")
    return board_trees.unpack(deb, tmp_path_factory.mktemp("trees"))


def compose_all(trees, system, name):
    """The outcomes of @system on all @trees; writes the table of them."""
    composer = board_trees.Composer(FOLDER / name)
    outcomes = {tree: composer.compose(path, system) for tree, path in trees.items()}
    (FOLDER / f"{name}.txt").write_text(board_trees.table(outcomes), encoding="utf-8")
    return outcomes


def complaints(outcomes):
    """Outcomes that no user may meet."""
    for tree, outcome in outcomes.items():
        if outcome.kind not in ("composes", "refused"):
            yield f"{tree}: {outcome.kind}: {outcome.lines}"
        for line in outcome.lines:
            if outcome.kind == "refused" and not (NAMES_A_PLACE.search(line) and re.search(r"; |: say in ", line)):
                yield f"{tree}: names no node, or not what to do: {line}"


@pytest.mark.parametrize("system, name", [(board_trees.ONE_VM, "one-vm"), (board_trees.TWO_VMS, "two-vms")])
def test_every_tree_composes_or_is_refused_with_the_reason(trees, system, name):
    outcomes = compose_all(trees, system, name)
    assert len(outcomes) > 500
    assert not list(complaints(outcomes))
    # A test that refuses everything would pass as well: most boards with a GICv3 must work.
    assert sum(outcome.kind == "composes" for outcome in outcomes.values()) > 200


def edited(tmp_path, *changes):
    """qemu-virt's tree with @changes: pairs of what is there and what is to be there."""
    text = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", board_trees.ROOT / "build" / "boards" / "qemu-virt" / "board.dtb"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    tree = tmp_path / "edited.dtb"
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree], input=text, text=True, check=True)
    return tree


TIMER = "interrupts = <0x01 0x0d 0x04 0x01 0x0e 0x04 0x01 0x0b 0x04 0x01 0x0a 0x04>;"
EXTENDED = ("interrupts-extended = <0x8005 0x01 0x0d 0x04 0x8005 0x01 0x0e 0x04 0x8005 0x01 0x0b 0x04 0x8005 0x01 0x0a 0x04 "
            "0x8005 0x01 0x0c 0x04>;")
GIC = "#redistributor-regions = <0x01>;"
RTC = "interrupts = <0x00 0x02 0x04>;"
# A controller of interrupts that no VM can have, since it has some itself and no registers.
STRANGE = "\t};\n\n\tapb-pclk {"
STRANGE_NODE = ("\t};\n\n\tstrange {\n\t\tcompatible = \"vendor,strange\";\n\t\tinterrupts = <0x00 0x60 0x04>;\n\t\t"
                "interrupt-controller;\n\t\t#interrupt-cells = <0x02>;\n\t\tphandle = <0x9999>;\n\t};\n\n\tapb-pclk {")
WITH_RTC = board_trees.ONE_VM.replace("devices: rest", "devices: [pl031@9010000]")


@pytest.mark.parametrize("changes", [[(TIMER, EXTENDED)], [(GIC, f"{GIC} dma-noncoherent;")]], ids=["timer-extended", "gic-does-dma"])
def test_trees_of_newer_kernels_compose(tmp_path, changes):
    """As of Linux 6.12: a timer whose interrupts name their controller, a GIC that says it is not coherent."""
    outcome = board_trees.Composer(tmp_path / "work").compose(edited(tmp_path, *changes), board_trees.ONE_VM)
    assert (outcome.kind, outcome.lines) == ("composes", [])


STRANGE_TOO = "interrupts-extended = <0x8005 0x00 0x02 0x04 0x9999 0x01 0x04>;"
GPIO = "interrupts = <0x00 0x07 0x04>;"


@pytest.mark.parametrize("changes, device", [
    ([(RTC, STRANGE_TOO)], "pl031@9010000"),
    ([(RTC, "interrupts-extended = <0x9999 0x01 0x04>;")], "pl031@9010000"),
    # The device that it drags in.
    ([(RTC, f"{RTC} resets = <0x8007>;"), (GPIO, f"{STRANGE_TOO} #reset-cells = <0>;")],
     "pl061@9030000 (dragged in by pl031@9010000: resets)"),
], ids=["one-of-two", "the-only", "dragged-in"])
def test_a_device_without_the_controller_of_its_interrupts_is_refused(tmp_path, changes, device):
    tree = edited(tmp_path, *changes, (STRANGE, STRANGE_NODE))
    outcome = board_trees.Composer(tmp_path / "work").compose(tree, WITH_RTC)
    assert outcome.kind == "refused" and f"device {device} needs /strange (interrupts-extended)" in outcome.lines[0]
