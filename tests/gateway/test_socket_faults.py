"""What one person, one fault or one moment could do to all the others: each was once so."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from app import accounts, collaboration
from app.collaboration import Room
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.gateway.sockets import Peer, peer


def shot(**more: Any) -> dict[str, Any]:
    return {"op": "node.add", "id": new_key(), "type": "film.shot", "data": {"code": "010"}, **more}


def move(node: dict[str, Any], x: float) -> dict[str, Any]:
    return {"op": "node.set", "id": node["id"], "values": {"pos": [x, 0]}}


def room_of(project: str) -> Room:
    rooms = collaboration.service._open().open.values()
    return next(room for room in rooms if str(room.project_id) == project)


@contextlib.asynccontextmanager
async def with_a_bystander(host: str, project: str, token: str) -> AsyncIterator[tuple[Peer, Peer]]:
    """Somebody who does harm, and somebody who must not notice."""
    async with peer(host, project, token) as eve, peer(host, project, token) as bystander:
        await bystander.join()
        await bystander.next("server:full_sync")
        yield eve, bystander
        await bystander.say("client:ping", t=7)
        assert await bystander.next("server:pong", "server:bye") == {"t": 7}


async def stored(ina: Peer, seq: int, within: float = 60.0) -> None:
    while (await ina.next("server:ops", within=within))["transactions"][-1]["seq"] < seq:
        pass


async def test_a_label_that_cannot_be_stored_is_refused_and_not_the_room_lost(
    studio, host, project, token
) -> None:
    async with with_a_bystander(host, project, token) as (eve, bystander):
        await eve.join()
        await eve.say("client:ops", seq=1, ops=[shot()], label="a\0b")
        assert (await eve.next("server:rejected"))["reason"] == "invalid"
        await eve.say("client:ops", seq=2, ops=[shot(type_version="\0")])
        assert (await eve.next("server:rejected"))["reason"] == "invalid"
        client = await studio.client(token)
        answer = await client.post(
            f"/api/v1/projects/{project}/graph/operations", json={"ops": [shot()], "label": "\0"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "graph.invalid")
        await eve.say("client:ops", seq=3, ops=[shot()], label="Fine")
        assert (await bystander.next("server:ops", "server:bye"))["transactions"][0]["version"] == 1


@pytest.mark.parametrize("name", ["once-a", "a\0", "a b", "\x1b[31m", "x" * 99])
async def test_a_client_has_a_name_that_the_log_can_keep(host, project, token, name) -> None:
    async with with_a_bystander(host, project, token) as (eve, _):
        await eve.say("client:hello", client_id=name)
        assert (await eve.next("server:error"))["code"] == "graph.bad_client"
        await eve.join()
        for _ in range(2):
            await eve.say("client:ops", seq=1, ops=[shot()], client_id=name)
            assert (await eve.next("server:error"))["code"] == "graph.bad_client"


async def test_nobody_uses_up_another_s_numbers_over_http(studio, host, project, token) -> None:
    other = await studio.token("Eve")
    await studio.let_in(project, other)
    eve = await studio.client(other)
    async with peer(host, project, token) as ina:
        welcome = await ina.join(client_id="tab")
        await ina.say("client:ops", seq=1, ops=[shot()])
        await stored(ina, 1)
        for seq in (1, 2):
            body = {"ops": [shot()], "client_id": welcome["client_id"], "seq": seq}
            await eve.post(f"/api/v1/projects/{project}/graph/operations", json=body)
        mine = shot()
        await ina.say("client:ops", seq=2, ops=[mine])
        while True:
            (transaction,) = (await ina.next("server:ops"))["transactions"]
            if transaction["client_id"] == welcome["client_id"]:
                break
        assert transaction["ops"][0]["id"] == mine["id"]


async def test_a_claim_of_very_many_numbers_holds_nobody_up(host, project, token) -> None:
    async with with_a_bystander(host, project, token) as (eve, bystander):
        await eve.join(client_id="x", next_seq=2**53)
        begun = time.monotonic()
        await eve.say("client:hello", client_id="x", next_seq=1)
        await bystander.say("client:ping", t=1)
        await bystander.next("server:pong")
        assert (await eve.next("server:welcome"))["settled"] == 2**53 - 1
        assert time.monotonic() - begun < 2


async def test_ever_new_clients_of_one_person_cost_no_other_their_numbers(
    studio, host, project, token
) -> None:
    other = await studio.token("Eve")
    await studio.let_in(project, other)
    async with peer(host, project, token) as ina, peer(host, project, other) as eve:
        await ina.join(client_id="tab")
        await ina.say("client:ops", seq=1, ops=[shot()])
        await ina.say("client:ops", seq=2, ops=[shot(sead=1)])
        await ina.say("client:ops", seq=2, ops=[shot(type="no.such")])
        await ina.next("server:rejected")
        await eve.join()
        room = room_of(project)
        for number in range(2100):
            await room.clients.load(f"c{number}@{(await eve_id(eve))[-12:]}")
        await ina.say("client:ops", seq=3, ops=[shot()])
        await stored(ina, 3)
        assert len(room.clients._last_seqs) < 300


async def eve_id(eve: Peer) -> str:
    welcome = next(payload for name, payload in eve.heard if name == "server:welcome")
    return welcome["user_id"].replace("-", "")


async def test_a_graph_larger_than_the_queue_gets_through(host, project, token) -> None:
    async with peer(host, project, token) as ina:
        await ina.join()
        for seq in range(1, 41):
            await ina.say("client:ops", seq=seq, ops=[shot(text={"prompt": "x" * 60_000})])
        await stored(ina, 40)
        async with peer(host, project, token) as bo:
            await bo.join()
            assert len((await bo.next("server:full_sync"))["graph"]["nodes"]) == 40
            await ina.say("client:ops", seq=41, ops=[shot()])
            await stored(bo, 41)


async def test_what_was_missed_is_not_kept_for_every_version_that_is_asked_for(
    host, project, token
) -> None:
    async with peer(host, project, token) as ina:
        welcome = await ina.join()
        node = shot()
        await ina.say("client:ops", seq=1, ops=[node])
        for seq in range(2, 101):
            await ina.say("client:ops", seq=seq, ops=[move(node, seq)])
        await stored(ina, 100)
        for since in range(100):
            await ina.say("client:sync_request", since=since, epoch=welcome["epoch"])
        for _ in range(100):
            await ina.next("server:catch_up")
        assert len(room_of(project)._tail._deltas) <= 16


async def test_what_is_kept_for_those_who_come_back_is_bounded(
    host, project, token, monkeypatch
) -> None:
    monkeypatch.setattr("app.collaboration.tail.TAIL_BYTES", 500_000)
    async with peer(host, project, token) as ina:
        welcome = await ina.join()
        node = shot()
        await ina.say("client:ops", seq=1, ops=[node])
        for seq in range(2, 22):
            values = {"text.prompt": str(seq) * 30_000}
            op = {"op": "node.set", "id": node["id"], "values": values}
            await ina.say("client:ops", seq=seq, ops=[op])
        await stored(ina, 21)
        tail = room_of(project)._tail._applied
        assert 100_000 < sum(len(kept.frame) for kept in tail) <= 500_000
        for since in (0, 1, 10, 20):
            await ina.say("client:sync_request", since=since, epoch=welcome["epoch"])
            assert (await ina.next("server:catch_up"))["version"] == 21


async def test_graphs_that_are_not_there_leave_nothing_behind(host, project, token) -> None:
    async with peer(host, project, token) as eve:
        await eve.join()
        rooms = collaboration.service._open()
        before = len(rooms._used) + len(rooms._opening)
        for _ in range(20):
            await eve.say("client:hello", graph_id=new_key())
            assert (await eve.next("server:error"))["code"] == "graph.not_found"
        assert len(rooms._used) + len(rooms._opening) == before
        await eve.say("client:ops", seq=1, ops=[shot()])
        await stored(eve, 1)


async def test_another_project_s_graph_is_not_even_opened(studio, host, project, token) -> None:
    other = await studio.token("Bo")
    theirs = await studio.project(await studio.client(other))
    actor = await accounts.authenticate(other)
    graph = await collaboration.main_graph(actor, UUID(theirs))
    async with peer(host, project, token) as eve:
        await eve.say("client:hello", graph_id=str(graph))
        assert (await eve.next("server:error"))["code"] == "graph.not_found"
    assert graph not in collaboration.service._open().open
    async with peer(host, theirs, other) as bo:
        await bo.join(graph_id=str(graph))
    assert graph in collaboration.service._open().open


@pytest.mark.parametrize("asked", ["client:sync_request", "client:hello"])
async def test_who_cannot_be_told_what_it_missed_is_sent_back_and_not_left_deaf(
    host, project, token, monkeypatch, asked
) -> None:
    async with peer(host, project, token) as ina, peer(host, project, token) as bo:
        await ina.join()
        welcome = await bo.join()
        await ina.say("client:ops", seq=1, ops=[shot()])
        await stored(bo, 1)

        async def unreachable(*_: Any) -> None:
            raise ConnectionRefusedError("not there")

        monkeypatch.setattr(room_of(project)._log, "epoch_at", unreachable)
        await bo.say(asked, since=1, epoch=welcome["epoch"] - 1)
        assert (await bo.next("server:bye"))["retry_in"] > 0
        assert await bo.closed() == 4503


async def test_a_room_that_is_lost_while_somebody_joins_sends_them_back(
    host, project, token, monkeypatch
) -> None:
    async with peer(host, project, token) as ina, peer(host, project, token) as bo:
        await ina.join()
        await ina.say("client:ops", seq=1, ops=[shot()])
        await stored(ina, 1)
        room = room_of(project)
        known = room.clients.load

        async def lost_meanwhile(*given: Any) -> None:
            await known(*given)
            room.epoch -= 1
            await ina.say("client:ops", seq=2, ops=[shot()])
            await ina.next("server:bye")

        monkeypatch.setattr(room.clients, "load", lost_meanwhile)
        await bo.say("client:hello", client_id="tab")
        assert await bo.closed() == 4503
        assert room.refcount == 0
    async with peer(host, project, token) as again:
        await again.join()


async def test_a_whole_graph_is_never_followed_by_an_older_one(
    studio, host, project, token, monkeypatch
) -> None:
    # The writer catches a slow client up while it asks for the whole graph: one after the other.
    async with peer(host, project, token) as ina, peer(host, project, token) as bo:
        await ina.join()
        await bo.join()
        node = shot()
        await ina.say("client:ops", seq=1, ops=[node])
        await stored(bo, 1)
        sessions = studio.app.state.connections._sessions
        bos = next(s for s in sessions.values() if s.id == bo.heard[0][1]["session_id"])
        whole, waiting, go_on = bos.connections.snapshots.frames, asyncio.Event(), asyncio.Event()

        async def slow(room: Room, **how: Any) -> Any:
            frames = await whole(room, **how)
            waiting.set()
            await go_on.wait()
            return frames

        with monkeypatch.context() as patched:
            patched.setattr(bos.connections.snapshots, "frames", slow)
            await bo.say("client:sync_request")
            await waiting.wait()
            bos.outbox.overflowed = True
            bos.outbox.wake()
            await ina.say("client:ops", seq=2, ops=[move(node, 2)])
            await stored(ina, 2)
            await asyncio.sleep(0.05)
            await ina.say("client:ops", seq=3, ops=[move(node, 3)])
            await stored(ina, 3)
            go_on.set()
            await bo.say("client:ping", t=1)
            await bo.next("server:pong")
        version = 0
        for name, payload in bo.heard:
            if name == "server:full_sync":
                version = payload["graph"]["version"]
            elif name in ("server:ops", "server:catch_up"):
                last = [t["version"] for t in payload.get("transactions") or ()]
                version = max(version, payload.get("version", 0), *last)
        assert version == 3


async def test_a_room_that_was_lost_is_given_to_another_process_all_the_same(
    host, project, token
) -> None:
    async with peer(host, project, token) as ina:
        await ina.join()
        await ina.say("client:ops", seq=1, ops=[shot()])
        await stored(ina, 1)
        room_of(project).epoch -= 1
        await ina.say("client:ops", seq=2, ops=[shot()])
        await ina.next("server:bye")
    async with peer(host, project, token) as ina:
        await ina.join()
    await asyncio.sleep(0.1)
    room = room_of(project)
    await collaboration.service._open()._unload(room)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('graph ' || $1, 0))"
        assert await unit.fetchval(lock, str(room.id)), "The lock was taken twice and given once."


async def test_a_step_that_would_stop_the_loop_is_refused(host, project, token) -> None:
    async with with_a_bystander(host, project, token) as (eve, bystander):
        await eve.join()
        node = shot(text={"prompt": "e" * 900_000})
        await eve.say("client:ops", seq=1, ops=[node])
        await stored(eve, 1)
        edit = {"op": "text.edit", "id": node["id"], "field": "prompt", "base": 1}
        many = [{**edit, "delta": [place, "x"]} for place in range(4000)]
        await eve.say("client:ops", seq=2, ops=many)
        begun = time.monotonic()
        await bystander.say("client:ping", t=1)
        await bystander.next("server:pong", within=60)
        assert time.monotonic() - begun < 1, "It took fifteen seconds."
        assert (await eve.next("server:rejected"))["reason"] == "too_large"
        await eve.say("client:ops", seq=3, ops=many[:20])
        await stored(eve, 3)


async def test_a_large_step_is_done_in_its_turn_beside_the_others(host, project, token) -> None:
    """Somebody who chooses everything and deletes it must not be told to do it in portions."""
    async with with_a_bystander(host, project, token) as (eve, bystander):
        await eve.join()
        nodes = [shot() for _ in range(9000)]
        for seq in (1, 2, 3):
            await eve.say("client:ops", seq=seq, ops=nodes[3000 * (seq - 1) : 3000 * seq])
        await stored(eve, 3, within=60)
        await eve.say(
            "client:ops", seq=4, ops=[{"op": "node.remove", "ids": [n["id"] for n in nodes]}]
        )
        await eve.say("client:ops", seq=5, ops=[last := shot()])
        begun = time.monotonic()
        await bystander.say("client:ping", t=1)
        await bystander.next("server:pong", within=60)
        assert time.monotonic() - begun < 2
        await stored(eve, 5, within=60)
        assert list(room_of(project).graph.nodes) == [last["id"]]


async def test_a_newer_client_may_say_what_is_not_known_here(host, project, token) -> None:
    async with peer(host, project, token) as ina:
        await ina.join()
        for _ in range(250):
            await ina.say("client:tomorrow")
        await ina.say("client:ping", t=1)
        assert await ina.next("server:pong", "server:bye") == {"t": 1}


async def test_a_long_name_that_is_no_project_s_gets_its_code(host, token, caplog) -> None:
    async with peer(host, quote("\U0001f4a3" * 90), token) as ina:
        assert await ina.closed() == 4404
    assert "Traceback" not in caplog.text
