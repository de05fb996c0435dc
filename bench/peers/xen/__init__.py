# SPDX-License-Identifier: Apache-2.0
"""Debian's Xen (docs/experiments.md, "Xen, side by side")."""
