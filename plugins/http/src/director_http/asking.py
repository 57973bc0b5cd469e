"""One request: to an allowed host, redirects looked at one by one, answers never too large."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
from node_registry.server_text import plain
from yarl import URL

from node_registry import BackendError, Cancelled, trace_headers

from .addresses import PrivateAddress, checked, private
from .settings import Settings

LARGEST_JSON = 64 << 20
MOST_REDIRECTS = 5
_CHUNK = 1 << 18
T = TypeVar("T")


class Asker:
    """Asks for one run. `secret` is the name of one of the operator's secrets, or nothing."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: Settings,
        secret: str,
        cancelled: asyncio.Event,
    ) -> None:
        self._session, self._settings, self._cancelled = session, settings, cancelled
        self._secret = settings.named_secrets().get(secret) if secret else None
        if secret and self._secret is None:
            raise BackendError(
                "http.no_secret",
                "The operator has set no secret of this name.",
                hint="Look at DIRECTOR_PLUGIN_HTTP__SECRETS where the workers run.",
            )

    async def ask(self, method: str, url: str, body: bytes | None, target: Path) -> str:
        """Write the answer into a file; its type. Raises `http.…`."""
        async with self._answer(method, url, body) as answer:
            with target.open("wb") as file:
                size = 0
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    size += len(chunk)
                    if size > self._settings.largest_result:
                        raise too_large(self._settings.largest_result)
                    if self._cancelled.is_set():
                        raise Cancelled
                    await asyncio.to_thread(file.write, chunk)
            return answer.content_type

    async def ask_json(self, method: str, url: str, body: bytes | None) -> Any:
        """The answer, read as JSON. Raises `http.…`."""
        async with self._answer(method, url, body) as answer:
            content = b""
            async for chunk in answer.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > LARGEST_JSON:
                    raise too_large(LARGEST_JSON)
            try:
                return msgspec.json.decode(content)
            except (msgspec.DecodeError, RecursionError):
                raise BackendError(
                    "http.no_json",
                    f"{answer.url.host} answered with something else than JSON.",
                    hint="Leave the place of the result empty where the answer is the file itself.",
                ) from None

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, body: bytes | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        asked = checked(url, self._settings)
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer = await self._unless_cancelled(
                    self._session.request(
                        method, asked, data=body, headers=self._headers(asked, body),
                        allow_redirects=False,
                    )
                )  # fmt: skip
            except (aiohttp.ClientError, TimeoutError, PrivateAddress) as error:
                raise _no_answer(error, asked, method) from None
            try:
                place = answer.headers.get("Location")
                if answer.status in (301, 302, 303, 307, 308) and place:
                    if answer.status in (301, 302, 303):
                        method, body = "GET", None
                    asked = checked(str(answer.url.join(URL(place))), self._settings)
                    continue
                if answer.status >= 400:
                    raise await self._refusal(answer)
                yield answer
                return
            except (aiohttp.ClientError, TimeoutError) as error:
                raise _no_answer(error, asked, method) from None
            finally:
                answer.close()
        raise BackendError(
            "http.redirects",
            f"{asked.host} sends from one address to the next without an end.",
            hint="Write the address that it sends to.",
        )

    async def _refusal(self, answer: aiohttp.ClientResponse) -> BackendError:
        said = (await answer.content.read(2000)).decode("utf-8", "replace")
        if self._secret is not None:
            # A service may repeat what it does not accept.
            for part in (self._secret.value, *self._secret.value.split()[1:]):
                said = said.replace(part, "…")
        text = plain(said, 300)
        return BackendError(
            "http.refused",
            f"{answer.url.host} answered {answer.status}" + (f": {text}" if text else "."),
            hint="Look at the address, the body and the secret."
            if answer.status != 429
            else "It is asked again after a while.",
            retryable=answer.status in (429, 502, 503, 504),
        )

    def _headers(self, url: URL, body: bytes | None) -> dict[str, str]:
        headers = {"User-Agent": "MovieDirector", "Accept": "*/*", **trace_headers()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        secret = self._secret
        # A key goes without TLS only where the operator has private hosts.
        safe = url.scheme == "https" or self._settings.private_addresses
        if secret is not None and safe and (url.host or "").lower() == secret.host.lower():
            headers[secret.header] = secret.value
        return headers

    async def _unless_cancelled(self, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._cancelled.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Cancelled
            return task.result()
        finally:
            stop.cancel()
            task.cancel()


def decoded(text: str, target: Path, largest: int) -> bool:
    """Write what a data: address or base64 holds; False for a text that is neither."""
    head, comma, rest = text.partition(",")
    encoded = rest if comma and head.startswith("data:") and head.endswith(";base64") else text
    if len(encoded) > largest * 4 // 3 + 4:
        raise too_large(largest)
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    target.write_bytes(content)
    return bool(content)


def too_large(largest: int) -> BackendError:
    """The refusal of an answer that is larger than it may be."""
    return BackendError(
        "http.too_large",
        f"The answer is larger than the {largest >> 20} MB that it may have.",
        hint="Ask for less, or raise DIRECTOR_PLUGIN_HTTP__LARGEST_RESULT.",
    )


def _no_answer(error: Exception, url: URL, method: str) -> BackendError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PrivateAddress):
            return private(url.host or "")
        cause = cause.__cause__ or cause.__context__ or getattr(cause, "os_error", None)
    unsent = isinstance(error, aiohttp.ClientConnectorError)
    safe = method == "GET" or unsent
    return BackendError(
        "http.no_answer",
        f"{url.host} does not answer."
        + ("" if safe else " It may have begun what it was asked for."),
        hint="It is asked again." if safe else "Look there before you generate again.",
        retryable=safe,
    )
