"""Follows one job to its end, over broken sockets and silent servers: progress and previews."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

from node_registry.server_text import plain

from node_registry import BackendError, Cancelled, Log, Preview, Progress

from .news import JobNews, Listener, ProgressState
from .previews import Previews
from .server import Job, Server
from .template import Graph, title_of

# People are told ten times a second at most; a sampler may say more.
TOLD_EVERY = 0.1
POLL_FIRST = 0.5
POLL_LONGEST = 2.0
RECONNECT = 0.2


class Follower:
    """The life of one job on one server. `job` is what the server said of its end."""

    def __init__(
        self,
        server: Server,
        listener: Listener,
        prompt_id: str,
        graph: Graph,
        cancelled: asyncio.Event,
    ) -> None:
        self.job = Job()
        self._server = server
        self._listener = listener
        self._prompt_id = prompt_id
        self._graph = graph
        self._cancelled = cancelled
        self._previews = Previews()
        self._reached = 0.0
        self._heard = time.monotonic()
        self._answered = time.monotonic()
        self._idle_since: float | None = None

    async def follow(self, news: JobNews) -> AsyncGenerator[Progress | Preview | Log, None]:
        """What happens until the job has ended, whichever way: `job` says how.

        Raises `Cancelled` when the run was cancelled, and the job with it; `BackendError` when
        nobody can say any more what became of it.
        """
        stopping = asyncio.create_task(self._cancelled.wait())
        stopping.add_done_callback(lambda _: news.tell_end())
        poll, polled = POLL_FIRST, time.monotonic()
        try:
            while True:
                if self._cancelled.is_set():
                    for note in await self._cancel():
                        yield note
                    raise Cancelled
                if news.ended:
                    self.job = await self._server.job(self._prompt_id)
                    if self.job.ended:
                        return
                    news.ended = False
                for event in self._tell(news):
                    yield event
                now = time.monotonic()
                if not self._listener.connected or now - polled >= poll:
                    await self._ask(news)
                    polled, poll = time.monotonic(), min(POLL_LONGEST, poll * 1.5)
                    if self.job.ended:
                        return
                await self._wait(news, poll)
        finally:
            stopping.cancel()

    async def _wait(self, news: JobNews, poll: float) -> None:
        """Until something is told, or it is time to ask; never more often than people look."""
        news.changed.clear()
        news.urgent.clear()
        if news.ended or self._cancelled.is_set():
            return
        try:
            async with asyncio.timeout(poll if self._listener.connected else RECONNECT):
                await news.changed.wait()
        except TimeoutError:
            return
        if not news.urgent.is_set():
            try:
                async with asyncio.timeout(TOLD_EVERY):
                    await news.urgent.wait()
            except TimeoutError:
                return

    def _tell(self, news: JobNews) -> list[Progress | Preview]:
        told: list[Progress | Preview] = []
        state = news.progress()
        if state is not None:
            self._heard = time.monotonic()
            told += self._progress(state, news.cached)
        if news.preview is not None and self._previews.due():
            image, news.preview = news.preview, None
            self._heard = time.monotonic()
            preview = self._previews.make(image)
            if preview is not None:
                told.append(preview)
        return told

    def _progress(self, state: ProgressState, cached: int) -> list[Progress]:
        """One bar over all nodes that run. Inner nodes of an expanded one count as a part of it."""
        nodes = {
            name: node
            for name, node in state.nodes.items()
            if name in self._graph or node.display_node_id not in self._graph
        }
        total = max(1, len(self._graph) - cached, len(nodes))
        done = sum(
            1.0 if node.state == "finished" else min(1.0, max(0.0, node.value / node.max))
            for node in nodes.values()
            if node.max > 0
        )
        running = [name for name, node in nodes.items() if node.state == "running"]
        step = ""
        if running:
            node = nodes[running[-1]]
            named = self._graph.get(running[-1]) or self._graph.get(node.display_node_id)
            step = plain(title_of(named), 80) if named else ""
            if node.max > 1:
                step = f"{step} {node.value:g}/{node.max:g}".strip()
        # The end is told by the result, which comes after all nodes.
        self._reached = max(self._reached, min(0.99, done / total))
        return [Progress(self._reached, step)]

    async def _ask(self, news: JobNews) -> None:
        """Ask the server itself, and connect again where the socket broke.

        Raises when it was silent for too long, has lost the job, or works at nothing.
        """
        settings = self._server.settings
        try:
            if not self._listener.connected:
                await self._listener.connect()
            self.job = await self._server.job(self._prompt_id)
        except BackendError as error:
            if not error.retryable or time.monotonic() - self._answered > settings.silence:
                raise
            self.job = Job(status="in_progress")
            return
        now = self._answered = time.monotonic()
        if self.job.status == "in_progress":
            news.began = True
            self._idle_since = None
            if now - self._heard > settings.patience:
                raise BackendError(
                    "comfyui.no_progress",
                    f"{self._server.title} has told no progress for "
                    f"{settings.patience / 60:.0f} minutes.",
                    hint="Look at what it does; it may have to be started again.",
                    retryable=True,
                )
        elif self.job.status == "pending":
            self._heard = now
            if await self._server.works():
                self._idle_since = None
                return
            self._idle_since = self._idle_since or now
            if now - self._idle_since > settings.stall:
                raise BackendError(
                    "comfyui.stalled",
                    f"{self._server.title} answers, and works at nothing: its queue stands still.",
                    hint="Start it again; the job is then submitted once more.",
                    retryable=True,
                )

    async def _cancel(self) -> list[Log]:
        try:
            stopped = await self._server.cancel(self._prompt_id)
        except BackendError as error:
            return [Log(f"It could not be cancelled there: {error.message}", "warning")]
        if stopped:
            return []
        return [Log(f"{self._server.title} still works at the cancelled job.", "warning")]
