# SPDX-License-Identifier: Apache-2.0
"""What several runs of the same have found: numbers that differ from run to run are told with their range."""

import hashlib
import json
from pathlib import Path

from bench.common import circumstances

KEPT = 10  # of the last runs
FILE = "bench/ranges.json"


def engine(build):
    """Which engine there is below @build: numbers of two of them are no range. None: there is none."""
    path = Path(build) / "hypervisor" / "arm64-gicv3.elf"
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else None


def longer(before, values, of):
    """The runs @before, what was kept of a series, and one that has found @values; @of: the engine, of which they all are."""
    known = before.get("runs", []) if before.get("of") == of else []
    run = {"made": circumstances.now(), "least": min(values), "mean": sum(values) / len(values), "worst": max(values)}
    return {"of": of, "runs": [*known, run][-KEPT:]}


def note(build, results, varying):
    """Keeps those of @results that are among @varying, names of numbers that differ from run to run."""
    path, of = Path(build) / FILE, engine(build)
    kept = read(build)
    numbers = kept["numbers"] if kept.get("of") == of else {}
    for name in varying & results.keys():
        numbers[name] = [*numbers.get(name, []), results[name]][-KEPT:]
    path.write_text(json.dumps({"of": of, "numbers": numbers}, indent=2) + "\n", encoding="utf-8")


def read(build):
    """What note() has kept: the engine, and for each number what the last runs have found."""
    path = Path(build) / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
