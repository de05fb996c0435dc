# SPDX-License-Identifier: Apache-2.0
"""A million messages each way between two VMs, while one of them is restarted by a manager, and crashes, at any moment.

What is promised is in docs/channels.md, "What holds when one side restarts"; guests/exchange/side.c checks it for each message.
"""

import re

import pytest

from system_run import DETERMINISTIC, Machine
from test_manager_linux import Linux

MESSAGES = 1000000


def notes(said, whose):
    """What a side has noted by the end, as the one that stayed tells it."""
    line, = [line for line in said if line.startswith(f"exchange: {whose}: lives=")]
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}


class Exchange:
    """What came of it. `stayer` and `mortal` are both sides' notes."""

    def __init__(self, machine, said):
        assert "exchange: over" in said, machine.tail()
        self.said = said
        self.stayer = notes(said, "own")
        self.mortal = notes(said, "peer")
        # Those that ended before they opened the channel, too.
        self.restarts = machine.summary()["mortal"]["restarts"]
        log = machine.log("mortal")
        self.commanded = len([line for line in log if line.startswith("vm mortal: restarted by ")])
        self.crashes = len([line for line in log if "not granted" in line])


def between_soft_vms():
    with Machine("exchange-shared.yaml", *DETERMINISTIC) as machine:
        machine.wait_for_end()
        return Exchange(machine, machine.said("stayer"))


def between_a_hard_vm_and_linux():
    with Linux(f"./exchange exchange {MESSAGES} 30", system="exchange-linux.yaml") as linux:
        said = linux.succeeds()
    return Exchange(linux.machine, said)


@pytest.fixture(scope="module", params=[
    pytest.param(between_soft_vms, marks=pytest.mark.xdist_group("exchange-shared"), id="between soft VMs on one core"),
    pytest.param(between_a_hard_vm_and_linux, marks=pytest.mark.xdist_group("exchange-linux"), id="between a hard VM and Linux")])
def exchange(request):
    return request.param()


def test_a_million_messages_come_each_way(exchange):
    assert min(side["taken"] for side in (exchange.stayer, exchange.mortal)) >= MESSAGES


def test_one_side_is_restarted_often_by_command_and_by_crashes(exchange):
    assert exchange.mortal["lives"] > 30 and exchange.stayer["lives"] == 1
    assert min(exchange.commanded, exchange.crashes) > 10
    assert exchange.mortal["lives"] <= 1 + exchange.restarts


def test_each_message_comes_whole_once_and_in_order(exchange):
    assert [exchange.stayer["errors"], exchange.mortal["errors"]] == [0, 0], "\n".join(exchange.said)


def test_a_restart_costs_no_more_than_the_message_that_was_under_way(exchange):
    # errors is 0, so each of these was indeed under way: in ring_send of the one side, in ring_receive of the other.
    assert exchange.stayer["unsent"] < exchange.mortal["lives"]
    assert exchange.mortal["lost"] < exchange.mortal["lives"]
    assert [exchange.stayer["lost"], exchange.mortal["unsent"]] == [0, 0]
