"""A real studio in a folder of its own, and Debian's Chromium to visit it with."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

from app.processes.studio import Studio, free_port, running
from app.settings import Settings
from tests.e2e.film import client_of
from tests.e2e.media_film import make_media_film
from tests.e2e.media_stage import Stage
from tests.leaks import watch_browser

# A busy machine may take its time; what never comes is a failure all the same.
expect.set_options(timeout=60_000)

CHROMIUM = os.environ.get("DIRECTOR_TEST_CHROMIUM", "/usr/bin/chromium")
# Root has no user namespace for a sandbox here, and a test's browser has nobody to call at home.
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Visit:
    """A page, what it complained of, and every address that it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message: ConsoleMessage) -> None:
        last = message.location.get("url", "").rsplit("/")[-1].partition("?")[0]
        # The preview of a task is gone as soon as its take is there, which may be before it is
        # asked for.
        # What is fetched ahead in another mode than it is asked for is fetched twice.
        if "preload" in message.text and "does not match" in message.text:
            self.complaints.append(message.text)
        if message.type == "error" and not ("404" in message.text and last == "preview"):
            self.complaints.append(f"{message.text} ({last})")


@pytest.fixture(scope="module")
def studio_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the studio."""
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
async def studio(studio_home: Path) -> AsyncIterator[Studio]:
    """A studio that nobody owns yet."""
    async with running(Settings(home=studio_home, port=free_port(), workers=1)) as started:
        yield started


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        leaks = watch_browser(started)
        yield started
        await leaks.ended()
        await started.close()


@pytest.fixture
async def stranger(studio: Studio, browser: Browser) -> AsyncIterator[Visit]:
    """A visit of somebody who is not logged in."""
    context = await _context(studio, browser)
    yield Visit(await context.new_page())
    await context.close()


@pytest.fixture
async def visit(studio: Studio, browser: Browser) -> AsyncIterator[Visit]:
    """A visit of the owner."""
    context = await _context(studio, browser)
    await context.add_cookies(
        [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
    )
    yield Visit(await context.new_page())
    await context.close()


@pytest.fixture
async def owner(studio: Studio) -> AsyncIterator[httpx.AsyncClient]:
    """The studio's API as its owner, as a program asks it."""
    async with client_of(studio) as client:
        yield client


async def _context(studio: Studio, browser: Browser) -> BrowserContext:
    context = await browser.new_context(
        base_url=studio.address.url,
        viewport={"width": 1400, "height": 900},
        color_scheme="dark",
        reduced_motion="no-preference",
    )
    context.set_default_timeout(60_000)
    return context


@pytest.fixture(scope="module")
async def stage(
    studio: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with client_of(studio) as client:
        film = await make_media_film(client, tmp_path_factory.mktemp("files"))
        context = await browser.new_context(
            base_url=studio.address.url,
            viewport={"width": 1900, "height": 1000},
            color_scheme="dark",
        )
        context.set_default_timeout(60_000)
        await context.add_cookies(
            [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
        )
        stage = Stage(await context.new_page(), film)
        yield stage
        await context.close()
        assert not stage.complaints
