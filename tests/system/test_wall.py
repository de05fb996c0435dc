# SPDX-License-Identifier: Apache-2.0
"""The wall between what composes an image and what examines it: nagaya-check is a program of its own, with nothing of the former in
it. Whoever trusts an image reads that program, and no more."""

import re
import shutil
import subprocess

import pytest

from damaged_image import Image
from system_run import ROOT, nagaya

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

CHECK = ROOT / "build/nagaya-check"
ITS_FOLDERS = ("composer/inspect/", "composer/check/", "lib/")


def run(*words):
    return subprocess.run(words, cwd=ROOT, text=True, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = tmp_path_factory.mktemp("wall") / "hello.elf"
    result = nagaya("compose", "systems/hello.yaml", "-o", path)
    assert result.returncode == 0, result.stderr
    return path


def sources():
    """The sources that nagaya-check is made of, as the compiler wrote them down in it."""
    said = run("readelf", "--debug-dump=info", "--dwarf-depth=1", CHECK).stdout
    return sorted(set(re.findall(r"DW_AT_name\s*:.*?(\S+\.c)\s*$", said, re.MULTILINE)))


def headers():
    """The project's headers that these include."""
    named = set()
    for source in sources():
        named |= set(re.findall(r"[\w/]+\.h", (ROOT / "build/host" / source).with_suffix(".d").read_text(encoding="utf-8")))
    return sorted(named)


def test_it_is_made_of_its_own_rooms_alone():
    assert "composer/check/check_memory.c" in sources() and "composer/inspect/walk.c" in sources()
    assert [source for source in sources() if not source.startswith(ITS_FOLDERS)] == []
    assert [header for header in headers() if not header.startswith((*ITS_FOLDERS, "abi/"))] == []


def test_the_manual_says_how_many_lines_an_assessor_reads():
    text = (ROOT / "docs/check.md").read_text(encoding="utf-8")
    lines = sum(len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in [*sources(), *headers()])
    said = int(re.search(r"about ([\d,]+) lines", text)[1].replace(",", ""))
    assert said == round(lines, -2), f"docs/check.md says {said}, there are {lines}"


def test_it_works_alone(image, tmp_path):
    shutil.copy(CHECK, tmp_path)
    options = ("--engine", "build/hypervisor/arm64-gicv3.elf", "--board", "build/boards/qemu-virt/", "--system", "systems/hello.yaml",
               "--data", "build")
    alone = run(tmp_path / "nagaya-check", *options, image)
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout == nagaya("check", *options, image).stdout


def test_without_it_nothing_is_composed(tmp_path):
    shutil.copy(ROOT / "build/nagaya", tmp_path)
    result = run(tmp_path / "nagaya", "compose", "--data", "build", "systems/hello.yaml", "-o", tmp_path / "hello.elf")
    assert result.returncode == 2
    assert f"cannot run {tmp_path}/nagaya-check: No such file or directory; build or install nagaya again" in result.stderr


def test_one_that_is_killed_is_no_yes(tmp_path):
    shutil.copy(ROOT / "build/nagaya", tmp_path)
    (tmp_path / "nagaya-check").write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    (tmp_path / "nagaya-check").chmod(0o755)
    result = run(tmp_path / "nagaya", "compose", "--data", "build", "systems/hello.yaml", "-o", tmp_path / "hello.elf")
    assert result.returncode == 2
    assert "nagaya-check was killed by signal 11" in result.stderr


def test_its_no_is_composes_no(tmp_path):
    shutil.copy(ROOT / "build/nagaya", tmp_path)
    (tmp_path / "nagaya-check").write_text("#!/bin/sh\necho a reason\nexit 1\n", encoding="utf-8")
    (tmp_path / "nagaya-check").chmod(0o755)
    result = run(tmp_path / "nagaya", "compose", "--data", "build", "systems/hello.yaml", "-o", tmp_path / "hello.elf")
    assert (result.returncode, result.stdout) == (1, "a reason\n")
    assert "failed its check and was removed" in result.stderr
    assert not (tmp_path / "hello.elf").exists()


def test_show_tells_of_an_image_that_fails_its_check(image, tmp_path):
    copy = tmp_path / "copy.elf"
    shutil.copy(image, copy)
    assert "fails its check" not in nagaya("show", copy).stdout
    assert '"check": true' in nagaya("show", "--json", copy).stdout
    with Image(copy).damaged() as damaged:
        damaged.put_at_offset(24, (damaged.word(damaged.plan) & 0xffff).to_bytes(8, "little"))  # the image's entry
        assert "fails its check: see nagaya check" in nagaya("show", copy).stdout
        assert '"check": false' in nagaya("show", "--json", copy).stdout
