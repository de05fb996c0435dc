# SPDX-License-Identifier: Apache-2.0
"""docs/requirements.md: the table of what is required, where it is met and what tests it."""

import re
import subprocess
from collections import Counter

import pytest

from system_run import ROOT

pytestmark = pytest.mark.one_board("the documents are looked at")

PAGE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| [NHM]\d", line)]
IDS = [row[0].split()[0] for row in ROWS]
# The papers' numbers of requirements.
ALL = [*(f"N{n}" for n in range(1, 17)), *(f"H{n}" for n in range(1, 14)), *(f"M{n}" for n in range(1, 14))]
PLACES = ("tests/system", "tests/proofs")


def text_files():
    for folder in ("abi", "bench", "composer", "docs", "guests", "hypervisor", "lib", "linux", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".S", ".py", ".md", ".yaml", ".1") and path.is_file():
                yield path, path.read_text(encoding="utf-8", errors="replace")


def test_each_requirement_stands_there_once():
    assert Counter(IDS) == Counter(ALL)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_requirement_says_how_it_is_met_and_its_tests_exist(row):
    assert len(row) == 4 and row[1] and row[2]
    names = [name.strip() for name in row[3].split(",") if name.strip()]
    assert names or "not yet" in row[2], "neither a test nor a word that it is not met"
    for name in names:
        file, _, function = name.partition("::")
        found = [ROOT / place / f"{file}.py" for place in PLACES if (ROOT / place / f"{file}.py").exists()]
        assert found, f"there is no {file}.py in {' or '.join(PLACES)}"
        assert not function or f"def {function}(" in found[0].read_text(encoding="utf-8"), f"{file}.py has no {function}"


def test_what_names_a_requirement_names_one_that_is_there():
    for path, text in text_files():
        for named in re.findall(r"requirements\.md[ ,(]+([NHM]\d+)(?:-([NHM]\d+))?", text):
            assert all(one in ALL for one in named if one), f"{path}: {named}"


def test_nothing_refers_to_files_that_are_not_here():
    """Whoever reads the sources has no others: each name of a Markdown file is of one here."""
    here = {path.name for path in ROOT.rglob("*.md") if "build" not in path.parts}
    for path, text in text_files():
        for name in re.findall(r"(?<![\w/.-])([a-z][\w-]*\.md)\b", text):
            assert name in here, f"{path}: there is no {name}"


def test_files_that_are_named_are_there():
    for name in re.findall(r"(?:abi|bench|hypervisor|composer)/[\w./]+\w", PAGE):
        assert subprocess.run(["test", "-e", ROOT / name], check=False).returncode == 0, name
