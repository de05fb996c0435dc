# SPDX-License-Identifier: Apache-2.0
"""bench/exits/: whatever a command runs in QEMU is counted, and the table tells, of each class of
paths through the hypervisor, how many there were, what they cost, and of what the longest one
consists.
"""

import json
import subprocess
import sys

import pytest

from bench.common.exit_classes import exit_classes
from bench.exits.merged_runs import where_of
from system_run import DETERMINISTIC, NAGAYA, ROOT, SYSTEMS, assert_no_engine_fault

pytestmark = pytest.mark.one_board("what is measured is measured on qemu-virt")

EXITS = [sys.executable, "-m", "bench.exits"]


def exits(build, *arguments, **options):
    """Calls it."""
    done = subprocess.run([*EXITS, build, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL,
                          text=True, capture_output=True, timeout=300, check=False, **options)
    assert_no_engine_fault(done.stdout)
    return done


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A build folder of which only the counting makes use, with what two runs of a system have
    counted, and one of the other engine."""
    subprocess.run(["make", "-s", "build/bench/paths.so"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("build")
    for product in ("bench/paths.so", "hypervisor/arm64-gicv3.elf"):
        (folder / product).parent.mkdir()
        (folder / product).symlink_to(ROOT / "build" / product)
    hello = ROOT / "systems" / "hello.yaml"
    for arguments in ([hello], [hello, *DETERMINISTIC], [SYSTEMS / "console.yaml"]):
        counted = exits(folder, "count", NAGAYA, "run", *arguments)
        assert counted.returncode == 0, counted.stderr
    return folder


@pytest.fixture(scope="module")
def table(build):
    """(what was printed, status, exits.json)."""
    result = exits(build, "table")
    found = json.loads((build / "bench" / "exits.json").read_text(encoding="utf-8"))
    return result.stdout, result.returncode, found


@pytest.mark.xdist_group("exits")
def test_each_qemu_that_a_command_starts_is_counted(table):
    printed, _, found = table
    assert "2 runs; 1 of something else than build/hypervisor/arm64-gicv3.elf" in printed
    assert found["register"]["count"] == 2  # one by each start of this guest


@pytest.mark.xdist_group("exits")
def test_a_class_has_its_shortest_its_mean_and_its_longest_path(table):
    for paths in table[2].values():
        assert 0 < paths["min"] <= paths["mean"] <= paths["max"]
        assert paths["where"].startswith("test_exits.py::test_")


@pytest.mark.xdist_group("exits")
def test_the_longest_path_is_told_by_function(table):
    for paths in table[2].values():
        assert sum(instructions for _, instructions in paths["path"]) == paths["max"]
        assert sum(instructions for _, instructions in paths["symbols"]) == paths["max"]
    through = {each["class"]: each["through"] for each in exit_classes()}
    for name in ("gic", "register"):
        assert [symbol for symbol, _ in table[2][name]["symbols"]][0] == "vectors"
        assert through[name] in [symbol for symbol, _ in table[2][name]["symbols"]]
        assert through[name] in " ".join(function for function, _ in table[2][name]["path"])


@pytest.mark.xdist_group("exits")
def test_the_report_gets_what_was_found(build, table):
    file = build / "bench" / "evidence" / "exits" / "nagaya.json"
    evidence = json.loads(file.read_text(encoding="utf-8"))
    assert [row["class"] for row in evidence["rows"]] == list(table[2])


@pytest.mark.xdist_group("exits")
def test_a_class_that_was_never_seen_is_a_fault_unless_it_cannot_be(table):
    printed, status, _ = table
    assert status == 1
    assert "exits: sgi: never seen" in printed
    assert "exits: serror: never seen" not in printed
    assert "serror was not seen: QEMU" in printed


@pytest.mark.xdist_group("exits")
def test_a_path_longer_than_its_bound_is_a_fault(build, table):
    longest = table[2]["gic"]["max"]
    bounds = build / "hypervisor" / "bounds.json"
    for bound, wrong in ((longest, False), (longest - 1, True)):
        bounds.write_text(json.dumps({"gic": {"bound": bound, "path": []}}), encoding="utf-8")
        assert (f"exits: gic: {longest} were seen" in exits(build, "table").stdout) == wrong
    bounds.unlink()


@pytest.mark.xdist_group("exits")
@pytest.mark.parametrize("size", [0, 8 << 20])
def test_a_machine_that_was_ended_before_anything_ran_is_no_run(build, table, size):
    (build / "bench" / "paths" / "ended.paths").write_bytes(bytes(size))
    (build / "bench" / "paths" / "ended").write_text("test_exits.py::test_ended", encoding="utf-8")
    assert exits(build, "table").stdout == table[0]


@pytest.mark.xdist_group("exits")
def test_what_was_counted_of_another_hypervisor_is_forgotten(build, table):
    assert table
    (build / "bench" / "paths" / "code").write_bytes(b"another")
    assert exits(build, "count", "true").returncode == 0
    again = exits(build, "table")
    assert (again.returncode, "nothing was counted yet" in again.stderr) == (1, True)


@pytest.mark.parametrize("arguments, why", [
    ([], "usage:"), (["build"], "usage:"), (["build", "count"], "usage:"),
    (["/nonexistent", "count", "true"], "there is no /nonexistent/bench/paths.so"),
    (["/nonexistent", "table"], "nothing was counted yet")])
def test_what_cannot_be_done_is_said(arguments, why):
    result = subprocess.run([*EXITS, *arguments], cwd=ROOT, text=True, capture_output=True,
                            check=False)
    assert result.returncode == 1
    assert why in result.stderr


@pytest.mark.parametrize("description, where", [
    ("tests/system/test_boot.py::test_it[a/b] (setup)\n-kernel\nx.elf\n",
     "test_boot.py::test_it[a/b]"),
    ("\n-machine\nvirt\n-kernel\nbuild/bench/systems/micro.elf\n", "bench micro")])
def test_a_run_is_named_after_its_test_or_its_system(description, where):
    assert where_of(description) == where
