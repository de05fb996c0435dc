# SPDX-License-Identifier: Apache-2.0
"""The table of bounded costs: each path through the hypervisor, what was seen of it and what it can
be (requirements.md M12)."""

from html import escape

from bench.report import charts, verdicts
from bench.report.blocks import Cell, Chart, Details, Missing, Prose, Section, Table, verdict
from bench.report.runs import absences, how
from bench.report.scales import Log
from bench.report.words import NONE, number, system

SHOWN = 3  # functions of a path in a table


def section(findings):
    """The section."""
    blocks = [Prose("Each path through the hypervisor: what it cost in everything that the system "
                    "tests execute, and what it can cost at most, by the compiled code.", "lead"),
              *verdict(verdicts.exits(findings)), *_calls(findings)]
    if not findings.exits:
        blocks.append(Missing("Not measured: what each exit class costs over everything that the "
                              "system tests execute. `./test` does it."))
    if not findings.bounds:
        blocks.append(Missing("There are no bounds: `make` writes them beside the engine."))
    classes = [entry for entry in findings.exit_classes
               if entry["class"] in findings.exits or entry["class"] in findings.bounds]
    if classes:
        blocks += [_picture(findings, classes), _table(findings, classes),
                   _paths(findings, classes)]
    others = [run for run in findings.runs("exits") if not run.system.startswith("nagaya")]
    shown = [run for run in others if run.rows]
    blocks += [*absences(others, None), *(_other(findings, run) for run in shown), *how(shown)]
    return Section("exits", "Hypercalls and exits", blocks)


def _calls(findings):
    """The empty hypercall, beside others'."""
    if "hypercall_null" not in findings.results:
        return []
    peers = findings.budgets.entries["hypercall_null"]["peers"]
    mvm, source = findings.peers["hypercall"], findings.source("hypercall")
    rows = [["Nagaya", number(findings.results["hypercall_null"])],
            *([peer, str(count)] for peer, count in peers.items())]
    return [Table("An empty hypercall", [("", "left"), ("instructions", "right")], rows),
            Prose(f"That of MVM takes {mvm['microseconds']} µs, in its paper: {source['text']}.")]


def _picture(findings, classes):
    known = [value for entry in classes for value in _values(findings, entry["class"]) if value]
    axis = Log(min(known), max(known))
    rows = []
    for entry in classes:
        least, mean, worst, bound = _values(findings, entry["class"])
        if worst is None:
            marks = charts.limit(axis, bound)
        else:
            marks = charts.span(axis, least, mean, worst, bound)
        told = " ≤ ".join([number(worst)] * bool(worst) + [number(bound)] * bool(bound))
        words = (f"{entry['class']}: least {number(least)}, mean {number(mean)}, "
                 f"worst seen {number(worst)}, bound {number(bound)}")
        rows.append(charts.Row(entry["class"], told if worst else f"≤ {told}", 1, marks, words))
    return Chart(charts.rows(axis, rows, "instr."),
                 _legend([_values(findings, entry["class"]) for entry in classes]))


def _legend(shown):
    """What the marks are, of those that are there; @shown: (least, mean, worst, bound) of each
    row."""
    marks = []
    seen = [worst is not None for _, _, worst, _ in shown]
    if any(seen):
        marks.append("line from the least to the worst seen, ring at the mean, dot at the worst")
    if any(bound is not None for _, _, _, bound in shown):
        marks.append("the bar is the bound")
    unseen = any(seen) and not all(seen)
    return (f"Instructions of each path through the hypervisor: {'; '.join(marks)}."
            + (" Where there is no dot, no test has taken that path." if unseen else "")
            + " Logarithmic.")


def _values(findings, name):
    """(least, mean, worst, bound) of the class @name; None: not known."""
    seen = findings.exits.get(name, {})
    bound = findings.bounds.get(name, {}).get("bound")
    return seen.get("min"), seen.get("mean"), seen.get("max"), bound


def _table(findings, classes):
    rows = []
    for entry in classes:
        seen = findings.exits.get(entry["class"], {})
        least, mean, worst, bound = _values(findings, entry["class"])
        ratio = f"{bound / worst:.2f}" if worst and bound else NONE
        limit = findings.bounds.get(entry["class"], {}).get("plan")
        name, what = entry["class"], entry["what"]
        rows.append([Cell(f"{name}: {what}", f"{escape(name)}<small>{escape(what)}</small>"),
                     number(worst), number(bound), number(limit), ratio, number(mean),
                     number(least), number(seen.get("count")), _path(seen.get("path"))])
    heads = ["worst", "bound", "limit", "bound / worst", "mean", "least", "seen"]
    return Table("The paths through the hypervisor, in instructions: what was seen; the bound of "
                 "systems such as were run; the limit, with everything that a plan could hold",
                 [("", "left"), *((head, "right") for head in heads),
                  ("where the worst went", "left")], rows)


def _path(path):
    """The functions in which most of @path was spent."""
    if not path:
        return NONE
    most = sorted(path, key=lambda step: -step[1])
    rest = sum(count for _, count in most[SHOWN:])
    told = [f"`{_name(function)}` {number(count)}" for function, count in most[:SHOWN]]
    return ", ".join(told + [f"others {number(rest)}"] * bool(rest))


def _other(findings, run):
    """The same paths through another hypervisor."""
    rows = [[f"{row['class']}: {row['path']}" if row.get("path") else row["class"],
             *(number(row.get(key)) for key in ("count", "min", "mean", "max")),
             number(findings.exits.get(row["class"], {}).get("max"))]
            for row in run.rows]
    heads = ["seen", "least", "mean", "worst", "Nagaya's worst"]
    return Table(f"The same paths through {system(run.system, run.load)}, in {run.unit}; "
                 "at the right Nagaya's worst of all in that class",
                 [("", "left"), *((head, "right") for head in heads)], rows)


def _name(function):
    """The function without its callers, which may stand behind it, and its file."""
    return function.split(" < ", maxsplit=1)[0].split(" (", maxsplit=1)[0]


def _paths(findings, classes):
    """Each longest path whole: of what was seen, and of the bound."""
    blocks = []
    for entry in classes:
        for what, found in (("worst seen", findings.exits), ("bound", findings.bounds)):
            content = found.get(entry["class"], {})
            path = content.get("path")
            if path:
                where = f" (in {content['where']})" if content.get("where") else ""
                blocks.append(Details(f"{entry['class']}, {what}{where}", [
                    Table(f"{entry['class']}: instructions by function, {what}",
                          [("function", "left"), ("instructions", "right")],
                          [[f"`{function}`", number(count)] for function, count in path])]))
    return Details("The longest paths by function", blocks or [Missing("No path is known.")])
