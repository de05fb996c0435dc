# SPDX-License-Identifier: Apache-2.0
"""What the repository keeps of the report: docs/performance.md, and the table in README.md."""

import re

from bench.common.budgets import PEERS
from bench.report.blocks import tables
from bench.report.words import SYSTEMS

HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
# Performance

What `make bench` and `./test` have found, as `make report` wrote it here. [measuring.md](measuring.md) says how each number comes
about, and what counted instructions tell. The pictures are in the report itself.
"""

README_NUMBERS = ["direct_timer_irq_el2", "virtual_timer_irq_el2", "vcpu_switch_el2", "hypercall_null", "doorbell_send",
                  "boot_first_guest_insn", "text_bytes", "hypervisor_sloc"]
README_BEGIN, README_END = "<!-- numbers: written by `make report` -->\n", "<!-- end of numbers -->\n"


def performance(sections, before):
    """(the text of docs/performance.md, what was kept of @before, the text that it had).

    A section keeps what it had if it would lose a table or a system that was not measured this time: a machine without a network takes
    nothing away.
    """
    old = _split(before)
    text, kept = HEAD, []
    for section in sections:
        found = tables(section.blocks)
        new = "\n\n".join(table.markdown() for table in found) + "\n"
        if section.title in old and not section.title == "Budgets" and _subjects(old[section.title]) - _subjects(new):
            kept.append((section.title, sorted(_subjects(old[section.title]) - _subjects(new))))
            new = old[section.title]
        if new.strip():
            text += f"\n## {section.title}\n{new}"
    return text, kept


def lasting(sections):
    """The tables that anybody gets who builds with the same compiler."""
    return [table.markdown() for section in sections for table in tables(section.blocks) if table.lasting]


def readme(findings, text):
    """@text, README.md's, with its table as the results have it."""
    begin, end = text.index(README_BEGIN) + len(README_BEGIN), text.index(README_END)
    return text[:begin] + _readme_table(findings) + text[end:]


def _readme_table(findings):
    rows = [["", "Nagaya", *PEERS], ["---", *["---:"] * (len(PEERS) + 1)]]
    for name in README_NUMBERS:
        entry = findings.budgets.entries[name]
        unit = "" if entry["unit"] == "instructions" else f", {entry['unit']}"
        rows.append([entry["title"] + unit, f"**{findings.results[name]:,}**", *(str(entry["peers"].get(peer, "")) for peer in PEERS)])
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _split(text):
    """Title to what stands below it, of each section of @text."""
    parts = re.split(r"(?m)^## (.*)\n", text)
    return dict(zip(parts[1::2], (part.rstrip("\n") + "\n" for part in parts[2::2])))


def _subjects(text):
    """Which tables there are in @text, by their captions, and which systems are named in rows and columns."""
    lines = text.splitlines()
    captions = {line for line in lines if line and not line.startswith("|")}
    cells = {cell for line in lines if line.startswith("|") for cell in line.strip("| ").split(" | ")}
    return captions | {cell for cell in cells if any(name in cell for name in SYSTEMS.values())}
