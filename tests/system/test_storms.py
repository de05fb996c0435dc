# SPDX-License-Identifier: Apache-2.0
"""A VM that asks something of a core on which it doesn't run, without end: no kind of request costs its neighbour there more exits than
the plan's rates allow, whatever the vCPU that is asked does meanwhile.

The machine counts instructions instead of time; each CPU hands over to the next one after each request, so none is hidden by
another one (bench/guests/storm.h has all kinds, docs/measuring.md what is counted).
"""

import subprocess
from pathlib import Path

import pytest

from bench.counts.machine import Machine
from bench.counts.storms import SYSTEMS, Allowance, Storm, read_storms, run_storms

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]

SPI = ["ISPENDR", "ISPENDR ICPENDR", "ISPENDR ICENABLER ISENABLER", "ISPENDR IROUTER IROUTER", "ISACTIVER ISPENDR",
       "ICACTIVER ISPENDR", "ISPENDR ICACTIVER", "ISACTIVER ICENABLER ISENABLER", "ISACTIVER IROUTER IROUTER",
       "ISACTIVER ISPENDR ICACTIVER", "IPRIORITYR ICFGR GICD_CTLR", "ISPENDR, DIR by a direct VM"]
PRIVATE = ["GICR of the target", "SGI1R, one", "SGI1R, all 16", "SGI1R, IRM", "SGI1R, a list"]
DOORBELLS = ["doorbell", "doorbell, interval"]
LIVES = ["CPU_ON AFFINITY_INFO", "CPU_ON ISPENDR", "SYSTEM_RESET", "manager: restart", "manager: stop, start"]
TINY = ["tiny: SYSTEM_RESET", "tiny: CPU_ON SYSTEM_RESET", "tiny: SYSTEM_OFF, manager: start", "tiny, manager: restart",
        "tiny: fault"]

TARGETS = ["answers", "WFI, PMR", "WFI, off", "HC_DELAY", "HC_EVENT_WAIT", "ready", "off"]
ONE_TARGET = {"CPU_ON AFFINITY_INFO", "CPU_ON ISPENDR", *TINY}

# So often each kind was asked at least: a doorbell with an interval as often as it may, a life as often as there can be one.
ASKED = {kind: 500 for kind in SPI + PRIVATE + DOORBELLS} | {"doorbell, interval": 19} | {kind: 3 for kind in LIVES + TINY}


def the_storms(system, folder):
    made = subprocess.run(["make", "-s", f"build/bench/systems/{system}.elf"], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert made.returncode == 0, made.stdout
    return run_storms(Machine(ROOT / "build", folder), system)


@pytest.fixture(scope="module")
def requests(tmp_path_factory):
    return the_storms("storms", tmp_path_factory.mktemp("storms"))


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    return the_storms("storms-lives", tmp_path_factory.mktemp("lives"))


def allowance(system):
    return Allowance(ROOT / "bench" / "systems" / f"{system}.yaml")


def assert_it_costs_no_more_than_the_plan_allows(storms, system, kind):
    found = [storm for storm in storms if storm.kind == kind]
    assert [storm.target for storm in found] == (TARGETS[-1:] if kind in ONE_TARGET else TARGETS)
    assert all(storm.asked >= ASKED[kind] for storm in found), found
    allowed = allowance(system)
    assert not [(storm, f"{allowed.exits(storm)} allowed") for storm in found if allowed.excess(storm) > 0]


@pytest.mark.xdist_group("storms")
@pytest.mark.parametrize("kind", SPI + PRIVATE + DOORBELLS)
def test_a_request_costs_a_neighbour_no_more_than_the_plan_allows(requests, kind):
    assert_it_costs_no_more_than_the_plan_allows(requests, "storms", kind)


@pytest.mark.xdist_group("storms-lives")
@pytest.mark.parametrize("kind", LIVES + TINY)
def test_starts_and_ends_cost_a_neighbour_no_more_than_the_plan_allows(lives, kind):
    assert_it_costs_no_more_than_the_plan_allows(lives, "storms-lives", kind)


@pytest.mark.xdist_group("storms")
@pytest.mark.parametrize("target", TARGETS)
def test_who_is_asked_nothing_costs_a_neighbour_no_more_than_its_turns(requests, target):
    calm, = [storm for storm in requests if (storm.kind, storm.target) == ("nothing", target)]
    turns = calm.ns // allowance("storms").slice + 1 if target == "ready" else 0
    assert calm.exits <= turns


@pytest.mark.xdist_group("storms")
def test_what_a_target_takes_came_from_its_peer(requests):
    """The storms reach the target at all: where it may, it takes an interrupt in each of its turns."""
    for kind in ("ISPENDR", "SGI1R, one", "doorbell", "doorbell, interval"):
        answers, = [storm for storm in requests if (storm.kind, storm.target) == (kind, "answers")]
        assert answers.answered >= 19, answers


@pytest.mark.xdist_group("storms")
def test_every_storm_is_judged(requests, lives):
    assert {storm.kind for storm in requests} == {"nothing", *SPI, *PRIVATE, *DOORBELLS}
    assert {storm.kind for storm in lives} == {*LIVES, *TINY}
    assert SYSTEMS.keys() == {"storms", "storms-lives"}


MILLISECOND = 1000000
# In 20 ms: 42 interrupts of the attacker, 1 of the victim, 21 ends of turns (bench/systems/storms.yaml).
ALLOWED = 64


def excess(**fields):
    storm = Storm("ISPENDR", "off", 20 * MILLISECOND, ALLOWED, 0, 1000, 0)
    return allowance("storms").excess(storm._replace(**fields))


def test_more_exits_than_the_plan_allows_are_an_excess_a_second():
    assert excess() == 0
    assert excess(exits=ALLOWED + 1) == 50
    assert excess(exits=ALLOWED + 1, ns=40 * MILLISECOND) == 0


def test_an_interval_is_one_more_source():
    assert excess(exits=ALLOWED + 21, kind="doorbell, interval") == 0
    assert excess(exits=ALLOWED + 22, kind="doorbell, interval") == 50


def test_counters_that_miss_what_the_victim_has_noticed_are_told():
    with pytest.raises(ValueError, match="miss what the victim has noticed"):
        excess(exits=3, felt=5)


def test_what_the_watcher_tells_is_read():
    assert read_storms("x\r\nstorm: ISPENDR, a; target WFI, PMR: ns=1 exits=2 felt=3 asked=4 answered=5\r\nstorm: done\r\n") == [
        Storm("ISPENDR, a", "WFI, PMR", 1, 2, 3, 4, 5)]
