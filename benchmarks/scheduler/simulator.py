"""Plays a trace in virtual time: who would have waited how long, by which rule.

The studio's rule is its own code: `FairShare` says whose turn it is, `Round` on which card,
priority and age which of a person's tasks. The rivals choose the next task by a rule of their own,
and place it by the same `Round`, so that the order alone differs.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from app.platform.ids import new_id
from app.scheduling import OfferedBackend, Worker
from app.scheduling.circuits import Circuits
from app.scheduling.decisions import Round, Wanted
from app.scheduling.device_rules import DeviceRules
from app.scheduling.fair_share import FairShare, charge_of
from app.scheduling.model import PRIORITIES, PRIORITY_OF_TIER
from app.scheduling.placement import Place
from app.scheduling.turns import turn_of
from node_registry import Needs

from .traces import MEMORY, Job, Trace

GB = 10**9
NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Run(msgspec.Struct, frozen=True):
    """A job that was begun on a card, and when."""

    job: Job
    card: str
    began: float

    @property
    def ends(self) -> float:
        """When it ends."""
        return self.began + self.job.seconds

    @property
    def wait(self) -> float:
        """How long it waited."""
        return self.began - self.job.at


class Moment(msgspec.Struct, frozen=True):
    """What a rule chooses by: the time, the waiting jobs by their age, and all runs so far."""

    at: float
    waiting: Sequence[Job]
    runs: Sequence[Run]


Begin = Callable[[Job], bool]
"""Begins a job if a card takes it now; whether one did."""

Rule = Callable[[Moment, Begin], None]


def fair(moment: Moment, begin: Begin) -> None:
    """The studio: the person who was given least, then the priority that ages."""
    people = {name: UUID(int=place) for place, name in enumerate(_people(moment), start=1)}
    names = {key: name for name, key in people.items()}
    charges = dict.fromkeys(names, 0.0)
    for run in moment.runs:
        running = run.ends > moment.at
        ended_ago = None if running else moment.at - run.ends
        ran = min(moment.at, run.ends) - run.began
        charges[people[run.job.person]] += charge_of(
            ran, run.job.expected, ended_ago, MEMORY[run.job.tier]
        )
    own: dict[UUID, Iterator[Job]] = {
        people[name]: iter(sorted(jobs, key=_turn))
        for name, jobs in _by_person(moment.waiting).items()
    }
    share = FairShare(charges, own)
    while (user := share.next_user()) is not None:
        begun = next((job for job in own[user] if begin(job)), None)
        assert begun is None or begun.person == names[user]
        if begun is None:
            share.drop(user)
        else:
            share.charge(user, begun.expected, MEMORY[begun.tier])


def _turn(job: Job) -> float:
    return turn_of(job.at, PRIORITIES[PRIORITY_OF_TIER[job.tier]])


def first_come(moment: Moment, begin: Begin) -> None:
    """First come, first served; what fits on no free card lets others pass."""
    for job in moment.waiting:
        begin(job)


def shortest_first(moment: Moment, begin: Begin) -> None:
    """The job that is expected to be the shortest."""
    for job in sorted(moment.waiting, key=lambda job: job.expected):
        begin(job)


RULES: dict[str, Rule] = {
    "studio": fair,
    "first come": first_come,
    "shortest first": shortest_first,
}


def play(trace: Trace, rule: Rule) -> list[Run]:
    """All runs of a trace, in the order in which they began."""
    cards = [_card(place, memory) for place, memory in enumerate(trace.cards)]
    by_id = {card.device_id: card for card in cards}
    coming, waiting = list(reversed(trace.jobs)), list[Job]()
    running: list[tuple[float, int, Run]] = []
    runs: list[Run] = []
    order = itertools.count()
    while coming or waiting:
        at = min([coming[-1].at] if coming else [], default=math.inf)
        at = min(at, running[0][0] if running else math.inf)
        assert at < math.inf, "tasks wait, and nothing will ever begin them"
        while running and running[0][0] <= at:
            by_id[heapq.heappop(running)[2].card].busy_with = None
        while coming and coming[-1].at <= at:
            waiting.append(coming.pop())
        held = {run.card: MEMORY[run.job.tier] * GB for _, _, run in running}
        studio = Round(cards, DeviceRules(), Circuits(), held)
        begun: list[Run] = []
        begin = functools.partial(_begin, at, studio, begun)
        rule(Moment(at, list(waiting), runs), begin)
        for run in begun:
            waiting.remove(run.job)
            heapq.heappush(running, (run.ends, next(order), run))
        runs += begun
        _check(cards, [run for _, _, run in running], waiting, studio)
    return runs


def _begin(at: float, studio: Round, begun: list[Run], job: Job) -> bool:
    place = studio.place(_wanted(job)) if studio.has_idle else None
    if not isinstance(place, Place):
        return False
    begun.append(Run(job, place.worker.device_id, at))
    return True


def _check(
    cards: Sequence[Worker], running: Sequence[Run], waiting: Sequence[Job], studio: Round
) -> None:
    """What must hold at each step of a trace."""
    memory = {card.device_id: card.vram_bytes for card in cards}
    held = Counter[str]()
    for run in running:
        held[run.card] += MEMORY[run.job.tier] * GB
    assert all(units <= memory[card] for card, units in held.items()), "a card holds too much"
    assert len(held) == len(running), "a card runs two jobs"
    if waiting and studio.has_idle:
        free = max(m for card, m in memory.items() if not held[card])
        least = min(MEMORY[job.tier] * GB for job in waiting)
        assert least > free, "a card is free, and a job that fits on it waits"


def _card(place: int, memory: int) -> Worker:
    return Worker(
        id=new_id(), name=f"card-{place}", device="gpu", device_id=f"gpu:{place}",
        vram_bytes=memory * GB, backends={"film": OfferedBackend(version="1")},
        started_at=NOW, seen_at=NOW,
    )  # fmt: skip


_PROJECT = UUID(int=0)


def _wanted(job: Job) -> Wanted:
    needs = Needs(device="gpu", vram_bytes=MEMORY[job.tier] * GB, seconds=job.expected)
    return Wanted(
        task_id=new_id(), project_id=_PROJECT, backend="film", version="1", needs=needs
    )  # fmt: skip


def _people(moment: Moment) -> list[str]:
    return sorted({job.person for job in moment.waiting} | {run.job.person for run in moment.runs})


def _by_person(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.person, []).append(job)
    return found
