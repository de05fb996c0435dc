# SPDX-License-Identifier: Apache-2.0
"""What ways through the hypervisor can cost at most: the longest path through the compiled engine (docs/bounds.md)."""
