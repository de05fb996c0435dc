# SPDX-License-Identifier: Apache-2.0
"""Numbers, and the names of what was measured, as readers see them."""

SYSTEMS = {
    "bare": "bare metal",
    "nagaya-direct": "Nagaya, direct",
    "nagaya-virtual": "Nagaya, virtual",
    "nagaya-shared": "Nagaya, shared core",
    "nagaya": "Nagaya",
    "xen": "Xen 4.20",
    "xen-ratelimit0": "Xen, rate limit 0",
    "xen-own-core": "Xen 4.20, own core, with waits for the host",
}

NONE = "–"


def system(name, load=False):
    """What readers call the system @name; @load: beside a Linux under load, and on which core that is: on the same one under Xen, if it
    isn't said otherwise (bench/peers/xen/)."""
    told = SYSTEMS.get(name, name)
    if not load:
        return told
    if name in ("xen", "xen-ratelimit0"):
        return f"{told}, shared core, load on it"
    return f"{told}, load on it" if name == "nagaya-shared" else f"{told}, load on other cores"


def order(name):
    """A key that brings systems into the order of the report: bare metal, Nagaya's, the others by name."""
    known = list(SYSTEMS)
    return (known.index(name), "") if name in known else (len(known), name)


def number(value):
    """@value with no more digits than a reader wants; None is a dash."""
    if value is None:
        return NONE
    if isinstance(value, str):
        return value
    if value == int(value):
        return f"{int(value):,}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f}"


def short(value):
    """@value for an axis: 1, 20, 5 k, 3 M."""
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:g} {letter}"
    return f"{value:g}"


def percent(share, signed=False):
    """@share of 1 in percent; one that is not quite all, or not quite nothing, never looks so."""
    sign = "+" if signed and share > 0 else "−" if share < 0 else ""
    size = abs(share) * 100
    for digits in (0, 1, 2, 3):
        text = f"{size:.{digits}f}"
        if size in (0, 100) or float(text) not in (0, 100) and (size >= 10 or digits):
            return f"{sign}{text} %"
    return f"{sign}{'99.999' if size > 50 else 'under 0.001'} %"


def between(span):
    """Two numbers of which the second may be the same: 6.3–8.7."""
    if span is None:
        return NONE
    return number(span[0]) if span[0] == span[1] else f"{number(span[0])}–{number(span[1])}"
