# SPDX-License-Identifier: Apache-2.0
"""The demo, as ./run shows it without a terminal: the control loop, and Linux that watches it, lets it fail and goes on."""

import re

import pytest

from system_run import DETERMINISTIC_SLOW, ROOT, Machine, run

SAMPLE = re.compile(r"sample (\d+): angle [+-]\d+\.\d{3} mrad, speed [+-]\d+\.\d{3} rad/s, torque [+-]\d+\.\d{3} Nm$")


def options_of_run():
    """What ./run gives to `nagaya run` without a terminal."""
    script = (ROOT / "run").read_text(encoding="utf-8").replace("\\\n", " ")
    command = next(line for line in script.splitlines() if line.startswith("exec ") and "--end-when" in line)
    words = re.findall(r"'[^']*'|\S+", command)
    options = [word.strip("'") for word in words[words.index("systems/demo.yaml") + 1:] if word != '"$@"']
    at = options.index("--timeout")
    return options[:at] + options[at + 2:]  # a test has a limit of its own


@pytest.fixture(scope="module")
def demo():
    """The whole demo, from the start until it ends by itself."""
    return run(ROOT / "systems" / "demo.yaml", *options_of_run(), *DETERMINISTIC_SLOW)


def samples(lines):
    """The numbers of the samples that Linux received in these lines."""
    return [int(match[1]) for name, text in lines if name == "linux" and (match := SAMPLE.match(text))]


def split(machine):
    """What was said before control was told to hang, and after it."""
    fault = machine.lines.index(("control", "control-loop: told to hang"))
    return machine.lines[:fault], machine.lines[fault:]


@pytest.mark.xdist_group("demo")
def test_linux_shows_telemetry_with_rising_numbers_before_and_after_the_fault(demo):
    before, after = (samples(lines) for lines in split(demo))
    for numbers in (before, after):
        assert len(numbers) >= 5, demo.tail()
        assert numbers == sorted(set(numbers)), demo.tail()


@pytest.mark.xdist_group("demo")
def test_the_hanging_loop_is_restarted_once_by_its_watchdog(demo):
    _, after = split(demo)
    assert demo.log("control")[:3] == ["vm control: started", "vm control: its watchdog was not petted",
                                       "vm control: restarted, 1 time by now"]
    assert ("hypervisor", "vm control: its watchdog was not petted") in after
    assert demo.summary()["control"]["restarts"] == 1
    # Linux tells the same, in its own words: after the log's lines of `nagayactl log` the list has the reason.
    said = [text for name, text in after if name == "linux"]
    assert [line for line in said if re.search(r"\] vm control: restarted, 1 time by now$", line)], demo.tail()
    assert [line for line in said if re.match(r"control +hard +3 +runs +1 +[\d.]+ s +watchdog$", line)], demo.tail()


@pytest.mark.xdist_group("demo")
def test_linux_goes_on_while_the_loop_hangs(demo):
    _, after = split(demo)
    said = [text for name, text in after if name == "linux"]
    assert "load: done" in said
    assert [line for line in said if line.endswith("nagayactl send telemetry stop")]
    assert demo.log("linux") == ["vm linux: started"]
    assert demo.summary()["linux"]["restarts"] == 0


@pytest.mark.xdist_group("demo")
def test_the_loop_takes_no_exit_while_it_sends_telemetry_and_pets_its_watchdog(demo):
    assert "control-loop: exits of this vCPU during the loop: 0" in demo.said("control")
    assert "control-loop: done" in demo.said("control")
    # Neither does `nagayactl top` see one.
    rows = [text.split() for text in demo.said("linux") if re.match(r"control +3 +runs +own ", text)]
    assert rows and all(row[4] == "0" for row in rows), demo.tail()


def test_a_loop_that_trespasses_is_restarted_and_told_why():
    with Machine(ROOT / "systems" / "demo.yaml", *DETERMINISTIC_SLOW, "--type", "linux=nagayactl send telemetry trespass",
                 "--type", "linux=until nagayactl list | grep -q 'runs .* fault'; do sleep 0.1; done; "
                           "nagayactl recv --discard telemetry; nagayactl list",
                 "--type", "linux=for order in hang 'hang again' hang; do nagayactl send telemetry \"$order\"; done; "
                           "until nagayactl list | grep -q 'runs .* watchdog'; do sleep 0.1; done; "
                           "nagayactl recv --discard -n 5 telemetry; nagayactl send telemetry dance; "
                           "nagayactl recv -n 30 telemetry | grep order; nagayactl list") as machine:
        start = machine.wait_for("control", "^control-loop: told to trespass$")
        machine.wait_for("hypervisor", r"^vm control: write to 0x[0-9a-f]+ .*: not granted$", start)
        machine.wait_for("linux", SAMPLE.pattern, start)
        machine.wait_for("linux", r"^control +hard +3 +runs +1 +[\d.]+ s +fault$", start)
        assert "vm control: its watchdog was not petted" not in machine.log("control")
        # An order that came while it hung was for the life that is over; one that there isn't is answered.
        start = machine.wait_for("linux", '^there is no order "dance"; there are stop, hang and trespass$', start)
        machine.wait_for("linux", r"^control +hard +3 +runs +2 +[\d.]+ s +watchdog$", start)
    assert machine.said("control").count("control-loop: told to hang") == 1


@pytest.mark.xdist_group("demo")
def test_each_step_is_announced_and_the_last_one_is_the_last(demo):
    steps = [re.match(r"demo: (\d) of (\d): ", text) for text in demo.said("linux")]
    numbers = [(int(step[1]), int(step[2])) for step in steps if step]
    assert numbers == [(i + 1, len(numbers)) for i in range(len(numbers))] and numbers
