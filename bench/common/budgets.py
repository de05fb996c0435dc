# SPDX-License-Identifier: Apache-2.0
"""The budgets (bench/budgets.yaml): their table, what exceeds them, and what has become longer than it was."""

from pathlib import Path

import yaml

PEERS = ["Bao", "Jailhouse", "Xen"]

# The part by which a number may grow before its change has to declare it.
TOLERANCE = 0.02


class Budgets:
    """All entries of budgets.yaml, by the name of the number. @counted_with: the compiler that the values of `now` are of."""

    def __init__(self, entries, counted_with):
        self.entries = entries
        self.counted_with = counted_with

    @classmethod
    def read(cls):
        """The budgets of this repository."""
        entries = yaml.safe_load(path().read_text(encoding="utf-8"))
        return cls(entries, entries.pop("counted-with"))

    def names(self):
        """The numbers, in the order of the table."""
        return list(self.entries)

    def judge(self, name, results):
        """What is wrong with @name in @results, in words; None if nothing is."""
        budget = self.entries[name]["budget"]
        if name not in results:
            return f"{name}: not measured"
        if self.entries[name].get("least") and results[name] < budget:
            return f"{name}: {results[name]:,} {self.entries[name]['unit']}, less than its budget of {budget:,}"
        if not self.entries[name].get("least") and budget is not None and results[name] > budget:
            return f"{name}: {results[name]:,} {self.entries[name]['unit']}, over its budget of {budget:,}"
        return None

    def regressed(self, name, results):
        """In words, if @name in @results is longer by more than the tolerance than the repository says; None if not."""
        now = self.entries[name].get("now")
        if now is None or name not in results or results[name] <= now * (1 + TOLERANCE):
            return None
        grown = f"{results[name] / now - 1:.1%} more than" if now else "no longer"
        return (f"{name}: {results[name]:,} {self.entries[name]['unit']}, {grown} {now:,}. If that is meant, declare it: "
                f"`now: {results[name]}` in bench/budgets.yaml (`make bench-declare` writes it), and say why in that commit")

    def improved(self, name, results):
        """In words, if @name in @results is shorter by more than the tolerance than the repository says; None if not."""
        now = self.entries[name].get("now")
        if now is None or name not in results or results[name] >= now * (1 - TOLERANCE):
            return None
        return (f"{name}: {results[name]:,} {self.entries[name]['unit']}, {1 - results[name] / now:.1%} less than {now:,}: "
                "`make bench-declare` keeps it so")

    def table(self, results):
        """@results beside budgets and peers, as text."""
        rows = [["", "measured", "budget", "unit", *PEERS, ""]]
        for name, entry in self.entries.items():
            rows.append([name, _number(results.get(name)), _number(entry["budget"]), entry["unit"],
                         *(str(entry["peers"].get(peer, "")) for peer in PEERS),
                         "" if self.judge(name, results) is None else "<<<"])
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "\n".join(_line(row, widths) for row in rows)


def path():
    """The file of the budgets."""
    return Path(__file__).resolve().parents[1] / "budgets.yaml"


def _number(value):
    return "-" if value is None else f"{value:,}"


def _line(row, widths):
    """Numbers stand to the right, words to the left."""
    cells = [cell.rjust(width) if 1 <= i <= 2 else cell.ljust(width)
             for i, (cell, width) in enumerate(zip(row, widths))]
    return "  ".join(cells).rstrip()
