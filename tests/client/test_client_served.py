"""The client against the real studio, over a real port: edits, losses, generations, tickets."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import director_client.connection
import director_client.studio
import pytest
from director_client import (
    AddNode,
    GenerationFailed,
    MoveNode,
    Operation,
    Project,
    Refused,
    SetGraph,
    SetNode,
    StudioError,
    connect,
    find_local_studio,
    log_in,
    new_id,
)
from director_client.events import TaskSucceeded
from director_client.studio import ADDRESS_FILE

from app import accounts
from tests.client.scripted import until
from tests.studio import PASSWORD, Studio


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(director_client.connection, "FIRST_RETRY_DELAY", 0.05)


@pytest.fixture(scope="module")
async def url(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as place:
        yield f"http://{place}"


@asynccontextmanager
async def two(studio: Studio, url: str, project: str) -> AsyncIterator[tuple[Project, Project]]:
    """The owner and a colleague in one project."""
    owner = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    other = await studio.token("Jo")
    await studio.let_in(project, other)
    async with (
        asyncio.timeout(60),
        connect(url, token=owner, project=project) as ina,
        connect(url, token=other, project=project) as jo,
    ):
        yield ina, jo


def broken(project: Project) -> None:
    """Pull the plug, as a lost network does."""
    socket = project._connection._socket
    if socket is not None:
        socket.transport.abort()


def content(project: Project) -> tuple[Any, ...]:
    graph = project.graph
    return graph.version, graph.nodes, graph.edges, graph.settings


async def test_two_people_edit_and_see_the_same(studio: Studio, url: str) -> None:
    async with two(studio, url, await studio.project()) as (ina, jo):
        shot = new_id()
        version = await ina.submit(
            AddNode(id=shot, type="film.shot", data={"code": "010"}), label="A shot"
        )
        await until(lambda: jo.graph.version >= version)
        await jo.write_text(shot, "prompt", "a lamp in the fog 😀")
        await until(lambda: ina.graph.version > version)
        both = (
            ina.write_text(shot, "prompt", "A lamp in the fog 😀"),
            jo.write_text(shot, "prompt", "a lamp in the fog 😀 at sea"),
        )
        await asyncio.gather(*both)
        await until(lambda: content(ina) == content(jo))
        assert ina.graph.find("SHOT_010").text["prompt"] == "A lamp in the fog 😀 at sea"
        assert {person.name for person in ina.people.values()} == {"Owner", "Jo"}
        with pytest.raises(Refused) as caught:
            await jo.submit(AddNode(id=shot, type="film.shot"))
        assert caught.value.reason == "id_exists"


async def test_every_change_takes_place_once_however_often_the_line_breaks(
    studio: Studio, url: str
) -> None:
    chance = random.Random(7)
    async with two(studio, url, await studio.project()) as people:
        shots = [new_id() for _ in range(12)]
        await people[0].submit(*(AddNode(id=shot, type="film.shot") for shot in shots))
        begun = people[0].graph.version

        async def work(person: Project, count: int) -> list[int]:
            made = [asyncio.create_task(person.submit(some(person))) for _ in range(count)]
            return [await one for one in made]

        def some(person: Project) -> Operation:
            shot = chance.choice(shots)
            return chance.choice(
                (
                    SetNode(id=shot, values={"pos": [chance.random(), 1]}),
                    SetNode(id=shot, values={"data.code": str(chance.randrange(99))}),
                    MoveNode(id=shot, parent=None, order=f"a{chance.randrange(9)}"),
                    SetGraph(values={"grid": chance.randrange(9)}),
                )
            )

        async def plug() -> None:
            for _ in range(12):
                await asyncio.sleep(chance.uniform(0.01, 0.15))
                broken(chance.choice(people))

        first, second, _ = await asyncio.gather(work(people[0], 60), work(people[1], 60), plug())
        versions = sorted(first + second)
        assert versions == list(range(begun + 1, begun + 121))
        await until(lambda: content(people[0]) == content(people[1]))
        found = await studio.owner.get(f"/api/v1/projects/{people[0].id}/graph")
        graph = found.json()
        assert graph["version"] == begun + 120
        nodes = {node["id"]: node for node in graph["nodes"]}
        for node in people[0].graph.nodes.values():
            assert nodes[node.id]["data"] == node.data
            assert nodes[node.id]["pos"] == list(node.pos)
            assert nodes[node.id]["order"] == node.order


async def test_a_person_takes_back_their_own_and_is_told_what_stays(
    studio: Studio, url: str
) -> None:
    async with two(studio, url, await studio.project()) as (ina, jo):
        shot = new_id()
        await ina.submit(AddNode(id=shot, type="film.shot"), label="Add a shot")
        both = SetNode(id=shot, values={"pos": [5, 5], "data.code": "010"})
        version = await ina.submit(both, label="Name it")
        await until(lambda: jo.graph.version >= version)
        await jo.submit(SetNode(id=shot, values={"pos": [9, 9]}))
        waiting = ina.submit(SetGraph(values={"grid": 1}), label="A grid"), ina.undo()
        _, undone = await asyncio.gather(*waiting)
        assert undone.label == "A grid"
        undone = await ina.undo()
        assert undone.undo_of == version
        assert [skipped.path for skipped in undone.skipped] == ["pos"]
        assert ina.graph.version == undone.version
        assert ina.graph.nodes[shot].pos == (9, 9)
        assert ina.graph.nodes[shot].data.get("code") is None
        broken(ina)
        assert (await ina.redo()).redo
        assert ina.graph.nodes[shot].data["code"] == "010"
        await until(lambda: content(ina) == content(jo))
        await jo.undo()
        with pytest.raises(Refused) as caught:
            await jo.undo()
        assert caught.value.reason == "nothing_to_undo"


async def test_a_generation_gives_its_take_also_across_a_loss(
    studio: Studio, url: str, tmp_path: Path
) -> None:
    project_id = await studio.project()
    shot = await studio.shot(project_id)
    async with studio.worker(), two(studio, url, project_id) as (ina, jo):
        heard: list[tuple[float, str]] = []
        watching = jo.events()
        making = asyncio.create_task(
            ina.generate(shot, on_progress=lambda percent, step: heard.append((percent, step)))
        )
        await asyncio.sleep(0.05)
        broken(ina)
        take = await making
        assert take.node_id == shot
        assert take.outputs
        film = await ina.download(take, tmp_path / "take.mp4")
        assert film.stat().st_size > 1000
        async for event in watching:
            if isinstance(event, TaskSucceeded):
                assert (event.node_id, event.result["take_id"]) == (shot, take.id)
                break
        await until(lambda: jo.graph.nodes[shot].data.get("active_take") == take.id)


async def test_a_generation_that_cannot_be_says_why(studio: Studio, url: str) -> None:
    project_id = await studio.project()
    async with two(studio, url, project_id) as (ina, _):
        with pytest.raises(StudioError) as caught:
            await ina.generate(new_id())
        assert caught.value.status in (404, 409, 422, 400)
        assert not isinstance(caught.value, GenerationFailed)


async def test_a_session_that_ends_is_told_to_who_waits(studio: Studio, url: str) -> None:
    ina = await studio.person()
    project = await studio.project(ina)
    token = ina.headers["Authorization"].removeprefix("Bearer ")
    async with asyncio.timeout(60), connect(url, token=token, project=project) as joined:
        assert (await ina.post("/api/v1/auth/logout")).status_code == 204
        broken(joined)
        with pytest.raises(StudioError) as caught:
            await joined.submit(SetGraph(values={"grid": 1}))
        assert caught.value.status == 401


async def test_strangers_are_refused_at_once(studio: Studio, url: str) -> None:
    project = await studio.project()
    for token, status in ((await studio.token(), 404), ("forged", 401)):
        with pytest.raises(StudioError) as caught:
            async with connect(url, token=token, project=project):
                pass
        assert caught.value.status == status


async def test_a_project_is_found_by_a_title_that_only_one_has(studio: Studio, url: str) -> None:
    email = f"{new_id()}@example.org"
    await accounts.register(email, PASSWORD, "Ina")
    logged_in = await log_in(url + "/", email, PASSWORD)
    client = await studio.client(logged_in.token)
    first = await studio.project(client, title="Fog")
    assert (await logged_in.find_project("fog")).id == first
    await studio.project(client, title="Fog")
    for name, code in (("fog", "project.ambiguous"), ("Sun", "project.not_found")):
        with pytest.raises(StudioError) as caught:
            await logged_in.find_project(name)
        assert caught.value.code == code
    with pytest.raises(StudioError) as caught:
        await log_in(url, email, "not this one at all")
    assert caught.value.code == "account.wrong"
    assert logged_in.token not in repr(logged_in)


def test_the_studio_of_this_machine_is_found_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIRECTOR_HOME", str(tmp_path))
    with pytest.raises(StudioError) as caught:
        find_local_studio()
    assert caught.value.code == "studio.not_running"
    place = tmp_path / ADDRESS_FILE
    place.write_text(json.dumps({"url": "http://127.0.0.1:8700", "token": "t", "pid": 1}))
    place.chmod(0o644)
    with pytest.raises(StudioError) as caught:
        find_local_studio()
    assert caught.value.code == "studio.open_address"
    place.chmod(0o600)
    assert find_local_studio().url == "http://127.0.0.1:8700"


def test_what_is_no_address_is_said() -> None:
    for wrong in ("127.0.0.1:8700", "ftp://x", "", "http://"):
        with pytest.raises(StudioError) as caught:
            director_client.studio.checked_url(wrong)
        assert caught.value.code == "studio.bad_address"
