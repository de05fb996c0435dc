# SPDX-License-Identifier: Apache-2.0
"""What paths through the hypervisor were seen to cost, in whatever was run under
`python3 -m bench.exits BUILD count` (docs/bounds.md)."""
