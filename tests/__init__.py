# SPDX-License-Identifier: Apache-2.0
"""Programs below tests/ that others use are imported from the repository's root: tests.flips, tests.fuzz. In tests/system and
tests/proofs pytest finds each file by itself."""
