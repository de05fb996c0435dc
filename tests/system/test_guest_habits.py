# SPDX-License-Identifier: Apache-2.0
"""Unmodified programs run: what RTOSes and small kernels take for granted (guests/bare/habits.c, guests/psci.c)."""

import pytest

from system_run import SYSTEMS, run

CPUS = ("cortex-a53", "cortex-a72", "cortex-a76", "max")

HABITS = [
    "interrupt-controller", "virtual-timer-after-groups-cleared", "spi-after-groups-cleared",
    "sgi-to-self-after-groups-cleared", "physical-counter", "physical-timer", "masked-by-priority",
    "wait-with-interrupts-masked", "debug-registers", "performance-counters", "caches-by-set-and-way",
    "feature-registers", "a-higher-level-is-there", "priority-bits-by-the-first-spi", "priority-bits-by-a-private-interrupt",
    "priority-bits-by-a-word", "priority-keeps-its-value",
]

# On virtual interrupts, on each CPU; on direct ones; on a CPU that calls itself 3, shown as 0.
KINDS = {f"virtual-{cpu}": (cpu, "") for cpu in CPUS} | {
    "direct": ("cortex-a53", "realtime: hard\n    cpus: [0]"),
    "direct-checked": ("cortex-a53", "realtime: hard\n    affinity: virtual\n    cpus: [3]"),
}

PSCI = [
    "VERSION", "FEATURES", "FEATURES-of-nothing", "FEATURES-of-SMCCC", "SMCCC_VERSION", "SMCCC_ARCH_FEATURES",
    "MIGRATE_INFO_TYPE", "AFFINITY_INFO-off", "CPU_ON", "AFFINITY_INFO-on", "CPU_ON-already-on", "AFFINITY_INFO-32-bit",
    "CPU_OFF", "CPU_ON-not-a-core", "CPU_ON-not-in-memory", "CPU_SUSPEND", "CPU_SUSPEND-32-bit", "CPU_SUSPEND-power-down",
]


@pytest.fixture(scope="module", params=[pytest.param(kind, marks=pytest.mark.xdist_group(f"habits-{kind}")) for kind in KINDS])
def habits(request, tmp_path_factory):
    cpu, keys = KINDS[request.param]
    system = (SYSTEMS / "habits.yaml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("system") / "habits.yaml"
    path.write_text(system.replace("cpus: [0]", keys) if keys else system, encoding="utf-8")
    return run(path, "--cpu", cpu)


@pytest.mark.parametrize("name", HABITS)
def test_a_program_may_have_the_habit(habits, name):
    assert f"habits: {name}: ok" in habits.said("guest")


def test_all_habits_are_tried(habits):
    assert len(habits.said("guest")) == len(HABITS) + 1


def test_no_habit_is_logged_as_a_fault(habits):
    assert not [line for line in habits.log("guest") if "not granted" in line]


@pytest.fixture(scope="module")
def psci():
    return run("psci.yaml")


@pytest.mark.xdist_group("psci")
@pytest.mark.parametrize("conduit", ["hvc", "smc"])
@pytest.mark.parametrize("name", PSCI)
def test_psci_is_answered_by_both_conduits(psci, conduit, name):
    assert f"psci: {conduit} {name}: ok" in psci.said("guest")


@pytest.mark.xdist_group("psci")
def test_all_psci_functions_are_tried_and_end_by_smc(psci):
    assert len(psci.said("guest")) == 2 * len(PSCI) + 1
    assert psci.said("guest")[-1] == "psci: done"
    assert psci.summary()["guest"]["state"] == "off"
