# SPDX-License-Identifier: Apache-2.0
"""
A short run of the register fuzzer (guests/fuzzer) in each delivery mode, beside a victim that looks at its own state in each period.
`make fuzz-guest` runs for longer (docs/fuzzing.md).
"""

import pytest

from tests.fuzz import guest

SWEEP = {"dense": 24, "thin": 2048}
STEPS = {"dense": 0, "lives": 8, "steps": 1000}


@pytest.mark.parametrize("mode", guest.MODES)
def test_a_sweep_over_all_registers_harms_nobody(mode, tmp_path):
    result = guest.run(guest.Setting(mode, 1, lives=1, steps=300, **SWEEP), tmp_path)
    assert not result.findings and not result.cut_off, result.tell()
    assert result.lives >= 2


@pytest.mark.parametrize("mode", guest.MODES)
def test_random_steps_on_all_vcpus_at_once_harm_nobody(mode, tmp_path):
    result = guest.run(guest.Setting(mode, 2, counted=False, **STEPS), tmp_path)
    assert not result.findings and not result.cut_off, result.tell()
    assert result.lives >= STEPS["lives"]


def test_a_periodic_vm_is_woken_in_time_whatever_the_fuzzer_does_on_its_core(tmp_path):
    """One core works: what is late is late by so many instructions."""
    result = guest.run(guest.Setting("shared", 3, alone=True, **STEPS), tmp_path)
    assert not result.findings and not result.cut_off, result.tell()
    assert 0 < result.worst <= guest.WAKEUP_ALONE


def test_what_a_step_does_follows_from_the_seed(tmp_path):
    runs = [guest.run(guest.Setting("shared", seed, alone=True, dense=0, lives=3, steps=1000), tmp_path) for seed in (4, 4, 5)]
    traces = [[line for line in run.seen if "phase" in line] for run in runs]
    length = min(len(trace) for trace in traces)  # where the machine was switched off is nobody's seed
    assert length > 2
    assert traces[0][:length] == traces[1][:length] != traces[2][:length]
