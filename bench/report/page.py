# SPDX-License-Identifier: Apache-2.0
"""The report as one HTML file that needs nothing else: no script, no font, no network."""

from html import escape
from pathlib import Path

from bench.report import summary
from bench.report.blocks import inline

WHAT = ("Nagaya is a hypervisor for 64-bit Arm by which a hard real-time system and Linux share one computer, without the second ever costing "
        "the first a deadline.")
SOURCES = ("Others' numbers are of the same quantity as the one beside them. They were published, or measured for the design of Nagaya "
           "(Xen 4.20, QEMU 10.0.2), and are not measured again, but where a section says so: bench/budgets.yaml, bench/peers.yaml.")

TELLS = [
    "Most numbers here are instructions executed at EL2, counted in QEMU. Of one CPU they are the same on every machine and every day, so a "
    "path that grows by one instruction is seen. Those marked ~ are not: several CPUs, or a Linux beside, took part; they have their range. "
    "And zero is zero on any hardware: what does not execute takes no time and cannot be disturbed.",
    "Above zero they are not time. Cache and TLB misses, barriers and device accesses count as one instruction each, and cost very "
    "differently on silicon; what neighbours do to shared caches and memory is not modelled. So the numbers order systems; they do not "
    "predict microseconds.",
]


def page(findings, sections):
    """The whole file, as text."""
    style = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    good, state = summary.state(findings)
    links = "".join(f'<li><a href="#{section.name}">{escape(section.title)}</a></li>' for section in sections)
    body = "".join(_section(number, section) for number, section in enumerate(sections, 1))
    lines = "".join(f"<div><dt>{number}</dt><dd>{inline(text)}{_small(elsewhere)}</dd></div>"
                    for number, text, elsewhere in summary.lines(findings))
    tells = "".join(f"<p>{inline(text)}</p>" for text in TELLS)
    about = " · ".join(findings.made_with())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Nagaya: what was measured</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>Nagaya: what was measured</h1>
<p class="what">{escape(WHAT)}</p>
<p class="about">{escape(about)}</p>
<p class="state {'good' if good else 'bad'}">{escape(state)}</p>
<dl class="sum">{lines}</dl>
<p class="note">{inline(SOURCES)}</p>
<div class="tells">{tells}</div>
</header>
<nav aria-label="Sections"><ul>{links}</ul></nav>
<main>
{body}
</main>
<footer>Made by <code>make report</code> from what <code>make bench</code> and <code>./test</code> have found.
How each number comes about is in docs/measuring.md.</footer>
</body>
</html>
"""


def _section(number, section):
    count = f'<span class="count">{number}</span>'
    blocks = "\n".join(block.html() for block in section.blocks)
    return f'<section id="{section.name}"><h2>{count}{escape(section.title)}</h2>\n{blocks}</section>\n'


def _small(text):
    return f"<small>{escape(text)}</small>" if text else ""
