"""What came of a trace under a rule, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .simulator import Run
from .traces import MEMORY, Trace


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Of the bound that nobody can beat (`bound`, seconds) how much of the time was needed, in
    percent; seconds of waiting, of small users, drafts and all; how often a model was loaded."""

    makespan: float
    of_bound: float
    small_p95: float
    drafts_p95: float
    longest: float
    all_p95: float
    swaps: int


def outcome(trace: Trace, runs: Sequence[Run]) -> Outcome:
    """The numbers of a trace that was played."""
    begins = trace.jobs[0].at
    makespan = max(run.ends for run in runs) - begins
    return Outcome(
        makespan=makespan,
        of_bound=100 * bound(trace) / makespan,
        small_p95=p95([run.wait for run in runs if run.job.person != trace.heavy]),
        drafts_p95=p95([run.wait for run in runs if run.job.tier == "low"]),
        longest=max(run.wait for run in runs),
        all_p95=p95([run.wait for run in runs]),
        swaps=sum(run.load > 0 for run in runs),
    )


def bound(trace: Trace) -> float:
    """The least time in which anybody could do it who knew everything before, in seconds.

    For each size of card: what needs one as large at least, shared by all of these, no earlier than
    the last of it is asked for.
    """
    begins = trace.jobs[0].at
    ends: dict[str, float] = {}
    for job in trace.jobs:
        first = max((ends[name] for name in job.needs), default=job.at)
        ends[job.name or str(len(ends))] = max(first, job.at) + job.seconds
    least = max(ends.values()) - begins
    for size in set(trace.cards):
        smaller = max((card for card in trace.cards if card < size), default=0)
        cards = sum(card >= size for card in trace.cards)
        large = [job for job in trace.jobs if MEMORY[job.tier] > smaller]
        for first in {job.at for job in large}:
            work = sum(job.seconds for job in large if job.at >= first)
            least = max(least, first - begins + work / cards)
    return least


def p95(waits: Sequence[float]) -> float:
    """The wait that 95 of 100 do not exceed; 0 of none."""
    return sorted(waits)[int(0.95 * (len(waits) - 1))] if waits else 0.0


def share_error(runs: Sequence[Run], people: Sequence[str], since: float, until: float) -> float:
    """By how many percent of an equal share the time of some people, times the memory that they
    held, was off, in a window in which all of them had work waiting."""
    given = dict.fromkeys(people, 0.0)
    for run in runs:
        if run.job.person in given:
            given[run.job.person] += MEMORY[run.job.tier] * max(
                0.0, min(run.ends, until) - max(run.began, since)
            )
    equal = sum(given.values()) / len(people)
    return max(abs(100 * seconds / equal - 100) for seconds in given.values())
