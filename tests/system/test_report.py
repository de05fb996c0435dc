# SPDX-License-Identifier: Apache-2.0
"""The report (bench/report/): one file that needs nothing else, shows what was found, and says what was not."""

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

import report_sample
from bench.common import ranges
from bench.common.budgets import Budgets
from bench.common.evidence import Evidence
from bench.experiments import paper_experiments
from bench.report import markdown, parts, scales, words
from bench.report.blocks import Section, Table

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = ["interrupts", "timer", "boot", "messages", "exits", "size", "sharing", "throughput", "budgets"]
TRAPPED = "g" + "it"
VOID = {"meta", "br", "hr", "wbr", "img", "input", "link"}


class Page(HTMLParser):
    """A page, read strictly: every element that is opened is closed, in order."""

    def __init__(self, text):
        super().__init__()
        self.text, self.open, self.elements, self.titles = text, [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> at {self.getpos()} closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open[-2:] == ["svg", "title"]:
            self.titles.append(data)

    def all(self, tag):
        """The attributes of each element @tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    def section(self, name):
        """The text of the section @name."""
        return re.search(rf'<section id="{name}">(.*?)</section>', self.text, re.DOTALL)[1]


def make(build, *arguments):
    """Runs the report on @build, where a call of TRAPPED fails and is seen: a tarball has no history."""
    trap = build / "trap"
    trap.mkdir(exist_ok=True)
    (trap / TRAPPED).write_text(f'#!/bin/sh\ntouch "{trap}/called"\nexit 127\n', encoding="utf-8")
    (trap / TRAPPED).chmod(0o755)
    environment = os.environ | {"PATH": f"{trap}:{os.environ['PATH']}"}
    return subprocess.run([sys.executable, "-m", "bench.report", str(build), *arguments], cwd=ROOT, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def page(build):
    """The page that the report makes of @build."""
    made = make(build)
    assert made.returncode == 0, made.stdout
    assert not (build / "trap" / "called").exists(), f"the report calls {TRAPPED}"
    return Page((build / "report" / "index.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", name="sample")
def sample_build(tmp_path_factory):
    """A folder with evidence of everything."""
    build = tmp_path_factory.mktemp("full")
    report_sample.write(build)
    return build


@pytest.fixture(scope="module", name="full")
def full_page(sample):
    """The page of all that can be there."""
    return page(sample)


@pytest.fixture(scope="module", name="bare")
def bare_page(sample, tmp_path_factory):
    """The page of a build with nothing but the numbers of `make bench`."""
    build = tmp_path_factory.mktemp("bare")
    (build / "bench").mkdir()
    shutil.copy(sample / "bench" / "results.json", build / "bench")
    return page(build)


@pytest.mark.parametrize("kind", ["full", "bare"])
def test_the_page_needs_nothing_else(kind, request):
    found = request.getfixturevalue(kind)
    assert not found.all("script") and not found.all("link") and not found.all("img") and not found.all("iframe")
    assert not any("src" in attributes or "srcset" in attributes for _, attributes in found.elements)
    assert not re.search(r"@import|url\(|@font-face", found.text)
    anchors = {attributes["id"] for _, attributes in found.elements if "id" in attributes}
    links = [attributes["href"] for attributes in found.all("a")]
    assert all(link[1:] in anchors if link.startswith("#") else link.startswith("https://") for link in links)


@pytest.mark.parametrize("kind", ["full", "bare"])
def test_every_section_is_there_and_is_linked(kind, request):
    found = request.getfixturevalue(kind)
    assert [attributes["id"] for attributes in found.all("section")] == SECTIONS
    assert {f"#{name}" for name in SECTIONS} <= {attributes["href"] for attributes in found.all("a")}


def test_every_picture_has_words(full):
    pictures = full.all("svg")
    assert len(pictures) > 50 and all(picture["role"] == "img" for picture in pictures)
    assert len(full.titles) == len(pictures) and all(title.strip() for title in full.titles)


def test_the_page_is_made_for_phones_and_for_the_dark(full):
    assert any(meta.get("content") == "width=device-width, initial-scale=1" for meta in full.all("meta"))
    assert "prefers-color-scheme: dark" in full.text


def test_every_section_comes_to_a_verdict(full):
    for name in SECTIONS:
        assert re.search(r'<p class="verdict">[A-Z0-9].*\.</p>', full.section(name)), name


def test_the_page_begins_with_what_nagaya_is_and_whose_the_other_numbers_are(full):
    head = full.text[:full.text.index("<nav")]
    assert head.index("Nagaya is a hypervisor for 64-bit Arm") < head.index('class="about"') < head.index("Instructions elsewhere: Bao")
    assert "They were published, or measured for the design of Nagaya" in head
    assert re.search(r"longest path through the hypervisor.*?<small>Bound: [\d,]+ in systems such "
                     r"as were run; limit: [\d,]+ with", head)


def test_what_differs_from_run_to_run_has_its_range_and_is_marked(full):
    rows = dict(re.findall(r'<th scope="row"[^>]*>([^<]*)</th>(.*?)</tr>', full.section("interrupts"), re.DOTALL))
    cells = {name: re.findall(r"<td[^>]*>([^<]*)</td>", row) for name, row in rows.items() if "against" not in name}
    assert re.fullmatch(r"[\d,]+–[\d,]+ ~3", cells["Nagaya, shared core, load on it"][0])
    assert re.fullmatch(r"[\d,]+ ~", cells["Xen 4.20, own core, with waits for the host, load on other cores"][0])
    assert not [name for name, row in cells.items() if "~" in row[0]][2:]
    assert "Of fewer than 3: Xen 4.20, own core, with waits for the host" in full.section("interrupts")


def test_the_range_of_another_engine_is_not_told(tmp_path):
    (tmp_path / "hypervisor").mkdir()
    evidence, engine = Evidence(tmp_path), tmp_path / "hypervisor" / "arm64-gicv3.elf"
    for content, worst in ((b"one", 644), (b"two", 790), (b"two", 700)):
        engine.write_bytes(content)
        evidence.series("interrupt-latency", "nagaya-shared", [376, worst], unit="instructions", how="made up", varies=True)
        ranges.note(tmp_path, {"pipe_roundtrip_linux": worst, "text_bytes": worst}, {"pipe_roundtrip_linux"})
    kept, = evidence.read("interrupt-latency")
    assert [(run["least"], run["worst"]) for run in kept["runs"]] == [(376, 790), (376, 700)]
    assert ranges.read(tmp_path)["numbers"] == {"pipe_roundtrip_linux": [790, 700]}


def test_what_varies_is_measured_as_often_as_asked():
    assert list(paper_experiments._often(SimpleNamespace(times=3), lambda: ["idle", "load"])) == ["idle", "load"] * 3
    usage = subprocess.run([sys.executable, "-m", "bench", "--help"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert "--times N" in usage


def test_two_units_never_stand_in_one_column(full):
    units = re.compile(r"%|\b(?:instructions|bytes|KB|MB|lines|ns|us|µs|ms|s)$")
    for table in re.findall(r"<tbody>(.*?)</tbody>", full.text, re.DOTALL):
        rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("</tr>")]
        for column in zip(*(row for row in rows if row)):
            found = {tuple(units.findall(re.sub(r"<[^>]*>", "", cell).strip())) for cell in column if re.search(r"\d", cell) and "code" not in cell}
            assert len(found) <= 1, column


def test_no_legend_tells_of_marks_that_are_not_there(full, sample, tmp_path):
    section = full.section("exits")
    assert "ring at the mean" in section and "the bar is the bound" in section and "Where there is no dot" not in section
    shutil.copytree(sample, tmp_path / "build", copy_function=shutil.copy)
    (tmp_path / "build" / "hypervisor" / "bounds.json").unlink()
    assert "the bar is the bound" not in page(tmp_path / "build").section("exits")


def test_the_first_sentence_about_throughput_says_what_is_not_counted(full):
    assert re.search(r'<p class="lead">Instructions are counted here and not time: [^.]*translated twice costs nothing', full.section("throughput"))


def test_each_series_is_shown_as_it_was(full):
    row = re.search(r'<th[^>]*>Xen 4\.20, shared core, load on it</th>(.*?)</tr>', full.section("interrupts"))[1]
    assert re.findall(r">([\d,.]+)</td>", row)[0] == "9,870,000"
    assert "≤" in full.section("exits") and "test_shared_cores" in full.section("exits")


def test_what_is_missing_is_said(bare):
    for name in ("interrupts", "timer", "boot", "exits", "size", "sharing", "throughput"):
        assert "Not measured: " in bare.section(name), name
    assert "There are no bounds" in bare.section("exits")


def test_who_was_skipped_is_said(full):
    assert "Xen 4.20: skipped: no network" in full.section("sharing")


def test_evidence_of_an_older_engine_is_told(sample, tmp_path):
    shutil.copytree(sample, tmp_path / "build", copy_function=shutil.copy)
    (tmp_path / "build" / "hypervisor").mkdir(exist_ok=True)
    shutil.copy(ROOT / "build" / "hypervisor" / "arm64-gicv3.elf", tmp_path / "build" / "hypervisor")
    shutil.copytree(ROOT / "build" / "hypervisor" / "arm64-gicv3", tmp_path / "build" / "hypervisor" / "arm64-gicv3")
    assert "Older than the engine" in page(tmp_path / "build").section("boot")


def test_the_page_says_when_where_and_with_which_qemu_it_was_measured(full, sample):
    made = json.loads((sample / "bench" / "evidence" / "boot" / "nagaya.json").read_text(encoding="utf-8"))["made"]
    about = re.search(r'<p class="about">(.*?)</p>', full.text)[1]
    assert about.startswith(f"measured {made['date']} · {made['qemu']} · {made['host']}")
    assert re.fullmatch(r"QEMU \d+\.\d+\.\d+", made["qemu"]) and made["host"].endswith("CPUs")


def test_a_budget_that_is_exceeded_is_seen(sample, tmp_path):
    (tmp_path / "bench").mkdir()
    results = json.loads((sample / "bench" / "results.json").read_text(encoding="utf-8"))
    more = Budgets.read().entries["hypercall_null"]["budget"] + 1
    (tmp_path / "bench" / "results.json").write_text(json.dumps(results | {"hypercall_null": more}), encoding="utf-8")
    found = page(tmp_path)
    good, judged = map(int, re.search(r'class="state bad">(\d+) of (\d+) budgets hold', found.text).groups())
    assert good == judged - 1
    assert found.section("budgets").count("(exceeded)") == 1


def test_without_numbers_there_is_no_report(tmp_path):
    made = make(tmp_path)
    assert made.returncode == 1 and "not measured" in made.stdout and "make bench" in made.stdout
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("name", ["bench/results.json", "bench/exits.json", "bench/evidence/boot/nagaya.json", "hypervisor/bounds.json"])
def test_a_damaged_file_is_named(name, sample, tmp_path):
    shutil.copytree(sample, tmp_path / "build", copy_function=shutil.copy)
    (tmp_path / "build" / name).write_text('{"experiment": ', encoding="utf-8")
    made = make(tmp_path / "build")
    assert made.returncode == 1 and len(made.stdout.splitlines()) == 1
    assert made.stdout.startswith("report: ") and str(tmp_path / "build" / name).rsplit("/", maxsplit=1)[0] in made.stdout


def test_what_is_empty_is_not_measured(sample, tmp_path):
    shutil.copytree(sample, tmp_path / "build", copy_function=shutil.copy)
    for path in (tmp_path / "build" / "bench" / "evidence").glob("*/*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({key: [] if key in ("values", "rows") else value for key, value in content.items()}), encoding="utf-8")
    assert page(tmp_path / "build").text.count("Not measured: ") == 6


def test_only_when_asked_the_repository_is_written(sample, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(f"before\n{markdown.README_BEGIN}old\n{markdown.README_END}after\n", encoding="utf-8")
    assert make(sample, str(tmp_path)).returncode == 0
    performance = (tmp_path / "docs" / "performance.md").read_text(encoding="utf-8")
    assert [line[3:] for line in performance.splitlines() if line.startswith("## ")][:2] == ["Interrupt latency", "Timer accuracy"]
    assert "<" not in performance.split("\n", 1)[1]
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("before\n") and readme.endswith("after\n") and "old" not in readme and "empty hypercall" in readme


def test_tables_lose_nobody_who_was_not_measured_this_time():
    both = [["Nagaya", "1"], ["Xen 4.20", "9"]]
    columns = [("", "left"), ("worst", "right")]
    text, kept = markdown.performance([Section("boot", "Boot", [Table("boot", columns, both)])], "")
    assert not kept and "| Xen 4.20 | 9 |" in text
    again, kept = markdown.performance([Section("boot", "Boot", [Table("boot", columns, [["Nagaya", "2"]])])], text)
    assert again == text and kept == [("Boot", ["Xen 4.20"])]
    changed, kept = markdown.performance([Section("boot", "Boot", [Table("boot", columns, [["Nagaya", "2"], ["Xen 4.20", "8"]])])], text)
    assert not kept and "| Nagaya | 2 |" in changed
    again, kept = markdown.performance([Section("boot", "Boot", [Table("other", columns, both)])], text)
    assert again == text and kept == [("Boot", ["boot"])]


def test_every_source_of_the_engine_is_in_a_part():
    found = parts.parts(ROOT / "build")
    results = json.loads((ROOT / "build" / "bench" / "results.json").read_text(encoding="utf-8"))
    assert parts.OTHER not in [part.name for part in found]
    assert sum(part.lines for part in found) == results["hypervisor_sloc"]
    assert sum(part.bytes for part in found if part.name != parts.PADDING) == results["text_bytes"]


@pytest.mark.parametrize("scale", [scales.Linear(0, 24_576), scales.Linear(0, 1), scales.Log(82, 9_870_000), scales.Log(3, 3),
                                   scales.Log(1, 50, zero=True), scales.Around(0.05, 0), scales.Around(0.05, 9_800)])
def test_a_scale_keeps_the_order_and_names_its_ticks_where_they_are(scale):
    ticks = scale.ticks()
    assert len(ticks) >= 2 and sum(tick.main for tick in ticks) <= 12
    places = [tick.place for tick in ticks]
    assert places == sorted(set(places)) and 0 <= places[0] and places[-1] <= 1
    values = [0.01 * 1.7 ** i for i in range(40)]
    assert all(scale.place(low) <= scale.place(high) for low, high in zip(values, values[1:]))


@pytest.mark.parametrize("share, text", [(0, "0 %"), (1, "100 %"), (0.9996, "99.96 %"), (0.9999999, "99.999 %"), (1e-9, "under 0.001 %"),
                                         (0.7, "70 %"), (-0.95, "−95 %")])
def test_a_part_never_looks_like_all_or_nothing(share, text):
    assert words.percent(share) == text


def test_only_what_is_alike_stands_against_xen(full, sample, tmp_path):
    """A core of one's own against one, a core that a loaded Linux shares against one; without load on it, nothing."""
    rows = re.findall(r'<th scope="row"[^>]*>([^<]*), against ([^<]*)</th>', full.section("interrupts"))
    assert ("Nagaya, direct, load on other cores", "Xen 4.20") in rows
    assert ("Nagaya, shared core, load on it", "Xen 4.20, shared core, load on it") in rows
    assert all(("shared" in mine) == ("shared" in theirs) for mine, theirs in rows)
    shutil.copytree(sample, tmp_path / "build", copy_function=shutil.copy)
    folder = tmp_path / "build" / "bench" / "evidence" / "interrupt-latency"
    content = json.loads((folder / "nagaya-shared-load.json").read_text(encoding="utf-8"))
    (folder / "nagaya-shared-load.json").unlink()
    (folder / "nagaya-shared.json").write_text(json.dumps(content | {"load": False}), encoding="utf-8")
    assert "Nagaya, shared core, against" not in page(tmp_path / "build").section("interrupts")
