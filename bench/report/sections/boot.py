# SPDX-License-Identifier: Apache-2.0
"""From the first instruction to a guest's (requirements.md H11)."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Prose, Section, Table, verdict
from bench.report.runs import absences, by_unit, how
from bench.report.scales import Log
from bench.report.words import number, system

COLUMNS = {"vms": "VMs", "memory_mb": "memory, MB", "image_mb": "image, MB"}
UNTIL = "until"
WORDS = {"vms": "number of VMs", "memory_mb": "memory of a VM", "image_mb": "size of an image"}


def section(findings):
    """The section."""
    runs = findings.runs("boot")
    blocks = [Prose("From the first instruction of the hypervisor to the guest's first: everything was laid out before, so neither memory "
                    "nor images make it longer.", "lead"), *verdict(verdicts.boot(findings)), *_own(findings), *absences(runs, "boot by number of VMs, memory and image")]
    for unit, group in by_unit(runs):
        blocks += [chart for key in COLUMNS for chart in _curves(unit, group, key)]
        blocks.append(_table(unit, group))
    blocks += how([run for run in runs if run.rows])
    paper, source = findings.peers["boot"], findings.source("boot")
    blocks.append(Prose(f"In the paper, the guest's main was reached after {paper['with']} ms with the hypervisor and {paper['without']} ms "
                        f"without: {source['text']}."))
    return Section("boot", "Boot", blocks)


def _own(findings):
    """The numbers of `make bench`, which are always there."""
    names = ["boot_first_guest_insn", "boot_first_guest_insn_16mb_image", "boot_first_guest_insn_1gb_vm"]
    entries = findings.budgets.entries
    rows = [[entries[name]["title"], f"{findings.results[name]:,}", *(entries[name]["peers"].get(peer, "") for peer in ("Bao", "Xen"))]
            for name in names if name in findings.results]
    columns = [("", "left"), ("Nagaya", "right"), ("Bao", "right"), ("Xen", "right")]
    return [Table("Instructions of the hypervisor until the guest's first", columns, rows)] if rows else []


def _curves(unit, runs, key):
    """A chart of what @key alone changes: of each system the rows that are alike in the other columns, the most of them."""
    lines = []
    for run in runs:
        points = _alike(run.rows, key)
        if len(points) > 1:
            lines.append(charts.Line(system(run.system, run.load), charts.colour(run.system), points))
    if not lines:
        return []
    values = [value for line in lines for _, value in line.points]
    places = sorted({place for line in lines for place, _ in line.points})
    axis = Log(min(values) / 2, max(values) * 2)
    return [Chart(charts.curves(axis, places, lines, COLUMNS[key], height=170), f"Boot by {WORDS[key]}, in {unit}. Logarithmic.")]


def _alike(rows, key):
    """(value of @key, the row's value), of the largest set of @rows that differ in nothing else that is known."""
    sets = {}
    for row in rows:
        if row.get(key) is not None:
            sets.setdefault(tuple(row.get(other) for other in (*COLUMNS, UNTIL) if other != key), {})[row[key]] = row["value"]
    return sorted(max(sets.values(), key=len).items()) if sets else []


def _table(unit, runs):
    """A row for each combination that was measured, a column for each system."""
    known = [key for key in (*COLUMNS, UNTIL) if any(row.get(key) is not None for run in runs for row in run.rows)]
    values = {}
    for run in runs:
        for row in run.rows:
            values.setdefault(tuple(row.get(key) for key in known), {})[run.key] = row["value"]
    rows = [[*map(number, combination), *(number(found.get(run.key)) for run in runs)] for combination, found in values.items()]
    heads = [*(COLUMNS.get(key, key) for key in known), *(system(run.system, run.load) for run in runs)]
    return Table(f"Boot, in {unit}", [(head, "right") for head in heads], rows)
