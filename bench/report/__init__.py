# SPDX-License-Identifier: Apache-2.0
"""The report: what `make bench` and ./test have found, as BUILD/report/index.html and docs/performance.md (docs/measuring.md).

findings.py gathers it; each file of sections/ makes one section of blocks (blocks.py) of it, with charts.py; page.py and
markdown.py write what readers see.
"""
