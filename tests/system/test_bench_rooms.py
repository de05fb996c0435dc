# SPDX-License-Identifier: Apache-2.0
"""The rooms of bench/ come in an order: each uses only those that it may, so whoever reads or changes one knows what it rests on."""

import ast
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_board("the sources are looked at")

ROOT = Path(__file__).resolve().parents[2]

# Each room, and those before it that it may use; "": files right in bench/.
ROOMS = {
    "common": set(),
    "counts": {"common"},
    "exits": {"common"},
    "bound": {"common"},
    "report": {"common"},
    "experiments": {"common", "counts"},
    "peers": {"common", "counts", "experiments"},
    "": {"common", "counts", "experiments", "peers"},
}
# Of our own code outside of bench/, by who may use it.
OUTSIDE = {"counts": {"tests.flips"}}
# Of Debian's packages.
PACKAGES = {"pexpect", "yaml"}


def imported(path):
    """(line, module) of each import in @path; a dot in front is left there."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{name.name}" if module == "bench" else module) for name in node.names)


def wrong(room, module):
    """What is wrong with @module being imported by a file of @room, in words; None if nothing is."""
    first, _, rest = module.partition(".")
    if first in sys.stdlib_module_names or first in PACKAGES:
        return None
    if first != "bench":
        known = any(module == name or module.startswith(f"{name}.") for name in OUTSIDE.get(room, ()))
        return None if known else f"{module} is not found from the repository's root, or not for {room or 'bench'}"
    used = rest.partition(".")[0]
    return None if used == room or used in ROOMS[room] else f"{room or 'bench'} must not use {used or 'bench'}"


def violations(bench):
    """A line for each import in the folder @bench that goes the wrong way, and for each file that makes a way of its own."""
    found = []
    for path in sorted(bench.rglob("*.py")):
        place = path.relative_to(bench)
        room = place.parts[0] if len(place.parts) > 1 else ""
        if room not in ROOMS:
            found.append(f"{place}: {room} is no room; ROOMS says which there are")
            continue
        found += [f"{place}:{line}: {why}" for line, module in imported(path) if (why := wrong(room, module))]
        if "sys.path" in path.read_text(encoding="utf-8"):
            found.append(f"{place}: changes where modules are found")
    return found


def test_each_room_of_bench_uses_only_those_that_it_may():
    assert violations(ROOT / "bench") == []


def test_the_rooms_come_in_an_order():
    before = set()
    for room, may_use in ROOMS.items():
        assert may_use <= before, room
        before.add(room)


def test_each_room_is_a_folder():
    assert {path.name for path in (ROOT / "bench").iterdir() if any(path.glob("*.py"))} == set(filter(None, ROOMS))


@pytest.mark.parametrize("file, line, why", [
    ("bound/a.py", "from bench.report.words import number", "bound/a.py:1: bound must not use report"),
    ("common/a.py", "import bench.counts.machine", "common/a.py:1: common must not use counts"),
    ("counts/a.py", "from bench import experiments", "counts/a.py:1: counts must not use experiments"),
    ("report/sections/a.py", "def f():\n    from bench.bound import paths",
     "report/sections/a.py:2: report must not use bound"),
    ("peers/xen/a.py", "from .image import flat_image", "peers/xen/a.py:1: .image is not found from the repository's root"),
    ("exits/a.py", "from elf import Elf", "exits/a.py:1: elf is not found from the repository's root"),
    ("exits/a.py", "from tests.flips.flips import run", "exits/a.py:1: tests.flips.flips is not found from the repository's root, or not for exits"),
    ("exits/a.py", "import sys\nsys.path.insert(0, 'bench')", "exits/a.py: changes where modules are found"),
    ("cellar/a.py", "", "cellar/a.py: cellar is no room"),
])
def test_an_import_that_goes_the_wrong_way_is_found(file, line, why, tmp_path):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(line, encoding="utf-8")
    found, = violations(tmp_path)
    assert found.startswith(why)


def test_what_a_room_may_use_is_not_found(tmp_path):
    (tmp_path / "peers").mkdir()
    (tmp_path / "peers" / "a.py").write_text("import re\nimport yaml\nfrom bench.peers import xen\nfrom bench.counts.machine import Machine\n",
                                             encoding="utf-8")
    assert violations(tmp_path) == []
