# SPDX-License-Identifier: Apache-2.0
"""Models of what runs at the same time, searched by spin to the last state: the message rings (lib/ring.c), and
what CPUs ask of each other in the hypervisor (request, mute).

Each model is also searched with one thing broken, which spin must find: a model that finds nothing proves nothing.
"""
import re
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent

SOUND = [
    ("ring",),
    ("doorbell",),
    ("doorbell", "MESSAGES=5", "RESTARTS=0"),
    ("restart",),
    ("restart", "MESSAGES=8", "RESTARTS=1", "RESETS=0"),
    ("restart", "MESSAGES=3", "RESTARTS=1", "RESETS=2"),
    ("request",),
]

WRONG = "assertion violated"
STUCK = "invalid end state"

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
]


def search(folder, model, defines):
    """What spin's verifier says after it has searched all states, or up to the first error."""
    subprocess.run(["spin", "-a", *[f"-D{define}" for define in defines], HERE / f"{model}.pml"], cwd=folder, check=True,
                   stdout=subprocess.PIPE)
    subprocess.run(["gcc", "-O1", "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=3000", "pan.c", "-o", "pan"], cwd=folder,
                   check=True)
    # -b: a depth that does not suffice is an error
    return subprocess.run(["./pan", "-b", "-m200000", "-n"], cwd=folder, check=True, timeout=600, text=True,
                          stdout=subprocess.PIPE).stdout


@pytest.mark.parametrize("model", SOUND, ids="-".join)
def test_in_no_state_of_the_model_is_anything_wrong(model, tmp_path):
    said = search(tmp_path, model[0], model[1:])
    assert re.search(r"errors: 0$", said, re.MULTILINE), said
    assert int(re.search(r"(\d+) states, stored", said)[1]) > 1000, said
    assert "Search not completed" not in said and "too small" not in said, said


@pytest.mark.parametrize("model, broken, finding", BROKEN)
def test_the_model_sees_what_is_broken(model, broken, finding, tmp_path):
    said = search(tmp_path, model, [broken])
    assert re.search(r"errors: 1$", said, re.MULTILINE) and finding in said, said
