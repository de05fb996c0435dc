# SPDX-License-Identifier: Apache-2.0
"""
Whatever a board's device tree holds: a system on it is composed, or refused with what is wrong and what to do. Tried with all
trees of Debian's arm64 kernel; build/tests/trees/*.txt has the tables of what became of them.
"""

import re
import warnings

import pytest

import board_trees

FOLDER = board_trees.ROOT / "build" / "tests" / "trees"
NAMES_A_PLACE = re.compile(r"(?<![\w.])/[\w,.@/+-]+|the board's device tree|board \S+ has CPUs?|device \S+|vm \S+")


@pytest.fixture(scope="module", name="trees")
def trees_of_debian(tmp_path_factory):
    """All trees of the package, by name."""
    deb = board_trees.package()
    if deb is None:
        warnings.warn("the 577 device trees of Debian's linux-image-*-arm64 were not tried: the package has not been fetched")
        pytest.skip("577 device trees of Debian's linux-image-*-arm64 not tried: build/linux/packages names no such file")
    return board_trees.unpack(deb, tmp_path_factory.mktemp("trees"))


def compose_all(trees, system, name):
    """The outcomes of @system on all @trees; writes the table of them."""
    composer = board_trees.Composer(FOLDER / name)
    outcomes = {tree: composer.compose(path, system) for tree, path in trees.items()}
    (FOLDER / f"{name}.txt").write_text(board_trees.table(outcomes), encoding="utf-8")
    return outcomes


def complaints(outcomes):
    """Outcomes that no user may meet."""
    for tree, outcome in outcomes.items():
        if outcome.kind not in ("composes", "refused"):
            yield f"{tree}: {outcome.kind}: {outcome.lines}"
        for line in outcome.lines:
            if outcome.kind == "refused" and not (NAMES_A_PLACE.search(line) and re.search(r"; |: say in ", line)):
                yield f"{tree}: names no node, or not what to do: {line}"


@pytest.mark.parametrize("system, name", [(board_trees.ONE_VM, "one-vm"), (board_trees.TWO_VMS, "two-vms")])
def test_every_tree_composes_or_is_refused_with_the_reason(trees, system, name):
    outcomes = compose_all(trees, system, name)
    assert len(outcomes) > 500
    assert not list(complaints(outcomes))
    # A test that refuses everything would pass as well: most boards with a GICv3 must work.
    assert sum(outcome.kind == "composes" for outcome in outcomes.values()) > 200
