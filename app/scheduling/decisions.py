"""Decides on which idle worker a task runs: from a snapshot of the studio, without any IO.

The dispatcher makes one `Round` for each of its looks at the queue, asks it task by task, and
writes down afterwards what was decided. The simulator in `benchmarks/scheduler` asks it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from node_registry import Needs

from .backlog import Backlog
from .circuits import Circuit, Circuits
from .device_rules import DeviceRules
from .placement import Place, capable_workers, places_on
from .warm_models import WarmModels
from .workers import Worker

KEPT_FOR = 7200.0
"""Seconds after which a task takes any card that is free, also one that is left for others."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a task needs to begin. `resumes_on` is the remote server on which an earlier attempt
    left something to resume, `model` what is loaded to run it. It was asked for `waited` seconds
    ago, and is expected to run for `seconds`."""

    task_id: UUID
    project_id: UUID
    backend: str
    version: str
    needs: Needs
    resumes_on: str | None = None
    model: str = ""
    seconds: float = 0.0
    waited: float = 0.0


class NoIdleWorker(msgspec.Struct, frozen=True):
    """No idle worker can run it."""


class Resting(msgspec.Struct, frozen=True):
    """Its backend failed too often in a row, wherever it could run."""

    circuit: Circuit


class Taken(msgspec.Struct, frozen=True):
    """Idle workers could run it, and what it needs there is held by others."""

    places: list[Place]


class Kept(msgspec.Struct, frozen=True):
    """Cards that are free are left for tasks that fit on no smaller one."""

    worker: Worker


Decision = Place | NoIdleWorker | Resting | Taken | Kept


class Round:
    """The idle workers and the free resources during one look at the queue.

    `held` is what running tasks have reserved, in units by resource. Each task that is placed takes
    its worker and its resources from those that are asked for later. While `keeping`, large cards
    are left for what fits on no smaller one, by the `backlog`; `kept` are the tasks that they were
    left by.
    """

    def __init__(
        self,
        live: Sequence[Worker],
        rules: DeviceRules,
        circuits: Circuits,
        held: Mapping[str, int],
        backlog: Backlog | None = None,
        warm: WarmModels | None = None,
    ) -> None:
        self._live = live
        self._rules = rules
        self._circuits = circuits
        self._held = Counter(held)
        self._backlog = backlog or Backlog()
        self._warm = warm or WarmModels()
        self._cards = Counter(w.vram_bytes for w in live if w.device == "gpu" and not w.drained_by)
        self.keeping = True
        self._idle = {w.id: w for w in live if w.busy_with is None and not w.drained_by}
        self._idle_cards = Counter(w.vram_bytes for w in self._idle.values() if w.device == "gpu")
        self._warm_idle = Counter(self._warm.at(Place(w)) for w in self._idle.values())
        self.kept: set[UUID] = set()
        # The idle workers that can run a kind of task, the best first: asked for once for each.
        self._capable: dict[tuple[str, str, str, int], dict[UUID, Worker]] = {}
        self._servers = {
            server for w in live for offered in w.backends.values() for server in offered.servers
        }

    @property
    def has_idle(self) -> bool:
        """Whether any worker is idle still."""
        return bool(self._idle)

    def warm_models(self) -> set[str]:
        """The models that are loaded on idle workers, and on servers."""
        found = {model for model, number in self._warm_idle.items() if number > 0}
        return (found | {self._warm.on_server(name) for name in self._servers}) - {""}

    def place(self, wanted: Wanted) -> Decision:
        """Take a worker and resources for a task, or say why there are none."""
        # A server that no worker reaches any more can resume nothing.
        reached = wanted.resumes_on in self._servers
        bound_to = wanted.resumes_on if reached else None
        refused: list[Place] = []
        resting: Circuit | None = None
        kept: Worker | None = None
        for place in self._places(wanted, bound_to):
            circuit = self._circuits.holding(wanted.backend, place.server or "")
            if circuit is not None:
                resting = resting or circuit
            elif self._is_kept(place, wanted):
                kept = place.worker
            elif self._fits(place, wanted):
                self._take(place, wanted)
                return place
            else:
                refused.append(place)
        if kept is not None:
            self.kept.add(wanted.task_id)
            return Kept(kept)
        if refused:
            return Taken(refused)
        return NoIdleWorker() if resting is None else Resting(resting)

    def remove(self, worker_id: UUID) -> None:
        """A worker left since the round began."""
        gone = self._idle.pop(worker_id, None)
        if gone is not None:
            self._warm_idle[self._warm.at(Place(gone))] -= 1
            if gone.device == "gpu":
                self._idle_cards[gone.vram_bytes] -= 1
        for workers in self._capable.values():
            workers.pop(worker_id, None)

    def _places(self, wanted: Wanted, bound_to: str | None) -> Iterator[Place]:
        needs = wanted.needs
        allowed = (
            place
            for worker in self._workers_for(wanted)
            if self._rules.allows(worker.device_id, wanted.project_id, wanted.backend)
            for place in places_on(worker, wanted.backend, needs, bound_to)
        )
        if not wanted.model:
            yield from allowed
            return
        # Where the model is loaded, first; else the smallest card, as without a model.
        cold: list[Place] = []
        for place in allowed:
            if self._warm.at(place) == wanted.model:
                yield place
            else:
                cold.append(place)
        yield from cold

    def _is_kept(self, place: Place, wanted: Wanted) -> bool:
        if not self.keeping or wanted.needs.device != "gpu" or wanted.waited > KEPT_FOR:
            return False
        size, needed = place.worker.vram_bytes, wanted.needs.vram_bytes
        return self._backlog.keeps(size, needed, self._cards, self._idle_cards)

    def _workers_for(self, wanted: Wanted) -> Iterable[Worker]:
        needs = wanted.needs
        kind = wanted.backend, wanted.version, needs.device, needs.vram_bytes
        if kind not in self._capable:
            found = capable_workers(wanted.backend, wanted.version, needs, self._idle.values())
            self._capable[kind] = {worker.id: worker for worker in found}
        return self._capable[kind].values()

    def _fits(self, place: Place, wanted: Wanted) -> bool:
        resources = place.resources(wanted.backend, wanted.needs)
        return all(
            self._held[name] + units <= capacity for name, (units, capacity) in resources.items()
        )

    def _take(self, place: Place, wanted: Wanted) -> None:
        for name, (units, _) in place.resources(wanted.backend, wanted.needs).items():
            self._held[name] += units
        place.worker.busy_with = wanted.task_id
        if wanted.needs.device == "gpu":
            self._backlog.begun(wanted.needs.vram_bytes, wanted.seconds)
        self.remove(place.worker.id)
        self._warm.ran(place, wanted.model)
        self._circuits = self._circuits.with_probe(wanted.backend, place.server or "")
