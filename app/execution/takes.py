"""Takes: immutable results, each with a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from app.media import note_object
from app.platform.conditions import Conditions
from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.projects import take_name
from app.scheduling import Claim
from node_registry import DirectorError, Media


class TakeOutput(msgspec.Struct, frozen=True):
    """One result of a take: which socket it is for, and its bytes."""

    socket: str
    media: Media


class Take(msgspec.Struct, kw_only=True):
    """A take. `name` is the product's (`SHOT-010_v01_take01`); its files add their endings.

    `made_from` is what its basis was computed from, `made_by` who made it: backend, version, tier
    and the one that was asked for, seed, seconds, memory, and what was predicted of them.
    `digest` is that of its first output.
    """

    id: UUID
    project_id: UUID
    node_id: str
    version: int
    number: int
    iteration: str
    name: str
    task_id: UUID
    user_id: UUID
    basis: str
    recipe: str | None
    made_from: dict[str, Any]
    made_by: dict[str, Any]
    digest: str
    outputs: list[TakeOutput]
    created_at: datetime

    def output(self, socket: str | None = None) -> Media:
        """The bytes for an output socket; without one, the first. Raises `take.no_output`."""
        for output in self.outputs:
            if socket is None or output.socket == socket:
                return output.media
        raise DirectorError("take.no_output", f"{self.name} has no output {socket!r}.", status=404)


async def record_take(
    unit: UnitOfWork,
    claim: Claim,
    outputs: list[TakeOutput],
    *,
    stem: str,
    version: int,
    iteration: str,
    made_by: dict[str, Any],
) -> UUID:
    """Store the result of a claimed task as the node's next take; its number is never given twice.

    Part of the worker's last unit of work, which also ends the task: the two are one fact.
    """
    take_id = new_id()
    number = await unit.fetchval(
        """INSERT INTO take_counters (project_id, node_id, version, last) VALUES ($1, $2, $3, 1)
           ON CONFLICT (project_id, node_id, version)
           DO UPDATE SET last = take_counters.last + 1 RETURNING last""",
        claim.project_id,
        claim.node_id,
        version,
    )
    name = take_name(stem, version, number)
    for output in outputs:
        await note_object(unit, claim.project_id, output.media)
    await unit.execute(
        """INSERT INTO takes (id, project_id, node_id, version, number, iteration, name, task_id,
               user_id, basis, recipe, made_from, made_by, digest, outputs)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14,
               $15::jsonb)""",
        take_id,
        claim.project_id,
        claim.node_id,
        version,
        number,
        iteration,
        name,
        claim.task_id,
        claim.user_id,
        claim.basis,
        claim.recipe,
        to_json(claim.made_from),
        to_json(made_by),
        outputs[0].media.digest,
        to_json(outputs),
    )
    return take_id


async def takes_by_id(ids: list[UUID]) -> dict[UUID, Take]:
    """Takes by their ids; those that are not there are left out."""
    rows = await current_unit().fetch("SELECT * FROM takes WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: _take(row) for row in rows}


async def take_of(take_id: UUID) -> Take:
    """One take. Raises `take.not_found`."""
    found = (await takes_by_id([take_id])).get(take_id)
    if found is None:
        raise DirectorError("take.not_found", "There is no such take.", status=404)
    return found


async def list_takes(
    project_id: UUID, page: PageRequest, node_ids: Sequence[str] | None = None
) -> Page[Take]:
    """The takes of some nodes, or of a whole project, oldest first."""
    wanted = Conditions()
    wanted.add("project_id = ?", project_id)
    if node_ids is not None:
        wanted.add("node_id = ANY(?::text[])", list(node_ids))
    if after := page.after(tuple[datetime, UUID]):
        wanted.add("(created_at, id) > (?, ?)", *after)
    limit = wanted.value(page.rows)
    rows = await current_unit().fetch(
        f"SELECT * FROM takes WHERE {wanted.sql} ORDER BY created_at, id LIMIT {limit}",  # noqa: S608
        *wanted.values,
    )
    return page.answer(rows, lambda row: (row["created_at"], row["id"]), _take)


async def find_takes(
    project_id: UUID,
    *,
    ids: Sequence[UUID] = (),
    names: Sequence[str] = (),
    digests: Sequence[str] = (),
    recipes: Sequence[str] = (),
) -> list[Take]:
    """The takes of a project that any of these tells, oldest first. Names are of any case."""
    rows = await current_unit().fetch(
        """SELECT * FROM takes WHERE project_id = $1
             AND (id = ANY($2::uuid[]) OR lower(name) = ANY($3::text[])
                  OR digest = ANY($4::text[]) OR recipe = ANY($5::text[]))
           ORDER BY created_at, id""",
        project_id,
        list(ids),
        [name.lower() for name in names],
        list(digests),
        list(recipes),
    )
    return [_take(row) for row in rows]


async def newest_of_loops(project_id: UUID, node_ids: list[str]) -> list[Take]:
    """The newest take of each iteration of these nodes, which run in loops."""
    rows = await current_unit().fetch(
        """SELECT DISTINCT ON (node_id, iteration) * FROM takes
           WHERE project_id = $1 AND node_id = ANY($2::text[]) AND iteration <> ''
           ORDER BY node_id, iteration, created_at DESC, number DESC""",
        project_id,
        node_ids,
    )
    return [_take(row) for row in rows]


async def find_by_recipe(project_id: UUID, recipe: str) -> UUID | None:
    """A take of this project that an equal recipe made, or None."""
    return await current_unit().fetchval(
        """SELECT id FROM takes WHERE project_id = $1 AND recipe = $2
           ORDER BY created_at LIMIT 1""",
        project_id,
        recipe,
    )


def _take(row: asyncpg.Record) -> Take:
    values = dict(row)
    for column in ("made_from", "made_by", "outputs"):
        values[column] = from_json(values[column])
    return msgspec.convert(values, Take)
