# SPDX-License-Identifier: Apache-2.0
"""The systems of the experiments: made by function, since most differ in one number; each is kept as a file below
BUILD/bench/experiments/."""

# What a timer's or a device's interrupts of one guest may cost the others on its core, for the analysis.
RARELY = {"count": 1, "per": "1s"}
EACH_MS = {"count": 1, "per": "1ms"}


def system(vms, policy=None):
    """A system of @vms, which share CPU 0 under @policy, if there is one."""
    more = {"slice": "1ms"} if policy == "round-robin" else {}
    if policy == "timetable":
        more = {"frame": "2ms", "slots": [{"vm": "wakeup", "start": "0ms", "length": "1ms"}]}
    cores = {"cores": [{"cpus": [0], "policy": policy} | more]} if policy else {}
    return {"board": "qemu-virt"} | cores | {"vms": vms}


def vm(name, **more):
    """A VM on CPU 0 with 16 MB and the first UART, but for @more."""
    return {"name": name, "cpus": [0], "memory": "16M", "devices": ["serial0"]} | more


def delivery(system):
    """What makes a VM take its interrupts as @system says."""
    return {"realtime": "hard"} if system == "nagaya-direct" else {"interrupts": "virtual"}


def most_urgent(period, budget):
    """What makes a VM run before all others of its core, for @budget in each @period."""
    return {"realtime": "soft", "priority": 10, "period": period, "budget": budget, "interrupt-rate": EACH_MS}
