# SPDX-License-Identifier: Apache-2.0
"""A board is a folder: a vendor's device tree, compiled or not, and a board.yaml. It needs no QEMU."""

import shutil
import subprocess

import pytest

from system_run import ROOT

pytestmark = pytest.mark.one_board("its boards are its own")

HEADER = "#define UART_SPI 7\n"
SOURCE = """/dts-v1/;
#include "board-parts.dtsi"
#include <dt-bindings/parts.h>
/ { uart: serial@9000000 { reg = <9 0>; interrupts = <0 UART_SPI 4>; }; };
&parts { status = "okay"; };
"""
PARTS = "/ { parts: parts { status = \"disabled\"; }; };\n"


@pytest.fixture(name="sources")
def folder_with_a_board(tmp_path):
    """Sources that have nothing but the boards' makefile and an empty board."""
    (tmp_path / "boards" / "mine" / "include" / "dt-bindings").mkdir(parents=True)
    shutil.copy(ROOT / "boards" / "build.mk", tmp_path / "boards")
    (tmp_path / "boards" / "mine" / "board.yaml").write_text("gic: {interrupts: 1020}\n", encoding="utf-8")
    (tmp_path / "Makefile").write_text("BUILD := build\nHOST_CC := gcc\ninclude boards/build.mk\nall: $(ALL)\n", encoding="utf-8")
    return tmp_path


def build(sources):
    made = subprocess.run(["make", "-s", "all"], cwd=sources, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    assert made.returncode == 0, made.stdout
    return sources / "build" / "boards" / "mine" / "board.dtb"


def property_of(tree, node, name):
    return subprocess.run(["fdtget", tree, node, name], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def test_a_source_may_include_others_and_keeps_its_labels(sources):
    board = sources / "boards" / "mine"
    (board / "board.dts").write_text(SOURCE, encoding="utf-8")
    (board / "board-parts.dtsi").write_text(PARTS, encoding="utf-8")
    (board / "include" / "dt-bindings" / "parts.h").write_text(HEADER, encoding="utf-8")
    tree = build(sources)
    assert property_of(tree, "/serial@9000000", "interrupts") == "0 7 4"
    assert property_of(tree, "/parts", "status") == "okay"
    assert property_of(tree, "/__symbols__", "uart") == "/serial@9000000"


def test_a_compiled_tree_is_taken_as_it_is(sources):
    board = sources / "boards" / "mine"
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", board / "board.dtb"], text=True, check=True,
                   input="/dts-v1/; / { compatible = \"vendor,board\"; };")
    assert build(sources).read_bytes() == (board / "board.dtb").read_bytes()
