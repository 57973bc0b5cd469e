"""One ComfyUI server over HTTP: submits, asks after jobs, cancels, takes and gives files."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, Literal

import aiohttp
import msgspec
from node_registry.server_text import plain

from node_registry import BackendError, trace_headers

from .settings import Settings
from .words import ExecutionError

# Catalogues of node types are the largest that is read: some megabytes with many custom nodes.
LARGEST_ANSWER = 64 << 20
CHUNK = 1 << 20

JobStatus = Literal["pending", "in_progress", "completed", "failed", "cancelled", "unknown"]


class ExecutionStatus(msgspec.Struct):
    """How a job went, in the words of the history: pairs of a message's type and its content."""

    status_str: str = ""
    messages: list[Any] = []


class Job(msgspec.Struct):
    """A job as the server knows it. `outputs` are by the id of the node that made them."""

    status: JobStatus = "unknown"
    outputs: dict[str, dict[str, Any]] = {}
    execution_error: ExecutionError | None = None
    execution_status: ExecutionStatus | None = None

    @property
    def failure(self) -> ExecutionError | None:
        """The error of the node that failed, also of a job that is said to have succeeded."""
        if self.execution_error is not None:
            return self.execution_error
        for message in self.execution_status.messages if self.execution_status else ():
            if isinstance(message, list) and message and message[0] == "execution_error":
                return msgspec.convert(message[1], ExecutionError)
        return None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status not in ("pending", "in_progress")


class HistoryEntry(msgspec.Struct):
    """A job in the history of a server that has no `/api/jobs`."""

    outputs: dict[str, dict[str, Any]] = {}
    status: ExecutionStatus | None = None


class Server:
    """Speaks with one server. Every question has an end: `Settings.silence`."""

    def __init__(
        self, name: str, url: str, session: aiohttp.ClientSession, settings: Settings
    ) -> None:
        self.name = name
        self.title = f"ComfyUI ({name.removeprefix('comfyui/')})"
        self.url = url.rstrip("/")
        self.settings = settings
        self.session = session
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=min(10.0, settings.silence), sock_read=settings.silence
        )
        self._has_jobs = True

    async def submit(self, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and answer of `POST /prompt`. Raises `comfyui.unreachable`: the reply is lost."""
        return await self._ask("POST", "/prompt", json=body)

    async def job(self, prompt_id: str) -> Job:
        """What the server knows of a job. Raises `comfyui.unreachable`, `comfyui.bad_answer`."""
        if self._has_jobs:
            status, body = await self._ask("GET", f"/api/jobs/{prompt_id}")
            if status == 200:
                return self._read(body, Job)
            if status == 404 and body.lstrip().startswith(b"{"):
                return Job()
            self._has_jobs = status not in (404, 405)
        return await self._job_of_old(prompt_id)

    async def works(self) -> bool:
        """Whether the server has a job in progress."""
        _, body = await self._ask("GET", "/queue")
        queue = self._read(body, dict[str, list[Any]])
        return bool(queue.get("queue_running"))

    async def cancel(self, prompt_id: str) -> bool:
        """Cancel a job, and wait for its end; False when it still goes on after the grace time."""
        status, _ = await self._ask("POST", f"/api/jobs/{prompt_id}/cancel")
        if status != 200:
            # Before 0.26. In this order, since a job that waits may begin in between.
            await self._ask("POST", "/queue", json={"delete": [prompt_id]})
            await self._ask("POST", "/interrupt", json={"prompt_id": prompt_id})
        deadline = time.monotonic() + self.settings.grace
        pause = 0.02
        while not (await self.job(prompt_id)).ended:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(0.5, pause * 2)
        return True

    async def free(self) -> None:
        """Let the server give back the memory that models hold; it does so between jobs."""
        await self._ask("POST", "/free", json={"unload_models": True, "free_memory": True})

    async def node_type(self, class_type: str) -> dict[str, Any] | None:
        """What the server knows of a type of node; None when it has none of that name."""
        status, body = await self._ask("GET", "/object_info/" + class_type.replace("/", "%2F"))
        if status != 200:
            return None
        return self._read(body, dict[str, dict[str, Any]]).get(class_type)

    async def upload(self, source: Path, name: str) -> str:
        """Put a file among the server's inputs, under this name; how a workflow refers to it."""
        with source.open("rb") as file:
            form = aiohttp.FormData()
            form.add_field("overwrite", "true")
            form.add_field("subfolder", "director")
            form.add_field("image", file, filename=name)
            status, body = await self._ask("POST", "/upload/image", data=form)
        if status == 413:
            raise BackendError(
                "comfyui.input_too_large",
                f"{self.title} does not take a file of {source.stat().st_size >> 20} MB.",
                hint="Start it with a larger --max-upload-size, or choose a smaller file.",
            )
        if status != 200:
            raise self.bad_answer(f"HTTP {status} to a file that was sent to it")
        stored = self._read(body, dict[str, str])
        folder = stored.get("subfolder", "")
        return f"{folder}/{stored['name']}" if folder else stored["name"]

    async def download(self, file: dict[str, str], target: Path) -> int:
        """Fetch a result in pieces into `target`; its size. Raises `comfyui.…`."""
        limit = self.settings.largest_result
        size = 0
        try:
            async with self.session.get(
                f"{self.url}/view",
                params=file,
                timeout=self._timeout,
                allow_redirects=False,
                headers=trace_headers(),
            ) as answer:
                if answer.status != 200:
                    raise BackendError(
                        "comfyui.no_result",
                        f"{self.title} says that it made {plain(file['filename'], 80)}, and does "
                        f"not have it (HTTP {answer.status}).",
                        hint="Generate again; if that does not help, start ComfyUI again.",
                    )
                with target.open("wb") as out:
                    async for chunk in answer.content.iter_chunked(CHUNK):
                        size += len(chunk)
                        if size > limit:
                            raise BackendError(
                                "comfyui.result_too_large",
                                f"The result of {self.title} has more than {limit >> 20} MB.",
                                hint="Make it shorter or smaller, or let the operator raise "
                                "DIRECTOR_PLUGIN_COMFYUI__LARGEST_RESULT.",
                            )
                        out.write(chunk)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self.unreachable() from error
        return size

    def unreachable(self) -> BackendError:
        """The error of a server that does not answer, or not in time."""
        return BackendError(
            "comfyui.unreachable",
            f"{self.title} does not answer.",
            hint="See that it runs; what it was doing is looked for when it is back.",
            retryable=True,
        )

    def bad_answer(self, what: str) -> BackendError:
        """The error of a server that answers as ComfyUI does not."""
        return BackendError(
            "comfyui.bad_answer",
            f"{self.title} answered with {what}.",
            hint="See that ComfyUI itself stands at this address, in a version from 0.3.57 on.",
        )

    def _read(self, body: bytes, type: Any) -> Any:
        try:
            return msgspec.json.decode(body, type=type, strict=False)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self.bad_answer("something that is not its protocol") from error

    async def _job_of_old(self, prompt_id: str) -> Job:
        _, body = await self._ask("GET", f"/history/{prompt_id}")
        entry = self._read(body, dict[str, HistoryEntry]).get(prompt_id)
        if entry is None:
            _, body = await self._ask("GET", "/queue")
            queue = self._read(body, dict[str, list[Any]])
            if _names(queue.get("queue_running"), prompt_id):
                return Job(status="in_progress")
            if _names(queue.get("queue_pending"), prompt_id):
                return Job(status="pending")
            # It may have ended between the two questions.
            _, body = await self._ask("GET", f"/history/{prompt_id}")
            entry = self._read(body, dict[str, HistoryEntry]).get(prompt_id)
            if entry is None:
                return Job()
        job = Job(status="completed", outputs=entry.outputs, execution_status=entry.status)
        kinds = [m[0] for m in (entry.status.messages if entry.status else []) if m]
        if "execution_interrupted" in kinds:
            job.status = "cancelled"
        elif job.failure is not None or (entry.status and entry.status.status_str == "error"):
            job.status = "failed"
        return job

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        try:
            async with self.session.request(
                method,
                self.url + path,
                timeout=self._timeout,
                allow_redirects=False,
                headers=trace_headers(),
                **more,
            ) as answer:
                if answer.status in (401, 403):
                    raise BackendError(
                        "comfyui.no_access",
                        f"What stands before {self.title} refuses the studio (HTTP "
                        f"{answer.status}).",
                        hint="Write name and password into its address: https://name:password@host",
                    )
                body = bytearray()
                async for chunk in answer.content.iter_any():
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise self.bad_answer("more than it can have to say")
                return answer.status, bytes(body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self.unreachable() from error


def _names(queue: list[Any] | None, prompt_id: str) -> bool:
    return any(isinstance(entry, list) and prompt_id in entry[:2] for entry in queue or [])
