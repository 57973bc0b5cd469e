"""Rules of others, on the same cards: in which order they begin jobs, and what they unload.

First come and shortest first are of the textbook. The other three are models of what these
programs do with one job on a card at a time, written anew; only Ollama's was compared with its
source (`server/sched.go`, `findRunnerToUnload`: of the idle runners the one that is kept for the
shortest time, then by the model's name; a request that finds no room holds up those behind it).
"""

from __future__ import annotations

from collections import Counter

from .simulator import Moment, Rule, fair
from .traces import MEMORY, Job


def first_come(moment: Moment) -> None:
    """First come, first served; what fits on no free card lets others pass."""
    for job in moment.waiting:
        moment.begin(job)


def shortest_first(moment: Moment) -> None:
    """The job that is expected to be the shortest."""
    for job in sorted(moment.waiting, key=lambda job: job.expected):
        moment.begin(job)


def pressure(moment: Moment) -> None:
    """SwarmUI's: a card takes what it has loaded; a free one loads the model for which most waits.

    The pressure of a model is ten for each request that waits, and one for each second for which
    the first of them has waited.
    """
    waiting = list(moment.waiting)
    for card in moment.idle:
        job = next((j for j in waiting if j.model and moment.loaded.get(card) == j.model), None)
        if job is not None and moment.begin(job, on=card):
            waiting.remove(job)
    number = Counter(job.model for job in waiting)
    first: dict[str, float] = {}
    for job in waiting:
        first.setdefault(job.model, job.at)
    order = sorted(number, key=lambda model: -(10 * number[model] + moment.at - first[model]))
    for model in order:
        for job in [job for job in waiting if job.model == model]:
            moment.begin(job)


def round_robin(moment: Moment) -> None:
    """InvokeAI's: people take turns, one job each; of a person's jobs one with a loaded model."""
    last = [run.job.person for run in moment.runs]
    people = {job.person for job in moment.waiting}
    since = dict.fromkeys(people, -1) | {
        person: place for place, person in enumerate(last) if person in people
    }
    own: dict[str, list[Job]] = {}
    for job in moment.waiting:
        own.setdefault(job.person, []).append(job)
    turns = sorted(people, key=lambda person: (since[person], own[person][0].at, person))
    while turns:
        person = turns.pop(0)
        jobs = own[person]
        while jobs:
            loaded = {moment.loaded.get(card) for card in moment.idle}
            job = next((j for j in jobs if j.model and j.model in loaded), jobs[0])
            jobs.remove(job)
            card = next((c for c in moment.idle if moment.loaded.get(c) == job.model), "")
            if (job.model and card and moment.begin(job, on=card)) or moment.begin(job):
                turns.append(person)
                break


def evicting(moment: Moment) -> None:
    """Ollama's: first come; a loaded model waits for its card; else an idle one is evicted."""
    all_loaded = set(moment.loaded.values())
    for job in moment.waiting:
        idle = moment.idle
        if job.model and job.model in all_loaded:
            card = next((c for c in idle if moment.loaded.get(c) == job.model), "")
            if card:
                moment.begin(job, on=card)
            continue
        fitting = [card for card, size in idle.items() if size >= MEMORY[job.tier]]
        if not fitting:
            return
        # All are kept equally long here: an empty card, then the model's name, decides.
        moment.begin(job, on=min(fitting, key=lambda card: moment.loaded.get(card, "")))
        all_loaded = set(moment.loaded.values())


RULES: dict[str, Rule] = {
    "studio": fair,
    "first come": first_come,
    "shortest first": shortest_first,
    "SwarmUI's pressure": pressure,
    "InvokeAI's round robin": round_robin,
    "Ollama's eviction": evicting,
}
