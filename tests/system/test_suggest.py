# SPDX-License-Identifier: Apache-2.0
"""`nagaya suggest`: what it prints, put into a system, gives each task the time that it was asked for."""

import json
import random
import re

import pytest
import yaml

from system_run import nagaya

pytestmark = pytest.mark.one_board("the composer is looked at, and no machine")

POLICIES = ["edf", "fixed-priority", "round-robin", "timetable"]
NS = {"us": 1000, "ms": 1000000}
REST = {"memory": "4M", "image": "guests/hello.elf"}


def ns(time):
    """A time as a user writes it."""
    return int(time[:-2]) * NS[time[-2:]]


def tasks(seed):
    """Some tasks, (name, takes, each, within)."""
    chance = random.Random(seed)
    found = []
    for number in range(chance.randint(1, 4)):
        each = chance.choice([1000, 2000, 5000, 10000, 40000, 100000])
        within = chance.choice([each, each, each // 2])
        found.append((f"task-{number}", f"{max(5, within // chance.randint(8, 60))}us", f"{each}us", f"{within}us"))
    return found


def composed(text, folder):
    """The system that @text is a part of, with a VM that takes what is left over, as `show` tells it: (JSON, text)."""
    system = yaml.safe_load(text)
    cpus = system["vms"][0]["cpus"]
    system["vms"] = [vm | REST for vm in system["vms"]] + [{"name": "others", "cpus": cpus} | REST]
    (folder / "system.yaml").write_text(yaml.safe_dump({"board": "qemu-virt"} | system), encoding="ascii")
    result = nagaya("compose", folder / "system.yaml", "-o", folder / "image.elf")
    assert result.returncode == 0, result.stderr
    return json.loads(nagaya("show", "--json", folder / "image.elf").stdout), nagaya("show", folder / "image.elf").stdout


@pytest.mark.parametrize("policy", POLICIES)
def test_a_system_made_as_suggested_does_each_task_in_time(policy, tmp_path):
    fitted = 0
    for seed in range(12):
        asked = tasks(seed)
        told = nagaya("suggest", "--policy", policy, *("{}={}/{}/{}".format(*task) for task in asked))
        if told.returncode == 1:
            assert f"under {policy} they do not fit: " in told.stderr and told.stdout == ""
            continue
        fitted += 1
        shown, text = composed(told.stdout, tmp_path)
        cpu, = [cpu for cpu in shown["cpus"] if cpu["policy"] == policy]
        promised = {vcpu["vm"]: vcpu for vcpu in cpu["vcpus"]}
        for name, takes, each, within in asked:
            vcpu = promised[name]
            assert vcpu["holds"] and vcpu["usable_ns"] >= ns(takes)
            assert vcpu["response_ns"] <= ns(within) and vcpu["distance_ns"] <= ns(each)
            assert re.search(rf"{name} +a task of at most \S+ .s each \S+ .s is done within \S+ .s\n", text)
    assert fitted >= (2 if policy == "round-robin" else 6), "hardly anything fits"


def test_a_file_of_tasks_is_the_same_as_tasks_on_the_command_line(tmp_path):
    (tmp_path / "tasks.yaml").write_text("policy: fixed-priority\ncpu: 1\ntasks:\n  - {name: control, takes: 200us, each: 2ms}\n"
                                         "  - {name: plc, takes: 1ms, each: 20ms, within: 10ms}\n", encoding="ascii")
    by_file = nagaya("suggest", tmp_path / "tasks.yaml")
    by_words = nagaya("suggest", "--policy", "fixed-priority", "--cpu=1", "control=200us/2ms", "plc=1ms/20ms/10ms")
    assert by_file.returncode == 0 and by_file.stdout == by_words.stdout and "cpus: [1]" in by_file.stdout


@pytest.mark.parametrize("arguments, status, said", [
    (["control"], 1, "task control: is no task; write NAME=TAKES/EACH or NAME=TAKES/EACH/WITHIN, like control=200us/2ms/1ms"),
    (["a=3ms/2ms"], 1, "task a=3ms/2ms: a takes longer than the time that it is to be done in"),
    (["a=1ms/2ms/3ms"], 1, "it would be done after it has come again"),
    (["a=1ms/2ms", "a=1ms/4ms"], 1, "there is a task a already"),
    (["a b=1ms/2ms"], 1, "has other characters than letters, digits, - and _; rename the task"),
    (["a=10us/30us"], 1, "its time is too short for a shared CPU"),
    (["a=9ms/10ms", "b=9ms/10ms"], 1, "under edf they do not fit: "),
    (["--policy", "lottery", "a=1ms/9ms"], 2, "there is no policy lottery; write edf, fixed-priority, round-robin or timetable"),
    (["--board", "none", "a=1ms/9ms"], 1, "board none does not exist; there are: qemu-virt"),
    (["--cpu", "7", "a=1ms/9ms"], 1, "there is no CPU 7; board qemu-virt has CPUs 0 to 3"),
    (["--cpu", "x", "a=1ms/9ms"], 2, "--cpu x: write a number"),
    ([], 2, "usage: nagaya suggest"),
    ([*(f"t{number}=10us/100ms" for number in range(8))], 1, "more than the 7 tasks that can share a CPU with others")])
def test_what_is_wrong_with_tasks_is_told(arguments, status, said):
    result = nagaya("suggest", *arguments)
    assert (result.returncode, result.stdout) == (status, "") and said in result.stderr, result.stderr
