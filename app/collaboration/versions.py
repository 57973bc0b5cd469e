"""Versions that people gave a name: kept for good, with the state that they stand for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from app import projects
from app.accounts import Actor
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.projects import Right
from node_registry import DirectorError

from . import service
from .past_states import state_at

MAX_NAME_LENGTH = 200
MAX_NAMED_VERSIONS = 1000


class NamedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version with a name, and who gave it when."""

    id: UUID
    version: int
    name: str
    user_id: UUID
    created_at: datetime


async def list_versions(actor: Actor, graph_id: UUID, page: PageRequest) -> Page[NamedVersion]:
    """The named versions of a graph, the newest version first."""
    version, last = page.after(tuple[int, UUID]) or (None, None)
    room = await service.room_of(graph_id)
    await projects.authorise(actor, room.project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT id, version, name, user_id, created_at FROM graph_versions
               WHERE graph_id = $1 AND ($2::bigint IS NULL OR (version, id) < ($2, $3::uuid))
               ORDER BY version DESC, id DESC LIMIT $4""",
            graph_id,
            version,
            last,
            page.rows,
        )
    return page.answer(
        rows, lambda row: (row["version"], row["id"]), lambda row: NamedVersion(**dict(row))
    )


async def name_version(
    actor: Actor, graph_id: UUID, name: str, version: int | None = None
) -> NamedVersion:
    """Give a version (None: the present one) a name. Raises `graph.bad_name`, `graph.name_taken`.

    Its state is stored with it: it can be opened when the log behind it is gone.
    """
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        raise DirectorError(
            "graph.bad_name", f"A name of a version has 1 to {MAX_NAME_LENGTH} letters."
        )
    room = await service.room_of(graph_id)
    await projects.authorise(actor, room.project_id, Right.EDIT)
    graph = await service.read(actor, graph_id)
    if version is not None and version != graph.version:
        graph = await state_at(graph_id, version, room.registry)
    state = await run_blocking(msgspec.msgpack.encode, graph)
    try:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            count = await unit.fetchval(
                "SELECT count(*) FROM graph_versions WHERE graph_id = $1", graph_id
            )
            if count >= MAX_NAMED_VERSIONS:
                raise DirectorError(
                    "graph.too_many_versions",
                    f"A canvas has at most {MAX_NAMED_VERSIONS} named versions.",
                    hint="Delete some that nobody needs.",
                    status=409,
                )
            await unit.execute(
                """INSERT INTO graph_snapshots (graph_id, version, state, kept)
                   VALUES ($1, $2, $3, true)
                   ON CONFLICT (graph_id, version) DO UPDATE SET kept = true""",
                graph_id,
                graph.version,
                state,
            )
            row = await unit.fetchrow(
                """INSERT INTO graph_versions (id, graph_id, version, name, user_id)
                   VALUES ($1, $2, $3, $4, $5)
                   RETURNING id, version, name, user_id, created_at""",
                new_id(),
                graph_id,
                graph.version,
                name,
                actor.user_id,
            )
    except asyncpg.UniqueViolationError as error:
        raise DirectorError(
            "graph.name_taken",
            f"A version of this canvas is called {name!r} already.",
            hint="Choose another name, or delete the other.",
            status=409,
        ) from error
    assert row is not None
    return NamedVersion(**dict(row))


async def delete_version(actor: Actor, graph_id: UUID, version_id: UUID) -> None:
    """Take a name away. Its state goes with the next compaction, unless something needs it."""
    room = await service.room_of(graph_id)
    await projects.authorise(actor, room.project_id, Right.EDIT)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        found = await unit.execute(
            "DELETE FROM graph_versions WHERE graph_id = $1 AND id = $2", graph_id, version_id
        )
    if not found:
        raise DirectorError("graph.no_version", "There is no such named version.", status=404)
