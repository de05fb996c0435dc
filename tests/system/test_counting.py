# SPDX-License-Identifier: Apache-2.0
"""The counting plugin reports what a program of known length executes (bench/plugin/selftest.S)."""

import json
import subprocess
from pathlib import Path

import pytest

from bench.common.elf import Elf

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "build" / "bench"


@pytest.fixture(scope="module", params=[["-smp", "1", "-icount", "shift=0,sleep=off"], ["-smp", "2"]],
                ids=["deterministic", "parallel"])
def counts(request, tmp_path_factory):
    """What the plugin reports for CPU 0, its sections by their numbers."""
    made = ["build/bench/el2count.so", "build/bench/selftest.elf"]
    subprocess.run(["make", "-s", *made], cwd=ROOT, check=True)
    symbols = Elf(BENCH / "selftest.elf").symbols()
    caller = symbols["vectors"] + 0x400
    call = f"call={symbols['odd_call']:#x}:{caller:#x}:{symbols['odd_call'] - caller:#x}"
    output = tmp_path_factory.mktemp("counting") / "counts.json"
    subprocess.run(["qemu-system-aarch64", "-M", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a53",
                    "-m", "256M", "-display", "none", "-monitor", "none", "-serial", "none", "-net", "none",
                    "-kernel", BENCH / "selftest.elf", *request.param,
                    "-plugin", f"{BENCH}/el2count.so,text=0x40100000:0x1000,out={output},{call},series=2:3,trace=on"],
                   check=True, timeout=30, stdin=subprocess.DEVNULL)
    cpu = json.loads(output.read_text())[0]
    cpu["sections"] = {section["section"]: section for section in cpu["sections"]}
    return cpu


def test_the_instructions_of_a_boot_are_counted_up_to_the_first_return(counts):
    assert counts["first_run"] == 11


def test_the_exits_of_a_section_and_their_instructions_are_counted(counts):
    entry, = counts["sections"][1]["entries"]
    assert (entry["exits"], entry["instructions"], entry["min"], entry["max"]) == (1000, 5000, 4, 6)


def test_exits_are_told_apart_by_the_vector_that_they_enter_at(counts):
    entry, = counts["sections"][1]["entries"]
    assert entry["address"] % 0x800 == 0x400


def test_code_of_the_guest_is_not_counted(counts):
    assert counts["sections"][2]["marks"] == 1
    assert counts["sections"][2]["entries"] == []


def test_every_instruction_of_the_hypervisor_is_counted_once(counts):
    assert counts["executed"] == 11 + 5000 + 4


def test_exits_with_instructions_of_a_guest_between_them_are_passages_of_their_own(counts):
    passages = counts["sections"][1]["passages"]
    assert (passages["1"]["count"], passages["1"]["instructions"], passages["1"]["max"]) == (999, 4994, 6)
    assert (passages["0"]["count"], passages["0"]["max"]) == (1, 6)


def test_the_trace_tells_the_instructions_of_the_longest_passage(counts):
    trace = counts["sections"][1]["passages"]["1"]["trace"]
    assert [times for _, times in trace] == [1] * 6


def test_calls_of_the_function_that_is_watched_are_counted_without_their_caller(counts):
    calls = counts["calls"]
    assert (calls["count"], calls["instructions"], calls["max"]) == (500, 2500, 5)


def test_moments_keep_what_was_executed_until_then(counts):
    first, last = counts["moments"]["0"], counts["moments"]["1"]
    assert last["guest"] - first["guest"] == 2002
    assert last["hypervisor"] == first["hypervisor"]


def test_each_step_of_a_series_is_counted_exactly(counts):
    assert counts["series"] == [[4, 6], [6, 8]] * 500


@pytest.mark.parametrize("plugin, argument", [
    ("el2count", "text=0x1000"), ("el2count", "text=1:0"), ("el2count", "call=1:2"),
    ("el2count", "series=1:2:3"), ("el2count", "trace=off"), ("paths", "begins=x"),
    ("paths", "classes=1::2"), ("paths", "classes=" + ":".join(["1"] * 33)), ("paths", "starts=1")])
def test_an_argument_that_a_plugin_cannot_use_is_named(plugin, argument):
    made = f"build/bench/{plugin}.so"
    subprocess.run(["make", "-s", made], cwd=ROOT, check=True)
    ended = subprocess.run(["qemu-system-aarch64", "-M", "none", "-display", "none", "-plugin", f"{made},{argument}"], cwd=ROOT, timeout=30,
                           stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert f"{plugin}: {argument} can't be used" in ended.stderr
