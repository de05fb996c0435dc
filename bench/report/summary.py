# SPDX-License-Identifier: Apache-2.0
"""The report in six lines, and in a line of state."""

from bench.report.sections.budgets import held
from bench.report.words import NONE, number

DIRECT = ["direct_timer_irq_el2", "direct_spi_irq_el2", "direct_ipi_el2", "direct_wfi_el2"]


def lines(findings):
    """Six of (the number, what it is, the same elsewhere)."""
    results = findings.results
    direct = sum(results[name] for name in DIRECT) if all(name in results for name in DIRECT) else None
    text = results.get("text_bytes")
    return [
        (number(direct), "instructions of the hypervisor for an interrupt of a hard real-time VM: its timer, a device, another core, the "
                         "end of a WFI. It is not on the path.", _elsewhere(findings, "direct_timer_irq_el2")),
        (_told(results, "virtual_timer_irq_el2"), "instructions for a virtual interrupt, the longest of 10,000.",
         _elsewhere(findings, "virtual_timer_irq_el2")),
        (_told(results, "vcpu_switch_el2"), "instructions for a switch to a VM that is woken on a shared core, under the worst policy.",
         _elsewhere(findings, "vcpu_switch_el2")),
        _longest_path(findings),
        (_told(results, "boot_first_guest_insn"), "instructions from the start until a guest runs, however large its memory and its image.",
         _elsewhere(findings, "boot_first_guest_insn")),
        (_told(results, "hypervisor_sloc"), f"lines of source, {text / 1024:.0f} KB of code: all that has to be believed." if text else
         "lines of source: all that has to be believed.", ". ".join(filter(None, [_elsewhere(findings, "hypervisor_sloc"),
                                                                           _elsewhere(findings, "text_bytes", "bytes of code")]))),
    ]


def state(findings):
    """(whether all budgets hold, in words)."""
    if not findings.results:
        return False, "nothing has been measured yet"
    good, judged = held(findings)
    return good == judged, f"{good} of {judged} budgets hold"


def _told(results, name):
    return f"{results[name]:,}" if name in results else NONE


def _longest_path(findings):
    """The longest path through the hypervisor: seen, and what it can be."""
    seen = [entry["max"] for entry in findings.exits.values() if entry.get("max")]
    bounds, limits = ([entry[key] for entry in findings.bounds.values() if entry.get(key)]
                      for key in ("bound", "plan"))
    told = f"Bound: {number(max(bounds))} in systems such as were run" if bounds else ""
    if limits:
        told += f"; limit: {number(max(limits))} with everything that a plan could hold"
    return (number(max(seen) if seen else None),
            "instructions of the longest path through the hypervisor that any test has taken.",
            told)


def _elsewhere(findings, name, unit=None):
    """The same of others, with its unit."""
    entry = findings.budgets.entries[name]
    unit = unit or entry["unit"]
    told = ", ".join(f"{peer} {str(count).replace('-', '–')}" for peer, count in entry["peers"].items())
    return f"{unit[0].upper()}{unit[1:]} elsewhere: {told}" if told else ""
