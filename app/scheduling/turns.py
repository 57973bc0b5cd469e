"""The order among one person's tasks: priority that ages, then what most others wait for.

A priority counts as if the task had been asked for earlier, or later. So a task is passed only by
what is asked for within a bounded time after it, and none starves. What a person chose counts more
than the priority of a quality, whichever that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

AGES_IN = 1800.0
"""Seconds that one step of a quality's priority is worth: a draft passes what is as much older."""

CHOSEN = 86_400.0
"""The same for a priority that a person chose."""


def turn_of(asked_at: float, priority: int, *, chosen: bool = False) -> float:
    """The moment by which tasks are ordered: when it was asked for, moved by its priority.

    Seconds; `task_turn` of the database is the same.
    """
    return asked_at - priority * (CHOSEN if chosen else AGES_IN)


def count_dependents(needs: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, int]:
    """How many of these tasks need each of them, directly or through others.

    `needs` has the tasks that each task needs; those that are not among its keys do not count.
    """
    place = {task: index for index, task in enumerate(needs)}
    inputs = {task: [one for one in needs[task] if one in place] for task in needs}
    missing = dict.fromkeys(needs, 0)
    for wanted in inputs.values():
        for task in wanted:
            missing[task] += 1
    # From the last of each chain backwards; the dependents of a task as the bits of a number.
    ready = [task for task, number in missing.items() if not number]
    dependents = dict.fromkeys(needs, 0)
    while ready:
        task = ready.pop()
        for needed in inputs[task]:
            dependents[needed] |= dependents[task] | 1 << place[task]
            missing[needed] -= 1
            if not missing[needed]:
                ready.append(needed)
    return {task: bits.bit_count() for task, bits in dependents.items()}
