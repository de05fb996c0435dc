# SPDX-License-Identifier: Apache-2.0
"""Lines and bytes of the engine, by part and beside others (requirements.md H10)."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Missing, Prose, Section, Table, verdict
from bench.report.scales import Linear
from bench.report.words import NONE, number


def section(findings):
    """The section."""
    blocks = [Prose("What has to be read and believed: source without blank lines and comments, headers included, and code as it is loaded.",
                    "lead"), *verdict(verdicts.size(findings))]
    if findings.parts:
        axis = Linear(0, max(part.bytes for part in findings.parts))
        rows = [charts.Row(part.name, number(part.bytes), 1 if part.lines else 0, charts.bar(axis, part.bytes)) for part in findings.parts]
        blocks.append(Chart(charts.rows(axis, rows, "bytes"), "Code by part, in bytes. What is inlined counts where it was written."))
        blocks.append(Table("The engine by part", [("", "left"), ("lines", "right"), ("bytes of code", "right")],
                            [*([part.name, number(part.lines or None), number(part.bytes)] for part in findings.parts),
                             ["all", *(number(sum(getattr(part, key) for part in findings.parts)) for key in ("lines", "bytes"))]]))
    else:
        blocks.append(Missing("Not measured: there is no engine. `make` builds it."))
    return Section("size", "Size", blocks + _peers(findings))


def _peers(findings):
    lines = findings.results.get("hypervisor_sloc")
    if lines is None:
        return []
    text = findings.results["text_bytes"]
    others = findings.peers["size"]["rows"]
    rows = [["Nagaya", number(lines), f"{text / 1024:.0f} KB", 1, lines]]
    rows += [[row["system"], number(row["lines"]) + (f" {row['note']}" if row.get("note") else ""),
              f"{row['code_kb']} KB" if row["code_kb"] else NONE, 0, row["lines"]] for row in others]
    rows.sort(key=lambda row: row[4])
    axis = Linear(0, max(row[4] for row in rows))
    bars = [charts.Row(name, told, colour, charts.bar(axis, value)) for name, told, _, colour, value in rows]
    return [Chart(charts.rows(axis, bars, "lines"), "Lines of source."),
            Table("Size, and others'", [("", "left"), ("lines", "right"), ("code", "right")], [row[:3] for row in rows]),
            Prose(f"Others: {findings.source('size')['text']}.")]
