# SPDX-License-Identifier: Apache-2.0
"""What `nagaya run` promises its user, and a test that calls it."""
import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pexpect
import pytest

from system_run import assert_no_engine_fault

pytestmark = pytest.mark.one_board("`nagaya run` is looked at, whatever it runs")

ROOT = Path(__file__).resolve().parents[2]
NAGAYA = str(ROOT / "build" / "nagaya")
HELLO = "systems/hello.yaml"
DEMO = "systems/demo.yaml"


def run(*arguments, **options):
    done = subprocess.run([NAGAYA, "run", *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False, **options)
    assert_no_engine_fault(done.stdout)
    return done


def children_of(process):
    """The QEMUs that a running nagaya has started."""
    task = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in task.read_text(encoding="ascii").split()]


def is_alive(process):
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def test_lines_carry_names_and_the_log_is_shown():
    result = run(HELLO, "--end-when", "hello=hello: done", "--timeout", "60")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "hello      | hello: I am hello\n" in result.stdout
    assert "hypervisor | vm hello: started\n" in result.stdout
    assert re.search(r"nagaya +\| +vCPU 0 on CPU 0: \d+ exits", result.stdout)


def test_no_colours_unless_at_a_terminal():
    assert "\033" not in run(HELLO, "--timeout", "60").stdout


def test_the_log_file_holds_what_was_shown(tmp_path):
    log = tmp_path / "log"
    result = run(HELLO, "--log", str(log), "--timeout", "60")
    assert log.read_text(encoding="utf-8") == result.stdout


def test_the_image_is_kept_if_asked_for_and_else_removed(tmp_path):
    image = tmp_path / "image.elf"
    environment = dict(os.environ, TMPDIR=str(tmp_path))
    assert run(HELLO, "--timeout", "60", env=environment).returncode == 0
    assert not list(tmp_path.iterdir())
    assert run(HELLO, "--image", str(image), "--timeout", "60").returncode == 0
    assert image.exists()


def test_a_run_that_takes_too_long_says_what_it_waited_for():
    result = run(HELLO, "--end-when", "hello=never said", "--timeout", "1", "--qemu-arg=-S")
    assert result.returncode == 1
    assert "still waiting for 'never said' of hello" in result.stdout
    assert "hello (best effort): not started" in result.stdout
    assert "      has not executed an instruction yet" in result.stdout


@pytest.fixture(scope="module", name="storm")
def run_storm(tmp_path_factory):
    """(What was shown of a VM that does for ever what it may not, until the time was over; what the log file has of it.) More time, should
    this computer be so busy that the machine has not come to it."""
    log = tmp_path_factory.mktemp("storm") / "log"
    for seconds in ("4", "16", "64"):
        result = run("tests/system/systems/storm.yaml", "--timeout", seconds, "--log", str(log))
        assert result.returncode == 1, result.stdout + result.stderr
        aborts = re.search(r"data abort (\d+)", result.stdout)
        if aborts and int(aborts[1]) > 100:
            break
    return result.stdout, log.read_text(encoding="utf-8")


@pytest.mark.xdist_group("storm")
def test_a_vm_that_is_refused_for_ever_does_not_flood_the_terminal_or_the_log_file(storm):
    for text in storm:
        assert text.count("not granted") <= 12 + 6  # once in ten seconds how many they were
        told = re.findall(r"hypervisor \| vm storm: ([\d,]+) more like this; the last one: read of 0x09030000 \(gpio\) at", text)
        assert sum(int(number.replace(",", "")) for number in told) > 10


@pytest.mark.xdist_group("storm")
def test_a_vms_state_is_known_after_a_flood_of_log_lines(storm):
    assert "storm (best effort): running, restarted 0 times" in storm[0]


@pytest.mark.xdist_group("storm")
def test_a_run_that_takes_too_long_says_where_each_vcpu_is(storm):
    assert re.search(r"vCPU 0 on CPU 1: \d+ exits.*\n"
                     r"nagaya +\|       (runs at pc 0x\w+ \(\w+\+0x\w+\), EL1|is in the hypervisor at pc 0x\w+ \(\w+\+0x\w+\))\n",
                     storm[0])


@pytest.mark.xdist_group("storm")
def test_a_pipe_and_a_log_file_get_no_control_characters(storm):
    for text in storm:
        assert "storm      | storm: red cleared\n" in text
        assert not re.search(r"[^\n -~]", text)


def test_a_machine_that_goes_off_too_early_is_a_failure():
    result = run(HELLO, "--end-when", "hello=never said", "--timeout", "60")
    assert result.returncode == 1
    assert "still waiting for 'never said' of hello" in result.stdout


@pytest.mark.parametrize("option", ["--end-when", "--type"])
def test_a_vm_that_does_not_exist_is_told(option):
    result = run(HELLO, option, "helo=x")
    assert result.returncode == 1
    assert "helo" in result.stderr


def test_a_missing_qemu_is_named():
    result = run(HELLO, env={"PATH": "/nonexistent"})
    assert result.returncode == 1
    assert "qemu-system-aarch64 is not installed" in result.stderr


def test_what_qemu_says_is_shown():
    result = run(HELLO, "--qemu-arg=-no-such-option")
    assert result.returncode == 1
    assert "qemu " in result.stdout and "no-such-option" in result.stdout


def test_a_cpu_that_qemu_lacks_is_told_with_those_it_has():
    result = run(HELLO, "--cpu", "cortex-a99")
    assert result.returncode == 2
    assert "cortex-a99" in result.stderr and "cortex-a53, " in result.stderr and "cortex-m3" not in result.stderr
    assert not result.stdout


def test_a_machine_that_did_not_start_is_not_summed_up():
    assert "exits" not in run(HELLO, "--qemu-arg=-no-such-option").stdout


def call(*arguments, **options):
    return subprocess.run([NAGAYA, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120,
                          check=False, **options)


@pytest.mark.parametrize("command", ["run --log", "run --image", "compose -o"])
@pytest.mark.parametrize("what", ["folder", "pipe", "device", "there is no folder"])
def test_output_goes_to_regular_files_only(command, what, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    place = {"folder": tmp_path, "pipe": tmp_path / "pipe", "device": "/dev/full"}.get(what, tmp_path / "none" / "file")
    result = call(*command.split(), str(place), HELLO, stdout=subprocess.DEVNULL)
    assert result.returncode == 2
    assert f"cannot write {place}: " in result.stderr and what in result.stderr


@pytest.mark.parametrize("command", [["--help"], ["compose", "--help"], ["check", "build/systems/hello.elf"], ["show", "build/systems/hello.elf"],
                                     ["show", "--json", "build/systems/hello.elf"], ["run", "--help"], ["run", HELLO]],
                         ids=" ".join)
def test_a_standard_output_that_is_full_ends_with_status_2(command):
    with open("/dev/full", "w", encoding="ascii") as full:
        result = call(*command, stdout=full)
    assert result.returncode == 2
    assert "cannot write to standard output" in result.stderr


@pytest.mark.parametrize("command", [["compose", "-o", "build/none.elf", "none.yaml"], ["run", "none.yaml"], ["check", "none"], ["show", "none"]],
                         ids=" ".join)
def test_a_file_that_is_not_there_ends_with_status_2(command):
    result = call(*command, stdout=subprocess.DEVNULL)
    assert result.returncode == 2
    assert "No such file or directory" in result.stderr


def test_files_of_a_killed_run_go_with_the_next_one_and_those_of_others_stay(tmp_path):
    environment = dict(os.environ, TMPDIR=str(tmp_path))
    waiting = [NAGAYA, "run", HELLO, "--qemu-arg=-S"]
    streams = {"cwd": ROOT, "env": environment, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(waiting, **streams) as killed, subprocess.Popen(waiting, **streams) as alive:
        wait_until(lambda: children_of(killed.pid) and children_of(alive.pid))
        assert len(list(tmp_path.iterdir())) == 2
        killed.kill()
        killed.wait(10)
        assert run(HELLO, "--timeout", "60", env=environment).returncode == 0
        assert len(list(tmp_path.iterdir())) == 1
        alive.terminate()
        alive.wait(10)
    assert not list(tmp_path.iterdir())


def test_paths_may_have_blanks_commas_and_other_letters(tmp_path):
    folder = tmp_path / "a b,c=é'd"
    folder.mkdir()
    for name in ("nagaya", "boards", "hypervisor", "guests"):
        (folder / name).symlink_to(ROOT / "build" / name)
    (folder / "my own.yaml").write_text((ROOT / HELLO).read_text(encoding="utf-8"), encoding="utf-8")
    result = run(str(folder / "my own.yaml"), "--data", str(folder), "--image", str(folder / "an image,.elf"), "--timeout", "60",
                 env=dict(os.environ, TMPDIR=str(folder)))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "hello: done" in result.stdout


LINUX = """board: qemu-virt
vms:
  - {name: linux, cpus: [0], memory: 256M, kernel: linux/Image, initrd: linux/initrd.cpio.gz, cmdline: console=ttyAMA0 quiet,
     devices: [serial0]}
"""


@pytest.fixture(scope="module", name="linux")
def run_linux(tmp_path_factory):
    """What a Linux says that gets files, lines of standard input and one at a prompt of its own, its machine counting instructions."""
    folder = tmp_path_factory.mktemp("linux")
    (folder / "script").write_text("#!/bin/sh\necho the script ran\n", encoding="ascii")
    (folder / "script").chmod(0o755)
    (folder / "data").write_text("some data\n", encoding="ascii")
    lines = "./script\ncat /opt/deep/data\necho sum $((40 + 2))\nread -p 'really? ' answer; echo \"answer: $answer\"\n"
    (folder / "linux.yaml").write_text(LINUX, encoding="ascii")
    done = subprocess.run([NAGAYA, "run", f"{folder}/linux.yaml", "--exact", "--timeout", "100", "--put", f"linux={folder}/script",
                           "--put", f"linux={folder}/data:/opt/deep/data", "--type", "linux=echo typed first",
                           "--type", "linux:really?=yes=no", "--end-when", "linux=answer: yes=no"], cwd=ROOT, input=lines,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.xdist_group("linux-run")
def test_files_are_put_into_a_linux_for_one_run(linux):
    assert re.search(r"^linux +\| the script ran$", linux, re.MULTILINE)
    assert re.search(r"^linux +\| some data$", linux, re.MULTILINE)


@pytest.mark.xdist_group("linux-run")
def test_standard_input_is_typed_at_prompts_behind_what_the_command_line_has(linux):
    assert linux.index("typed first\n") < linux.index("the script ran\n") < linux.index("sum 42\n")


@pytest.mark.xdist_group("linux-run")
def test_an_exact_run_says_what_its_times_are(linux):
    assert "with --exact each instruction took 2 ns" in linux


def test_a_file_is_put_only_where_there_is_an_initrd():
    result = run(HELLO, "--put", "hello=README.md")
    assert result.returncode == 1
    assert "vm hello has no initrd" in result.stderr
    result = run("systems/demo.yaml", "--put", "linux=/no/such/file")
    assert result.returncode == 1
    assert "/no/such/file: cannot be read: No such file or directory" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_qemu_does_not_survive(number):
    with subprocess.Popen([NAGAYA, "run", HELLO, "--gdb", "--qemu-arg=-gdb", "--qemu-arg=none"], cwd=ROOT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_until(lambda: children_of(process.pid))
        qemu = children_of(process.pid)[0]
        process.send_signal(number)
        assert process.wait(10) == (128 + number if number != signal.SIGKILL else -signal.SIGKILL)
        wait_until(lambda: not is_alive(qemu))


def at_a_terminal(system, **variables):
    """What a terminal of 24 lines and 80 columns gets from a run, until its user ends it."""
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    terminal = pexpect.spawn(NAGAYA, ["run", system], cwd=str(ROOT), encoding="utf-8", timeout=60, dimensions=(24, 80),
                             env={**environment, **variables})
    terminal.expect("not granted")
    said = terminal.before + terminal.after
    terminal.send("\x01x")
    terminal.expect(pexpect.EOF)
    return said + terminal.before


STORM = "tests/system/systems/storm.yaml"
ROWS_THAT_SCROLL = "\033[1;23r"
ALL_SCROLL = "\033[r"
RED = "\033[31m"


def test_a_terminal_shows_faults_in_red_and_who_has_the_keyboard_in_its_last_line():
    said = at_a_terminal(STORM, TERM="xterm")
    assert f"{RED}vm storm: read of 0x09030000" in said
    assert ROWS_THAT_SCROLL in said and "\033[24;1H\033[7m keyboard: storm" in said
    assert said.rindex(ALL_SCROLL) > said.rindex(ROWS_THAT_SCROLL)  # it is given back
    assert "a title" not in said


def test_without_colours_there_is_no_last_line_either():
    said = at_a_terminal(STORM, TERM="xterm", NO_COLOR="1")
    assert "\033[3" not in said and "\033[7m" not in said and ROWS_THAT_SCROLL not in said


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {}], ids=str)
def test_a_terminal_without_control_sequences_gets_none(variables):
    assert "\033" not in at_a_terminal(STORM, **variables)


def test_the_keyboard_goes_to_one_vm_and_the_terminal_comes_back():
    shell = pexpect.spawn("/bin/sh", ["-c", f"stty -g; {shlex.quote(str(NAGAYA))} run {DEMO}; echo status=$?; stty -g"], cwd=str(ROOT),
                          encoding="utf-8", timeout=120)
    shell.expect(r"([0-9a-f:]{20,})\r\n")
    before = shell.match.group(1)
    shell.expect("the keyboard belongs to linux")
    shell.expect("linux:~# ")
    shell.send("echo sum $((40 + 2))\r")
    shell.expect("sum 42")
    shell.send("nagayactl top\r")
    shell.expect("exits per second, by class; q ends")
    shell.expect(r"linux +1 +runs")
    shell.send("q")
    shell.expect("linux:~# ")
    shell.send("sleep 1000\r")
    shell.expect("sleep 1000")
    shell.send("\x03")  # is Linux's
    shell.expect("linux:~# ")
    shell.send("nagayactl stop --force linux\r")
    shell.expect("linux, which has the keyboard, is off")
    shell.send("\x01n")
    shell.expect("the keyboard belongs to control")
    shell.send("\x011")
    shell.expect("the keyboard belongs to linux")
    shell.send("\x01h")
    shell.expect("Ctrl-A 2.* control")
    shell.send("\x01x")
    shell.expect("status=0\r\n")
    shell.expect(r"([0-9a-f:]{20,})\r\n")
    assert shell.match.group(1) == before
    shell.expect(pexpect.EOF)
