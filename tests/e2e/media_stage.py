"""One page on which many tests look at the nodes of one film."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from playwright.async_api import Locator, Page

from tests.e2e.film import Canvas
from tests.e2e.media_film import MediaFilm

T = TypeVar("T")

# Thumbnails and waveforms are made by the worker, beside all else that it does.
MADE = 30_000


class Stage:
    """The one page, which goes from level to level as the tests need it."""

    def __init__(self, page: Page, film: MediaFilm) -> None:
        self.page = page
        self.film = film
        self.canvas = Canvas(page, film.film)
        self.complaints: list[str] = []
        self._at: str | None = "nowhere"
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def node(self, name: str) -> Locator:
        """A node by its name, on the level where it stands."""
        level = self.film.level_of(name)
        if level != self._at:
            await self.canvas.open(level)
            self._at = level
        node = self.page.locator(f"#node-{self.film.ids[name]}")
        await node.get_by_role("heading").wait_for()
        return node

    async def stored(self, name: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The stored values of a node once they hold."""
        return await until(lambda: self.film.data(name), holds)


async def until(
    ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool], seconds: float = 60
) -> T:
    """What is answered once it holds."""
    async with asyncio.timeout(seconds):
        while True:
            found = await ask()
            if holds(found):
                return found
            await asyncio.sleep(0.05)


def socket(node: Locator, name: str, side: str) -> Locator:
    return node.locator(f'.node-socket.{side}[aria-label^="{name},"]')
