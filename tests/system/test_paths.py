# SPDX-License-Identifier: Apache-2.0
"""The plugin that counts paths reports what a program with paths of known length executes
(bench/plugin/paths-selftest.S), and what is made of it names the functions of the longest one."""

import subprocess
from pathlib import Path

import pytest

from bench.common.elf import Elf
from bench.exits.plugin import plugin_options, read

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "bench"
SELFTEST = BENCH / "paths-selftest.elf"
TURNS = ["-icount", "shift=0,sleep=off"]
EVEN, ODD, AGAIN = range(3)


def machine(options, plugin):
    """Runs the program until it switches the machine off."""
    subprocess.run(["qemu-system-aarch64", "-M", "virt,virtualization=on,gic-version=3",
                    "-cpu", "cortex-a53", "-m", "256M", "-display", "none", "-monitor", "none",
                    "-serial", "none", "-net", "none", "-kernel", SELFTEST, *options,
                    "-plugin", f"{BENCH}/paths.so,{plugin}"],
                   check=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """(the program's code, the plugin's options for it)."""
    made = ["build/bench/paths.so", "build/bench/paths-selftest.elf"]
    subprocess.run(["make", "-s", *made], cwd=ROOT, check=True)
    code, options = plugin_options(Elf(SELFTEST), "hypervisor", ["even", "odd", "again"])
    file = tmp_path_factory.mktemp("code") / "code"
    file.write_bytes(code)
    return file, options


@pytest.fixture(scope="module", ids=["alone", "parallel", "turns"],
                params=[["-smp", "1", *TURNS], ["-smp", "2"], ["-smp", "2", *TURNS]])
def run(request, told, tmp_path_factory):
    """What the plugin tells, and of how many CPUs."""
    file = tmp_path_factory.mktemp("paths") / "paths"
    turns = ",turns=on" if TURNS[0] in request.param else ""
    machine(request.param, f"code={told[0]},{told[1]},out={file}{turns}")
    return read(file), int(request.param[1])


def paths_of(run, number):
    """Of class @number, on each CPU that had any."""
    counted, cpus = run
    paths = [cpu[number] for cpu in counted.cpus if cpu[number].count]
    assert len(paths) == cpus
    return paths


def lengths_of(run, number):
    """The same: (shortest, longest, all together) of them."""
    return {(paths.min, paths.max, paths.sum) for paths in paths_of(run, number)}


def test_each_path_is_counted_once_on_its_own_cpu(run):
    for number in (EVEN, ODD, AGAIN):
        assert [paths.count for paths in paths_of(run, number)] == [500] * run[1]


def test_a_block_that_a_device_ends_early_counts_as_far_as_it_was_executed(run):
    assert lengths_of(run, EVEN) == {(17, 17, 500 * 17)}


def test_a_loop_within_a_block_counts_with_each_round(run):
    assert lengths_of(run, ODD) == {(13, 13, 500 * 13)}


def test_the_symbol_that_begins_a_path_ends_the_one_before(run):
    assert lengths_of(run, AGAIN) == {(3, 3, 500 * 3)}


def test_the_longest_path_is_told_piece_by_piece(run):
    symbols = Elf(SELFTEST).symbols()
    vector = symbols["vectors"] - symbols["_start"] + 0x400
    odd = symbols["odd"] - symbols["_start"]
    for paths in paths_of(run, ODD):
        executed = [offset + 4 * number
                    for offset, count in paths.pieces for number in range(count)]
        loop = [odd + 4, odd + 8, odd + 12]
        assert executed == [vector, vector + 4, odd, *loop, *loop, *loop, odd + 16]


def test_all_paths_have_a_class_and_an_end(run):
    assert (run[0].foreign, run[0].unfinished, run[0].others) == (False, 0, 0)


def test_another_program_in_the_hypervisors_place_is_not_counted(told, tmp_path):
    code = bytearray(told[0].read_bytes())
    code[0x400 + Elf(SELFTEST).symbols()["vectors"] - 0x40100000] ^= 1
    (tmp_path / "code").write_bytes(code)
    machine(["-smp", "1"], f"code={tmp_path}/code,{told[1]},out={tmp_path}/paths")
    assert read(tmp_path / "paths").foreign
    assert not [paths for cpu in read(tmp_path / "paths").cpus for paths in cpu if paths.count]


@pytest.mark.parametrize("options", ["code=/nonexistent", "classes=", "starts=0", "start=x",
                                     "turns=off"])
def test_options_that_cannot_be_used_are_refused(options, told, tmp_path):
    with pytest.raises(subprocess.CalledProcessError):
        machine(["-smp", "1"], f"code={told[0]},{told[1]},out={tmp_path}/paths,{options}")
