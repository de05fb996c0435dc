# SPDX-License-Identifier: Apache-2.0
"""Every example of README.md and docs/: systems compose, C compiles, commands do what they say, and the first guest runs.

An example that is no whole file has what is around it here, by its first line; a new one that does not work as it stands fails.
"""

import re
import shlex
import shutil
import subprocess
from collections import namedtuple

import pytest
import yaml

from system_run import DETERMINISTIC, ROOT, Machine, nagaya

pytestmark = pytest.mark.one_board("the manual is looked at, whose examples are for qemu-virt")

Example = namedtuple("Example", "place text")

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?ms)^( *)```(\w+)\n(.*?)^\1```$")

# Commands that are not executed here, and why.
ELSEWHERE = {
    "nagaya check [--engine FILE] [--board BOARD] [--system SYSTEM.yaml] IMAGE": "says how the command is written",
    "nagaya run --type linux=demo --end-when 'linux=demo: done' systems/demo.yaml": "takes half a minute: test_demo.py",
}

# What is around C that is no file of its own, by its first line: (flags, before, behind).
KIT = '#include "kit/fdt.h"\n#include "kit/gic.h"\n#include "kit/machine.h"\n#include "kit/mmu.h"\n'
AROUND = {
    "const struct fdt *fdt = &machine()->fdt;": (
        "", f"{KIT}extern void handle(uint32_t, void *);\nbool start(void);\nbool start(void) {{\n", "return true;\n}\n"),
    "static struct ring_end end;": (
        "", '#include "ring.h"\nstruct sample { int value; };\nextern struct sample sample_next(void);\n'
            "extern void doorbell_ring(void);\nextern void doorbell_sleep(void);\n"
            "void telemetry_task(void *memory, size_t size);\n", ""),
    '#include "nagaya.h"': (
        "linux", '#include <stdio.h>\nextern void look_at(void *);\nint main(void);\n', None),
}


def examples(language):
    """The examples in @language of all pages."""
    found = []
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            if block[2] == language:
                lines = [line[len(block[1]):] for line in block[3].splitlines()]
                place = f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, block.start()) + 2}"
                found.append(Example(place, "\n".join(lines) + "\n"))
    return found


def commands(program="nagaya"):
    """Each command of @program in a shell's example: (place, command)."""
    kind = "(?:compose|check|show|run|suggest) " if program == "nagaya" else ""
    found = []
    for path in PAGES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            told = re.match(rf"(?: {{4,}}|)(?:build/)?({program} {kind}[^│|]*?)(?:\s+#.*)?$", line)
            if told:
                found.append(Example(f"{path.relative_to(ROOT)}:{number}", told[1]))
    if program != "nagaya":
        return found
    manual = (ROOT / "docs" / "nagaya.1").read_text(encoding="utf-8")
    shown = manual[manual.index(".Sh EXAMPLES"):manual.index(".Sh DIAGNOSTICS")]
    return found + [Example("docs/nagaya.1", line) for line in shown.splitlines() if line.startswith("nagaya ")]


def ids(found):
    return [example.place for example in found]


def whole(text):
    """The system that @text, some keys of a VM or of a system, is a part of."""
    if re.search(r"(?m)^vms:", text):
        return text
    if text.startswith(" "):
        text = "board: qemu-virt\nvms:\n  - name: example\n    cpus: [0]\n    image: guests/hello.elf\n" + text
        text += "" if re.search(r"(?m)^    memory:", text) else "    memory: 16M\n"
        return text + "  - {name: neighbour, cpus: [1], memory: 16M, image: guests/hello.elf}\n"
    # Keys of a system: with the VMs that they name.
    names = sorted({name for channel in yaml.safe_load(text)["channels"]
                    for member in channel["between"] for name in [member if isinstance(member, str) else member["vm"]]})
    vms = "".join(f"  - {{name: {name}, cpus: [{cpu}], memory: 16M, image: guests/hello.elf}}\n" for cpu, name in enumerate(names))
    return f"board: qemu-virt\n{text}vms:\n{vms}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder like the repository's root, with the programs that examples name."""
    path = tmp_path_factory.mktemp("examples")
    for name in ("build", "systems"):
        (path / name).symlink_to(ROOT / name)
    (path / "guests").mkdir()
    source, = [example.text for example in examples("c") if "int main(void)" in example.text and "kit/timer.h" in example.text]
    (path / "blink.c").write_text(source, encoding="utf-8")
    for example in commands("nagaya-cc"):
        call([ROOT / "build" / "nagaya-cc", *shlex.split(example.text)[1:]], path)
    return path


def call(words, folder):
    """Calls a compiler, which has nothing to say."""
    done = subprocess.run(words, cwd=folder, text=True, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def provide(text, path):
    """Puts a program where an image of the system @text is missing, for everybody has some of his own. Returns the system."""
    for name in re.findall(r"(?:image|file): ([^\s,}]+)", text):
        if (ROOT / "build" / name).exists() or (path / name).exists():
            continue
        kind = "tests/system/where.bin" if name.endswith(".bin") else "guests/hello.elf"
        beside = name.replace("/", "-").lstrip("-")
        text = text.replace(name, beside)
        shutil.copy(ROOT / "build" / kind, path / beside)
    return text


@pytest.mark.parametrize("example", examples("yaml"), ids=ids(examples("yaml")))
def test_an_example_of_a_system_composes(example, folder):
    path = folder / "example.yaml"
    path.write_text(provide(whole(example.text), folder), encoding="utf-8")
    result = nagaya("compose", path, "-o", folder / "example.elf")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("example", examples("c"), ids=ids(examples("c")))
def test_an_example_in_c_compiles(example, folder, tmp_path):
    flags, before, behind = AROUND.get(example.text.splitlines()[0], ("", "", ""))
    text = example.text
    if behind is None:  # declarations, then statements
        *declared, statements = text.split("\n\n", 2)
        text, behind = "\n".join(declared) + "\nint main(void) {\n" + statements, "return 0;\n}\n"
    (tmp_path / "example.c").write_text(before + text + behind, encoding="utf-8")
    if flags == "linux":
        call(["aarch64-linux-gnu-gcc", "-Wall", "-Wextra", "-Iabi", "-Ilinux/libnagaya", "-Ilib", "-c", tmp_path / "example.c",
              "-o", tmp_path / "example.o"], ROOT)
    else:
        call([ROOT / "build" / "nagaya-cc", "-Wall", "-Wextra", "-c", "example.c", "-o", "example.o"], tmp_path)


def arguments(command, folder):
    """The words of @command behind nagaya, and files of a reader's own that it needs."""
    words = shlex.split(command)[1:]
    for word in words:
        if re.fullmatch(r"\w+\.yaml", word) and not (folder / word).exists():
            system, = [example.text for example in examples("yaml") if "blink.elf" in example.text and "README" in example.place]
            (folder / word).write_text(system, encoding="utf-8")
    return words


@pytest.mark.parametrize("page", sorted({example.place.split(":")[0] for example in commands()}))
def test_the_commands_of_a_page_do_what_they_say_one_after_the_other(page, folder):
    for example in commands():
        words = arguments(example.text, folder)
        if not example.place.startswith(page) or example.text in ELSEWHERE or words[0] == "run":
            continue
        result = nagaya(*words, cwd=folder)
        assert (result.returncode, result.stderr) == (0, ""), f"{example.place}: {result.stderr}"


def test_the_first_guest_runs_as_its_page_says(folder):
    runs = [example for example in commands() if shlex.split(example.text)[1] == "run" and example.text not in ELSEWHERE]
    assert len(runs) >= 2
    systems = {(folder / arguments(example.text, folder)[-1]).read_text(encoding="utf-8") for example in runs}
    assert len(systems) == 1, "another system is run: run it here, too"
    with Machine(folder / "my.yaml", *DETERMINISTIC, "--end-when", "blink=blink: 10") as machine:
        machine.wait_for_end()
    assert [line for line in machine.said("blink") if line.startswith("blink: ")] == [f"blink: {n}" for n in range(1, 11)]


def test_each_exception_is_of_an_example_that_is_there():
    told = {example.text for example in commands()}
    assert set(ELSEWHERE) <= told and set(AROUND) <= {example.text.splitlines()[0] for example in examples("c")}
