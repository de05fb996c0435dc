# SPDX-License-Identifier: Apache-2.0
"""Sizes: of the hypervisor's code, of its source, and of what it adds to an image."""

import json
import re
import struct
import subprocess
from pathlib import Path

import yaml

from bench.common.elf import FLAG_ALLOCATED, FLAG_EXECUTABLE, SECTION_NOBITS, Elf

NOTHING = (0, 0xd503201f)  # words between functions, slots and pages: zeros and NOP


def code_bytes(path):
    """Bytes of (code, read-only data) of the hypervisor's ELF file at @path: what is loaded and never written. Words that only fill
    the place up to an alignment are not counted, for they are nothing to read: in the code, zeros and NOP."""
    flag_writable = 1
    elf = Elf(path)
    loaded = [section for section in elf.sections
              if section.flags & FLAG_ALLOCATED and section.type != SECTION_NOBITS and not section.flags & flag_writable]
    code = sum(4 for section in loaded if section.flags & FLAG_EXECUTABLE
               for word, in struct.iter_unpack("<I", elf.bytes[section.offset:section.offset + section.size]) if word not in NOTHING)
    return code, sum(section.size for section in loaded if not section.flags & FLAG_EXECUTABLE)


def source_files(objects):
    """Every file that the compiler has read to make @objects.

    The compiler itself lists them (-MMD); its own headers, outside the repository, are not ours and do not count. What
    is generated doesn't either: what it is generated from does.
    """
    files = set()
    for listing in sorted(Path(objects).rglob("*.d")):
        words = re.sub(r"\\\n", " ", listing.read_text(encoding="utf-8")).replace(":", " ").split()
        read = {word for word in words if not word.startswith(("/", "build/")) and Path(word).suffix in (".c", ".h", ".S")}
        if all(Path(word).exists() for word in read):  # else it is left over from a source that is gone
            files |= read
    return sorted(files)


def source_lines(objects):
    """Lines of code, without blank lines and comments, of the source_files of @objects."""
    return sum(lines_by_file(source_files(objects)).values())


def lines_by_file(files):
    """File to lines of code, of each of @files."""
    report = subprocess.run(["cloc", "--json", "--quiet", "--by-file", "--skip-uniqueness", *files], check=True, stdout=subprocess.PIPE)
    counted = {file.removeprefix("./"): entry["code"] for file, entry in json.loads(report.stdout).items()
               if file not in ("header", "SUM")}
    if len(counted) != len(files):
        raise ValueError(f"cloc has counted {len(counted)} of {len(files)} files")
    return counted


def image_overhead(build, system, image):
    """Bytes by which @image, composed from @system, is larger than what its guests brought."""
    vms = yaml.safe_load(Path(system).read_text(encoding="utf-8"))["vms"]
    brought = [build / vm[key] for vm in vms for key in ("image", "kernel", "initrd") if key in vm]
    return image.stat().st_size - sum(_guest_bytes(path) for path in brought)


def _guest_bytes(path):
    """What of a guest's file has to be loaded."""
    return Elf(path).loaded_bytes() if path.suffix == ".elf" else path.stat().st_size
