"""One step of one person holds nobody up: what is refused, and what is offloaded."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from app import collaboration
from app.accounts import Actor
from app.collaboration import room as rooms_module
from app.collaboration import service, submission
from app.collaboration.limits import LOOP_LIMIT, OFFLOAD_LIMIT
from app.collaboration.log import Loaded
from app.collaboration.offload import Prepared, prepare
from app.collaboration.room import Room
from app.collaboration.submission import one_shot_client
from app.graph import (
    AddEdge,
    AddNode,
    Applied,
    CostMeter,
    EditText,
    Graph,
    MoveNode,
    Operation,
    RemoveNodes,
    SetGraph,
    SetNode,
    Transaction,
    apply,
    minimum_cost,
)
from app.graph.apply import MAX_OPERATIONS
from node_registry import DirectorError
from tests.collaboration.people import a_person, a_project
from tests.film import FILM

MANY = 3000
PERSON = uuid.UUID(int=1)


def uid(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


def scene(number: int, parent: int | None = None) -> AddNode:
    return AddNode(
        id=uid(number), type="film.scene", parent=None if parent is None else uid(parent)
    )


def shot(number: int, **kept: Any) -> AddNode:
    return AddNode(id=uid(number), type="film.shot", **kept)


def after(edge: int, first: int, second: int, **how: Any) -> AddEdge:
    return AddEdge(
        id=uid(edge), source=uid(first), source_socket="next", target=uid(second),
        target_socket="previous", **how,
    )  # fmt: skip


def chain(first: int, count: int) -> list[Operation]:
    ends = range(first, first + count - 1)
    nodes: list[Operation] = [shot(n) for n in range(first, first + count)]
    return nodes + [after(1_000_000 + n, n, n + 1) for n in ends]


def nest(first: int, count: int) -> list[Operation]:
    return [scene(first), *(scene(n, n - 1) for n in range(first + 1, first + count))]


def full(count: int) -> list[Operation]:
    return [scene(0), *(scene(n, 0) for n in range(1, count))]


def texts(count: int, length: int) -> list[Operation]:
    return [shot(n, text={"prompt": "x" * length}) for n in range(count)]


def opened(*made: Operation) -> Room:
    """A room without a database: it applies, and what it would store waits."""
    graph = Graph(id=uid(0))
    assert apply(graph, Transaction(ops=made), FILM, "ina").rejection is None
    return Room(Loaded(graph, PERSON, 1, 0), None, FILM)  # type: ignore[arg-type]


def prepared(room: Room, step: Transaction, limit: int | None) -> Prepared:
    copy = room.graph.snapshot()
    return prepare(copy, lambda _now, _cost: step, FILM, str(PERSON), limit, system=False)


HOSTILE: dict[str, tuple[Callable[[], list[Operation]], Callable[[], list[Operation]]]] = {
    "wires between two long chains": (
        lambda: chain(0, 1000) + chain(5000, 1000),
        lambda: [after(2_000_000 + n, 500, 5500, replace=True) for n in range(1000)],
    ),
    "moves between two deep nests": (
        lambda: nest(0, 1000) + nest(5000, 1000),
        lambda: [MoveNode(id=uid(500), parent=uid(5500 + n % 2), order="a0") for n in range(1000)],
    ),
    "a removal of very many": (lambda: full(15_000), lambda: [RemoveNodes(ids=(uid(0),))]),
    "texts rewritten again and again": (
        lambda: texts(1, 10_000),
        lambda: [SetNode(id=uid(0), values={"text.prompt": "y" * 10_000})] * 300,
    ),
    "edits of a long text": (
        lambda: texts(1, 500_000),
        lambda: [EditText(id=uid(0), field="prompt", base=1, delta=("z",))] * 70,
    ),
    "many settings at once": (
        list,
        lambda: [SetGraph(values={f"s{k}": 0 for k in range(200)}) for _ in range(300)],
    ),
    "large values": (
        list,
        lambda: [SetGraph(values={"large": [[]] * 9000}) for _ in range(30)],
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_step_that_would_hold_everybody_up_is_refused(what: str) -> None:
    given, sent = HOSTILE[what]
    room = opened(*given())
    before = msgspec.to_builtins(room.graph)
    step = Transaction(client_id="tab", seq=1, ops=tuple(sent()))
    tried = prepared(room, step, LOOP_LIMIT)
    done = room.apply(PERSON, step, prepared=tried)
    assert done.rejection is not None
    assert (done.rejection.reason, done.rejection.hint) == (
        "too_large", "Send it in several steps."
    )  # fmt: skip
    assert msgspec.to_builtins(room.graph) == before
    # Its number is used up, and whoever comes next is served.
    assert room.clients.last_seq("tab") == 1
    done = room.apply(PERSON, Transaction(client_id="tab", seq=2, ops=(shot(9_000_000),)))
    assert done.rejection is None


@pytest.mark.parametrize("what", HOSTILE)
async def test_the_studio_and_the_log_are_never_refused_for_it(what: str) -> None:
    given, sent = HOSTILE[what]
    room = opened(*given())
    step = Transaction(client_id="studio", seq=1, ops=tuple(sent()))
    done = room.apply(PERSON, step, system=True)
    assert done.rejection is None


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ([], [shot(n, data={"code": "010"}, text={"prompt": "sea"}) for n in range(5000)]),
        (chain(0, 5001)[:5001], chain(0, 5001)[5001:]),
        (full(5000), [RemoveNodes(ids=(uid(0),))]),
        (full(5000), [MoveNode(id=uid(n), parent=None, order="a0") for n in range(1, 5000)]),
        (texts(5000, 1), [SetNode(id=uid(n), values={"pos": [n, 0]}) for n in range(5000)]),
    ],
    ids=["adding", "connecting", "removing", "moving", "placing"],
)
async def test_what_people_do_with_5000_nodes_at_once_is_done(given: Any, sent: Any) -> None:
    room = opened(*given)
    step = Transaction(client_id="tab", seq=1, ops=tuple(sent))
    done = room.apply(PERSON, step, cost=CostMeter(LOOP_LIMIT))
    assert done.rejection is None


def test_a_search_costs_as_much_as_the_smaller_side() -> None:
    long = opened(*chain(1, 2000), shot(9000)).graph
    alone, cost = CostMeter(), CostMeter()
    assert not long.adjacency.reaches(uid(9000), uid(2000), alone)
    assert not long.adjacency.reaches(uid(1), uid(9000), alone)
    assert alone.spent < 50
    assert long.adjacency.reaches(uid(1), uid(2000), cost)
    assert cost.spent > 2000
    wide = opened(*full(2000), shot(9000)).graph
    alone = CostMeter()
    assert not wide.adjacency.reaches(uid(9000), uid(0), alone)
    assert alone.spent < 50


async def test_what_is_prepared_in_a_thread_is_what_the_loop_would_have_done() -> None:
    room, other = opened(*chain(0, 50)), opened(*chain(0, 50))
    step = Transaction(
        client_id="tab", seq=1, ops=(RemoveNodes(ids=(uid(7),)), after(77, 6, 8), shot(99))
    )
    made = prepared(room, step, None)
    kept = room.graph
    assert kept.version == 1
    room.apply(PERSON, step, prepared=made)
    other.apply(PERSON, step)
    assert room.graph is kept
    assert kept.nodes is kept.adjacency._nodes
    assert msgspec.json.encode(room.graph) == msgspec.json.encode(other.graph)
    for table in ("children", "incoming", "outgoing"):
        assert getattr(kept.adjacency, table) == getattr(other.graph.adjacency, table)
    first, second = room.begin_batch(), other.begin_batch()
    assert first is not None
    assert second is not None
    assert first.entries == second.entries


# ---------------------------------------------------------------------------- on a database


@pytest.fixture
async def ina(connected) -> AsyncIterator[Actor]:
    collaboration.open_rooms(FILM)
    yield await a_person("Ina")
    await collaboration.close_rooms()


@pytest.fixture
async def graph_id(ina) -> uuid.UUID:
    return await collaboration.main_graph(ina, await a_project(ina))


@pytest.fixture
def on_the_loop(monkeypatch) -> list[int]:
    """How many operations each transaction had that was applied on the loop."""
    seen: list[int] = []

    def counted(graph: Graph, transaction: Transaction, *args: Any, **how: Any) -> Applied:
        seen.append(len(transaction.ops))
        return apply(graph, transaction, *args, **how)

    monkeypatch.setattr(rooms_module, "apply", counted)
    return seen


async def send(actor: Actor, graph_id: uuid.UUID, *ops: Operation, **how: Any) -> int:
    return (await collaboration.submit(actor, graph_id, Transaction(ops=ops), **how)).version


def write_past(room: Room, actor: Actor, *ops: Operation) -> None:
    """Write in the middle of somebody's large step, without waiting for it."""
    room.apply(actor.user_id, Transaction(client_id=one_shot_client(), seq=1, ops=ops))
    service._open().writer.notify(room)


async def state(actor: Actor, graph_id: uuid.UUID) -> Any:
    graph = await collaboration.read(actor, graph_id)
    return graph.nodes, graph.edges, graph.settings


async def test_a_large_import_its_undo_and_the_way_back_do_not_hold_the_loop(
    ina, graph_id, on_the_loop
) -> None:
    await send(ina, graph_id, shot(9_000_000))
    empty = await state(ina, graph_id)
    on_the_loop.clear()
    await send(ina.as_system(), graph_id, *chain(0, MANY))
    whole = await state(ina, graph_id)
    assert len(whole[0]) == MANY + 1
    # Somebody else writes in between: what is taken back has to be looked at, one by one.
    await send(ina, graph_id, SetNode(id=uid(9_000_000), values={"pos": [1, 1]}), origin="system")
    undone = await collaboration.undo(ina, graph_id)
    assert undone.skipped == []
    assert (await state(ina, graph_id))[0].keys() == empty[0].keys()
    redone = await collaboration.redo(ina, graph_id)
    assert redone.skipped == []
    assert (await state(ina, graph_id))[1] == whole[1]
    back = await collaboration.roll_back(ina, graph_id, 1)
    assert back.skipped == []
    assert await state(ina, graph_id) == empty
    back = await collaboration.roll_back(ina, graph_id, 2)
    assert await state(ina, graph_id) == whole
    assert on_the_loop == [1]
    # All that is in the log, and the next process finds it there.
    await service._open().abandon()
    collaboration.open_rooms(FILM)
    assert await state(ina, graph_id) == whole


async def test_few_operations_that_cost_much_are_offloaded(ina, graph_id, on_the_loop) -> None:
    await send(ina, graph_id, *chain(0, 1000), *chain(5000, 1000))
    on_the_loop.clear()
    wires = [after(2_000_000 + n, 500, 5500, replace=True) for n in range(300)]
    await send(ina, graph_id, *wires)
    graph = await collaboration.read(ina, graph_id)
    assert uid(2_000_299) in graph.edges
    # It was tried, and given up.
    assert on_the_loop == [300]
    await collaboration.undo(ina, graph_id)
    graph = await collaboration.read(ina, graph_id)
    assert uid(2_000_299) not in graph.edges
    assert uid(1_005_499) in graph.edges


async def test_over_http_a_step_has_an_end_too(ina, graph_id, monkeypatch) -> None:
    monkeypatch.setattr(submission, "OFFLOAD_LIMIT", 2 * LOOP_LIMIT)
    await send(ina, graph_id, *chain(0, 1000), *chain(5000, 1000))
    before = await state(ina, graph_id)
    wires = [after(2_000_000 + n, 500, 5500, replace=True) for n in range(1000)]
    sent = Transaction(client_id="tab", seq=1, ops=tuple(wires))
    with pytest.raises(DirectorError) as refused:
        await collaboration.submit(ina, graph_id, sent)
    assert (refused.value.code, refused.value.hint) == (
        "graph.too_large", "Send it in several steps."
    )  # fmt: skip
    assert refused.value.fields["operation"] != 0
    assert await state(ina, graph_id) == before
    await collaboration.submit(
        ina, graph_id, Transaction(client_id="tab", seq=2, ops=(shot(9_000_000),))
    )


def test_as_many_operations_as_a_step_holds_are_not_too_much_over_http() -> None:
    most = [AddNode(id=uid(0), type="film.shot", data={"code": "010"})] * MAX_OPERATIONS
    assert minimum_cost(most) < OFFLOAD_LIMIT


async def test_a_large_step_is_made_again_when_somebody_came_in_between(
    ina, graph_id, monkeypatch
) -> None:
    tried: list[int] = []
    inner = submission.run_blocking
    room = await collaboration.room_of(graph_id)

    async def interrupted(function: Any, *args: Any, **how: Any) -> Any:
        found = await inner(function, *args, **how)
        tried.append(args[0].version)
        if len(tried) < 3:
            write_past(room, ina, shot(len(tried)))
        return found

    monkeypatch.setattr(submission, "run_blocking", interrupted)
    assert await send(ina, graph_id, *chain(0x10000, MANY)) == 3
    assert tried == [1, 2, 3]
    assert room.exclusive is None
    graph = await collaboration.read(ina, graph_id)
    assert len(graph.nodes) == MANY + 2
    await service._open().abandon()
    collaboration.open_rooms(FILM)
    assert (await collaboration.read(ina, graph_id)).nodes == graph.nodes


async def test_where_too_many_write_a_large_step_is_put_off_whole(
    ina, graph_id, monkeypatch
) -> None:
    inner = submission.run_blocking
    room = await collaboration.room_of(graph_id)
    waiting: list[asyncio.Task[int]] = []

    async def interrupted(function: Any, *args: Any, **how: Any) -> Any:
        found = await inner(function, *args, **how)
        if room.exclusive is not None and not waiting:
            # Whoever can wait does.
            waiting.append(asyncio.create_task(send(ina, graph_id, shot(0xABCDE))))
            await asyncio.sleep(0.05)
            assert not waiting[0].done()
        write_past(room, ina, SetGraph(values={"a": room.graph.version}))
        return found

    monkeypatch.setattr(submission, "run_blocking", interrupted)
    with pytest.raises(DirectorError) as refused:
        await send(ina, graph_id, *chain(0, 10_000))
    assert (refused.value.code, refused.value.status) == ("graph.busy", 503)
    assert await waiting[0] == submission.ATTEMPTS + 1
    assert (await state(ina, graph_id))[0].keys() == {uid(0xABCDE)}
    # What is large only for two rounds is done on the loop, then.
    assert await send(ina, graph_id, *[shot(n) for n in range(5000)])
