# SPDX-License-Identifier: Apache-2.0
"""All that there is to report: numbers and budgets, evidence of the experiments, exits that were seen and their bounds."""

import json
from pathlib import Path

import yaml

from bench.common import circumstances, ranges
from bench.common.budgets import Budgets
from bench.common.debug_info import compiler
from bench.common.evidence import Evidence
from bench.common.exit_classes import exit_classes
from bench.report.parts import parts
from bench.report.words import order

HERE = Path(__file__).resolve().parent


class Unreadable(Exception):
    """A file of findings is damaged; the message says which one."""


class Run:
    """What one system has shown in one experiment: values in their order, or rows; or why there is nothing."""

    def __init__(self, content, old):
        self.system, self.load = content["system"], content["load"]
        self.skipped = content.get("skipped")
        self.unit, self.how = content.get("unit"), content.get("how")
        self.values, self.rows = content.get("values"), content.get("rows")
        self.varies, self.runs = content.get("varies", False), content.get("runs", [])
        self.old = old

    def over_runs(self, key):
        """(least, most) of what the last runs have found as @key, "least", "mean" or "worst"; None: there was one run at most."""
        found = [run[key] for run in self.runs]
        return (min(found), max(found)) if len(found) > 1 else None

    @property
    def key(self):
        """Which run it is, by its system and whether there was load."""
        return self.system, self.load


class Findings:
    """What was found with the build in the folder @build. Whatever is missing is empty or None; a file that can't be read is an
    Unreadable."""

    def __init__(self, build):
        self.build = Path(build)
        self.engine = self.build / "hypervisor" / "arm64-gicv3.elf"
        self.results = self._json("bench/results.json") or {}
        self.budgets = Budgets.read()
        self.peers = yaml.safe_load((HERE.parent / "peers.yaml").read_text(encoding="utf-8"))
        self.ranges = (self._json(ranges.FILE) or {}).get("numbers", {})
        self.exits = self._json("bench/exits.json") or {}
        self.bounds = {name: bound if isinstance(bound, dict) else {"bound": bound}
                       for name, bound in (self._json("hypervisor/bounds.json") or {}).items()}
        self.exit_classes = exit_classes()
        self.parts = parts(self.build) if self.engine.exists() else []

    def runs(self, experiment):
        """The runs of @experiment, in the order of the report, without load first."""
        found = []
        evidence = Evidence(self.build)
        try:
            contents = evidence.read(experiment)
        except ValueError as error:
            raise Unreadable(f"{evidence.folder / experiment}: {error}; remove it, `make bench` makes it again") from error
        for content in contents:
            name = content["system"] + ("-load" if content["load"] else "")
            found.append(Run(content, self._older_than_engine(f"bench/evidence/{experiment}/{name}.json")))
        return sorted(found, key=lambda run: (order(run.system), run.load))

    def source(self, name):
        """The source of what @name of peers.yaml says, to be shown."""
        return self.peers["sources"][self.peers[name]["source"]]

    def made_with(self):
        """What the numbers are of: when and where they were measured, and the engine's compiler, as far as it is known."""
        found = list((self._json(circumstances.FILE) or {}).values())
        for path in sorted((self.build / "bench" / "evidence").glob("*/*.json")):
            found.append(self._json(path.relative_to(self.build)).get("made"))
        facts = circumstances.words(found)
        if self.engine.exists():
            facts.append(f"the engine compiled by {compiler(self.engine)}")
        return facts

    def _json(self, name):
        path = self.build / name
        try:
            return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        except ValueError as error:
            raise Unreadable(f"{path}: {error}; remove it, and have it made again") from error

    def _older_than_engine(self, name):
        return self.engine.exists() and (self.build / name).stat().st_mtime < self.engine.stat().st_mtime
