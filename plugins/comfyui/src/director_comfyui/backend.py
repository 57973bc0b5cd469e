"""The backend: fills a workflow, submits it to a ComfyUI server, follows it, fetches its result."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec

from node_registry import (
    BackendError,
    Cancelled,
    Media,
    OutOfMemory,
    Progress,
    Request,
    RunContext,
    RunEvent,
)

from .checking import Inventory
from .filling import fill, media_of
from .following import Follower
from .news import JobNews, Listener
from .results import choose, files_of, media_type
from .selection import RESULTS, choice_of, no_workflow
from .server import Job, Server
from .settings import Settings
from .template import LARGEST, Graph, Template, read_template
from .words import execution_failure, node_errors, refusal

# How often a server is asked after a job whose submission had no answer, before it is given up.
LOOKS = 3
LOOK_PAUSE = 0.3
RECONNECT = 0.5
MOST_TEMPLATES = 64


class Checkpoint(msgspec.Struct, frozen=True):
    """What finds a job again: its id, and the client id under which its news are told."""

    prompt_id: str
    client_id: str


class Connection:
    """What lasts over many runs on one server."""

    def __init__(self, server: Server, client_id: str) -> None:
        self.server = server
        self.listener = Listener(server, client_id)
        self.inventory = Inventory(server)


class WorkflowBackend:
    """Runs workflows on several servers; a run uses the one of which it got a slot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._connections: dict[str, Connection] = {}
        # By their digests: what is read once is the same for ever.
        self._templates: dict[str, Template] = {}

    async def open(self) -> None:
        """Make the pool of connections; each is made when a run needs it."""
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Close every connection. Jobs that run on the servers go on."""
        for connection in self._connections.values():
            await connection.listener.close()
        self._connections.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Submit the workflow, or find the job that an earlier attempt submitted; follow it."""
        if context.cancelled.is_set():
            raise Cancelled
        template, values = await self._template_of(request, context)
        kept = msgspec.json.decode(request.resume, type=Checkpoint) if request.resume else None
        connection = self._connection(context.reserved.server, kept)
        listener, server = connection.listener, connection.server
        await _reach(listener, context)
        if kept is None:
            graph = await self._graph(connection, template, values, request, context)
            kept = Checkpoint(str(uuid.uuid4()), listener.client_id)
        else:
            graph = template.workflow
        news = listener.watch(kept.prompt_id)
        try:
            if not request.resume:
                # First: when this process ends after the submission, the job can still be found.
                await context.checkpoint(msgspec.json.encode(kept))
                await self._submit(server, kept, graph, context)
            follower = Follower(server, listener, kept.prompt_id, graph, context.cancelled)
            async with contextlib.aclosing(follower.follow(news)) as events:
                async for event in events:
                    yield event
            await self._judge(server, follower.job, graph, news, context)
        finally:
            listener.forget(kept.prompt_id)
        yield Progress(1.0, "Fetching the result")
        async for event in self._fetch(server, follower.job, template, request, context):
            yield event

    async def _template_of(
        self, request: Request, context: RunContext
    ) -> tuple[Template, dict[str, Any]]:
        """The workflow that the connected pipeline chose, and the values that people set there."""
        choice = choice_of(request)
        if choice.template is None:
            raise no_workflow()
        digest = choice.template.digest
        if digest not in self._templates:
            path = await context.fetch(choice.template)
            if path.stat().st_size > 2 * LARGEST:
                raise BackendError("comfyui.bad_template", "The workflow is larger than it can be.")
            if len(self._templates) >= MOST_TEMPLATES:
                self._templates.clear()
            self._templates[digest] = read_template(await asyncio.to_thread(path.read_bytes))
        return self._templates[digest], choice.parameters

    def _connection(self, name: str | None, kept: Checkpoint | None) -> Connection:
        """The connection to a server; one of a job that is resumed listens as that job's client."""
        addresses = self._settings.addresses()
        if name is None or name not in addresses:
            raise BackendError(
                "comfyui.no_server",
                "No ComfyUI server is named in this worker's settings.",
                hint="Set DIRECTOR_PLUGIN_COMFYUI__URL where this worker runs.",
            )
        assert self._session is not None, "run comes after open"
        found = self._connections.get(name)
        if found is None:
            server = Server(name, addresses[name], self._session, self._settings)
            client_id = kept.client_id if kept else str(uuid.uuid4())
            found = self._connections[name] = Connection(server, client_id)
        return found

    async def _graph(
        self,
        connection: Connection,
        template: Template,
        values: dict[str, Any],
        request: Request,
        context: RunContext,
    ) -> Graph:
        """The graph of this run: its files are on the server, and the server has all it needs."""
        uploaded: dict[str, str] = {}
        for name, media in media_of(template, request).items():
            if context.cancelled.is_set():
                raise Cancelled
            path = await context.fetch(media)
            uploaded[name] = await connection.server.upload(path, _file_name(media))
        graph = fill(template, request, values, uploaded)
        await connection.inventory.check(template, graph)
        if context.cancelled.is_set():
            raise Cancelled
        return graph

    async def _submit(
        self, server: Server, kept: Checkpoint, graph: Graph, context: RunContext
    ) -> None:
        body = {"prompt": graph, "prompt_id": kept.prompt_id, "client_id": kept.client_id}
        try:
            status, answer = await server.submit(body)
        except BackendError as error:
            if not error.retryable:
                raise
            # The answer is lost, or the request was: the server knows which. The id is no key that
            # keeps it from running twice, so it is never sent again.
            for _ in range(LOOKS):
                if (await server.job(kept.prompt_id)).status != "unknown":
                    return
                await asyncio.sleep(LOOK_PAUSE)
            await context.checkpoint(b"")
            raise
        if status != 200:
            await context.checkpoint(b"")
            raise refusal(server.title, answer, graph)
        refused = msgspec.json.decode(answer).get("node_errors")
        if refused:
            # One branch was refused, and the others run: half a result is none.
            with contextlib.suppress(BackendError):
                await server.cancel(kept.prompt_id)
            await context.checkpoint(b"")
            text = "; ".join(list(node_errors(refused, graph))[:5]).rstrip(".")
            raise BackendError(
                "comfyui.refused",
                f"{server.title} does not accept a part of the workflow: {text}.",
                hint="Change the pipeline's settings; or mend the workflow in ComfyUI.",
            )

    async def _judge(
        self, server: Server, job: Job, graph: Graph, news: JobNews, context: RunContext
    ) -> None:
        """Raise what became of a job that has ended without a result."""
        if job.status == "unknown":
            # Its memory is its only record: it was started again, or its history was cleared.
            await context.checkpoint(b"")
            raise BackendError(
                "comfyui.job_lost",
                f"{server.title} was started again and has lost this job.",
                hint="It is submitted again.",
                retryable=True,
            )
        failure = job.failure
        if failure is not None:
            await context.checkpoint(b"")
            error = execution_failure(server.title, failure, graph)
            if isinstance(error, OutOfMemory):
                with contextlib.suppress(BackendError):
                    await server.free()
            raise error
        if job.status != "completed":
            await context.checkpoint(b"")
            raise BackendError(
                "comfyui.interrupted",
                f"Somebody stopped this job on {server.title}.",
                hint="Generate again.",
            )

    async def _fetch(
        self, server: Server, job: Job, template: Template, request: Request, context: RunContext
    ) -> AsyncIterator[RunEvent]:
        socket, kind = RESULTS[request.node_type]
        file = choose(files_of(job, template), kind, server)
        target = context.scratch / "result"
        await server.download(file.query(), target)
        found = media_type(target, kind, server)
        yield await context.save(socket, target, found)


async def _reach(listener: Listener, context: RunContext) -> None:
    """Wait for a server that is just being started again; an attempt is too dear for a moment.

    Raises `comfyui.unreachable` when it is away for `Settings.absence`, and `Cancelled`.
    """
    deadline = time.monotonic() + listener.absence
    while True:
        try:
            return await listener.connect()
        except BackendError as error:
            if not error.retryable or time.monotonic() > deadline:
                raise
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RECONNECT):
                await context.cancelled.wait()
        if context.cancelled.is_set():
            raise Cancelled


def _file_name(media: Media) -> str:
    """A name by the bytes: an equal file is the same one to ComfyUI, which then reuses its work."""
    ending = media.name.rpartition(".")[2].lower() if "." in media.name else ""
    if not ending.isalnum() or len(ending) > 5:
        ending = media.media_type.rpartition("/")[2].split("+")[0][:5]
    return f"{media.digest[:32]}.{ending}"
