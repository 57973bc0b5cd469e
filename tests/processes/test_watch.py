"""`director watch` on a real studio: what it shows, what it prints, and how it ends."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import director_client.connection
import pytest
from director_client import AddNode, SetNode, connect, new_id
from director_client.events import (
    Disconnected,
    NodeStateUpdated,
    PresenceChanged,
    QueueChanged,
    QueuedTask,
    TaskFailed,
    TaskProgressed,
    TaskSucceeded,
)
from rich.console import Console

from app.processes.watch.screen import Screen
from app.processes.watch.watch import watch
from node_registry import DirectorError
from tests.client.scripted import until
from tests.studio import Studio

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
async def url(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as place:
        yield f"http://{place}"


@pytest.fixture
def home(studio: Studio, url: str) -> Path:
    """The data folder as a running studio leaves it: with its address for the owner alone."""
    token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    file = studio.settings.home / "studio.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"url": url, "token": token, "pid": os.getpid()}))
    return studio.settings.home


async def test_the_screen_tells_what_happens(
    studio: Studio, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(director_client.connection, "FIRST_RETRY_DELAY", 0.05)
    project = await studio.project()
    owner = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    jo = await studio.token("Jo")
    await studio.let_in(project, jo)
    shown = io.StringIO()
    async with asyncio.timeout(60), connect(url, token=owner, project=project) as watching:
        with Screen(watching, Console(file=shown, width=200)) as screen:
            events = watching.events()

            async def show() -> None:
                async for event in events:
                    screen.show(event)

            showing = asyncio.create_task(show())
            shot = new_id()
            async with connect(url, token=jo, project=project) as other:
                await until(lambda: "Jo came." in shown.getvalue())
                added = AddNode(id=shot, type="film.shot", data={"code": "010"})
                await other.submit(added, label="Add a shot")
                for _ in range(3):
                    await other.write_text(shot, "prompt", f"fog {_}")
                renamed = SetNode(id=shot, values={"data.code": "020"})
                await other.submit(renamed, label="\x1b[31m[bold]Red")
                await until(lambda: "changed the code" in shown.getvalue())
                assert watching._connection._socket is not None
                watching._connection._socket.transport.abort()
                await until(lambda: "Back again" in shown.getvalue())
            screen.show(TaskProgressed(task_id="t", node_id=shot, progress=50, step="[red]"))
            screen.show(TaskSucceeded(task_id="t", node_id=shot, result={"name": "take01"}))
            screen.show(TaskFailed(task_id="u", node_id=shot, error="It failed.", hint="Mend it."))
            waiting = QueuedTask(task_id="v", node_id=shot, position=1, cause="No worker is free.")
            screen.show(QueueChanged(entries=(waiting,)))
            gone = tuple(watching.people)
            screen.show(PresenceChanged(gone=gone))
            await until(lambda: "Jo left." in shown.getvalue())
            showing.cancel()
    text = shown.getvalue()
    assert "At version 0. Here: nobody else." in text
    assert "Jo Add a shot: added SHOT_010." in text
    assert text.count("Jo wrote in the prompt of SHOT_010.") == 1
    assert "The connection was lost: the connection broke." in text
    assert "Jo  [31m[bold]Red: changed the code of SHOT_020." in text
    assert "✓ SHOT_020: take01" in text
    assert "\x1b" not in text
    assert "It failed. Mend it." in text
    assert "No worker is free." in text


async def test_a_terminal_has_a_bar_for_each_task_until_it_ends(studio: Studio, url: str) -> None:
    project = await studio.project()
    token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    shot = await studio.shot(project)
    shown = io.StringIO()
    terminal = Console(file=shown, width=120, force_terminal=True)
    async with asyncio.timeout(60), connect(url, token=token, project=project) as watching:
        with Screen(watching, terminal) as screen:
            for percent in (10, 50):
                found = TaskProgressed(task_id="t", node_id=shot, progress=percent, step="[b]draws")
                screen.show(found)
            screen._progress.refresh()
            assert "SHOT_010" in shown.getvalue()
            assert "[b]draws" in shown.getvalue()
            assert " 50 %" in shown.getvalue()
            screen.show(NodeStateUpdated(node_id=shot, state="success"))
            assert not screen._progress.tasks
            screen.show(TaskProgressed(task_id="u", node_id=shot, progress=1, step=""))
            screen.show(Disconnected(reason="it broke", retry_in=1))
            assert not screen._progress.tasks


async def test_each_event_is_a_line_of_json_until_it_is_ended(studio: Studio, home: Path) -> None:
    project = await studio.project(title="The watched one")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "--home", str(home), "watch", "the watched one", "--json",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    try:
        async with asyncio.timeout(60):
            seen = [json.loads(await process.stdout.readline()) for _ in range(3)]
            assert [event["event"] for event in seen] == [
                "server:welcome",
                "watch:connected",
                "server:full_sync",
            ]
            shot = await studio.shot(project)
            event = {"event": ""}
            while event["event"] != "server:ops":
                event = json.loads(await process.stdout.readline())
            assert event["payload"]["transactions"][0]["ops"][0]["id"] == shot
            process.send_signal(signal.SIGINT)
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 130
    assert said.strip() == b""


async def test_what_is_wrong_is_said_in_a_sentence(studio: Studio, home: Path) -> None:
    for project, url, code in (
        ("nowhere at all", None, "project.not_found"),
        ("x", "not an address", "studio.bad_address"),
        ("x", "http://127.0.0.1:9", "studio.unreachable"),
    ):
        who = {"email": "a@example.org", "password": "x"} if url else {}
        with pytest.raises(DirectorError) as caught:
            await watch(studio.settings, project, as_json=True, url=url, **who)
        assert caught.value.code == code
