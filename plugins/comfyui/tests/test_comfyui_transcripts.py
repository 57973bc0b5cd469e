"""Every recording of a real ComfyUI is read as what it was: ends, failures, refusals, previews."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec
import pytest
from director_comfyui import Settings
from director_comfyui.news import JobNews, Listener
from director_comfyui.previews import Previews
from director_comfyui.results import files_of
from director_comfyui.server import Job, Server
from director_comfyui.template import Template, check_graph
from director_comfyui.words import execution_failure, refusal
from node_registry.server_text import plain
from node_registry.testing import servers
from transcripts import NAMES, Transcript, TranscriptServer, bytes_of

from node_registry import DirectorError, OutOfMemory

TRANSCRIPTS = {name: Transcript(name) for name in NAMES}
FOLDERS = ("<comfyui>", "<base>", "<venv>", "site-packages")


def frames_with_connections() -> list[tuple[str, str]]:
    return [(name, conn) for name, script in TRANSCRIPTS.items() for conn in script.frames]


def test_all_recordings_are_here() -> None:
    assert len(NAMES) == 23
    assert servers.FAILURE  # the suite beside this one speaks of the same failures


async def heard(name: str, conn: str) -> tuple[dict[str, JobNews], TranscriptServer]:
    """The news of every prompt of a recorded connection, as a listener took them in."""
    frames = TRANSCRIPTS[name].frames[conn]
    prompts = {
        frame["body"]["data"]["prompt_id"]
        for frame in frames
        if frame["kind"] == "ws-text" and "prompt_id" in frame["body"].get("data", {})
    }
    async with TranscriptServer(frames) as said, aiohttp.ClientSession() as session:
        server = Server("comfyui/main", said.url, session, Settings(url=said.url, silence=5))
        listener = Listener(server, "a-client")
        news = {prompt: listener.watch(prompt) for prompt in prompts}
        await listener.connect()
        await asyncio.wait_for(listener.closed(), 60)
        await listener.close()
    return news, said


@pytest.mark.parametrize(("name", "conn"), frames_with_connections())
async def test_ends_are_heard_and_the_last_state_is_kept(name: str, conn: str) -> None:
    news, said = await heard(name, conn)
    frames = TRANSCRIPTS[name].frames[conn]
    ends = {
        frame["body"]["data"]["prompt_id"]
        for frame in frames
        if frame["kind"] == "ws-text"
        and frame["body"]["type"] == "executing"
        and frame["body"]["data"].get("node") is None
    }
    assert {prompt for prompt, one in news.items() if one.ended} == ends
    # The first word of ours asks for previews that say which job they are of.
    assert said.said == [{"type": "feature_flags", "data": {"supports_preview_metadata": True}}]
    # ... and of each prompt the last state is kept.
    for prompt, one in news.items():
        told = [
            frame["body"]["data"]
            for frame in TRANSCRIPTS[name].frames[conn]
            if frame["kind"] == "ws-text"
            and frame["body"]["type"] == "progress_state"
            and frame["body"]["data"]["prompt_id"] == prompt
        ]
        state = one.progress()
        if not told:
            assert state is None
            continue
        assert state is not None
        assert state.nodes.keys() == told[-1]["nodes"].keys()
        for node, progress in state.nodes.items():
            assert (progress.value, progress.max) == (
                told[-1]["nodes"][node]["value"],
                told[-1]["nodes"][node]["max"],
            )


async def test_a_preview_with_its_prompt_reaches_that_job_and_is_a_small_jpeg() -> None:
    shown = 0
    for name, conn in frames_with_connections():
        if name not in ("11_binary_frames", "20_progress_steps"):
            continue
        news, _ = await heard(name, conn)
        for one in news.values():
            if one.preview is not None:
                preview = Previews().make(one.preview)
                assert preview is not None
                assert preview.image.startswith(b"\xff\xd8\xff")
                shown += 1
    assert shown > 0


def answers(path: str) -> list[Any]:
    """Each answer of 200 whose request began so, with its transcript."""
    return [
        pytest.param(script, answer, id=f"{name}-{answer['id']}")
        for name, script in TRANSCRIPTS.items()
        for answer in script.answers
        if answer["status"] == 200
        and answer["path"].startswith(path)
        and not answer["path"].endswith("/cancel")
    ]


@pytest.mark.parametrize(("script", "answer"), answers("/api/jobs/"))
def test_a_job_is_read_as_it_stands(script: Transcript, answer: dict[str, Any]) -> None:
    body = answer["body"]
    job = msgspec.json.decode(bytes_of(answer), type=Job, strict=False)
    assert job.ended == (body["status"] not in ("pending", "in_progress"))
    assert (job.failure is not None) == bool(body.get("execution_error"))
    if job.failure is not None:
        error = execution_failure("ComfyUI", job.failure, script.prompt_of(body["id"]))
        assert not any(folder in error.message for folder in FOLDERS)
        assert "File" not in error.message
        memory = "allocate memory" in body["execution_error"]["exception_message"]
        assert isinstance(error, OutOfMemory) == memory
    expected = [
        entry["filename"]
        for output in body.get("outputs", {}).values()
        for key in ("images", "audio", "gifs")
        for entry in output.get(key, [])
        if isinstance(entry, dict)
    ]
    files = files_of(job, Template(title="t", workflow={"1": {"class_type": "A"}}))
    assert sorted(file.filename for file in files) == sorted(expected)


def rejected() -> list[Any]:
    return [
        pytest.param(script, answer, id=f"{name}-{answer['id']}")
        for name, script in TRANSCRIPTS.items()
        for answer in script.answers
        if answer["path"] == "/prompt" and answer["method"] == "POST" and answer["status"] >= 400
    ]


@pytest.mark.parametrize(("script", "answer"), rejected())
def test_a_refusal_becomes_a_sentence(script: Transcript, answer: dict[str, Any]) -> None:
    submitted = script.requests[answer["id"]].get("body")
    graph = submitted.get("prompt") if isinstance(submitted, dict) else None
    try:
        check_graph(graph if isinstance(graph, dict) else {})
    except DirectorError:
        graph = {}  # What is no graph is refused by us before any server is asked.
    error = refusal("ComfyUI (main)", bytes_of(answer), graph if isinstance(graph, dict) else {})
    assert error.message.startswith("ComfyUI (main) does not accept the workflow: ")
    assert error.message.endswith(".")
    assert not any(folder in error.message + error.hint for folder in FOLDERS)
    assert not error.retryable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot identify image file '<comfyui>/input/broken.png'\n", "broken.png"),
        ("No such file: /srv/my models/checkpoints/a.safetensors", "a.safetensors"),
        (r"C:\Users\ina\ComfyUI\models\b.ckpt is broken", "b.ckpt is broken"),
        ("sizes 64/32 and 16/9", "sizes 64/32 and 16/9"),
    ],
)
def test_folders_are_taken_out_and_nothing_else(text: str, shown: str) -> None:
    assert plain(text).replace("'", "").endswith(shown)
    assert "/srv" not in plain(text)
    assert "Users" not in plain(text)


def test_a_queue_that_stands_still_has_nothing_in_progress() -> None:
    """24: the worker of ComfyUI died of a repeated number, and all else goes on answering."""
    script = TRANSCRIPTS["24_duplicate_id_and_number"]
    last = [a["body"]["status"] for a in script.answers if a["path"].startswith("/api/jobs/")]
    assert last == ["pending", "pending"]


def test_after_a_restart_the_jobs_are_unknown() -> None:
    """23: a server that was killed knows none of its prompts when it is back."""
    script = TRANSCRIPTS["23_server_dies_mid_run"]
    asked = [a for a in script.answers if a["path"].startswith("/api/jobs/")]
    assert asked
    assert {(a["status"], a["body"]["error"]) for a in asked} == {(404, "Job not found")}
