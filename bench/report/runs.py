# SPDX-License-Identifier: Apache-2.0
"""Series of values: what they come to, and who took part."""

import math
from collections import namedtuple

from bench.report.blocks import Details, Missing, Prose
from bench.report.words import between, number, system

Summary = namedtuple("Summary", "count least mean worst jitter deviation")


def summary(values):
    """What @values come to. Jitter is from the least to the worst; deviation is the standard one."""
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return Summary(len(values), min(values), mean, max(values), max(values) - min(values), deviation)


def by_unit(runs):
    """Runs that have found something, in groups of the same unit: [(unit, runs)]; values of different units are never in one picture."""
    groups = {}
    for run in runs:
        if run.values or run.rows:
            groups.setdefault(run.unit, []).append(run)
    return list(groups.items())


def absences(runs, what, command="make bench"):
    """Blocks that say who did not take part, and what is of an earlier build. @what is told if nobody took part, unless it is None."""
    blocks = [Missing(f"{system(run.system, run.load)}: skipped: {run.skipped}") for run in runs if run.skipped]
    if what and not any(run.values or run.rows for run in runs):
        blocks.insert(0, Missing(f"Not measured: {what}. `{command}` does it."))
    old = [system(run.system, run.load) for run in runs if not run.skipped and run.old]
    if old:
        blocks.append(Missing(f"Older than the engine that is built now: {'; '.join(old)}. `{command}` counts again."))
    return blocks


ENOUGH = 3  # runs, of which a range tells something


def ranged(run, key, value):
    """@value of @run for a table, which is its @key ("least", "mean", "worst"): with the range over the last runs if it varies."""
    span = run.over_runs(key)
    if not run.varies:
        return number(value)
    return f"{number(value)} ~" if span is None else f"{between(span)} ~{len(run.runs)}"


def about_ranges(runs):
    """A block that explains ranged(), if there is something to explain."""
    varying = [run for run in runs if run.varies]
    if not varying:
        return []
    few = [system(run.system, run.load) for run in varying if len(run.runs) < ENOUGH]
    return [Prose("~: differs from run to run; behind it, of how many runs this is the range."
                  + (f" Of fewer than {ENOUGH}: {'; '.join(few)} (`make bench TIMES={ENOUGH}` makes more)." if few else ""))]


def how(runs):
    """A block that says how the values of each run were obtained, once for those that say the same; folded if there is much to say."""
    told = {}
    for run in runs:
        if run.how:
            told.setdefault(run.how.rstrip("."), []).append(system(run.system, run.load))
    if len(told) == 1:
        return [Prose(f"How: {next(iter(told))}.")]
    if not told:
        return []
    return [Details("How each of them was counted", [Prose(f"{'; '.join(names)}: {text}.") for text, names in told.items()])]
