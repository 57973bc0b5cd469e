"""No path of the server reaches a client: looked at in each answer and each frame of the tests.

`watch_clients` sees all that httpx and websockets get from a studio, in this process or another;
`watch_browser` all that a page of a browser gets.
"""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Response

_homes: set[str] = set()
READABLE = ("application/json", "application/problem+json", "text/", "application/xml")
OURS = ("/api/", "/auth/", "/git/", "/ws/")


def watch_for(folder: Path) -> None:
    """From now on a word of this folder in anything that a client gets fails the test."""
    _homes.add(str(folder))


def check_text(text: str, what: str) -> None:
    """Fail if a text that a client gets names a folder of the server."""
    for home in _homes:
        assert home not in text, f"{what} tells where the studio's data lie: {text[:2000]}"


def check_frame(frame: str | bytes, what: str = "A frame of the socket") -> None:
    """The same for a frame, which may be compressed."""
    if isinstance(frame, bytes):
        try:
            frame = zlib.decompress(frame).decode()
        except (zlib.error, UnicodeDecodeError):
            frame = frame.decode("utf-8", "replace")
    check_text(frame, what)


async def check_answer(answer: httpx.Response) -> None:
    """The same for an answer of the API: its headers, and its body if people can read it."""
    _check_head(answer)
    if answer.headers.get("content-type", "").startswith(READABLE):
        _check_body(answer, await answer.aread())


def watch_clients() -> None:
    """Look at all that httpx and websockets get from a studio, whoever asks."""
    send, send_at_once, receive = httpx.AsyncClient.send, httpx.Client.send, ClientConnection.recv

    async def send_and_check(
        self: httpx.AsyncClient, request: httpx.Request, **how: Any
    ) -> httpx.Response:
        answer = await send(self, request, **how)
        # What is read piece by piece is looked at only where it was read already.
        if _is_ours(str(request.url)) and not how.get("stream"):
            await check_answer(answer)
        return answer

    def send_at_once_and_check(
        self: httpx.Client, request: httpx.Request, **how: Any
    ) -> httpx.Response:
        answer = send_at_once(self, request, **how)
        if _is_ours(str(request.url)) and not how.get("stream"):
            _check_head(answer)
            if answer.headers.get("content-type", "").startswith(READABLE):
                _check_body(answer, answer.read())
        return answer

    async def receive_and_check(self: ClientConnection, *given: Any, **how: Any) -> Any:
        frame = await receive(self, *given, **how)
        if self.request is not None and _is_ours(self.request.path):
            check_frame(frame)
        return frame

    httpx.AsyncClient.send = send_and_check  # type: ignore[method-assign]
    httpx.Client.send = send_at_once_and_check  # type: ignore[method-assign]
    ClientConnection.recv = receive_and_check  # type: ignore[method-assign, assignment]


class BrowserWatch:
    """What the pages of a browser get from a studio; `found` are the complaints."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.seen = 0
        self._looking: set[asyncio.Task[None]] = set()

    def follow(self, context: BrowserContext) -> None:
        """Look at all that the pages of a context get."""
        context.on("response", self._on_response)
        context.on("page", self._on_page)

    async def ended(self) -> None:
        """Fail if anything was found."""
        await asyncio.gather(*self._looking)
        assert not self.found, self.found

    def _on_page(self, page: Page) -> None:
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: self._note(check_frame, frame)),
        )

    def _on_response(self, response: Response) -> None:
        if _is_ours(response.url):
            task = asyncio.create_task(self._look(response))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look(self, response: Response) -> None:
        from playwright.async_api import Error

        head = response.headers
        text = "\n".join(f"{name}: {value}" for name, value in head.items())
        if head.get("content-type", "").startswith(READABLE):
            try:
                text += (await response.body()).decode("utf-8", "replace")
            except Error:
                # The page has gone on, and the browser has let go of it.
                return
        self._note(check_text, text, urlsplit(response.url).path)

    def _note(self, check: Any, *given: Any) -> None:
        self.seen += 1
        try:
            check(*given)
        except AssertionError as error:
            self.found.append(str(error))


def watch_browser(browser: Browser) -> BrowserWatch:
    """Look at all that the contexts get that this browser opens from now on."""
    watch = BrowserWatch()
    new_context = browser.new_context

    async def followed(**how: Any) -> BrowserContext:
        context = await new_context(**how)
        watch.follow(context)
        return context

    browser.new_context = followed  # type: ignore[method-assign]
    return watch


def _is_ours(address: str) -> bool:
    return urlsplit(address).path.startswith(OURS)


def _check_head(answer: httpx.Response) -> None:
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    check_text(heads, _named(answer))


def _check_body(answer: httpx.Response, body: bytes) -> None:
    check_text(body.decode("utf-8", "replace"), _named(answer))


def _named(answer: httpx.Response) -> str:
    return f"{answer.request.method} {answer.request.url.path}"
