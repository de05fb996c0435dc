# SPDX-License-Identifier: Apache-2.0
"""Bounds beside what was seen: none may be smaller, and one that is more than twice as large tells
little."""

MOST = 2
FUNCTIONS_NAMED = 5


def judge(bounds, seen):
    """What is wrong, by class: {"broken": [...], "loose": [...]}, messages each.

    @bounds: as EnginePaths.bounds returns them; @seen: {class: {"max": ..., "path": [[function,
    instructions], ...], "where": ...}}.
    """
    broken, loose = [], []
    for name, one in seen.items():
        if name not in bounds:
            broken.append(f"{name}: seen, but without a bound; bench/exit_classes.yaml has changed "
                          "since the bounds were made")
            continue
        bound, longest = bounds[name]["bound"], one["max"]
        where = f"seen in {one.get('where', 'a run that is not named')}"
        if bound < longest:
            broken.append(f"{name}: the bound is {bound}, but {longest} were {where}; "
                          f"{differences(one['path'], bounds[name]['path'])}")
        elif bound > MOST * longest:
            times = f"{bound / longest:.1f} times"
            loose.append(f"{name}: the bound is {bound}, {times} the {longest} {where}; "
                         f"{differences(bounds[name]['path'], one['path'])}")
    return {"broken": broken, "loose": loose}


def differences(more, less):
    """The functions in which path @more spends most beyond path @less, both [[function,
    instructions], ...]."""
    less = dict(less or [])
    beyond = sorted(((count - less.get(name, 0), name) for name, count in more or []),
                    key=lambda one: (-one[0], one[1]))
    most = [f"{count} in {name}" for count, name in beyond[:FUNCTIONS_NAMED] if count > 0]
    return f"most beyond it: {', '.join(most)}"
