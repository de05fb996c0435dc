# SPDX-License-Identifier: Apache-2.0
"""What ./run and ./test build upon: the derivation of apt sources, the counting of results, products of the same bytes."""
import os
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_board("the scripts are looked at")

ROOT = Path(__file__).resolve().parents[2]


def apt_sources(folder, *arguments):
    return subprocess.run([ROOT / "scripts" / "apt-sources", *arguments], env=dict(os.environ, APT_ETC=str(folder)),
                          stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture(name="etc")
def fixture_etc(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_a_further_suite_comes_from_the_mirror_and_key_of_a_one_line_source(etc):
    (etc / "sources.list").write_text(
        "# deb http://commented.invalid/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.invalid/debian bookworm main contrib # ours\n"
        "deb-src http://mirror.invalid/debian bookworm main\n"
        "deb http://mirror.invalid/debian bookworm-updates main\n", encoding="ascii")
    assert apt_sources(etc, "bookworm", "bookworm-backports") == (
        "Types: deb\nSuites: bookworm-backports\nURIs: http://mirror.invalid/debian\nComponents: main contrib\n"
        "signed-by: /keys/a.gpg\n\n")


def test_a_further_suite_comes_from_the_mirror_and_key_of_a_deb822_source(etc):
    (etc / "sources.list.d" / "debian.sources").write_text(
        "Types: deb deb-src\nURIs: http://mirror.invalid/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n key\n\n"
        "Enabled: no\nTypes: deb\nURIs: http://off.invalid/debian\nSuites: bookworm\nComponents: main\n\n"
        "Types: deb\nURIs: http://other.invalid/debian\nSuites: trixie\nComponents: main\n", encoding="ascii")
    assert apt_sources(etc, "bookworm", "bookworm-backports") == (
        "Types: deb\nSuites: bookworm-backports\nURIs: http://mirror.invalid/debian\nComponents: main\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n key\n\n")


def test_set_up_finds_nothing_to_do_a_second_time():
    result = subprocess.run([ROOT / "scripts" / "set-up"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            timeout=20, check=True)
    assert result.stdout == ""


def count(folder):
    result = subprocess.run([ROOT / "scripts" / "sum-results", folder], stdout=subprocess.PIPE, text=True, check=False)
    return result.returncode, result.stdout.splitlines()[-1]


REPORT = """<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase>
<testcase name="c"><skipped/></testcase></testsuite>"""


@pytest.mark.parametrize("stages, report, expected", [
    ("build 0\nlint 0\n", None, (0, "2 passed, 0 failed")),
    ("build 1\n", None, (1, "0 passed, 1 failed")),
    ("unit 1\n", REPORT, (1, "1 passed, 1 failed")),
    ("unit 0\n", REPORT, (1, "1 passed, 1 failed")),
    ("unit 139\n", REPORT.replace("<failure/>", ""), (1, "2 passed, 1 failed")),
    ("unit 0\n", REPORT[:40], (1, "0 passed, 1 failed")),
    ("build 0\nlint-tidy 77\n", None, (0, "1 passed, 0 failed")),
])
def test_every_result_counts_and_so_does_a_stage_that_died(tmp_path, stages, report, expected):
    (tmp_path / "stages").write_text(stages, encoding="ascii")
    if report:
        (tmp_path / "unit-1.xml").write_text(report, encoding="ascii")
    assert count(tmp_path) == expected


def test_the_boards_device_tree_is_the_same_each_time(tmp_path):
    again = tmp_path / "board.dtb"
    subprocess.run([ROOT / "boards" / "dump-device-tree", ROOT / "boards" / "qemu-virt" / "board.yaml", again],
                   check=True, timeout=60)
    assert again.read_bytes() == (ROOT / "build" / "boards" / "qemu-virt" / "board.dtb").read_bytes()


def test_the_initramfs_is_the_same_each_time_and_small(tmp_path):
    again = tmp_path / "initrd.cpio.gz"
    built = ROOT / "build" / "linux"
    made = built / "initrd.cpio.gz"
    subprocess.run([ROOT / "linux" / "make-initramfs", built / "packages", again, "arm64", f"init={ROOT}/linux/init",
                    f"bin/load={ROOT}/linux/load", f"bin/demo={ROOT}/linux/demo", f"bin/resize={ROOT}/linux/resize",
                    f"bin/nagayactl={built}/nagayactl",
                    f"lib/modules/nagaya_uio.ko={built}/module-arm64/nagaya_uio.ko", "usr/bin/hackbench"],
                   check=True, timeout=60)
    assert again.read_bytes() == made.read_bytes()
    assert made.stat().st_size < 5 << 20


def test_an_image_is_the_same_bytes_each_time(tmp_path):
    again = tmp_path / "demo.elf"
    subprocess.run([ROOT / "build" / "nagaya", "compose", "systems/demo.yaml", "-o", again], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    assert again.read_bytes() == (ROOT / "build" / "systems" / "demo.elf").read_bytes()


# How a program is called: its name as a word of a script, or as the first of a list.
CALL = re.compile(r"""(?:^|[\s;&|(`"'/])git(?:$|[\s"'])""")


def test_nothing_here_calls_git():
    callers = []
    for path in [ROOT / name for name in ("Makefile", "run", "test")] + [path for folder in (
            "abi", "bench", "boards", "composer", "guests", "hypervisor", "lib", "linux", "scripts", "systems", "tests")
            for path in sorted((ROOT / folder).rglob("*")) if path.is_file() and path.suffix not in (".pyc", ".md")]:
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
        callers += [f"{path}:{number}: {line}" for number, line in enumerate(lines, 1) if CALL.search(line) and path != Path(__file__)]
    assert callers == [], "a tarball has no history, and its user perhaps no git"
