"""A joined project against a scripted studio: answers, losses, repeats, and what it is told."""

from __future__ import annotations

import asyncio
import gc
import time

import director_client.connection
import director_client.project
import pytest
from director_client import Refused, RemoveNodes, SetNode, StudioError, Unreachable
from director_client.event_stream import QUEUE_LIMIT, EventStream
from director_client.events import (
    CatchUp,
    Connected,
    Disconnected,
    Event,
    EventsDropped,
    FullSync,
    TaskProgressed,
    Welcome,
)
from director_client.outbox import MAX_IN_FLIGHT
from websockets.exceptions import ConnectionClosed

from tests.client.scripted import GRAPH, Peer, stage, stay, until

NODE = {"id": "n1", "type": "film.shot", "text": {"prompt": "fog"}}
MOVE = SetNode(id="n1", values={"pos": [1, 2]})
MOVED = [{"op": "node.set", "id": "n1", "values": {"pos": [1, 2]}}]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(director_client.connection, "FIRST_RETRY_DELAY", 0.02)


async def test_joining_gives_the_graph_and_the_people() -> None:
    async def play(peer: Peer) -> None:
        hello = await peer.hear("client:hello")
        assert hello.get("next_seq", 1) == 1
        assert "since" not in hello
        person = {"session_id": "s2", "user_id": "u2", "name": "Jo", "colour": "#123456"}
        await peer.welcome(people=[person])
        await peer.full_sync(3, [NODE])
        await peer.send("server:presence", gone=["s2"], people=[{**person, "session_id": "s3"}])
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        assert studio.paths == [f"/ws/{project.id}?ticket=a-ticket&compression=deflate"]
        assert project.graph.version == 3
        assert project.graph.find("shot").text["prompt"] == "fog"
        await until(lambda: "s2" not in project.people)
        assert [(p.session_id, p.name) for p in project.people.values()] == [("s3", "Jo")]


async def test_a_change_is_answered_by_its_own_return_and_is_in_the_graph_then() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(4, [NODE])
        event = await peer.hear("client:ops")
        assert event == {"seq": 1, "base_version": 4, "label": "Place", "ops": MOVED}
        await peer.stored(5, [], client_id="other", seq=1)
        await peer.stored(6, MOVED, seq=1)
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        assert await project.submit(MOVE, label="Place") == 6
        assert project.graph.nodes["n1"].pos == (1, 2)
        assert project.unsent == 0


async def test_a_refusal_says_why_and_the_next_goes_on() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(0, [NODE])
        await peer.hear("client:ops")
        await peer.hear("client:ops")
        await peer.send(
            "server:rejected", seq=1, reason="locked", message="It is locked.", id="n1", operation=2
        )
        await peer.stored(1, MOVED, seq=2)
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        first, second = await asyncio.gather(
            project.submit(RemoveNodes(ids=("n1",))), project.submit(MOVE), return_exceptions=True
        )
    assert isinstance(first, Refused)
    assert (first.reason, first.id, first.operation) == ("locked", "n1", 2)
    assert second == 1


async def test_what_was_unanswered_is_settled_after_a_loss() -> None:
    async def first(peer: Peer) -> None:
        await peer.join(0, [NODE])
        for _ in range(4):
            await peer.hear("client:ops")
        await peer.socket.close(4503)

    async def second(peer: Peer) -> None:
        hello = await peer.hear("client:hello")
        assert (hello.get("next_seq", 1), hello["since"], hello["epoch"]) == (1, 0, 1)
        assert hello["client_id"] == "mine"
        refused = {"seq": 2, "reason": "stale", "message": "Somebody was quicker."}
        # The third was seen and forgotten, the fourth never came.
        await peer.welcome(settled=3, version=1, accepted={"1": 1}, refused=[refused])
        fields = {"graph_id": GRAPH, "since": 0, "version": 1, "epoch": 2}
        await peer.send("server:catch_up", deflate=True, **fields, ops=MOVED)
        assert [(await peer.hear("client:ops"))["seq"] for _ in range(2)] == [4, 5]
        one = {"client_id": "mine", "user_id": "u1", "ops": []}
        both = [{**one, "version": 2, "seq": 4}, {**one, "version": 3, "seq": 5}]
        await peer.send("server:ops", graph_id=GRAPH, epoch=2, transactions=both)
        await stay(peer)

    async with stage(first, second) as studio, studio.project() as project:
        events = project.events()
        answers = await asyncio.gather(
            *(project.submit(MOVE) for _ in range(4)), return_exceptions=True
        )
        assert studio.faults == []
        assert [answers[0], *answers[2:]] == [1, 2, 3]
        assert isinstance(answers[1], Refused)
        assert project.graph.epoch == 2
        seen = [type(await anext(events)) for _ in range(7)]
        join = [Welcome, Connected, FullSync]
        assert seen == [*join, Disconnected, Welcome, Connected, CatchUp]


async def test_only_so_many_are_in_flight() -> None:
    heard: list[int] = []
    go = asyncio.Event()

    async def play(peer: Peer) -> None:
        await peer.join(0, [NODE])
        for _ in range(MAX_IN_FLIGHT):
            heard.append((await peer.hear("client:ops"))["seq"])
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await peer.hear("client:ops")
        go.set()
        for version in range(1, 2 * MAX_IN_FLIGHT + 1):
            await peer.stored(version, MOVED, seq=version)
            if version <= MAX_IN_FLIGHT:
                heard.append((await peer.hear("client:ops"))["seq"])
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        waiting = [asyncio.create_task(project.submit(MOVE)) for _ in range(2 * MAX_IN_FLIGHT)]
        await go.wait()
        assert project.unsent == MAX_IN_FLIGHT
        assert await asyncio.gather(*waiting) == list(range(1, 2 * MAX_IN_FLIGHT + 1))
    assert heard == list(range(1, 2 * MAX_IN_FLIGHT + 1))


async def test_a_gap_in_what_was_sent_is_closed() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(0, [NODE])
        for _ in range(3):
            await peer.hear("client:ops")
        await peer.send("server:gap", expected=2)
        assert [(await peer.hear("client:ops"))["seq"] for _ in range(2)] == [2, 3]
        await peer.send("server:ack", seq=1, version=1)
        await peer.stored(1, MOVED, seq=1)
        await peer.stored(2, MOVED, seq=2)
        await peer.stored(3, MOVED, seq=3)
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        assert await asyncio.gather(*(project.submit(MOVE) for _ in range(3))) == [1, 2, 3]
        assert studio.faults == []


async def test_a_gap_in_what_was_heard_is_asked_for_once() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(1, [NODE])
        await peer.stored(4, MOVED, client_id="other")
        await peer.stored(5, MOVED, client_id="other")
        assert await peer.hear("client:sync_request") == {"since": 1, "epoch": 1}
        one = {"client_id": "other", "seq": 1, "user_id": "u2", "ops": MOVED}
        missed = [{**one, "version": version} for version in range(1, 6)]
        await peer.send(
            "server:catch_up", graph_id=GRAPH, since=1, version=5, epoch=1, transactions=missed
        )
        await peer.stored(6, [], client_id="other")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await peer.hear("client:sync_request")
        await peer.socket.close(4404)

    async with stage(play) as studio, studio.project() as project:
        with pytest.raises(StudioError, match="no such project"):
            async for _ in project.events():
                pass
        assert project.graph.version == 6
        assert studio.faults == []


async def test_a_copy_that_went_wrong_is_asked_for_whole() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(1, [NODE])
        edit = {"op": "text.edit", "id": "n1", "field": "prompt", "base": 1, "delta": [99, "x"]}
        await peer.stored(2, [edit], client_id="other")
        assert await peer.hear("client:sync_request") == {}
        await peer.full_sync(2, [{**NODE, "text": {"prompt": "right"}}])
        await peer.hear("client:ops")
        await peer.stored(3, MOVED, seq=1)
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        await until(lambda: project.graph.nodes["n1"].text["prompt"] == "right")
        assert await project.submit(MOVE) == 3


async def test_answers_that_a_slow_reader_was_not_told_are_asked_for() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(0, [NODE])
        await peer.hear("client:ops")
        # All that waited was dropped, the answer among it, and said anew.
        fields = {"graph_id": GRAPH, "since": 0, "version": 9, "epoch": 1}
        await peer.send("server:catch_up", **fields, ops=MOVED)
        assert (await peer.hear("client:ops"))["seq"] == 1
        await peer.send("server:ack", seq=1, version=7)
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        assert await project.submit(MOVE) == 7


async def test_what_cannot_be_sent_is_said_before_it_is() -> None:
    async def play(peer: Peer) -> None:
        await peer.join(0, [NODE])
        assert (await peer.hear("client:ops"))["seq"] == 1
        await peer.stored(1, MOVED, seq=1)
        await stay(peer)

    wrong = [
        (SetNode(id="n1", values={"data.x": object()}), "client.bad_operation"),
        (SetNode(id="n1", values={"data.x": "\ud800"}), "client.bad_operation"),
        (SetNode(id=7), "client.bad_operation"),  # type: ignore[arg-type]
        ("node.remove", "client.bad_operation"),
        (SetNode(id="n1", values={"data.x": "x" * 2**20}), "client.too_large"),
    ]
    async with stage(play) as studio, studio.project() as project:
        for operation, code in wrong:
            with pytest.raises(StudioError) as caught:
                await project.submit(operation)
            assert caught.value.code == code
        assert await project.submit(MOVE) == 1


async def test_a_fault_of_the_studio_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(director_client.project, "RETRY_DELAY", 0.02)

    async def play(peer: Peer) -> None:
        await peer.join(0, [NODE])
        await peer.hear("client:ops")
        fields = {"code": "database.unreachable", "message": "It is away.", "event": "client:ops"}
        await peer.send("server:error", **fields)
        assert (await peer.hear("client:ops"))["seq"] == 1
        await peer.stored(1, MOVED, seq=1)
        await peer.hear("client:ops")
        await peer.send("server:error", **fields | {"code": "socket.bad_payload"})
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        assert await project.submit(MOVE) == 1
        with pytest.raises(StudioError, match="It is away"):
            await project.submit(MOVE)


async def test_undo_tells_what_was_skipped() -> None:
    skipped = [{"id": "n1", "path": "pos", "user_id": "u2", "reason": "Jo moved it since."}]

    async def play(peer: Peer) -> None:
        await peer.join(3, [NODE])
        await peer.hear("client:undo")
        await peer.stored(4, MOVED, seq=1, undo_of=2)
        fields = {"undo_of": 2, "label": "Move"}
        await peer.send("server:undone", seq=1, version=4, redo=False, **fields, skipped=skipped)
        await peer.hear("client:redo")
        await peer.send("server:undone", seq=2, redo=True, **fields, skipped=skipped)
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        undone = await project.undo()
        assert (undone.version, undone.undo_of, undone.label) == (4, 2, "Move")
        assert undone.skipped[0].reason == "Jo moved it since."
        assert (await project.redo()).version is None


async def test_an_undo_whose_answer_was_lost_is_done_all_the_same() -> None:
    async def first(peer: Peer) -> None:
        await peer.join(3, [NODE])
        await peer.hear("client:undo")
        await peer.stored(4, MOVED, seq=1, undo_of=2)
        await peer.socket.close(1012)

    async def second(peer: Peer) -> None:
        await peer.hear("client:hello")
        await peer.welcome(settled=1, version=4, accepted={"1": 4})
        fields = {"graph_id": GRAPH, "since": 4, "version": 4, "epoch": 1}
        await peer.send("server:catch_up", **fields, transactions=[])
        await stay(peer)

    async with stage(first, second) as studio, studio.project() as project:
        assert (await project.undo()).version == 4


async def test_presence_is_merged_and_told_again_after_a_loss() -> None:
    async def first(peer: Peer) -> None:
        await peer.join()
        assert await peer.hear("client:presence") == {"cursor": [1, 0]}
        assert await peer.hear("client:presence") == {"cursor": [99, 0], "selection": ["n1"]}
        assert await peer.hear("client:presence") == {"selection": None}
        await peer.socket.close(1012)

    found = asyncio.Event()

    async def second(peer: Peer) -> None:
        await peer.join()
        assert await peer.hear("client:presence") == {"cursor": [99, 0]}
        found.set()
        await stay(peer)

    async with stage(first, second) as studio, studio.project() as project:
        project.set_presence(cursor=(1, 0))
        await asyncio.sleep(0.01)
        began = time.monotonic()
        for x in range(100):
            project.set_presence(cursor=(x, 0))
        project.set_presence(selection=("n1",))
        await asyncio.sleep(0.08)
        project.set_presence(selection=None)
        await found.wait()
        assert time.monotonic() - began > 0.05
        assert studio.faults == []


async def test_a_bye_says_when_to_come_back() -> None:
    async def first(peer: Peer) -> None:
        await peer.join()
        await peer.send("server:bye", reason="The studio is updated.", retry_in=0.3)
        await peer.socket.close(4503)

    async def second(peer: Peer) -> None:
        await peer.join()
        await stay(peer)

    async with stage(first, second) as studio, studio.project() as project:
        began = time.monotonic()
        async for event in project.events():
            if isinstance(event, Disconnected):
                assert event.reason == "The studio is updated."
                assert 0.3 <= event.retry_in <= 0.45
            if isinstance(event, Connected) and event.reconnected:
                break
        assert 0.25 < time.monotonic() - began < 3
        assert len(studio.paths) == 2


async def test_a_line_that_fell_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(director_client.connection, "MISSED_HEARTBEATS", 0.1)

    async def play(peer: Peer) -> None:
        await peer.join()
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        async for event in project.events():
            if isinstance(event, Disconnected):
                assert event.reason == "the studio fell silent"
                break


async def test_what_cannot_be_mended_reaches_everybody_who_waits() -> None:
    async def play(peer: Peer) -> None:
        await peer.join()
        await peer.hear("client:ops")
        await peer.socket.close(4403)

    async with stage(play) as studio, studio.project() as project:
        with pytest.raises(StudioError) as caught:
            await project.submit(MOVE)
        assert (caught.value.code, caught.value.status) == ("project.forbidden", 403)
        with pytest.raises(StudioError):
            await project.submit(MOVE)
        with pytest.raises(StudioError):
            async for _ in project.events():
                pass


async def test_leaving_ends_readers_and_tells_who_still_waits() -> None:
    async def play(peer: Peer) -> None:
        await peer.join()
        await stay(peer)

    async with stage(play) as studio:
        async with studio.project() as project:
            reader = project.events()
            waiting = asyncio.create_task(project.submit(MOVE))
            await asyncio.sleep(0.05)
        assert [type(event) async for event in reader] == [Welcome, Connected, FullSync]
        with pytest.raises(StudioError, match="left before"):
            await waiting


async def test_nobody_at_the_address_is_said_at_once() -> None:
    async with stage(stay) as studio:
        project = studio.project()
    with pytest.raises(Unreachable, match="No WebSocket"):
        async with project:
            pass


async def test_a_server_that_speaks_something_else_is_left() -> None:
    async def play(peer: Peer) -> None:
        await peer.socket.send("<html>")
        with pytest.raises(ConnectionClosed):
            await stay(peer)

    async with stage(play) as studio:
        with pytest.raises(StudioError) as caught:
            async with studio.project():
                pass
        assert caught.value.code == "socket.strange_frame"


async def test_what_is_not_known_is_handed_on() -> None:
    async def play(peer: Peer) -> None:
        await peer.join()
        await peer.send("server:novelty", one=1)
        await peer.send(
            "server:task_progress", task_id="t", node_id="n", progress=5, step="", new=1
        )
        await stay(peer)

    async with stage(play) as studio, studio.project() as project:
        events = [event async for event in _until(project.events(), TaskProgressed)]
        assert [getattr(event, "payload", None) for event in events[-2:]] == [{"one": 1}, None]


async def test_a_reader_that_lags_is_told_what_it_missed() -> None:
    events = EventStream()
    for number in range(QUEUE_LIMIT + 3):
        events.put(TaskProgressed(task_id="t", node_id="n", progress=number, step=""))
    assert await anext(events) == EventsDropped(count=3)
    first = await anext(events)
    assert isinstance(first, TaskProgressed)
    assert first.progress == 3


async def test_a_reader_that_nobody_holds_is_forgotten() -> None:
    async with stage(stay) as studio:
        project = studio.project()
        kept = project.events()
        project.events()
        gc.collect()
        assert len(project._streams._streams) == 1
        del kept


async def _until(events: EventStream, kind: type[Event]):
    async for event in events:
        yield event
        if isinstance(event, kind):
            return
