# SPDX-License-Identifier: Apache-2.0
"""How regular a periodic timer's handler is (requirements.md N15)."""

from bench.report import charts, verdicts
from bench.report.blocks import Chart, Prose, Section, Table, verdict
from bench.report.runs import about_ranges, absences, by_unit, how, summary
from bench.report.scales import Around
from bench.report.words import number, percent, system

PERIOD_US = 1000
HALF_BIN_US = 0.05  # the paper's bins are 0.1 us wide


def section(findings):
    """The section."""
    runs = findings.runs("timer-accuracy")
    blocks = [Prose("A timer that should tick every millisecond, 5,001 times: how far each period, from one handler to the next, is from "
                    "that.", "lead"),
              *verdict(verdicts.timer(findings)),
              *absences(runs, "the timer accuracy of the papers' experiment")]
    periods = [run for run in runs if run.values and "EL2" not in run.unit]
    if periods:
        blocks += [_picture(periods), _table(findings, periods), *about_ranges(periods)]
    for unit, group in by_unit([run for run in runs if run not in periods]):
        blocks.append(_costs(unit, group))
    blocks += how([run for run in runs if run.values])
    paper, source = findings.peers["timer-accuracy"], findings.source("timer-accuracy")
    blocks.append(Prose(f"In the paper, under a flood of packets, {paper['fullest_bin_percent']} % of the periods lay in one bin of 0.1 µs, "
                        f"and plain Xen's from {paper['xen'][0]:.4f} to {paper['xen'][1]:.4f} ms: {source['text']}."))
    return Section("timer", "Timer accuracy", blocks)


def _periods(run):
    """The periods of @run in microseconds of the guest's clock, whatever an instruction takes of it: the mean, to three digits, is what
    the timer was set to."""
    meant = float(f"{summary(run.values).mean:.3g}")
    return [value / meant * PERIOD_US for value in run.values]


def _picture(runs):
    offsets = {run.key: [period - PERIOD_US for period in _periods(run)] for run in runs}
    axis = Around(HALF_BIN_US, max(abs(offset) for each in offsets.values() for offset in each))
    edges = axis.edges()
    rows = []
    for run in runs:
        least, worst = min(offsets[run.key]), max(offsets[run.key])
        words = f"{system(run.system, run.load)}: from {least:+.3f} to {worst:+.3f} µs off, {_fullest(run)} within 0.05 µs"
        rows.append(charts.Row(system(run.system, run.load), _fullest(run), charts.colour(run.system),
                               charts.histogram(axis, edges, offsets[run.key]), words))
    return Chart(charts.rows(axis, rows, "µs", height=54),
                 "How often each deviation from 1 ms came, in microseconds: linear in the middle bin, which is 0.1 µs wide, logarithmic "
                 "beyond. Heights are logarithmic, so a single tick is seen. The number is the part of all periods in the middle bin.")


def _fullest(run):
    periods = _periods(run)
    return percent(sum(abs(period - PERIOD_US) <= HALF_BIN_US for period in periods) / len(periods))


def _table(findings, runs):
    paper = findings.peers["timer-accuracy"]
    low, high = (f"{1000 * end:,.1f}" for end in paper["xen"])
    rows = [["plain Xen, in the paper", "–", low, high, number(1000 * (paper["xen"][1] - paper["xen"][0])), "–", "5,000"],
            ["Natsume-Xen, in the paper", f"{paper['fullest_bin_percent']} %", *["–"] * 4, "5,000"]]
    for run in reversed(runs):
        s = summary(_periods(run))
        rows.insert(0, [system(run.system, run.load) + (f" ~{len(run.runs)}" if run.varies else ""), _fullest(run), f"{s.least:,.3f}", f"{s.worst:,.3f}", f"{s.jitter:,.3f}",
                        f"{s.deviation:,.3f}", number(s.count)])
    heads = ["within 0.1 µs", "shortest", "longest", "spread", "deviation", "periods"]
    return Table("Periods of the timer, in microseconds of the guest's clock", [("", "left"), *((head, "right") for head in heads)], rows)


def _costs(unit, runs):
    """A table of what was counted in place of time."""
    rows = []
    for run in runs:
        s = summary(run.values)
        rows.append([system(run.system, run.load), number(s.worst), number(s.mean), number(s.least), number(s.count)])
    heads = ["worst", "mean", "minimum", "ticks"]
    return Table(f"For each tick, in {unit}", [("", "left"), *((head, "right") for head in heads)], rows)
