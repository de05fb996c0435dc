# SPDX-License-Identifier: Apache-2.0
"""Other hypervisors, on the same board with the same guests."""
