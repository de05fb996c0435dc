# SPDX-License-Identifier: Apache-2.0
"""Systems with shared cores: what compose promises and refuses, what show says, and that all of it runs."""

import json

import pytest

from system_run import ROOT, nagaya

POLICIES = ["fixed-priority", "edf", "round-robin", "timetable"]


def compose_and_show(source, image):
    composed = nagaya("compose", source, "-o", image)
    assert composed.returncode == 0, composed.stderr
    shown = nagaya("show", "--json", image)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def shared_cpus(shown):
    return [cpu for cpu in shown["cpus"] if cpu["policy"] != "dedicated"]


@pytest.mark.parametrize("name", [*POLICIES, "consolidation"])
def test_the_examples_guarantees_hold(name, tmp_path):
    shown = compose_and_show(f"systems/{name}.yaml", tmp_path / "image.elf")
    assert shown["check"] is True
    assert shared_cpus(shown)
    for cpu in shared_cpus(shown):
        assert cpu["policy"] == (name if name in POLICIES else "edf")
        assert cpu["guarantees_hold"] is True
        assert cpu["utilisation_ppm"] <= 1_000_000
        for vcpu in cpu["vcpus"]:
            assert vcpu["budget_ns"] == 0 or 0 < vcpu["usable_ns"] <= vcpu["budget_ns"]


@pytest.mark.one_board("the composer is looked at, and no machine")
def test_a_guarantee_that_cannot_be_kept_is_refused_with_its_place_and_numbers(tmp_path):
    text = (ROOT / "systems" / "fixed-priority.yaml").read_text(encoding="utf-8")
    source = tmp_path / "too-much.yaml"
    source.write_text(text.replace("budget: 10ms", "budget: 37ms"), encoding="utf-8")
    line = source.read_text(encoding="utf-8").splitlines().index("    budget: 37ms") + 1
    result = nagaya("compose", source, "-o", tmp_path / "image.elf")
    assert result.returncode == 1
    assert result.stderr.startswith(f"{source}:{line}: vm steady on CPU 1 (fixed-priority, line ")
    assert "longer than its period of 50 ms" in result.stderr
    assert not (tmp_path / "image.elf").exists()


def test_more_interrupts_leave_less_of_a_budget(tmp_path):
    text = (ROOT / "systems" / "edf.yaml").read_text(encoding="utf-8")
    source = tmp_path / "system.yaml"
    usable = []
    for count in (1, 2):
        source.write_text(text.replace("{count: 1, per: 1ms}", f"{{count: {count}, per: 1ms}}"), encoding="utf-8")
        [cpu] = shared_cpus(compose_and_show(source, tmp_path / "image.elf"))
        usable.append({vcpu["vm"]: vcpu["usable_ns"] for vcpu in cpu["vcpus"]})
    assert usable[0]["fast"] > usable[1]["fast"]
    assert usable[0]["slow"] > usable[1]["slow"]


def test_a_linux_that_is_not_hard_has_virtual_interrupts(tmp_path):
    shown = compose_and_show("systems/demo.yaml", tmp_path / "image.elf")
    assert {vm["name"]: vm["delivery"] for vm in shown["vms"]} == {"control": "direct", "linux": "virtual"}


@pytest.mark.parametrize("name", POLICIES)
def test_every_vm_of_the_examples_gets_to_its_end(name):
    """All guests there end by themselves, and the machine with the last of them."""
    result = nagaya("run", f"systems/{name}.yaml", "--timeout", "90")
    assert result.returncode == 0, result.stdout + result.stderr
    vms = [line.split(": ", 1)[1] for line in (ROOT / "systems" / f"{name}.yaml").read_text(encoding="utf-8")
           .splitlines() if line.startswith("  - name: ")]
    assert len(vms) == 3
    for vm in vms:
        assert f"vm {vm}: off" in result.stdout
