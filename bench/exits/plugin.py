# SPDX-License-Identifier: Apache-2.0
"""What the plugin for paths through the hypervisor (bench/plugin/paths.c) is told, and what it has
counted (bench/plugin/paths.h)."""

import mmap
import shutil
import struct
from collections import namedtuple
from pathlib import Path

from bench.common.elf import Elf
from bench.common.exit_classes import FILE, exit_classes

MAGIC = 0x3173687461706f6e
CPUS, MOST_CLASSES, MOST_PIECES = 8, 32, 4096
HEAD = struct.Struct("<4Q")
CLASS = struct.Struct("<5Q")
PIECE = struct.Struct("<2I")

# pieces: (offset in the code, instructions one after the other from there) of the longest one; None
# if that is not known.
ClassPaths = namedtuple("ClassPaths", "count sum min max pieces")
Run = namedtuple("Run", "foreign unfinished others cpus")


def plugin_options(elf, section, symbols):
    """The code in @section of @elf (Elf), and where the plugin finds what in it.

    @symbols  names of those that make the classes
    """
    text = next(each for each in elf.sections if each.name == section)
    known = elf.symbols()
    missing = [name for name in symbols if name not in known]
    if missing:
        raise ValueError(f"{FILE.name}: the hypervisor has no symbol {', '.join(missing)}")
    offset = {name: known[name] - text.address for name in ["_start", "vectors", *symbols]}
    return elf.bytes[text.offset:text.offset + text.size], (
        f"start={offset['_start']:#x},vectors={offset['vectors']:#x},"
        f"classes={':'.join(hex(offset[name]) for name in symbols)}")


def folder_of(build):
    """Where runs leave what they count: a file NAME for each, which says what was run, and
    NAME.paths."""
    return Path(build).resolve() / "bench" / "paths"


def prepare(build):
    """Makes that folder ready for bench/counting/; what was counted of another hypervisor is
    forgotten."""
    folder = folder_of(build)
    code, options = plugin_options(Elf(Path(build) / "hypervisor" / "arm64-gicv3.elf"), ".text",
                                   [each["through"] for each in exit_classes()])
    begins = sum(each.get("begins", False) for each in exit_classes())
    library = Path(build).resolve() / "bench" / "paths.so"
    plugin = f"{library},code={folder}/code,{options},begins={begins}"
    if not _holds(folder / "code", code) or not _holds(folder / "plugin", plugin.encode()):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "code").write_bytes(code)
        (folder / "plugin").write_text(plugin, encoding="ascii")
    return folder


def _holds(file, content):
    return file.exists() and file.read_bytes() == content


def read(file):
    """What was counted, from the plugin's @file: Run, cpus a list of lists of ClassPaths by class.
    None: the machine was ended before anything ran."""
    with Path(file).open("rb") as stream:
        if not any(stream.read(HEAD.size)):
            return None
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            size = CLASS.size + MOST_PIECES * PIECE.size
            whole = len(content) == HEAD.size + CPUS * MOST_CLASSES * size
            if not whole or HEAD.unpack_from(content)[0] != MAGIC:
                raise ValueError(f"{file}: not a file of bench/plugin/paths.c")
            _, foreign, unfinished, others = HEAD.unpack_from(content)
            classes = [_class_paths(content, HEAD.size + number * size)
                       for number in range(CPUS * MOST_CLASSES)]
    cpus = [classes[cpu * MOST_CLASSES:(cpu + 1) * MOST_CLASSES] for cpu in range(CPUS)]
    return Run(foreign != 0, unfinished, others, cpus)


def _class_paths(content, offset):
    count, total, least, most, piece_count = CLASS.unpack_from(content, offset)
    first = offset + CLASS.size
    known = content[first:first + min(piece_count, MOST_PIECES) * PIECE.size]
    pieces = [piece for piece in PIECE.iter_unpack(known) if piece[1] != 0]
    whole = sum(instructions for _, instructions in pieces) == most
    if not whole or piece_count > MOST_PIECES:
        pieces = None
    return ClassPaths(count, total, least, most, pieces)
