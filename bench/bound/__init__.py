# SPDX-License-Identifier: Apache-2.0
"""What a path through the hypervisor can cost at most, by the compiled engine (docs/bounds.md)."""
