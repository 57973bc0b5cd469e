"""A ComfyUI server as the recorded one speaks: the same messages, in the same order."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import struct
from typing import Any

from aiohttp import WSMsgType, web
from director_comfyui import Settings, workflow_spec
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

STEPS = 4
NODE_TYPES: dict[str, Any] = {
    "EmptyImage": {"input": {"required": {"width": ["INT", {}], "height": ["INT", {}]}}},
    "Steps": {"input": {"required": {"image": ["IMAGE"], "steps": ["INT", {}]}}},
    "LoadImage": {"input": {"required": {"image": [["example.png"], {"image_upload": True}]}}},
    "ImageInvert": {"input": {"required": {"image": ["IMAGE"]}}},
    "SaveImage": {"input": {"required": {"images": ["IMAGE"]}}},
    "CheckpointLoaderSimple": {
        "input": {"required": {"ckpt_name": ["COMBO", {"options": ["here.safetensors"]}]}}
    },
}


def picture(kind: str, color: str = "orange") -> bytes:
    """A small picture, as a PNG or a JPEG."""
    written = io.BytesIO()
    Image.new("RGB", (16, 12), color).save(written, kind)
    return written.getvalue()


class Job:
    """A prompt: what became of it, and what it goes like."""

    def __init__(self, scenario: Scenario, body: dict[str, Any], held: asyncio.Event) -> None:
        self.id: str = body["prompt_id"]
        self.client_id: str = body.get("client_id", "")
        self.graph: dict[str, Any] = body["prompt"]
        self.scenario = scenario
        self.held = held
        self.status = "pending"
        self.outputs: dict[str, Any] = {}
        self.error: dict[str, Any] | None = None
        self.stopped = asyncio.Event()


class FakeComfyUI(FakeServer):
    """`async with FakeComfyUI() as server` starts it on a port of its own."""

    def __init__(self, *, with_jobs: bool = True, **settings: Any) -> None:
        self._settings = {"silence": 2.0, "absence": 2.0, "stall": 2.0, "grace": 3.0, **settings}
        self._with_jobs = with_jobs
        self._jobs: dict[str, Job] = {}
        self._sockets: dict[str, web.WebSocketResponse] = {}
        self._transports: set[asyncio.Transport] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._submitted = 0
        self._scenario = Scenario.SUCCEEDS
        self._proceed = asyncio.Event()
        self._gone = asyncio.Event()
        self._port = 0
        self._runner: web.AppRunner | None = None
        self.asked: list[str] = []
        self.uploads: dict[str, bytes] = {}
        self.refusal: dict[str, Any] | None = None
        self.node_errors: dict[str, Any] = {}
        self.stalls = False
        self.graphs: list[dict[str, Any]] = []

    async def __aenter__(self) -> FakeComfyUI:
        await self.restart()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def spec(self) -> BackendSpec:
        return workflow_spec(Settings(url=self.url, **self._settings))

    def play(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._proceed = asyncio.Event()

    async def proceed(self) -> None:
        self._proceed.set()

    async def disconnect(self) -> None:
        for transport in list(self._transports):
            transport.abort()
        self._sockets.clear()
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

    async def restart(self) -> None:
        self._gone = asyncio.Event()
        app = web.Application(client_max_size=1 << 30, middlewares=[self._notice])
        app.router.add_get("/ws", self._socket)
        app.router.add_post("/prompt", self._prompt)
        app.router.add_get("/queue", self._queue)
        app.router.add_post("/queue", self._delete)
        app.router.add_post("/interrupt", self._interrupt)
        app.router.add_post("/free", self._free)
        app.router.add_get("/history/{id}", self._history)
        app.router.add_get("/object_info/{type}", self._object_info)
        app.router.add_post("/upload/image", self._upload)
        app.router.add_get("/view", self._view)
        if self._with_jobs:
            app.router.add_get("/api/jobs/{id}", self._job)
            app.router.add_post("/api/jobs/{id}/cancel", self._cancel)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        server: Any = site._server  # aiohttp tells the port of a site nowhere else
        self._port = server.sockets[0].getsockname()[1]

    def submissions(self) -> int:
        return self._submitted

    def waiting(self) -> int:
        return sum(job.status == "pending" for job in self._jobs.values())

    def running(self) -> int:
        return sum(job.status == "in_progress" for job in self._jobs.values())

    @web.middleware
    async def _notice(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._transports.add(transport)
        if any(job.scenario is Scenario.SLOW for job in self._jobs.values()):
            await asyncio.sleep(SLOW_SECONDS)
        if any(job.scenario is Scenario.SILENT for job in self._jobs.values()):
            await self._gone.wait()
        return await handler(request)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        client_id = request.query["clientId"]
        self._sockets[client_id] = socket
        status = {"status": {"exec_info": {"queue_remaining": 0}}, "sid": client_id}
        with contextlib.suppress(ConnectionError):
            await socket.send_json({"type": "status", "data": status})
            async for message in socket:
                if message.type is WSMsgType.TEXT and "feature_flags" in message.data:
                    flags = {"supports_preview_metadata": True}
                    await socket.send_json({"type": "feature_flags", "data": flags})
        # As ComfyUI does: the first of two that closes makes the second deaf.
        self._sockets.pop(client_id, None)
        return socket

    async def _tell(self, job: Job, kind: str, **data: Any) -> None:
        if job.scenario is Scenario.SILENT:
            return
        if job.scenario is Scenario.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        socket = self._sockets.get(job.client_id)
        if socket is not None:
            with contextlib.suppress(ConnectionError):
                await socket.send_json({"type": kind, "data": {"prompt_id": job.id, **data}})

    async def _show(self, job: Job, node: str) -> None:
        socket = self._sockets.get(job.client_id)
        if socket is None or job.scenario is Scenario.SILENT:
            return
        header = {"node_id": node, "prompt_id": job.id, "image_type": "image/jpeg"}
        encoded = json.dumps(header).encode()
        frame = struct.pack(">II", 4, len(encoded)) + encoded + picture("JPEG")
        with contextlib.suppress(ConnectionError):
            await socket.send_bytes(frame)

    async def _prompt(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self.refusal is not None:
            return web.json_response(self.refusal, status=400)
        job = Job(self._scenario, body, self._proceed)
        self._jobs[job.id] = job
        self._submitted += 1
        self.graphs.append(job.graph)
        if not self.stalls:
            task = asyncio.create_task(self._run(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if job.scenario is Scenario.LOSES_REPLY:
            assert request.transport is not None
            request.transport.abort()
        answer = {"prompt_id": job.id, "number": self._submitted, "node_errors": self.node_errors}
        return web.json_response(answer)

    async def _run(self, job: Job) -> None:
        if job.scenario is Scenario.WAITS:
            await self._either(job)
        if job.stopped.is_set():
            return
        job.status = "in_progress"
        await self._tell(job, "execution_start")
        await self._tell(job, "execution_cached", nodes=[])
        for node in job.graph:
            await self._node(job, node)
            if job.stopped.is_set():
                job.status = "cancelled"
                await self._tell(job, "execution_interrupted", node_id=node)
                await self._tell(job, "executing", node=None)
                return
        await self._end(job)
        await self._tell(job, "executing", node=None)

    async def _node(self, job: Job, node: str) -> None:
        await self._tell(job, "executing", node=node, display_node=node)
        # A slow one has a step for each node: each thing that it says takes its time.
        for step in range(1, 2 if job.scenario is Scenario.SLOW else STEPS):
            state = {"value": step, "max": STEPS, "state": "running", "display_node_id": node}
            await self._tell(job, "progress_state", nodes=self._before(job, node, state))
            await self._tell(job, "progress", value=step, max=STEPS, node=node)
            if step == 1:
                await self._show(job, node)
            await asyncio.sleep(0.06)
            last = node == list(job.graph)[-1]
            if job.scenario in (Scenario.RUNS, Scenario.SILENT) and last and step == 1:
                await self._either(job)
            if job.stopped.is_set():
                return
        state = {"value": STEPS, "max": STEPS, "state": "finished", "display_node_id": node}
        await self._tell(job, "progress_state", nodes=self._before(job, node, state))

    def _before(self, job: Job, node: str, state: dict[str, Any]) -> dict[str, Any]:
        nodes: dict[str, Any] = {}
        for one in job.graph:
            if one == node:
                break
            nodes[one] = {"value": 1, "max": 1, "state": "finished", "display_node_id": one}
        return {**nodes, node: state}

    async def _either(self, job: Job) -> None:
        waiting = [asyncio.ensure_future(e.wait()) for e in (job.held, job.stopped)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _end(self, job: Job) -> None:
        last = list(job.graph)[-1]
        if job.scenario in (Scenario.FAILS, Scenario.RUNS_OUT_OF_MEMORY):
            fails = job.scenario is Scenario.FAILS
            memory = "Allocation on device 0 would exceed allowed memory. (out of memory)"
            job.error = {
                "prompt_id": job.id,
                "node_id": last,
                "node_type": job.graph[last]["class_type"],
                "exception_message": f"File {FAILURE_PATH}, line 7: {FAILURE}\n"
                if fails
                else memory,
                "exception_type": "RuntimeError" if fails else "torch.OutOfMemoryError",
                "traceback": [f'  File "{FAILURE_PATH}", line 7, in forward\n'],
            }
            job.status = "failed"
            await self._tell(job, "execution_error", **job.error)
            return
        if job.scenario is not Scenario.NO_RESULT:
            file = {"filename": "made_00001_.png", "subfolder": "", "type": "output"}
            job.outputs = {last: {"images": [file]}}
            await self._tell(job, "executed", node=last, output=job.outputs[last])
        job.status = "completed"
        await self._tell(job, "execution_success")

    async def _job(self, request: web.Request) -> web.Response:
        job = self._jobs.get(request.match_info["id"])
        if job is None:
            return web.json_response({"error": "Job not found"}, status=404)
        found: dict[str, Any] = {"id": job.id, "status": job.status}
        if job.status in ("completed", "failed", "cancelled"):
            found["outputs"] = job.outputs
            if job.error:
                found["execution_error"] = job.error
        return web.json_response(found)

    async def _history(self, request: web.Request) -> web.Response:
        job = self._jobs.get(request.match_info["id"])
        if job is None or job.status in ("pending", "in_progress"):
            return web.json_response({})
        messages: list[Any] = [["execution_start", {"prompt_id": job.id}]]
        if job.error:
            messages.append(["execution_error", job.error])
        if job.status == "cancelled":
            messages.append(["execution_interrupted", {"prompt_id": job.id}])
        status = {"status_str": "success" if job.status == "completed" else "error"}
        entry = {"outputs": job.outputs, "status": {**status, "messages": messages}}
        return web.json_response({job.id: entry})

    async def _queue(self, request: web.Request) -> web.Response:
        def listed(status: str) -> list[Any]:
            return [[0, job.id, {}] for job in self._jobs.values() if job.status == status]

        return web.json_response(
            {"queue_running": listed("in_progress"), "queue_pending": listed("pending")}
        )

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self._jobs.get(request.match_info["id"])
        if job is None:
            return web.json_response({"cancelled": False})
        self._stop(job)
        return web.json_response({"cancelled": True})

    async def _delete(self, request: web.Request) -> web.Response:
        for prompt_id in (await request.json()).get("delete", []):
            job = self._jobs.get(prompt_id)
            if job is not None and job.status == "pending":
                self._stop(job)
        return web.Response()

    async def _interrupt(self, request: web.Request) -> web.Response:
        job = self._jobs.get((await request.json())["prompt_id"])
        if job is not None and job.status == "in_progress":
            job.stopped.set()
        return web.Response()

    def stop_all(self) -> None:
        """Interrupt what runs, as somebody at the server's own page does."""
        for job in self._jobs.values():
            job.stopped.set()

    def _stop(self, job: Job) -> None:
        job.stopped.set()
        if job.status == "pending":
            # One that is cancelled while it waits leaves no trace.
            del self._jobs[job.id]

    async def _free(self, request: web.Request) -> web.Response:
        return web.Response()

    async def _object_info(self, request: web.Request) -> web.Response:
        name = request.match_info["type"]
        return web.json_response({name: NODE_TYPES[name]} if name in NODE_TYPES else {})

    async def _upload(self, request: web.Request) -> web.Response:
        name, folder = "", ""
        async for part in await request.multipart():
            if part.name == "subfolder":  # type: ignore[union-attr]
                folder = await part.text()  # type: ignore[union-attr]
            elif part.name == "image":  # type: ignore[union-attr]
                name = part.filename or ""  # type: ignore[union-attr]
                self.uploads[name] = bytes(await part.read())  # type: ignore[union-attr]
        return web.json_response({"name": name, "subfolder": folder, "type": "input"})

    async def _view(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            if self._scenario is Scenario.WRONG_RESULT:
                await answer.write(b"500 Internal Server Error")
            else:
                await answer.write(picture("PNG"))
            if self._scenario is Scenario.HUGE_RESULT:
                left = HUGE_BYTES
                while left > 0:
                    piece = min(left, 1 << 16)
                    await answer.write(bytes(piece))
                    left -= piece
        return answer
