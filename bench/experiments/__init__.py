# SPDX-License-Identifier: Apache-2.0
"""What papers about hypervisors have measured, done again on Nagaya and on the bare machine (docs/experiments.md)."""
