# SPDX-License-Identifier: Apache-2.0
"""Charts: rows over one axis, and lines. HTML has the words, SVG the marks: it is stretched to the width there is, words never are.

Marks are drawn in a box of 1000 by 100. What a colour means is always said in words too, at the row or the line.
"""

import math
from bisect import bisect_right
from collections import namedtuple
from html import escape

from bench.report.words import number

Row = namedtuple("Row", "label value colour marks title", defaults=("",))
Line = namedtuple("Line", "label colour points")

COLOURS = {"bare": 0, "nagaya-direct": 1, "nagaya": 1, "nagaya-virtual": 2, "nagaya-shared": 3, "xen": 4, "xen-ratelimit0": 5}
COLOUR_COUNT = 7


def colour(system):
    """The colour of @system: the same in every chart."""
    return COLOURS.get(system, 6)


def rows(axis, lines, unit, height=26, grid=True):
    """@lines, Rows one below the other, over @axis, whose values are in @unit; @height in pixels."""
    lattice = _path("grid", "".join(f"M{_x(tick.place)} 0V100" for tick in axis.ticks())) if grid else ""
    body = "".join(_row(row, _svg(_title(row), lattice + row.marks), height) for row in lines)
    return f'<div class="chart">{body}{_axis(axis.ticks(), unit)}</div>'


def span(axis, least, mean, worst, bound=None):
    """Marks: a line from @least to @worst, a ring at @mean, a dot at @worst, a bar at @bound."""
    marks = _path("span", f"M{_x(axis.place(least))} 50H{_x(axis.place(worst))}")
    if bound is not None:
        marks += _path("reach", f"M{_x(axis.place(worst))} 50H{_x(axis.place(bound))}") + limit(axis, bound)
    if mean is not None:
        marks += _dot("ring", axis.place(mean)) + _dot("hole", axis.place(mean))
    return marks + _dot("dot", axis.place(worst))


def limit(axis, bound):
    """Marks: a bar at @bound, of what was never seen."""
    return _path("bound", f"M{_x(axis.place(bound))} 12V88")


def alone_and_loaded(axis, alone, loaded):
    """Marks: a ring at the most of @alone, a dot at the most of @loaded, each (least, most) or None."""
    marks = ""
    if alone and loaded:
        marks = _path("span", f"M{_x(axis.place(alone[1]))} 50H{_x(axis.place(loaded[1]))}")
    if alone:
        marks += _dot("ring", axis.place(alone[1])) + _dot("hole", axis.place(alone[1]))
    return marks + (_dot("dot", axis.place(loaded[1])) if loaded else "")


def bar(axis, value):
    """Marks: a bar from the axis's beginning to @value."""
    return f'<path class="bar" d="M0 14H{_x(axis.place(value))}V86H0Z"/>'


def histogram(axis, edges, values):
    """Marks: how many of @values lie between each two of @edges. Heights are logarithmic, so one value of ten thousand is seen."""
    counts = [0] * (len(edges) - 1)
    for value in values:  # those beyond the edges are in the last bin on their side
        counts[min(len(counts) - 1, max(0, bisect_right(edges, value) - 1))] += 1
    top = math.log1p(len(values))
    bars = []
    for count, low, high in zip(counts, edges, edges[1:]):
        if count:
            left, right = axis.place(low), axis.place(high)
            right = max(right, left + 0.004)
            level = 100 - 94 * max(0.09, math.log1p(count) / top)
            bars.append(f"M{_x(left)} 100V{level:.0f}H{_x(right)}V100Z")
    return _path("base", "M0 100H1000") + f'<path class="bar" d="{"".join(bars)}"/>'


def log_edges(axis, count=90):
    """Edges of @count bins of equal factors over @axis, a Log."""
    edges = [axis.low * (axis.high / axis.low) ** (i / count) for i in range(count + 1)]
    return [0.0, *edges] if axis.zero else edges


def series(axis, values, columns=500):
    """Marks: @values in their order, from left to right; each of @columns shows the least and the worst of its part."""
    columns = min(columns, len(values))
    strokes = []
    for column in range(columns):
        part = values[column * len(values) // columns:(column + 1) * len(values) // columns]
        top, bottom = (96 - 92 * axis.place(value) for value in (max(part), min(part)))
        strokes.append(f"M{1000 * (column + 0.5) / columns:.1f} {top:.1f}V{max(bottom, top + 1.5):.1f}")
    grid = _path("grid", "".join(f"M0 {96 - 92 * tick.place:.1f}H1000" for tick in _few(axis)))
    return grid + _path("trace", "".join(strokes))


def strips(axis, lines, below, unit, height=84):
    """@lines, Rows of series marks, each with @axis, in @unit, upwards; @below: what is at the left and right end of all."""
    scale = "".join(f'<span style="top:{96 - 92 * tick.place:.1f}%">{escape(tick.text)}</span>' for tick in _few(axis))
    body = "".join(_row(row, f'{_svg(_title(row), row.marks)}<div class="beside">{scale}</div>', height) for row in lines)
    ends = "".join(f'<span class="{side}">{escape(text)}</span>' for side, text in zip(("first", "last"), below))
    return (f'<div class="chart strips">{body}<div class="row axis"><div class="label"></div><div class="ticks">{ends}</div>'
            f'<div class="value">{escape(unit)}</div></div></div>')


def curves(axis, places, lines, below, height=230):
    """@lines, each with a value of @axis for some of @places, upwards; @places from left to right, in equal steps; @below: what they
    are."""
    across = {place: (i + 0.5) / len(places) for i, place in enumerate(places)}
    marks = _path("grid", "".join(f"M0 {_y(tick.place)}H1000" for tick in axis.ticks()))
    for line in lines:
        points = [(across[place], axis.place(value)) for place, value in line.points]
        path = "L".join(f"{_x(x)} {_y(y)}" for x, y in points)
        dots = "".join(_dot("dot", x, _y(y)) for x, y in points)
        marks += f'<g class="k{line.colour}">{_path("curve", "M" + path)}{dots}</g>'
    scale = "".join(f'<span style="top:{_y(tick.place)}%">{escape(tick.text)}</span>' for tick in axis.ticks() if tick.main)
    ends = _apart([(float(_y(axis.place(line.points[-1][1]))) * height / 100, line) for line in lines], 17, height)
    names = "".join(f'<span class="k{line.colour}" style="top:{top:.0f}px">{escape(line.label)}</span>' for top, line in ends)
    title = "; ".join(f"{line.label}: " + ", ".join(f"{number(value)} at {place}" for place, value in line.points) for line in lines)
    ticks = "".join(f'<span style="left:{100 * x:.1f}%">{escape(str(place))}</span>' for place, x in across.items())
    wide = max(len(line.label) for line in lines) * 0.56 + 1
    return (f'<div class="curves" style="--names:{wide:.1f}em"><div class="scale">{scale}</div>'
            f'<div class="plot" style="height:{height}px">{_svg(title, marks)}</div><div class="names">{names}</div><div class="ticks">{ticks}</div>'
            f'<div class="below">{escape(below)}</div></div>')


def meter(share, over):
    """A small bar: @share of 1 of what there may be; @over: it is more."""
    return f'<span class="meter{" over" if over else ""}" aria-hidden="true"><i style="width:{100 * min(1.0, share):.0f}%"></i></span>'


def _few(axis):
    """Three of the ticks of @axis, or four."""
    ticks = [tick for tick in axis.ticks() if tick.main]
    return ticks[::-(-len(ticks) // 4)]


def _row(row, plot, height):
    return (f'<div class="row"><div class="label">{escape(row.label)}</div>'
            f'<div class="plot k{row.colour}" style="height:{height}px">{plot}</div><div class="value">{escape(row.value)}</div></div>')


def _title(row):
    return row.title or f"{row.label}: {row.value}"


def _axis(ticks, unit):
    spans = "".join(f'<span class="{"main" if tick.main else "minor"}{_edge(tick)}" style="left:{100 * tick.place:.2f}%">'
                    f"{escape(tick.text)}</span>" for tick in ticks)
    return (f'<div class="row axis"><div class="label"></div><div class="ticks">{spans}</div>'
            f'<div class="value">{escape(unit)}</div></div>')


def _edge(tick):
    return " first" if tick.place < 0.01 else " last" if tick.place > 0.99 else ""


def _apart(ends, least, height):
    """@ends, (place, what), moved so that none is nearer than @least pixels to the next, and all are within @height."""
    ends = sorted(ends, key=lambda end: end[0])
    places = []
    for place, _ in ends:
        places.append(max(place, places[-1] + least) if places else place)
    last = height
    for i in reversed(range(len(places))):
        places[i] = last = min(places[i], last - least / 2 if i == len(places) - 1 else last - least)
    return [(place, line) for place, (_, line) in zip(places, ends)]


def _svg(title, marks):
    return (f'<svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"><title>{escape(title)}</title>'
            f"{marks}</svg>")


def _path(kind, data):
    return f'<path class="{kind}" d="{data}"/>'


def _dot(kind, place, y="50"):
    return _path(kind, f"M{_x(place)} {y}h.01")


def _x(place):
    return f"{1000 * place:.1f}".removesuffix(".0")


def _y(place):
    return f"{94 - 88 * place:.1f}"
