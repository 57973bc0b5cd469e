"""Locks of files: who works on one alone, so that two do not paint over each other's work.

Media cannot be merged. Whoever holds a lock may push the file; a push of anybody else that changes
it is refused. Locks are those of Git LFS (`git lfs lock`), and are seen over the API too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from app import accounts, projects
from app.accounts import Actor
from app.platform.database import unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.projects import Project, Right
from node_registry import DirectorError

from .push_policy import check_place, refused

MAX_LOCKS = 1000


class FileLock(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a project that somebody works on alone; `path` is relative to the project."""

    id: UUID
    path: str
    user_id: UUID
    name: str
    locked_at: datetime


async def list_locks(actor: Actor, project_id: UUID, page: PageRequest) -> Page[FileLock]:
    """The locks of a project, the oldest first."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT * FROM file_locks WHERE project_id = $1 AND ($2::uuid IS NULL OR id > $2)
               ORDER BY id LIMIT $3""",
            project_id,
            page.after(UUID),
            page.rows,
        )
    names = await accounts.people([row["user_id"] for row in rows])
    return page.answer(rows, lambda row: row["id"], lambda row: _lock(row, names))


async def find(
    actor: Actor, project: Project, *, path: str | None = None, lock_id: UUID | None = None
) -> list[FileLock]:
    """The locks of a project, of a path or with an id, for those who have seen to the rights."""
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT * FROM file_locks WHERE project_id = $1
                 AND ($2::text IS NULL OR path = $2) AND ($3::uuid IS NULL OR id = $3)
               ORDER BY id""",
            project.id,
            path,
            lock_id,
        )
    names = await accounts.people([row["user_id"] for row in rows])
    return [_lock(row, names) for row in rows]


async def lock(actor: Actor, project_id: UUID, path: str) -> FileLock:
    """Take a file for oneself. Raises `lock.held` with the lock that is there already."""
    project = await projects.authorise(actor, project_id, Right.EDIT)
    check_place(path)
    try:
        async with unit_of_work(actor.user_id) as unit:
            count = await unit.fetchval(
                "SELECT count(*) FROM file_locks WHERE project_id = $1", project_id
            )
            if count >= MAX_LOCKS:
                raise DirectorError(
                    "lock.too_many",
                    f"A project has at most {MAX_LOCKS} locked files.",
                    hint="Unlock those that nobody works on.",
                    status=409,
                )
            row = await unit.fetchrow(
                """INSERT INTO file_locks (id, project_id, path, user_id)
                   VALUES ($1, $2, $3, $4) RETURNING *""",
                new_id(),
                project_id,
                path,
                actor.user_id,
            )
            await projects.note_activity(project_id, actor.user_id, "project.locked", path=path)
    except asyncpg.UniqueViolationError:
        held = await find(actor, project, path=path)
        raise DirectorError(
            "lock.held",
            f"{held[0].name if held else 'Somebody'} has locked {path[:80]!r}.",
            hint="Ask them to unlock it; the owner of the project can, too.",
            status=409,
            fields={"lock": msgspec.to_builtins(held[0])} if held else {},
        ) from None
    assert row is not None
    return _lock(row, {actor.user_id: actor})


async def unlock(actor: Actor, project_id: UUID, lock_id: UUID, *, force: bool = False) -> FileLock:
    """Give a file back. Somebody else's takes `force`, and the owner of the project.

    Raises `lock.not_found`, `lock.not_yours`.
    """
    project = await projects.authorise(actor, project_id, Right.EDIT)
    found = await find(actor, project, lock_id=lock_id)
    if not found:
        raise DirectorError("lock.not_found", "There is no such lock.", status=404)
    (held,) = found
    mine = held.user_id == actor.user_id
    if not mine and not force:
        raise DirectorError(
            "lock.not_yours",
            f"This is the lock of {held.name}.",
            hint="Ask them to unlock it; the owner of the project can with `--force`.",
            status=409,
        )
    if not mine:
        await projects.authorise(actor, project_id, Right.MANAGE)
    async with unit_of_work(actor.user_id) as unit:
        await unit.execute("DELETE FROM file_locks WHERE id = $1", lock_id)
        await projects.note_activity(project_id, actor.user_id, "project.unlocked", path=held.path)
    return held


async def check_unlocked(actor: Actor, project: Project, paths: Iterable[str]) -> None:
    """See that nobody else holds one of these files. Raises `push.locked`."""
    changed = set(paths)
    for held in await find(actor, project):
        if held.path in changed and held.user_id != actor.user_id:
            raise refused(
                "push.locked",
                f"{held.name} has locked {held.path[:80]!r}.",
                "Wait until it is unlocked, or leave it out of your commits.",
            )


def _lock(row: asyncpg.Record, people: dict[UUID, Actor]) -> FileLock:
    person = people.get(row["user_id"])
    return FileLock(
        id=row["id"],
        path=row["path"],
        user_id=row["user_id"],
        name=person.name if person else "",
        locked_at=row["locked_at"],
    )
