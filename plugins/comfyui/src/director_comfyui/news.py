"""What a server tells of its jobs over its WebSocket, as far as it concerns us, and how it is read.

One socket for each server, drained always: a client that does not read holds up all others.
"""

from __future__ import annotations

import asyncio
import re
import struct
from typing import Any

import aiohttp
import msgspec

from .server import Server

# The state of a prompt with thousands of nodes; more is not ComfyUI.
LARGEST_MESSAGE = 32 << 20
HEARTBEAT = 20.0

_PROGRESS_OF = re.compile(
    r'^\{"type": ?"progress_state", ?"data": ?\{"prompt_id": ?"([0-9a-f-]{36})"'
)


class NodeProgress(msgspec.Struct):
    """How far a node is: `value` of `max`, which it chooses itself."""

    value: float = 0
    max: float = 1
    state: str = ""
    display_node_id: str = ""


class ProgressState(msgspec.Struct):
    """The progress of every node of a prompt that has begun."""

    prompt_id: str
    nodes: dict[str, NodeProgress] = {}


class _ProgressMessage(msgspec.Struct):
    data: ProgressState


class _Fields(msgspec.Struct):
    prompt_id: str = ""
    node: Any = ""
    nodes: Any = None


class _Message(msgspec.Struct):
    type: str = ""
    data: _Fields = msgspec.field(default_factory=_Fields)


class _PreviewHeader(msgspec.Struct):
    prompt_id: str = ""
    image_type: str = ""


class JobNews:
    """The newest of one job. `changed` is set for anything, `urgent` for what cannot wait."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.urgent = asyncio.Event()
        self.ended = False
        self.began = False
        self.cached = 0
        self.preview: bytes | None = None
        self._progress: str | None = None

    def progress(self) -> ProgressState | None:
        """The last state that came since it was asked for; it is decoded only now."""
        raw, self._progress = self._progress, None
        if raw is None:
            return None
        try:
            return msgspec.json.decode(raw, type=_ProgressMessage, strict=False).data
        except (msgspec.DecodeError, RecursionError):
            return None

    def tell_progress(self, raw: str) -> None:
        """Keep the newest state as it came: of fifty in a second people see ten."""
        self._progress = raw
        self.began = True
        self.changed.set()

    def tell_end(self) -> None:
        """The job has ended, or the way by which its end would be told is broken."""
        self.changed.set()
        self.urgent.set()


class Listener:
    """The WebSocket of one server, made when it is first needed and again when it breaks."""

    def __init__(self, server: Server, client_id: str) -> None:
        self.client_id = client_id
        self._server = server
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._jobs: dict[str, JobNews] = {}
        self._connecting = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether news arrive."""
        return self._reading is not None and not self._reading.done()

    @property
    def absence(self) -> float:
        """How long, in seconds, an attempt waits for the server."""
        return self._server.settings.absence

    async def connect(self) -> None:
        """See that there is a socket. Raises `comfyui.unreachable`."""
        async with self._connecting:
            if self.connected:
                return
            # Closed fully first: of two with one client id, the end of the first deafens both.
            await self.close()
            server = self._server
            address = "ws" + server.url.removeprefix("http") + f"/ws?clientId={self.client_id}"
            try:
                async with asyncio.timeout(server.settings.silence):
                    self._socket = await server.session.ws_connect(
                        address, max_msg_size=LARGEST_MESSAGE, heartbeat=HEARTBEAT
                    )
                    await self._socket.send_json(
                        {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
                    )
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise server.unreachable() from error
            self._reading = asyncio.create_task(self._drain(self._socket))

    async def closed(self) -> None:
        """Wait until the socket has ended, by whichever side."""
        if self._reading is not None:
            await asyncio.wait([self._reading])

    def watch(self, prompt_id: str) -> JobNews:
        """The news of a job from now on; end it with `forget`."""
        news = self._jobs[prompt_id] = JobNews()
        return news

    def forget(self, prompt_id: str) -> None:
        """Listen no more for a job."""
        self._jobs.pop(prompt_id, None)

    async def close(self) -> None:
        """Close the socket."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
            self._reading = None
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def _drain(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._read_text(message.data)
                elif message.type is aiohttp.WSMsgType.BINARY:
                    self._read_binary(message.data)
        finally:
            # Whoever waits asks the server itself, and connects again.
            for news in self._jobs.values():
                news.tell_end()

    def _read_text(self, text: str) -> None:
        if not self._jobs:
            return
        if found := _PROGRESS_OF.match(text):
            if news := self._jobs.get(found[1]):
                news.tell_progress(text)
            return
        try:
            message = msgspec.json.decode(text, type=_Message)
        except (msgspec.DecodeError, RecursionError):
            return
        news = self._jobs.get(message.data.prompt_id)
        if news is None:
            return
        if message.type == "progress_state":
            news.tell_progress(text)
        elif message.type == "execution_start":
            news.began = True
            news.changed.set()
        elif message.type == "execution_cached":
            nodes = message.data.nodes
            news.cached = len(nodes) if isinstance(nodes, list) else 0
        elif message.type == "executing" and message.data.node is None:
            news.ended = True
            news.tell_end()

    def _read_binary(self, frame: bytes) -> None:
        """A preview: event 4 with what it is of, or 1 of the only job that we have there."""
        if len(frame) < 8 or not self._jobs:
            return
        event, length = struct.unpack_from(">II", frame)
        if event == 4:
            try:
                header = msgspec.json.decode(frame[8 : 8 + length], type=_PreviewHeader)
            except (msgspec.DecodeError, RecursionError):
                return
            news, image = self._jobs.get(header.prompt_id), frame[8 + length :]
        elif event == 1 and len(self._jobs) == 1:
            news, image = next(iter(self._jobs.values())), frame[8:]
        else:
            return
        if news is not None and image:
            news.preview = image
            news.changed.set()
