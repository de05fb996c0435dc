# SPDX-License-Identifier: Apache-2.0
"""How an experiment, of Nagaya or of its peers, keeps what it has found, and says so."""


def say(what):
    """A line about what is under way."""
    print(f"bench:     {what}", flush=True)


def keep(evidence, experiment, system, values, how, *, unit="instructions", load=False, varies=False):
    """Keeps @values as a series of @evidence (bench/common/evidence.py), and says what they are like."""
    evidence.series(experiment, system, values, unit=unit, how=how, load=load, varies=varies)
    say(f"{system}{', load' if load else ''}: {min(values):,} to {max(values):,} {unit}, mean {sum(values) / len(values):,.1f}")
