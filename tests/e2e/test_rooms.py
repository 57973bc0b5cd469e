"""The rooms around the canvas: the script with its versions, the library with its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.e2e.film import SCRIPTS, Film

pytestmark = pytest.mark.system


async def test_a_script_is_read_and_a_new_version_is_seen_before_it_counts(
    visit, owner, tmp_path: Path
) -> None:
    page = visit.page
    film = await Film.of(owner, "Radios", "two_radios.fountain")
    await page.goto(f"/project/{film.id}")
    await page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Script").click()
    scenes = page.get_by_role("navigation", name="Scenes")
    await expect(scenes.get_by_role("listitem")).to_have_count(2)
    text = page.get_by_role("region", name="Script")
    await expect(text).to_contain_text("Turn that down!")
    await scenes.get_by_role("button").nth(1).click()
    await expect(scenes.get_by_role("button").nth(1)).to_have_attribute("aria-current", "true")
    await text.get_by_role("link", name="on the canvas").nth(1).click()
    await page.get_by_role("application", name="Canvas").wait_for()
    assert "level=" in page.url

    newer = tmp_path / "two_radios.fountain"
    written = (SCRIPTS / "two_radios.fountain").read_text()
    newer.write_text(written + "\nEXT. ROOF - DAWN\n\nBoth radios stand on the chimney.\n")
    await page.goto(f"/project/{film.id}/script")
    await page.get_by_label("A script").set_input_files(newer)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("region", name="New")).to_contain_text("EXT. ROOF - DAWN")
    assert len(await film.nodes("film.scene")) == 2, "the preview was kept"
    await dialog.get_by_role("button", name="Put it on the canvas").click()
    await expect(scenes.get_by_role("listitem")).to_have_count(3)
    assert len(await film.nodes("film.scene")) == 3

    # The same once more changes nothing.
    await expect(dialog).to_have_count(0)
    await page.get_by_label("A script").set_input_files(newer)
    await expect(dialog.get_by_text("in step with this script already")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Put it on the canvas")).to_be_disabled()
    await dialog.get_by_role("button", name="Cancel").click()

    # A line that no rule can settle is settled by a button, and stays so in a newer version.
    doubtful = written + "\nEXT. ROOF - DAWN\n\nWind.\n\nBANG!\nThe gun fires.\n"
    for text in (doubtful, doubtful + "\nThe radios fall silent.\n"):
        newer.write_text(text)
        await page.get_by_label("A script").set_input_files(newer)
        await dialog.get_by_role("button", name="Put it on the canvas").click()
        await expect(dialog).to_have_count(0)
        doubts = page.get_by_role("region", name="Lines in doubt")
        if text == doubtful:
            await doubts.get_by_role("button", name="Speaker").click()
        await expect(doubts).to_have_count(0)
    assert not visit.complaints


async def test_a_project_without_a_script_says_so(visit, owner) -> None:
    page = visit.page
    project = (await owner.post("/projects", json={"title": "Silent"})).json()["id"]
    await page.goto(f"/project/{project}/script")
    await page.get_by_role("heading", name="No script yet").wait_for()
    await page.get_by_label("A script").set_input_files(SCRIPTS / "one_line.txt")
    await page.get_by_role("button", name="Put it on the canvas").click()
    await expect(
        page.get_by_role("navigation", name="Scenes").get_by_role("listitem")
    ).to_have_count(1)


async def test_an_asset_is_found_edited_judged_and_brought_back(visit, owner) -> None:
    page = visit.page
    film = await Film.of(owner, "Cast", "two_radios.fountain")
    await page.goto(f"/project/{film.id}/library")
    await page.get_by_role("button", name="BRAM").click()
    details = page.get_by_role("complementary", name="BRAM")
    await details.get_by_label("Age", exact=True).fill("69")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(details.get_by_role("region", name="Approval")).to_contain_text("v02")
    await details.get_by_label("Comment").fill("The scarf is right.")
    await details.get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("button", name="BRAM")).to_contain_text("Approved")
    await expect(details).to_contain_text("The scarf is right.")

    await details.get_by_role("tab", name="Used where").click()
    await expect(details.get_by_role("link").first).to_contain_text("SCENE_01/SHOT_")
    await details.get_by_role("tab", name="Versions").click()
    await expect(details.get_by_role("listitem")).to_have_count(2)
    await details.get_by_role("button", name="Go back to it").click()
    await expect(details.get_by_role("region", name="Approval")).to_contain_text("v03")
    await expect(details.get_by_role("listitem").first).to_contain_text("As version 1 was")

    await page.get_by_label("Search characters").fill("curlers")
    await expect(page.get_by_role("button", name="CELESTE")).to_be_visible()
    await expect(page.locator(".card")).to_have_count(1)
    await page.get_by_label("Search characters").fill("")
    await details.get_by_role("button", name="Remove from the library").click()
    await expect(page.get_by_role("button", name="BRAM")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="BRAM")).to_be_visible()
    assert not visit.complaints


async def test_files_arrive_after_a_break_and_refused_ones_say_why(
    visit, owner, tmp_path: Path
) -> None:
    page = visit.page
    film = await Film.of(owner, "Files", "one_line.txt")
    picture = tmp_path / "lamp.png"
    Image.effect_noise((900, 600), 80).save(picture)
    (tmp_path / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    await page.goto(f"/project/{film.id}/library?show=image")

    # The first connection breaks in the middle; the client goes on by itself.
    broken = 0

    async def break_once(route) -> None:
        nonlocal broken
        if route.request.method == "PATCH" and broken == 0:
            broken += 1
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/uploads/**", break_once)
    await page.get_by_label("Files for the library").set_input_files(
        [picture, tmp_path / "drawing.svg"]
    )
    uploads = page.get_by_role("region", name="Uploads")
    refused = uploads.get_by_role("listitem").filter(has_text="drawing.svg")
    await expect(refused).to_contain_text("SVG")
    await expect(page.locator(".card").filter(has_text="lamp.png")).to_be_visible()
    assert broken == 1
    await page.locator(".card").filter(has_text="lamp.png").click()
    facts = page.get_by_role("complementary", name="lamp.png")
    await expect(facts).to_contain_text("900 × 600")
    async with page.expect_download() as waiting:
        await facts.get_by_role("link", name="Download").click()
    assert Path(await (await waiting.value).path()).read_bytes() == picture.read_bytes()


async def test_everybody_sees_that_the_storage_is_away(visit, owner) -> None:
    page = visit.page
    project = (await owner.post("/projects", json={"title": "Far away"})).json()["id"]
    await page.add_init_script(
        """window.WebSocket = class extends WebSocket {
             constructor(...given) { super(...given); window.socket = this; }
           };"""
    )

    async def tell(**payload: object) -> None:
        event = json.dumps({"event": "server:storage_changed", "payload": payload})
        await page.evaluate(
            "data => socket.dispatchEvent(new MessageEvent('message', { data }))", event
        )

    for room in ("", "/library"):
        await page.goto(f"/project/{project}{room}")
        await expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=60_000)
        chip = page.get_by_role("status", name="Storage")
        await expect(chip).to_have_count(0)
        await tell(reachable=False, waiting=3)
        await expect(chip).to_have_text("Storage away, 3 files wait")
        await tell(reachable=True, waiting=1)
        await expect(chip).to_have_text("Storage: 1 file waits")
        await tell(reachable=True, waiting=0)
        await expect(chip).to_have_count(0)
