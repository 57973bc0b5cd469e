"""Two versions of a stored graph compared, with the names of those who made the difference."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

import msgspec

from app import accounts, projects
from app.accounts import Actor
from app.graph import Difference, EdgeDifference, NodeDifference, diff
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.projects import Right

from . import service
from .past_states import state_at


class Person(msgspec.Struct, frozen=True):
    """Somebody whom a difference names."""

    user_id: str
    name: str


class NamedDifference(msgspec.Struct, frozen=True):
    """A difference between two versions, and the people in it."""

    difference: Difference
    people: list[Person]


async def compare(actor: Actor, graph_id: UUID, first: int, second: int) -> NamedDifference:
    """What differs between two versions. Raises as `state_at` does."""
    room = await service.room_of(graph_id)
    await projects.authorise(actor, room.project_id, Right.READ)
    states = [await state_at(graph_id, version, room.registry) for version in (first, second)]
    found = await run_blocking(diff, *states)
    found = await _with_removers(graph_id, found)
    changed = (*found.nodes, *found.edges)
    ids = {c.user_id for c in changed} | {f.user_id for c in changed for f in c.fields}
    ids |= {field.user_id for field in found.settings}
    people = await accounts.people([UUID(user_id) for user_id in ids - {""}])
    return NamedDifference(found, [Person(str(i), p.name) for i, p in people.items()])


async def _with_removers(graph_id: UUID, found: Difference) -> Difference:
    """Whoever removed something is no longer in the graph, but in the log."""
    unknown = {
        change.version
        for change in (*found.nodes, *found.edges)
        if change.kind == "removed" and change.version and not change.user_id
    }
    if not unknown:
        return found
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            "SELECT version, user_id FROM graph_ops WHERE graph_id = $1 AND version = ANY($2)",
            graph_id,
            list(unknown),
        )
    by = {row["version"]: str(row["user_id"]) for row in rows}

    return msgspec.structs.replace(
        found,
        nodes=[_with_remover(change, by) for change in found.nodes],
        edges=[_with_remover(change, by) for change in found.edges],
    )


_Change = TypeVar("_Change", NodeDifference, EdgeDifference)


def _with_remover(change: _Change, by: dict[int, str]) -> _Change:
    if change.kind != "removed" or change.user_id or change.version not in by:
        return change
    return msgspec.structs.replace(change, user_id=by[change.version])
