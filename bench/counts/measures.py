# SPDX-License-Identifier: Apache-2.0
"""What is measured. Each function here measures one thing and returns its numbers by name; MEASURES lists them.

A further number is a further function, or a further line in one, and an entry in bench/budgets.yaml.
"""

import re
from pathlib import Path

from bench.common.expect import expect
from bench.common.sizes import code_bytes, image_overhead, source_lines
from bench.counts.storms import SYSTEMS, Allowance, run_storms
from tests.flips.flips import run as run_flips

# Put in force by guests/busy.c and by guests/wakeup.c.
SECTION_BUSY, SECTION_WOKEN = 1, 2

SOURCES = Path(__file__).resolve().parents[1] / "systems"

POLICIES = ["fixed-priority", "edf", "round-robin", "timetable"]

# Where the vectors for a guest at AArch64 begin (Arm DDI 0487, D1.3.1.5).
VECTOR_SYNCHRONOUS = 0x400
VECTOR_IRQ = 0x480


def direct_delivery(machine):
    """Interrupts of a hard VM on its own two cores, with Linux under load on the others (guests/direct.c)."""
    counts, events, told = _deliver(machine, "direct")
    exits = {section: counts.exits(section) for section in events}
    expect(exits[5].count == told, f"{exits[5].count} exits seen, {told} told to the guest")
    return {
        "direct_timer_irq_el2": exits[1].instructions / events[1],
        "direct_spi_irq_el2": exits[2].instructions / events[2],
        "direct_ipi_el2": exits[3].instructions / events[3],
        "direct_wfi_el2": exits[4].instructions / events[4],
        "direct_exits_steady": exits[5].count,
    }


def virtual_delivery(machine):
    """The same guest, the same load, with virtual interrupts for both VMs; each number is the longest exit's."""
    counts, events, _ = _deliver(machine, "virtual")
    interrupts = {section: counts.exits_at(section, VECTOR_IRQ) for section in events}
    sent = counts.exits_at(3, VECTOR_SYNCHRONOUS)
    for section in (1, 2, 3):
        expect(interrupts[section].count >= events[section], f"{interrupts[section].count} exits for {events[section]} events")
    expect(sent.count == events[3], f"{sent.count} SGIs sent, {events[3]} taken")
    linux = counts.between(0, 1, cpus=[0, 1])
    return {
        "virtual_timer_irq_el2": interrupts[1].longest,
        "virtual_spi_irq_el2": interrupts[2].longest,
        "virtual_sgi_total": sent.longest + interrupts[3].longest,
        "linux_overhead_percent": 100 * linux.hypervisor / linux.all,
    }


def checked_delivery(machine):
    """The same guest with direct interrupts whose SGIs are checked, beside a Linux under load with such interrupts and one core. Of
    the guest, what takes no SGI is its steady state."""
    counts, events, _ = _deliver(machine, "checked")
    quiet = [counts.exits(section) for section in (1, 2, 4)]
    sent = counts.exits(3)
    linux = counts.between(0, 1, cpus=[1])
    expect(sent.count == events[3], f"{sent.count} exits for {events[3]} SGIs")
    expect(linux.all > linux.hypervisor, "Linux did nothing")
    return {
        "direct_checked_exits_steady": sum(exits.count for exits in quiet) + linux.exits,
        "direct_checked_sgi_el2": sent.longest,
    }


def gicv2(machine):
    """What differs with a GICv2: interrupts of both kinds, and a switch under earliest deadline first, as in direct_delivery,
    virtual_delivery and wakeups."""
    board = machine.on("qemu-virt-gicv2")
    direct, events, _ = _deliver(board, "direct")
    virtual, _, _ = _deliver(board, "virtual")
    sent = {"direct": direct.exits(3), "virtual": virtual.exits_at(3, VECTOR_SYNCHRONOUS)}
    for delivery, exits in sent.items():
        expect(exits.count == events[3], f"{delivery}: {exits.count} exits for {events[3]} SGIs")
    console, woken = board.count("wakeup-edf", board.system("wakeup-edf"))
    expect("the alarm rang" in console and _latencies(console)["count"] == 1500, f"not all wake-ups came: {console}")
    return {
        "gicv2_direct_timer_irq_el2": direct.exits(1).instructions / events[1],
        "gicv2_direct_spi_irq_el2": direct.exits(2).instructions / events[2],
        "gicv2_direct_sgi_el2": sent["direct"].longest,
        "gicv2_virtual_timer_irq_el2": virtual.exits_at(1, VECTOR_IRQ).longest,
        "gicv2_virtual_spi_irq_el2": virtual.exits_at(2, VECTOR_IRQ).longest,
        "gicv2_virtual_sgi_total": sent["virtual"].longest + virtual.exits_at(3, VECTOR_IRQ).longest,
        "gicv2_vcpu_switch": woken.longest_passage(SECTION_BUSY, SECTION_WOKEN),
    }


def doorbells(machine):
    """Doorbells by store and by call, with and without an interval, to a receiver with direct interrupts and to one with virtual
    ones (guests/bell.c, bell-taker.c); each number of the sender is the longest exit's."""
    with machine.parallel("doorbells", machine.system("doorbells")) as run:
        run.consoles[0].expect("bell: done")
        counts = run.stop()
    sent = {section: counts.exits(section) for section in (1, 2, 3, 4)}
    for section, rings in ((1, 2000), (2, 2000), (3, 1000), (4, 1000)):
        expect(sent[section].count == rings, f"section {section}: {sent[section].count} exits for {rings} doorbells")
    direct, virtual = counts.exits(5), counts.exits_at(6, VECTOR_IRQ)
    expect(virtual.count >= 2000, f"{virtual.count} exits for 2,000 doorbells")
    return {
        "doorbell_send": max(sent[1].longest, sent[2].longest),
        "doorbell_send_limited": max(sent[3].longest, sent[4].longest),
        "doorbell_receive_direct": direct.instructions / 2000,
        "doorbell_receive_virtual": virtual.longest,
    }


def messages(machine):
    """A message there and back, 1,000 times: between two VMs on one core, between two hard ones on a core each (guests/message.c),
    and through pipes between two processes of a Linux (guests/linux/pipe.c). All that is executed counts."""
    console, counts = machine.count("message-same-core", machine.system("message-same-core"))
    same, clock = counts.between(0, 1, cpus=[0]).all, _round_trips(console)
    expect(abs(same / clock - 1) < 0.01, f"{same} instructions were counted, and took {clock} ns")
    cross = _round_trips(machine.clock("message-cross-core", machine.system("message-cross-core"), cpus=2))
    _, counts = machine.count("pipe-linux", machine.system("pipe-linux"))
    return {
        "message_roundtrip_same_core": same / 1000,
        "message_roundtrip_cross_core": cross / 1000,
        "pipe_roundtrip_linux": counts.between(0, 1, cpus=[0]).all / 1000,
    }


def lives(machine):
    """A hard VM that a manager restarts and stops whatever it does, and that crashes (guests/life.c, mortal.c). The time is what all
    CPUs together execute, and the manager's sleeps."""
    told = [_told("life", machine.clock(system, machine.system(system), cpus=2)) for system in ("restart", "stop")]
    return {
        "vm_restart_ns": max(told[0]["command"], told[0]["fault"]),
        "vm_stop_to_core_back_max": max(each["stop"] for each in told),
    }


def cross_core_requests(machine):
    """A VM that asks something of a core on which it doesn't run, without end, of each kind (guests/storm-*.c): the most exits
    there, a second, beyond what the plan allows."""
    worst = 0
    for system in SYSTEMS:
        allowance = Allowance(SOURCES / f"{system}.yaml")
        worst = max(worst, *(allowance.excess(storm) for storm in run_storms(machine, system)))
    return {"cross_core_exits_excess": round(worst)}


def timer_latency(machine):
    """The same guest, the same instructions, on bare QEMU at EL1 and as a hard VM (guests/latency.c)."""
    bare = _latencies(machine.bare("latency-bare", machine.guest("latency.elf")))
    console, _ = machine.count("latency", machine.system("latency"))
    vm = _latencies(console)
    expect(bare["count"] == vm["count"] == 20000, f"events: {bare['count']} bare, {vm['count']} in the VM")
    return {
        "timer_latency_added_ns_min": vm["min"] - bare["min"],
        "timer_latency_added_ns_mean": (vm["sum"] - bare["sum"]) / vm["count"],
        "timer_latency_added_ns_max": vm["max"] - bare["max"],
    }


def single_exits(machine):
    """One kind of exit, 1,000 times each; the longest one counts (guests/micro.c)."""
    console, counts = machine.count("micro", machine.system("micro"))
    expect("micro: done" in console, f"the guest did not come to its end: {console}")
    numbers = {}
    for section, name in enumerate(["hypercall_null", "gicd_isenabler_write32", "gicd_typer_read"], start=1):
        exits = counts.exits(section)
        expect(exits.count == 1000, f"{name}: {exits.count} exits in place of 1,000")
        numbers[name] = exits.longest
    return numbers


def boot(machine):
    """From the hypervisor's first instruction to the guest's first, on one CPU (guests/boot.S)."""
    return {
        "boot_first_guest_insn": _boot(machine, "boot"),
        "boot_first_guest_insn_16mb_image": _boot(machine, "boot-16mb-image"),
        "boot_first_guest_insn_1gb_vm": _boot(machine, "boot-1gb-vm"),
    }


def wakeups(machine):
    """A guest that its timer or a device wakes beside one that never waits, under each policy (guests/wakeup.c, busy.c)."""
    numbers, switches = {}, []
    for policy in POLICIES:
        name = f"wakeup-{policy}"
        console, counts = machine.count(name, machine.system(name))
        latencies = _latencies(console)
        expect("the alarm rang" in console and latencies["count"] == 1500, f"{policy}: not all wake-ups came: {console}")
        numbers[f"wakeup_latency_max_ns_{_word(policy)}"] = latencies["max"]
        switches.append(counts.longest_passage(SECTION_BUSY, SECTION_WOKEN))
    return numbers | {"vcpu_switch_el2": max(switches)}


def mitigated_switch(machine):
    """The same under earliest deadline first, where predictors forget at each switch, on a CPU that has all instructions for it."""
    console, counts = machine.count("wakeup-mitigated", machine.system("wakeup-mitigated"), cpu="max")
    expect("the alarm rang" in console and _latencies(console)["count"] == 1500, f"not all wake-ups came: {console}")
    return {"vcpu_switch_el2_mitigated": counts.longest_passage(SECTION_BUSY, SECTION_WOKEN)}


def full_cores(machine):
    """As many vCPUs on a core as there can be, under each policy: all ready but one, which a timer or a device wakes; and all of
    them waiting, yielding and computing at random (guests/worker.c)."""
    numbers, switches = {}, []
    for policy in POLICIES:
        console, ready = machine.count(f"switch-{policy}", machine.system(f"switch-{policy}"), policy=policy)
        expect("the alarm rang" in console, f"{policy}: not all wake-ups came: {console}")
        _, various = machine.count(f"decisions-{policy}", machine.system(f"decisions-{policy}"), policy=policy)
        switches.append(ready.exits_at(SECTION_BUSY, VECTOR_IRQ).longest)
        numbers[f"sched_decision_max_{_word(policy)}"] = max(ready.longest_call(), various.longest_call())
    return numbers | {"vcpu_switch_el2_full_core": max(switches)}


def sizes(machine):
    """What there is to load and to read."""
    text, rodata = code_bytes(machine.build / "hypervisor" / "arm64-gicv3.elf")
    debug_text, _ = code_bytes(machine.build / "hypervisor" / "arm64-gicv3-debug.elf")
    return {
        "text_bytes": text,
        "rodata_bytes": rodata,
        "debug_text_bytes": debug_text,
        "hypervisor_sloc": source_lines(machine.build / "hypervisor" / "arm64-gicv3"),
        "image_overhead_bytes": image_overhead(machine.build, "bench/systems/direct.yaml", machine.system("direct")),
    }


def checker(machine):
    """How many of the changes of an image that alter what runs or who reaches what `nagaya check` refuses (tests/flips/flips.py):
    the smallest share of any kind of them."""
    with (machine.build / "bench" / "check-flips.txt").open("w", encoding="utf-8") as told:
        return {"check_kill_percent": run_flips(machine.build, out=told)}


MEASURES = [direct_delivery, virtual_delivery, checked_delivery, gicv2, doorbells, messages, lives, cross_core_requests, timer_latency, wakeups, mitigated_switch,
            full_cores, single_exits, boot, sizes, checker]


def _deliver(machine, system):
    """Runs the guest direct.c of @system beside Linux under load. Returns (Counts, events taken by section, exits told to the
    guest in its steady state)."""
    with machine.parallel(system, machine.system(system)) as run:
        linux, direct = run.consoles
        linux.expect("linux: ready")
        linux.expect("# ")
        direct.expect("direct: ready")
        before = _context_switches(linux)
        linux.send("load\n")
        linux.expect("load: running")
        direct.send("s")
        events = {}
        for section in range(1, 6):
            direct.expect(rf"direct: section={section} events=(\d+)([^\r\n]*)\r?\n")
            events[section] = int(direct.match[1])
        steady = dict(word.split(b"=") for word in direct.match[2].split())
        direct.expect("direct: done")
        switched = _context_switches(linux) - before
        counts = run.stop()
    expect(all(events[section] == 10000 for section in range(1, 5)), f"events taken: {events}")
    expect(int(steady[b"ms"]) >= 10000, f"steady for {steady[b'ms']} ms only")
    expect(switched > 2000, f"Linux was not under load: {switched} context switches")
    return counts, events, int(steady[b"exits"])


def _context_switches(linux):
    linux.send("awk '/^ctxt/ { print \"switches=\" $2 }' /proc/stat\n")
    linux.expect(r"switches=(\d+)\r?\n")
    return int(linux.match[1])


def _latencies(console):
    return _told("latency|wakeup", console)


def _round_trips(console):
    """The time of 1,000 round trips."""
    told = _told("message", console)
    expect((told["rounds"], told["lost"]) == (1000, 0), f"messages were lost: {console}")
    return told["ns"]


def _told(guest, console):
    """What a guest tells of itself: name to number."""
    line = re.search(rf"(?:{guest}): (\w+=.*)", console)
    expect(line, f"no result on the console: {console!r}")
    return {name: int(value) for name, value in (word.split("=") for word in line[1].split())}


def _word(policy):
    return policy.replace("-", "_")


def _boot(machine, name):
    _, counts = machine.count(name, machine.system(name))
    expect(counts.boot() > 0, f"{name}: no guest has started")
    return counts.boot()
