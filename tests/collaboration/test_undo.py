"""Undo through the log of a real database: whose step, in which order, told how."""

from __future__ import annotations

import asyncio
import time
import uuid

import asyncpg
import pytest

from app import collaboration
from app.accounts import Actor
from app.collaboration import undo_redo
from app.collaboration.writer import fenced
from app.graph import AddNode, EditText, RemoveNodes, SetGraph, SetNode, Transaction
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id, new_key
from node_registry import DirectorError
from tests.collaboration.people import a_person, a_project
from tests.film import FILM


@pytest.fixture
async def ina(connected):
    collaboration.open_rooms(FILM)
    yield await a_person("Ina")
    await collaboration.close_rooms()


@pytest.fixture
async def project(ina) -> uuid.UUID:
    return await a_project(ina)


@pytest.fixture
async def tom(project) -> Actor:
    return await a_person("Tom", project)


@pytest.fixture
async def graph_id(ina, project) -> uuid.UUID:
    return await collaboration.main_graph(ina, project)


def shot(**data) -> AddNode:
    return AddNode(id=new_key(), type="film.shot", data={"code": "010", **data})


async def done(actor: Actor, graph_id: uuid.UUID, *ops, label: str = "", **how) -> int:
    sent = Transaction(ops=ops, label=label)
    return (await collaboration.submit(actor, graph_id, sent, **how)).version


async def rows(graph_id: uuid.UUID) -> list[tuple[int, int | None, str]]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        found = await unit.fetch(
            "SELECT version, undo_of, label FROM graph_ops WHERE graph_id = $1 ORDER BY version",
            graph_id,
        )
    return [(row["version"], row["undo_of"], row["label"]) for row in found]


async def test_ones_own_last_step_is_taken_back_and_done_again(ina, tom, graph_id) -> None:
    node = shot()
    await done(ina, graph_id, node, label="A shot")
    await done(tom, graph_id, shot())
    undone = await collaboration.undo(ina, graph_id)
    assert (undone.version, undone.undo_of, undone.redo, undone.label, undone.skipped) == (
        3, 1, False, "A shot", []
    )  # fmt: skip
    assert node.id not in (await collaboration.read(ina, graph_id)).nodes
    redone = await collaboration.redo(ina, graph_id)
    assert (redone.version, redone.undo_of, redone.redo, redone.label) == (4, 3, True, "A shot")
    assert node.id in (await collaboration.read(ina, graph_id)).nodes
    assert (await rows(graph_id))[2:] == [(3, 1, "Undo: A shot"), (4, 3, "Redo: A shot")]


async def test_a_step_without_a_label_is_called_by_what_it_did(ina, graph_id) -> None:
    node = shot()
    await done(ina, graph_id, node)
    await done(ina, graph_id, SetNode(id=node.id, values={"pos": [1, 2]}))
    assert (await collaboration.undo(ina, graph_id)).label == "moved SHOT_010"
    assert (await collaboration.undo(ina, graph_id)).label == "added SHOT_010"


async def test_steps_of_all_windows_are_one_stack_also_after_a_restart(ina, graph_id) -> None:
    node = shot()
    for client, op in (
        ("tab", node),
        ("phone", SetNode(id=node.id, values={"pos": [1, 1]})),
        ("script", SetNode(id=node.id, values={"pos": [2, 2]})),
    ):
        sent = Transaction(client_id=client, seq=1, ops=(op,))
        await collaboration.submit(ina, graph_id, sent)
    await collaboration.undo(ina, graph_id, "tab", 2)
    await collaboration.close_rooms()
    collaboration.open_rooms(FILM)
    await collaboration.undo(ina, graph_id, "phone", 2)
    graph = await collaboration.read(ina, graph_id)
    assert graph.nodes[node.id].pos == (0, 0)
    await collaboration.redo(ina, graph_id, "tab", 3)
    await collaboration.redo(ina, graph_id, "tab", 4)
    graph = await collaboration.read(ina, graph_id)
    assert graph.nodes[node.id].pos == (2, 2)
    with pytest.raises(DirectorError) as nothing:
        await collaboration.redo(ina, graph_id)
    assert nothing.value.code == "graph.nothing_to_redo"


async def test_an_undo_sees_the_change_that_was_sent_just_before_it(ina, graph_id) -> None:
    node = shot()
    sending = asyncio.create_task(
        collaboration.submit(ina, graph_id, Transaction(client_id="t", seq=1, ops=(node,)))
    )
    room = await collaboration.room_of(graph_id)
    await asyncio.wait_for(_applied(room), 60)
    undone = await collaboration.undo(ina, graph_id, "t", 2)
    assert (undone.undo_of, (await sending).version) == (1, 1)
    assert (await collaboration.read(ina, graph_id)).nodes == {}


async def _applied(room: collaboration.Room) -> None:
    while room.graph.version == 0:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_a_repeat_undoes_nothing_more(ina, graph_id) -> None:
    await done(ina, graph_id, shot(), label="one")
    await done(ina, graph_id, shot(), label="two")
    first = await collaboration.undo(ina, graph_id, "t", 1)
    again = await collaboration.undo(ina, graph_id, "t", 1)
    assert (again.version, again.undo_of, again.label, again.repeated) == (
        first.version, 2, "two", True
    )  # fmt: skip
    assert len(await rows(graph_id)) == 3
    with pytest.raises(DirectorError) as gap:
        await collaboration.undo(ina, graph_id, "t", 3)
    assert (gap.value.code, gap.value.fields) == ("graph.gap", {"expected": 2})


async def test_a_step_of_which_nothing_is_left_is_over_and_uses_up_its_number(
    ina, tom, graph_id
) -> None:
    node = shot()
    await done(tom, graph_id, node)
    await done(ina, graph_id, SetNode(id=node.id, values={"data.code": "020"}))
    await done(tom, graph_id, SetNode(id=node.id, values={"data.code": "030"}))
    undone = await collaboration.undo(ina, graph_id, "t", 1)
    assert (undone.version, undone.undo_of) == (None, 2)
    (skipped,) = undone.skipped
    assert (skipped.id, skipped.path, skipped.user_id, skipped.reason) == (
        node.id, "data.code", str(tom.user_id), "changed"
    )  # fmt: skip
    assert len(await rows(graph_id)) == 3
    for seq, code in ((1, "graph.nothing_left"), (2, "graph.nothing_to_undo")):
        with pytest.raises(DirectorError) as refused:
            await collaboration.undo(ina, graph_id, "t", seq)
        assert refused.value.code == code
    sent = Transaction(client_id="t", seq=3, ops=(shot(),))
    assert (await collaboration.submit(ina, graph_id, sent)).version == 4


async def test_what_somebody_wrote_between_my_steps_is_found_in_the_log(ina, tom, graph_id) -> None:
    node = shot()
    await done(tom, graph_id, node, SetGraph(values={"theme": "grey"}))
    for actor, code in ((ina, "020"), (tom, "030"), (ina, "040")):
        await done(
            actor, graph_id,
            SetNode(id=node.id, values={"data.code": code}), SetGraph(values={"theme": code}),
        )  # fmt: skip
    await collaboration.undo(ina, graph_id)
    undone = await collaboration.undo(ina, graph_id)
    assert undone.version is None
    assert {(s.path, s.user_id) for s in undone.skipped} == {
        ("data.code", str(tom.user_id)), ("theme", str(tom.user_id))
    }  # fmt: skip
    graph = await collaboration.read(ina, graph_id)
    assert (graph.nodes[node.id].data["code"], graph.settings) == ("030", {"theme": "030"})


async def test_who_removed_it_again_is_named(ina, tom, graph_id) -> None:
    node = shot()
    await done(ina, graph_id, node)
    await done(ina, graph_id, RemoveNodes(ids=(node.id,)))
    await done(tom, graph_id, node)
    await done(tom, graph_id, RemoveNodes(ids=(node.id,)))
    undone = await collaboration.undo(ina, graph_id)
    assert [(s.reason, s.user_id, s.name) for s in undone.skipped] == [
        ("removed", str(tom.user_id), "")
    ]


async def test_the_studios_own_rows_are_nobodys_steps(ina, graph_id) -> None:
    node = shot()
    await done(ina, graph_id, node)
    take = SetNode(id=node.id, values={"data.active_take": new_key()})
    studio = ina.as_system()
    await done(studio, graph_id, take, label="New take", origin="system")
    chosen = SetNode(id=node.id, values={"data.active_take": new_key()})
    await done(studio, graph_id, chosen, label="Another take")
    assert (await collaboration.undo(ina, graph_id)).label == "Another take"
    graph = await collaboration.read(ina, graph_id)
    assert graph.nodes[node.id].data["active_take"] == take.values["data.active_take"]
    # The shot was theirs, and nobody else has touched it: it goes with its take.
    undone = await collaboration.undo(ina, graph_id)
    assert (undone.undo_of, undone.skipped) == (1, [])
    assert (await collaboration.read(ina, graph_id)).nodes == {}


async def test_a_take_that_the_studio_made_since_stays(ina, graph_id) -> None:
    node = shot()
    await done(ina, graph_id, node)
    takes = [new_key() for _ in range(2)]
    for take, how in ((takes[0], {}), (takes[1], {"origin": "system"})):
        op = SetNode(id=node.id, values={"data.active_take": take})
        await done(ina.as_system(), graph_id, op, **how)
    undone = await collaboration.undo(ina, graph_id)
    assert [(s.path, s.reason) for s in undone.skipped] == [("data.active_take", "changed")]
    graph = await collaboration.read(ina, graph_id)
    assert graph.nodes[node.id].data["active_take"] == takes[1]


async def test_who_may_only_look_cannot_undo(ina, project, graph_id) -> None:
    viewer = await a_person("Eve", project, "viewer")
    stranger = await a_person("Zoe")
    for person, code in ((viewer, "project.forbidden"), (stranger, "project.not_found")):
        with pytest.raises(DirectorError) as refused:
            await collaboration.undo(person, graph_id)
        assert refused.value.code == code


async def test_many_at_once_take_back_each_their_own(ina, tom, graph_id) -> None:
    for _ in range(6):
        await done(ina, graph_id, shot(code="1"))
        await done(tom, graph_id, shot(code="2"))
    undone = await asyncio.gather(
        *(collaboration.undo(actor, graph_id) for actor in (ina, tom) for _ in range(5))
    )
    assert sorted(u.undo_of for u in undone) == [*range(3, 13)]
    graph = await collaboration.read(ina, graph_id)
    assert sorted(node.data["code"] for node in graph.nodes.values()) == ["1", "2"]


async def test_a_hundred_undos_make_no_later_one_slower_or_larger(ina, tom, graph_id) -> None:
    node = shot()
    await done(tom, graph_id, node)
    edit = EditText(id=node.id, field="prompt", base=1, delta=("fog",))
    await done(ina, graph_id, edit)
    times: list[float] = []
    for _ in range(50):
        started = time.process_time()
        await collaboration.undo(ina, graph_id)
        await collaboration.redo(ina, graph_id)
        times.append(time.process_time() - started)
    assert sorted(times[-20:])[10] < 3 * sorted(times[:20])[10]
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        sizes = await unit.fetch(
            """SELECT length(ops::text) + length(inverse::text) AS size FROM graph_ops
               WHERE graph_id = $1 AND undo_of IS NOT NULL ORDER BY version""",
            graph_id,
        )
    assert len(sizes) == 100
    assert sizes[-1]["size"] <= sizes[0]["size"] + 8
    assert (await collaboration.read(ina, graph_id)).nodes[node.id].text["prompt"] == "fog"


async def test_the_steps_of_a_person_are_read_from_their_own_index(
    ina, graph_id, connected
) -> None:
    await done(ina, graph_id, shot())
    owner = await asyncpg.connect(connected.owner_url)
    try:
        await owner.execute(
            """INSERT INTO graph_ops (graph_id, version, epoch, client_id, client_seq, user_id,
                   ops, inverse)
               SELECT $1, n, 1, 'c', n, $2, '[{}]', '[]' FROM generate_series(2, 3000) n""",
            graph_id,
            new_id(),
        )
        await owner.execute("VACUUM ANALYZE graph_ops")
        plan = await owner.fetch(
            """EXPLAIN SELECT version, undo_of FROM graph_ops
               WHERE graph_id = $1 AND user_id = $2 AND version > 0 AND version <= 3000
                   AND origin = 'person' AND ops <> '[]'::jsonb
               ORDER BY version DESC LIMIT 5000""",
            graph_id,
            ina.user_id,
        )
    finally:
        await owner.close()
    assert "Index Only Scan Backward using graph_ops_steps" in plan[1][0], plan


async def test_an_undo_whose_room_is_lost_is_not_done_by_the_next(
    ina, graph_id, monkeypatch
) -> None:
    """That one does not know what was answered: it may have been refused, and come twice."""
    await done(ina, graph_id, shot())
    lost = await collaboration.room_of(graph_id)
    read_steps = undo_redo._read_steps

    async def lost_meanwhile(*given) -> None:
        await read_steps(*given)
        lost.fail(fenced())

    monkeypatch.setattr(undo_redo, "_read_steps", lost_meanwhile)
    with pytest.raises(DirectorError) as failed:
        await collaboration.undo(ina, graph_id, "tab", 1)
    assert failed.value.code == "graph.fenced"
    assert await rows(graph_id) == [(1, None, "")]
