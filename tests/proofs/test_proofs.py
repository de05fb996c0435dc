# SPDX-License-Identifier: Apache-2.0
"""Models of what runs at the same time, searched by spin to the last state: the message rings (lib/ring.c), what
CPUs ask of each other in the hypervisor (request), and the life of a VM (life).

Each model is also searched with one thing broken, which spin must find: a model that finds nothing proves nothing.
"""
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

SOUND = [
    ("ring",),
    ("doorbell",),
    ("doorbell", "MESSAGES=5", "RESTARTS=0"),
    ("restart",),
    ("restart", "MESSAGES=8", "RESTARTS=1", "RESETS=0"),
    ("restart", "MESSAGES=3", "RESTARTS=1", "RESETS=2"),
    ("request",),
    ("life",),
    ("life", "VIRTUAL"),
    ("life", "VIRTUAL", "NEIGHBOUR"),
    ("life", "REQUESTS=3", "TURNS_ON=0", "VIRTUAL", "NEIGHBOUR"),
    ("life", "WORDS=3", "OWN=0"),
    ("life", "WORDS=3", "OWN=0", "VIRTUAL"),
    ("life", "MANAGER_ENDS=1", "OWN=0"),
    ("life", "FAULTS=7", "REQUESTS=1", "OWN=0", "MANAGER_ENDS=1"),
    ("life", "FAULTS=7", "OWN=0", "VIRTUAL"),
    ("life", "FAULTS=7", "REQUESTS=1", "TURNS_ON=0", "VIRTUAL"),
    ("life", "FAULTS=1", "OWN=0", "VIRTUAL", "NEIGHBOUR"),
    ("life", "FAULTS=2", "OWN=0", "TURNS_ON=0", "VIRTUAL", "NEIGHBOUR"),
]

# In which no state comes twice: so all that can go on comes to an end, and what was asked is done then.
ENDING = [
    ("life", "REQUESTS=1"),
    ("life", "OWN=0", "VIRTUAL"),
    ("life", "FAULTS=7", "REQUESTS=1", "TURNS_ON=0", "VIRTUAL"),
]

WRONG = "assertion violated"
STUCK = "invalid end state"
ENDLESS = "non-progress cycle"

BROKEN = [
    ("ring", "NO_RELEASE", WRONG),
    ("ring", "NO_ACQUIRE", WRONG),
    ("ring", "EARLY_INDEX", WRONG),
    ("ring", "NO_SPACE_CHECK", WRONG),
    ("ring", "SMALL_INDEX", STUCK),
    ("doorbell", "NO_BARRIER_SENDER", STUCK),
    ("doorbell", "NO_BARRIER_RECEIVER", STUCK),
    ("doorbell", "NO_BARRIER_SLEEPER", STUCK),
    ("doorbell", "NO_LAST_LOOK", STUCK),
    ("doorbell", "SAME_WAITS", STUCK),
    ("doorbell", "BELL_NOT_KEPT", STUCK),
    ("doorbell", "NO_BELL_AT_OPEN", STUCK),
    ("restart", "NO_LOOK_AT_EPOCH", WRONG),
    ("restart", "LATE_EPOCH", WRONG),
    ("restart", "SAME_EPOCH", WRONG),
    ("restart", "FORGET_SENT", WRONG),
    ("restart", "FORGET_RECEIVED", WRONG),
    ("restart", "TWO_WORDS", WRONG),
    ("restart", "LEFT_IGNORED", STUCK),
    ("restart", "REJOIN", WRONG),
    ("request", "KICK_ALWAYS", WRONG),
    ("request", "TAKE_WAITING", WRONG),
    ("request", "TAKE_OFF", WRONG),
    ("request", "NO_WAKE", WRONG),
    ("request", "WAIT_BLIND", WRONG),
    ("request", "EVENT_DEAF", WRONG),
    ("request", "RECALL_QUIET", WRONG),
    ("life", "LEFT_LATE FAULTS=1 VIRTUAL", WRONG),
    ("life", "REVOKING_LATE", WRONG),
    ("life", "GRANT_EARLY", WRONG),
    ("life", "SLEEP_BLIND", WRONG),
    ("life", "KICK_EARLY", WRONG),
    ("life", "LOOK_EARLY VIRTUAL", WRONG),
    ("life", "NO_TLB", WRONG),
    ("life", "ON_UNCOUNTED", WRONG),
    ("life", "ENTRY_LATE", WRONG),
    ("life", "PARK_TWO_STEPS", WRONG),
    ("life", "SETTLE_STORE", WRONG),
    ("life", "RUNS_STORE", WRONG),
    ("life", "RESTART_STOPPED", WRONG),
    ("life", "ASK_AGAIN", WRONG),
    ("life", "SETTLE_LOST FAULTS=2", WRONG),
    ("life", "LOST_GRANTED FAULTS=2", WRONG),
    ("life", "LOST_COUNTED FAULTS=1", WRONG),
    ("life", "KICKS_UNCOVERED FAULTS=4 OWN=0", WRONG),
    ("life", "REFUSED_UNCOUNTED FAULTS=1 OWN=0 VIRTUAL NEIGHBOUR", WRONG),
    # What the engine does not stand: docs/proofs.md.
    ("life", "FAULT_AT_START FAULTS=4 OWN=0", WRONG),
    ("life", "FAULT_AT_OFF FAULTS=1 MANAGER_ENDS=1", WRONG),
    ("life", "FAULT_AT_POWER FAULTS=1 MANAGER_ENDS=1", WRONG),
]


def search(folder, model, defines, cycles=False):
    """What spin's verifier says after it has searched all states, or up to the first error; or if it looks for cycles."""
    subprocess.run(["spin", "-a", *[f"-D{define}" for define in defines], HERE / f"{model}.pml"], cwd=folder, check=True,
                   stdout=subprocess.PIPE)
    subprocess.run(["gcc", "-O1", "-w", "-DNP" if cycles else "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=3000", "pan.c", "-o", "pan"],
                   cwd=folder, check=True)
    # -b: a depth that does not suffice is an error
    return subprocess.run(["./pan", "-b", "-m200000", "-n", *(["-l"] if cycles else [])], cwd=folder, check=True, timeout=600,
                          text=True, stdout=subprocess.PIPE).stdout


def assert_all_was_searched(said):
    assert re.search(r"errors: 0$", said, re.MULTILINE), said
    assert int(re.search(r"(\d+) states, stored", said)[1]) > 1000, said
    assert "Search not completed" not in said and "too small" not in said, said


@pytest.mark.parametrize("model", SOUND, ids="-".join)
def test_in_no_state_of_the_model_is_anything_wrong(model, tmp_path):
    assert_all_was_searched(search(tmp_path, model[0], model[1:]))


@pytest.mark.parametrize("model", ENDING, ids="-".join)
def test_all_that_can_go_on_comes_to_an_end(model, tmp_path):
    assert_all_was_searched(search(tmp_path, model[0], model[1:], cycles=True))


@pytest.mark.parametrize("model, broken, finding", BROKEN)
def test_the_model_sees_what_is_broken(model, broken, finding, tmp_path):
    said = search(tmp_path, model, broken.split())
    assert re.search(r"errors: 1$", said, re.MULTILINE) and finding in said, said


def test_the_model_sees_what_goes_on_for_ever(tmp_path):
    said = search(tmp_path, "life", ["STAY", "REQUESTS=1"], cycles=True)
    assert re.search(r"errors: 1$", said, re.MULTILINE) and ENDLESS in said, said


def enumerators(header, name):
    """The enumerators of enum `name` in `header`, and their values."""
    text = re.sub(r"/\*.*?\*/", "", (ROOT / header).read_text(), flags=re.DOTALL)
    body = re.search(rf"enum {name} {{(.*?)}}", text, re.DOTALL)[1]
    found = re.findall(r"(\w+)(?:\s*=\s*(\d+))?\s*(?:,|$)", body.strip())
    values, following = {}, 0
    for enumerator, value in found:
        values[enumerator] = int(value) if value else following
        following = values[enumerator] + 1
    return values


def test_the_model_of_a_life_has_the_engines_phases():
    model = (HERE / "life_shared.pml").read_text()
    defined = dict(re.findall(r"^#define (\w+) +(\d+)$", model, re.MULTILINE))
    phases = enumerators("abi/manager.h", "vm_status_state")
    powers = enumerators("hypervisor/vm.h", "vcpu_power")
    assert len(phases) == 7 and len(powers) == 4
    for name, value in [*((name.removeprefix("VM_STATUS_"), value) for name, value in phases.items()), *powers.items()]:
        assert int(defined[name]) == value, name

    table = re.search(r"phases_before\[\] = {(.*?)}", (ROOT / "hypervisor/vm.c").read_text(), re.DOTALL)[1]
    engine = {phase: sorted(re.findall(r"1U << VM_STATUS_(\w+)", before))
              for phase, before in re.findall(r"\[VM_STATUS_(\w+)\] =\s+([^,]*)", table)}
    assert engine == {phase: sorted(re.findall(r"1 << (\w+)", before))
                      for phase, before in re.findall(r"^#define BEFORE_(\w+) +\((.*)\)$", model, re.MULTILINE)
                      if not phase.endswith("_TOO")}
