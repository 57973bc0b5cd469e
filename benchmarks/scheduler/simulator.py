"""Plays a trace in virtual time: who would have waited how long, by which rule.

The studio's rule is its own code: `FairShare` says whose turn it is, `turns.py` with
`warm_models.py` which of a person's tasks, `Round` on which card. The rivals of `rivals.py` choose
by rules of their own. A card that has another model first loads the job's, for all rules alike.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from app.platform.ids import new_id
from app.scheduling import OfferedBackend, Worker
from app.scheduling.backlog import Backlog, Waits
from app.scheduling.circuits import Circuits
from app.scheduling.decisions import Round, Wanted
from app.scheduling.device_rules import DeviceRules
from app.scheduling.fair_share import FairShare, charge_of
from app.scheduling.model import PRIORITIES, PRIORITY_OF_TIER
from app.scheduling.placement import Place
from app.scheduling.turns import turn_of
from app.scheduling.warm_models import WarmModels, choose_warm
from node_registry import Needs

from .traces import LOAD, MEMORY, Job, Trace

GB = 10**9
NOW = datetime(2026, 12, 1, tzinfo=UTC)
LOOKED_AT = 16
"""So many of a person's tasks are looked at for one whose model is loaded."""


class Run(msgspec.Struct, frozen=True):
    """A job that was begun on a card: when, after which wait, and how long a model was loaded."""

    job: Job
    card: str
    began: float
    wait: float
    load: float = 0.0

    @property
    def ends(self) -> float:
        """When it ends."""
        return self.began + self.load + self.job.seconds


class Moment:
    """What a rule chooses by, and how it begins jobs.

    `waiting` are the jobs that can begin, by their age; `loaded` the models by card, as they were
    when the moment began; `idle` the cards that are free, by their GB.
    """

    def __init__(
        self,
        at: float,
        waiting: Mapping[int, tuple[Job, float]],
        runs: Sequence[Run],
        cards: Sequence[Worker],
        held: Mapping[str, int],
        loaded: dict[str, str],
        warm: WarmModels,
    ) -> None:
        self.at = at
        self.waiting = [job for job, _ in sorted(waiting.values(), key=lambda one: one[0].at)]
        self.runs = runs
        self.loaded = loaded
        self.warm = warm
        self.begun: list[Run] = []
        self._cards = cards
        self._ready = {id(job): ready for job, ready in waiting.values()}
        backlog = Counter[int]()
        seconds: dict[int, float] = {}
        for job in self.waiting:
            backlog[MEMORY[job.tier] * GB] += 1
            size = MEMORY[job.tier] * GB
            seconds[size] = seconds.get(size, 0.0) + job.expected
        waits = [Waits(size, number, seconds[size]) for size, number in backlog.items()]
        self.round = Round(cards, DeviceRules(), Circuits(), held, Backlog(waits), warm)
        self.round.keeping = False

    @property
    def idle(self) -> dict[str, int]:
        """The free cards, the smallest first, with their memory in GB."""
        free = [card for card in self._cards if card.busy_with is None]
        return {card.device_id: card.vram_bytes // GB for card in sorted(free, key=_size_of)}

    def begin(self, job: Job, on: str = "") -> bool:
        """Begin a job if a card (this one) takes it now; whether one did."""
        place = (
            self.round.place(_wanted(job, on or "film", self.at)) if self.round.has_idle else None
        )
        if not isinstance(place, Place):
            return False
        card = place.worker.device_id
        load = LOAD if job.model and self.loaded.get(card) != job.model else 0.0
        if job.model:
            self.loaded[card] = job.model
        self.begun.append(Run(job, card, self.at, self.at - self._ready[id(job)], load))
        return True


Rule = Callable[[Moment], None]


def fair(moment: Moment) -> None:
    """The studio: the person who was given least, the priority that ages, what is loaded."""
    people = {name: UUID(int=place) for place, name in enumerate(_people(moment), start=1)}
    charges = dict.fromkeys(people.values(), 0.0)
    for run in moment.runs:
        running = run.ends > moment.at
        ended_ago = None if running else moment.at - run.ends
        ran = min(moment.at, run.ends) - run.began
        gb = MEMORY[run.job.tier]
        charges[people[run.job.person]] += charge_of(ran, run.job.expected, ended_ago, gb)
    waiting = moment.waiting
    for keeping in (True, False):
        # What large cards were left for has been given them: the rest may have what is free.
        moment.round.keeping = keeping
        own = {
            people[name]: sorted(jobs, key=lambda job: (_turn(job), -job.unblocks))
            for name, jobs in _by_person(waiting).items()
        }
        share = FairShare(charges, own)
        while moment.round.has_idle:
            warm = moment.round.warm_models()
            user = share.next_user(functools.partial(_has_warm, own, warm))
            if user is None:
                break
            begun = _begin_next(moment, own[user])
            if begun is None:
                share.drop(user)
                continue
            share.charge(user, begun.expected, MEMORY[begun.tier])
            charges[user] += begun.expected * MEMORY[begun.tier]
        begun_now = {id(run.job) for run in moment.begun}
        waiting = [job for job in waiting if id(job) not in begun_now]


def _has_warm(own: Mapping[UUID, list[Job]], warm: set[str], user: UUID) -> bool:
    turns = [(_turn(job), job.model) for job in own[user][:LOOKED_AT]]
    return bool(turns) and turns[choose_warm(turns, warm)][1] in warm


def _begin_next(moment: Moment, jobs: list[Job]) -> Job | None:
    while jobs:
        turns = [(_turn(job), job.model) for job in jobs[:LOOKED_AT]]
        job = jobs.pop(choose_warm(turns, moment.round.warm_models()))
        if moment.begin(job):
            return job
    return None


def _turn(job: Job) -> float:
    return turn_of(job.at, PRIORITIES[PRIORITY_OF_TIER[job.tier]])


def play(trace: Trace, rule: Rule) -> list[Run]:
    """All runs of a trace, in the order in which they began."""
    cards = [_card(place, memory) for place, memory in enumerate(trace.cards)]
    by_id = {card.device_id: card for card in cards}
    coming, blocked, waiting = (
        list(reversed(trace.jobs)),
        list[Job](),
        dict[int, tuple[Job, float]](),
    )
    running: list[tuple[float, int, Run]] = []
    runs: list[Run] = []
    done: set[str] = set()
    loaded, warm, order = dict[str, str](), WarmModels(), itertools.count()
    while coming or waiting or blocked:
        at = min([coming[-1].at] if coming else [], default=math.inf)
        at = min(at, running[0][0] if running else math.inf)
        assert at < math.inf, "tasks wait, and nothing will ever begin them"
        while running and running[0][0] <= at:
            ended = heapq.heappop(running)[2]
            by_id[ended.card].busy_with = None
            done.add(ended.job.name)
        while coming and coming[-1].at <= at:
            blocked.append(coming.pop())
        for job in [job for job in blocked if done.issuperset(job.needs)]:
            blocked.remove(job)
            waiting[id(job)] = job, at
        held = {run.card: MEMORY[run.job.tier] * GB for _, _, run in running}
        moment = Moment(at, waiting, runs, cards, held, loaded, warm)
        rule(moment)
        for run in moment.begun:
            del waiting[id(run.job)]
            heapq.heappush(running, (run.ends, next(order), run))
        runs += moment.begun
        left = [job for job, _ in waiting.values()]
        _check(cards, [run for _, _, run in running], left, moment, rule is fair)
    return runs


def _check(
    cards: Sequence[Worker],
    running: Sequence[Run],
    waiting: Sequence[Job],
    moment: Moment,
    conserving: bool,
) -> None:
    """What must hold at each step of a trace."""
    memory = {card.device_id: card.vram_bytes for card in cards}
    held = Counter[str]()
    for run in running:
        held[run.card] += MEMORY[run.job.tier] * GB
    assert all(units <= memory[card] for card, units in held.items()), "a card holds too much"
    assert len(held) == len(running), "a card runs two jobs"
    busy = {card.device_id for card in cards if card.busy_with is not None}
    assert busy == held.keys(), "a card is busy without a job, or has one and is not"
    if conserving and waiting and moment.round.has_idle:
        free = max(m for card, m in memory.items() if not held[card])
        least = min(MEMORY[job.tier] * GB for job in waiting)
        assert least > free, "a card is free, and a job that fits on it waits"


def _card(place: int, memory: int) -> Worker:
    name = f"gpu:{place}"
    offered = OfferedBackend(version="1")
    return Worker(
        id=new_id(), name=f"card-{place}", device="gpu", device_id=name,
        # A job that is to run on this card alone asks for the backend of its name.
        vram_bytes=memory * GB, backends={"film": offered, name: offered},
        started_at=NOW, seen_at=NOW,
    )  # fmt: skip


_PROJECT = UUID(int=0)


def _wanted(job: Job, backend: str, at: float) -> Wanted:
    needs = Needs(device="gpu", vram_bytes=MEMORY[job.tier] * GB, seconds=job.expected)
    return Wanted(
        task_id=new_id(), project_id=_PROJECT, backend=backend, version="1", needs=needs,
        model=job.model, seconds=job.expected, waited=at - job.at,
    )  # fmt: skip


def _size_of(card: Worker) -> tuple[int, str]:
    return card.vram_bytes, card.name


def _people(moment: Moment) -> list[str]:
    return sorted({job.person for job in moment.waiting} | {run.job.person for run in moment.runs})


def _by_person(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.person, []).append(job)
    return found
