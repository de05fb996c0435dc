# SPDX-License-Identifier: Apache-2.0
"""The budgets (budgets.yaml): their table, and what exceeds them."""

from pathlib import Path

import yaml

PEERS = ["Bao", "Jailhouse", "Xen"]


class Budgets:
    """All entries of budgets.yaml, by the name of the number."""

    def __init__(self, entries):
        self.entries = entries

    @classmethod
    def read(cls):
        """The budgets of this repository."""
        path = Path(__file__).with_name("budgets.yaml")
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def names(self):
        """The numbers, in the order of the table."""
        return list(self.entries)

    def judge(self, name, results):
        """What is wrong with @name in @results, in words; None if nothing is."""
        budget = self.entries[name]["budget"]
        if name not in results:
            return f"{name}: not measured"
        if budget is not None and results[name] > budget:
            return f"{name}: {results[name]:,} {self.entries[name]['unit']}, over its budget of {budget:,}"
        return None

    def table(self, results):
        """@results beside budgets and peers, as text."""
        rows = [["", "measured", "budget", "unit", *PEERS, ""]]
        for name, entry in self.entries.items():
            rows.append([name, _number(results.get(name)), _number(entry["budget"]), entry["unit"],
                         *(str(entry["peers"].get(peer, "")) for peer in PEERS),
                         "" if self.judge(name, results) is None else "<<<"])
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        return "\n".join(_line(row, widths) for row in rows)


def _number(value):
    return "-" if value is None else f"{value:,}"


def _line(row, widths):
    """Numbers stand to the right, words to the left."""
    cells = [cell.rjust(width) if 1 <= i <= 2 else cell.ljust(width)
             for i, (cell, width) in enumerate(zip(row, widths))]
    return "  ".join(cells).rstrip()
