# SPDX-License-Identifier: Apache-2.0
"""The worst wake-up on a core that VMs share, by policy and number of VMs."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Prose, Section, Table, verdict
from bench.report.runs import absences, by_unit, how
from bench.report.scales import Log
from bench.report.words import number, system

POLICY_COLOURS = {"fixed-priority": 1, "edf": 2, "round-robin": 3, "timetable": 6}


def section(findings):
    """The section."""
    runs = findings.runs("sharing")
    blocks = [Prose("A guest waits for its timer on a core that it shares with others that never wait: from the deadline to its handler, "
                    "at worst. Round robin and timetable give time away by design; the rest of a wake-up is the hypervisor's.", "lead"),
              *verdict(verdicts.sharing(findings)), *_own(findings), *absences(runs, "the worst wake-up by number of VMs")]
    for unit, group in by_unit(runs):
        blocks += [_curves(unit, group), _table(unit, group)]
    blocks += how([run for run in runs if run.rows])
    return Section("sharing", "Sharing a core", blocks)


def _own(findings):
    names = [name for name in findings.results if name.startswith(("wakeup_latency", "vcpu_switch"))]
    entries = findings.budgets.entries
    rows = [[entries[name]["title"], f"{findings.results[name]:,}", str(entries[name]["peers"].get("Xen", ""))] for name in names]
    return [Table("Two VMs on a core: the worst wake-up and the worst switch, in instructions",
                  [("", "left"), ("Nagaya", "right"), ("Xen", "right")], rows)] if rows else []


def _label(run, policy):
    """A policy of Nagaya's by its name, others with the system's."""
    if policy and run.system.startswith("nagaya"):
        return policy
    return ", ".join(filter(None, [policy, system(run.system, run.load)]))


def _curves(unit, runs):
    lines = []
    for run in runs:
        for policy in dict.fromkeys(row.get("policy") for row in run.rows):
            points = sorted((row["vms"], row["value"]) for row in run.rows if row.get("policy") == policy)
            tone = charts.colour(run.system) if not run.system.startswith("nagaya") else POLICY_COLOURS.get(policy, 0)
            lines.append(charts.Line(_label(run, policy), tone, points))
    values = [value for line in lines for _, value in line.points]
    places = sorted({place for line in lines for place, _ in line.points})
    return Chart(charts.curves(Log(min(values) / 1.5, max(values) * 1.5), places, lines, "VMs on the core", height=280),
                 f"The worst wake-up by number of VMs on the core, in {unit}. Logarithmic.")


def _table(unit, runs):
    places = sorted({row["vms"] for run in runs for row in run.rows})
    rows = []
    for run in runs:
        for policy in dict.fromkeys(row.get("policy") for row in run.rows):
            values = {row["vms"]: row["value"] for row in run.rows if row.get("policy") == policy}
            rows.append([_label(run, policy), *(number(values.get(place)) for place in places)])
    return Table(f"The worst wake-up by number of VMs on the core, in {unit}",
                 [("", "left"), *((str(place), "right") for place in places)], rows)
