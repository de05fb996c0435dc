# SPDX-License-Identifier: Apache-2.0
"""`nagaya check` over a system whose VMs live together: what they share, they share as its file says, and check sees
each way in which an image could grant more."""

import json

import pytest

from damaged_image import HEAD_SIZE, ICFGR, SPI_CPU, VM_INTIDS, Image
from system_run import nagaya

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

SYSTEM = "tests/system/systems/neighbours.yaml"
HYPERVISOR = 72
PAGE = 0x1000


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    target = tmp_path_factory.mktemp("neighbours") / "neighbours.elf"
    result = nagaya("compose", SYSTEM, "-o", target)
    assert result.returncode == 0, result.stderr
    return target


@pytest.fixture(scope="module")
def neighbours(path):
    return Image(path)


@pytest.fixture(scope="module")
def shown(path):
    return json.loads(nagaya("show", "--json", path).stdout)


# Where abi/plan.h puts it.

def channels(image):
    return image.array(image.plan + HEAD_SIZE + 32, 56)


def member(image, channel, number):
    return image.array(channels(image)[channel] + 48, 32)[number]


def doorbells(image, vm):
    return image.array(image.vm(vm) + 168, 16)


def memory_of(image, vm, pa):
    return next(at for at in image.memory(image.vm(vm)) if image.word(at + 8) == pa)


def shared(image, offset):
    return image.word(image.plan + HYPERVISOR + offset)


def status_pa(image):
    return shared(image, 64)


def stage2(image, vm, ipa):
    return image.descriptor(image.root(image.vm(vm)), ipa)


def give_right(image, vm, pa):
    """Read-write for a range that is not, by plan and by tables: as a defect of compose would."""
    at = memory_of(image, vm, pa)
    image.change(at + 24, lambda flags: flags | 2, "I")
    for page in range(0, image.word(at + 16), PAGE):
        image.change(stage2(image, vm, image.word(at) + page), lambda word: word | 1 << 7)
    image.put_checksums()


def send_elsewhere(image, vm, pa, other):
    """Another page where a range was."""
    at = memory_of(image, vm, pa)
    image.put(at + 8, other)
    image.change(stage2(image, vm, image.word(at)), lambda word: word & ~0xFFFFFFFFF000 | other)
    image.put_checksums()


# Each damage gets the image; DAMAGES says which properties then fail, all of them.

def reader_of_a_channel_writes(image):
    give_right(image, "desk", image.word(channels(image)[1] + 32))


def stranger_reads_a_channel(image):
    status = status_pa(image) + PAGE * [vm["name"] for vm in image.shown["vms"]].index("control")
    send_elsewhere(image, "plc", status, image.word(channels(image)[0] + 32))


def status_of_a_peer_is_written(image):
    give_right(image, "plc", status_pa(image))


def doorbell_leads_to_memory(image):
    ipa = image.word(image.vm("control") + 160)
    image.put(stage2(image, "control", ipa), image.word(stage2(image, "control", image.word(image.vm("control") + 72))))


def doorbell_rings_a_device(image):
    image.put(doorbells(image, "control")[0], 33, "I")
    image.put_checksums()


def doorbell_shares_a_limiter(image):
    first, second = doorbells(image, "control")[:2]
    image.put(first + 4, image.word(second + 4, "I"), "I")
    image.put_checksums()


def doorbell_is_nobodys(image):
    intid = image.word(member(image, 0, 0) + 24, "I")
    image.change(image.vm("control") + VM_INTIDS + intid // 32 * 4, lambda word: word & ~(1 << intid % 32), "I")
    image.put_checksums()


def doorbell_is_level(image):
    intid = image.word(member(image, 0, 0) + 24, "I")
    image.change(image.plan + ICFGR + intid // 16 * 4, lambda word: word & ~(2 << intid % 16 * 2), "I")
    image.put_checksums()


def doorbell_goes_to_another_vms_cpu(image):
    image.put(image.plan + SPI_CPU + image.word(member(image, 0, 0) + 24, "I"), 0, "B")
    image.put_checksums()


def doorbell_is_a_devices(image):
    """The SPI of serial0 in desk's device tree becomes that of a doorbell."""
    ram = image.ram(image.vm("desk"))
    tree = image.word(ram + 8) + image.word(image.vm("desk") + 64) - image.word(ram)
    start = image.offset_of(tree)
    specifier = bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4])
    at = start + image.bytes[start:start + 0x10000].index(specifier) + 4
    intid = image.word(member(image, 0, 0) + 24, "I")
    image.put_at_offset(at, (intid - 32).to_bytes(4, "big"))


def restart_rings_a_stranger(image):
    image.put(image.array(image.vm("control") + 176, 4)[0], 40, "I")
    image.put_checksums()


def log_is_written(image):
    at = memory_of(image, "desk", status_pa(image))
    image.change(stage2(image, "desk", image.word(at) + 30 * PAGE), lambda word: word | 1 << 7)


def another_reads_the_plan(image):
    send_elsewhere(image, "plc", status_pa(image), image.plan)


def manager_without_commands(image):
    image.change(image.vm("desk") + 192, lambda ipa: ipa + PAGE)
    image.put_checksums()


def store_is_written_by_another(image):
    store = next(image.word(at + 8) for at in image.restore(image.vm("control")) if image.word(at + 16) == 1 << 20)
    send_elsewhere(image, "plc", status_pa(image), store)


def watchdog_is_petted_by_another(image):
    send_elsewhere(image, "plc", status_pa(image), shared(image, 72))


def commands_are_read_by_another(image):
    send_elsewhere(image, "plc", status_pa(image), shared(image, 80))


def status_pages_are_called_watchdogs(image):
    """The plan says that the pages which the hypervisor writes are those that VMs write."""
    status, watchdogs = status_pa(image), shared(image, 72)
    image.put(image.plan + HYPERVISOR + 64, watchdogs)
    image.put(image.plan + HYPERVISOR + 72, status)
    names = [vm["name"] for vm in image.shown["vms"]]
    send_elsewhere(image, "control", watchdogs + PAGE * names.index("control"), status + PAGE * names.index("control"))


def channel_is_not_cached_in_one_vm(image):
    ipa = image.word(member(image, 0, 1) + 8)
    image.change(stage2(image, "desk", ipa), lambda word: word & ~(0xF << 2) | 0x5 << 2)


def channel_is_a_device_in_one_vm(image):
    at = memory_of(image, "desk", image.word(channels(image)[0] + 32))
    image.change(at + 24, lambda flags: flags | 8, "I")
    for page in range(0, image.word(at + 16), PAGE):
        image.change(stage2(image, "desk", image.word(at) + page), lambda word: word & ~(0xF << 2 | 3 << 8) | 1 << 2)
    image.put_checksums()


def watchdog_is_forgotten(image):
    core = next(at for at in image.array(image.plan + HEAD_SIZE + 16, 88) if image.word(at + 84, "I"))
    image.put(core + 80, 0)
    image.put_checksums()


DAMAGES = {
    reader_of_a_channel_writes: "channels.memory",
    stranger_reads_a_channel: "channels.memory channels.status",
    status_of_a_peer_is_written: "channels.status",
    doorbell_leads_to_memory: "memory.exact memory.hypervisor doorbells.pages",
    doorbell_rings_a_device: "doorbells.ways doorbells.notify",
    doorbell_shares_a_limiter: "doorbells.ways",
    doorbell_is_nobodys: "doorbells.interrupts interrupts.owner",
    doorbell_is_level: "doorbells.interrupts interrupts.trigger",
    doorbell_goes_to_another_vms_cpu: "interrupts.target",
    doorbell_is_a_devices: "doorbells.interrupts interrupts.owner interrupts.trigger",
    restart_rings_a_stranger: "doorbells.notify",
    log_is_written: "memory.exact manager.pages",
    another_reads_the_plan: "channels.status manager.pages",
    manager_without_commands: "manager.pages trees.machine trees.devices",
    store_is_written_by_another: "channels.status manager.stores",
    watchdog_is_petted_by_another: "channels.status watchdogs.page",
    commands_are_read_by_another: "channels.status manager.pages",
    status_pages_are_called_watchdogs: "hypervisor.block channels.status watchdogs.page trees.machine engine.places",
    channel_is_not_cached_in_one_vm: "memory.descriptors memory.exact memory.kinds channels.memory",
    channel_is_a_device_in_one_vm: "memory.kinds channels.memory",
    watchdog_is_forgotten: "watchdogs.watcher",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_more_than_the_system_grants_is_refused(neighbours, shown, damage):
    with neighbours.damaged() as image:
        image.shown = shown
        damage(image)
        result = nagaya("check", "-q", image.path)
    assert result.returncode == 1
    failed = [line.split()[0] for line in result.stdout.splitlines() if " FAILED: " in line]
    assert failed == DAMAGES[damage].split(), result.stdout


def test_the_image_is_sound_again_afterwards(neighbours):
    assert nagaya("check", "-q", neighbours.path).returncode == 0


def test_what_neighbours_share_is_shown(path, shown):
    vms = {vm["name"]: vm for vm in shown["vms"]}
    telemetry, sensors = shown["channels"]
    assert [entry["vm"] for entry in sensors["members"]] == ["control", "desk", "plc"]
    assert [entry["write"] for entry in sensors["members"]] == [True, False, True]
    assert (telemetry["size"], telemetry["doorbell_interval_ns"]) == (0x10000, 0)
    assert sensors["doorbell_interval_ns"] == 1_000_000
    intids = [entry["intid"] for channel in shown["channels"] for entry in channel["members"]]
    assert intids == [287, 286, 285, 284, 283]  # the board's highest, which it does not use
    for channel in shown["channels"]:
        for entry in channel["members"]:
            owned = {interrupt["intid"]: interrupt for interrupt in vms[entry["vm"]]["interrupts"]}
            assert owned[entry["intid"]]["trigger"] == "edge"
            assert owned[entry["intid"]]["cpu"] == vms[entry["vm"]]["cpus"][0]
    assert vms["control"]["watchdog"] == {"period_ns": 50_000_000, "first_ns": 1_000_000_000, "action": "restart",
                                          "watcher": "cpu 0"}
    assert vms["desk"]["stores"] == [{"vm": "control", "size": 1 << 20}]
    text = nagaya("show", path).stdout
    assert "Manager: vm desk; may give another image to vm control (1 MB)" in text
    assert "restart, 5 in 10 s" in text


def test_what_neighbours_could_still_do_is_said(path):
    output = nagaya("check", path).stdout
    assert "vm desk: can ring vm control as often as it likes (channel telemetry, no doorbell-interval)" in output
    assert "channel sensors" not in output
    assert "vm plc: can restart as often as it likes, which rings its channels' peers each time" in output
    assert "vm desk (manager): can stop and start all VMs" in output
    assert "vm desk (manager): chooses what vm control starts with (reload)" in output
