"""Wan2GP's MCP server as the recorded one speaks: the same tools, answers and refusals."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import time
import uuid
import wave
from typing import Any

from aiohttp import web
from director_wan2gp import Settings, wan2gp_spec
from node_registry.testing import (
    FAILURE,
    FAILURE_PATH,
    HUGE_BYTES,
    SLOW_SECONDS,
    FakeServer,
    Scenario,
)
from PIL import Image

from node_registry import BackendSpec

MODELS: dict[str, list[str]] = {
    "ti2v_2_2_fastwan": ["video"],
    "t2v_2_2": ["video"],
    "i2v_2_2": ["video"],
    "flux_schnell": ["image"],
    "flux2_klein_4b": ["image"],
    "flux2_klein_9b": ["image"],
    "flux": ["image"],
    "stable_audio3_small": ["audio"],
    "qwen3_tts_voicedesign": ["audio"],
    "chatterbox": ["audio"],
    "lucy_edit_fastwan_1_1": ["video"],
}
# Progress of two stages, each from its own beginning: how far, at which step of which phase.
STEPS = (
    (10, "loading_model", None),
    (23, "inference_stage_1", 1),
    (52, "inference_stage_1", 2),
    (85, "inference_stage_1", 4),
    (20, "inference_stage_2", 1),
    (85, "inference_stage_2", 4),
    (92, "decoding", None),
)
MIDDLE = 3
NO_MEMORY = (
    "The generation of the video has encountered an error: it is likely that you have unsufficient "
    "VRAM and you should therefore reduce the video resolution or its number of frames."
)
# The box of a file's type is all that anybody looks at here.
VIDEO = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(64)


def picture() -> bytes:
    """A small JPEG, as Wan2GP writes pictures."""
    written = io.BytesIO()
    Image.new("RGB", (16, 12), "orange").save(written, "JPEG")
    return written.getvalue()


def sound() -> bytes:
    """A tenth of a second of silence."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(3200))
    return written.getvalue()


class Job:
    """One job: its settings, what it has told, and how it ended."""

    def __init__(self, scenario: Scenario, task: dict[str, Any], held: asyncio.Event) -> None:
        self.id = uuid.uuid4().hex
        self.task = task
        self.scenario = scenario
        self.held = held
        self.stopped = asyncio.Event()
        self.events: list[dict[str, Any]] = []
        self.result: dict[str, Any] | None = None
        self.updated_at = time.time()

    def tell(self, kind: str, data: Any) -> None:
        self.updated_at = time.time()
        self.events.append({"kind": kind, "timestamp": self.updated_at, "data": data})


class FakeWan2gp(FakeServer):
    """`async with FakeWan2gp() as server` starts it on a port of its own."""

    has_previews = False  # Over MCP it says only that there is one.

    def __init__(self, **settings: Any) -> None:
        times = {"silence": 2.0, "absence": 2.0, "poll": 0.02, "grace": 3.0, "lost_reply": 5.0}
        self._settings = {**times, **settings}
        self._jobs: dict[str, Job] = {}
        self._transports: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._submitted = 0
        self._scenario = Scenario.SUCCEEDS
        self._proceed = asyncio.Event()
        self._gone = asyncio.Event()
        self._gallery: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self._port = 0
        self._runner: web.AppRunner | None = None
        self.asked: list[str] = []
        self.tasks: list[dict[str, Any]] = []
        self.uploads: dict[str, bytes] = {}
        self.busy = False
        self.short_of_memory_above: float | None = None

    async def __aenter__(self) -> FakeWan2gp:
        await self.restart()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def spec(self) -> BackendSpec:
        return wan2gp_spec(Settings(url=self.url, **self._settings))

    def play(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._proceed = asyncio.Event()

    async def proceed(self) -> None:
        self._proceed.set()

    async def disconnect(self) -> None:
        for transport in list(self._transports):
            transport.abort()
        await asyncio.sleep(0)

    async def kill(self) -> None:
        self._gone.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runner is not None:
            await self.disconnect()
            await self._runner.cleanup()
        self._runner = None
        self._jobs.clear()
        self._gallery.clear()

    async def restart(self) -> None:
        self._gone = asyncio.Event()
        app = web.Application(client_max_size=1 << 30, middlewares=[self._notice])
        app.router.add_post("/mcp/", self._mcp)
        app.router.add_put("/wangp_api/gallery/upload/{token}", self._upload)
        app.router.add_get("/wangp_api/gallery/download/{token}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        server: Any = site._server  # aiohttp tells the port of a site nowhere else
        self._port = server.sockets[0].getsockname()[1]

    def submissions(self) -> int:
        return self._submitted

    def waiting(self) -> int:
        return sum(not job.events for job in self._jobs.values() if job.result is None)

    def running(self) -> int:
        return sum(bool(job.events) for job in self._jobs.values() if job.result is None)

    def stop_all(self) -> None:
        """Stop what runs, as somebody at the server's own page does."""
        for job in self._jobs.values():
            job.stopped.set()

    @web.middleware
    async def _notice(self, request: web.Request, handler: Any) -> web.StreamResponse:
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._transports.add(transport)
        if any(job.scenario is Scenario.SLOW for job in self._jobs.values()):
            await asyncio.sleep(SLOW_SECONDS)
        if any(job.scenario is Scenario.SILENT for job in self._jobs.values()):
            await self._gone.wait()
        return await handler(request)

    async def _mcp(self, request: web.Request) -> web.Response:
        sent = await request.json()
        assert sent["method"] == "tools/call"
        name, arguments = sent["params"]["name"], sent["params"]["arguments"]
        self.asked.append(name)
        tool = getattr(self, "_" + name.removeprefix("wangp_"))
        try:
            found = tool(**arguments)
        except (KeyError, ValueError, RuntimeError) as error:
            text = f"Error executing tool {name}: {error}"
            result: dict[str, Any] = {"content": [{"type": "text", "text": text}], "isError": True}
        else:
            structured = found if isinstance(found, dict) else {"result": found}
            text = json.dumps(found, indent=2)
            result = {
                "content": [{"type": "text", "text": text}],
                "structuredContent": structured,
                "isError": False,
            }
        if name == "wangp_generate" and self._scenario is Scenario.LOSES_REPLY:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"jsonrpc": "2.0", "id": sent["id"], "result": result})

    def _generate(self, source: dict[str, Any], wait: bool = False) -> dict[str, Any]:
        assert not wait, "it would stop the server for everybody"
        if "mode" not in source and source["model_type"] not in MODELS:
            raise ValueError(f"Unknown model_type {source['model_type']}")
        for key in ("image_start", "video_guide", "video_source", "audio_guide"):
            if source.get(key) and source[key] not in self._gallery:
                raise ValueError(
                    f"Direct filesystem paths are disabled. Use a Gallery id for {key}"
                )
        if self.busy or self.waiting() + self.running():
            raise RuntimeError("WanGP session already has a generation in progress")
        job = Job(self._scenario, source, self._proceed)
        self._jobs[job.id] = job
        self._submitted += 1
        self.tasks.append(source)
        task = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return self._snapshot(job, 20)

    def _get_job(self, job_id: str, event_limit: int = 20) -> dict[str, Any]:
        if job_id not in self._jobs:
            raise KeyError(f"Unknown WanGP job_id: {job_id}")
        return self._snapshot(self._jobs[job_id], event_limit)

    def _cancel_job(self, job_id: str, event_limit: int = 20) -> dict[str, Any]:
        found = self._get_job(job_id, event_limit)
        self._jobs[job_id].stopped.set()
        return {**found, "cancel_requested": True}

    def _get_model_metadata(self, model_type: str) -> dict[str, Any] | None:
        known = MODELS.get(model_type)
        return {"model_type": model_type, "main_output": known} if known else None

    def _list_models(self, query: str | None = None, limit: int = 10) -> list[dict[str, Any]]:
        names = [name for name in MODELS if not query or query in name]
        return [{"model_type": name, "main_output": MODELS[name]} for name in names[:limit]]

    def _list_gallery(self, limit: int = 50) -> list[dict[str, Any]]:
        return list(self._gallery.values())[-limit:]

    def _create_gallery_upload(self, filename: str) -> dict[str, Any]:
        token = uuid.uuid4().hex
        self._tokens[token] = filename
        return {"upload_url": f"/wangp_api/gallery/upload/{token}", "method": "PUT"}

    def _create_gallery_download(self, gallery_id: str) -> dict[str, Any]:
        if gallery_id not in self._gallery:
            raise KeyError(f"Unknown WanGP gallery_id: {gallery_id}")
        token = uuid.uuid4().hex
        self._tokens[token] = gallery_id
        return {"gallery_id": gallery_id, "download_url": f"/wangp_api/gallery/download/{token}"}

    async def _run(self, job: Job) -> None:
        if job.scenario is Scenario.WAITS:
            await self._either(job)
        if not job.stopped.is_set():
            job.tell("started", {"tasks": 1})
        steps = STEPS[:2] if job.scenario is Scenario.SLOW else STEPS
        for place, (percent, phase, step) in enumerate(steps):
            if job.stopped.is_set():
                break
            status = "Loading model" if step is None else f"Prompt 1/1 | Denoising | {place}s"
            told = {"phase": phase, "status": status, "progress": percent}
            job.tell("progress", {**told, "current_step": step, "total_steps": step and 4})
            await asyncio.sleep(0.04)
            if job.scenario in (Scenario.RUNS, Scenario.SILENT) and place == MIDDLE:
                await self._either(job)
        job.result = self._result(job)
        job.tell("completed", job.result)

    async def _either(self, job: Job) -> None:
        waiting = [asyncio.ensure_future(e.wait()) for e in (job.held, job.stopped)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    def _result(self, job: Job) -> dict[str, Any]:
        profile = job.task.get("override_profile", 4)
        limit = self.short_of_memory_above
        if job.stopped.is_set():
            return _failed("Generation was cancelled", "cancelled")
        if job.scenario is Scenario.FAILS:
            return _failed(f"File {FAILURE_PATH}, line 7: {FAILURE}", "generation")
        short = limit is not None and profile < limit
        if short or job.scenario is Scenario.RUNS_OUT_OF_MEMORY:
            return _failed(NO_MEMORY, "generation")
        item = self._keep(f"{job.task['output_filename']}.{_ending(job.task)}")
        items = [] if job.scenario is Scenario.NO_RESULT else [item]
        return {"success": True, "cancelled": False, "errors": [], "gallery_items": items}

    def _keep(self, name: str) -> dict[str, Any]:
        kind = {"jpg": "image", "png": "image", "wav": "audio"}.get(name[-3:], "video")
        gallery = "audio" if kind == "audio" else "visual"
        item = {
            "gallery_id": f"{gallery}:{uuid.uuid4().hex[:12]}",
            "path": f"/srv/wangp/outputs/{name}",
            "media_type": kind,
            "settings": {"seed": 42},
        }
        self._gallery[item["gallery_id"]] = item
        return item

    def _snapshot(self, job: Job, event_limit: int) -> dict[str, Any]:
        return {
            "job_id": job.id,
            "done": job.result is not None,
            "cancel_requested": job.stopped.is_set(),
            "updated_at": job.updated_at,
            "events": job.events[-event_limit:],
            "result": job.result,
        }

    async def _upload(self, request: web.Request) -> web.Response:
        name = self._tokens.pop(request.match_info["token"], None)
        if name is None:
            return web.json_response({"error": "Upload expired or not found."}, status=404)
        content = await request.read()
        if not content or content.startswith((b"\0\0\0\0", b"not what")):
            return web.json_response({"error": "cannot identify image file"}, status=400)
        item = self._keep(name)
        self.uploads[item["gallery_id"]] = content
        return web.json_response({"status": "uploaded", "size": len(content), **item})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        gallery_id = self._tokens.pop(request.match_info["token"], None)
        item = self._gallery.get(gallery_id or "")
        if item is None:
            return web.json_response({"error": "Download expired or not found."}, status=404)
        answer = web.StreamResponse()
        await answer.prepare(request)
        made = {"image": picture, "audio": sound, "video": lambda: VIDEO}[item["media_type"]]()
        with contextlib.suppress(ConnectionError):
            if self._scenario is Scenario.WRONG_RESULT:
                made = b"500 Internal Server Error"
            await answer.write(made)
            if self._scenario is Scenario.HUGE_RESULT:
                for _ in range(HUGE_BYTES >> 16):
                    await answer.write(bytes(1 << 16))
        return answer


def _ending(task: dict[str, Any]) -> str:
    kinds = MODELS.get(task.get("model_type", ""), ["video"])
    return {"image": "jpg", "audio": "wav"}.get(kinds[0], "mp4")


def _failed(message: str, stage: str) -> dict[str, Any]:
    cancelled = stage == "cancelled"
    error = {"message": message, "task_index": 1, "stage": stage, "cancelled": cancelled}
    return {"success": False, "cancelled": cancelled, "errors": [error], "gallery_items": []}
