"""The backend: fills a job's settings, submits it to a Wan2GP, follows it, fetches its result."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import msgspec

from node_registry import (
    BackendError,
    Cancelled,
    Log,
    OutOfMemory,
    Progress,
    Request,
    RunContext,
    RunEvent,
)

from .filling import fill, people_values
from .following import Follower
from .presets import profile_for
from .results import check_file, result_of
from .selection import RESULTS, choice_of, media_of, preset_of
from .server import Busy, GalleryItem, LostReply, Refused, Server
from .settings import Settings
from .template import Template, read_template

# The memory profile that needs least; a job that did not fit is tried with it once more.
LEAST_PROFILE = 5.0


class Checkpoint(msgspec.Struct, frozen=True):
    """What finds a job again: its id, or, before Wan2GP has told one, the name of its result."""

    name: str
    job_id: str = ""


class Wan2gpBackend:
    """Runs jobs on several installations; a run uses the one of which it got the slot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._servers: dict[str, Server] = {}
        self._known_models: set[tuple[str, str]] = set()

    async def open(self) -> None:
        """Connections are made when a run needs them."""

    async def close(self) -> None:
        """Close every connection. Jobs that run there go on."""
        for server in self._servers.values():
            await server.close()
        self._servers.clear()

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Submit the job, or find the one that an earlier attempt submitted; follow it."""
        if context.cancelled.is_set():
            raise Cancelled
        server = self._server(context.reserved.server)
        kept = msgspec.json.decode(request.resume, type=Checkpoint) if request.resume else None
        profile = profile_for(self._settings.vram_gb, self._settings.ram_gb)
        if kept is None:
            task = await self._task(server, request, context, profile)
            kept = await self._submit(server, task, context)
        else:
            task = {}
        reached = 0.0
        while True:
            item, follower = None, Follower(server, kept.job_id, context.cancelled)
            follower.reached = reached
            if not kept.job_id:
                item = await self._look_for(server, kept.name, context)
            else:
                async with contextlib.aclosing(follower.follow()) as events:
                    async for event in events:
                        yield event
            try:
                item = item or await self._judge(server, follower, request, context)
                break
            except OutOfMemory as error:
                lowest = task.get("override_profile") == LEAST_PROFILE
                if not task or lowest or "mode" in task:
                    raise
                yield Log(f"{error.message} It is tried once more with less memory.", "warning")
            reached = follower.reached
            name = _new_name()
            task |= {"override_profile": LEAST_PROFILE, "output_filename": name, "client_id": name}
            kept = await self._submit(server, task, context)
        yield Progress(1.0, "Fetching the result")
        async for event in self._fetch(server, item, request, context):
            yield event

    def _server(self, name: str | None) -> Server:
        addresses = self._settings.addresses()
        if name is None or name not in addresses:
            raise BackendError(
                "wan2gp.no_server",
                "No Wan2GP is named in this worker's settings.",
                hint="Set DIRECTOR_PLUGIN_WAN2GP__URL where this worker runs.",
            )
        if name not in self._servers:
            self._servers[name] = Server(name, addresses[name], self._settings)
        return self._servers[name]

    async def _task(
        self, server: Server, request: Request, context: RunContext, profile: float | None
    ) -> dict[str, Any]:
        """The settings of this run: its files are there, and its model is known there."""
        preset = preset_of(request, self._settings)
        choice = choice_of(request)
        chosen: dict[str, Any] = {}
        if choice.template is not None:
            template = await _template_of(choice.template, context)
            chosen |= template.settings
        chosen |= people_values(choice.parameters)
        await self._check_model(server, str(chosen.get("model_type") or preset.model_type))
        uploaded: dict[str, list[str]] = {}
        for key, media in media_of(request).items():
            uploaded[key] = []
            for one in media:
                if context.cancelled.is_set():
                    raise Cancelled
                uploaded[key].append(await server.upload(await context.fetch(one), one))
        return fill(request, preset, chosen, uploaded, name=_new_name(), profile=profile)

    async def _check_model(self, server: Server, model_type: str) -> None:
        known = (server.name, model_type)
        if not model_type or known in self._known_models:
            return
        if not await server.has_model(model_type):
            offered = ", ".join(await server.models_like(model_type.split("_")[0]))
            raise BackendError(
                "wan2gp.no_model",
                f"{server.title} has no model {model_type[:60]!r}.",
                hint=f"Update Wan2GP, or choose another model: {offered or 'it names none'}.",
            )
        self._known_models.add(known)

    async def _submit(
        self, server: Server, task: dict[str, Any], context: RunContext
    ) -> Checkpoint:
        """Submit a job once. While Wan2GP works for somebody else, wait: it has no queue."""
        kept = Checkpoint(name=task["output_filename"])
        deadline = time.monotonic() + self._settings.absence
        while True:
            if context.cancelled.is_set():
                raise Cancelled
            # First: when this process ends after the submission, its result can still be found.
            await context.checkpoint(msgspec.json.encode(kept))
            try:
                job = await server.submit(task)
            except LostReply:
                # Never sent again: whoever follows looks for the result by its name.
                return kept
            except Refused as refused:
                await context.checkpoint(b"")
                raise server.refusal(refused) from refused
            except (Busy, BackendError) as error:
                await context.checkpoint(b"")
                if time.monotonic() > deadline:
                    raise (_busy(server) if isinstance(error, Busy) else error) from error
                if isinstance(error, BackendError) and not error.retryable:
                    raise
                await _sleep(self._settings.poll, context)
                continue
            kept = Checkpoint(name=kept.name, job_id=job.job_id)
            await context.checkpoint(msgspec.json.encode(kept))
            return kept

    async def _look_for(self, server: Server, name: str, context: RunContext) -> GalleryItem:
        """The result of a job whose submission had no answer. It is never submitted again here:
        only a person may decide to make it twice."""
        deadline = time.monotonic() + self._settings.lost_reply
        away = time.monotonic() + self._settings.absence
        while True:
            if context.cancelled.is_set():
                raise Cancelled
            try:
                item = await server.result_named(name)
                away = time.monotonic() + self._settings.absence
            except BackendError as error:
                if not error.retryable or time.monotonic() > away:
                    raise
                item = None
            if item is not None:
                return item
            if time.monotonic() > deadline:
                await context.checkpoint(b"")
                raise BackendError(
                    "wan2gp.lost_reply",
                    f"{server.title} did not answer when the job was submitted, and its result did "
                    "not come.",
                    hint="See in Wan2GP whether it works on it; else generate again.",
                )
            await _sleep(self._settings.poll, context)

    async def _judge(
        self, server: Server, follower: Follower, request: Request, context: RunContext
    ) -> GalleryItem:
        """The result of a job that has ended, or why there is none."""
        if follower.job is None:
            # Its memory is its only record: it was started again.
            await context.checkpoint(b"")
            raise BackendError(
                "wan2gp.job_lost",
                f"{server.title} was started again and has lost this job.",
                hint="It is submitted again.",
                retryable=True,
            )
        try:
            return result_of(follower.job, RESULTS[request.node_type][1], server)
        except BackendError:
            await context.checkpoint(b"")
            raise

    async def _fetch(
        self, server: Server, item: GalleryItem, request: Request, context: RunContext
    ) -> AsyncGenerator[RunEvent, None]:
        socket, kind = RESULTS[request.node_type]
        target = context.scratch / "result"
        await server.download(item, target)
        yield await context.save(socket, target, check_file(target, kind, server))


async def _template_of(media: Any, context: RunContext) -> Template:
    path = await context.fetch(media)
    return read_template(await asyncio.to_thread(path.read_bytes))


async def _sleep(seconds: float, context: RunContext) -> None:
    """A pause that a cancel ends. Raises `Cancelled`."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await context.cancelled.wait()
            raise Cancelled


def _new_name() -> str:
    return f"director-{uuid.uuid4().hex}"


def _busy(server: Server) -> BackendError:
    return BackendError(
        "wan2gp.busy",
        f"{server.title} works for somebody else.",
        hint="It takes one job at a time: wait for the one that was started there, or stop it.",
        retryable=True,
    )
