# SPDX-License-Identifier: Apache-2.0
"""The sections of the report, in their order; each is a function of the Findings that returns a Section."""

from bench.report.sections import boot, budgets, exits, interrupts, messages, sharing, size, throughput, timer

SECTIONS = [interrupts.section, timer.section, boot.section, messages.section, exits.section, size.section, sharing.section,
            throughput.section, budgets.section]
