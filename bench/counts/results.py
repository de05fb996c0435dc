# SPDX-License-Identifier: Apache-2.0
"""The numbers that were measured: BUILD/bench/results.json, name to number."""

import json
import sys


def known(build):
    """What was measured with @build until now, perhaps nothing."""
    file = _file(build)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def last(build):
    """The same. Ends the program with a message if nothing was measured."""
    if not _file(build).exists():
        sys.exit(f"bench: there is no {_file(build)}: run `make bench` first")
    return known(build)


def write(build, results):
    """Keeps @results as what was measured with @build."""
    _file(build).write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def plain(value):
    """@value with no more digits than it has meaning."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _file(build):
    return build / "bench" / "results.json"
