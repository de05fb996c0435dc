# SPDX-License-Identifier: Apache-2.0
"""While nobody may run on a shared core, the hypervisor sleeps there, whatever is pending for those who may not."""

import subprocess
import sys
from pathlib import Path

from system_run import SYSTEMS, nagaya

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from machine import Machine  # noqa: E402  (bench/ has to be found first)

# A way through the hypervisor takes a thousand instructions; polling for a gap of 8 ms would take millions of them.
PER_EXIT = 2000


def test_the_hypervisor_sleeps_while_the_only_guest_with_an_interrupt_has_no_slot(tmp_path):
    subprocess.run(["make", "-s", "build/bench/el2count.so"], cwd=ROOT, check=True)
    image = tmp_path / "image.elf"
    composed = nagaya("compose", SYSTEMS / "shared-gaps.yaml", "-o", image)
    assert composed.returncode == 0, composed.stderr
    console, counts = Machine(ROOT / "build", tmp_path).count("gaps", image)
    assert "periodic: 60 periods" in console
    exits = sum(entry["exits"] for section in counts.cpus[0]["sections"] for entry in section["entries"])
    assert counts.cpus[0]["executed"] - counts.boot() < PER_EXIT * exits
