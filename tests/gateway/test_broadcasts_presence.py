"""Presence as it runs: what is sent on the wire, and a task only while somebody is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

import msgspec
import pytest

from app.accounts import Actor
from app.collaboration import presence as board
from app.gateway.presence import Presence
from app.gateway.protocol import Outbound, encode, inbound
from app.gateway.protocol.outbound import PresenceChanged
from app.gateway.throttle import Throttle
from app.platform.ids import new_id

PROJECT, GRAPH = new_id(), new_id()


class SentUpdates:
    """In place of the connections."""

    def __init__(self) -> None:
        self.frames: list[tuple[tuple[str, ...] | None, PresenceChanged, bool]] = []
        self.news = asyncio.Event()

    def broadcast_presence(
        self, project_id: UUID, session_ids: Iterable[str] | None, event: Outbound, *, lossy: bool
    ) -> None:
        assert isinstance(event, PresenceChanged)
        chosen = None if session_ids is None else tuple(session_ids)
        self.frames.append((chosen, event, lossy))
        self.news.set()

    async def next(self) -> PresenceChanged:
        async with asyncio.timeout(60):
            while not self.frames:
                self.news.clear()
                await self.news.wait()
        return self.frames.pop(0)[1]


def somebody(name: str) -> Actor:
    return Actor(user_id=new_id(), name=name)


@pytest.fixture
def sent() -> SentUpdates:
    return SentUpdates()


@pytest.fixture
def presence(sent) -> Presence:
    return Presence(sent, keep_rows=False)


async def test_people_come_move_and_go(sent, presence, monkeypatch) -> None:
    monkeypatch.setattr(board, "GRACE", 0.2)
    assert presence._task is None
    ina = presence.joined(PROJECT, "a", somebody("Ina"), GRAPH, "tab")
    assert presence.people(PROJECT) == (ina,)
    presence.joined(PROJECT, "b", somebody("Bo"), GRAPH)
    first = await sent.next()
    assert {p.session_id for p in first.people} == {"a", "b"}
    update = inbound.Presence(cursor=(1.0, 2.0), drag=inbound.Drag(ids=("n",), by=(3.0, 4.0)))
    presence.update("a", update)
    moved = (await sent.next()).people[0]
    assert (moved.cursor, moved.drag) == ((1.0, 2.0), inbound.Drag(ids=("n",), by=(3.0, 4.0)))
    presence.update("a", inbound.Presence(drag=None))
    moved = (await sent.next()).people[0]
    assert (moved.cursor, moved.drag) == ((1.0, 2.0), None), "what is absent stays"
    wire = msgspec.json.decode(encode(PresenceChanged(people=(moved,))))
    assert wire["payload"]["people"][0] == {
        "session_id": "a",
        "user_id": ina.user_id,
        "name": "Ina",
        "colour": ina.colour,
        "graph_id": str(GRAPH),
        "cursor": [1.0, 2.0],
    }
    presence.left("a")
    assert (await sent.next()).people[0].away
    assert (await sent.next()).gone == ("a",)
    presence.left("b")
    task = presence._task
    assert task is not None
    await asyncio.wait_for(task, 60)
    assert presence.people(PROJECT) == ()
    presence.joined(PROJECT, "c", somebody("Cy"), GRAPH)
    assert presence._task is not task
    await presence.close()


async def test_a_fault_freezes_nobody_for_good(sent, presence, monkeypatch) -> None:
    presence.joined(PROJECT, "a", somebody("Ina"), GRAPH)
    presence.joined(PROJECT, "b", somebody("Bo"), GRAPH)
    collect, tries = presence._board.collect, []

    def fail_once(now: float):
        tries.append(now)
        if len(tries) == 1:
            raise ZeroDivisionError
        return collect(now)

    monkeypatch.setattr(presence._board, "collect", fail_once)
    assert (await sent.next()).people
    await presence.close()


async def test_who_waits_for_nothing_is_left_in_peace(sent, presence) -> None:
    presence.joined(PROJECT, "a", somebody("Ina"), GRAPH)
    presence.joined(PROJECT, "b", somebody("Bo"), GRAPH)
    await sent.next()
    woken = 0
    collect = presence._board.collect

    def count(now: float):
        nonlocal woken
        woken += 1
        return collect(now)

    presence._board.collect = count  # type: ignore[method-assign]
    await asyncio.sleep(0.5)
    assert woken == 0
    await presence.close()


def test_of_values_that_come_too_fast_the_newest_is_told() -> None:
    throttle: Throttle[str, int] = Throttle(0.25)
    received: list[tuple[str, int]] = []
    for step in range(100):
        throttle.put("a", step)
        if step % 50 == 0:
            throttle.put("b", step)
        received += throttle.take(step / 100)
    assert [value for key, value in received if key == "a"] == [0, 25, 50, 75]
    assert [value for key, value in received if key == "b"] == [0, 50]
    assert throttle.take(2) == [("a", 99)]
    assert throttle.take(3) == []
    assert not throttle._sent_at, "what is old is forgotten"
