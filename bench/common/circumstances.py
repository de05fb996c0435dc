# SPDX-License-Identifier: Apache-2.0
"""When, with which QEMU and on which host a number was measured: what its reader cannot see in it.

The numbers of results.json have theirs in bench/circumstances.json, by the function that measured them; evidence has its own in each file
(bench/common/evidence.py).
"""

import datetime
import functools
import json
import os
import platform
import re
import subprocess
from pathlib import Path

QEMU = "qemu-system-aarch64"
FILE = "bench/circumstances.json"


def now():
    """The circumstances of what is measured now: date, qemu, host."""
    return {"date": datetime.date.today().isoformat()} | _machine()


def read(build):
    """The circumstances of the numbers below @build, by measure."""
    path = Path(build) / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def note(build, measure):
    """Keeps that @measure was measured now."""
    (Path(build) / FILE).write_text(json.dumps(read(build) | {measure: now()}, indent=2) + "\n", encoding="utf-8")


def words(all_of_them):
    """@all_of_them in words, a sentence each: the days from the first to the last; the versions of QEMU; the hosts."""
    found = [each for each in all_of_them if each]
    if not found:
        return []
    days = sorted(each["date"] for each in found)
    when = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    return [f"measured {when}", *(" and ".join(sorted({each[key] for each in found})) for key in ("qemu", "host"))]


@functools.cache
def _machine():
    told = subprocess.run([QEMU, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    version = re.search(r"version (\S+)", told)
    return {"qemu": f"QEMU {version[1] if version else 'of an unknown version'}", "host": f"{_cpu()}, {os.cpu_count()} CPUs"}


def _cpu():
    """The name of the host's CPU, as far as Linux tells."""
    facts = dict(re.findall(r"(?m)^(model name|CPU implementer|CPU part)\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8")))
    if "model name" in facts:
        return " ".join(facts["model name"].split())
    return " ".join([platform.machine(), *(facts[key] for key in sorted(facts))])
