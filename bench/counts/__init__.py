# SPDX-License-Identifier: Apache-2.0
"""The numbers that have a budget: counted by a plugin in QEMU (docs/measuring.md), kept, compared and judged."""
