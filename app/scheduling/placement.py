"""Placement: on which worker a task could run, and with a slot of which remote server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from node_registry import Needs

from .workers import Worker


class Place(msgspec.Struct, frozen=True):
    """A worker, and the remote server that the run would take a slot of."""

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


def places_on(
    worker: Worker, backend: str, needs: Needs, bound_to: str | None = None
) -> Iterator[Place]:
    """Where on a capable worker a run of a backend could begin, on the preferred server first.

    `bound_to` is the server on which an earlier attempt left something to resume: no other will do.
    """
    if not needs.servers:
        yield Place(worker)
        return
    reached = worker.backends[backend].servers
    for name in needs.servers:
        if name in reached and (bound_to not in needs.servers or name == bound_to):
            yield Place(worker, name)
