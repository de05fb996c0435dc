# SPDX-License-Identifier: Apache-2.0
"""A user's own guest: in a folder of its own in the tree, or anywhere with what `make install` has installed."""

import os
import re
import subprocess

import pytest

from system_run import DETERMINISTIC, ROOT

pytestmark = pytest.mark.one_board("the manual is looked at, whose examples are for qemu-virt")

PREFIX = "/opt/a place"
SOURCE = """#include <stdio.h>
int main(void)
{
    int unused;
    printf("fresh: here\\n");
}
"""


def call(*command, **options):
    done = subprocess.run([str(word) for word in command],
                          **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True,
                             "timeout": 300, "check": False, **options})
    assert done.returncode == 0, done.stdout
    return done.stdout


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(name="root", scope="module")
def fixture_root(tmp_path_factory):
    """What make install puts under a DESTDIR of an awkward name."""
    root = tmp_path_factory.mktemp("it's not")
    call("make", "-s", "install", f"DESTDIR={root}", f"PREFIX={PREFIX}", cwd=ROOT)
    return root


@pytest.fixture(name="installed")
def fixture_installed(root):
    return root / PREFIX.lstrip("/")


def example(page, language, number=0):
    """The example in that language in a page of docs/."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)[number]


@pytest.mark.xdist_group("own-guest")
def test_the_guest_of_the_manual_is_built_outside_the_tree_with_the_installed_kit_and_runs(installed, tmp_path):
    (tmp_path / "blink.c").write_text(example("guests.md", "c"), encoding="utf-8")
    (tmp_path / "blink.yaml").write_text(example("guests.md", "yaml"), encoding="utf-8")
    (tmp_path / "guests").mkdir()
    assert call(installed / "bin" / "nagaya-cc", "-Wall", "-Wextra", "-Werror", "-o", "guests/blink.elf", "blink.c", cwd=tmp_path) == ""
    said = call(installed / "bin" / "nagaya", "run", "blink.yaml", "--timeout", "60", *DETERMINISTIC, cwd=tmp_path)
    assert re.findall(r"blink: (\d+)$", said, re.MULTILINE) == [str(i) for i in range(1, 11)], said


@pytest.mark.xdist_group("own-guest")
def test_a_guest_compiles_links_and_has_the_stack_that_it_asks_for(installed, tmp_path):
    cc = installed / "bin" / "nagaya-cc"
    call(cc, "-c", "-o", "part.o", ROOT / "tests" / "system" / "guests" / "overflow.c", cwd=tmp_path)
    call(cc, "-Wl,--defsym=main_stack_size=0x6000", "-o", "part.elf", "part.o", cwd=tmp_path)
    said = call("qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a53", "-m", "256M", "-display", "none", "-net", "none",
                "-serial", "stdio", "-monitor", "none", "-kernel", tmp_path / "part.elf")
    assert said.startswith("stack overflow in main(), or in what it calls: its stack has 24576 bytes"), said


@pytest.mark.xdist_group("own-guest")
def test_a_linux_program_is_built_with_the_installed_library(installed, tmp_path):
    data = installed / "share" / "nagaya" / "linux"
    (tmp_path / "program.c").write_text('#include "nagaya.h"\nint main(void) { struct nagaya_channel c; return nagaya_channel_open("a", &c); }\n',
                                        encoding="ascii")
    call("aarch64-linux-gnu-gcc", "-Wall", "-Werror", f"-I{data}/include", "-o", "program", "program.c", data / "libnagaya.a", cwd=tmp_path)


@pytest.mark.xdist_group("own-guest")
def test_what_is_installed_has_headers_modules_kit_and_manuals_and_no_guest_that_is_only_for_tests(installed):
    files = files_below(installed)
    data = [name.removeprefix("share/nagaya/") for name in files if name.startswith("share/nagaya/")]
    assert sorted(name for name in data if name.endswith(".elf") and name.startswith("guests/")) == \
        ["guests/control-loop.elf", "guests/hello.elf", "guests/periodic.elf"]
    for name in ("guests/kit.a", "guests/kit/include/kit/machine.h", "guests/kit/include/ring.h", "guests/kit/include/info.h",
                 "linux/include/nagaya.h", "linux/libnagaya.a", "linux/module-arm64/nagaya_uio.ko", "linux/module-rt-arm64/nagaya_uio.ko",
                 "linux/nagaya_uio/nagaya_uio.c", "systems/demo.yaml"):
        assert name in data
    for page in (ROOT / "docs").iterdir():
        if page.is_file():
            assert f"share/man/man1/{page.name}" in files or f"share/doc/nagaya/docs/{page.name}" in files
    for system in (installed / "share" / "nagaya" / "systems").iterdir():
        for image in re.findall(r"(?:image|kernel|initrd): (\S+?)[,}\s]", system.read_text(encoding="utf-8")):
            assert image in data, f"{system.name} wants {image}"


@pytest.mark.xdist_group("own-guest")
def test_what_is_missing_is_told(installed, tmp_path):
    def fails(**environment):
        done = subprocess.run([installed / "bin" / "nagaya-cc", "x.c"], env=dict(os.environ, **environment), cwd=tmp_path,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 1
        return done.stdout

    assert "install Debian's picolibc-aarch64-linux-gnu" in fails(PICOLIBC="/nowhere")
    assert "install Debian's gcc-aarch64-linux-gnu" in fails(CROSS="no-such-")
    (tmp_path / "nagaya-cc").write_bytes((installed / "bin" / "nagaya-cc").read_bytes())
    done = subprocess.run(["sh", tmp_path / "nagaya-cc", "x.c"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 1 and "no kit: neither" in done.stdout


@pytest.mark.xdist_group("own-guest")
def test_uninstall_leaves_nothing(root, installed, tmp_path):
    other = tmp_path / "other"
    call("cp", "-a", root, other)
    (other / PREFIX.lstrip("/") / "bin" / "another").touch()
    call("make", "-s", "uninstall", f"DESTDIR={other}", f"PREFIX={PREFIX}", cwd=ROOT)
    assert files_below(other) == [f"{PREFIX.lstrip('/')}/bin/another"]
    assert files_below(installed)


def test_a_new_folder_with_a_guest_needs_nothing_else_and_its_warnings_are_none_of_makes_errors(tmp_path):
    for entry in ROOT.iterdir():
        if entry.name not in ("build", "guests"):
            (tmp_path / entry.name).symlink_to(entry)
    (tmp_path / "guests" / "fresh").mkdir(parents=True)
    for entry in (ROOT / "guests").iterdir():
        (tmp_path / "guests" / entry.name).symlink_to(entry)
    (tmp_path / "guests" / "fresh" / "fresh.c").write_text(SOURCE, encoding="ascii")
    (tmp_path / "guests" / "fresh" / "build.mk").write_text(
        "$(BUILD)/guests/fresh.elf: GUEST_LINK := -Wl,--defsym=main_stack_size=0x20000\n", encoding="ascii")
    said = call("make", "-j2", "build/guests/fresh.elf", cwd=tmp_path)
    assert "warning: unused variable" in said
    assert "  guests/fresh.elf\n" in said and "gcc " not in said
    call("touch", "guests/fresh/fresh.c", cwd=tmp_path)
    shown = call("make", "V=1", "build/guests/fresh.elf", cwd=tmp_path)
    assert "gcc " in shown and "nagaya-cc -Wl,--defsym=main_stack_size=0x20000 " in shown
    assert "build/guests/fresh.elf" in call("make", "-n", "install", cwd=tmp_path).split("control-loop.elf", 1)[1]
