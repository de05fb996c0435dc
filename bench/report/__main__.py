# SPDX-License-Identifier: Apache-2.0
"""python3 -m bench.report BUILD [ROOT]: writes BUILD/report/index.html from what was measured with BUILD; with ROOT, a folder of the repository,
ROOT/docs/performance.md and the table of ROOT/README.md too.

What is missing is said to be missing; only the numbers of `make bench` there have to be.
"""

import sys
from pathlib import Path

from bench.report.findings import Findings, Unreadable
from bench.report.markdown import performance, readme
from bench.report.page import page
from bench.report.sections import SECTIONS


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        print(f"usage: make report\n\n{__doc__.strip()}")
        sys.exit(0 if {"-h", "--help"} & set(sys.argv) else 2)
    try:
        _report(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else None)
    except Unreadable as error:
        sys.exit(f"report: {error}")


def _report(build, root):
    findings = Findings(build)
    missing = [name for name in findings.budgets.names() if name not in findings.results]
    if missing:
        sys.exit(f"report: not measured: {', '.join(missing)}; `make bench` measures it")
    sections = [section(findings) for section in SECTIONS]
    output = build / "report" / "index.html"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page(findings, sections), encoding="utf-8")
    print(f"report: {output}")
    if root:
        _commit(root, findings, sections)


def _commit(root, findings, sections):
    """Writes what the repository at @root keeps of the report."""
    readme_path, path = root / "README.md", root / "docs" / "performance.md"
    text, kept = performance(sections, path.read_text(encoding="utf-8") if path.exists() else "")
    for title, subjects in kept:
        print(f"report: {path}: the section {title} stays as it was (delete it to have it written anew); not measured this time: "
              + "; ".join(subjects))
    _write(path, text)
    _write(readme_path, readme(findings, readme_path.read_text(encoding="utf-8")))


def _write(path, text):
    """Writes @text to @path, and says so, if that changes it."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        print(f"report: {path} has changed: commit it")


main()
