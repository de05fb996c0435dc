# SPDX-License-Identifier: Apache-2.0
"""nagaya_uio.ko is built against the headers of each Debian release, with no more than scripts/packages lists."""

import re
import subprocess
from pathlib import Path

import pytest

from system_run import ROOT

pytestmark = pytest.mark.one_board("a module is built, and no machine runs")

HEADERS = ROOT / "build" / "linux" / "headers"


@pytest.fixture(name="headers")
def fixture_headers(tmp_path):
    """The headers as Debian 13 packs them, with the kernel's vmlinux: a copy of those that are there (make follows links, and the
    clone's path may have letters that it doesn't take), and such a file."""
    subprocess.run(["cp", "-a", HEADERS, tmp_path / "headers"], check=True)
    (tmp_path / "headers" / "arm64" / "vmlinux").touch()
    return tmp_path / "headers" / "arm64"


def test_the_module_is_built_without_pahole_where_the_headers_hold_vmlinux(headers, tmp_path):
    done = subprocess.run([ROOT / "linux" / "build-module", headers, ROOT / "linux" / "nagaya_uio", Path("module") / "nagaya_uio.ko"],
                          cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    built = [path.read_bytes() for path in (tmp_path / "module" / "nagaya_uio.ko", ROOT / "build" / "linux" / "module-arm64" / "nagaya_uio.ko")]
    assert not any(b".BTF\0" in module for module in built)
    magic = [re.search(rb"vermagic=[^\0]+", module)[0] for module in built]
    assert magic[0] == magic[1]
