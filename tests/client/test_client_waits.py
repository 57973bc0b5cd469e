"""No wait of the client is without an end: each is answered, refused, or over in its time."""

from __future__ import annotations

import asyncio

import director_client.connection
import director_client.generation
import pytest
from director_client import GenerationFailed, Project, SetNode, StudioError, Take, Unreachable
from director_client.event_stream import EventStream
from director_client.studio import RunView, StartedGeneration, TaskView

from tests.client.scripted import OpenStudio, Peer, stage, stay

CHANGE = SetNode(id="n1", values={"pos": [1, 2]})
TAKE = Take(id="take", node_id="n1", name="SHOT-010_v01_take01", version=1, number=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(director_client.connection, "FIRST_RETRY_DELAY", 0.02)
    monkeypatch.setattr(director_client.generation, "POLL_INTERVAL", 0.05)
    monkeypatch.setattr(director_client.generation, "RETRY_DELAY", 0.02)


async def _join(peer: Peer) -> None:
    await peer.join(0, [{"id": "n1", "type": "film.shot"}])
    await stay(peer)


async def _join_and_go(peer: Peer) -> None:
    await peer.join(0, [{"id": "n1", "type": "film.shot"}])
    await peer.socket.close(4503)


async def _refuse_all(peer: Peer) -> None:
    await peer.socket.close(4503)


async def test_a_studio_that_lets_nobody_join_is_given_up() -> None:
    async def welcome_alone(peer: Peer) -> None:
        await peer.hear("client:hello")
        await peer.welcome()
        await stay(peer)

    async with stage(welcome_alone) as studio:
        with pytest.raises(Unreachable, match=r"let nobody join within 0\.1 s") as caught:
            async with studio.project(timeout=0.1):
                pass
        assert caught.value.code == "client.timeout"


async def test_a_change_that_is_never_answered_ends_in_its_time() -> None:
    async with stage(_join) as studio, studio.project() as project:
        for change in (
            project.submit(CHANGE, timeout=0.05),
            project.undo(timeout=0.05),
            project.redo(timeout=0.05),
            project.write_text("n1", "prompt", "Fog.", timeout=0.05),
        ):
            with pytest.raises(Unreachable, match="did not answer within"):
                await change
        assert project.unsent == 4


async def test_changes_that_wait_for_a_slot_end_too() -> None:
    async with stage(_join) as studio, studio.project() as project:
        changes = (project.submit(CHANGE, timeout=0.1) for _ in range(12))
        answers = await asyncio.gather(*changes, return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unreachable] * 12


async def test_a_connection_that_cannot_be_made_again_ends_every_wait() -> None:
    async with (
        stage(_join_and_go, _refuse_all) as studio,
        studio.project(give_up_after=0.2) as project,
    ):
        events = project.events()
        with pytest.raises(Unreachable, match="no connection") as caught:
            await project.submit(CHANGE)
        assert caught.value.code == "studio.lost"
        with pytest.raises(Unreachable, match="no connection"):
            await _read_all(events)
        with pytest.raises(Unreachable, match="no connection"):
            await project.submit(CHANGE)


async def _read_all(events: EventStream) -> None:
    async for _ in events:
        pass


class _Generating(OpenStudio, frozen=True):
    """A studio whose runs a test makes up."""

    async def generate(self, project_id: str, node_id: str, request_id: str) -> StartedGeneration:
        return StartedGeneration(task_id="t", run_id="r")

    async def take(self, take_id: str) -> Take:
        return TAKE


class _Waiting(_Generating, frozen=True):
    async def run(self, run_id: str) -> RunView:
        return RunView(
            id="r", status="running", tasks=[TaskView(id="t", node_id="n1", status="queued")]
        )


class _Unreachable(_Generating, frozen=True):
    async def run(self, run_id: str) -> RunView:
        raise Unreachable("studio.unreachable", "Nobody answers.")


class _EndedWithoutTake(_Generating, frozen=True):
    async def run(self, run_id: str) -> RunView:
        return RunView(
            id="r", status="succeeded", tasks=[TaskView(id="t", node_id="n1", status="succeeded")]
        )


class _Empty(_Generating, frozen=True):
    async def run(self, run_id: str) -> RunView:
        return RunView(id="r", status="running", tasks=[])


class _Cancelled(_Generating, frozen=True):
    async def run(self, run_id: str) -> RunView:
        return RunView(
            id="r", status="running", tasks=[TaskView(id="t", node_id="n1", status="cancelled")]
        )


class _Refusing(_Generating, frozen=True):
    async def generate(self, project_id: str, node_id: str, request_id: str) -> StartedGeneration:
        raise StudioError("run.no_task", "This node makes no takes.", status=422)


class _Making(_Generating, frozen=True):
    async def run(self, run_id: str) -> RunView:
        task = TaskView(id="t", node_id="n1", status="succeeded", take_id="take")
        return RunView(id="r", status="succeeded", tasks=[task])


async def _generate(project: Project, timeout: float = 5) -> Take:  # noqa: ASYNC109 - as asked for
    return await project.generate("n1", timeout=timeout)


async def test_a_take_is_given() -> None:
    async with stage(_join) as studio, studio.project(_Making) as project:
        assert await _generate(project) == TAKE


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (_EndedWithoutTake, "run.no_take"),
        (_Empty, "run.no_take"),
        (_Cancelled, "task.cancelled"),
        (_Refusing, "run.no_task"),
    ],
)
async def test_a_generation_without_a_take_ends(kind: type[OpenStudio], code: str) -> None:
    async with stage(_join) as studio, studio.project(kind) as project:
        with pytest.raises(StudioError) as caught:
            await _generate(project)
        assert caught.value.code == code


@pytest.mark.parametrize("kind", [_Waiting, _Unreachable])
async def test_a_generation_has_its_time(kind: type[OpenStudio]) -> None:
    async with stage(_join) as studio, studio.project(kind) as project:
        with pytest.raises(GenerationFailed, match=r"no take within 0\.2 s") as caught:
            await _generate(project, 0.2)
        assert caught.value.task_id == "t"


@pytest.mark.parametrize("kind", [_Waiting, _Unreachable])
async def test_a_generation_ends_with_the_connection(kind: type[OpenStudio]) -> None:
    async with (
        stage(_join_and_go, _refuse_all) as studio,
        studio.project(kind, give_up_after=0.2) as project,
    ):
        with pytest.raises(Unreachable, match="no connection"):
            await _generate(project, 60)
