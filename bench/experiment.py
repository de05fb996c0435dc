# SPDX-License-Identifier: Apache-2.0
"""What measures and experiments, of Nagaya and of its peers, have in common."""


def expect(holds, message):
    """What is found is only worth something if what it counts has happened: an error with @message if not."""
    if not holds:
        raise ValueError(message)


def say(what):
    """A line about what is under way."""
    print(f"bench:     {what}", flush=True)


def keep(evidence, experiment, system, values, how, *, unit="instructions", load=False, varies=False):
    """Keeps @values as a series of @evidence (evidence.py), and says what they are like."""
    evidence.series(experiment, system, values, unit=unit, how=how, load=load, varies=varies)
    say(f"{system}{', load' if load else ''}: {min(values):,} to {max(values):,} {unit}, mean {sum(values) / len(values):,.1f}")
