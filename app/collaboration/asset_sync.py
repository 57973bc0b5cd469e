"""Keeps the nodes of canvases and the assets of the library in step. One loop in the API process.

The library says what an asset is. What somebody writes on a linked node is a change of its asset,
in their name; what is changed in the library is written on the nodes that follow it. A node that
has a name and no asset becomes one. Each step can be repeated: whatever was interrupted is found
again by looking at the graph.
"""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import asyncpg
import msgspec

from app import accounts, assets, projects
from app.accounts import Actor, SystemActor
from app.assets import Asset, AssetChanged, Content
from app.graph import CostMeter, Graph, Node, Rejection, SetNode, Transaction
from app.platform import bus
from app.platform.background import run_forever
from app.platform.database import CONNECTION_ERRORS, DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import AssetRef, DirectorError

from . import service
from .asset_nodes import (
    KINDS,
    Intent,
    asset_nodes,
    intent_of,
    last_author,
    reference_of,
    writes_for,
)
from .events import GraphChanged
from .room import Room
from .submission import Step, one_shot_client

log = get_logger(__name__)

SOON = 0.1
"""Seconds after a change of a canvas: what comes together is looked at together."""

TYPED = 2.0
"""Seconds after the last letter: a pause in typing makes a version, not each word."""

LONGEST = 15.0
MOST_WRITES = 200
NOTHING = Rejection("invalid", "Nothing is left to be written.")


class _Due(msgspec.Struct):
    at: float
    since: float


class AssetSync:
    """Looks at a project's main canvas after each change of it or of its library."""

    def __init__(self) -> None:
        self._due: dict[UUID, _Due] = {}
        self._wake = asyncio.Event()
        # The nodes as they were found in step: those that are still the same need no look.
        self._synced: dict[UUID, dict[str, tuple[Node, int]]] = {}
        # Two looks at once would each make an asset of the same node.
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Keep in step until cancelled; a database that is away only makes it wait."""
        forget = [
            bus.listen(GraphChanged, self._on_graph_changed),
            bus.listen(AssetChanged, self._on_asset_changed),
        ]
        try:
            await run_forever(self._do_what_is_due, self._wake, self._tick, name="asset_sync")
        finally:
            for one in forget:
                one()

    def look_at(self, project_id: UUID, delay: float = 0.0) -> None:
        """Look at a project soon; a later call within the delay puts it off, but not for ever."""
        now = time.monotonic()
        due = self._due.setdefault(project_id, _Due(now + delay, now))
        due.at = min(now + delay, due.since + LONGEST) if delay else now
        self._wake.set()

    async def joined(self, project_id: UUID, session_id: str) -> None:
        """Somebody opened the project: what a former process left undone is done now."""
        self.look_at(project_id)

    async def bring_in_step(self, project_id: UUID) -> None:
        """Let library and canvas of a project say the same."""
        async with self._looking:
            await self._bring_in_step(project_id)

    async def _bring_in_step(self, project_id: UUID) -> None:
        owner = SystemActor(await projects.owner_of(project_id))
        graph_id = await service.main_graph_of(project_id)
        room = await service.room_of(graph_id)
        graph = await service.read(owner, graph_id)
        known = await _assets_of(graph, project_id)
        synced = self._synced.get(project_id, {})
        wanted: list[tuple[Node, AssetRef, Content]] = []
        now_synced: dict[str, tuple[Node, int]] = {}
        for node in asset_nodes(graph):
            reference = reference_of(node)
            asset = known.get(UUID(reference.id)) if reference else None
            mark = (node, asset.version if asset else 0)
            if synced.get(node.id) == mark and synced[node.id][0] is node:
                now_synced[node.id] = mark
                continue
            try:
                shown = await self._shown(owner, graph, project_id, node, reference, known)
            except DirectorError as error:
                # A file of another project on a pasted node, a name without a letter: the node
                # goes on describing itself.
                log.info("assets.not_linked", node=node.id, code=error.code, why=error.message)
                now_synced[node.id] = mark
                continue
            if shown is None or writes_for(node, node, *shown) is None:
                now_synced[node.id] = mark
            else:
                wanted.append((node, *shown))
        self._synced[project_id] = now_synced
        for start in range(0, len(wanted), MOST_WRITES):
            await _write(room, owner, wanted[start : start + MOST_WRITES])

    async def _shown(
        self,
        owner: Actor,
        graph: Graph,
        project_id: UUID,
        node: Node,
        reference: AssetRef | None,
        known: dict[UUID, Asset],
    ) -> tuple[AssetRef, Content] | None:
        """What a node is to show, after what it means for the library was done there."""
        asset = known.get(UUID(reference.id)) if reference else None
        if reference is None or asset is None or asset.kind != KINDS[node.type]:
            intent = intent_of(node, None)
            return None if intent is None else await _adopt(graph, project_id, intent, known)
        if reference.version:
            base = await _content_at(project_id, asset, reference.version)
            intent = intent_of(node, base)
            if intent is not None:
                actor = await _author(graph, node, list(intent.changed), project_id)
                asset = known[asset.id] = await assets.follow(
                    actor, project_id, asset.id, intent.changed, base_version=reference.version
                )
        if reference.frozen and reference.version:
            content = await _content_at(project_id, asset, reference.version)
            return reference, content
        return AssetRef(id=str(asset.id), version=asset.version, frozen=reference.frozen), (
            asset.content
        )

    async def _do_what_is_due(self) -> None:
        now = time.monotonic()
        for project_id in [p for p, due in self._due.items() if due.at <= now]:
            del self._due[project_id]
            try:
                await self.bring_in_step(project_id)
            except (*CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("assets.interrupted", error=f"{error!r}"[:200])
                self.look_at(project_id, 1.0)
            except DirectorError as error:
                # The project was deleted meanwhile, or its canvas went to another process.
                log.info("assets.not_in_step", project=str(project_id), code=error.code)
            except Exception:
                # A fault with one project must not keep all others from being in step.
                log.exception("assets.failed", project=str(project_id))

    def _tick(self) -> float | None:
        """Seconds until the next look is due; None when there is nothing to look at."""
        due = min((due.at for due in self._due.values()), default=None)
        return None if due is None else due - time.monotonic()

    async def _on_graph_changed(self, fact: GraphChanged) -> None:
        if not any(_may_touch_assets(one) for one in fact.transactions):
            return
        typed = any(b'"text.edit"' in one for one in fact.transactions)
        self.look_at(fact.project_id, TYPED if typed else SOON)

    async def _on_asset_changed(self, fact: AssetChanged) -> None:
        if fact.change in ("changed", "restored"):
            self.look_at(fact.project_id)


def _may_touch_assets(transaction: bytes) -> bool:
    """Whether a stored transaction may concern an asset's node; moves and edges alone do not."""
    return any(op in transaction for op in (b'"node.add"', b'"node.set"', b'"text.edit"'))


async def _write(room: Room, owner: Actor, wanted: list[tuple[Node, AssetRef, Content]]) -> None:
    """Let nodes show their assets, by one transaction of the system's own."""
    client_id = one_shot_client()

    def build(now: Graph, _cost: CostMeter) -> Transaction:
        ops = tuple(_writes(now, wanted))
        return Transaction(client_id=client_id, seq=1, label="Library", ops=ops)

    step = Step(
        actor=owner, client_id=client_id, seq=1, build=build, origin="system", nothing=NOTHING
    )
    done = await service.submit_step(room, step)
    if done.rejection not in (None, NOTHING):
        log.warning("assets.refused", graph=room.graph.id, why=done.rejection.message)


def _writes(now: Graph, wanted: list[tuple[Node, AssetRef, Content]]) -> list[SetNode]:
    found = []
    for seen, reference, content in wanted:
        node = now.nodes.get(seen.id)
        write = None if node is None else writes_for(node, seen, reference, content)
        if write is not None:
            found.append(write)
    return found


async def _adopt(
    graph: Graph, project_id: UUID, intent: Intent, known: dict[UUID, Asset]
) -> tuple[AssetRef, Content]:
    """Let a node that describes itself show an asset: one of its name that says the same, or else
    a new one."""
    same = await assets.find_alike(project_id, intent.kind, intent.content)
    if same is None:
        actor = await _author(graph, intent.node, (), project_id)
        same = await assets.create(
            actor, project_id, intent.kind, intent.content, note="Came from the canvas."
        )
    known[same.id] = same
    return AssetRef(id=str(same.id), version=same.version), same.content


async def _author(graph: Graph, node: Node, fields: object, project_id: UUID) -> Actor:
    """Whoever wrote these fields of a node last, if they may still change the library; else the
    system, for the project's owner."""
    user = last_author(graph, node, fields)  # type: ignore[arg-type]
    if user:
        user_id = UUID(user)
        found = (await accounts.people([user_id])).get(user_id)
        members = await projects.memberships_of({(user_id, project_id)})
        membership = members.get((user_id, project_id))
        if (
            found is not None
            and membership is not None
            and projects.Right.EDIT in membership.rights
        ):
            return found
    return SystemActor(await projects.owner_of(project_id))


async def _assets_of(graph: Graph, project_id: UUID) -> dict[UUID, Asset]:
    """The assets that a graph's nodes show, as they are now, by id."""
    references = [reference_of(node) for node in asset_nodes(graph)]
    ids = {UUID(reference.id) for reference in references if reference is not None}
    if not ids:
        return {}
    async with unit_of_work(role=DatabaseRole.SERVICE):
        return await assets.assets_by_id(project_id, ids)


async def _content_at(project_id: UUID, asset: Asset, version: int) -> Content:
    if version == asset.version:
        return asset.content
    async with unit_of_work(role=DatabaseRole.SERVICE):
        found = await assets.content_at(asset.id, version)
    # A version that never was (a hand-made graph): all that the node says is somebody's word.
    return asset.content if found is None else found
