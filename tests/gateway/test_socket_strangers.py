"""Who may send which event: every event of the wire's own schema, tried by strangers and roles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.gateway.protocol import PAYLOADS, Inbound
from app.gateway.protocol.schema import protocol_schema
from app.projects import RIGHTS, Right
from tests.gateway.example_requests import example
from tests.gateway.rights_table import EVENTS
from tests.gateway.sockets import Peer, peer
from tests.gateway.things import make_things, told_of
from tests.studio import Studio

FORBIDDEN = {"forbidden", "graph.forbidden", "project.forbidden"}


@pytest.fixture(scope="module")
async def owner(studio: Studio) -> httpx.AsyncClient:
    return await studio.person("Ina Berg")


@pytest.fixture(scope="module")
async def things(studio: Studio, owner: httpx.AsyncClient) -> dict[str, Any]:
    return await make_things(studio, owner)


def events(things: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event that a client may send, about these things."""
    schema = protocol_schema()
    for name, kind in PAYLOADS.items():
        if not issubclass(kind, Inbound):
            continue
        payload = example(schema["$defs"][kind.__name__], schema, things)
        if name == "client:ops":
            values = {"data.frames": 3}
            payload |= {"ops": [{"op": "node.set", "id": things["node_id"], "values": values}]}
        if name == "client:update_node_data":
            payload |= {"data": {"frames": 3}}
        if "seq" in payload:
            payload["seq"] = 1
        yield name, payload


async def answer_of(socket: Peer, name: str, payload: dict[str, Any]) -> list[tuple[str, dict]]:
    """What is heard from sending an event until the ping behind it is answered."""
    begin = len(socket.heard)
    await socket.say(name, **payload)
    await socket.say("client:ping", t=4711)
    while True:
        event = await socket.next("server:pong", "server:bye")
        if event.get("t") == 4711 or "reason" in event:
            return socket.heard[begin:]


async def version(owner: httpx.AsyncClient, things: dict[str, Any]) -> int:
    return (await owner.get(f"/api/v1/projects/{things['project_id']}/graph")).json()["version"]


async def test_a_stranger_does_not_get_in_and_hears_nothing(studio, host, things) -> None:
    token = await studio.token("Eve")
    async with peer(host, things["project_id"], token) as socket:
        assert await socket.closed() == 4404
        assert socket.heard == []
    mine = await studio.project(await studio.client(token))
    answer = await (await studio.client(token)).post(f"/api/v1/projects/{mine}/socket-ticket")
    query = f"?ticket={answer.json()['ticket']}"
    async with peer(host, things["project_id"], None, query) as socket:
        assert await socket.closed() == 4401
        assert socket.heard == []


async def test_no_event_of_a_stranger_reaches_into_another_project(
    studio, host, owner, things
) -> None:
    token = await studio.token("Eve")
    mine = await studio.project(await studio.client(token))
    before = await version(owner, things)
    tried = set()
    for name, payload in events(things):
        for greeted in (True, False):
            async with peer(host, mine, token) as socket:
                if greeted:
                    await socket.join()
                heard = json.dumps(await answer_of(socket, name, payload))
                sent = json.dumps(payload)
                found = [one for one in told_of(heard, things) if one not in sent]
                assert not found, (name, heard)
                tried.add(name)
    assert tried == EVENTS.keys()
    assert await version(owner, things) == before
    runs = (await owner.get(f"/api/v1/projects/{things['project_id']}/runs")).json()
    assert len(runs["items"] if isinstance(runs, dict) else runs) == 1


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
async def test_no_event_of_a_role_does_more_than_the_table_says(
    studio, host, owner, things, role
) -> None:
    token = await studio.token("Vic")
    await studio.let_in(things["project_id"], token, role)
    before = await version(owner, things)
    refused = set()
    for name, payload in events(things):
        async with peer(host, things["project_id"], token) as socket:
            await socket.join()
            heard = await answer_of(socket, name, payload)
            codes = {found.get("code") or found.get("reason") for _, found in heard}
            if EVENTS[name] not in RIGHTS[role]:
                assert codes & FORBIDDEN, (name, heard)
                refused.add(name)
            else:
                assert not codes & FORBIDDEN, (name, heard)
    assert refused == {name for name, right in EVENTS.items() if right is not Right.READ}
    assert await version(owner, things) == before
