# SPDX-License-Identifier: Apache-2.0
"""What the experiments found: written by whoever ran them, read by the report. Everything is kept below
BUILD/bench/evidence/EXPERIMENT/, a JSON file for each system that took part (docs/experiments.md).

    interrupt-latency   a value an event: from the interrupt until the guest's handler
    timer-accuracy      a value a tick: the time since the tick before
    boot                rows: vms, memory_mb, image_mb, until ("first instruction" or "main"), value
    messages            rows: path, value
    exits               rows: class, count, min, mean, max, bound, path
    size                rows: part, lines, bytes
    sharing             rows: policy, vms, value
    throughput          rows: job, value

"made" in each says when, with which QEMU and on which host (bench/common/circumstances.py). @system in each: bare, nagaya-direct, nagaya-virtual, nagaya-shared, nagaya, xen (credit2, vwfi=native), xen-ratelimit0 (the
same with sched_ratelimit_us=0), or another short name; @load says whether a Linux was under load meanwhile.
"""

import json
from pathlib import Path

from bench.common import circumstances, ranges


class Evidence:
    """The evidence below @build."""

    def __init__(self, build):
        self.folder = Path(build) / "bench" / "evidence"

    def series(self, experiment, system, values, *, unit, how, load=False, varies=False):
        """Keeps @values, in the order in which they happened. @unit: of a value; @how: one sentence, how they were obtained. @varies: the
        next run finds others; then the least, mean and worst of the last runs of this engine are kept with them."""
        content = {"unit": unit, "how": how, "varies": varies, "values": list(values)}
        if varies and values:
            content |= ranges.longer(self._before(experiment, system, load), values, self._of(system))
        self._write(experiment, system, load, content)

    def rows(self, experiment, system, rows, *, unit, how, load=False):
        """Keeps @rows, a list of dicts, the value in "value" (the columns are above)."""
        self._write(experiment, system, load, {"unit": unit, "how": how, "rows": list(rows)})

    def skipped(self, experiment, system, reason, *, load=False):
        """@system could not take part, for @reason (one sentence): the report says so."""
        self._write(experiment, system, load, {"skipped": reason})

    def read(self, experiment):
        """All that is known of @experiment: a list of what was written, each with its experiment, system and load."""
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((self.folder / experiment).glob("*.json"))]

    def _of(self, system):
        """The engine that numbers of @system are of; None: they are of none of ours."""
        return ranges.engine(self.folder.parents[1]) if system.startswith("nagaya") else None

    def _before(self, experiment, system, load):
        path = self._path(experiment, system, load)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def _path(self, experiment, system, load):
        return self.folder / experiment / f"{system}{'-load' if load else ''}.json"

    def _write(self, experiment, system, load, content):
        path = self._path(experiment, system, load)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_suffix(".new")
        about = {"experiment": experiment, "system": system, "load": load, "made": circumstances.now()}
        written.write_text(json.dumps(about | content) + "\n", encoding="utf-8")
        written.replace(path)
