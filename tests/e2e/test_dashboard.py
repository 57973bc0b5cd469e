"""The dashboard: its sections, search, menus with the way back, and all of it by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.film import Film

pytestmark = pytest.mark.system


async def choose(page: Page, project: str, line: str) -> None:
    """A line of a card's menu."""
    await page.get_by_role("button", name=f"More for {project}").click()
    await page.get_by_role("menuitem", name=line).click()


async def test_projects_are_found_renamed_put_away_and_brought_back(visit, owner) -> None:
    page = visit.page
    for title in ("Salt", "Ember", "Night Ferry"):
        (await owner.post("/projects", json={"title": title})).raise_for_status()
    await page.goto("/")
    card = page.get_by_role("link", name="Ember")
    await expect(card).to_contain_text("just now")

    await page.keyboard.press("/")
    await page.keyboard.type("ferry")
    await expect(card).to_have_count(0)
    await expect(page.get_by_role("link", name="Night Ferry")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(card).to_be_visible()

    await card.hover()
    await choose(page, "Ember", "Rename…")
    await page.get_by_label("Title").fill("Embers")
    await page.keyboard.press("Enter")
    card = page.get_by_role("link", name="Embers")
    await expect(card).to_be_visible()

    await card.hover()
    await choose(page, "Embers", "Archive")
    await expect(card).to_have_count(0)
    await page.get_by_role("navigation", name="Sections").get_by_text("Archive").click()
    await expect(card).to_be_visible()
    await card.hover()
    await choose(page, "Embers", "Take out of the archive")
    await page.get_by_role("navigation", name="Sections").get_by_text("Mine").click()
    await expect(card).to_be_visible()

    # Deleted by mistake, and back at once.
    await card.hover()
    await choose(page, "Embers", "Delete")
    await expect(card).to_have_count(0)
    await page.get_by_role("button", name="Undo").last.click()
    await expect(card).to_be_visible()
    # Or later.
    await card.hover()
    await choose(page, "Embers", "Delete")
    await page.get_by_role("navigation", name="Sections").get_by_text("Deleted").click()
    await page.get_by_role("group", name="Embers").hover()
    await choose(page, "Embers", "Restore")
    await page.get_by_role("navigation", name="Sections").get_by_text("Recent").click()
    await expect(card).to_be_visible()
    await page.get_by_role("navigation", name="Sections").get_by_text("Shared with me").click()
    await page.get_by_role("heading", name="Nothing is shared with you").wait_for()
    assert not visit.complaints


async def test_a_project_is_copied_exported_and_imported(visit, owner, tmp_path: Path) -> None:
    page = visit.page
    film = await Film.of(owner, "Paper Boat", "one_line.txt")
    shots = len(await film.nodes("film.shot"))
    await page.goto("/")
    await page.get_by_role("link", name="Paper Boat").hover()
    await choose(page, "Paper Boat", "Duplicate")
    await expect(page.get_by_role("status").get_by_text("was copied")).to_be_visible()
    await expect(page.get_by_role("link", name="Paper Boat")).to_have_count(2)
    address = page.locator(f"[href*='{film.id}']")
    card = page.get_by_role("listitem").filter(has=address)
    await card.hover()
    await card.get_by_role("button", name="More for").click()
    async with page.expect_download() as begun:
        await page.get_by_role("menuitem", name="Export").click()
    archive = tmp_path / (await begun.value).suggested_filename
    assert archive.suffix == ".zip"
    await (await begun.value).save_as(archive)

    await page.get_by_label("An exported project").set_input_files(archive)
    dialog = page.get_by_role("dialog", name="Import a project")
    await dialog.get_by_label("Title").fill("Paper Boat, again")
    await dialog.get_by_role("button", name="Import").click()
    await page.get_by_role("heading", name="Paper Boat, again").wait_for(timeout=60_000)
    again = Film(owner, page.url.partition("/project/")[2].partition("?")[0])
    assert again.id != film.id
    assert len(await again.nodes("film.shot")) == shots
    assert not visit.complaints


async def test_the_grid_is_walked_by_arrows(visit, owner) -> None:
    page = visit.page
    for number in range(7):
        (await owner.post("/projects", json={"title": f"Reel {number}"})).raise_for_status()
    await page.goto("/")
    cards = page.locator("[data-card]")
    await cards.nth(6).wait_for()

    async def focused() -> int:
        found = "e => [...document.querySelectorAll('[data-card]')].indexOf(document.activeElement)"
        return await page.locator("body").evaluate(found)

    await page.keyboard.press("ArrowDown")
    assert await focused() == 0
    await page.keyboard.press("ArrowRight")
    assert await focused() == 1
    await page.keyboard.press("ArrowDown")
    below = await focused()
    assert below > 2, "the row below begins further on"
    boxes = [await cards.nth(place).bounding_box() for place in (1, below)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] == boxes[1]["x"]
    await page.keyboard.press("End")
    assert await focused() == await cards.count() - 1
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/project/**")

    await page.go_back()
    await cards.first.wait_for()
    await page.keyboard.press("n")
    await page.get_by_role("dialog", name="New project").wait_for()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_studio_that_is_away_is_said_and_found_again(visit) -> None:
    page = visit.page
    await page.goto("/")
    await page.get_by_role("heading", name="Projects").wait_for()
    await page.route("**/api/v1/projects*", lambda route: route.abort())
    await page.get_by_role("navigation", name="Sections").get_by_text("Mine").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("The server does not answer.")
    await page.unroute_all(behavior="ignoreErrors")
    await alert.get_by_role("button", name="Try again").click()
    await expect(alert).to_have_count(0)


async def test_nobody_registers_without_an_invitation(stranger) -> None:
    page = stranger.page
    await page.goto("/register")
    await page.get_by_role("heading", name="By invitation").wait_for()
    await page.get_by_role("link", name="I have an account already").click()
    await page.get_by_role("heading", name="Log in").wait_for()
    await expect(page.get_by_label("Password")).to_have_attribute(
        "autocomplete", "current-password"
    )


async def test_what_the_server_says_is_never_markup(visit, owner) -> None:
    nasty = "<img src=x onerror='window.broken=1'>"
    made = (await owner.post("/projects", json={"title": nasty})).raise_for_status().json()
    script = f"INT. {nasty} - DAY\n\nMARA sees {nasty}.\n"
    await owner.post(
        f"/projects/{made['id']}/scripts", content=script, headers={"X-Filename": "a.fountain"}
    )
    page = visit.page
    for address in ("/", *(f"/project/{made['id']}{room}" for room in ("", "/script", "/library"))):
        await page.goto(address)
        await expect(page.get_by_text(nasty).first).to_be_attached()
        assert await page.evaluate("window.broken") is None
        assert await page.locator("img[src=x]").count() == 0
