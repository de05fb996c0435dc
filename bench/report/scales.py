# SPDX-License-Identifier: Apache-2.0
"""Scales: from a value to its place, 0 to 1, and the values that an axis names."""

import math
from collections import namedtuple

from bench.report.words import short

Tick = namedtuple("Tick", "place text main")  # main: shown on a narrow page too


class Linear:
    """Equal steps; begins at @low."""

    def __init__(self, low, high, suffix=""):
        self.low, self.suffix = low, suffix
        self.step = _step((high - low) or 1)
        self.high = low + math.ceil(((high - low) or 1) / self.step - 1e-9) * self.step

    def place(self, value):
        """Where @value lies."""
        return _clamp((value - self.low) / (self.high - self.low))

    def ticks(self):
        """The steps."""
        count = round((self.high - self.low) / self.step)
        values = [self.low + i * self.step for i in range(count + 1)]
        return [Tick(self.place(value), short(round(value, 6)) + self.suffix, i % 2 == 0) for i, value in enumerate(values)]


class Log:
    """Equal factors, from the power of ten (or its half, or its double) below @low to the one above @high. What is 0 stands at the left
    edge, which says 0 then."""

    def __init__(self, low, high, zero=False):
        self.zero = zero
        self.low, self.high = _below(max(low, 1e-9)), _above(max(high, 1e-9))
        if zero:
            self.low /= 2
        if self.high <= self.low:
            self.high = self.low * 10

    def place(self, value):
        """Where @value lies."""
        if value <= self.low:
            return 0.0
        return _clamp(math.log(value / self.low) / math.log(self.high / self.low))

    def ticks(self):
        """Powers of ten, and between them 2 and 5 where there is room."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        factors = (1, 2, 5) if self.high / self.low <= 250 else (1,)
        every = max(1, math.ceil((last - first) / 6))
        values = [(factor * 10.0 ** power, factor, power) for power in range(first, last + 1) for factor in factors]
        ticks = [Tick(self.place(value), short(round(value, 9)), factor == 1 and (power - first) % every == 0)
                 for value, factor, power in values if self.low * 0.999 <= value <= self.high * 1.001
                 and not (self.zero and value < self.low * 1.9) and (power - first) % max(1, every // 2) == 0]
        return ([Tick(0.0, "0", True)] if self.zero else []) + ticks


class Around:
    """Both directions from 0: equal steps up to @fine, equal factors beyond it, to @most."""

    FINE_PART = 0.03  # of the width, on each side of 0

    def __init__(self, fine, most):
        self.fine = fine
        self.most = 10.0 ** math.ceil(math.log10(max(most, 10 * fine)) - 1e-9)

    def place(self, value):
        """Where @value lies."""
        size = abs(value)
        if size <= self.fine:
            part = self.FINE_PART * size / self.fine
        else:
            part = self.FINE_PART + (0.5 - self.FINE_PART) * math.log(size / self.fine) / math.log(self.most / self.fine)
        return _clamp(0.5 + math.copysign(part, value))

    def ticks(self):
        """0, and powers of ten on both sides: four at most."""
        last = round(math.log10(self.most))
        powers = range(last, math.ceil(math.log10(2 * self.fine) - 1e-9) - 1, -1)
        every = math.ceil(len(powers) / 4)
        sides = [(sign * 10.0 ** power, i % (2 * every) == 0) for i, power in enumerate(powers) if i % every == 0 for sign in (-1, 1)]
        ticks = [Tick(self.place(value), ("+" if value > 0 else "−") + short(round(abs(value), 9)), main) for value, main in sides]
        return sorted([Tick(0.5, "0", True), *ticks])

    def edges(self, per_side=40):
        """The edges of bins that look equally wide: the middle one is 2 * fine, the others equal factors."""
        beyond = [self.fine * (self.most / self.fine) ** (i / per_side) for i in range(per_side + 1)]
        return [-edge for edge in reversed(beyond)] + beyond


def _clamp(place):
    return min(1.0, max(0.0, place))


def _step(span):
    """A round step, of which @span has four to eight."""
    power = 10.0 ** math.floor(math.log10(span / 4))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if span / (power * factor) <= 6)


def _below(value):
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return next(power * factor for factor in (5, 2, 1) if power * factor <= value * 1.000001)


def _above(value):
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value * 0.999999)
