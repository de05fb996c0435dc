# SPDX-License-Identifier: Apache-2.0
"""From a device's interrupt until the guest's handler (requirements.md N13)."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Details, Prose, Section, Table, verdict
from bench.report.runs import about_ranges, absences, by_unit, how, ranged, summary
from bench.report.scales import Log
from bench.report.words import between, number, percent, system


def section(findings):
    """The section."""
    runs = findings.runs("interrupt-latency")
    blocks = [Prose("From a device's interrupt until the guest's handler, 10,000 times, one every 10 ms with jitter.", "lead"),
              *verdict(verdicts.interrupts(findings)),
              *absences(runs, "the interrupt latency of the papers' experiment")]
    for unit, group in by_unit(runs):
        blocks += _pictures(unit, group)
        blocks += [_table(unit, group), *about_ranges(group)]
        blocks += _against_xen(findings, unit, group)
    blocks += how([run for run in runs if run.values])
    return Section("interrupts", "Interrupt latency", [*blocks, *silicon(findings)])


def _pictures(unit, runs):
    sums = {run.key: summary(run.values) for run in runs}
    least, worst = min(s.least for s in sums.values()), max(s.worst for s in sums.values())
    axis = Log(max(least, 1), max(worst, 10), zero=least <= 0)
    edges = charts.log_edges(axis)

    def row(run, marks, value):
        return charts.Row(system(run.system, run.load), value, charts.colour(run.system), marks, _words(run, sums[run.key], unit))

    spans = [row(run, charts.span(axis, *sums[run.key][1:4]), ranged(run, "worst", sums[run.key].worst)) for run in runs]
    shapes = [row(run, charts.histogram(axis, edges, run.values), "") for run in runs]
    times = [row(run, charts.series(axis, run.values), number(sums[run.key].worst)) for run in runs
             if run.load or run.system.startswith("xen") or (run.system, True) not in sums]  # load is the experiment
    count = f"{max(s.count for s in sums.values()):,}"
    return [
        Chart(charts.rows(axis, spans, unit),
              f"From the least to the worst latency, in {unit}: the ring is the mean, the dot and the number are the worst. Logarithmic."),
        Chart(charts.rows(axis, shapes, unit, height=54),
              f"How often each latency came, in {unit}. Heights are logarithmic too: a single event of {count} is seen."),
        Chart(charts.strips(axis, times, ("event 1", f"event {count}"), unit),
              f"Each latency in the order of the events, in {unit}; the number is the worst. Logarithmic."),
    ]


def _words(run, s, unit):
    return (f"{system(run.system, run.load)}: least {number(s.least)}, mean {number(s.mean)}, worst {number(s.worst)} {unit}, "
            f"{s.count:,} events")


def _table(unit, runs):
    rows = []
    for run in runs:
        s = summary(run.values)
        rows.append([system(run.system, run.load), ranged(run, "worst", s.worst), ranged(run, "mean", s.mean), ranged(run, "least", s.least),
                     *map(number, (s.jitter, s.deviation, s.count))])
    heads = ["worst", "mean", "minimum", "jitter", "deviation", "events"]
    return Table(f"Interrupt latency, in {unit}; jitter is from the minimum to the worst, deviation the standard one",
                 [("", "left"), *((head, "right") for head in heads)], rows)


def _against_xen(findings, unit, runs):
    """What the paper has gained on Xen, and what Nagaya gains on it: each on a core of its own, or on one that a loaded Linux shares."""
    paper, source = findings.peers["interrupt-latency"], findings.source("interrupt-latency")
    rows = [["Natsume-Xen, in its paper", *(cell for key in ("worst", "mean", "jitter") for cell in (f"−{paper[key]['percent']} %", "–"))]]
    for run in runs:
        for xen in runs:
            if _comparable(run, xen):
                mine, theirs = summary(run.values), summary(xen.values)
                rows.append([f"{system(run.system, run.load)}, against {system(xen.system, xen.load)}",
                             *(cell for key in ("worst", "mean", "jitter") for cell in _gain(getattr(mine, key), getattr(theirs, key)))])
    note = "" if len(rows) > 1 else " Xen did not take part here, so there is nothing to put beside it."
    heads = [head for key in ("worst", "mean", "jitter") for head in (key, f"{unit} less")]
    return [Table("What is gained against Xen, in percent and in what was counted", [("", "left"), *((head, "right") for head in heads)], rows),
            Prose(f"The paper: {source['text']}. There the worst was {paper['worst']['less']} less, the mean {paper['mean']['less']}, on real "
                  f"hardware; ours are counted. Alone, Xen has the core to itself, "
                  f"which is its best.{note}")]


def _comparable(run, xen):
    """Whether @run is Nagaya's and @xen Xen's in the same circumstances: both beside a loaded Linux on their core, or both without one
    there; then Xen alone, which is its best: in xen-own-core it waits for the host, too. The rate limit matters only to the first."""
    if run.system == "nagaya-shared":
        return run.load and xen.load and xen.system in ("xen", "xen-ratelimit0")
    return run.system.startswith("nagaya") and xen.key == ("xen", False)


def _gain(mine, theirs):
    less = theirs - mine
    share = percent(-less / theirs, signed=True) if theirs else "0 %"
    return share, number(less) if less else "0"


def silicon(findings):
    """Blocks about what others have published of real hardware."""
    published, source = findings.peers["silicon"], findings.source("silicon")
    spans = [value for row in published["rows"] for value in (row["alone"], row["interference"]) if value]
    axis = Log(min(low for low, _ in spans), max(high for _, high in spans))
    lines = []
    for row in published["rows"]:
        marks = charts.alone_and_loaded(axis, row["alone"], row["interference"])
        alone, loaded = between(row["alone"]), between(row["interference"])
        lines.append(charts.Row(row["system"], f"{alone} / {loaded}", 0, marks,
                                f"{row['system']}: {alone} alone, {loaded} under interference"))
    table = Table("Published interrupt latencies on silicon, in microseconds, and instructions at EL2 for one interrupt",
                  [("", "left"), ("alone", "right"), ("memory flooded", "right"), ("instructions", "right")],
                  [[row["system"], between(row["alone"]), between(row["interference"]), row["instructions"] or "–"]
                   for row in published["rows"]])
    return [
        Details("Published figures of real hardware, for scale", [
            Prose("Not ours and not measured here, but they show what counted instructions become on silicon: what does not execute takes "
                  "no time, and has nothing that a neighbour's memory traffic could slow down."),
            Chart(charts.rows(axis, lines, "µs"),
                  "Interrupt latency in microseconds: alone (ring), and while others flood the memory (dot). Logarithmic."),
            table,
            Prose(f"Latencies: [{source['text']}]({source['link']}), {published['machine']}. Instructions: published, or measured for the "
                  "project's design."),
        ]),
    ]
