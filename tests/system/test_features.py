# SPDX-License-Identifier: Apache-2.0
"""What the feature registers promise to a guest works there: each field's instruction or register is tried (guests/features/)."""

import pytest

from system_run import run

CPUS = ("cortex-a53", "cortex-a72", "cortex-a76", "neoverse-n1", "neoverse-v1", "max")
UNSHARED = {"SVE", "PMUVer", "APA", "API", "APA3", "GPA", "GPI", "GPA3", "WFxT"}


@pytest.fixture(scope="module", params=[pytest.param(cpu, marks=pytest.mark.xdist_group(f"features-{cpu}")) for cpu in CPUS])
def features(request):
    return run("features.yaml", "--cpu", request.param, "--timeout", "60")


def _tried(machine, vm):
    *tried, last = machine.said(vm)
    assert last == "features: done"
    return dict(line.removeprefix("features: ").split(": ") for line in tried)


@pytest.mark.parametrize("vm", ["owns", "shares"])
def test_what_is_promised_works(features, vm):
    tried = _tried(features, vm)
    assert {"FP", "AdvSIMD", "DebugVer"} <= tried.keys()
    assert not {name: how for name, how in tried.items() if how != "ok"}


def test_a_shared_core_promises_nothing_whose_state_would_have_to_be_switched(features):
    shares, owns = _tried(features, "shares"), _tried(features, "owns")
    assert not UNSHARED & shares.keys()
    assert shares.keys() <= owns.keys()


def test_nothing_that_is_promised_is_refused(features):
    assert not [line for line in features.log() if "not granted" in line]
