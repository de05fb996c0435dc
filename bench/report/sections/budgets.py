# SPDX-License-Identifier: Apache-2.0
"""Every number that `make bench` counts, its budget, and the same path elsewhere."""

from html import escape

from bench.common.budgets import PEERS
from bench.report import verdicts
from bench.report.blocks import Cell, Missing, Prose, Section, Table, verdict
from bench.report.charts import meter
from bench.report.words import NONE, between, number


def section(findings):
    """The section."""
    if not findings.results:
        return Section("budgets", "Budgets", [Missing("Not measured: there is no results.json. `make bench` makes it.")])
    lasting = [name for name in findings.budgets.names() if "now" in findings.budgets.entries[name]]
    varying = [name for name in findings.budgets.names() if name not in lasting]
    return Section("budgets", "Budgets", [
        Prose("Each path through the hypervisor has a price, and the price is a test: what exceeds its budget, or has grown by more than "
              "2 % without being declared, fails. The numbers are counted, so every machine with this compiler gets the same.", "lead"),
        *verdict(verdicts.budgets(*held(findings))),
        *_tables(findings, lasting, "What is counted exactly", True),
        *_tables(findings, varying, "What differs from run to run, or with the Linux that takes part", False),
        *_about(findings, varying),
        Prose("The peers' figures were published, or measured for the project's design (Xen 4.20, QEMU 10.0.2); they are shown, not "
              "measured again."),
    ])


def held(findings):
    """How many budgets hold, and how many there are."""
    judged = [name for name, entry in findings.budgets.entries.items() if entry["budget"] is not None]
    return sum(findings.budgets.judge(name, findings.results) is None for name in judged), len(judged)


def _tables(findings, names, caption, lasting):
    """A table for each unit: numbers of two never stand in one column."""
    units = {}
    for name in names:
        units.setdefault(findings.budgets.entries[name]["unit"], []).append(name)
    columns = [("", "left"), ("counted", "right"), ("budget", "right"), *((peer, "right") for peer in PEERS)]
    return [Table(f"{caption}, in {unit}", columns, [_row(findings, name) for name in group], lasting=lasting)
            for unit, group in units.items()]


def _about(findings, names):
    """The ranges of those that differ, as far as there were several runs."""
    told = [f"{findings.budgets.entries[name]['title']}: {between((min(values), max(values)))} in {len(values)} runs"
            for name, values in findings.ranges.items() if name in names and len(values) > 1]
    return [Prose(f"Over the last runs of this engine: {'; '.join(told)}.")] if told else []


def _row(findings, name):
    entry, value = findings.budgets.entries[name], findings.results.get(name)
    over = findings.budgets.judge(name, findings.results) is not None
    shown = NONE if value is None else f"{value:,}"
    return [Cell(f"{entry['title']} (`{name}`)", f'{escape(entry["title"])}<small class="id">{name.replace("_", "_<wbr>")}</small>'),
            Cell(f"**{shown}**" if over else shown, f"<strong>{shown}</strong>" if over else shown),
            _budget(entry["budget"], value, over), *(str(entry["peers"].get(peer, "")) for peer in PEERS)]


def _budget(budget, value, over):
    """The budget, and how much of it is used."""
    if budget is None:
        return NONE
    text = number(budget) + (" (not measured)" if value is None else " (exceeded)" if over else "")
    used = meter(value / budget, over) if budget and value is not None else ""
    return Cell(text, f'<span class="{"bad" if over else "good"}">{text}</span>{used}')
