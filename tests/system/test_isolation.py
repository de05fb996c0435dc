# SPDX-License-Identifier: Apache-2.0
"""
What a VM cannot do to others, one test a promise. The attacker (guests/attacker) tries all of it on each of its cores
beside a victim, in one run per CPU model; each test looks at the lines of its attacks.
"""

import re

import pytest

from system_run import Machine
from victim import assert_undisturbed, wait_for_victim

CORES = 2
ABORT = r"abort at 0x[0-9a-f]+, all [1-9]\d* steps refused"
ANSWERED = r"refused, all \d+ answers as specified"
SURVIVED = r"survived\b.*"


class Attacks:
    """The lines of a whole attack."""

    def __init__(self, cpu):
        with Machine("attacker.yaml", "--cpu", cpu) as machine:
            self.end = machine.wait_for("hypervisor", "^vm attacker: off$")
            wait_for_victim(machine)
        self.machine = machine
        self.results = {}
        for line in machine.said("attacker"):
            attack = re.match(r"attack (\S+): (.*)", line)
            if attack:
                self.results[attack[1]] = attack[2]

    def end_in(self, outcome, *names):
        """Each of the attacks was made on each core, and ended so."""
        for name in names:
            for core in range(CORES):
                assert re.fullmatch(outcome, self.results[f"{name}.{core}"]), (name, core)


@pytest.fixture(scope="module", params=[pytest.param(cpu, marks=pytest.mark.xdist_group(f"attack-{cpu}"))
                                        for cpu in ("cortex-a53", "max")])
def attacks(request):
    return Attacks(request.param)


def test_the_attack_comes_to_its_end_without_a_breach(attacks):
    said = attacks.machine.said("attacker")
    assert "attacker: 0 answers not as specified" in said
    assert re.fullmatch(r"attacker: \d+ attacks, 0 breaches", said[-1])
    assert len(attacks.results) == int(said[-1].split()[1])


def test_every_core_of_the_attacker_attacks(attacks):
    names = {name.rsplit(".", 1)[0] for name in attacks.results} - {"all-cores-together"}
    assert names and all(f"{name}.{core}" in attacks.results for name in names for core in range(CORES))


def test_all_cores_at_once_get_no_further(attacks):
    assert re.fullmatch(ABORT, attacks.results["all-cores-together.0"])


def test_the_victim_works_on_as_if_it_were_alone(attacks):
    assert_undisturbed(attacks.machine, after=attacks.end)


def test_a_vm_cannot_read_another_vms_memory(attacks):
    attacks.end_in(ABORT, "read-foreign-memory", "read-pages-around", "read-high-memory")


def test_a_vm_cannot_write_another_vms_memory(attacks):
    attacks.end_in(ABORT, "write-foreign-memory", "write-pages-around", "write-high-memory", "dc-zva-foreign-memory")


def test_a_vm_cannot_execute_another_vms_memory(attacks):
    attacks.end_in(ABORT, "execute-foreign-memory", "execute-pages-around", "execute-high-memory")


def test_a_vm_cannot_reach_memory_of_others_by_odd_instructions(attacks):
    attacks.end_in(ABORT, "odd-accesses-foreign-memory", "straddle-end-of-memory")
    attacks.end_in(SURVIVED, "odd-accesses-nothing")


def test_a_vm_cannot_use_memory_of_others_as_its_tables(attacks):
    attacks.end_in(r"abort at .*", "tables-in-foreign-memory")


def test_a_vm_cannot_change_its_info_page(attacks):
    attacks.end_in(ABORT, "write-info-page")


def test_a_vm_cannot_reach_devices_that_it_does_not_own(attacks):
    attacks.end_in(ABORT, "read-foreign-devices", "write-foreign-devices", "execute-foreign-devices")


def test_a_vm_cannot_see_or_change_interrupts_of_others(attacks):
    attacks.end_in(ABORT, *(f"spi-{field}" for field in (
        "group", "enable", "disable", "pend", "unpend", "activate", "deactivate", "priority", "target", "config",
        "modifier", "access")))
    attacks.end_in(SURVIVED, "spi-message")


@pytest.mark.gicv3("a GICv2 routes by targets: test_gicv2.py")
def test_a_vm_cannot_route_interrupts_of_others(attacks):
    attacks.end_in(ABORT, "spi-route")


def test_a_vm_survives_any_access_to_its_distributor(attacks):
    attacks.end_in(SURVIVED, "distributor-all-registers", "odd-accesses-distributor", "odd-accesses-distributor-end")


def test_a_big_endian_access_to_the_distributor_is_swapped(attacks):
    attacks.end_in(ANSWERED, "big-endian-distributor")


@pytest.mark.gicv3("a GICv2 has no redistributors")
def test_a_vm_cannot_reach_redistributors_of_others_or_the_its(attacks):
    attacks.end_in(ABORT, "foreign-redistributors")


@pytest.mark.gicv3("a GICv2 writes no memory")
def test_a_vm_cannot_have_the_interrupt_controller_write_memory(attacks):
    attacks.end_in(r"properties 0x0, pending 0x0", "lpi-tables")


@pytest.mark.gicv3("a GICv2 has no redistributors")
def test_a_vm_cannot_put_the_physical_redistributor_to_sleep(attacks):
    attacks.end_in(r"survived, waker reads 0x0", "redistributor-sleep")
    attacks.end_in(SURVIVED, "redistributor-all-registers")


@pytest.mark.gicv3("the distributor of a GICv2 sends SGIs, and is emulated")
def test_what_direct_interrupts_leave_open_is_only_this(attacks):
    attacks.end_in(r"sent, 0 refused \(allowed by design with direct interrupts\)", "sgi-to-others")


def test_undefined_hypercalls_are_answered_not_supported(attacks):
    attacks.end_in(ANSWERED, "undefined-hvc", "undefined-smc")


def test_hypercalls_with_nonsense_are_answered(attacks):
    attacks.end_in(ANSWERED, "hypercalls-bad-arguments")


def test_calls_with_other_immediates_do_no_harm(attacks):
    attacks.end_in(SURVIVED, "hvc-immediates", "smc-immediates")


@pytest.mark.parametrize("conduit", ["hvc", "smc"])
def test_psci_functions_that_do_not_exist_are_answered_not_supported(attacks, conduit):
    attacks.end_in(ANSWERED, f"psci-unknown-{conduit}", f"psci-reset2-{conduit}")


@pytest.mark.parametrize("conduit", ["hvc", "smc"])
def test_a_vm_cannot_start_a_core_that_is_not_its_own(attacks, conduit):
    attacks.end_in(ABORT, f"psci-foreign-cpu-{conduit}")


@pytest.mark.parametrize("conduit", ["hvc", "smc"])
def test_psci_with_bad_arguments_gives_the_specified_errors(attacks, conduit):
    attacks.end_in(ANSWERED, *(f"psci-{what}-{conduit}" for what in ("running-cpu", "bad-entry", "affinity-info")))
    assert attacks.results[f"psci-bad-entry-{conduit}.0"] != "refused, all 0 answers as specified"


@pytest.mark.parametrize("conduit", ["hvc", "smc"])
def test_a_core_comes_back_from_every_power_state(attacks, conduit):
    attacks.end_in(SURVIVED, f"psci-suspend-{conduit}")


@pytest.mark.parametrize("name", ["hcr", "vttbr", "vtcr", "sctlr", "vbar", "cnthctl", "cntvoff", "ich-hcr", "icc-sre",
                                  "vmpidr"])
def test_a_vm_cannot_touch_a_register_of_the_hypervisor(attacks, name):
    attacks.end_in("read refused, write refused", f"{name}-el2")


def test_a_vm_cannot_touch_any_register_above_el1(attacks):
    attacks.end_in("read refused, write refused", "sctlr-el12", "scr-el3")
    attacks.end_in(ABORT, "registers-el2-el3", "maintenance-of-el2")


def test_a_vm_cannot_change_implementation_defined_registers(attacks):
    attacks.end_in("read refused, write refused", "actlr-el1", "l2ctlr-el1", "l2ectlr-el1", "cpuactlr-el1",
                   "cpuectlr-el1", "cbar-el1", "lorc-el1", "mpam1-el1")


def test_a_vm_cannot_change_the_counter_frequency(attacks):
    attacks.end_in(r"reads (\d+) after a write of (?!\1$)\d+", "cntfrq")


def test_a_vm_survives_all_its_own_registers(attacks):
    attacks.end_in(SURVIVED, "registers-el0-el1")


@pytest.mark.gicv3("a GICv2 has no system registers")
def test_a_vm_survives_the_end_of_its_system_registers(attacks):
    attacks.end_in(SURVIVED, "icc-sre-el1")


def test_cache_maintenance_by_set_and_way_is_ignored(attacks):
    attacks.end_in(r"survived, [1-9]\d* steps, 0 refused", "dc-isw", "dc-csw", "dc-cisw")


def test_floods_of_maintenance_do_no_harm(attacks):
    attacks.end_in(SURVIVED, "tlbi-vmalle1is-flood", "tlbi-vmalle1-flood", "tlbi-vaale1is-flood", "ic-ialluis-flood",
                   "ic-iallu-flood", "dc-foreign-memory", "address-translation")


def test_programs_at_el0_have_the_same_borders(attacks):
    attacks.end_in(r"survived, \d+ instructions, [1-9]\d* faults", "user-mode")


def test_a_vm_that_waits_or_spins_with_interrupts_masked_does_no_harm(attacks):
    attacks.end_in(SURVIVED, "wfi-masked", "wfe", "spin-masked")
