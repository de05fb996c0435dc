# SPDX-License-Identifier: Apache-2.0
"""The papers' experiments (docs/experiments.md). Each function runs one on all systems that take part, and
keeps what it finds as evidence (bench/common/evidence.py); EXPERIMENTS lists them. Nothing here is judged.
"""

import re
from concurrent.futures import ThreadPoolExecutor

from bench.common.expect import expect
from bench.counts.measures import POLICIES
from bench.experiments import systems
from bench.experiments.guest_series import read_series
from bench.experiments.keeping import keep, say

EVENTS, PERIODS = 10000, 5000
PERIOD = 1000000  # of ticks.c, in ns

# Runs beside a Linux under load on the same core: Linux has to be at its prompt before the guest begins.
LOADED = [(1, "load: running"), (0, ": ready"), (0, ": done")]
SLOW = 3  # 8 ns an instruction, or 100 s of guest time would take too long
DELAY, SLOW_DELAY = 6, 40  # seconds of guest time until Linux is surely under load


def interrupt_latency(machine, evidence):
    """10,000 interrupts of a device, one each 10 ms: the instructions from the store that raises it to the handler
    (guests/interrupts.c)."""
    how = ("counted instructions from the store by which the device raises its interrupt to the guest's handler, one CPU, QEMU "
           "with icount")
    for system, console in _alone(machine, "interrupts", ["gpio"]):
        keep(evidence, "interrupt-latency", system, _series("interrupts", console, EVENTS), how)
    say("nagaya-direct and nagaya-virtual beside a Linux under load and a flood of packets, 100 s")
    for system, steps, linux in _often(machine, lambda: _beside_a_flood(machine, "interrupts", "key=1", ["gpio"])):
        expect(len(steps) == EVENTS, f"{system}: {len(steps)} steps counted")
        keep(evidence, "interrupt-latency", system, [executed for _, executed in steps],
              "counted instructions of this CPU, the hypervisor's and the guest's, from the store to the handler, among which "
              f"are the 3 that QEMU finishes before it takes an interrupt; CPUs in parallel; {linux}", load=True, varies=True)
    how = ("counted instructions from a timer's deadline to the handler of a guest that sleeps, "
           "one CPU, QEMU with icount: the path of a device's interrupt for a VM that does not run, "
           "which no device of the board raises by itself; ")
    for load, beside in _often(machine, lambda: NEIGHBOURS):
        console = _sharing(machine, "interrupts", "timer=1", load, shift=SLOW)
        keep(evidence, "interrupt-latency", "nagaya-shared", _series("interrupts", console, EVENTS), how + beside, load=load, varies=True)


def timer_accuracy(machine, evidence):
    """5,000 periods of a timer's ticks of 1 ms, as the handler sees them (guests/ticks.c)."""
    how = "the time between the beginnings of the handler at two ticks, one CPU, one instruction 1 ns, QEMU with icount"
    for system, console in _alone(machine, "ticks", []):
        keep(evidence, "timer-accuracy", system, _series("ticks", console, PERIODS), how, unit="ns")
    say("nagaya-direct and nagaya-virtual beside a Linux under load and a flood of packets")
    for system, steps, linux in _often(machine, lambda: _beside_a_flood(machine, "ticks", "key=1 steps=1", [])):
        expect(len(steps) == PERIODS + 1, f"{system}: {len(steps)} ticks counted")
        added = [hypervisor for hypervisor, _ in steps]
        keep(evidence, "timer-accuracy", system, [PERIOD + late - before for before, late in zip(added, added[1:])],
              "1 ms and what the hypervisor executed on this CPU between the interrupt and the handler more than at the tick before, "
              f"1 ns an instruction; CPUs in parallel; {linux}", unit="ns", load=True, varies=True)
    for load, beside in _often(machine, lambda: NEIGHBOURS):
        console = _sharing(machine, "ticks", "sleep=1", load)
        values = _series("ticks", console, PERIODS)
        keep(evidence, "timer-accuracy", "nagaya-shared", values, f"{how}, {beside}", unit="ns", load=load, varies=True)


def boot_time(machine, evidence):
    """Instructions of the hypervisor until the first guest runs, by what it has to set up (guests/boot.S), and of everything
    until a guest's main() (guests/first.c)."""
    rows = []
    for vms, memory, image in ([(vms, 16, 0) for vms in (1, 2, 4, 8)] + [(1, memory, 0) for memory in (64, 256, 1024)] +
                               [(1, 128, image) for image in (0, 1, 4, 16, 64)]):
        rows.append({"vms": vms, "memory_mb": memory, "image_mb": image, "until": "first instruction",
                     "value": _first_instruction(machine, vms, memory, image)})
    system = systems.system([systems.vm("first", memory="64M", image="bench/guests/first.elf", realtime="hard")])
    rows.append({"vms": 1, "memory_mb": 64, "image_mb": 0, "until": "main",
                 "value": _ticks(machine.clock("boot-main", machine.compose("boot-main", system), cpus=1))})
    evidence.rows("boot", "nagaya", rows, unit="instructions",
                  how="counted from the hypervisor's first instruction to the first one of a guest, or to a guest's main(), one "
                      "CPU, several VMs sharing it; images lie in memory already, as a boot loader has put them there")
    console = machine.bare("boot-main-bare", machine.guest("first.elf"), ["-m", "64M"])
    evidence.rows("boot", "bare", [{"vms": 1, "memory_mb": 64, "image_mb": 0, "until": "main", "value": _ticks(console)}],
                  unit="instructions",
                  how="counted from the machine's first instruction to the main() of the same guest without a hypervisor; nearly "
                      "all of it is reading the device tree, which is the whole board's here")


def sharing(machine, evidence):
    """The worst wake-up of a guest by its timer beside 1, 2, 3 and 7 that never wait (guests/wakeup.c, busy.c), by policy."""
    rows = []
    for policy in POLICIES:
        for vms in (2, 3, 4, 8):
            say(f"{policy}, {vms} VMs")
            name = f"sharing-{policy}-{vms}"
            told = machine.until(name, machine.compose(name, _crowd(policy, vms)), [(0, "sum=")])[0]
            found = re.search(r"wakeup: count=(\d+) min=\d+ max=(\d+)", told)
            expect(found and int(found[1]) == WAKE_UPS, f"{name}: not all wake-ups came: {told}")
            rows.append({"policy": policy, "vms": vms, "value": int(found[2])})
    evidence.rows("sharing", "nagaya", rows, unit="instructions",
                  how=f"the most of {WAKE_UPS} times from a timer's deadline to the handler of the guest that sleeps, all other "
                      "VMs of the core computing; under round-robin (slices of 1 ms, a million instructions) and in the timetable (1 "
                      "ms of each 2 ms) most of it is the time that the system gives to others")


def throughput(machine, evidence):
    """Three jobs of a Linux with one CPU (guests/linux/jobs.c), on the bare machine and as a VM."""
    how = ("guest time of a fixed job by Linux's own clock, at 1 ns an instruction, after doing it once, one CPU, same kernel "
           "and files, 512 MB; what translating addresses twice costs is not among it")
    command = "console=ttyAMA0 quiet rdinit=/root/jobs"
    say("bare")
    arguments = ["-m", "512M", "-initrd", str(machine.guest("jobs.cpio.gz")), "-append", command]
    told = {"bare": machine.bare("jobs-bare", machine.build / "linux" / "Image", arguments)}
    linux = {"memory": "512M", "kernel": "linux/Image", "initrd": "bench/guests/jobs.cpio.gz", "cmdline": command}
    for system, interrupts in (("nagaya-direct", "direct"), ("nagaya-virtual", "virtual")):
        say(system)
        image = machine.compose(f"jobs-{interrupts}", systems.system([systems.vm("linux", **linux, interrupts=interrupts)]))
        told[system] = machine.until(f"jobs-{interrupts}", image, [(0, "jobs: done")])[0]
    say("nagaya-shared")
    ticks = systems.vm("ticks", image="bench/guests/ticks.elf", cmdline="sleep=1 ticks=100000", devices=[],
                       **systems.most_urgent("1ms", "250us"))
    shared = systems.system([systems.vm("linux", **linux, **{"interrupt-rate": systems.EACH_MS}), ticks], policy="fixed-priority")
    told["nagaya-shared"] = machine.until("jobs-shared", machine.compose("jobs-shared", shared), [(0, "jobs: done")])[0]
    for system, console in told.items():
        rows = [{"job": job, "value": int(ns)} for job, ns in re.findall(r"jobs: name=(\w+) ns=(\d+)", console)]
        expect(len(rows) == 3, f"{system}: not all jobs were done: {console[-300:]}")
        beside = ", a task of 1 kHz on the same core" if system == "nagaya-shared" else ""
        evidence.rows("throughput", system, rows, unit="ns", how=how + beside)


EXPERIMENTS = [interrupt_latency, timer_accuracy, boot_time, sharing, throughput]

OWN_CORE = ["nagaya-direct", "nagaya-virtual"]
NEIGHBOURS = [(False, "beside an idle Linux on the same core"), (True, "beside a Linux under load on the same core")]
WAKE_UPS = 500
NETWORK = ["-netdev", "hubport,id=port0,hubid=0", "-netdev", "hubport,id=port1,hubid=0",
           "-device", "virtio-net-device,netdev=port0", "-device", "virtio-net-device,netdev=port1"]


def _often(machine, runs):
    """What @runs() yields, as often as the experiments that vary are to be repeated (make bench TIMES=N)."""
    for _ in range(machine.times):
        yield from runs()


def _alone(machine, guest, devices):
    """Runs @guest by itself on the bare machine, and on Nagaya with direct and with virtual interrupts; yields (system,
    console)."""
    say("bare")
    yield "bare", machine.bare(f"{guest}-bare", machine.guest(f"{guest}.elf"))
    for system in OWN_CORE:
        say(system)
        vm = systems.vm(guest, image=f"bench/guests/{guest}.elf", devices=["serial0", *devices], **systems.delivery(system))
        name = f"{guest}-{system}"
        yield system, machine.until(name, machine.compose(name, systems.system([vm])), [(0, f"{guest}: done")])[0]


def _beside_a_flood(machine, guest, arguments, devices):
    """Runs @guest on a core of its own, with direct and with virtual interrupts, both at once, while Linux, on two others, takes
    a flood of packets under load. Yields (system, what the plugin counted from moment 0 to moment 1, each time; what Linux did
    meanwhile, in words)."""
    with ThreadPoolExecutor() as both:
        yield from both.map(lambda system: _flooded(machine, guest, arguments, system, devices), OWN_CORE)


def _flooded(machine, guest, arguments, system, devices):
    name = f"{guest}-{system}-load"
    vms = [systems.vm(guest, cpus=[2], image=f"bench/guests/{guest}.elf", cmdline=arguments, devices=["serial1", *devices],
                      **systems.delivery(system)),
           systems.vm("linux", cpus=[0, 1], memory="512M", kernel="linux/Image", initrd="bench/guests/flood.cpio.gz",
                      cmdline="console=ttyAMA0", devices=["serial0", "/virtio_mmio@a003e00", "/virtio_mmio@a003c00"], dma="trusted")]
    with machine.parallel(name, machine.compose(name, systems.system(vms)), (0, 1), NETWORK) as run:
        linux, console = run.consoles
        linux.expect("linux: ready")
        linux.expect("# ")
        linux.send("flood && load\n")
        linux.expect("load: running")
        before = _activity(linux)
        console.send("s")
        console.expect(f"{guest}: done", timeout=600)
        after = _activity(linux)
        counts = run.stop()
    interrupts, network, packets, switches = (last - first for first, last in zip(before, after))
    did = (f"{interrupts:,} interrupts, {network:,} of them for a flood of {packets:,} UDP packets between two virtio network "
           f"devices, and {switches:,} switches of context")
    expect(interrupts > 1000 and packets > 100 and switches > 1000, f"{system}: Linux was not under load: {did}")
    return system, counts.series(2), f"meanwhile Linux on two other CPUs had {did}"


def _activity(linux):
    """How many interrupts Linux has taken, how many of them of its network devices, how many packets it has received, and how
    often it has switched contexts."""
    linux.send("flood count; awk '/^ctxt/ { print \"switches=\" $2 }' /proc/stat\n")
    linux.expect(r"interrupts=(\d+) network=(\d+) packets=(\d+)\s+switches=(\d+)\r?\n")
    return [int(linux.match[number]) for number in (1, 2, 3, 4)]


def _sharing(machine, guest, arguments, load, shift=0):
    """Runs @guest, the most urgent one, on a core that it shares with a Linux. Returns its console."""
    name = f"{guest}-shared{'-load' if load else ''}"
    say(f"nagaya-shared{', Linux under load' if load else ''}")
    delay = SLOW_DELAY if shift else DELAY
    vms = [systems.vm(guest, image=f"bench/guests/{guest}.elf", cmdline=f"{arguments} delay={delay}", **systems.most_urgent("1ms", "250us")),
           systems.vm("linux", memory="512M", kernel="linux/Image", initrd="linux/initrd.cpio.gz", devices=["serial1"],
                      cmdline=f"console=ttyAMA0{' nagaya.load=1' if load else ''}", **{"interrupt-rate": systems.EACH_MS})]
    steps = LOADED if load else [(1, "linux: ready"), *LOADED[1:]]
    console, linux = machine.until(name, machine.compose(name, systems.system(vms, policy="fixed-priority")), steps, shift)
    if load:
        switches = [int(number) for number in re.findall(r"linux: context switches: (\d+)", linux)]
        expect(switches and switches[-1] - switches[0] > 1000, f"{name}: Linux was not under load: context switches {switches}")
    return console


def _first_instruction(machine, vms, memory, image):
    """Instructions of the hypervisor before a guest's first, with @vms VMs of @memory MB, whose images have @image MB."""
    name = f"boot-{vms}-{memory}-{image}"
    program = machine.build / "bench" / "experiments" / f"boot-{image}.bin"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_bytes(machine.guest("boot.bin").read_bytes() + b"\xa5" * (image << 20))
    own = {"realtime": "hard"} if vms == 1 else {}
    booted = [systems.vm(f"boot{number}", memory=f"{memory}M", image=program.name, devices=[], **own) for number in range(vms)]
    system = systems.system(booted, policy="round-robin" if vms > 1 else None)
    _, counts = machine.count(name, machine.compose(name, system))
    expect(counts.boot() > 0, f"{name}: no guest has started")
    return counts.boot()


def _crowd(policy, vms):
    """A guest that wakes up beside @vms - 1 that never wait."""
    urgent = {"fixed-priority": systems.most_urgent("10ms", "5ms"), "edf": {"realtime": "soft", "period": "10ms", "budget": "5ms"},
              "round-robin": {}, "timetable": {"realtime": "soft"}}[policy]
    busy = [systems.vm(f"busy{number}", image="bench/guests/busy.elf", cmdline="seconds=60", devices=[], **{"interrupt-rate": systems.RARELY})
            for number in range(1, vms)]
    return systems.system([*busy, systems.vm("wakeup", image="bench/guests/wakeup.elf", cmdline=f"events={WAKE_UPS}", **urgent)], policy=policy)


def _series(guest, console, count):
    values, _ = read_series(guest, console)
    expect(len(values) == count, f"{guest}: {len(values)} values in place of {count}")
    return values


def _ticks(console):
    found = re.search(r"first: ticks=(\d+)", console)
    expect(found, f"the guest did not come to its main(): {console!r}")
    return int(found[1])
