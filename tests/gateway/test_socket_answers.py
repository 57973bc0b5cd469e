"""What a client is told of its own frames, when it reads slowly or named a graph in vain."""

from __future__ import annotations

from uuid import UUID

import pytest

from app import collaboration
from app.accounts import Actor
from app.gateway import outbox
from app.gateway.outbox import Frame, Outbox
from app.graph import AddNode, Transaction
from app.platform.ids import new_key
from tests.gateway.sockets import peer


def waiting(box: Outbox) -> list[bytes]:
    found = []
    while (frame := box.take()) is not None:
        found.append(frame.body)
    return found


def test_answers_outlive_an_overflow(monkeypatch) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 100)
    monkeypatch.setattr(outbox, "MAX_WEIGHT", 40)
    box = Outbox()
    box.put(Frame(b"a" * 20), answer=True)
    box.put(Frame(b"b" * 40), version=1)
    box.put(Frame(b"c" * 50), version=2)
    assert not box.overflowed
    box.put(Frame(b"e" * 40), version=3)
    box.put(Frame(b"f" * 5), version=4)
    box.put(Frame(b"g" * 5), answer=True)
    assert box.overflowed
    assert waiting(box) == [b"a" * 20, b"g" * 5]
    assert not box.lost_answers


def test_answers_that_nobody_reads_are_not_kept_for_ever(monkeypatch) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 100)
    box = Outbox()
    for _ in range(1000):
        box.put(Frame(b"a" * 20), answer=True)
    assert box.size <= 100
    assert box.lost_answers


@pytest.mark.parametrize("event", ["client:ops", "client:sync_request"])
async def test_who_named_a_graph_in_vain_is_not_let_into_another(
    host, project, token, event
) -> None:
    payload = {"seq": 1, "ops": []} if event == "client:ops" else {}
    async with peer(host, project, token) as ina:
        await ina.say("client:hello", graph_id=new_key())
        assert (await ina.next("server:error"))["code"] == "graph.not_found"
        await ina.say(event, **payload)
        assert (await ina.next("server:error"))["code"] == "socket.not_joined"
        assert (await ina.join())["version"] == 0


@pytest.mark.parametrize(
    ("payload", "code", "seq"),
    [
        ({"seq": 3, "ops": [{"op": "node.paint"}]}, "socket.bad_payload", 3),
        ({"seq": "x", "ops": []}, "socket.bad_payload", None),
        ({"seq": 4, "ops": [], "client_id": "not a name"}, "graph.bad_client", 4),
    ],
)
async def test_an_error_names_the_transaction_that_it_is_about(
    host, project, token, payload, code, seq
) -> None:
    async with peer(host, project, token) as ina:
        await ina.join()
        await ina.say("client:ops", **payload)
        failed = await ina.next("server:error")
        assert (failed["code"], failed["event"], failed.get("seq")) == (code, "client:ops", seq)


async def test_what_the_studio_did_by_itself_is_told_apart(studio, host, project, token) -> None:
    async with peer(host, project, token) as ina:
        welcome = await ina.join()
        actor = Actor(user_id=UUID(welcome["user_id"]), name="Ina").as_system()
        node = AddNode(id=new_key(), type="film.shot")
        step = Transaction(ops=(node,))
        await collaboration.submit(actor, UUID(welcome["graph_id"]), step, origin="system")
        (stored,) = (await ina.next("server:ops"))["transactions"]
        assert (stored["user_id"], stored["origin"]) == (welcome["user_id"], "system")
