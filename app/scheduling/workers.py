"""Live workers: each a process with one device, known by its heartbeat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from node_registry import BackendSpec, DeviceKind

HEARTBEAT_TIMEOUT = 15


class OfferedBackend(msgspec.Struct, frozen=True, kw_only=True):
    """A backend as one worker has it: its version, and the slots of the servers that it reaches."""

    version: str
    servers: dict[str, int] = {}


class Worker(msgspec.Struct, kw_only=True):
    """A worker. `device_id` names a CPU slot or a card; `busy_with` the task that it holds.

    `device_name` is the card's, for people; `vram_bytes` its memory. `backends` is by name.
    `drained_by` names who lets it take no more tasks; empty while it takes them. `kept_by` names
    who keeps its device for something, `kept_for` what that is; only `list_kept_workers` tells it.
    """

    id: UUID
    name: str
    device: DeviceKind
    device_id: str
    vram_bytes: int
    backends: dict[str, OfferedBackend]
    started_at: datetime
    seen_at: datetime
    device_name: str = ""
    busy_with: UUID | None = None
    drained_by: str = ""
    kept_by: str = ""
    kept_for: str = ""


def offered_backends(specs: Iterable[BackendSpec]) -> dict[str, OfferedBackend]:
    """What a worker tells of the backends that its plugins bring."""
    return {
        spec.name: OfferedBackend(
            version=spec.version, servers={server.name: server.slots for server in spec.servers}
        )
        for spec in specs
    }


async def register(unit: UnitOfWork, worker: Worker) -> None:
    """Register a worker, or renew its heartbeat."""
    await unit.execute(
        """INSERT INTO workers (id, name, device, device_id, vram_bytes, device_name, backends)
           VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
           ON CONFLICT (id) DO UPDATE SET seen_at = now(), backends = excluded.backends""",
        worker.id,
        worker.name,
        worker.device,
        worker.device_id,
        worker.vram_bytes,
        worker.device_name,
        to_json(worker.backends),
    )


async def drained(unit: UnitOfWork, worker_id: UUID, by: str) -> bool:
    """Let a worker be given no more tasks; whether it holds none any more.

    To be called again until it says so: a task may be assigned in the moment before.
    """
    await unit.execute(
        "UPDATE workers SET drained_by = $2 WHERE id = $1 AND drained_by = ''", worker_id, by
    )
    return not await unit.fetchval(
        """SELECT EXISTS (SELECT 1 FROM tasks WHERE worker_id = $1
                          AND status IN ('assigned', 'running'))""",
        worker_id,
    )


async def leave(unit: UnitOfWork, worker_id: UUID) -> None:
    """Deregister a worker that shuts down in good order."""
    await unit.execute(
        "UPDATE workers SET seen_at = now() - interval '1 hour' WHERE id = $1", worker_id
    )


async def mark_suspect(unit: UnitOfWork, worker_ids: list[UUID]) -> None:
    """Assign nothing to these workers until their next heartbeat."""
    await unit.execute(
        """UPDATE workers SET seen_at = now() - make_interval(secs => $2)
           WHERE id = ANY($1::uuid[])""",
        worker_ids,
        float(HEARTBEAT_TIMEOUT + 1),
    )


async def list_workers() -> list[Worker]:
    """The live workers, by name, each with the task that it runs."""
    rows = await current_unit().fetch(
        """SELECT w.*, (SELECT t.id FROM tasks t WHERE t.worker_id = w.id
                        AND t.status IN ('assigned', 'running') LIMIT 1) AS busy_with
           FROM workers w WHERE seen_at > now() - make_interval(secs => $1) ORDER BY name""",
        float(HEARTBEAT_TIMEOUT),
    )
    return [
        msgspec.convert({**dict(row), "backends": from_json(row["backends"])}, Worker)
        for row in rows
    ]


async def delete_stale(unit: UnitOfWork) -> None:
    """Delete the workers that sent no heartbeat for ten minutes and run nothing."""
    await unit.execute(
        """DELETE FROM workers w WHERE seen_at < now() - interval '10 minutes'
           AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.worker_id = w.id
                           AND t.status IN ('assigned', 'running'))"""
    )
