"""Traces: what people of a studio ask for, when, and its cards; the same for each seed."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from node_registry import Tier

HOUR = 3600.0
MEMORY: dict[Tier, int] = {"low": 10, "standard": 14, "high": 22}
"""GB that a run of a quality needs: its card is the smallest of 12, 16 and 24 that holds it."""

SECONDS: dict[Tier, float] = {"low": 20.0, "standard": 90.0, "high": 300.0}


LOAD = 40.0
"""Seconds that it takes to load another model."""


class Job(msgspec.Struct, frozen=True):
    """A task of a person: asked for `at`, runs for `seconds`, and is expected to for `expected`.

    `model` must be on its card before it runs, which takes `LOAD` seconds where another is there.
    `needs` are the names of the jobs that must have ended before; `unblocks` is how many wait for
    this one."""

    person: str
    at: float
    tier: Tier
    seconds: float
    expected: float
    model: str = ""
    name: str = ""
    needs: tuple[str, ...] = ()
    unblocks: int = 0


class Trace(msgspec.Struct, frozen=True):
    """Jobs by the time at which they are asked for, and cards by their GB. `heavy` is the person
    who asks for most; all others are small users."""

    name: str
    cards: tuple[int, ...]
    jobs: tuple[Job, ...]
    heavy: str


def flood(seed: int) -> Trace:
    """One person asks for 600 shots at once; seven others for one to three now and then."""
    chance = random.Random(seed)
    jobs = [_job(chance, "ina", 0.0, "standard") for _ in range(600)]
    for person in _people(7):
        for _ in range(12):
            at = chance.uniform(60, 3 * HOUR)
            jobs += [_job(chance, person, at, "standard") for _ in range(chance.randint(1, 3))]
    return _trace("one floods", (16,) * 4, jobs)


def deadline(seed: int) -> Trace:
    """Eight people ask for their finals within five minutes, one of them for four times as much."""
    chance = random.Random(seed)
    jobs = [_job(chance, "ina", chance.uniform(0, 300), "high") for _ in range(120)]
    for person in _people(7):
        jobs += [_job(chance, person, chance.uniform(0, 300), "high") for _ in range(30)]
    return _trace("burst before a deadline", (24,) * 6, jobs)


def mixed(seed: int) -> Trace:
    """Three sizes of cards, drafts and finals at once: what needs a large card finds it free or
    waits, and small work leaves the large cards alone while small ones are free."""
    chance = random.Random(seed)
    jobs = [_job(chance, "ina", chance.uniform(0, HOUR), _tier(chance)) for _ in range(300)]
    for person in _people(5):
        jobs += [
            _job(chance, person, chance.uniform(0, 2 * HOUR), _tier(chance)) for _ in range(40)
        ]
    return _trace("mixed qualities and cards", (12, 12, 16, 16, 24, 24), jobs)


def day(seed: int) -> Trace:
    """Eight people for eight hours: drafts in handfuls, and each evening somebody's finals."""
    chance = random.Random(seed)
    jobs: list[Job] = []
    for person in _people(8):
        at = chance.uniform(0, HOUR / 2)
        while at < 8 * HOUR:
            tier: Tier = "low" if chance.random() < 0.75 else "standard"
            jobs += [_job(chance, person, at, tier) for _ in range(chance.randint(2, 12))]
            at += chance.expovariate(1 / 1200)
    jobs += [_job(chance, "ina", 5 * HOUR, "high") for _ in range(90)]
    return _trace("a studio's day", (12, 16, 24, 24), jobs)


def models(seed: int) -> Trace:
    """Six people with eleven models on three sizes of cards; a shot is a picture first, which a
    longer take and then a larger copy are made of."""
    chance = random.Random(seed)
    jobs: list[Job] = []
    names = {"low": "abcde", "standard": "fghi", "high": "jk"}
    for person in _people(6):
        for turn in range(14):
            at = chance.uniform(0, 3 * HOUR)
            chosen = {tier: f"{tier}-{chance.choice(names[tier])}" for tier in names}
            for shot in range(chance.randint(2, 8)):
                stem = f"{person} {turn} {shot}"
                made: tuple[str, ...] = ()
                steps: list[Tier] = ["low"]
                if chance.random() < 0.5:
                    steps.append("standard")
                if chance.random() < 0.15:
                    steps.append("high")
                for place, tier in enumerate(steps):
                    job = _job(chance, person, at, tier)
                    name = f"{stem} {tier}"
                    jobs.append(
                        msgspec.structs.replace(
                            job,
                            model=chosen[tier],
                            name=name,
                            needs=made,
                            unblocks=len(steps) - place - 1,
                        )
                    )
                    made = (name,)
    return _trace("mixed models on mixed cards", (12, 12, 16, 24), jobs)


ALL: tuple[Callable[[int], Trace], ...] = (flood, deadline, mixed, day, models)


def _people(number: int) -> list[str]:
    return [f"person {place}" for place in range(1, number + 1)]


def _tier(chance: random.Random) -> Tier:
    return chance.choices(("low", "standard", "high"), (6, 3, 1))[0]


def _job(chance: random.Random, person: str, at: float, tier: Tier) -> Job:
    expected = SECONDS[tier] * chance.uniform(0.5, 2.0)
    return Job(person, at, tier, expected * chance.lognormvariate(0, 0.2), expected)


def _trace(name: str, cards: tuple[int, ...], jobs: list[Job]) -> Trace:
    return Trace(name, cards, tuple(sorted(jobs, key=lambda job: job.at)), "ina")
