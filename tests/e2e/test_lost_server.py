"""Two browsers edit one film while its server is killed: everything they did is there afterwards.

Both keep what they typed in the real IndexedDB; one tab is closed while there is no server.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.e2e.film import Canvas, Film, client_of

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
async def film(studio: Studio) -> AsyncIterator[Film]:
    """A short film."""
    async with client_of(studio) as client:
        yield await Film.of(client, "The Lamp", "lighthouse.fountain")


@pytest.fixture
async def other(studio: Studio, browser: Browser, film: Film) -> AsyncIterator[BrowserContext]:
    """The browser of a second person, who was invited to the film."""
    terms = {"role": "editor"}
    link = await film.client.post(f"/projects/{film.id}/invitations", json=terms)
    context = await browser.new_context(
        base_url=studio.address.url,
        viewport={"width": 1400, "height": 900},
        extra_http_headers={"Origin": studio.address.url},
    )
    account = {
        "name": "Grace",
        "email": f"grace-{uuid4().hex}@example.org",
        "password": "nine lanterns in the fog",
    }
    body = {"code": link.raise_for_status().json()["code"], "account": account}
    joined = await context.request.post("/api/v1/invitations/accept", data=body)
    assert joined.ok, await joined.text()
    yield context
    await context.close()


def kill_api(studio: Studio) -> None:
    """SIGKILL for the API; its supervisor starts it again."""
    pid = studio.supervisor.pids["api"]
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def answers(film: Film) -> bool:
    """Whether the API is there."""
    try:
        return (await film.client.get("/health")).is_success
    except httpx.TransportError:
        return False


async def test_nothing_is_lost_when_the_server_is_killed(
    film: Film, visit, other: BrowserContext, studio: Studio
) -> None:
    scene = await film.scene(1)
    mine = await Canvas(visit.page, film).open(scene)
    theirs = await Canvas(await other.new_page(), film).open(scene)
    prompt = mine.node("SHOT_020").get_by_role("textbox", name="Prompt")
    same = theirs.node("SHOT_020").get_by_role("textbox", name="Prompt")
    text = await prompt.input_value()

    # Both edit while the server dies in the middle of it.
    await prompt.click()
    await prompt.press("Control+End")
    await same.click()
    await same.press("Control+Home")

    async def write(locator, words: str) -> None:
        for letter in words:
            await locator.press_sequentially(letter)
            await asyncio.sleep(0.03)

    mine_words, their_words = " Rain on the glass.", "Night. The sea. "
    writing = asyncio.gather(write(prompt, mine_words), write(same, their_words))
    await asyncio.sleep(0.3)
    kill_api(studio)
    await writing
    heading = await mine.middle(mine.node("SHOT_030").get_by_role("heading"))
    await mine.drag(heading, (heading[0], heading[1] - 90))
    # What is not stored is said, and kept.
    await mine.saved()
    await theirs.saved()

    both = f"{their_words}{text}{mine_words}"
    await expect(prompt).to_have_value(both)
    await expect(same).to_have_value(both)
    graph = await film.graph()
    shots = {n["data"].get("code"): n for n in graph["nodes"] if n.get("parent") == scene}
    assert shots["020"]["text"]["prompt"] == both
    assert shots["030"]["pos"][1] < shots["010"]["pos"][1] - 40

    # My undo takes back my drag alone, also after the server is a new one.
    await mine.press("Control+z")
    await film.until(
        lambda graph: (
            next(n for n in graph["nodes"] if n["id"] == shots["030"]["id"])["pos"][1]
            == shots["010"]["pos"][1]
        )
    )
    await expect(same).to_have_value(both)


async def test_a_tab_that_is_closed_without_a_server_keeps_its_edits(
    film: Film, visit, other: BrowserContext, studio: Studio
) -> None:
    scene = await film.scene(1)
    theirs = await Canvas(await other.new_page(), film).open(scene)
    prompt = theirs.node("SHOT_010").get_by_role("textbox", name="Prompt")
    text = await prompt.input_value()
    await other.set_offline(True)
    kill_api(studio)
    chip = theirs.page.get_by_role("status").filter(has_text="ffline")
    await expect(chip).to_be_visible()
    await prompt.click()
    await prompt.press("Control+End")
    await prompt.press_sequentially(" Nobody answers.")
    # The letters are in IndexedDB a moment after they are on the screen.
    await theirs.page.wait_for_timeout(500)
    await theirs.page.close()

    # In the meantime the server is back, and somebody else writes in the same text.
    async with asyncio.timeout(60):
        while not await answers(film):
            await visit.page.wait_for_timeout(100)
    mine = await Canvas(visit.page, film).open(scene)
    same = mine.node("SHOT_010").get_by_role("textbox", name="Prompt")
    await same.click()
    await same.press("Control+Home")
    await same.press_sequentially("Dusk. ")
    await mine.saved()

    await other.set_offline(False)
    again = await Canvas(await other.new_page(), film).open(scene)
    both = f"Dusk. {text} Nobody answers."
    await expect(again.node("SHOT_010").get_by_role("textbox", name="Prompt")).to_have_value(both)
    await expect(same).to_have_value(both)
    graph = await film.graph()
    assert any(n.get("text", {}).get("prompt") == both for n in graph["nodes"])
