# SPDX-License-Identifier: Apache-2.0
"""The engine by part: lines of source, and bytes of code.

Link-time optimisation knows no object files, so bytes are counted by the line table of the ELF file: each instruction belongs to the
source line that it was made of, wherever that was inlined.
"""

import re
import struct
import subprocess
from collections import Counter, namedtuple
from pathlib import Path

from bench.common.elf import FLAG_EXECUTABLE, Elf
from bench.common.sizes import NOTHING, lines_by_file, source_files

Part = namedtuple("Part", "name lines bytes")

# The first that matches a file decides.
PARTS = [
    ("contracts and common headers", r"^abi/|^hypervisor/(mmio|plan_access|types)\.|/core_local\."),
    ("scheduling policies", r"^hypervisor/sched/"),
    ("interrupt controller (GICv3)", r"/arch/arm/gic/|/interrupts\.h$"),
    ("vCPUs and the scheduler", r"/(sched|vcpu|vcpu_context|clock)\."),
    ("PSCI and firmware", r"/(psci|firmware|conduit|affinity|guest_power|cpu_sleep)[^/]*$"),
    ("exits, traps and emulation",
     r"/(vectors|exits|traps|sysreg|stage2|feature_registers|inject|guest_memory|hypercall|registers|doorbell|aarch32|debug|abort|guest_fault|guest_state|exit_frame)[^/]*$"),
    ("speculation", r"/(speculation|workaround)[^/]*$"),
    ("the engine's own faults", r"/(fault|late)\."),
    ("life of VMs, manager, watchdog", r"/(vm|command|watchdog)\."),
    ("log and console", r"/(log|console|log_format)\."),
    ("start", r"/(start|boot|boot_checks|cpu|asm_offsets)\."),
]

WORD = 4  # bytes of an instruction

OTHER = "others"
PADDING = "padding, up to whole pages"


def parts(build):
    """A Part for each of PARTS, then what lies between functions; @build has hypervisor/arm64-gicv3.elf and its objects."""
    lines, size = Counter(), Counter()
    for file, count in lines_by_file(source_files(build / "hypervisor" / "arm64-gicv3")).items():
        lines[part_of(file)] += count
    for file, count in _bytes(build / "hypervisor" / "arm64-gicv3.elf").items():
        size[PADDING if file is None else part_of(file)] += count
    found = [Part(name, lines[name], size[name]) for name in [*(name for name, _ in PARTS), OTHER] if lines[name] or size[name]]
    return [*sorted(found, key=lambda part: -part.bytes), Part(PADDING, 0, size[PADDING])]


def part_of(file):
    """The part that the source @file belongs to."""
    return next((name for name, pattern in PARTS if re.search(pattern, file)), OTHER)


def _bytes(path):
    """Bytes of code by source file; None: of none. Zeros and NOP are nothing to read: they fill a vector's slot, or the last page."""
    elf = Elf(path)
    sizes = Counter()
    for section in (section for section in elf.sections if section.flags & FLAG_EXECUTABLE):
        code = elf.bytes[section.offset:section.offset + section.size]
        places = [WORD * n for n, (word,) in enumerate(struct.iter_unpack("<I", code)) if word not in NOTHING]
        told = subprocess.run(["aarch64-linux-gnu-addr2line", "-e", str(path)], check=True, stdout=subprocess.PIPE, text=True,
                              input="".join(f"{section.address + place:#x}\n" for place in places)).stdout.splitlines()
        last = None
        for line in told:
            file = line.rsplit(":", 1)[0].removeprefix("./")
            last = file if Path(file).suffix in (".c", ".h", ".S") else last  # a constant, which has no line, goes with its function
            sizes[last] += WORD
        sizes[None] += len(code) - WORD * len(places)
    return sizes
