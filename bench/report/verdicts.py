# SPDX-License-Identifier: Apache-2.0
"""What each section comes to, in a sentence or two, from its numbers; "" where they are not
there."""

from bench.report.runs import summary
from bench.report.words import number, percent


def interrupts(findings):
    """The verdict on interrupt latency."""
    worst = _worst(findings, "interrupt-latency")
    bare, direct, virtual, xen = (worst.get((name, False)) for name in ("bare", "nagaya-direct", "nagaya-virtual", "xen"))
    if None in (bare, direct):
        return ""
    told = "A direct interrupt is as fast as without a hypervisor" if direct == bare else f"A direct interrupt takes {number(direct)}"
    told += f", {number(direct)} instructions at worst"
    told += f"; a virtual one takes {number(virtual - bare)} more" if virtual is not None else ""
    return told + (f". On Xen the worst is {number(xen - bare)} more." if xen is not None else ".")


def timer(findings):
    """The verdict on timer accuracy."""
    runs = [run for run in findings.runs("timer-accuracy") if run.values]
    spreads = {run.key: summary(run.values).jitter for run in runs}
    mine, xen = spreads.get(("nagaya-direct", False)), spreads.get(("xen", False))
    if mine is None:
        return ""
    unit = runs[0].unit
    told = "With direct interrupts the hypervisor adds no jitter to a timer" if mine == 0 else f"Periods differ by {number(mine)} {unit}"
    return told + (f"; on Xen, periods differ by up to {number(xen)} {unit}." if xen else ".")


def boot(findings):
    """The verdict on boot."""
    names = ["boot_first_guest_insn", "boot_first_guest_insn_16mb_image", "boot_first_guest_insn_1gb_vm"]
    values = [findings.results[name] for name in names if name in findings.results]
    if len(values) < len(names):
        return ""
    alike = max(values) - min(values) <= min(values) // 100
    told = f"A guest runs after {number(values[0])} instructions"
    return told + (", however large its image and its memory are." if alike else f"; with a larger image or memory after {number(max(values))}.")


def messages(findings):
    """The verdict on messages."""
    vms, linux = (findings.results.get(name) for name in ("message_roundtrip_same_core", "pipe_roundtrip_linux"))
    if not vms or not linux:
        return ""
    share = linux / vms
    return (f"Two VMs on one core exchange a message in {number(round(vms))} instructions: "
            + (f"a pipe between two programs of one Linux takes {share:.0f} times as many." if share >= 2 else
               f"a pipe between two programs of one Linux takes {number(round(linux))}."))


def exits(findings):
    """The verdict on exits: whether each stayed within its bound."""
    pairs = [(findings.exits[name]["max"], findings.bounds[name]["bound"]) for name in findings.exits
             if name in findings.bounds and findings.exits[name].get("max")]
    if not pairs:
        return ""
    beyond = sum(worst > bound for worst, bound in pairs)
    if beyond:
        return (f"{beyond} of {len(pairs)} paths have cost more than their bound: "
                "one of both is wrong.")
    return (f"None of the {len(pairs)} paths that tests have taken has cost more than the bound "
            "that the compiled code gives it.")


def size(findings):
    """The verdict on size."""
    lines = findings.results.get("hypervisor_sloc")
    if lines is None:
        return ""
    larger = [row["system"] for row in findings.peers["size"]["rows"] if row["lines"] > lines]
    return f"{number(lines)} lines have to be believed" + (f": fewer than of {_and(larger)}." if larger else ".")


def sharing(findings):
    """The verdict on shared cores."""
    results, peers = findings.results, findings.budgets.entries["vcpu_switch_el2"]["peers"]
    if "wakeup_latency_max_ns_edf" not in results or "vcpu_switch_el2" not in results:
        return ""
    wake = max(results[f"wakeup_latency_max_ns_{policy}"] for policy in ("fixed_priority", "edf"))
    return (f"Who is urgent runs within {number(wake)} instructions of its timer, whoever else computes; a switch takes "
            f"{number(results['vcpu_switch_el2'])}, Xen's {peers['Xen']}.")


def throughput(findings):
    """The verdict on throughput."""
    runs = {run.key: {row["job"]: row["value"] for row in run.rows} for run in findings.runs("throughput") if run.rows}
    base = runs.pop(("bare", False), None)
    shares = [values[job] / base[job] - 1 for values in runs.values() for job in values if base and base.get(job)]
    return f"No job executes more than {percent(max(shares))} more than on bare metal." if shares and max(shares) > 0 else ""


def budgets(good, judged):
    """The verdict on budgets."""
    return f"All {judged} budgets hold." if good == judged else f"{judged - good} of {judged} budgets are exceeded, or not measured."


def _worst(findings, experiment):
    return {run.key: max(run.values) for run in findings.runs(experiment) if run.values and run.unit == "instructions"}


def _and(names):
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
