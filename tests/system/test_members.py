# SPDX-License-Identifier: Apache-2.0
"""Channels of three and of four members, some of which may only read (guests/members.c), between VMs of every kind."""

import re

import pytest

from system_run import run

DOORBELLS = "each doorbell reaches the one that it is for and nobody else"
WRITERS = "what a writer writes is what all members read"
READERS = "a reader's store is its fault and changes nothing"
STOPPED = "a reader that is to be stopped for a fault is, and changes nothing"


@pytest.fixture(scope="module")
def members():
    return run("members.yaml")


@pytest.mark.xdist_group("members")
@pytest.mark.parametrize("what", [DOORBELLS, WRITERS, READERS])
@pytest.mark.parametrize("channel", ["all", "three", "four"])
def test_a_channel_of_several_members(members, channel, what):
    assert f"members: {channel} {what}: ok" in members.said("m0")


@pytest.mark.xdist_group("members")
def test_a_reader_whose_fault_is_to_stop_it_is_stopped(members):
    assert f"members: four {STOPPED}: ok" in members.said("m0")
    assert members.log("m3")[-1] == "vm m3: off"


@pytest.mark.xdist_group("members")
def test_the_log_has_each_readers_fault_and_no_other(members):
    refused = [line for line in members.log() if not re.fullmatch(r"vm \S+: (started|off)|cpu \d: ready", line)]
    assert [re.sub(r"0x[0-9a-f]+", "N", line) for line in refused] == [
        f"vm {vm}: write to N (ram) at pc N: not granted" for vm in ("m2", "m2", "m3")]
    assert members.said("m0")[-1] == "members: done"
