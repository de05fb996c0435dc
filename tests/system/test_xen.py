# SPDX-License-Identifier: Apache-2.0
"""What the benchmark needs to put Xen beside Nagaya (bench/peers/xen), as far as it can be seen without Xen itself."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.common.elf import SEGMENT_LOAD, Elf
from bench.common.evidence import Evidence
from bench.peers.xen.experiments import XEN_EXPERIMENTS, xen_skip
from bench.peers.xen.image import flat_image, image_size
from bench.peers.xen.machine import GPIO, SERIAL1, Skipped, XenMachine
from bench.peers.xen.tree import Domain, Module, compile_tree, decompile_tree, device_tree_part, host_tree

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
HELLO = BUILD / "guests" / "hello.elf"


def test_an_image_runs_as_the_guest_does_that_it_is_made_of(tmp_path):
    image = tmp_path / "hello.image"
    image.write_bytes(flat_image(HELLO, moment=15))
    said = subprocess.run(["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a53", "-m", "64M", "-nodefaults", "-display",
                           "none", "-serial", "stdio", "-kernel", image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60,
                          check=True, text=True).stdout
    assert re.findall(r"hello: .*", said)[-1].strip() == "hello: done"
    assert "hello: memory 65536 KB" in said


def test_the_guests_code_is_in_its_image_byte_for_byte():
    elf, image = Elf(HELLO), flat_image(HELLO)
    segments = [segment for segment in elf.segments if segment.type == SEGMENT_LOAD]
    first = min(segment.physical for segment in segments)
    for segment in segments:
        place = 4096 + segment.physical - first
        assert image[place:place + segment.file_size] == elf.bytes[segment.offset:segment.offset + segment.file_size]
        assert not any(image[place + segment.file_size:place + segment.memory_size])


def test_an_image_says_how_much_memory_it_takes(tmp_path):
    image = tmp_path / "raw.image"
    (tmp_path / "raw").write_bytes(b"\x1f\x20\x03\xd5" * 3)
    image.write_bytes(flat_image(tmp_path / "raw"))
    assert image_size(image) == image.stat().st_size == 4096 + 12


def test_what_is_no_image_is_not_taken_for_one(tmp_path):
    (tmp_path / "raw").write_bytes(bytes(64))
    with pytest.raises(ValueError, match="not an arm64 Image"):
        image_size(tmp_path / "raw")


@pytest.fixture(name="tree", scope="module")
def fixture_tree(tmp_path_factory):
    """Xen's tree of a system of two domains, the first of which has a device."""
    folder = tmp_path_factory.mktemp("tree")
    first = [Module("kernel", None, 0x50000000, 0x1234, "events=7"), Module("device-tree", None, 0x50200000, 0x400, "")]
    second = [Module("kernel", None, 0x50400000, 0x2000, ""), Module("ramdisk", None, 0x50600000, 0x3000, "")]
    domains = [Domain(1, 16, first, False), Domain(2, 8192, second, True)]
    board = decompile_tree(BUILD / "boards" / "qemu-virt" / "board.dtb")
    compile_tree(host_tree(board, domains, "console=dtuart vwfi=native", [SERIAL1.path]), folder / "host.dtb")
    return folder / "host.dtb"


def get(tree, node, name, form="x"):
    return subprocess.run(["fdtget", "-t", form, tree, node, name], stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")[0]


def test_xen_is_told_its_options(tree):
    assert get(tree, "/chosen", "xen,xen-bootargs", "s") == "console=dtuart vwfi=native"


def test_a_domain_has_its_cpus_and_its_memory_in_kilobytes(tree):
    assert [get(tree, f"/chosen/domain{number}", "cpus") for number in (1, 2)] == ["1", "2"]
    assert get(tree, "/chosen/domain1", "memory") == "0 4000"
    assert get(tree, "/chosen/domain2", "memory") == "0 800000"


def test_a_domain_is_told_where_its_files_lie_and_what_they_are(tree):
    module = "/chosen/domain1/module@50000000"
    assert get(tree, module, "reg") == "0 50000000 0 1234"
    assert get(tree, module, "compatible", "s") == "multiboot,kernel multiboot,module"
    assert get(tree, module, "bootargs", "s") == "events=7"
    assert get(tree, "/chosen/domain2/module@50600000", "compatible", "s") == "multiboot,ramdisk multiboot,module"


def test_only_the_domain_that_is_to_have_it_has_xens_uart(tree):
    names = subprocess.run(["fdtget", "-p", tree, "/chosen/domain1"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert "vpl011" not in names
    get(tree, "/chosen/domain2", "vpl011")


def test_a_device_that_a_domain_has_is_not_xens(tree):
    get(tree, SERIAL1.path, "xen,passthrough")
    with pytest.raises(subprocess.CalledProcessError):
        get(tree, GPIO.path, "xen,passthrough")


def test_a_domain_sees_its_device_where_the_board_has_it(tree, tmp_path):
    compile_tree(device_tree_part([SERIAL1, GPIO]), tmp_path / "part.dtb")
    for device in (SERIAL1, GPIO):
        node = f"/passthrough{device.path}"
        assert get(tmp_path / "part.dtb", node, "reg") == get(tree, device.path, "reg")
        assert get(tmp_path / "part.dtb", node, "interrupts") == get(tree, device.path, "interrupts")
        assert get(tmp_path / "part.dtb", node, "xen,path", "s") == device.path


def test_a_tree_that_is_none_is_told(tmp_path):
    with pytest.raises(ValueError, match="syntax error"):
        compile_tree("no tree", tmp_path / "tree.dtb")


@pytest.mark.parametrize("said", ["(XEN) Panic on CPU 0:", "(XEN) Domain 1 (vcpu#0) crashed on cpu#0:"])
def test_a_run_is_given_up_when_xen_says_that_something_has(said, tmp_path):
    machine = XenMachine.__new__(XenMachine)  # not made: Xen would be fetched
    machine.runs = tmp_path
    (tmp_path / "run.console0").write_text("(XEN) Xen version 4.20\n", encoding="utf-8")
    (tmp_path / "run.console1").write_text("hello", encoding="utf-8")
    assert machine.console("run", 1) == "hello"
    (tmp_path / "run.console0").write_text(f"(XEN) Xen version 4.20\n{said}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(said)):
        machine.console("run", 1)


@pytest.fixture(name="no_network")
def fixture_no_network(tmp_path, monkeypatch):
    """A machine whose apt has a mirror that is not there, and that has fetched nothing yet."""
    (tmp_path / "etc").mkdir()
    codename = re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"))[1]
    (tmp_path / "etc" / "sources.list").write_text(f"deb file:{tmp_path}/nowhere {codename} main\n", encoding="utf-8")
    monkeypatch.setenv("APT_ETC", str(tmp_path / "etc"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("no_network")
def test_without_a_network_xen_is_skipped_and_the_reason_said(tmp_path):
    with pytest.raises(Skipped, match="no Xen: Debian's mirror does not answer"):
        XenMachine(BUILD, tmp_path / "runs")


@pytest.mark.parametrize("run", XEN_EXPERIMENTS)
def test_each_experiment_that_is_skipped_says_so_in_the_evidence(run, tmp_path):
    evidence = Evidence(tmp_path)
    xen_skip(run, evidence, "no Xen: it is raining")
    found = [content for folder in evidence.folder.iterdir() for content in evidence.read(folder.name)]
    assert found and all(content["skipped"] == "no Xen: it is raining" for content in found)
    assert {content["system"] for content in found} <= {"xen", "xen-ratelimit0", "xen-own-core"}


@pytest.mark.usefixtures("no_network")
def test_the_benchmark_goes_on_without_xen(tmp_path):
    build = tmp_path / "build"
    shutil.copytree(BUILD / "boards" / "qemu-virt", build / "boards" / "qemu-virt")
    done = subprocess.run([sys.executable, "-m", "bench", build, "xen_exits"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0
    assert "xen_exits skipped: no Xen" in done.stdout
    found, = Evidence(build).read("exits")
    assert found["skipped"].startswith("no Xen")
