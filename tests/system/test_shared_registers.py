# SPDX-License-Identifier: Apache-2.0
"""No register that a guest can read ever shows something of a neighbour on the same core, nor changes behind its back."""

import pytest

from system_run import Machine


@pytest.mark.parametrize("cpu", ["cortex-a53", "cortex-a76", "max"])
def test_no_register_leaks_from_one_vm_to_another(cpu):
    with Machine("shared-leak.yaml", "--cpu", cpu, "--end-when", "one=rounds") as machine:
        machine.wait_for_end()
    said = machine.said("one") + machine.said("two")
    assert not [line for line in said if "FAILED" in line], machine.tail()
    assert "leak: 2000 rounds" in machine.said("one")
    assert machine.said("two").count("leak: 20 rounds") >= 5
