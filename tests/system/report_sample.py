# SPDX-License-Identifier: Apache-2.0
"""Evidence as the experiments write it, made up: for the tests of the report, and to look at its pictures without hours of measuring.

`python3 -m tests.system.report_sample BUILD` writes it into BUILD, an empty folder (`python3 -m bench.report BUILD` shows it then).
"""

import json
import random
import sys
from pathlib import Path

from bench.common.budgets import Budgets
from bench.common.evidence import Evidence

# System, with load: least, where most are, how far some go beyond, the worst.
LATENCIES = {
    ("bare", False): (82, 82, 0, 82), ("bare", True): (82, 82, 0, 82),
    ("nagaya-direct", False): (82, 82, 0, 82), ("nagaya-direct", True): (82, 82, 0, 82),
    ("nagaya-virtual", False): (140, 142, 2, 144), ("nagaya-virtual", True): (140, 142, 2, 171),
    ("nagaya-shared", True): (510, 560, 120, 2380),
    ("xen", False): (981, 1164, 30, 3879), ("xen", True): (981, 5900, 3000, 9_870_000),
    ("xen-ratelimit0", True): (981, 5700, 800, 14_200), ("xen-own-core", True): (954, 1140, 132, 4000),
}
# Those that differ from run to run, and how many runs there were.
VARYING = {("nagaya-shared", True): 3, ("xen-own-core", True): 1}
POLICIES = {"fixed-priority": 566, "edf": 579, "round-robin": 980_664, "timetable": 1_000_608}


def write(build):
    """Writes evidence of all experiments below @build, and results and exits."""
    evidence, chance = Evidence(build), random.Random(1)
    for (system, load), (least, usual, beyond, worst) in LATENCIES.items():
        values = [max(least, int(chance.gauss(usual, beyond / 4) + chance.expovariate(1) * beyond / 3)) for _ in range(10_000)]
        values = [min(value, worst) for value in values]
        values[chance.randrange(10_000)] = worst
        varies = (system, load) in VARYING
        for _ in range(VARYING.get((system, load), 1)):
            values[0] = worst + chance.randrange(worst)
            evidence.series("interrupt-latency", system, values if varies else [min(value, worst) for value in values],
                            unit="instructions", how="made up, as the sample of a test", load=load, varies=varies)
        spread = min(worst - least, 15_000) * 1.5
        ticks = [1_000_000 + round(chance.gauss(0, 1) ** 3 * spread / 90) for _ in range(5_000)]
        evidence.series("timer-accuracy", system, ticks, unit="instructions", how="made up, as the sample of a test", load=load)
    _rows(evidence)
    _folder(Path(build), chance)


def _rows(evidence):
    how = "made up, as the sample of a test"
    for system, base, each, image in (("nagaya", 9800, 1610, 0), ("xen", 21_300_000, 3_500_000, 260_000)):
        rows = [{"vms": vms, "memory_mb": 16, "image_mb": 1, "value": base + each * vms} for vms in (1, 2, 4, 8)]
        rows += [{"vms": 1, "memory_mb": memory, "image_mb": 1, "value": base + each + image * memory // 64} for memory in (64, 256, 1024)]
        rows += [{"vms": 1, "memory_mb": 16, "image_mb": size, "value": base + each + image * size} for size in (4, 16, 64)]
        evidence.rows("boot", system, rows, unit="instructions", how=how)
    evidence.rows("messages", "xen", [{"path": "event channel and shared page, one core", "value": 15_310}], unit="instructions", how=how)
    evidence.rows("sharing", "nagaya-shared", [{"policy": policy, "vms": vms, "value": value + 35 * vms}
                                               for policy, value in POLICIES.items() for vms in (2, 3, 4, 8)], unit="instructions", how=how)
    evidence.rows("sharing", "xen-ratelimit0", [{"policy": "credit2", "vms": vms, "value": 5692 + 800 * vms} for vms in (2, 3, 5, 8)],
                  unit="instructions", how=how)
    evidence.skipped("sharing", "xen", "no network, and Debian's package is not in the cache")
    jobs = {"hackbench": 41_230_000, "dd": 18_400_000, "gzip": 120_331_000}
    for system, factor in (("bare", 1), ("nagaya-direct", 1.0004), ("nagaya-virtual", 1.0061), ("nagaya-shared", 1.019)):
        evidence.rows("throughput", system, [{"job": job, "value": round(value * factor)} for job, value in jobs.items()],
                      unit="instructions", how=how)


def _folder(build, chance):
    """What does not come from the experiments: results within their budgets, exits and bounds."""
    entries = Budgets.read().entries
    results = {name: entry["budget"] if entry["budget"] is not None else 1 for name, entry in entries.items()}
    (build / "bench" / "results.json").write_text(json.dumps(results), encoding="utf-8")
    exits, bounds = {}, {}
    for number, name in enumerate(["interrupt", "interrupt-else", "hypercall", "doorbell", "sgi", "fault", "wfi", "call", "psci",
                                   "register", "gic", "abort", "decision"]):
        worst = 58 + 61 * number + chance.randrange(100)
        path = [["vector_entry", 30], [f"{name.replace('-', '_')}_exit", worst - 45], ["interrupts_poll", 15]]
        exits[name] = {"count": 10 ** chance.randrange(2, 8), "min": 30 + number, "mean": worst * 0.6, "max": worst, "path": path,
                       "where": "test_shared_cores"}
        bounds[name] = {"bound": int(worst * 1.4), "plan": worst * 9, "path": path}
    (build / "bench" / "exits.json").write_text(json.dumps(exits), encoding="utf-8")
    (build / "hypervisor").mkdir(exist_ok=True)
    (build / "hypervisor" / "bounds.json").write_text(json.dumps(bounds), encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
