# SPDX-License-Identifier: Apache-2.0
"""Xen in the experiments (docs/experiments.md, "Xen, side by side"): the guests of bench/experiments/, the same programs, on the same
board. Each function runs one experiment and keeps what it finds as evidence; XEN_EXPERIMENTS lists them. Nothing here is judged.
"""

import re
import time

from pexpect import TIMEOUT

from bench.common.expect import expect
from bench.counts.machine import CPU, LONG_RUN
from bench.counts.measures import SECTION_BUSY, VECTOR_IRQ, VECTOR_SYNCHRONOUS
from bench.experiments.guest_series import read_series
from bench.experiments.keeping import keep, say
from bench.experiments.paper_experiments import EVENTS, PERIODS, SLOW, WAKE_UPS
from bench.peers.xen.machine import GPIO, SERIAL1, Guest

# How Xen is configured, by the name of the system. On a core of its own a guest's WFI is left to the hardware, which is best there. Where
# others wait for the core it must be trapped, or a guest that sleeps keeps the core.
SYSTEMS = {"xen": "", "xen-ratelimit0": "sched_ratelimit_us=0"}
OWN_CORE = "vwfi=native"
SHARED_CORE = "vwfi=trap"

SECTION_NONE = 0  # of guests that put none in force (bench/guests/section.h)

FIRST_INSTRUCTION = 15  # the moment that the first guest's first instruction is; those of others have the numbers below
LINUX_MB = 256
# By how slow the CPU is: seconds of guest time after which Linux is under load, and after which the guest is done.
DELAY = {0: (2, 9), SLOW: (12, 115)}
TELLS = "linux: context switches: "
SWITCHES = 8000    # three times those until Linux has started
LONG_WAIT = 20000  # five times the most that is seen otherwise


def xen_exits(machine, evidence):
    """What Xen executes for one thing that it is asked for, 1,000 times each (guests/micro.c); for a timer's interrupt, 20,000 times
    (guests/latency.c); and to make another guest run (guests/wakeup.c, busy.c)."""
    rows = []
    counts = _alone(machine, "micro", "xen=1", "micro: done", options=OWN_CORE, count=True)[1]
    for section, (name, path) in enumerate([("hypercall", "XENVER_version"), ("gic", "write of GICD_ISENABLER1"),
                                            ("gic", "read of GICD_TYPER"), ("sgi", "to the vCPU itself")], start=1):
        rows.append(_row(name, path, counts, section, VECTOR_SYNCHRONOUS, 1000))
    console, counts = _alone(machine, "latency", "", "sum=", options=OWN_CORE, count=True)
    rows.append(_row("interrupt", "virtual timer", counts, SECTION_NONE, VECTOR_IRQ, 20000))
    late = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", console)}
    rows.append({"class": "timer latency", "count": late["count"], "min": late["min"], "mean": late["sum"] / late["count"],
                 "max": late["max"], "bound": None, "path": "from the deadline to the handler, the guest's entry included"})
    counts = machine.run("switch", [_measured(machine, "wakeup", f"events={WAKE_UPS}"), _busy(machine)], [(1, "sum=")], count=True,
                         options=f"{SHARED_CORE} {SYSTEMS['xen-ratelimit0']}")[1]
    rows.append(_row("switch", "a timer's interrupt makes a guest run in place of another", counts, SECTION_BUSY, VECTOR_IRQ, WAKE_UPS))
    evidence.rows("exits", "xen", rows, unit="instructions",
                  how=f"counted from the vector to the ERET, {_what(machine)}, {OWN_CORE}; the switch with {SHARED_CORE} and without a "
                      "rate limit")
    for row in rows:
        say(f"{row['class']} ({row['path']}): {row['min']:,} to {row['max']:,} instructions, mean {row['mean']:,.1f}")


def xen_boot_time(machine, evidence):
    """Instructions of Xen until the first guest runs, by what it has to set up (guests/boot.S)."""
    rows = []
    for vms, memory, image in ([(vms, 16, 0) for vms in (1, 2, 4, 8)] + [(1, memory, 0) for memory in (64, 256, 1024)] +
                               [(1, 128, image) for image in (0, 1, 4, 16, 64)]):
        rows.append({"vms": vms, "memory_mb": memory, "image_mb": image, "until": "first instruction",
                     "value": _first_instruction(machine, vms, memory, image)})
        say(f"{vms} guests of {memory} MB, image {image} MB: {rows[-1]['value']:,} instructions")
    evidence.rows("boot", "xen", rows, unit="instructions",
                  how=f"counted from Xen's first instruction to the first one of a guest, {_what(machine)}; domains and their trees "
                      "are made from the device tree, and images are copied, before the first guest runs")


def xen_interrupt_latency(machine, evidence):
    """10,000 interrupts of a device, one each 10 ms (guests/interrupts.c); beside a Linux under load on the same core, of a timer."""
    how = "counted instructions from the store by which the device raises its interrupt to the guest's handler, "
    for system, options in SYSTEMS.items():
        console = _alone(machine, "interrupts", "", ": done", options=f"{OWN_CORE} {options}", name=f"interrupts-{system}")[0]
        keep(evidence, "interrupt-latency", system, _series("interrupts", console, EVENTS), f"{how}{_what(machine)}, {OWN_CORE}")
    how = ("counted instructions from a timer's deadline to the handler of a guest that sleeps, "
           "beside a Linux under load on the same core: the path of a device's interrupt for a "
           "domain that does not run, which no device of the board raises by itself; ")
    for system, options in SYSTEMS.items():
        console = _beside_linux(machine, "interrupts", "timer=1", options, SLOW, f"interrupts-{system}-load")
        keep(evidence, "interrupt-latency", system, _series("interrupts", console, EVENTS),
              f"{how}{_what(machine)}, {SHARED_CORE}; 8 ns an instruction", load=True)
    for _ in range(machine.times):
        _own_core_beside_linux(machine, evidence)


def _own_core_beside_linux(machine, evidence):
    """The interrupts of a guest that has a core to itself, while Linux is under load on two others."""
    say("xen-own-core, Linux under load on two other CPUs, 100 s")
    guests = [_measured(machine, "interrupts", "key=1"), _linux(machine, cpus=2, tells=10)]
    with machine.run_parallel("interrupts-own-core-load", guests, options=OWN_CORE, series=(0, 1)) as run:
        xens, console = run.consoles
        xens.expect("load: running")
        console.send("s")
        _read_until("interrupts: done", console, xens)
        xens.expect(TELLS)
        counts = run.stop()
    _keep_own_core(machine, evidence, counts, _switches(machine.console("interrupts-own-core-load", 0)))


def _keep_own_core(machine, evidence, counts, switches):
    """Keeps the steps in @counts, but for those that are so long that Xen must have waited for another CPU, which goes on only when the
    host lets it."""
    expect(switches[-1] - switches[0] > 2000, f"Linux was not under load: context switches {switches}")
    steps = max((counts.series(cpu) for cpu in range(len(counts.cpus))), key=len)
    expect(len(steps) > EVENTS * 9 // 10, f"{len(steps)} of {EVENTS} interrupts were on one CPU: Xen has moved the guest")
    waits = [executed for _, executed in steps if executed > LONG_WAIT]
    expect(len(waits) < EVENTS // 100, f"Xen waited for other CPUs in {len(waits)} of {EVENTS} interrupts: the host is too busy")
    left_out = ""
    if waits:
        left_out = (f" without {len(waits)} of {min(waits):,} to {max(waits):,}, which are taken for waits of Xen for a CPU that the "
                    "host did not run,")
    keep(evidence, "interrupt-latency", "xen-own-core", [executed for _, executed in steps if executed <= LONG_WAIT],
          f"counted instructions of the guest's CPU, Xen's and the guest's, from the store to the handler, of {len(steps):,} interrupts,"
          f"{left_out} CPUs in parallel; meanwhile Linux on two others switched contexts {switches[-1] - switches[0]:,} times; "
          f"{_xen(machine)}, {OWN_CORE}", load=True, varies=True)


def _read_until(text, console, other):
    """Waits until @console says @text. What the @other one says meanwhile is read too: QEMU stands still when nobody does."""
    end = time.monotonic() + LONG_RUN
    while console.expect([text, TIMEOUT], timeout=1) == 1:
        other.expect([TIMEOUT], timeout=0.1)
        expect(time.monotonic() < end, f"\"{text}\" did not come in {LONG_RUN} s")


def xen_timer_accuracy(machine, evidence):
    """5,000 periods of a timer's ticks of 1 ms, as the handler sees them (guests/ticks.c)."""
    how = "the time between the beginnings of the handler at two ticks, one instruction 1 ns, "
    for system, options in SYSTEMS.items():
        console = _alone(machine, "ticks", "", ": done", options=f"{OWN_CORE} {options}", name=f"ticks-{system}")[0]
        keep(evidence, "timer-accuracy", system, _series("ticks", console, PERIODS), f"{how}{_what(machine)}, {OWN_CORE}", unit="ns")
    for system, options in SYSTEMS.items():
        console = _beside_linux(machine, "ticks", "sleep=1", options, 0, f"ticks-{system}-load")
        keep(evidence, "timer-accuracy", system, _series("ticks", console, PERIODS),
              f"{how}{_what(machine)}, {SHARED_CORE}, beside a Linux under load on the same core", unit="ns", load=True)


def xen_sharing(machine, evidence):
    """The worst wake-up of a guest by its timer beside 1, 2, 3 and 7 that never wait (guests/wakeup.c, busy.c), by scheduler."""
    for system, options in SYSTEMS.items():
        rows = []
        for vms in (2, 3, 4, 8):
            guests = [_measured(machine, "wakeup", f"events={WAKE_UPS}")] + [_busy(machine)] * (vms - 1)
            name = f"sharing-{system}-{vms}"
            consoles, _ = machine.run(name, guests, [(1, "sum=")], options=f"{SHARED_CORE} {options}")
            found = re.search(r"wakeup: count=(\d+) min=\d+ max=(\d+)", consoles[1])
            expect(found and int(found[1]) == WAKE_UPS, f"{name}: not all wake-ups came: {consoles[1]}")
            rows.append({"policy": "credit2", "vms": vms, "value": int(found[2])})
            say(f"{system}, {vms} guests: {rows[-1]['value']:,} instructions")
        evidence.rows("sharing", system, rows, unit="instructions",
                      how=f"the most of {WAKE_UPS} times from a timer's deadline to the handler of the guest that sleeps, all other "
                          f"domains of the core computing, one instruction 1 ns, {_what(machine)}, {SHARED_CORE}; credit2 knows shares, "
                          "not urgency")


# What each of them keeps: the experiment, and (system, with load) each.
ALONE, LOADED_TOO = [(system, False) for system in SYSTEMS], [(system, load) for system in SYSTEMS for load in (False, True)]
KEPT = {
    xen_exits: ("exits", [("xen", False)]),
    xen_boot_time: ("boot", [("xen", False)]),
    xen_interrupt_latency: ("interrupt-latency", [*LOADED_TOO, ("xen-own-core", True)]),
    xen_timer_accuracy: ("timer-accuracy", LOADED_TOO),
    xen_sharing: ("sharing", ALONE),
}
XEN_EXPERIMENTS = list(KEPT)


def xen_skip(run, evidence, reason):
    """Keeps, in place of what @run of XEN_EXPERIMENTS would find, that it could not, for @reason."""
    experiment, systems = KEPT[run]
    for system, load in systems:
        evidence.skipped(experiment, system, reason, load=load)


def _what(machine):
    """What was measured, in words."""
    return f"one CPU, QEMU with icount, {_xen(machine)}"


def _xen(machine):
    return f"{CPU}, -m {machine.qemu['memory']}, Debian's Xen {machine.version} with credit2 (it has no null scheduler)"


def _measured(machine, guest, arguments, memory_mb=16):
    """The guest that measures: it has the devices, as far as it wants them."""
    devices = [SERIAL1, GPIO] if guest == "interrupts" else [SERIAL1]
    return Guest(machine.guest(f"{guest}.elf"), memory_mb, devices, arguments)


def _busy(machine):
    return Guest(machine.guest("busy.elf"), arguments="seconds=60")


def _alone(machine, guest, arguments, until, *, options, count=False, name=None):
    """Runs @guest by itself until it says @until. Returns (its console, Counts or None)."""
    consoles, counts = machine.run(name or guest, [_measured(machine, guest, arguments)], [(1, until)], options=options, count=count)
    return consoles[1], counts


def _beside_linux(machine, guest, arguments, options, shift, name):
    """Runs @guest on a core that it shares with a Linux under load. Returns its console."""
    say(f"{name}, Linux under load on the same core")
    # Linux tells when the guest is done: its words go through Xen, which would make the guest late.
    delay, tells = DELAY[shift]
    guests = [_measured(machine, guest, f"{arguments} delay={delay}"), _linux(machine, cpus=1, tells=tells)]
    steps = [(0, "load: running"), (1, ": ready"), (1, ": done"), (0, TELLS)]
    consoles, _ = machine.run(name, guests, steps, options=f"{SHARED_CORE} {options}", shift=shift)
    switches = _switches(consoles[0])
    expect(switches[-1] > SWITCHES, f"{name}: Linux was not under load: {switches} context switches")
    return consoles[1]


def _linux(machine, cpus, tells):
    """A Linux that puts itself under load, and tells every @tells seconds how often it has switched contexts."""
    folder = machine.build / "linux"
    return Guest(folder / "Image", LINUX_MB, (), f"console=ttyAMA0 nagaya.load={tells}", folder / "initrd.cpio.gz", uart=True, cpus=cpus)


def _switches(console):
    """How often Linux has switched contexts until each time that it told so on @console."""
    return [int(number) for number in re.findall(rf"{TELLS}(\d+)", console)]


def _first_instruction(machine, vms, memory, image):
    """Instructions of Xen before a guest's first, with @vms domains of @memory MB, whose images have @image MB."""
    name = f"boot-{vms}-{memory}-{image}"
    program = machine.runs / f"boot-{image}.bin"
    program.write_bytes(machine.guest("boot.bin").read_bytes() + b"\xa5" * (image << 20))
    guests = [Guest(program, memory, first_moment=FIRST_INSTRUCTION - number) for number in range(vms)]
    _, counts = machine.run(name, guests, [], options=OWN_CORE, count=True)
    program.unlink()
    began = [moment["hypervisor"] for moment in counts.cpus[0]["moments"].values()]
    expect(len(began) == vms, f"{name}: {len(began)} guests have started")
    return min(began)


def _row(name, path, counts, section, vector, least):
    """The row of what came to Xen by @vector in @section, at least @least times."""
    entries = [entry for found in counts.cpus[0]["sections"] if found["section"] == section
               for entry in found["entries"] if entry["address"] % 0x800 == vector]
    count = sum(entry["exits"] for entry in entries)
    expect(count >= least, f"{name}, {path}: {count} exits in place of {least}")
    return {"class": name, "count": count, "min": min(entry["min"] for entry in entries),
            "mean": sum(entry["instructions"] for entry in entries) / count, "max": max(entry["max"] for entry in entries),
            "bound": None, "path": path}


def _series(guest, console, count):
    """The first @count values of @guest's series. There may be more: when it was kept from its core for long, the ticks that it has missed
    all come at once."""
    values, _ = read_series(guest, console)
    expect(len(values) >= count, f"{guest}: {len(values)} values in place of {count}")
    return values[:count]
