# SPDX-License-Identifier: Apache-2.0
"""
The board that systems are tried on: qemu-virt, which their files name, or the one of `pytest --board NAME`. Then each system that is
composed is a copy of its file that names this one.
"""

import os
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = "qemu-virt"
COPIES = ROOT / "build" / "tests" / "system" / "on-board"

_chosen = {"name": DEFAULT}


def choose(name):
    """From now on it is @name."""
    _chosen["name"] = name


def is_other():
    return _chosen["name"] != DEFAULT


def qemu_machine():
    """What QEMU is told of it by -machine."""
    file = ROOT / "boards" / _chosen["name"] / "board.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["qemu"]["machine"]


def gic_version():
    return int(re.search(r"gic-version=(\d)", qemu_machine())[1])


def engine():
    """The engine that its systems have."""
    return ROOT / "build" / "hypervisor" / f"arm64-gicv{gic_version()}.elf"


def system_file(path, board=None):
    """@path, or for another board, @board or the one that is tried, a copy of it. Files beside it are found from there as well: a copy
    of one of the repository's own, which are beside nothing, is in the build folder."""
    path = Path(path)
    path = path if path.is_absolute() else ROOT / path
    board = board or _chosen["name"]
    text = path.read_text(encoding="utf-8") if board != DEFAULT else ""
    if not re.search(rf"^board: {DEFAULT}$", text, re.MULTILINE):
        return path
    folder = COPIES / board / path.parent.name if path.is_relative_to(ROOT) else path.parent
    copy = folder / f"{path.stem}.{board}.yaml"
    new = folder / f"{copy.name}.{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    new.write_text(re.sub(rf"^board: {DEFAULT}$", f"board: {board}", text, flags=re.MULTILINE), encoding="utf-8")
    new.replace(copy)  # at once: other processes of the tests may be reading it
    return copy
