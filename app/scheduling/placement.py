"""Placement: on which idle worker a task could run, and with a slot of which remote server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from node_registry import Needs

from .workers import Worker


class Place(msgspec.Struct, frozen=True):
    """An idle worker, and the remote server that the run would take a slot of."""

    worker: Worker
    server: str | None = None

    def resources(self, backend: str, needs: Needs) -> dict[str, tuple[int, int]]:
        """What a run of a backend takes here: units and capacity, by resource."""
        worker = self.worker
        on_card = needs.device == "gpu"
        wanted = {worker.device_id: (needs.vram_bytes, worker.vram_bytes) if on_card else (1, 1)}
        if self.server is not None:
            slots = worker.backends[backend].servers[self.server]
            wanted[f"server:{self.server}"] = (1, slots)
        return wanted


def capable_workers(
    backend: str, version: str, needs: Needs, workers: Iterable[Worker]
) -> list[Worker]:
    """The workers that have a backend and a device that a run fits on, the smallest card first."""
    return [
        worker
        for worker in sorted(workers, key=lambda w: (w.vram_bytes, w.name))
        if (offered := worker.backends.get(backend)) is not None
        and offered.version == version
        and worker.device == needs.device
        and worker.vram_bytes >= needs.vram_bytes
    ]


def possible_places(
    backend: str, version: str, needs: Needs, idle: Sequence[Worker], bound_to: str | None = None
) -> list[Place]:
    """Where a run of a backend could begin now: on the smallest card that fits, and of its servers
    on the preferred one first.

    `bound_to` is the server on which an earlier attempt left something to resume: no other will do.
    """
    places: list[Place] = []
    for worker in capable_workers(backend, version, needs, idle):
        offered = worker.backends[backend]
        if not needs.servers:
            places.append(Place(worker))
        places += [Place(worker, name) for name in needs.servers if name in offered.servers]
    if bound_to in needs.servers:
        return [place for place in places if place.server == bound_to]
    return places
