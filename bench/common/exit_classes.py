# SPDX-License-Identifier: Apache-2.0
"""The classes of paths through the hypervisor: bench/exit_classes.yaml, which says what each is."""

from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parents[1] / "exit_classes.yaml"


def exit_classes():
    """The classes, in their order: dicts of that file."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))
