"""The socket of a project, on a real port: joining, changing, being told, being refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import websockets

from app import collaboration
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from app.projects import Right
from tests.gateway.sockets import Peer, peer


def shot(**data) -> dict:
    return {"op": "node.add", "id": new_key(), "type": "film.shot", "data": {"code": "010", **data}}


def move(node: dict, x: float, y: float = 0) -> dict:
    return {"op": "node.set", "id": node["id"], "values": {"pos": [x, y]}}


@contextlib.asynccontextmanager
async def two(host, project, token) -> AsyncIterator[tuple[Peer, Peer]]:
    async with peer(host, project, token) as ina, peer(host, project, token) as bo:
        for one in (ina, bo):
            await one.join()
            await one.next("server:full_sync")
        yield ina, bo


async def test_what_one_does_the_other_sees_and_one_s_own_comes_back(host, project, token) -> None:
    async with two(host, project, token) as (ina, bo):
        node = shot()
        await ina.say("client:ops", seq=1, ops=[node], label="A shot")
        for one in (ina, bo):
            event = await one.next("server:ops")
            (transaction,) = event["transactions"]
            assert transaction["version"] == 1
            assert transaction["seq"] == 1
            assert transaction["label"] == "A shot"
            assert transaction["ops"][0]["id"] == node["id"]


async def test_who_joins_gets_the_whole_graph_and_then_what_follows(host, project, token) -> None:
    node = shot()
    async with peer(host, project, token) as ina:
        await ina.join()
        await ina.say("client:ops", seq=1, ops=[node])
        await ina.next("server:ops")
        async with peer(host, project, token, "?compression=deflate") as bo:
            welcome = await bo.join()
            graph = (await bo.next("server:full_sync"))["graph"]
            assert graph["version"] == welcome["version"] == 1
            assert graph["epoch"] == welcome["epoch"]
            assert [n["id"] for n in graph["nodes"]] == [node["id"]]
            assert welcome["rights"] == sorted(right.value for right in Right)
            await ina.say("client:ops", seq=2, ops=[move(node, 7)])
            event = await bo.next("server:ops")
            assert event["transactions"][0]["ops"][0]["values"] == {"pos": [7, 0]}


async def test_table_4_alone_is_enough(host, project, token) -> None:
    async with peer(host, project, token) as ina:
        await ina.say("client:sync_request")
        graph = (await ina.next("server:full_sync"))["graph"]
        node = shot()
        await ina.say("client:ops", seq=1, ops=[node])
        await ina.next("server:ops")
        await ina.say(
            "client:update_node_data", node_id=node["id"], data={"prompt": "Fog", "seed": 4}
        )
        ops = (await ina.next("server:ops"))["transactions"][0]["ops"]
        written = {path: value for op in ops for path, value in op["values"].items()}
        assert written == {"text.prompt": "Fog", "data.seed": 4}
        await ina.say("client:update_node_data", node_id=node["id"], data={"sead": 4})
        failed = await ina.next("server:error")
        assert failed["code"] == "graph.invalid"
        assert "sead" in failed["message"]
        await ina.say("client:sync_request")
        graph = (await ina.next("server:full_sync"))["graph"]
        assert graph["nodes"][0]["text"]["prompt"] == "Fog"


async def test_who_was_away_gets_what_was_missed(host, project, token) -> None:
    node, other = shot(), shot()
    async with peer(host, project, token) as ina:
        welcome = await ina.join(client_id="tab")
        await ina.say("client:ops", seq=1, ops=[node, other])
        await ina.next("server:ops")
        async with peer(host, project, token) as bo:
            await bo.join(since=1, epoch=welcome["epoch"])
            missed = await bo.next("server:catch_up")
            assert (missed["since"], missed["version"], missed["transactions"]) == (1, 1, [])
        for seq in range(2, 102):
            await ina.say("client:ops", seq=seq, ops=[move(node, seq)])
        async with peer(host, project, token) as bo:
            while (await ina.next("server:ops"))["transactions"][-1]["seq"] < 101:
                pass
            await bo.join(since=1, epoch=welcome["epoch"])
            missed = await bo.next("server:catch_up")
            # A hundred moves of one node are one write of its place.
            assert missed["version"] == 101
            (only,) = missed["ops"]
            assert (only["id"], only["values"]) == (node["id"], {"pos": [101, 0]})
            await bo.say("client:sync_request", since=99, epoch=welcome["epoch"])
            missed = await bo.next("server:catch_up")
            assert [t["version"] for t in missed["transactions"]] == [100, 101]
            await bo.say("client:sync_request", since=1, epoch=welcome["epoch"] + 1)
            assert (await bo.next("server:full_sync"))["graph"]["version"] == 101


async def test_sending_again_after_a_lost_answer_does_nothing_twice(host, project, token) -> None:
    node = shot()
    async with peer(host, project, token) as ina:
        await ina.join(client_id="tab")
        await ina.say("client:ops", seq=1, ops=[node])
        await ina.say("client:ops", seq=2, ops=[shot(sead=1)])
        await ina.say("client:ops", seq=3, ops=[move(node, 3)])
        refused = await ina.next("server:rejected")
        assert (refused["seq"], refused["reason"]) == (2, "invalid")
        while (await ina.next("server:ops"))["transactions"][-1]["seq"] != 3:
            pass
    async with peer(host, project, token) as again:
        welcome = await again.join(client_id="tab", next_seq=1)
        assert welcome["accepted"] == {"1": 1, "3": 2}
        assert [r["seq"] for r in welcome["refused"]] == [2]
        assert welcome["settled"] == 3
        await again.say("client:ops", seq=3, ops=[move(node, 4)])
        assert await again.next("server:ack") == {"seq": 3, "version": 2}
        await again.say("client:ops", seq=2, ops=[shot()])
        assert (await again.next("server:rejected"))["seq"] == 2
        await again.say("client:ops", seq=5, ops=[move(node, 5)])
        assert await again.next("server:gap") == {"expected": 4}


async def test_an_overwritten_field_is_said_to_the_writer(studio, host, project, token) -> None:
    other = await studio.token("Bo")
    await studio.let_in(project, other)
    node = shot()
    async with peer(host, project, token) as ina, peer(host, project, other) as bo:
        await ina.join()
        await bo.join()
        await ina.say("client:ops", seq=1, ops=[node])
        await bo.next("server:ops")
        values = {"data.duration_estimate": 2}
        await ina.say(
            "client:ops", seq=2, ops=[{"op": "node.set", "id": node["id"], "values": values}]
        )
        await bo.next("server:ops")
        values = {"data.duration_estimate": 5}
        await bo.say(
            "client:ops",
            seq=1,
            base_version=1,
            ops=[{"op": "node.set", "id": node["id"], "values": values}],
        )
        conflict = await bo.next("server:conflict")
        assert conflict["seq"] == 1
        (field,) = conflict["fields"]
        assert (field["path"], field["value"]) == ("data.duration_estimate", 2)


async def test_who_may_only_look_is_told_so_and_stays(studio, host, project, token) -> None:
    viewer = await studio.token("Vic")
    await studio.let_in(project, viewer, "viewer")
    async with peer(host, project, viewer) as vic:
        welcome = await vic.join()
        assert welcome["rights"] == ["read"]
        await vic.say("client:ops", seq=1, ops=[shot()])
        refused = await vic.next("server:rejected")
        assert (refused["seq"], refused["reason"]) == (1, "forbidden")
        await vic.say("client:start_generation", node_id=new_key(), request_id="r")
        failed = await vic.next("server:error")
        assert (failed["code"], failed["request_id"]) == ("project.forbidden", "r")
        await vic.say("client:ping", t=4)
        assert await vic.next("server:pong") == {"t": 4}


async def test_strangers_are_refused_with_the_reason_in_the_code(
    studio, host, project, token
) -> None:
    stranger = await studio.token("Eve")
    for opened, code in (
        (peer(host, project, None), 4401),
        (peer(host, project, "rubbish"), 4401),
        (peer(host, project, stranger), 4404),
        (peer(host, new_key(), token), 4404),
        (peer(host, "no-id", token), 4404),
    ):
        async with opened as eve:
            assert await eve.closed() == code
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with peer(host, project, token, Origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with peer(host, project, token, Origin=f"http://{host}") as ina:
        await ina.join()


async def test_who_is_put_out_is_sent_away(studio, host, project, token) -> None:
    guest = await studio.token("Gus")
    await studio.let_in(project, guest)
    async with peer(host, project, guest) as gus, peer(host, project, token) as ina:
        await gus.join()
        await ina.join()
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute(
                "DELETE FROM project_members WHERE project_id = $1 AND role = 'editor'",
                UUID(project),
            )
        await studio.app.state.connections.check_rights()
        assert await gus.closed() == 4403
        assert (await ina.next("server:presence"))["people"]
        (await (await studio.client(token)).post("/api/v1/auth/logout")).raise_for_status()
        await studio.app.state.connections.check_rights()
        assert await ina.closed() == 4401


async def test_a_graph_that_cannot_be_stored_sends_everybody_back(
    host, project, token, monkeypatch
) -> None:
    async with two(host, project, token) as (ina, bo):
        room = next(
            r for r in collaboration.service._open().open.values() if str(r.project_id) == project
        )
        node = shot()
        await ina.say("client:ops", seq=1, ops=[node])
        await bo.next("server:ops")
        monkeypatch.setattr(room, "epoch", room.epoch - 1)
        await ina.say("client:ops", seq=2, ops=[move(node, 1)])
        for one in (ina, bo):
            assert (await one.next("server:bye"))["retry_in"] > 0
            assert await one.closed() == 4503
    async with peer(host, project, token) as again:
        await again.join()
        assert (await again.next("server:full_sync"))["graph"]["version"] == 1


async def test_one_who_does_not_read_is_drained_and_caught_up(host, project, token) -> None:
    node = shot()
    async with peer(host, project, token) as slow, peer(host, project, token) as ina:
        await slow.join()
        await ina.join()
        await ina.say("client:ops", seq=1, ops=[node])
        await ina.next("server:ops")
        slow.socket.transport.pause_reading()
        prompts = ["x" * 60_000 + str(n) for n in range(150)]
        for seq, prompt in enumerate(prompts, 2):
            values = {"text.prompt": prompt}
            await ina.say(
                "client:ops", seq=seq, ops=[{"op": "node.set", "id": node["id"], "values": values}]
            )
        while (await ina.next("server:ops", within=60))["transactions"][-1]["seq"] < 151:
            pass
        slow.socket.transport.resume_reading()
        version, text, caught_up = 0, "", 0
        while version < 151:
            event = await slow.next("server:ops", "server:catch_up", within=60)
            for transaction in event.get("transactions") or []:
                if transaction["version"] == version + 1:
                    version += 1
                    text = transaction["ops"][-1].get("values", {}).get("text.prompt", text)
            if "since" in event:
                caught_up += 1
                assert event["since"] <= version
                if event.get("ops"):
                    text = event["ops"][0]["values"]["text.prompt"]
                version = max(version, event["version"])
        assert text == prompts[-1]
        assert caught_up


async def test_a_goodbye_comes_before_the_end(own_studio_host) -> None:
    studio, host = own_studio_host
    token = await studio.token()
    project = await studio.project(await studio.client(token))
    async with peer(host, project, token) as ina:
        await ina.join()
        leaving = asyncio.create_task(studio.app.state.connections.say_goodbye())
        bye = await ina.next("server:bye")
        assert bye["retry_in"] > 0
        assert await ina.closed() == 4503
        await leaving


@pytest.fixture
async def own_studio_host(studio, host):
    yield studio, host
    studio.app.state.connections.closing = False


async def test_a_step_is_taken_back_and_done_again(host, project, token) -> None:
    node = shot()
    async with two(host, project, token) as (ina, bo):
        await ina.say("client:ops", seq=1, ops=[node])
        await ina.say("client:ops", seq=2, ops=[move(node, 5)], label="Move it")
        await ina.say("client:undo", seq=3)
        undone = await ina.next("server:undone")
        assert (undone["seq"], undone["undo_of"], undone["label"]) == (3, 2, "Move it")
        assert undone["version"] == 3
        while (event := (await bo.next("server:ops"))["transactions"][-1])["version"] < 3:
            pass
        assert event["undo_of"] == 2
        assert event["ops"][0]["values"] == {"pos": [0, 0]}
        await ina.say("client:redo", seq=4)
        assert (await ina.next("server:undone"))["redo"] is True
        await ina.say("client:redo", seq=5)
        refused = await ina.next("server:rejected")
        assert (refused["seq"], refused["reason"]) == (5, "nothing_to_redo")
        await ina.say("client:undo", seq=5)
        assert (await ina.next("server:rejected"))["reason"] == "nothing_to_redo"
        await ina.say("client:undo", seq=9)
        assert await ina.next("server:gap") == {"expected": 6}
