# SPDX-License-Identifier: Apache-2.0
"""`nagaya check` with the engine, the board and the system's file: each thing that an image alone can't tell, changed in an image that
is else as sound as before, is refused by name; and what was not given is said."""

import hashlib
import shutil
import subprocess

import pytest

from damaged_image import HEAD_SIZE, ICFGR, INTID_COUNT, VM_INTIDS, Image
from system_run import ROOT, nagaya
from tests.flips.flips import SYSTEMS, Changes
from tests.flips.image import unpacked
from tests.flips.oracle import Oracle

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

SYSTEM = "tests/system/systems/neighbours.yaml"
PLAN_CONDUIT = 40
VCPU, CORE_SLICE = 48, 64
FAULT_ACTION, DELIVERY, GICD_IPA, GICR_IPA, FIRMWARE = 40, 36, 88, 96, 184
WRITE, ROM = 2, 16


@pytest.fixture(scope="module", name="image")
def image_of_neighbours(tmp_path_factory):
    target = tmp_path_factory.mktemp("against") / "neighbours.elf"
    result = nagaya("compose", SYSTEM, "-o", target)
    assert result.returncode == 0, result.stderr
    return Image(target)


def failed(image, *options):
    """The ids of the properties that fail."""
    result = nagaya("check", "-q", *options, image.path)
    ids = [line.split()[0] for line in result.stdout.splitlines() if " FAILED: " in line]
    assert result.returncode == (1 if ids else 0), result.stdout + result.stderr
    return ids


# Each change makes the image's own checksums good again.

def engine_text(image):
    image.change(image.word(image.plan + 72) + 0x1000, lambda word: word ^ 1 << 7)


def policy(image):
    image.change(image.core(0) + 8, lambda va: va ^ 8)
    image.put_checksums()


def conduit(image):
    image.put(image.plan + PLAN_CONDUIT, 2, "I")
    image.put_checksums()


def trigger(image):
    image.change(image.plan + ICFGR + 33 // 16 * 4, lambda word: word ^ 2 << 33 % 16 * 2, "I")
    image.put_checksums()


def distributor(image):
    image.change(image.vm("desk") + GICD_IPA, lambda ipa: ipa ^ 0x10000)
    image.put_checksums()


def redistributors(image):
    image.change(image.vm("desk") + GICR_IPA, lambda ipa: ipa ^ 0x100000)
    image.put_checksums()


def hard_made_virtual(image):
    image.put(image.vm("control") + DELIVERY, 1, "I")
    image.put_checksums()


def private_interrupt(image):
    image.change(image.vm("plc") + VM_INTIDS, lambda word: word | 1 << 19, "I")
    image.put_checksums()


def software_interrupts(image):
    image.change(image.vm("plc") + VM_INTIDS, lambda word: word & ~0xFF, "I")
    image.put_checksums()


def slice_of_a_core(image):
    image.change(image.core(0) + CORE_SLICE, lambda ns: ns * 2)
    image.put_checksums()


def fault_action(image):
    image.put(image.vm("control") + FAULT_ACTION, 2, "I")
    image.put_checksums()


def interrupt_count(image):
    image.put(image.plan + INTID_COUNT, 320, "I")
    image.put_checksums()


def hypervisor_timer(image):
    image.put(image.plan + INTID_COUNT + 4, 24, "B")
    image.put_checksums()


def maintenance_interrupt(image):
    image.put(image.plan + INTID_COUNT + 5, 24, "B")
    image.put_checksums()


def guest_image(image):
    """A byte of the guest's program; its copy lies in the same bytes of the file."""
    ram = image.ram(image.vm("plc"))
    image.change(image.word(ram + 8) + 0x1000, lambda word: word ^ 1)


# By which property each is refused, with everything given.
CHANGES = {
    engine_text: "engine.bytes",
    policy: "engine.policies",
    conduit: "board.machine",
    trigger: "interrupts.trigger",
    distributor: "trees.machine",
    redistributors: "trees.machine",
    hard_made_virtual: "cpus.mpidr",
    private_interrupt: "interrupts.private",
    software_interrupts: "interrupts.private",
    slice_of_a_core: "system.cpus",
    fault_action: "system.vms",
    interrupt_count: "board.machine",
    hypervisor_timer: "interrupts.private",
    maintenance_interrupt: "board.machine",
    guest_image: "system.images",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_an_image_alone_cannot_tell_is_refused(image, change):
    with image.damaged():
        change(image)
        assert CHANGES[change] in failed(image, "--system", SYSTEM)
    assert failed(image, "--system", SYSTEM) == []


def test_what_is_not_given_is_not_checked_and_said(image):
    result = nagaya("check", "--engine=", image.path)
    assert result.returncode == 0
    assert "engine not checked" in result.stdout and "board not checked: give --board" in result.stdout
    assert "--system" in result.stdout and "What check cannot know:" in result.stdout
    assert "properties hold that were checked; 11 were not" in result.stdout
    with image.damaged():
        engine_text(image)
        assert failed(image, "--engine=") == []
        assert failed(image) == ["engine.bytes"]


def test_the_engine_is_the_one_beside_the_tool_or_the_one_that_is_named(image, tmp_path):
    other = tmp_path / "other.elf"
    shutil.copy(ROOT / "build" / "hypervisor" / "arm64-gicv3-debug.elf", other)
    assert "engine.bytes" in failed(image, "--engine", other)
    assert failed(image, "--engine", ROOT / "build" / "hypervisor" / "arm64-gicv3.elf") == []
    result = nagaya("check", "--engine", "no-such.elf", image.path)
    assert (result.returncode, result.stdout) == (2, "") and "no-such.elf: No such file" in result.stderr


def test_a_board_is_named_or_a_folder(image):
    assert failed(image, "--board", "qemu-virt") == []
    assert failed(image, "--board", "build/boards/qemu-virt") == []
    with image.damaged():
        conduit(image)
        assert failed(image, "--board", "qemu-virt") == ["board.machine"]
        assert failed(image) == []


def test_a_board_whose_tree_has_not_been_compiled_is_refused_in_one_line(image, tmp_path):
    (tmp_path / "board.dts").write_text("/dts-v1/; / { };")
    (tmp_path / "board.yaml").write_text("gic: {interrupts: 1020}")
    result = nagaya("check", "--board", tmp_path, image.path)
    assert (result.returncode, result.stdout) == (2, "") and len(result.stderr.splitlines()) == 1
    assert "check reads no board.dts; give the folder where make puts its board.dtb" in result.stderr


@pytest.fixture(scope="module", name="apart")
def image_of_apart(tmp_path_factory):
    target = tmp_path_factory.mktemp("apart") / "image.elf"
    result = nagaya("compose", SYSTEMS[0], "-o", target)
    assert result.returncode == 0, result.stderr
    return Image(target)


def test_another_function_of_the_firmware_than_was_asked_for_is_refused(apart):
    with apart.damaged():
        first = apart.array(apart.vm("desk") + FIRMWARE, 8)[0]
        apart.put(first, 0x82000002, "I")
        apart.put(first + 4, 0x82000002, "I")
        apart.put_checksums()
        assert failed(apart) == []
        assert failed(apart, "--system", SYSTEMS[0]) == ["system.vms"]


def test_a_rom_that_is_announced_or_holds_something_else_is_refused(apart):
    rom = next(at for at in apart.array(apart.vm("desk") + 144, 32) if apart.word(at + 24, "I") & ROM)
    with apart.damaged():
        apart.change(rom + 24, lambda flags: flags & ~ROM | WRITE, "I")
        apart.put_checksums()
        assert {"memory.exact", "trees.machine", "system.memory"} <= set(failed(apart, "--system", SYSTEMS[0]))
    with apart.damaged():
        apart.change(apart.word(rom + 8) + 0x100, lambda word: word ^ 1)
        assert "system.images" in failed(apart, "--system", SYSTEMS[0])


def test_the_wrong_system_is_refused(image):
    ids = failed(image, "--system", "systems/hello.yaml")
    assert {"system.vms", "system.cpus", "system.channels", "system.memory", "system.images"} <= set(ids)


def test_the_digest_is_that_of_the_file(image):
    digest = hashlib.sha256(image.path.read_bytes()).hexdigest()
    assert f"SHA-256 {digest}" in nagaya("check", image.path).stdout


def test_a_file_that_is_no_image_gets_one_line():
    result = nagaya("check", "README.md")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "nagaya check: README.md is text, not an image of nagaya compose\n"
    result = nagaya("check", "build/hypervisor/arm64-gicv3.elf")
    assert result.returncode == 2 and len(result.stderr.splitlines()) == 1


# The oracle by which check is measured (tests/flips): it must see what matters, or a bad checker would look good.

@pytest.fixture(scope="module", name="changes", params=SYSTEMS)
def changes_of_a_system(request, tmp_path_factory):
    target = tmp_path_factory.mktemp("flips") / "image.elf"
    subprocess.run([ROOT / "build" / "nagaya", "compose", request.param, "-o", target], cwd=ROOT, check=True)
    return Changes(unpacked(target.read_bytes()), 1)


def test_the_oracle_sees_what_matters(changes):
    image, oracle = changes.image, Oracle(changes.image.data)
    first = image.plan + image.number(image.plan + HEAD_SIZE, "I")
    for pa in (image.number(image.plan + 72), image.plan + PLAN_CONDUIT, first + FAULT_ACTION, first + GICD_IPA + 2,
               image.number(first + 112), oracle.trees[0][0] + 100):
        assert oracle.alters([(image.offset_of(pa), 1)]), hex(pa)
    assert not oracle.alters([])


def test_the_oracle_lets_pass_what_nothing_reads(changes):
    image, oracle = changes.image, changes.oracle
    regions = image.plan + image.number(image.plan + HEAD_SIZE + 24, "I")
    assert not oracle.alters([(image.offset_of(regions), 1)])  # a region's name
    assert not oracle.alters([(image.offset_of(image.plan) + 16, 1)])  # a checksum, which is put right
    assert not oracle.alters([(64 + 4, 1)])  # the flags of a program header


# A board with a GICv2, whose board.yaml says more.

@pytest.fixture(scope="module", name="for_gicv2")
def image_for_a_gicv2(tmp_path_factory):
    target = tmp_path_factory.mktemp("gicv2") / "image.elf"
    result = nagaya("compose", "tests/flips/gicv2.yaml", "-o", target)
    assert result.returncode == 0, result.stderr
    return Image(target)


@pytest.mark.parametrize("old, new, ids", [
    ("interrupts: 288", "interrupts: 288\n  interfaces: [1, 0, 2, 3]", ["board.machine"]),
    ("first: 80", "first: 81", ["board.trees"]),
    ("count: 64", "count: 63", ["board.trees"]),
    ("messages:", "other-messages:", ["board.trees"]),
    ("arm64", "arm64", []),
])
def test_what_a_gicv2s_board_says_is_held_against_the_image(for_gicv2, tmp_path, old, new, ids):
    board = tmp_path / "qemu-virt-gicv2"
    shutil.copytree(ROOT / "build" / "boards" / "qemu-virt-gicv2", board)
    said = (board / "board.yaml").read_text(encoding="utf-8")
    assert old in said
    (board / "board.yaml").write_text(said.replace(old, new), encoding="utf-8")
    assert failed(for_gicv2, "--board", board) == ids


def test_an_image_for_a_gicv2_is_none_for_a_gicv3(for_gicv2):
    assert failed(for_gicv2) == []
    assert "board.machine" in failed(for_gicv2, "--board", "qemu-virt")
