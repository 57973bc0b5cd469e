"""Who did what, and when: the timeline of a graph, single versions, each field's last writer."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from app import accounts
from app.accounts import Actor
from app.graph import Operation
from app.platform.database import from_json, unit_of_work
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from . import service
from .change_summaries import NodeNames, describe, describe_counts
from .log import Origin

MAX_PAUSE = timedelta(seconds=60)
# A page reads at most so many rows of the log, and no operations longer than so many bytes.
MAX_ROWS = 1000
MAX_OPS_BYTES = 100_000
MAX_LABELS = 3

_operations = msgspec.json.Decoder(tuple[Operation, ...])


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one person did in one go, from the first to the last of its versions.

    `compacted` ones are all that is left of a day: their versions cannot be opened, and others'
    lie between them. `origin` is "system" for what the system did by itself in this person's name.
    """

    from_version: int
    to_version: int
    user_id: UUID
    name: str
    from_time: datetime
    to_time: datetime
    steps: int
    label: str
    summary: str
    origin: Origin = "person"
    compacted: bool = False


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log."""

    version: int
    user_id: UUID
    name: str
    time: datetime
    label: str
    summary: str
    undo_of: int | None
    origin: Origin
    ops: tuple[Operation, ...]


class Attribution(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote a field last. `*` is the whole record; `time` None: compacted since."""

    path: str
    user_id: str
    name: str
    version: int
    time: datetime | None


async def timeline(actor: Actor, graph_id: UUID, page: PageRequest) -> Page[HistoryEntry]:
    """What happened on a graph, the newest first; a page may be shorter than its limit."""
    graph = await service.read(actor, graph_id)
    before = page.after(int)
    before = graph.version + 1 if before is None else min(before, graph.version + 1)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT version, user_id, ts, label, undo_of, origin,
                   CASE WHEN octet_length(ops::text) <= $4 THEN ops END AS ops,
                   CASE WHEN octet_length(ops::text) > $4
                       THEN jsonb_path_query_array(ops, '$[*].op') END AS kinds,
                   CASE WHEN ops @> '[{"op": "node.remove"}]'
                       AND octet_length(inverse::text) <= $4 THEN inverse END AS inverse
               FROM graph_ops WHERE graph_id = $1 AND version < $2
               ORDER BY version DESC LIMIT $3""",
            graph_id,
            before,
            MAX_ROWS,
            MAX_OPS_BYTES,
        )
        compacted: list[asyncpg.Record] = []
        if len(rows) < MAX_ROWS:
            compacted = await unit.fetch(
                """SELECT * FROM graph_past WHERE graph_id = $1 AND last_version < $2
                   ORDER BY last_version DESC LIMIT $3""",
                graph_id,
                before,
                page.rows,
            )
    people = await accounts.people(list({row["user_id"] for row in (*rows, *compacted)}))
    groups = _grouped(rows)
    found = [_entry(group, NodeNames(graph), people) for group in groups[: page.limit]]
    more = len(groups) > page.limit or len(rows) == MAX_ROWS
    if not more:
        room = page.limit - len(found)
        found += [_compacted(row, people) for row in compacted[:room]]
        more = len(compacted) > room
    if not (found and more):
        return Page(found, None)
    last = found[-1]
    return Page(found, page.cursor_at(last.to_version if last.compacted else last.from_version))


async def version_row(actor: Actor, graph_id: UUID, version: int) -> VersionRow:
    """One version with its operations. Raises `graph.no_version`."""
    graph = await service.read(actor, graph_id)
    async with unit_of_work(actor.user_id) as unit:
        row = await unit.fetchrow(
            """SELECT version, user_id, ts, label, undo_of, origin, ops, inverse
               FROM graph_ops WHERE graph_id = $1 AND version = $2""",
            graph_id,
            version,
        )
    if row is None:
        raise DirectorError(
            "graph.no_version",
            f"There is no row for version {version}: it is too old, or yet to come.",
            status=404,
        )
    people = await accounts.people([row["user_id"]])
    names = NodeNames(graph)
    ops = _operations.decode(row["ops"])
    names.learn(ops)
    names.learn(_operations.decode(row["inverse"]))
    return VersionRow(
        version=version,
        user_id=row["user_id"],
        name=_name(people, row["user_id"]),
        time=row["ts"],
        label=row["label"],
        summary=describe(ops, names),
        undo_of=row["undo_of"],
        origin=row["origin"],
        ops=ops,
    )


async def attribution(
    actor: Actor, graph_id: UUID, entity: str, page: PageRequest
) -> Page[Attribution]:
    """Who wrote each field of a node or an edge last. Raises `graph.no_node`."""
    graph = await service.read(actor, graph_id)
    if entity not in graph.nodes and entity not in graph.edges:
        raise DirectorError("graph.no_node", "There is no such node.", status=404)
    written = graph.last_writes.get(entity, {})
    people = await accounts.people([UUID(last.user) for last in written.values()])
    async with unit_of_work(actor.user_id) as unit:
        times = await unit.fetch(
            "SELECT version, ts FROM graph_ops WHERE graph_id = $1 AND version = ANY($2)",
            graph_id,
            [last.version for last in written.values()],
        )
    when = {row["version"]: row["ts"] for row in times}
    fields = [
        Attribution(
            path=path,
            user_id=last.user,
            name=_name(people, UUID(last.user)),
            version=last.version,
            time=when.get(last.version),
        )
        for path, last in written.items()
    ]
    return page.of(fields, lambda field: (field.path,))


def _grouped(rows: list[asyncpg.Record]) -> list[list[asyncpg.Record]]:
    """Rows, the newest first, as what each person did without a pause or anybody in between."""
    groups: list[list[asyncpg.Record]] = []
    for row in rows:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and (last["user_id"], last["origin"]) == (row["user_id"], row["origin"])
            and last["ts"] - row["ts"] <= MAX_PAUSE
        ):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _entry(
    group: list[asyncpg.Record], names: NodeNames, people: dict[UUID, Actor]
) -> HistoryEntry:
    ops: list[Operation] = []
    kinds: dict[str, int] = {}
    labels: dict[str, None] = {}
    for row in reversed(group):
        if row["label"]:
            labels[row["label"]] = None
        for kind in from_json(row["kinds"]) or ():
            kinds[kind] = kinds.get(kind, 0) + 1
        done = _operations.decode(row["ops"]) if row["ops"] else ()
        ops.extend(done)
        names.learn(done)
        if row["inverse"]:
            names.learn(_operations.decode(row["inverse"]))
    shown = list(labels)[:MAX_LABELS]
    if len(labels) > MAX_LABELS:
        shown.append(f"{len(labels) - MAX_LABELS} more")
    newest, oldest = group[0], group[-1]
    summaries = [describe(ops, names), describe_counts(kinds)]
    return HistoryEntry(
        from_version=oldest["version"],
        to_version=newest["version"],
        user_id=newest["user_id"],
        name=_name(people, newest["user_id"]),
        from_time=oldest["ts"],
        to_time=newest["ts"],
        steps=len(group),
        label="; ".join(shown),
        summary=", ".join(summary for summary in summaries if summary),
        origin=newest["origin"],
    )


def _compacted(row: asyncpg.Record, people: dict[UUID, Actor]) -> HistoryEntry:
    return HistoryEntry(
        from_version=row["first_version"],
        to_version=row["last_version"],
        user_id=row["user_id"],
        name=_name(people, row["user_id"]),
        from_time=row["first_at"],
        to_time=row["last_at"],
        steps=row["steps"],
        label="",
        summary=describe_counts(from_json(row["kinds"])),
        origin=row["origin"],
        compacted=True,
    )


def _name(people: dict[UUID, Actor], user_id: UUID) -> str:
    person = people.get(user_id)
    return person.name if person else "somebody who left"
