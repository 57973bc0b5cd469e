"""The one writer of graphs, on a real database: order, repeats, gaps, and commits that fail."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest

from app import collaboration
from app.accounts import Actor
from app.collaboration import log as graph_log
from app.collaboration import room, rooms, service, snapshots
from app.collaboration.events import GraphChanged, GraphClosed
from app.collaboration.log import GraphLog
from app.collaboration.writer import fenced
from app.graph import AddNode, Registry, RemoveNodes, SetNode, Transaction
from app.platform import bus
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from node_registry import DirectorError
from tests.collaboration.people import a_person, a_project


@pytest.fixture
async def actor(connected, registry) -> AsyncIterator[Actor]:
    collaboration.open_rooms(registry)
    yield await a_person()
    await collaboration.close_rooms()


async def reopen(registry: Registry, *, killed: bool = True) -> None:
    """A process that comes after another one, which was killed or has closed its rooms."""
    if killed:
        await service._open().abandon()
    else:
        await collaboration.close_rooms()
    collaboration.open_rooms(registry)


@pytest.fixture
async def graph_id(actor) -> uuid.UUID:
    return await collaboration.main_graph(actor, await a_project(actor))


def add(**data) -> AddNode:
    return AddNode(id=new_key(), type="film.shot", data={"code": "010", **data})


async def test_a_step_of_a_known_client_is_applied_in_the_same_turn(actor, graph_id) -> None:
    """Nothing comes in between, and the loop has nothing to do for it but to store it."""
    opened = await collaboration.room_of(graph_id)
    await opened.clients.load("c1")
    written = collaboration.submit_client(
        opened, actor, Transaction(client_id="c1", seq=1, ops=(add(),))
    )
    with pytest.raises(StopIteration) as ended:
        written.send(None)
    assert ended.value.value.version == 1
    await ended.value.value.stored
    assert await log_of(graph_id) == [1]


async def snapshots_of(graph_id: uuid.UUID) -> list[int]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch("SELECT version FROM graph_snapshots WHERE graph_id = $1", graph_id)
    return [row["version"] for row in rows]


async def log_of(graph_id: uuid.UUID) -> list[int]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            "SELECT version FROM graph_ops WHERE graph_id = $1 ORDER BY version", graph_id
        )
    return [row["version"] for row in rows]


async def test_transactions_get_one_version_each_in_order(actor, graph_id) -> None:
    heard: list[int] = []

    async def hear(fact: GraphChanged) -> None:
        heard.extend(json.loads(found)["version"] for found in fact.transactions)

    forget = bus.listen(GraphChanged, hear)
    try:
        for seq in (1, 2, 3):
            done = await collaboration.submit(
                actor, graph_id, Transaction(client_id="tab", seq=seq, ops=(add(),))
            )
            assert done.version == seq
    finally:
        forget()
    assert heard == [1, 2, 3] == await log_of(graph_id)
    assert len((await collaboration.read(actor, graph_id)).nodes) == 3


async def test_a_repeat_is_acknowledged_and_not_applied(actor, graph_id) -> None:
    transaction = Transaction(client_id="tab", seq=1, ops=(add(),))
    first = await collaboration.submit(actor, graph_id, transaction)
    again = await collaboration.submit(actor, graph_id, transaction)
    assert again.repeated
    assert again.version == first.version == 1
    assert await log_of(graph_id) == [1]


async def test_a_gap_is_refused_and_says_what_is_missing(actor, graph_id) -> None:
    with pytest.raises(DirectorError) as refused:
        await collaboration.submit(
            actor, graph_id, Transaction(client_id="tab", seq=3, ops=(add(),))
        )
    assert refused.value.code == "graph.gap"
    assert refused.value.fields == {"expected": 1}
    assert await log_of(graph_id) == []


@pytest.mark.parametrize(
    ("client", "seq"), [("tab", 0), ("tab", -1), ("once-x", 1), ("x" * 101, 1)]
)
async def test_a_number_that_would_be_taken_for_a_repeat_is_refused(
    actor, graph_id, client, seq
) -> None:
    with pytest.raises(DirectorError) as refused:
        await collaboration.submit(
            actor, graph_id, Transaction(client_id=client, seq=seq, ops=(add(),))
        )
    assert refused.value.code == "graph.bad_client"


async def test_a_refused_transaction_leaves_no_trace(actor, graph_id) -> None:
    good = add()
    bad = SetNode(id=good.id, values={"data.no_such_field": 1})
    with pytest.raises(DirectorError) as refused:
        await collaboration.submit(
            actor, graph_id, Transaction(client_id="tab", seq=1, ops=(good, bad))
        )
    assert refused.value.code == "graph.invalid"
    assert refused.value.fields["operation"] == 1
    graph = await collaboration.read(actor, graph_id)
    assert (graph.version, graph.nodes, graph.seqs) == (0, {}, {})
    with pytest.raises(DirectorError) as repeated:
        await collaboration.submit(
            actor, graph_id, Transaction(client_id="tab", seq=1, ops=(good,))
        )
    assert repeated.value.code == "graph.invalid"
    done = await collaboration.submit(
        actor, graph_id, Transaction(client_id="tab", seq=2, ops=(good,))
    )
    assert done.version == 1


async def test_transactions_that_nobody_repeats_leave_no_number_behind(
    actor, graph_id, registry
) -> None:
    for _ in range(3):
        await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    assert (await collaboration.read(actor, graph_id)).seqs == {}
    await reopen(registry)
    assert (await collaboration.read(actor, graph_id)).seqs == {}


async def test_of_two_at_once_both_are_stored_one_after_the_other(actor, graph_id) -> None:
    other = Transaction(client_id="phone", seq=1, ops=(add(), add()))
    mine = Transaction(client_id="tab", seq=1, ops=(add(),))
    done = await asyncio.gather(
        collaboration.submit(actor, graph_id, other), collaboration.submit(actor, graph_id, mine)
    )
    assert sorted(d.version for d in done) == [1, 2]
    assert len((await collaboration.read(actor, graph_id)).nodes) == 3


async def test_the_room_of_a_failed_commit_is_given_up(actor, graph_id, monkeypatch) -> None:
    await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    entered, go = asyncio.Event(), asyncio.Event()
    append = GraphLog.append

    async def fail(log, batches):
        await append(log, batches)
        entered.set()
        await go.wait()
        raise asyncpg.ConnectionDoesNotExistError("gone")

    monkeypatch.setattr(GraphLog, "append", fail)
    lost = asyncio.create_task(
        collaboration.submit(actor, graph_id, Transaction(client_id="a", seq=1, ops=(add(),)))
    )
    await entered.wait()
    # What is read now is ahead of what is known to be stored, and so is what this one writes.
    reading = asyncio.create_task(collaboration.read(actor, graph_id))
    writing = asyncio.create_task(
        collaboration.submit(actor, graph_id, Transaction(client_id="b", seq=1, ops=(add(),)))
    )
    for task in (reading, writing):
        await asyncio.wait([task], timeout=0.2)
        assert not task.done()
    monkeypatch.setattr(GraphLog, "append", append)
    go.set()
    for task in (lost, writing):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await task
    assert len((await reading).nodes) == (await reading).version == 2
    assert await log_of(graph_id) == [1, 2]
    again = [
        await collaboration.submit(
            actor, graph_id, Transaction(client_id=client, seq=1, ops=(add(),))
        )
        for client in ("a", "b")
    ]
    # The first was stored although its answer was lost: it is not applied a second time.
    assert [(done.version, done.repeated) for done in again] == [(2, True), (3, False)]


async def test_many_who_ask_for_a_new_projects_canvas_at_once_get_the_same(actor) -> None:
    for _ in range(5):
        project = await a_project(actor)
        found = await asyncio.gather(*(collaboration.main_graph(actor, project) for _ in range(6)))
        assert None not in found
        assert len(set(found)) == 1


async def test_one_bad_row_stops_its_own_graph_alone(actor, graph_id, monkeypatch) -> None:
    other = await collaboration.main_graph(actor, await a_project(actor))
    closed: list[uuid.UUID] = []

    async def hear(fact: GraphClosed) -> None:
        closed.append(fact.graph_id)

    forget = bus.listen(GraphClosed, hear)
    try:
        for graph in (graph_id, other):
            await collaboration.submit(actor, graph, Transaction(ops=(add(),)))
        bad = await collaboration.room_of(graph_id)
        made = bad.begin_batch

        def spoilt():
            batch = made()
            if batch is None:
                return None
            entries = [msgspec.structs.replace(entry, ops='"\\u0000"') for entry in batch.entries]
            return msgspec.structs.replace(batch, entries=entries)

        monkeypatch.setattr(bad, "begin_batch", spoilt)
        failed, stored = await asyncio.gather(
            collaboration.submit(actor, graph_id, Transaction(ops=(add(),))),
            collaboration.submit(actor, other, Transaction(ops=(add(),))),
            return_exceptions=True,
        )
    finally:
        forget()
    assert isinstance(failed, asyncpg.PostgresError)
    assert isinstance(stored, collaboration.Accepted)
    assert closed == [graph_id]
    assert len((await collaboration.read(actor, graph_id)).nodes) == 1


async def test_a_room_that_is_closed_while_it_is_stored_stops_no_other(
    actor, graph_id, monkeypatch
) -> None:
    """Another process may be found to own it by then; the writer is one for all graphs."""
    other = await collaboration.main_graph(actor, await a_project(actor))
    closed = await collaboration.room_of(graph_id)
    append = GraphLog.append

    async def interrupted(log, batches):
        if closed.failure is None and any(batch.graph_id == graph_id for batch in batches):
            closed.fail(fenced())
        return await append(log, batches)

    monkeypatch.setattr(GraphLog, "append", interrupted)
    with pytest.raises(DirectorError, match="another process"):
        await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    async with asyncio.timeout(60):
        await collaboration.submit(actor, other, Transaction(ops=(add(),)))
    # It was stored all the same, and is there when the graph is opened again.
    del service._open().open[graph_id]
    assert len((await collaboration.read(actor, graph_id)).nodes) == 1


async def test_what_the_writer_cannot_do_stops_those_graphs_alone(
    actor, graph_id, monkeypatch
) -> None:
    other = await collaboration.main_graph(actor, await a_project(actor))
    bad = await collaboration.room_of(graph_id)

    def broken():
        raise ValueError("a fault of ours")

    monkeypatch.setattr(bad, "commit_batch", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    async with asyncio.timeout(60):
        await collaboration.submit(actor, other, Transaction(ops=(add(),)))


async def test_many_at_once_are_one_commit(actor, graph_id, monkeypatch) -> None:
    sizes: list[int] = []
    append = GraphLog.append

    async def count(log, batches):
        sizes.append(sum(len(batch.entries) for batch in batches))
        return await append(log, batches)

    monkeypatch.setattr(GraphLog, "append", count)
    await asyncio.gather(
        *(collaboration.submit(actor, graph_id, Transaction(ops=(add(),))) for _ in range(200))
    )
    assert sum(sizes) == 200
    assert len(sizes) < 100
    assert await log_of(graph_id) == list(range(1, 201))


async def test_a_flood_in_one_graph_is_stored_in_several_commits(
    actor, graph_id, monkeypatch
) -> None:
    """All graphs share a commit: another's single change must not wait for megabytes."""
    sizes: list[int] = []
    append = GraphLog.append

    async def count(log, batches):
        sizes.append(sum(len(e.ops) + len(e.inverse) for b in batches for e in b.entries))
        return await append(log, batches)

    monkeypatch.setattr(GraphLog, "append", count)
    text = {"prompt": "x" * 900}
    steps = [Transaction(ops=(msgspec.structs.replace(add(), text=text),)) for _ in range(400)]
    await asyncio.gather(*(collaboration.submit(actor, graph_id, step) for step in steps))
    assert sum(sizes) > 3 * room.LARGEST_BATCH
    assert max(sizes) < room.LARGEST_BATCH + 2000
    assert await log_of(graph_id) == list(range(1, 401))


async def test_snapshot_and_tail_equal_the_state(actor, graph_id, registry, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "SNAPSHOT_EVERY", 3)
    monkeypatch.setattr(snapshots, "SNAPSHOT_BYTES", 0)
    nodes = [add() for _ in range(5)]
    for node in nodes:
        await collaboration.submit(actor, graph_id, Transaction(ops=(node,)))
    await collaboration.submit(
        actor, graph_id, Transaction(ops=(SetNode(id=nodes[0].id, values={"text.prompt": "Fog"}),))
    )
    await collaboration.submit(actor, graph_id, Transaction(ops=(RemoveNodes(ids=(nodes[1].id,)),)))
    before = await collaboration.read(actor, graph_id)
    if writing := list(service._open()._snapshots._taking.values()):
        await asyncio.wait(writing)
    (kept,) = await snapshots_of(graph_id)
    assert 3 <= kept <= 7
    await reopen(registry)
    assert await collaboration.read(actor, graph_id) == before
    await reopen(registry, killed=False)
    assert await snapshots_of(graph_id) == [7]
    assert await collaboration.read(actor, graph_id) == before
    async with unit_of_work(actor.user_id) as unit:
        shown = await unit.fetchrow("SELECT * FROM graph_states WHERE graph_id = $1", graph_id)
    assert shown["version"] == 7
    assert {node["id"] for node in json.loads(shown["nodes"])} == set(before.nodes)


async def test_a_snapshot_that_cannot_be_written_does_not_undo_what_was_stored(
    actor, graph_id, monkeypatch
) -> None:
    async def fail(*args) -> None:
        raise asyncpg.ConnectionDoesNotExistError("gone")

    monkeypatch.setattr(snapshots, "SNAPSHOT_EVERY", 1)
    monkeypatch.setattr(snapshots, "SNAPSHOT_BYTES", 0)
    monkeypatch.setattr(GraphLog, "write_snapshot", fail)
    done = await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    assert done.version == 1
    assert await log_of(graph_id) == [1]


async def test_two_processes_do_not_serve_one_graph(actor, graph_id, registry, monkeypatch) -> None:
    mine, theirs = add(), add()
    await collaboration.submit(actor, graph_id, Transaction(ops=(mine,)))
    monkeypatch.setattr(graph_log, "HANDOVER_TIMEOUT", 0.2)
    ours, other = service._rooms, rooms.Rooms(registry)
    service._rooms = other
    try:
        with pytest.raises(DirectorError) as refused:
            await collaboration.submit(actor, graph_id, Transaction(ops=(theirs,)))
        assert refused.value.code == "graph.served_elsewhere"
        await ours.log.release(graph_id)
        await collaboration.submit(actor, graph_id, Transaction(ops=(theirs,)))
    finally:
        service._rooms = ours
        await other.abandon()
    # The former owner does not know yet: its epoch refuses what it writes.
    with pytest.raises(DirectorError) as refused:
        await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    assert refused.value.code == "graph.fenced"
    assert set((await collaboration.read(actor, graph_id)).nodes) == {mine.id, theirs.id}


async def test_a_canvas_opens_when_the_plugin_of_a_node_is_gone(actor, graph_id, registry) -> None:
    node = add()
    await collaboration.submit(actor, graph_id, Transaction(ops=(node,)))
    without = [t for t in registry.node_types.values() if t.id != "film.shot"]
    await reopen(Registry(without, registry.socket_types.values()))
    assert node.id in (await collaboration.read(actor, graph_id)).nodes


async def test_a_log_with_a_gap_is_said_to_be_damaged(actor, graph_id, registry) -> None:
    for _ in range(3):
        await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
    await reopen(registry)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("UPDATE graphs SET version = 4 WHERE id = $1", graph_id)
    with pytest.raises(DirectorError) as damaged:
        await collaboration.read(actor, graph_id)
    assert damaged.value.code == "graph.damaged"


async def test_a_stranger_neither_reads_nor_writes(actor, graph_id) -> None:
    stranger = await a_person("Eve")
    for attempt in (
        collaboration.read(stranger, graph_id),
        collaboration.submit(stranger, graph_id, Transaction(ops=(add(),))),
    ):
        with pytest.raises(DirectorError) as refused:
            await attempt
        assert refused.value.code == "project.not_found"
    async with unit_of_work(stranger.user_id) as unit:
        # Row-level security answers also the query that forgets its WHERE.
        for table in ("graphs", "graph_ops", "graph_snapshots", "projects", "project_members"):
            assert await unit.fetch(f"SELECT * FROM {table}") == [], table


async def test_graphs_are_not_changed_inside_a_unit_of_work(actor, graph_id) -> None:
    with pytest.raises(RuntimeError):
        async with unit_of_work(actor.user_id):
            await collaboration.submit(actor, graph_id, Transaction(ops=(add(),)))
