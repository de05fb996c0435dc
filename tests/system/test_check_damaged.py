# SPDX-License-Identifier: Apache-2.0
"""`nagaya check` over what `nagaya compose` makes: sound images pass, and each kind of damage is refused by name."""

import resource

import pytest

from damaged_image import GICD_PA, SPI_CPU, VM_INTIDS, VM_SIZE, Image
from system_run import ROOT, nagaya

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

SYSTEMS = sorted(path.stem for path in (ROOT / "systems").glob("*.yaml"))
EL2_WINDOW = 0x4000000000
EL2_BASE = 0x7F80000000
EL2_PERCPU = 0x7F800C0000
EL2_GICD = 0x7FC0000000
EL2_ROOTS = 0x7FC3000000


# The output address of a descriptor.
ADDRESS = 0xFFFFFFFFF000


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Every example system, composed."""
    folder = tmp_path_factory.mktemp("images")
    paths = {}
    for name in SYSTEMS:
        paths[name] = folder / f"{name}.elf"
        result = nagaya("compose", f"systems/{name}.yaml", "-o", paths[name])
        assert result.returncode == 0, result.stderr
    return paths


@pytest.fixture(scope="module")
def demo(images):
    return Image(images["demo"])


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_composed_system_passes(images, name):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = nagaya("check", images[name])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.returncode == 0, result.stdout
    assert "properties hold" in result.stdout
    hashed = images[name].stat().st_size / 50e6  # by SHA-256, at 50 MB/s or more
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1 + hashed


def test_quiet_says_nothing_of_a_sound_image(images):
    result = nagaya("check", "-q", images["demo"])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_file_that_cannot_be_read_is_status_2():
    result = nagaya("check", "no-such-file.elf")
    assert result.returncode == 2
    assert "no-such-file.elf: No such file or directory" in result.stderr


def test_what_direct_interrupts_allow_is_said(images):
    output = nagaya("check", images["demo"]).stdout
    assert "vm linux (direct" not in output  # its interrupts are virtual
    assert "vm control (direct interrupts): can raise SGIs on cpus 0, 1 of vm linux" in output
    assert "vm control (direct interrupts): can end an interrupt that is active for another VM" in output
    assert "share caches, buses and memory bandwidth" in output


# Each damage gets the image; DAMAGES says which properties then fail, all of them.

def segments_meet(image):
    first, second = image.loads[:2]
    image.put_at_offset(first.header + 40, (second.pa + 64 - first.pa).to_bytes(8, "little"))


def segment_in_free_ram(image):
    kernel = image.load_at(image.word(image.ram(image.vm("linux")) + 8))
    image.put_at_offset(kernel.header + 16, (0x7F000000).to_bytes(8, "little") * 2)


def entry_in_guest_memory(image):
    image.put_at_offset(24, image.word(image.ram(image.vm("linux")) + 8).to_bytes(8, "little"))


def plan_magic(image):
    image.change(image.plan, lambda word: word ^ 1)


def plan_changed(image):
    image.change(image.vm("linux") + 40, lambda action: action ^ 2, "I")


def plan_array_outside(image):
    image.put(image.vm("linux") + 148, 0x10000000, "I")
    image.put_checksums()


def plan_index_outside(image):
    image.put(image.vcpu(0) + 8, 9, "I")
    image.put_checksums()


def plan_reserved(image):
    image.put(image.region("serial0") + 60, 1, "I")
    image.put_checksums()


def vmid_shared(image):
    image.change(image.vm("linux") + 120, lambda vttbr: vttbr & (1 << 48) - 1 | 1 << 48)
    image.put_checksums()


def stage2_descriptor(image, vm, at):
    return image.descriptor(image.root(image.vm(vm)), image.word(at))


def reserved_bit(image):
    at = stage2_descriptor(image, "linux", image.device(image.vm("linux")))
    image.change(at, lambda word: word | 1 << 50)


def root_differs(image):
    image.put(image.root(image.vm("linux")) + 8 * 511, 2)


def device_not_mapped(image):
    image.put(stage2_descriptor(image, "linux", image.device(image.vm("linux"))), 0)


def ram_of_another_vm(image):
    stolen = image.word(image.ram(image.vm("linux")) + 8)
    at = stage2_descriptor(image, "control", image.ram(image.vm("control")))
    image.change(at, lambda word: word & ~ADDRESS | stolen)


def ram_of_the_hypervisor(image):
    at = stage2_descriptor(image, "control", image.ram(image.vm("control")))
    image.change(at, lambda word: word & ~ADDRESS | image.word(image.plan + 72))


def device_elsewhere(image, pa):
    at = stage2_descriptor(image, "linux", image.device(image.vm("linux")))
    image.change(at, lambda word: word & ~ADDRESS | pa)


def distributor(image):
    device_elsewhere(image, image.word(image.plan + GICD_PA))


def device_of_another_vm(image):
    device_elsewhere(image, image.word(image.device(image.vm("control")) + 8))


def device_executable(image):
    at = stage2_descriptor(image, "linux", image.device(image.vm("linux")))
    image.change(at, lambda word: word & ~(1 << 54))


def device_unowned(image):
    image.put(image.region("serial0") + 52, 0xFFFFFFFF, "I")
    image.put_checksums()


def el2_descriptor(image, cpu, va):
    return image.descriptor(image.word(image.cpu(cpu) + 8), va)


def text_writable(image):
    image.change(el2_descriptor(image, 1, EL2_BASE), lambda word: word & ~(1 << 7))


def plan_writable(image):
    va = EL2_BASE + image.plan - image.word(image.plan + 72)
    image.change(el2_descriptor(image, 0, va), lambda word: word & ~(1 << 7))


def data_of_another_cpu(image):
    image.put(el2_descriptor(image, 1, EL2_PERCPU), image.word(el2_descriptor(image, 0, EL2_PERCPU)))


def data_executable(image):
    image.change(el2_descriptor(image, 0, EL2_PERCPU), lambda word: word & ~(1 << 54))


def window_to_another_vm(image):
    ram = image.word(image.ram(image.vm("control")) + 8)
    other = image.word(image.ram(image.vm("linux")) + 8)
    image.change(el2_descriptor(image, 2, EL2_WINDOW + ram), lambda word: word & ~ADDRESS | other)


def distributor_as_memory(image):
    image.change(el2_descriptor(image, 0, EL2_GICD), lambda word: word | 1 << 2 | 3 << 8)


def root_of_another_vm(image):
    linux = (image.vm("linux") - image.vm("control")) // VM_SIZE
    root = image.root(image.vm("control"))
    image.change(el2_descriptor(image, 0, EL2_ROOTS + 0x1000 * linux), lambda word: word & ~ADDRESS | root)


def interrupt_of_two_vms(image):
    words = [image.vm(name) + VM_INTIDS + 4 for name in ("linux", "control")]
    image.put(words[0], image.word(words[0], "I") | image.word(words[1], "I"), "I")
    image.put_checksums()


def hypervisor_timer_given(image):
    image.change(image.vm("linux") + VM_INTIDS, lambda word: word | 1 << 26, "I")
    image.put_checksums()


def interrupt_to_another_vm(image):
    image.put(image.plan + SPI_CPU + 33, 2, "B")
    image.put_checksums()


def cpu_with_two_vcpus(image):
    image.put(image.core(1) + 52, 2, "I")
    image.put_checksums()


def policy_of_another_kind(image):
    image.put(image.core(0), 3, "I")
    image.put_checksums()


def policy_in_guest_memory(image):
    for index in range(image.cpu_count()):
        image.put(image.core(index) + 8, image.word(image.ram(image.vm("linux")) + 8) + EL2_WINDOW)
    image.put_checksums()


def hard_vm_on_a_shared_cpu(image):
    image.put(image.vm("flight") + 32, 2, "I")
    image.put_checksums()


def slot_beyond_its_frame(image):
    [slot] = [at for at in image.array(image.core(1) + 56, 24) if image.word(at) == 400_000]
    image.put(slot + 8, 2_000_000)
    image.put_checksums()


def mpidr_of_another(image):
    image.change(image.cpu(2), lambda mpidr: mpidr ^ 0x100)
    image.put_checksums()


def restore_to_another_vm(image):
    image.put(image.restore(image.vm("linux"))[0], image.word(image.ram(image.vm("control")) + 8))
    image.put_checksums()


def restore_from_guest_memory(image):
    step = next(at for at in image.restore(image.vm("linux")) if image.word(at + 8) != 0)
    image.put(step + 8, image.word(step))
    image.put_checksums()


def restore_incomplete(image):
    last = max(image.restore(image.vm("linux")), key=image.word)
    image.change(last + 16, lambda size: size - 64)
    image.put_checksums()


def restore_of_something_else(image):
    step = next(at for at in image.restore(image.vm("linux")) if image.word(at + 8) != 0)
    image.put(step + 8, image.word(step + 8) + 64)
    image.put_checksums()


def entry_outside(image):
    image.put(image.vm("linux") + 56, 0x1000)
    image.put_checksums()


def device_tree_without_magic(image):
    vm = image.vm("linux")
    ram = image.ram(vm)
    image.put(image.word(vm + 64) - image.word(ram) + image.word(ram + 8), 0, "I")


def info_page_of_another_name(image):
    image.put(image.word(image.vm("linux") + 80) + 16, 0x78, "B")


DAMAGES = {
    segments_meet: "image.overlap",
    segment_in_free_ram: "image.ram restore.content",
    entry_in_guest_memory: "image.entry engine.places",
    plan_magic: "plan.head",
    plan_changed: "plan.checksum",
    plan_array_outside: "plan.arrays",
    plan_index_outside: "plan.fields",
    plan_reserved: "plan.unused",
    vmid_shared: "memory.registers",
    reserved_bit: "memory.descriptors",
    root_differs: "memory.root",
    device_not_mapped: "memory.exact trees.devices",
    ram_of_another_vm: "memory.exact memory.disjoint",
    ram_of_the_hypervisor: "memory.exact memory.disjoint memory.hypervisor channels.status manager.pages "
                           "manager.stores watchdogs.page",
    distributor: "memory.exact memory.interrupts",
    device_of_another_vm: "memory.exact memory.disjoint memory.devices",
    device_executable: "memory.exact memory.kinds",
    device_unowned: "memory.kinds memory.devices",
    text_writable: "hypervisor.wx hypervisor.text hypervisor.readonly",
    plan_writable: "hypervisor.readonly",
    data_of_another_cpu: "hypervisor.data",
    data_executable: "hypervisor.wx hypervisor.data",
    window_to_another_vm: "hypervisor.window",
    distributor_as_memory: "hypervisor.devices",
    root_of_another_vm: "hypervisor.tables hypervisor.roots",
    interrupt_of_two_vms: "interrupts.owner interrupts.target",
    hypervisor_timer_given: "interrupts.reserved interrupts.private",
    interrupt_to_another_vm: "interrupts.target",
    cpu_with_two_vcpus: "cpus.vcpu cpus.dedicated",
    policy_of_another_kind: "cpus.dedicated cpus.policy",
    policy_in_guest_memory: "cpus.policy engine.policies",
    mpidr_of_another: "cpus.mpidr",
    restore_to_another_vm: "restore.target restore.cover",
    restore_from_guest_memory: "hypervisor.block hypervisor.window restore.source",
    restore_incomplete: "restore.cover",
    restore_of_something_else: "hypervisor.block restore.content",
    entry_outside: "start.entry",
    device_tree_without_magic: "start.device-tree",
    info_page_of_another_name: "start.info",
}


# The same for the timetable, whose VMs share a CPU.
SHARED_DAMAGES = {
    hard_vm_on_a_shared_cpu: "cpus.dedicated",
    slot_beyond_its_frame: "cpus.slots",
}


def failed_properties(output):
    return [line.split()[0] for line in output.splitlines() if " FAILED: " in line]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_system_is_refused(demo, damage):
    with demo.damaged() as image:
        damage(image)
        result = nagaya("check", "-q", image.path)
    assert result.returncode == 1
    assert failed_properties(result.stdout) == DAMAGES[damage].split(), result.stdout


@pytest.mark.parametrize("damage", SHARED_DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_system_with_a_shared_cpu_is_refused(images, damage):
    with Image(images["timetable"]).damaged() as image:
        damage(image)
        result = nagaya("check", "-q", image.path)
    assert result.returncode == 1
    assert failed_properties(result.stdout) == SHARED_DAMAGES[damage].split(), result.stdout


def test_the_image_is_sound_again_afterwards(demo):
    assert nagaya("check", "-q", demo.path).returncode == 0
