"""The whole first path by hand, in Chromium, Firefox and WebKit: the same steps in each.

From a script to a project, its canvas, a character that is connected, a take, the active take
chosen, the cut that plays and the film.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.async_api import Browser, Page

from tests.e2e.film import SCRIPTS, Film, client_of
from tests.e2e.webdriver import FIREFOX, HEIGHT, WIDTH, Driver, firefox, webkit

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system

# What is called by its name: a label, a text, or what a label in the document says of it.
FIND = """(() => {
  const name = (e) => e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || '';
  const all = [...document.querySelectorAll(%s)].filter((e) => e.checkVisibility());
  const found = all.find((e) => name(e).trim().startsWith(%s));
  if (!found) return null;
  found.scrollIntoView({ block: 'nearest' });
  const { x, y, width, height } = found.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
})()"""
CONTROLS = "button, a, input, textarea, [role=menuitem], [role=option], [role=combobox]"
KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Control": "\ue009", "End": "\ue010"}


class Chromium:
    """Playwright's page as a driver, so that one journey serves all three."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def go(self, url: str) -> None:
        await self.page.goto(url)

    async def run(self, script: str) -> Any:
        return await self.page.evaluate(script)

    async def act(self, *sources: dict[str, Any]) -> None:
        for step in (step for source in sources for step in source["actions"]):
            await self._step(step)

    async def _step(self, step: dict[str, Any]) -> None:
        mouse, keyboard = self.page.mouse, self.page.keyboard
        names = {value: key for key, value in KEYS.items()}
        match step["type"]:
            case "pointerMove":
                await mouse.move(step["x"], step["y"], steps=4)
            case "pointerDown":
                await mouse.down()
            case "pointerUp":
                await mouse.up()
            case "keyDown":
                await keyboard.down(names.get(step["value"], step["value"]))
            case "keyUp":
                await keyboard.up(names.get(step["value"], step["value"]))
            case "pause":
                await asyncio.sleep(step["duration"] / 1000)

    async def choose_file(self, selector: str, path: Path) -> None:
        await self.page.locator(selector).set_input_files(path)

    async def look(self, path: Path) -> None:
        await self.page.screenshot(path=path)


class Hand:
    """What a person does with a browser."""

    def __init__(self, driver: Driver, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    async def until(self, script: str, what: str, seconds: float = 60) -> Any:
        """The value of a script once it is true."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := await self.driver.run(script)):
                    await self.pause()
                return value
        except TimeoutError:
            picture = self.folder / "never_came.png"
            await self.driver.look(picture)
            raise AssertionError(f"{what} never came; see {picture}") from None

    async def place(self, name: str, kind: str = CONTROLS) -> tuple[int, int]:
        """The middle of what has this name, once it stands still."""
        script = FIND % (json.dumps(kind), json.dumps(name))
        before = None
        while (found := await self.until(script, name)) != before:
            before = found
            await self.pause()
        return round(found[0]), round(found[1])

    async def pause(self) -> None:
        """A moment in which the page goes on."""
        await asyncio.sleep(0.15)

    async def click(self, name: str, kind: str = CONTROLS) -> None:
        """Click what has this name."""
        await self.drag(await self.place(name, kind))

    async def drag(self, *places: tuple[int, int]) -> None:
        """Press at the first place, move over the others, let go."""
        first, *others = places
        steps: list[dict[str, Any]] = [move(first), {"type": "pointerDown", "button": 0}]
        for place in others:
            steps += [move(place), {"type": "pause", "duration": 60}]
        steps.append({"type": "pointerUp", "button": 0})
        await self.driver.act({"type": "pointer", "id": "mouse", "actions": steps})

    async def press(self, *keys: str) -> None:
        """Press keys together, such as Control and k."""
        down = [{"type": "keyDown", "value": KEYS.get(key, key)} for key in keys]
        up = [{"type": "keyUp", "value": KEYS.get(key, key)} for key in reversed(keys)]
        await self.driver.act({"type": "key", "id": "keys", "actions": down + up})

    async def write(self, text: str) -> None:
        """Type into what has the focus."""
        steps = [
            {"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")
        ]
        await self.driver.act({"type": "key", "id": "keys", "actions": steps})

    async def fill(self, name: str, text: str) -> None:
        """Write over what a field holds."""
        await self.click(name, "input, textarea")
        await self.press("Control", "a")
        await self.write(text)


def move(place: tuple[int, int]) -> dict[str, Any]:
    """The pointer's way to a place."""
    return {"type": "pointerMove", "x": place[0], "y": place[1], "duration": 60}


def browsers() -> list[str]:
    """Those that are there or demanded. WebKit's player stands still on a busy machine: it is
    walked where `DIRECTOR_TEST_WEBKIT` asks for it."""
    found = ["chromium"]
    if os.environ.get("DIRECTOR_TEST_BROWSER") or Path(FIREFOX).exists():
        found.append("firefox")
    if os.environ.get("DIRECTOR_TEST_WEBKIT"):
        found.append("webkit")
    return found


@pytest.fixture(params=browsers())
async def hand(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> AsyncIterator[Hand]:
    """A hand in each browser."""
    profile = tmp_path / "profile"
    profile.mkdir()
    async with AsyncExitStack() as stack:
        if request.param == "chromium":
            context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            stack.push_async_callback(context.close)
            driver: Driver = Chromium(await context.new_page())
        elif request.param == "firefox":
            driver = await stack.enter_async_context(firefox(profile))
        else:
            driver = await stack.enter_async_context(webkit(profile))
        yield Hand(driver, tmp_path)


async def let_in(hand: Hand, studio: Studio) -> None:
    """The first browser opens the studio by its one-time link, the others log in."""
    assert studio.setup_link is not None
    account = {"email": "ada@example.org", "password": "paper boats in a street"}
    async with httpx.AsyncClient(base_url=f"{studio.address.url}/api/v1") as client:
        known = (await client.post("/auth/login", json=account)).is_success
    if known:
        await hand.driver.go(f"{studio.address.url}/login")
    else:
        await hand.driver.go(studio.setup_link)
        await hand.fill("Your name", "Ada")
    await hand.fill("E-mail", account["email"])
    await hand.fill("Password", account["password"])
    await hand.press("Enter")
    await hand.place("New project")


async def test_from_a_script_to_a_film(hand: Hand, studio: Studio) -> None:
    await let_in(hand, studio)
    await hand.click("New project")
    picker = "[role=dialog] input[type=file]"
    await hand.until(f"!!document.querySelector('{picker}')", "the choice of a script")
    await hand.driver.choose_file(picker, SCRIPTS / "one_line.txt")
    await hand.click("Put it on the canvas")
    address = await hand.until("/project/.test(location.pathname) && location.pathname", "a canvas")
    async with client_of(studio) as client:
        film = Film(client, address.rstrip("/").split("/")[-1])
        await walk(hand, studio, film)


async def walk(hand: Hand, studio: Studio, film: Film) -> None:
    """On the canvas: connect, generate, activate, cut, play, export."""
    scene = await film.scene()
    await hand.driver.go(f"{studio.address.url}/project/{film.id}?level={scene}")
    first = (await film.nodes("film.shot"))[0]["id"]
    node = f"[data-id='{first}']"
    await hand.until(f'!!document.querySelector("{node} textarea")', "the first shot")

    # A character is added by keys and connected by hand.
    await hand.driver.run("document.querySelector('[role=application]').focus()")
    await hand.press("Tab")
    await hand.place("Find a node type", "input")
    await hand.write("character")
    await hand.press("Enter")
    graph = await film.until(
        lambda graph: any(
            n["type"] == "film.character" and n.get("parent") == scene for n in graph["nodes"]
        )
    )
    added = next(
        n["id"]
        for n in graph["nodes"]
        if n["type"] == "film.character" and n.get("parent") == scene
    )
    await hand.press("a")
    await hand.pause()
    out = await hand.place("Character,", f"[data-id='{added}'] .node-socket.out")
    into = await hand.place("Characters,", f"{node} .node-socket.in")
    await hand.drag(out, ((out[0] + into[0]) // 2, (out[1] + into[1]) // 2), into)
    await film.until(
        lambda graph: any(e["source"] == added and e["target"] == first for e in graph["edges"])
    )

    # A first take, a changed prompt, a second take; then the first one is the active one again.
    generate, prompt = f"{node} button", f"{node} textarea"
    await hand.click("Generate", generate)
    (first_take,) = await takes(film, first, 1)
    await hand.click("Prompt", prompt)
    await hand.press("Control", "End")
    await hand.write(" A gull.")
    await film.until(lambda graph: " A gull." in one(graph, first)["text"]["prompt"])
    await hand.click("Generate", generate)
    made = await takes(film, first, 2)
    await film.until(lambda graph: one(graph, first)["data"]["active_take"] != first_take["id"])
    name = next(take["name"] for take in made if take["id"] == first_take["id"])
    # The new one comes before it: who clicks earlier clicks on what stands there then.
    await hand.until(f'document.querySelectorAll("{node} .take").length === 2', "the second take")
    await hand.click(name, f"{node} .take")
    chosen = lambda graph: one(graph, first)["data"]["active_take"] == first_take["id"]  # noqa: E731
    await film.until(chosen)

    # The cut plays it, over the frames of the take itself.
    await hand.driver.go(f"{studio.address.url}/project/{film.id}/cut")
    await hand.until("document.querySelectorAll('.picture video').length > 0", "a video")
    await hand.click("Play")
    playing = "[...document.querySelectorAll('.picture video')].some((v) => v.currentTime > 0.3)"
    await hand.until(playing, "a picture that moves")
    later = "Number(document.querySelector('[role=slider][aria-label=Position]').ariaValueNow) > 12"
    await hand.until(later, "the film, half a second on")


def one(graph: dict[str, Any], node: str) -> dict[str, Any]:
    """A node of the graph."""
    return next(n for n in graph["nodes"] if n["id"] == node)


async def takes(film: Film, node: str, count: int) -> list[dict[str, Any]]:
    """The takes of a node, once there are so many."""
    found: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(180):
            while len(found) != count:
                await asyncio.sleep(0.2)
                asked = {"node_id": node}
                answer = await film.client.get(f"/projects/{film.id}/takes", params=asked)
                found = answer.raise_for_status().json()["items"]
    except TimeoutError:
        raise AssertionError(f"{len(found)} of {count} takes came: {found}") from None
    return found
