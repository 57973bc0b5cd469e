"""One Wan2GP over its MCP server: submits, asks after jobs, cancels, takes and gives files.

Wan2GP keeps no session: each call is one POST with one JSON answer. It never waits inside a call,
since that would stop its server for everybody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from node_registry.server_text import plain

from node_registry import BackendError, Media, trace_headers

from .settings import Settings

LARGEST_ANSWER = 16 << 20
CHUNK = 1 << 20
EVENTS = 40
_BUSY = "already has a generation in progress"
_UNKNOWN = "unknown wangp job_id"
_ACCEPT = {"Accept": "application/json, text/event-stream"}
# Failures of a connection that was never made: nothing of the request has arrived.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Refused(Exception):
    """What a tool of Wan2GP answered in place of a result, in its own words."""


class Busy(Exception):
    """Wan2GP works for somebody else, and has no queue."""


class LostReply(Exception):
    """A submission without an answer: nobody knows whether it was accepted."""


class Event(msgspec.Struct):
    """What a job told: `progress`, `status`, `error` and more, at a time of the server's clock."""

    kind: str = ""
    timestamp: float = 0.0
    data: Any = None


class Failure(msgspec.Struct):
    """Why a job failed, in Wan2GP's words."""

    message: str = ""
    stage: str = ""
    cancelled: bool = False


class GalleryItem(msgspec.Struct):
    """A file that Wan2GP has: `path` is the server's, and is shown to nobody."""

    gallery_id: str = ""
    path: str = ""
    media_type: str = ""
    settings: dict[str, Any] = {}

    def is_named(self, name: str) -> bool:
        """Whether it is the result of the job of this name."""
        file = self.path.replace("\\", "/").rpartition("/")[2]
        return file.startswith(name) or self.settings.get("client_id") == name


class Result(msgspec.Struct):
    """How a job ended."""

    success: bool = False
    cancelled: bool = False
    errors: list[Failure] = []
    gallery_items: list[GalleryItem] = []


class Job(msgspec.Struct):
    """A job as Wan2GP knows it."""

    job_id: str = ""
    done: bool = False
    updated_at: float = 0.0
    events: list[Event] = []
    result: Result | None = None


class _Content(msgspec.Struct):
    text: str = ""


class _Answer(msgspec.Struct):
    """The result of a call of a tool, in MCP's spelling."""

    content: list[_Content] = []
    structuredContent: Any = None
    isError: bool = False


class _Message(msgspec.Struct):
    result: _Answer | None = None
    error: dict[str, Any] | None = None


class Server:
    """Speaks with one server. Every question has an end: `Settings.silence`."""

    def __init__(self, name: str, url: str, settings: Settings) -> None:
        self.name = name
        self.title = f"Wan2GP ({name.removeprefix('wan2gp/')})"
        self.settings = settings
        self._url = url.rstrip("/")
        timeout = httpx.Timeout(settings.silence, connect=min(10.0, settings.silence))
        # A proxy of the environment is for the web, and would not find a server on this machine.
        # Certificates take a while to read, and plain HTTP needs none.
        self._client = httpx.AsyncClient(
            timeout=timeout, trust_env=False, verify=self._url.startswith("https:")
        )

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def submit(self, task: dict[str, Any]) -> Job:
        """Submit a job. Raises `Busy`, `LostReply`, `Refused`, and `wan2gp.unreachable` where
        nothing of it has arrived."""
        try:
            return self._as(await self._call("wangp_generate", _NOT_SENT, source=task), Job)
        except Refused as refused:
            if _BUSY in str(refused):
                raise Busy from refused
            raise
        except httpx.HTTPError as error:
            raise LostReply from error

    async def job(self, job_id: str) -> Job | None:
        """What is known of a job; None where it is not known (any more)."""
        try:
            found = await self.call("wangp_get_job", job_id=job_id, event_limit=EVENTS)
        except Refused as refused:
            if _UNKNOWN in str(refused).lower():
                return None
            raise self.refusal(refused) from refused
        return self._as(found, Job)

    async def cancel(self, job_id: str) -> Job | None:
        """Ask for a job's end, which comes with its next step; None where it is not known."""
        try:
            found = await self.call("wangp_cancel_job", job_id=job_id, event_limit=1)
        except Refused as refused:
            if _UNKNOWN in str(refused).lower():
                return None
            raise self.refusal(refused) from refused
        return self._as(found, Job)

    async def result_named(self, name: str) -> GalleryItem | None:
        """The result of the job of this name, if it is in the gallery."""
        try:
            listed = await self.call("wangp_list_gallery", limit=500)
        except Refused as refused:
            raise self.refusal(refused) from refused
        items = self._as(listed, list[GalleryItem])
        return next((item for item in reversed(items) if item.is_named(name)), None)

    async def has_model(self, model_type: str) -> bool:
        """Whether it knows a model; the weights of one that it knows it fetches by itself."""
        try:
            return bool(await self.call("wangp_get_model_metadata", model_type=model_type))
        except Refused:
            return False

    async def models_like(self, words: str) -> list[str]:
        """Names of up to ten models of its own list; those that match some words, or else any."""
        for query in (words, None):
            try:
                found = await self.call("wangp_list_models", query=query, limit=10)
            except Refused as refused:
                raise self.refusal(refused) from refused
            names = [
                str(one.get("model_type", "")) for one in self._as(found, list[dict[str, Any]])
            ]
            if names:
                return [plain(name, 60) for name in names]
        return []

    async def upload(self, source: Path, media: Media) -> str:
        """Give a file to its gallery; the id that stands for it in settings."""
        try:
            made = await self.call("wangp_create_gallery_upload", filename=_file_name(media))
        except Refused as refused:
            raise self.refusal(refused) from refused
        address = self._address(made, "upload_url")
        try:
            answer = await self._client.put(
                address,
                content=_pieces(source),
                headers={"Content-Length": str(source.stat().st_size), **trace_headers()},
            )
        except httpx.HTTPError as error:
            raise self.unreachable() from error
        if answer.status_code != 200:
            raise BackendError(
                "wan2gp.input_refused",
                f"{self.title} does not take {plain(media.name or 'a file', 80)}: "
                f"{plain(answer.text, 200) or f'HTTP {answer.status_code}'}.",
                hint="See that the file can be played; choose another, or a smaller one.",
            )
        return self._as(self._json(answer.content), GalleryItem).gallery_id

    async def download(self, item: GalleryItem, target: Path) -> int:
        """Fetch a result in pieces into `target`; its size. Raises `wan2gp.…`."""
        try:
            made = await self.call("wangp_create_gallery_download", gallery_id=item.gallery_id)
        except Refused as refused:
            raise BackendError(
                "wan2gp.no_result",
                f"{self.title} says that it has made a result, and does not have it: "
                f"{plain(refused, 200).rstrip('.')}.",
                hint="Generate again; if that does not help, start Wan2GP again.",
            ) from refused
        limit, size = self.settings.largest_result, 0
        try:
            async with self._client.stream(
                "GET", self._address(made, "download_url"), headers=trace_headers()
            ) as answer:
                if answer.status_code != 200:
                    raise self.bad_answer(f"HTTP {answer.status_code} in place of the result")
                with target.open("wb") as out:
                    async for chunk in answer.aiter_bytes(CHUNK):
                        size += len(chunk)
                        if size > limit:
                            raise BackendError(
                                "wan2gp.result_too_large",
                                f"The result of {self.title} has more than {limit >> 20} MB.",
                                hint="Make it shorter or smaller, or let the operator raise "
                                "DIRECTOR_PLUGIN_WAN2GP__LARGEST_RESULT.",
                            )
                        out.write(chunk)
        except httpx.HTTPError as error:
            raise self.unreachable() from error
        return size

    async def call(self, tool: str, **arguments: Any) -> Any:
        """The result of a tool. Raises `Refused`, `wan2gp.unreachable`, `wan2gp.bad_answer`."""
        return await self._call(tool, (httpx.HTTPError,), **arguments)

    def refusal(self, refused: Refused) -> BackendError:
        """The error of something that Wan2GP does not accept, in its words."""
        why = plain(refused).rstrip(".") or "it gave no reason"
        return BackendError(
            "wan2gp.refused",
            f"{self.title} does not accept this: {why}.",
            hint="Change the node, or the settings on its pipeline's node.",
        )

    def unreachable(self) -> BackendError:
        """The error of a server that does not answer, or not in time."""
        return BackendError(
            "wan2gp.unreachable",
            f"{self.title} does not answer.",
            hint="See that it runs with its MCP server; what it was doing is looked for when it is "
            "back.",
            retryable=True,
        )

    def bad_answer(self, what: str) -> BackendError:
        """The error of a server that answers as Wan2GP does not."""
        return BackendError(
            "wan2gp.bad_answer",
            f"{self.title} answered with {what}.",
            hint="See that Wan2GP's MCP server stands at this address (its page is none).",
        )

    async def _call(self, tool: str, told: tuple[type[Exception], ...], **arguments: Any) -> Any:
        """The result of a tool; of the connection's failures only those in `told` become errors
        for people."""
        body = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": tool, "arguments": arguments},
        }
        try:
            status, content = await self._post(body)
        except told as error:
            raise self.unreachable() from error
        if status in (401, 403):
            raise BackendError(
                "wan2gp.no_access",
                f"What stands before {self.title} refuses the studio (HTTP {status}).",
                hint="Write name and password into its address: https://name:password@host",
            )
        if status != 200:
            raise self.bad_answer(f"HTTP {status}")
        message = self._as(self._json(content), _Message)
        if message.result is None:
            raise self.bad_answer(plain((message.error or {}).get("message") or "no result", 200))
        answer = message.result
        text = answer.content[0].text if answer.content else ""
        if answer.isError:
            raise Refused(text.removeprefix(f"Error executing tool {tool}: "))
        found = answer.structuredContent
        if found is None:
            return self._json(text.encode()) if text else None
        # What is no object is wrapped into one.
        return found["result"] if isinstance(found, dict) and set(found) == {"result"} else found

    async def _post(self, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of a call; it redirects /mcp to /mcp/."""
        content = bytearray()
        async with self._client.stream(
            "POST", f"{self._url}/mcp/", json=body, headers={**_ACCEPT, **trace_headers()}
        ) as answer:
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    raise self.bad_answer("more than it can have to say")
            return answer.status_code, bytes(content)

    def _address(self, made: Any, field: str) -> str:
        path = made.get(field) if isinstance(made, dict) else None
        if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
            raise self.bad_answer("an address that is none of its own")
        return self._url + path

    def _json(self, body: bytes) -> Any:
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self.bad_answer("something that is not its protocol") from error

    def _as(self, found: Any, type: Any) -> Any:
        try:
            return msgspec.convert(found, type, strict=False)
        except msgspec.ValidationError as error:
            raise self.bad_answer("something that is not its protocol") from error


async def _pieces(source: Path) -> AsyncIterator[bytes]:
    with source.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _file_name(media: Media) -> str:
    """A name whose ending tells Wan2GP the kind of file."""
    ending = {
        "image/jpeg": "jpg",
        "video/quicktime": "mov",
        "audio/mpeg": "mp3",
        "audio/mp4": "m4a",
        "audio/x-wav": "wav",
        "video/x-matroska": "mkv",
    }.get(media.media_type) or media.media_type.rpartition("/")[2][:5]
    return f"{media.digest[:24]}.{ending}"
