"""What the dispatcher keeps of tasks that wait: why, for what device, how long they will run."""

from __future__ import annotations

from uuid import UUID

from app.platform.database import UnitOfWork

from . import causes
from .causes import LASTING, Cause
from .circuits import Circuit
from .decisions import Kept, NoIdleWorker, Resting, Taken, Wanted
from .device_rules import DeviceRules
from .leases import WORKER_STOPPED
from .placement import Place, capable_workers
from .resolving import ReadyTask
from .workers import Worker


async def set_cause(unit: UnitOfWork, task_id: UUID, cause: Cause | None) -> None:
    """Keep why a task waits; None lets the queue tell its place."""
    await unit.execute(
        """UPDATE tasks SET cause = $2, cause_kind = $3, cause_hint = $4
           WHERE id = $1 AND (cause <> $2 OR cause_kind <> $3 OR cause_hint <> $4)""",
        task_id,
        cause.sentence if cause else "",
        cause.kind if cause else "",
        cause.hint if cause else "",
    )


async def clear_causes(unit: UnitOfWork, user: UUID, passed: set[UUID]) -> None:
    """Let the queue tell the places of somebody's tasks: with no worker idle, nothing else holds
    them up that the dispatcher knows of. What no worker can do, and what failed, keeps its cause.
    """
    await unit.execute(
        """UPDATE tasks SET cause = '', cause_kind = '', cause_hint = ''
           WHERE status = 'queued' AND user_id = $1 AND cause <> '' AND id <> ALL($2::uuid[])
             AND cause_kind <> ALL($3::text[])
             AND (cause_kind <> 'retry' OR not_before IS NULL OR not_before <= now())
             AND cause <> $4""",
        user,
        list(passed),
        list(LASTING),
        WORKER_STOPPED,
    )


async def forget_causes(unit: UnitOfWork, kinds: list[str]) -> None:
    """Forget causes of these kinds, which may not hold any more."""
    await unit.execute(
        """UPDATE tasks SET cause = '', cause_kind = '', cause_hint = ''
           WHERE status = 'queued' AND cause <> '' AND cause_kind = ANY($1::text[])""",
        kinds,
    )


async def keep_forecast(unit: UnitOfWork, task_id: UUID, ready: ReadyTask) -> None:
    """Keep for which device a task waits, with how much memory and which model, and how long it is
    expected to run."""
    await unit.execute(
        """UPDATE tasks SET expected_seconds = $2, device = $3, vram_bytes = $4, model = $5
           WHERE id = $1 AND (expected_seconds IS DISTINCT FROM $2 OR device IS DISTINCT FROM $3
             OR vram_bytes IS DISTINCT FROM $4 OR model <> $5)""",
        task_id,
        ready.seconds,
        ready.needs.device,
        ready.needs.vram_bytes,
        ready.model,
    )


async def cause_of(
    unit: UnitOfWork,
    wanted: Wanted,
    decision: NoIdleWorker | Resting | Taken | Kept,
    live: list[Worker],
    rules: DeviceRules,
) -> Cause | None:
    """Why a task was given no place; None when all workers are busy, and its turn will come."""
    if isinstance(decision, Resting):
        return _cause_of_circuit(decision.circuit)
    if isinstance(decision, Kept):
        card = decision.worker
        return causes.card_kept(card.device_name or card.name, card.vram_bytes)
    if isinstance(decision, Taken):
        return await _cause_of_taken(unit, wanted, decision.places)
    return _cause_of_no_worker(wanted, live, rules)


def _cause_of_no_worker(wanted: Wanted, live: list[Worker], rules: DeviceRules) -> Cause | None:
    project_id, backend, needs = wanted.project_id, wanted.backend, wanted.needs
    capable = capable_workers(backend, wanted.version, needs, live)
    taking = [worker for worker in capable if not worker.drained_by]
    if capable and not taking:
        return causes.draining([worker.name for worker in capable], capable[0].drained_by)
    allowed = [w for w in taking if rules.allows(w.device_id, project_id, backend)]
    if taking and not allowed:
        names = [worker.device_name or worker.name for worker in taking]
        return causes.card_reserved(names, rules.by_device[taking[0].device_id].set_by)
    if any(worker.busy_with is None and not worker.drained_by for worker in live):
        return causes.workers_busy(needs, len(allowed))
    return None


def _cause_of_circuit(circuit: Circuit) -> Cause:
    where = f"{circuit.backend} on {circuit.server}" if circuit.server else circuit.backend
    return causes.circuit_open(where, circuit.failures, circuit.cause, probed=circuit.probed)


async def _cause_of_taken(unit: UnitOfWork, wanted: Wanted, places: list[Place]) -> Cause:
    needs = wanted.needs
    servers = list(dict.fromkeys(place.server for place in places if place.server))
    if servers:
        return causes.server_busy(servers)
    worker = places[-1].worker
    held = await unit.fetch(
        """SELECT label, project_id, (reserved ->> $1)::bigint AS units FROM tasks
           WHERE reserved ? $1 ORDER BY (reserved ->> $1)::bigint DESC""",
        worker.device_id,
    )
    # What another project makes is nobody's business but its own.
    holders = [
        one["label"] if one["project_id"] == wanted.project_id else "a task of another project"
        for one in held
    ]
    if needs.device == "cpu":
        return causes.device_held(worker.name, holders)
    return causes.card_full(
        worker.device_name or worker.name,
        worker.vram_bytes,
        needs.vram_bytes,
        sum(one["units"] for one in held),
        holders,
    )
