# SPDX-License-Identifier: Apache-2.0
"""
Lets the register fuzzer (guests/fuzzer) run for long, one seed after the other, in each delivery mode: `make fuzz-guest`. Ends with a
line that sums up; the status is 1 if there was a finding. docs/fuzzing.md.
"""

import argparse
import itertools
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import guest

# A run of one seed: a thin sweep or the nap now and then, then lives of random steps; some minutes.
STEPS = 2000
LIVES = 15
NAP = 305  # seconds, not counted ones: a counter of 1 GHz has run for 2 to the power of 38 ns then


def settings(mode, first):
    """What is run in @mode: without end, all kinds of it in turns."""
    for number in itertools.count(first):
        kind = number - first
        arguments = {"dense": 4 if kind % 4 == 0 else 0, "thin": 64, "lives": LIVES, "steps": STEPS}
        if kind % 8 == 2 and mode not in guest.DIRECT:
            arguments.update(nap=NAP)
        yield guest.Setting(mode, number, counted=kind % 2 == 1, alone=mode == "shared" and kind % 4 == 3,
                            cpu="max" if kind % 8 in (2, 5) else "cortex-a53", **arguments)


def one(options):
    """The run that a finding names."""
    arguments = {name: getattr(options, name) for name in ("dense", "thin", "nap", "lives", "steps") if getattr(options, name) is not None}
    return guest.Setting(options.mode, options.seed, bool(options.counted), bool(options.alone), options.cpu, **arguments)


def fuzz(mode, seconds, first, folder):
    """Runs seeds from @first on for @seconds; all results."""
    results = []
    end = time.monotonic() + seconds
    for setting in settings(mode, first):
        results.append(guest.run(setting, folder))
        print(results[-1].tell(), flush=True)
        if time.monotonic() > end:
            return results
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="for each mode; what has begun is finished")
    parser.add_argument("--mode", choices=[*guest.MODES, "all"], default="all")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="run this one alone, with what follows")
    parser.add_argument("--cpu", default="cortex-a53")
    parser.add_argument("--counted", type=int, default=1, help="1: instructions are counted, so the run can be repeated exactly")
    parser.add_argument("--alone", type=int, default=0, help="1: the fuzzer has one vCPU")
    for name in ("dense", "thin", "nap", "lives", "steps"):
        parser.add_argument(f"--{name}", type=int, help="see guests/fuzzer/main.c")
    options = parser.parse_args()
    if options.seed is not None and options.mode == "all":
        parser.error("--seed needs a --mode")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-guest-"))
    results = []
    try:
        if options.seed is not None:
            results.append(guest.run(one(options), folder))
            print(results[-1].tell())
        else:
            for mode in guest.MODES if options.mode == "all" else [options.mode]:
                results += fuzz(mode, options.seconds, options.first, folder)
    finally:
        shutil.rmtree(folder)
    bad = [result for result in results if result.findings]
    print(f"fuzz-guest: {len(results)} runs, {sum(result.lives for result in results)} lives, {len(bad)} with findings"
          + "".join(f"; {result.setting}" for result in bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
