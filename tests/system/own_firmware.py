# SPDX-License-Identifier: Apache-2.0
"""A system above a firmware of our own, which counts what it is asked (guests/firmware/firmware.S): QEMU's `virt,secure=on`, one CPU."""

import struct
import subprocess

from system_run import ROOT, nagaya

FLASH_SIZE, CONFIGURATION, PIECES = 64 << 20, 0x10000, 0x20000


def _segments(elf):
    """(entry, [(physical address, bytes)]) of an ELF file."""
    entry, offset = struct.unpack_from("<QQ", elf, 24)
    size, count = struct.unpack_from("<HH", elf, 54)
    found = []
    for at in range(offset, offset + size * count, size):
        kind, _, start, _, pa, length, _ = struct.unpack_from("<IIQQQQQ", elf, at)
        if kind == 1 and length:
            found.append((pa, elf[start:start + length] + bytes(-length % 8)))
    return entry, found


def _flash(elf, answers):
    entry, segments = _segments(elf)
    table, data = struct.pack("<Q3i4xQ", entry, *answers, len(segments)), b""
    for pa, content in segments:
        table += struct.pack("<QQQ", pa, PIECES + len(data), len(content))
        data += content
    firmware = (ROOT / "build/tests/system/firmware.bin").read_bytes()
    assert len(firmware) <= CONFIGURATION and len(table) <= PIECES - CONFIGURATION and PIECES + len(data) <= FLASH_SIZE
    return (firmware.ljust(CONFIGURATION, b"\0") + table).ljust(PIECES, b"\0") + data


def console_of(folder, system, cpu, answers):
    """All that is said until the machine is off. @answers: what the firmware says of WORKAROUND_1, 2 and 3."""
    image, flash = folder / "system.elf", folder / "flash"
    composed = nagaya("compose", ROOT / "tests/system/systems" / system, "-o", image)
    assert composed.returncode == 0, composed.stderr
    flash.write_bytes(_flash(image.read_bytes(), answers))
    return subprocess.run(["qemu-system-aarch64", "-M", "virt,secure=on,virtualization=on,gic-version=3", "-cpu", cpu, "-smp", "1", "-m",
                           "2G", "-nodefaults", "-display", "none", "-monitor", "none", "-serial", "stdio", "-semihosting", "-bios", flash],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False).stdout
