# SPDX-License-Identifier: Apache-2.0
"""Each number that `make bench` has counted is within its budget, and no longer than it is declared to be (bench/budgets.yaml). Runs
after `make bench`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.common.budgets import Budgets, path
from bench.common.debug_info import compiler
from bench.counts.declare_budgets import declared
from bench.counts.machine import Machine
from bench.counts.measures import boot, messages, single_exits, timer_latency, wakeups

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
BUDGETS = Budgets.read()
RESULTS = ROOT / "build" / "bench" / "results.json"


@pytest.fixture(scope="module")
def results():
    """What the last `make bench` has counted."""
    if not RESULTS.exists():
        pytest.fail("there is no build/bench/results.json: run `make bench` first")
    return json.loads(RESULTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [name for name in BUDGETS.names() if BUDGETS.entries[name]["budget"] is not None])
def test_a_number_is_within_its_budget(name, results):
    assert BUDGETS.judge(name, results) is None


@pytest.mark.parametrize("name", [name for name, entry in BUDGETS.entries.items() if "now" in entry])
def test_a_number_has_not_grown_without_being_declared(name, results):
    made_with = compiler(ROOT / "build" / "hypervisor" / "arm64-gicv3.elf")
    if made_with != BUDGETS.counted_with:
        pytest.skip(f"what numbers were before is known for {BUDGETS.counted_with}, this build is of {made_with}")
    assert BUDGETS.regressed(name, results) is None


def test_every_number_of_the_table_is_measured(results):
    assert list(results) == BUDGETS.names()


def test_a_number_over_its_budget_is_told():
    name = "hypercall_null"
    budget = BUDGETS.entries[name]["budget"]
    assert BUDGETS.judge(name, {name: budget}) is None
    assert "over its budget" in BUDGETS.judge(name, {name: budget + 1})


def test_a_share_below_its_budget_is_told_where_that_is_the_least():
    name = "check_kill_percent"
    assert BUDGETS.judge(name, {name: 100}) is None
    assert "less than its budget of 100" in BUDGETS.judge(name, {name: 99.99})


def test_a_number_that_was_not_measured_is_told():
    assert "not measured" in BUDGETS.judge("hypercall_null", {})


def test_a_number_that_has_grown_is_told_and_how_to_declare_it():
    budgets = Budgets({"path": {"budget": 900, "now": 500, "unit": "instructions", "peers": {}}}, "gcc 1")
    assert budgets.regressed("path", {"path": 510}) is None
    told = budgets.regressed("path", {"path": 511})
    assert "2.2% more than 500" in told and "`now: 511` in bench/budgets.yaml" in told and "bench-declare" in told
    assert budgets.regressed("path", {}) is None  # judge() tells that it was not measured


def test_any_growth_from_zero_is_told():
    budgets = Budgets({"path": {"budget": None, "now": 0, "unit": "exits", "peers": {}}}, "gcc 1")
    assert budgets.regressed("path", {"path": 0}) is None
    assert "no longer 0" in budgets.regressed("path", {"path": 0.001})


def test_what_varies_is_not_judged_for_growth():
    budgets = Budgets({"path": {"budget": 9, "varies": "with the weather", "unit": "%", "peers": {}}}, "gcc 1")
    assert budgets.regressed("path", {"path": 8}) is None and budgets.improved("path", {"path": 1}) is None


def test_a_number_that_is_smaller_now_is_told():
    budgets = Budgets({"path": {"budget": 900, "now": 500, "unit": "instructions", "peers": {}}}, "gcc 1")
    assert budgets.improved("path", {"path": 490}) is None
    assert "2.2% less than 500" in budgets.improved("path", {"path": 489})


def test_declaring_changes_the_numbers_and_nothing_else():
    text = path().read_text(encoding="utf-8")
    now = {name: entry["now"] for name, entry in BUDGETS.entries.items() if "now" in entry}
    assert declared(text, now | {"linux_overhead_percent": 0.5}, BUDGETS.counted_with) == text
    changed = declared(text, {"hypercall_null": 39, "message_roundtrip_same_core": 1000.5}, "gcc 99.1.0")
    different = [(old, new) for old, new in zip(text.splitlines(), changed.splitlines()) if old != new]
    assert len(different) == 3 and len(text.splitlines()) == len(changed.splitlines())
    assert [new.count(number) for (_, new), number in zip(different, ("gcc 99.1.0", "now: 1000.5,", "now: 39,"))] == [1, 1, 1]


def compare(*arguments):
    """What bench/counts/compare_results.py says of the files @arguments: (exit status, its output)."""
    ran = subprocess.run([sys.executable, "-m", "bench.counts.compare_results", *arguments], cwd=ROOT, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    return ran.returncode, ran.stdout


def test_two_results_are_compared(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps({"hypercall_null": 38, "text_bytes": 24576, "direct_spi_irq_el2": 0, "gone": 1}), encoding="utf-8")
    new.write_text(json.dumps({"hypercall_null": 40, "text_bytes": 20480, "direct_spi_irq_el2": 0, "came": 2}), encoding="utf-8")
    status, told = compare(old, new)
    lines = [line.split() for line in told.splitlines()]
    assert status == 0
    assert lines[1:3] == [["hypercall_null", "38", "40", "+5.3%", "instructions"], ["text_bytes", "24,576", "20,480", "-16.7%", "bytes"]]
    assert f"only in {old}: gone" in told and f"only in {new}: came" in told
    assert told.splitlines()[-1] == "2 changed (1 grew by more than 2%), 1 are the same"


def test_make_compares_two_results(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text('{"hypercall_null": 38}', encoding="utf-8")
    new.write_text('{"hypercall_null": 38}', encoding="utf-8")
    made = subprocess.run(["make", "-s", "--no-print-directory", "bench-compare", old, new], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    assert (made.returncode, made.stdout) == (0, "0 changed (0 grew by more than 2%), 1 are the same\n")


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"a": "b"}'])
def test_what_is_no_result_is_not_compared(content, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text("{}", encoding="utf-8")
    if content is not None:
        bad.write_text(content, encoding="utf-8")
    status, told = compare(good, bad)
    assert status == 2 and told.startswith(f"bench-compare: {bad}: ")


@pytest.mark.parametrize("measure", [boot, messages, single_exits, timer_latency, wakeups])
def test_counting_twice_gives_the_same_numbers(measure, results, tmp_path):
    again = measure(Machine(ROOT / "build", tmp_path))
    assert again == {name: results[name] for name in again}
