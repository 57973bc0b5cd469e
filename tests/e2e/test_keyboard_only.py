"""The first path by keys alone: from the one-time link to the film that plays. No mouse at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.e2e.film import Film
from tests.e2e.keyboard import Keyboard

if TYPE_CHECKING:
    from app.processes.studio import Studio

SCRIPT = Path(__file__).resolve().parents[2] / "examples/scripts/one_line.txt"
TAKE = 60_000

pytestmark = pytest.mark.system


async def test_the_first_path_needs_keys_only(studio: Studio, stranger, owner) -> None:
    page = stranger.page
    keys = Keyboard(page)
    assert studio.setup_link is not None

    # The one-time link.
    await page.goto(studio.setup_link)
    await page.get_by_role("heading", name="Welcome to your studio").wait_for()
    for label, text in (
        ("Your name", "Ada"),
        ("E-mail", "ada@example.org"),
        ("Password", "paper boats in a street"),
    ):
        await keys.go_to(label)
        await keys.type(text)
    await keys.press("Enter")

    # A project from a script.
    await page.get_by_role("heading", name="Begin with a script").wait_for()
    await keys.press("n")
    await page.get_by_role("dialog", name="New project").wait_for()
    await keys.choose_file("Drop a script here", SCRIPT)
    await expect(page.get_by_label("Title")).to_have_value("One Line")
    await keys.go_to("Put it on the canvas")
    await keys.press("Enter")
    await page.get_by_role("application", name="Canvas").wait_for()
    film = Film(owner, page.url.partition("/project/")[2].partition("?")[0])

    # The canvas has the keyboard. Into the scene, by its name.
    await keys.at("Canvas")
    await keys.press("Control+f")
    await keys.type("SCENE_01")
    await keys.press("Enter")
    await keys.at("Canvas")
    await keys.press("Enter")
    scene = await film.scene()
    await page.wait_for_url(f"**?level={scene}")

    # A character, and a wire to a shot.
    await keys.press("Tab")
    await keys.type("character")
    await keys.press("Enter")
    await keys.at("Canvas")
    await keys.press("k")
    await keys.type("character")
    await keys.press("Enter")
    await expect(page.get_by_role("combobox", name="Connect with")).to_be_focused()
    await keys.type("SHOT_010")
    await keys.press("Enter")
    shot = (await film.nodes("film.shot"))[0]["id"]
    await film.until(
        lambda graph: any(
            edge["target"] == shot and edge["target_socket"] == "characters"
            for edge in graph["edges"]
        )
    )

    # Two takes of the shot.
    await keys.press("Control+f")
    await keys.type("SHOT_010")
    await keys.press("Enter")
    await keys.at("Canvas")
    for number in (1, 2):
        await keys.press("Control+Enter")
        take = page.get_by_role("button", name=f"_take{number:02}, the active take")
        await expect(take).to_be_visible(timeout=TAKE)

    # Its room: the first take becomes the active one.
    await keys.press("Enter")
    room = page.get_by_role("region", name="SHOT_010")
    await room.get_by_role("button", name="Use").wait_for()
    await keys.go_to("Use")
    await keys.press("Enter")
    takes = (await owner.get(f"/projects/{film.id}/takes", params={"node_id": shot})).json()
    first = min(takes["items"], key=lambda take: take["number"])["id"]
    await film.until(
        lambda graph: (
            next(n for n in graph["nodes"] if n["id"] == shot)["data"]["active_take"] == first
        )
    )

    # The cut, and the film plays.
    await keys.press("Escape", "Control+k")
    await keys.type("play the film")
    await keys.press("Enter")
    await page.wait_for_url("**/cut")
    position = page.get_by_role("slider", name="Position")
    await position.wait_for()
    await expect(position).to_have_attribute("aria-valuenow", "0")
    await keys.press("l")
    await expect(position).not_to_have_attribute("aria-valuenow", "0", timeout=60_000)
    assert not stranger.complaints
