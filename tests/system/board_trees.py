# SPDX-License-Identifier: Apache-2.0
"""
Device trees of many boards: those that come with Debian's arm64 kernel. Nothing of them is in the repository; the package is
the one that the Linux guests are made of (linux/fetch-packages). For each, a board is made on the fly and a system composed.
"""

import re
import shutil
import struct
import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAGAYA = ROOT / "build" / "nagaya"
PACKAGES = ROOT / "build" / "linux" / "packages"

INTERRUPTS = 1020  # no tree says how many there are
MISSING_MEMORY = "say in DATA/boards/BOARD/board.yaml what the board has"

ONE_VM = """board: {board}
vms:
  - {{name: one, cpus: [0], memory: 8M, image: {image}, raw: true, dma: trusted, devices: rest}}
"""
TWO_VMS = """board: {board}
vms:
  - {{name: one, cpus: [0], memory: 4M, image: {image}, raw: true, dma: trusted, devices: [{console}]}}
  - {{name: two, cpus: [1], memory: 8M, image: {image}, raw: true, dma: trusted, devices: rest}}
"""


def package():
    """Debian's package with the trees, or None if it has not been fetched."""
    if not PACKAGES.exists():
        return None
    for name in PACKAGES.read_text(encoding="utf-8").split():
        if re.match(r"linux-image-\d[\w.+-]*(?<!-rt)-arm64_", Path(name).name) and Path(name).exists():
            return Path(name)
    return None


def unpack(deb, folder):
    """The trees of the package @deb, by their names in it."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "x", "-C", folder, "--wildcards", "*.dtb"], stdin=archive.stdout, check=True)
    return {"/".join(path.parts[-2:]): path for path in sorted(folder.rglob("*.dtb"))}


def first_memory(tree):
    """Where a board has memory, whose tree doesn't say how much."""
    nodes = re.findall(rb"memory@([0-9a-f]{8,})\0", tree.read_bytes())
    return min((int(node, 16) for node in nodes), default=0x80000000)


def console(tree):
    """What the tree calls the UART on which the board's programs talk; nothing if it doesn't say."""
    found = subprocess.run(["fdtget", tree, "/chosen", "stdout-path"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True, check=False).stdout
    return found.strip().split(":")[0]


def guest_trees(image):
    """The device trees in an image, each once: everything else in it is code, tables or zero."""
    content = image.read_bytes()
    trees = set()
    at = content.find(b"\xd0\x0d\xfe\xed")
    while at >= 0:
        size = struct.unpack(">I", content[at + 4:at + 8])[0]
        trees.add(content[at:at + size])
        at = content.find(b"\xd0\x0d\xfe\xed", at + 4)
    return trees


class Outcome:
    """What has become of one system: a @kind, and the lines that say why."""

    def __init__(self, kind, lines):
        self.kind = kind
        self.lines = lines

    def summary(self):
        """The kind with the first reason, without what differs between boards."""
        if not self.lines:
            return self.kind
        text = re.sub(r"^\S+: ", "", self.lines[0])
        return self.kind + ": " + re.sub(r"0x[0-9a-f]+|\b\d+\b", "N", re.sub(r"(?<![\w.])/[\w,.@/+-]+", "NODE", text))


class Composer:
    """Composes systems in @folder, which it makes."""

    def __init__(self, folder):
        self.folder = folder
        self.image = folder / "program"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.image.write_bytes(bytes(64))

    def run(self, data, board):
        """Returns the status and what was said, without the names of this test's folders."""
        made = subprocess.run([NAGAYA, "compose", "--data", data, data / "system.yaml", "-o", data / "system.elf"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        return made.returncode, made.stdout.replace(str(data), "DATA").replace(board, "BOARD")

    def compose(self, tree, system):
        """The outcome of the @system on the board with this @tree."""
        board = tree.stem
        data = self.folder / board
        folder = data / "boards" / board
        folder.mkdir(parents=True)
        (data / "hypervisor").symlink_to(ROOT / "build" / "hypervisor")
        (folder / "board.dtb").symlink_to(tree)
        facts = f"gic: {{interrupts: {INTERRUPTS}}}\n"
        (folder / "board.yaml").write_text(facts, encoding="utf-8")
        text = system.format(board=board, image=self.image, console=console(tree) if "{console}" in system else "")
        (data / "system.yaml").write_text(text, encoding="utf-8")
        status, said = self.run(data, board)
        if status == 1 and MISSING_MEMORY in said:
            facts += f"ram: [{{start: {first_memory(tree):#x}, size: 1G}}]\n"
            (folder / "board.yaml").write_text(facts, encoding="utf-8")
            status, said = self.run(data, board)
        outcome = self.judge(data / "system.elf", status, said)
        shutil.rmtree(data)
        return outcome

    @staticmethod
    def judge(image, status, said):
        lines = [line for line in said.splitlines() if ": note: " not in line]
        if status < 0:
            return Outcome(f"killed by signal {-status}", lines)
        if "defect" in said or status not in (0, 1):
            return Outcome("defect", lines)
        if status == 1:
            return Outcome("refused", lines)
        for tree in guest_trees(image):
            read = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dtb", "-o", "/dev/null"], input=tree,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if read.returncode != 0 or read.stdout:
                return Outcome("rejected by dtc", read.stdout.decode().splitlines())
        return Outcome("composes", [])


def table(outcomes):
    """How many trees have which outcome, the most frequent first, each with an example."""
    counts = Counter(outcome.summary() for outcome in outcomes.values())
    rows = []
    for summary, count in counts.most_common():
        example = next(name for name, outcome in outcomes.items() if outcome.summary() == summary)
        rows.append(f"{count:4} {summary} ({example})\n")
    return "".join(rows)
