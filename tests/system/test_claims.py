# SPDX-License-Identifier: Apache-2.0
"""What the documents claim about speed and size is what was counted. Runs after `make bench`.

`make report` writes README.md's table and docs/performance.md; in sentences a number is written by hand, and CLAIMS says whose it is.
"""

import json
import re
from pathlib import Path

import pytest

from bench.common.budgets import Budgets
from bench.common.debug_info import compiler
from bench.report import markdown
from bench.report.findings import Findings
from bench.report.sections import budgets as budgets_section

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
BUDGETS = Budgets.read()

CLAIMS = [
    ("docs/measuring.md", "Of the {message_roundtrip_same_core} instructions of `message_roundtrip_same_core`"),
    ("docs/measuring.md", "`vcpu_switch_el2` is {vcpu_switch_el2}"),
    ("docs/channels.md", "takes {message_roundtrip_same_core} instructions (`message_roundtrip_same_core`"),
    ("docs/channels.md", "{message_roundtrip_cross_core} of both cores together"),
    ("boards/qemu-virt/board.yaml", "{vcpu_switch_el2_full_core} for a switch on a full core (vcpu_switch_el2_full_core of make bench)"),
]

# A number with a unit of ours; milliseconds are what systems are told, not what they cost.
COST = re.compile(r"\b\d[\d,.]*\s+(instructions|bytes|KB|lines|ns|us|µs)\b")

# A header that names what an interface costs: its budget.
PROMISE = re.compile(r"(\d[\d,]*) instructions[^.]*?\(bench:\s+(\w+)\)")


@pytest.fixture(scope="module", name="findings")
def what_was_found():
    """What the last `make bench` has counted, by the compiler that the numbers in the repository are of."""
    found = Findings(ROOT / "build")
    if not found.results:
        pytest.fail("there is no build/bench/results.json: run `make bench` first")
    made_with = compiler(found.engine)
    if made_with != BUDGETS.counted_with:
        pytest.skip(f"the repository's numbers are of {BUDGETS.counted_with}, this build is of {made_with}")
    return found


def read(name):
    """The text of the file @name, its lines joined, without the marks of comments."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\s+(?:[#*] )?\s*", " ", text)


def test_the_readmes_table_is_what_was_counted(findings):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert markdown.readme(findings, text) == text, "README.md: run `make report`, and commit what it writes"


def test_the_readme_claims_no_cost_elsewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin, end = text.index(markdown.README_BEGIN), text.index(markdown.README_END)
    found = COST.search(text[:begin] + text[end:])
    assert not found, f"README.md says {found[0]!r} outside of the table that `make report` writes"


def test_zero_exits_are_zero(findings):
    assert "takes zero exits" in read("README.md")
    assert findings.results["direct_exits_steady"] == 0


def test_performance_md_is_what_was_counted(findings):
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for table in markdown.lasting([budgets_section.section(findings)]):
        assert table in text, "docs/performance.md: run `make report`, and commit what it writes"


@pytest.mark.parametrize("name, claim", CLAIMS)
def test_a_sentence_says_what_was_counted(name, claim, findings):
    said = claim.format(**{key: f"{value:,.0f}" for key, value in findings.results.items()})
    assert said in read(name), f"{name} should say: {said}"


def test_a_headers_promise_is_its_budget():
    promises = [(path.relative_to(ROOT), *match.groups()) for path in sorted((ROOT / "hypervisor").rglob("*.h"))
                for match in PROMISE.finditer(read(path.relative_to(ROOT)))]
    assert len(promises) >= 4
    for path, promised, name in promises:
        assert int(promised.replace(",", "")) == BUDGETS.entries[name]["budget"], f"{path}: {name}"


def test_every_number_says_what_it_is_or_why_it_varies():
    results = json.loads((ROOT / "build" / "bench" / "results.json").read_text(encoding="utf-8"))
    for name, entry in BUDGETS.entries.items():
        assert ("now" in entry) != ("varies" in entry), name
        assert entry["title"] and name in results
