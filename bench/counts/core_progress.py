# SPDX-License-Identifier: Apache-2.0
"""
Whether each core of a running QEMU still makes progress, asked of its monitor (QMP): a core is lost
if it is at EL2 and has stopped for good there, or is at EL2 whenever it is polled, and not asleep.
A healthy one is in a guest, waits for an interrupt at EL2, or is soon seen elsewhere.
"""

import json
import re
import socket
import tempfile
import time
from pathlib import Path

FAULT = "exception inside the hypervisor"  # how the engine's log tells of its own (abi/observe.h: HYPERVISOR_FAULT)

PATIENCE = 20  # seconds until a core that is always found at EL2 counts as lost; healthy ones are
               # elsewhere at the first poll
PAUSE = 0.02   # seconds between two polls

WFI = 0xd503207f
BRANCH = 0x14000000  # B, its displacement of 26 bits in words below it
BRANCH_MASK = 0xfc000000


class EngineFault(AssertionError):
    """The hypervisor has failed, whatever the test was about."""


class Monitor:
    """A QEMU that was started with options(): its monitor, connected to when it is needed first."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="nagaya-")  # a socket's path must be short
        self._path = Path(self._folder.name) / "qmp"
        self._file = None

    def options(self):
        """What QEMU must be given."""
        return ["-qmp", f"unix:{self._path},server=on,wait=off"]

    def close(self):
        if self._file:
            self._file.close()
            self._file = None
        self._folder.cleanup()

    def connect(self):
        """False if there is no machine any more, or not yet."""
        if self._file:
            return True
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        try:
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            return False
        self._file = connection.makefile("rw", encoding="utf-8")
        connection.close()  # the file keeps it
        try:
            self._file.readline()  # the greeting
            self.execute("qmp_capabilities")
        except (OSError, ValueError):
            self._file.close()
            self._file = None
        return self._file is not None

    def execute(self, command, **arguments):
        """What the machine answers; OSError or ValueError if it is gone."""
        self._file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._file.flush()
        while True:
            answer = json.loads(self._file.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise ValueError(answer["error"]["desc"])

    def human(self, line):
        """The answer of the monitor that people use."""
        return self.execute("human-monitor-command", **{"command-line": line})

    def runs(self):
        """Whether the machine is on, and nobody (a debugger) has stopped it."""
        return self.execute("query-status")["running"]

    def words(self, address, count, cpu=None):
        """Words of 32 bits at a physical address, or at one that @cpu sees."""
        line = f"{'xp' if cpu is None else 'x'} /{count}xw {address:#x}"
        said = self.execute("human-monitor-command", **{"command-line": line}, **({} if cpu is None else {"cpu-index": cpu}))
        return [int(word, 16) for row in said.splitlines() for word in row.partition(":")[2].split() if word.startswith("0x")]

    def places(self):
        """(PC, exception level) of each core; no level where the core is a 32-bit one just now, or has not run yet: then the emulator
        has its PC where it is to begin, and 0 in all other registers."""
        found = []
        for core in self.human("info registers -a").split("CPU#")[1:]:
            pc = re.search(r"\bPC=([0-9a-f]+)", core)
            level = re.search(r"\bEL([0-3])[ht]\b", core)
            has_run = any(int(value, 16) for value in re.findall(r"\bX\d\d=([0-9a-f]+)", core))
            found.append((int(pc[1], 16) if pc else 0, int(level[1]) if level and has_run else None))
        return found


def _sleeps(words):
    """Of three words, the core at the second one: whether it waits in a WFI that leads on (True), in one that leads only to itself
    again (False), or not at all, as far as can be seen (None)."""
    if WFI not in words[:2]:
        return None
    behind = words[words.index(WFI) + 1]
    ends = behind & BRANCH_MASK == BRANCH and (behind & ~BRANCH_MASK) >= (1 << 26) - 2  # to the WFI, or to the barrier before it
    return not ends


def lost(monitor, owned, patience=PATIENCE, may_stop=False):
    """What is wrong with the cores of a machine: a list of texts, one for each lost one of @owned, those that run a VM. With
    @may_stop, one that has stopped for good is as it should be."""
    try:
        return _lost(monitor, owned, patience, may_stop) if monitor.connect() and monitor.runs() else []
    except (OSError, ValueError):
        return []  # it is off now


def _lost(monitor, owned, patience, may_stop):
    suspects = set(owned)
    end = time.monotonic() + patience
    while True:
        places = monitor.places()
        for core in sorted(suspects):
            pc, level = places[core] if core < len(places) else (0, None)
            if level != 2:
                suspects.discard(core)  # in a guest, or off
                continue
            words = monitor.words(pc - 4, 3, core)
            sleeps = _sleeps(words)
            if sleeps or (sleeps is False and may_stop):
                suspects.discard(core)
            elif sleeps is False:
                return [f"core {core} has stopped for good at EL2, pc {pc:#x}"]
        if not suspects:
            return []
        if time.monotonic() > end:
            return [f"core {core} makes no progress at EL2, pc {places[core][0]:#x}" for core in sorted(suspects)]
        time.sleep(PAUSE)
