"""The way back: a graph, a subflow or a node made what it was, as one undoable step."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec

from app.accounts import Actor
from app.graph import (
    CostMeter,
    Graph,
    Rejection,
    Skipped,
    Transaction,
    label_of,
    restore_operations,
    subflow,
)
from app.platform.database import unit_of_work
from node_registry import DirectorError

from . import service
from .past_states import state_at
from .submission import Step, one_shot_client

Scope = Literal["graph", "subflow", "node"]


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """What was brought back to which version, and what stays as it is.

    `version` is the row that did it; None when nothing differed, so that nothing was written.
    """

    to_version: int
    label: str
    version: int | None = None
    skipped: list[Skipped] = []


async def roll_back(
    actor: Actor, graph_id: UUID, version: int, scope: Scope = "graph", node_id: str = ""
) -> RolledBack:
    """Make a graph, a container with all that lies in it, or a node what it was at a version.

    Raises `graph.no_node` when the node was not there then, and `graph.no_version`,
    `graph.version_compacted` when nobody knows any more.
    """
    room = await service.authorised_room(actor, graph_id)
    then = await state_at(graph_id, version, room.registry)
    label = f"Back to version {version}{await _version_name(actor, graph_id, version)}"
    if scope != "graph":
        node = then.nodes.get(node_id)
        if node is None:
            raise DirectorError(
                "graph.no_node",
                f"This node was not there in version {version}.",
                hint="Choose another version, or bring the whole canvas back.",
                status=404,
            )
        label = f"{label_of(node)}: {label[0].lower()}{label[1:]}"
    client_id = one_shot_client()
    skipped: list[Skipped] = []

    def build(now: Graph, cost: CostMeter) -> Transaction:
        ids = None
        if scope == "node":
            ids = {node_id}
        elif scope == "subflow":
            ids = subflow(then, node_id) | subflow(now, node_id)
        user = str(actor.user_id)
        ops, skipped[:] = restore_operations(now, then, room.registry, user, ids, cost)
        return Transaction(client_id=client_id, seq=1, label=label[:200], ops=ops)

    nothing = Rejection("nothing_left", f"Nothing differs from version {version}.")
    done = await service.submit_step(
        room,
        Step(
            # What was allowed once is put back whatever has become of types and fields since.
            actor=actor.as_system(),
            client_id=client_id,
            seq=1,
            build=build,
            nothing=nothing,
            # Two whole graphs are compared: not on the loop, however little differs.
            large=True,
        ),
    )
    if done.rejection is not None and done.rejection is not nothing:
        raise done.rejection.error()
    return RolledBack(
        to_version=version,
        label=label,
        version=None if done.rejection is nothing else done.version,
        skipped=skipped,
    )


async def _version_name(actor: Actor, graph_id: UUID, version: int) -> str:
    async with unit_of_work(actor.user_id) as unit:
        name = await unit.fetchval(
            """SELECT name FROM graph_versions WHERE graph_id = $1 AND version = $2
               ORDER BY created_at LIMIT 1""",
            graph_id,
            version,
        )
    return f" “{name}”" if name else ""
