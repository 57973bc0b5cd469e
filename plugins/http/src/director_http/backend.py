"""A run: the request, where it is a job the questions after it, and its result as a file."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from node_registry.server_text import plain
from node_registry.signatures import HEAD, media_type_of

from node_registry import (
    BackendError,
    Cancelled,
    Media,
    Progress,
    Request,
    RunContext,
    RunEvent,
)

from . import values
from .addresses import PublicResolver
from .asking import Asker, decoded, too_large
from .nodes import KINDS
from .requests import Asked, Result, texts_of, written
from .services import Services
from .settings import Settings

LARGEST_INPUT = 24 << 20


class Job(msgspec.Struct, frozen=True):
    """What is kept of a job that was begun: the address that tells how it is."""

    url: str


class HttpBackend:
    """Asks services for pictures, videos and sounds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._services = Services(settings)

    async def open(self) -> None:
        """Make the pool of connections. It keeps no cookies: one run learns nothing of another."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=PublicResolver(self._settings), use_dns_cache=False
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._settings.answer),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close every connection. Jobs that run at the services go on."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Ask, or ask after the job that an earlier attempt began. Raises `http.…`."""
        if context.cancelled.is_set():
            raise Cancelled
        assert self._session is not None, "run comes after open"
        asked = await self._asked(request, context)
        asker = Asker(self._session, self._settings, asked.secret, context.cancelled)
        target = context.scratch / "result"
        yield Progress(0.0, "Asking the service")
        answer = await self._answer(asker, asked, request, context, target)
        yield Progress(0.9, "Fetching the result")
        if answer is not None:
            await self._fetch(asker, _text_at(answer, asked.result.pointer, "result"), target)
        yield await context.save(asked.output, target, _media_type(target, asked.output))
        yield Progress(1.0, "Done")

    async def _asked(self, request: Request, context: RunContext) -> Asked:
        """What is asked for; connected media as data addresses, where they are asked for."""
        if request.node_type in KINDS:
            return written(request, await _values(request, context))
        operation = await asyncio.to_thread(self._services.operation, request)
        files = {
            name: await _data_address(media, context)
            for name in operation.files
            if (media := _connected(request, name)) is not None
        }
        return self._services.asked(request, operation, files)

    async def _answer(
        self, asker: Asker, asked: Asked, request: Request, context: RunContext, target: Path
    ) -> Any:
        """The JSON answer that says where the result is; None where the answer is the file."""
        if request.resume:
            job = msgspec.json.decode(request.resume, type=Job)
            return await self._followed(asker, job, asked.result, context)
        if not asked.result.pointer and not asked.result.status_url:
            await asker.ask(asked.method, asked.url, asked.body, target)
            return None
        answer = await asker.ask_json(asked.method, asked.url, asked.body)
        if not asked.result.status_url:
            return answer
        job = Job(_text_at(answer, asked.result.status_url, "address of the job"))
        await context.checkpoint(msgspec.json.encode(job))
        return await self._followed(asker, job, asked.result, context)

    async def _fetch(self, asker: Asker, found: str, target: Path) -> None:
        if found.startswith(("http://", "https://")):
            await asker.ask("GET", found, None, target)
        elif not await asyncio.to_thread(decoded, found, target, self._settings.largest_result):
            raise BackendError(
                "http.no_result",
                "Where the result should be stands neither an address nor a file in base64.",
                hint="Look at the service's answer, and write where its result stands.",
            )

    async def _followed(self, asker: Asker, job: Job, result: Result, context: RunContext) -> Any:
        """The job's last answer. Raises `http.job_failed` and `http.job_slow`."""
        deadline = time.monotonic() + self._settings.patience
        while time.monotonic() < deadline:
            answer = await asker.ask_json("GET", job.url, None)
            state = str(values.at(answer, result.status))
            if state in result.done:
                return answer
            if state in result.failed:
                await context.checkpoint(b"")
                told = values.at(answer, "/error") or values.at(answer, "/detail") or state
                raise BackendError(
                    "http.job_failed",
                    f"The service says that it failed: {plain(told, 300)}.",
                    hint="Change what is asked for, then generate again.",
                )
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.poll):
                    await context.cancelled.wait()
                raise Cancelled
        await context.checkpoint(b"")
        raise BackendError(
            "http.job_slow",
            f"The service was not done after {self._settings.patience / 60:.0f} minutes.",
            hint="Look at the words that say it is done; or raise DIRECTOR_PLUGIN_HTTP__PATIENCE.",
        )


async def _values(request: Request, context: RunContext) -> dict[str, Any]:
    """What the words of a written request stand for."""
    prompts = [str(one.value) for one in request.inputs.get("prompt", []) if one.value]
    settings = request.settings
    found: dict[str, Any] = {
        "prompt": " ".join([str(request.params.get("prompt", "")), *prompts]).strip(),
        "seed": request.seed,
        "width": settings.width,
        "height": settings.height,
        "rate": settings.rate,
        "tier": request.tier,
    }
    wanted = values.words_in(*texts_of(request))
    for name in ("image", "video", "audio"):
        media = _connected(request, name)
        if name in wanted and media is not None:
            found[name] = await _data_address(media, context)
    return found


def _connected(request: Request, socket: str) -> Media | None:
    return next((one.media for one in request.inputs.get(socket, []) if one.media), None)


async def _data_address(media: Media, context: RunContext) -> str:
    if media.size > LARGEST_INPUT:
        raise too_large(LARGEST_INPUT)
    content = await asyncio.to_thread((await context.fetch(media)).read_bytes)
    return f"data:{media.media_type};base64,{base64.b64encode(content).decode()}"


def _text_at(answer: Any, pointer: str, what: str) -> str:
    found = values.at(answer, pointer)
    if isinstance(found, list) and len(found) == 1:
        (found,) = found
    if not isinstance(found, str) or not found:
        keys = ", ".join(list(answer)[:10]) if isinstance(answer, dict) else type(answer).__name__
        raise BackendError(
            "http.no_result",
            f"The answer has no {what} at {pointer or 'its top'}; it has {plain(keys, 200)}.",
            hint="Write where it stands as /output/0/url.",
        )
    return found


def _media_type(path: Path, kind: str) -> str:
    """The type of a file by what it begins with. Raises `http.wrong_result`."""
    with path.open("rb") as file:
        found = media_type_of(file.read(HEAD))
    if not found.startswith(kind + "/"):
        raise BackendError(
            "http.wrong_result",
            f"What the service gave is no {kind}.",
            hint="Look at the place of the result, or use the node of another kind.",
        )
    return found
