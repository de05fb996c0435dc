# SPDX-License-Identifier: Apache-2.0
"""Reads what a guest told of a series (bench/guests/series.h)."""

import re


def read_series(name, console):
    """The values of the series @name on the text of a @console, in ticks of the counter, and the counter's frequency. Whatever
    else stands before the name on a line is no matter: hypervisors that have only one console put a name there."""
    head = re.search(rf"\b{name}: count=(\d+) frequency=(\d+)", console)
    if not head or f"{name}: done" not in console:
        raise ValueError(f"{name}: the series did not come to its end: {console[-200:]!r}")
    values = []
    for line in re.findall(rf"\b{name}: (\d[\d* ]*)\r?$", console, re.MULTILINE):
        for word in line.split():
            value, _, times = word.partition("*")
            values += [int(value)] * int(times or 1)
    if len(values) != int(head[1]):
        raise ValueError(f"{name}: {len(values)} values of {head[1]}")
    return values, int(head[2])
