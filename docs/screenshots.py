"""Makes the pictures of the screens in `docs/images/screens` from the running product.

    uv run python docs/screenshots.py [NAME …]

Starts a studio of its own, makes the film of a script in it, and visits each screen in Debian's
Chromium: dark at 1440 pixels wide, and some in the light theme, on a tablet, and at 4K.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Page, async_playwright

from app.processes.studio import Studio, free_port, running
from app.settings import Settings

HERE = Path(__file__).parent
TARGET = HERE / "images/screens"
SCRIPT = HERE.parent / "examples/scripts/two_radios.fountain"
NEW_SCRIPT = HERE.parent / "examples/scripts/lighthouse.fountain"
CHROMIUM = os.environ.get("DIRECTOR_CHROMIUM", "/usr/bin/chromium")
# Width and height in CSS pixels, device pixels to each, theme.
DARK = (1440, 900, 1.0, "dark")
LIGHT = (1440, 900, 1.0, "light")
TABLET = (1024, 768, 1.0, "dark")
UHD = (1920, 1080, 2.0, "dark")

SCENE = "/project/{id}?level={scene}"

Act = Callable[[Page], Awaitable[Any]]


async def new_project(page: Page) -> None:
    """The preview of a script that was chosen, before anything is kept."""
    await page.get_by_role("button", name="New project").first.click()
    await page.get_by_role("dialog").locator("input[type=file]").set_input_files(NEW_SCRIPT)
    await page.get_by_role("region", name="Scenes").wait_for()


async def canvas(page: Page) -> None:
    """A level of the canvas, with all that its nodes show."""
    await page.get_by_role("application", name="Canvas").wait_for()
    await page.get_by_role("status").filter(has_text="Saved").wait_for()


async def shot(page: Page) -> None:
    """A shot at the size of work."""
    await canvas(page)
    await page.get_by_role("application", name="Canvas").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("f")
    await page.get_by_role("article").first.wait_for()


async def gallery(page: Page) -> None:
    """All takes of a shot."""
    await shot(page)
    # It may lie outside of the view.
    await page.get_by_role("button", name="All 1 takes").first.dispatch_event("click")


async def share(page: Page) -> None:
    """Members, and a link that lets somebody in."""
    await page.get_by_role("button", name="Share").click()
    await page.get_by_role("button", name="Make link").click()


async def character(page: Page) -> None:
    """Somebody in the film, with all that is known of them."""
    await page.get_by_role("button", name="CELESTE").click()


def key(name: str) -> Act:
    """Press one key."""

    async def press(page: Page) -> None:
        await canvas(page)
        await page.get_by_role("application", name="Canvas").focus()
        await page.keyboard.press(name)

    return press


async def nothing(page: Page) -> None:
    """The screen as it opens."""


async def settled(page: Page) -> None:
    """Wait until every picture is there, and what moves has come to rest."""
    await page.wait_for_function(
        """() => [...document.images].every(
            (one) => one.loading === 'lazy' || (one.complete && one.naturalWidth > 0))""",
        timeout=20_000,
    )
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(1500)


async def play_on(page: Page) -> None:
    """Some shots into the film."""
    for _ in range(5):
        await page.keyboard.press("ArrowDown")


# name → address (with the project's id), what is done there, size
SCREENS: dict[str, tuple[str, Act, tuple[int, int, float, str]]] = {
    "dashboard": ("/", nothing, DARK),
    "dashboard-light": ("/", nothing, LIGHT),
    "dashboard-tablet": ("/", nothing, TABLET),
    "new-project": ("/", new_project, DARK),
    "script": ("/project/{id}/script", nothing, DARK),
    "library": ("/project/{id}/library", character, DARK),
    "library-light": ("/project/{id}/library?show=video", nothing, LIGHT),
    "settings": ("/settings?show=tokens", nothing, DARK),
    "project-settings": ("/project/{id}/settings", nothing, DARK),
    "branches": ("/project/{id}/settings?show=branches", nothing, DARK),
    "canvas": ("/project/{id}", canvas, DARK),
    "canvas-light": ("/project/{id}", canvas, LIGHT),
    "canvas-tablet": (SCENE, canvas, TABLET),
    "canvas-4k": (SCENE, canvas, UHD),
    "scene": (SCENE, canvas, DARK),
    "shot": (SCENE, shot, DARK),
    "takes": (SCENE, gallery, DARK),
    "share": ("/project/{id}", share, DARK),
    "queue": ("/project/{id}", key("q"), DARK),
    "history": ("/project/{id}", key("h"), DARK),
    "commands": ("/project/{id}", key("Control+k"), DARK),
    "cut": ("/project/{id}/cut", play_on, DARK),
}


async def film_in(studio: Studio) -> dict[str, str]:
    """A project with its film made: its id, and that of its first scene."""
    headers = {"Authorization": f"Bearer {studio.address.token}"}
    base = f"{studio.address.url}/api/v1"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
        made = await client.post("/projects", json={"title": "Two Radios"})
        project = made.raise_for_status().json()["id"]
        sent = {"content": SCRIPT.read_bytes(), "headers": {"X-Filename": SCRIPT.name}}
        imported = await client.post(f"/projects/{project}/scripts", **sent)
        film = imported.raise_for_status().json()["assembly"]
        await client.post(f"/projects/{project}/runs", json={"targets": [film]})
        for _ in range(600):
            await asyncio.sleep(1)
            runs = (await client.get(f"/projects/{project}/runs")).raise_for_status().json()
            if all(run["status"] != "running" for run in runs["items"]):
                break
        else:
            raise SystemExit("The film was not made within ten minutes.")
        graph = (await client.get(f"/projects/{project}/graph")).raise_for_status().json()
        scenes = [node for node in graph["nodes"] if node["type"] == "film.scene"]
        return {"id": project, "scene": min(scenes, key=lambda node: node["order"])["id"]}


async def main(names: list[str]) -> None:
    """Visit the screens that are named, or all."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), port=free_port(), workers=2)
        async with running(settings) as studio, async_playwright() as playwright:
            ids = await film_in(studio)
            flags = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            for name in names or SCREENS:
                address, act, (width, height, scale, theme) = SCREENS[name]
                context = await browser.new_context(
                    base_url=studio.address.url,
                    viewport={"width": width, "height": height},
                    device_scale_factor=scale,
                    color_scheme="light" if theme == "light" else "dark",
                )
                cookie = {"name": "director_session", "value": studio.address.token}
                await context.add_cookies([{**cookie, "url": studio.address.url}])
                page = await context.new_page()
                await page.add_init_script(f"localStorage.setItem('director.theme', '{theme}')")
                await page.goto(address.format(**ids))
                await page.wait_for_load_state("networkidle")
                await act(page)
                await settled(page)
                picture = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
                picture.save(TARGET / f"{name}.jpg", quality=86, optimize=True)
                sys.stdout.write(f"{TARGET / name}.jpg\n")
                await context.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
