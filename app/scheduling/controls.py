"""What people do to the queue and the workers: pause and resume, cancel all, drain, keep a card.

Who may make takes in a project controls the project's tasks; the studio's owner controls the queue
and the workers. Each act stands in the audit log. What runs already goes on when it is paused.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from app import projects
from app.accounts import Actor, audit, demand_studio_owner
from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.projects import Right
from node_registry import DirectorError

from .device_rules import DeviceRule, set_rule
from .service import cancel_tasks, read_task

Pausable = Literal["task", "run", "project"]

_CONDITIONS: dict[Pausable, str] = {
    "task": "id = $1",
    "run": "run_id = $1",
    "project": "project_id = $1",
}


async def pause(actor: Actor, what: Pausable, thing_id: UUID, *, paused: bool) -> int:
    """Let the waiting tasks of a task, a run or a project wait until they are resumed, or resume
    them. Says how many that concerned.

    Raises `task.not_found`, and `project.…` as `projects.authorise` does.
    """
    project_id = await _project_of(actor, what, thing_id)
    await projects.authorise(actor, project_id, Right.GENERATE)
    async with unit_of_work(actor.user_id) as unit:
        touched = await unit.execute(
            # The condition is one of our own.
            f"""UPDATE tasks SET paused_by = $2 WHERE {_CONDITIONS[what]}
                  AND status IN ('queued', 'blocked') AND (paused_by IS NULL) = $3""",  # noqa: S608
            thing_id,
            actor.name if paused else None,
            paused,
        )
        if touched:
            kind = "queue.paused" if paused else "queue.resumed"
            detail = {what: str(thing_id), "tasks": touched}
            await audit(kind, actor.user_id, project_id=project_id, **detail)
    return touched


async def cancel_project(actor: Actor, project_id: UUID) -> int:
    """Cancel all tasks of a project that have not ended. Says how many that reached."""
    await projects.authorise(actor, project_id, Right.GENERATE)
    async with unit_of_work(actor.user_id) as unit:
        touched = await _cancel_runs(unit, actor, project_id)
        await audit("queue.cancelled", actor.user_id, project_id=project_id, tasks=touched)
    return touched


async def pause_studio(actor: Actor, *, paused: bool) -> None:
    """Let nothing new be begun in the whole studio, or let it go on. Raises `account.not_owner`."""
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        touched = await unit.execute(
            """UPDATE queue_state SET paused_by = $1,
                 paused_at = CASE WHEN $1::text IS NULL THEN NULL ELSE now() END
               WHERE (paused_by IS NULL) = ($1::text IS NOT NULL)""",
            actor.name if paused else None,
        )
        if touched:
            await audit("queue.paused" if paused else "queue.resumed", actor.user_id, studio=True)


async def cancel_studio(actor: Actor) -> int:
    """Cancel all tasks of all projects that have not ended. Raises `account.not_owner`."""
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        touched = await _cancel_runs(unit, actor, None)
        await audit("queue.cancelled", actor.user_id, studio=True, tasks=touched)
    return touched


async def drain(actor: Actor, worker_id: UUID, *, draining: bool) -> None:
    """Give a worker no further task, or give it tasks again. What it runs is not touched.

    Raises `account.not_owner`, `worker.not_found`.
    """
    demand_studio_owner(actor)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        name = await unit.fetchval(
            "UPDATE workers SET drained_by = $2 WHERE id = $1 RETURNING name",
            worker_id,
            actor.name if draining else "",
        )
        if name is None:
            raise DirectorError("worker.not_found", "There is no such worker.", status=404)
        kind = "worker.drained" if draining else "worker.undrained"
        await audit(kind, actor.user_id, worker=name)


async def keep_device(
    actor: Actor, device_id: str, *, project_id: UUID | None = None, backend: str | None = None
) -> None:
    """Keep a device for the tasks of a project, of a backend, or of both; with neither, let it take
    everything again.

    Raises `account.not_owner`, `device.not_found`, `project.not_found`, and `backend.not_found`
    for a backend that no worker has: nothing would ever run there.
    """
    demand_studio_owner(actor)
    rule = None
    if project_id is not None:
        await projects.owner_of(project_id)
    if project_id is not None or backend is not None:
        rule = DeviceRule(set_by=actor.name, project_id=project_id, backend=backend)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # A rule may be taken back for a card that is gone; it is made for one that is there.
        known = await unit.fetchval(
            """SELECT 1 FROM workers WHERE device_id = $1
               UNION SELECT 1 FROM device_rules WHERE device_id = $1 AND $2""",
            device_id,
            rule is None,
        )
        if not known:
            raise DirectorError(
                "device.not_found",
                "No worker has such a device.",
                hint="`director queue` lists the workers with their devices.",
                status=404,
            )
        if backend is not None and not await unit.fetchval(
            "SELECT EXISTS (SELECT 1 FROM workers WHERE backends ? $1)", backend
        ):
            raise DirectorError(
                "backend.not_found",
                f"No worker has a backend {backend[:80]!r}.",
                hint="`director queue --json` lists the backends of the workers.",
                status=404,
            )
        await set_rule(unit, device_id, rule)
        await audit(
            "device.kept" if rule else "device.freed",
            actor.user_id,
            device=device_id[:200],
            project=None if project_id is None else str(project_id),
            backend=backend,
        )


async def queue_paused_by(unit: UnitOfWork) -> str | None:
    """Who paused the queue of the whole studio; None while it goes on."""
    return await unit.fetchval("SELECT paused_by FROM queue_state")


async def _project_of(actor: Actor, what: Pausable, thing_id: UUID) -> UUID:
    if what == "project":
        return thing_id
    async with unit_of_work(actor.user_id) as unit:
        if what == "task":
            return (await read_task(thing_id)).project_id
        found = await unit.fetchval("SELECT project_id FROM tasks WHERE run_id = $1", thing_id)
    if found is None:
        raise DirectorError("run.not_found", "There is no such run.", status=404)
    return found


async def _cancel_runs(unit: UnitOfWork, actor: Actor, project_id: UUID | None) -> int:
    rows = await unit.fetch(
        """SELECT DISTINCT run_id FROM tasks
           WHERE ($1::uuid IS NULL OR project_id = $1)
             AND status NOT IN ('succeeded', 'failed', 'cancelled')""",
        project_id,
    )
    return sum([await cancel_tasks(run_id=row["run_id"], by=actor.name) for row in rows])
