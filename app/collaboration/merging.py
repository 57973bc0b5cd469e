"""Bringing a graph from a file into the live one: as one undoable step, or with its conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.accounts import Actor
from app.graph import (
    Choice,
    CostMeter,
    Graph,
    MergeConflict,
    Operation,
    Registry,
    Rejection,
    Transaction,
    merge_graphs,
    restore_operations,
)
from app.platform.blocking import run_blocking

from . import service
from .submission import Step, one_shot_client

_WHY = {
    "locked": "it is locked, by somebody else.",
    "in_use": "others put something into it.",
}


class CanvasMerged(msgspec.Struct, frozen=True, kw_only=True):
    """The version that a merge became (None: nothing differed), or what has to be decided first."""

    version: int | None = None
    conflicts: list[MergeConflict] = []


async def merge_canvas(
    actor: Actor,
    graph_id: UUID,
    base: Graph,
    theirs: Graph,
    label: str,
    choices: Mapping[str, Choice] | None = None,
) -> CanvasMerged:
    """Put what changed between two files into the live graph: all of it in one step, or nothing.

    Raises as `submit` does. With conflicts for which no choice is given, nothing is changed.
    """
    room = await service.authorised_room(actor, graph_id)
    client_id = one_shot_client()
    conflicts: list[MergeConflict] = []

    def build(now: Graph, cost: CostMeter) -> Transaction:
        ops, conflicts[:] = _plan(now, base, theirs, choices or {}, room.registry, actor, cost)
        return Transaction(client_id=client_id, seq=1, label=label[:200], ops=ops)

    nothing = Rejection("nothing_left", "Nothing differs.")
    done = await service.submit_step(
        room,
        Step(
            # A file may hold what nobody sets by hand, as takes, or types that are not known
            # here; whoever calls has seen to that.
            actor=actor.as_system(),
            client_id=client_id,
            seq=1,
            build=build,
            nothing=nothing,
            large=True,
        ),
    )
    if done.rejection is not None and done.rejection is not nothing:
        raise done.rejection.error()
    version = None if done.rejection is nothing else done.version
    return CanvasMerged(version=version, conflicts=conflicts)


async def merge_conflicts(
    actor: Actor,
    graph_id: UUID,
    base: Graph,
    theirs: Graph,
    choices: Mapping[str, Choice] | None = None,
) -> list[MergeConflict]:
    """What `merge_canvas` would leave to be decided, just now."""
    room = await service.authorised_room(actor, graph_id)
    now = (await room.stored_snapshot()).snapshot()
    _, conflicts = await run_blocking(
        _plan, now, base, theirs, choices or {}, room.registry, actor, CostMeter()
    )
    return conflicts


def _plan(
    now: Graph,
    base: Graph,
    theirs: Graph,
    choices: Mapping[str, Choice],
    registry: Registry,
    actor: Actor,
    cost: CostMeter,
) -> tuple[tuple[Operation, ...], list[MergeConflict]]:
    merged = merge_graphs(base, now, theirs, choices)
    if merged.conflicts:
        return (), merged.conflicts
    said: dict[str, str] = {}
    user = str(actor.user_id)
    ops, skipped = restore_operations(now, merged.graph, registry, user, None, cost, said)
    refused = [
        MergeConflict(
            key=f"{one.id}/{one.path or one.reason}",
            id=one.id,
            path=one.path or "*",
            name=one.name,
            reason=one.reason,
            sentence=f"{one.name or one.id}: {said.get(one.id) or _WHY.get(one.reason, '')}",
        )
        for one in skipped
    ]
    # What the rules refuse can only be left out, and somebody has to say so.
    open_ones = [one for one in refused if choices.get(one.key) != "ours"]
    return ((), open_ones) if open_ones else (ops, [])
