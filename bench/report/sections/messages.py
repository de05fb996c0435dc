# SPDX-License-Identifier: Apache-2.0
"""A message there and back (requirements.md H11)."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Prose, Section, Table, verdict
from bench.report.runs import absences, how
from bench.report.scales import Linear
from bench.report.words import number, system

OWN = {"message_roundtrip_same_core": 3, "message_roundtrip_cross_core": 1, "pipe_roundtrip_linux": 0}


def section(findings):
    """The section."""
    blocks = [Prose("A message of 8 bytes there and back: everything that is executed for it, of both guests and of the hypervisor.",
                    "lead"), *verdict(verdicts.messages(findings))]
    lines = [(findings.budgets.entries[name]["title"], colour, findings.results[name], "instructions")
             for name, colour in OWN.items() if name in findings.results]
    runs = findings.runs("messages")
    more = [(f"{row['path']}, {system(run.system, run.load)}", charts.colour(run.system), row["value"], run.unit)
            for run in runs if run.rows for row in run.rows]
    blocks += absences(runs, None if lines else "messages between VMs")
    for unit in dict.fromkeys(line[3] for line in lines + more):
        same = [line for line in lines + more if line[3] == unit]
        blocks += [_chart(unit, same), Table("A message there and back", [("", "left"), (unit, "right")],
                                             [[label, number(value)] for label, _, value, _ in same])]
    blocks += how([run for run in runs if run.rows])
    paper, source = findings.peers["messages"], findings.source("messages")
    dearer = paper["vms"] / paper["tasks"] - 1
    blocks.append(Prose(f"In the paper, 1,000 round trips took {paper['vms']} s between two VMs on one core, {100 * dearer:.0f} % more "
                        f"than the {paper['tasks']} s between two tasks of one RTOS: {source['text']}."))
    return Section("messages", "Messages", blocks)


def _chart(unit, lines):
    axis = Linear(0, max(value for _, _, value, _ in lines))
    rows = [charts.Row(label, number(value), colour, charts.bar(axis, value)) for label, colour, value, _ in lines]
    return Chart(charts.rows(axis, rows, unit), f"A message there and back, in {unit}.")
