"""Every screen before axe-core: no fault that it calls serious or critical."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.e2e.film import Film

AXE = Path(__file__).resolve().parents[2] / "canvas/node_modules/axe-core/axe.min.js"

pytestmark = pytest.mark.system


async def faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical, each with its elements.

    A node is as small as the zoom makes it, and the sizes in it with it: those are not counted.
    """
    # Evaluated by the browser's own tools, which the page's policy does not bind.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], runOnly: "
        "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    for fault in found["violations"]:
        if fault["id"] == "target-size":
            inside = "svelte-flow__node"
            fault["nodes"] = [
                node
                for node in fault["nodes"]
                if not await page.evaluate(
                    f"s => document.querySelector(s)?.closest('.{inside}') !== null",
                    node["target"][0],
                )
            ]
    return [
        f"{fault['id']} ({fault['impact']}): "
        + "; ".join(f"{node['target']} {node['html'][:140]}" for node in fault["nodes"][:4])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical") and fault["nodes"]
    ]


async def look(page: Page, address: str) -> None:
    """Go to a screen, and let it come to rest."""
    await page.goto(address)
    await page.locator("main, [role=dialog]").first.wait_for()
    await page.wait_for_timeout(900)


OPEN = ["/login", "/register", "/setup", "/setup#code", "/reset#code", "/join", "/nowhere"]
OWN = [
    "/",
    "/?show=deleted",
    *(
        f"/settings?show={name}"
        for name in (
            *("profile", "logins", "passkeys", "tokens", "teams", "appearance", "keys"),
            *("health", "workers", "plugins", "people", "audit"),
        )
    ),
]
ROOMS = [
    "",
    "?level={scene}",
    "/script",
    "/library",
    "/library?show=files",
    "/cut",
    *(
        f"/settings?show={name}"
        for name in ("film", "people", "approval", "files", "branches", "feed", "audit", "away")
    ),
]


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_no_screen_has_a_serious_fault(visit, stranger, owner, theme: str) -> None:
    found = {}
    for one in (visit.page, stranger.page):
        await one.add_init_script(f"localStorage.setItem('director.theme', '{theme}')")
    for address in OPEN:
        await look(stranger.page, address)
        found[address] = await faults(stranger.page)
    film = await Film.of(owner, f"Seen {theme}", "two_radios.fountain")
    scene = await film.scene()
    rooms = [f"/project/{film.id}{room.format(scene=scene)}" for room in ROOMS]
    for address in (*OWN, *rooms):
        await look(visit.page, address)
        found[address] = await faults(visit.page)
    told = [f"{address}: {line}" for address, lines in found.items() for line in lines]
    assert not told, "\n".join(told)


async def test_what_opens_over_the_canvas_has_no_serious_fault(visit, owner) -> None:
    page = visit.page
    film = await Film.of(owner, "Opened", "one_line.txt")
    found = {}
    for key, name in (
        ("q", "queue"), ("h", "history"), ("p", "problems"), ("o", "outline"), ("i", "inspector"),
        ("Control+k", "palette"), ("Control+f", "search"), ("?", "keys"), ("Tab", "add"),
    ):  # fmt: skip
        await look(page, f"/project/{film.id}")
        await page.get_by_role("application", name="Canvas").focus()
        await page.keyboard.press(key)
        await page.wait_for_timeout(500)
        found[name] = await faults(page)
    await look(page, f"/project/{film.id}")
    await page.get_by_role("button", name="Share").click()
    await page.get_by_role("region", name="Members").wait_for()
    found["share"] = await faults(page)
    await look(page, "/")
    await page.get_by_role("button", name="New project").click()
    await (
        page.get_by_role("dialog")
        .locator("input[type=file]")
        .set_input_files(Path(__file__).resolve().parents[2] / "examples/scripts/one_line.txt")
    )
    await page.get_by_role("region", name="Scenes").wait_for()
    found["new project"] = await faults(page)
    told = [f"{name}: {line}" for name, lines in found.items() for line in lines]
    assert not told, "\n".join(told)
