# SPDX-License-Identifier: Apache-2.0
"""Builds the guests that only these tests use, once, before any test process starts; and leaves out what is not for the board that is
tried."""

import subprocess
from pathlib import Path

import pytest

import tried_board

ROOT = Path(__file__).resolve().parents[2]
MARKS = {
    "gicv3": "gicv3(reason): its subject is what only a GICv3 has",
    "one_board": "one_board(reason): it is the same on each board, and looked at on qemu-virt",
}


def pytest_addoption(parser):
    parser.addoption("--board", default=tried_board.DEFAULT, metavar="NAME", help="the board that systems are run on (boards/NAME)")


def pytest_configure(config):
    for mark in MARKS.values():
        config.addinivalue_line("markers", mark)
    tried_board.choose(config.getoption("--board"))
    if hasattr(config, "workerinput"):
        return  # a process of pytest-xdist: the first one has built
    made = subprocess.run(["make", "-s", "system-guests"], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode != 0:
        pytest.exit(f"make system-guests:\n{made.stdout}", returncode=1)


def _is_left_out(item):
    if not tried_board.is_other():
        return False
    return item.get_closest_marker("one_board") or (item.get_closest_marker("gicv3") and tried_board.gic_version() != 3)


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if _is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
