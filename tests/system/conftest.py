# SPDX-License-Identifier: Apache-2.0
"""Builds the guests that only these tests use, once, before any test process starts."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # a process of pytest-xdist: the first one has built
    made = subprocess.run(["make", "-s", "system-guests"], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode != 0:
        pytest.exit(f"make system-guests:\n{made.stdout}", returncode=1)
