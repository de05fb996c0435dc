# SPDX-License-Identifier: Apache-2.0
"""What a job of Linux's takes in a VM, where bare metal is 100 %."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Prose, Section, Table, verdict
from bench.report.runs import absences, by_unit, how
from bench.report.scales import Linear
from bench.report.words import NONE, number, system


def section(findings):
    """The section."""
    runs = findings.runs("throughput")
    blocks = [Prose("Instructions are counted here and not time: that a VM's addresses are translated twice costs nothing in this picture, and "
                    "something on every machine. It shows what the hypervisor itself adds to jobs of Linux's, where bare metal is 100 %.", "lead"),
              *verdict(verdicts.throughput(findings)),
              *absences(runs, "Linux's jobs, on bare metal and in VMs")]
    for unit, group in by_unit(runs):
        blocks += [*_bars(group), _table(unit, group)]
    blocks += how([run for run in runs if run.rows])
    return Section("throughput", "Throughput", blocks)


def _values(run):
    return {row["job"]: row["value"] for row in run.rows}


def _bars(runs):
    bare = next((run for run in runs if run.system == "bare"), None)
    if not bare:
        return []
    base = _values(bare)
    shares = {(job, run.key): 100 * value / base[job] for run in runs for job, value in _values(run).items() if base.get(job)}
    axis = Linear(0, max(shares.values()), " %")
    rows = []
    for job in base:
        for run in runs:
            share = shares.get((job, run.key))
            if share is not None:
                rows.append(charts.Row(f"{job}, {system(run.system, run.load)}", f"{share:.2f} %", charts.colour(run.system),
                                       charts.bar(axis, share)))
    return [Chart(charts.rows(axis, rows, "", height=18),
                  "Without the price of translating addresses twice: what each job takes, in percent of what it takes on bare metal; shorter is "
                  "better.")]


def _table(unit, runs):
    jobs = list(dict.fromkeys(row["job"] for run in runs for row in run.rows))
    base = next((_values(run) for run in runs if run.system == "bare"), {})
    rows = []
    for run in runs:
        values = _values(run)
        rows.append([system(run.system, run.load), *(cell for job in jobs for cell in _told(values.get(job), base.get(job)))])
    heads = [head for job in jobs for head in (job, "of bare metal")]
    return Table(f"What each job takes, in {unit}, and in percent of bare metal", [("", "left"), *((head, "right") for head in heads)], rows)


def _told(value, base):
    return number(value), f"{100 * value / base:.2f} %" if base and value is not None else NONE
