# SPDX-License-Identifier: Apache-2.0
"""Each number that `make bench` has counted is within its budget (bench/budgets.yaml). Runs after `make bench`."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from budgets import Budgets  # noqa: E402  (bench/ has to be found first)
from machine import Machine  # noqa: E402
from measures import boot, messages, single_exits, timer_latency, wakeups  # noqa: E402

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


def test_every_number_of_the_table_is_measured(results):
    assert list(results) == BUDGETS.names()


def test_a_number_over_its_budget_is_told():
    name = "hypercall_null"
    budget = BUDGETS.entries[name]["budget"]
    assert BUDGETS.judge(name, {name: budget}) is None
    assert "over its budget" in BUDGETS.judge(name, {name: budget + 1})


def test_a_number_that_was_not_measured_is_told():
    assert "not measured" in BUDGETS.judge("hypercall_null", {})


@pytest.mark.parametrize("measure", [boot, messages, single_exits, timer_latency, wakeups])
def test_counting_twice_gives_the_same_numbers(measure, results, tmp_path):
    again = measure(Machine(ROOT / "build", tmp_path))
    assert again == {name: results[name] for name in again}
