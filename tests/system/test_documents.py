# SPDX-License-Identifier: Apache-2.0
"""What the documents say of the sources: files that they link to are there, functions are where they are said to be, and what gdb is
told of has a symbol."""

import re
import subprocess

import pytest

from system_run import ROOT

pytestmark = pytest.mark.one_board("the documents are looked at")

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "boards").rglob("*.md")])
# Made while building, or somebody else's.
MADE = {"asm_offsets.h", "cmocka.h", "z0.h"}
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def sources_named(name):
    """The project's sources whose path ends so."""
    return [path for folder in ("abi", "hypervisor", "lib", "composer", "linux", "guests", "bench", "tests")
            for path in (ROOT / folder).rglob(name.rsplit("/", 1)[-1]) if path.as_posix().endswith("/" + name)]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_to_files_that_are_there(page):
    for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_function_is_in_the_file_that_is_named_with_it(page):
    """`name` ([file.c](...)), or `name` (file.c)."""
    text = page.read_text(encoding="utf-8")
    for function, file in re.findall(r"`(\w+)`,?\s*\(\[?([\w/]+\.[chS])\b", text):
        found = sources_named(file)
        assert found, f"`{function}` ({file}): there is no such file"
        assert any(re.search(rf"\b{function}\b", path.read_text(encoding="utf-8")) for path in found), f"{file} has no {function}"


def test_what_gdb_is_told_of_has_a_symbol():
    text = (ROOT / "docs" / "debugging.md").read_text(encoding="utf-8")
    places = re.findall(r"`(\w+)`", re.search(r"Useful places:(.*?)\. `p this_cpu`", text, re.DOTALL)[1])
    data = re.findall(r"`p(?:/x)? (\w+)", text)
    symbols = subprocess.run(["aarch64-linux-gnu-nm", ROOT / "build" / "hypervisor" / "arm64-gicv3.elf"], check=True, stdout=subprocess.PIPE,
                             text=True).stdout
    assert len(places) >= 5 and len(data) >= 4
    for name in {*places, *data}:
        assert re.search(rf" {name}$", symbols, re.MULTILINE), f"{name}: the engine's file has no such symbol"


def test_sources_name_sources_that_are_there():
    """A file that is named in a comment, by its name alone, is one of the project's: who moves one finds what to change."""
    files = subprocess.run(["find", *("abi bench boards composer guests hypervisor lib linux scripts systems tests docs".split()), "-type", "f"],
                           cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    there = {file.rsplit("/", 1)[-1] for file in files}
    for file in files:
        if not re.search(r"\.(c|h|S)$", file):
            continue
        for number, line in enumerate((ROOT / file).read_text(encoding="utf-8").splitlines(), 1):
            for name in re.findall(r"(?<![\w./<\"-])([a-z][\w]*\.(?:c|h|S|py))\b", line) if "#include" not in line else []:
                assert name in there | MADE, f"{file}:{number}: there is no {name}"
