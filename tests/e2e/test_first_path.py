"""The first path on the canvas: from the one-time link to a project with its scenes in sight."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from app.processes.studio import Studio

SCRIPTS = Path(__file__).resolve().parents[2] / "examples/scripts"

pytestmark = pytest.mark.system


async def test_from_the_link_to_the_canvas_of_a_script(studio: Studio, stranger) -> None:
    page = stranger.page
    assert studio.setup_link is not None
    await page.goto(studio.setup_link)
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_label("E-mail").fill("ada@example.org")
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Open the studio").click()
    await expect(page.get_by_role("alert")).to_contain_text("Use at least 12 characters")
    await page.get_by_label("Password").fill("paper boats in a street")
    await page.get_by_role("button", name="Open the studio").click()
    await page.get_by_role("heading", name="Begin with a script").wait_for()
    assert page.url == f"{studio.address.url}/", "the code is still in the address"

    await page.get_by_role("button", name="New project").first.click()
    await (
        page.get_by_role("dialog")
        .locator("input[type=file]")
        .set_input_files(SCRIPTS / "one_line.txt")
    )
    await expect(page.get_by_label("Title")).to_have_value("One Line")
    # What is in it is shown before anything is kept.
    await expect(page.get_by_role("region", name="Scenes").get_by_role("listitem")).to_have_count(1)
    await page.get_by_label("Title").fill("Paper Boat")
    await page.get_by_role("button", name="Put it on the canvas").click()
    await page.get_by_role("heading", name="Paper Boat").wait_for()
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()

    await page.goto("/")
    await page.get_by_role("link", name="Paper Boat").click()
    await page.get_by_role("heading", name="Paper Boat").wait_for()
    await page.go_back()
    await page.get_by_role("button", name="Ada: account and help").click()
    await page.get_by_role("menuitem", name="Log out").click()
    await page.get_by_role("heading", name="Log in").wait_for()
    await page.get_by_label("E-mail").fill("ada@example.org")
    await page.get_by_label("Password").fill("paper boats in a street")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("link", name="Paper Boat").wait_for()

    # The refused password and the question who is there are answers, not faults of the page.
    faults = [c for c in stranger.complaints if "400" not in c and "401" not in c]
    assert not faults
    assert all(url.startswith((studio.address.url, "data:", "blob:")) for url in stranger.asked)


async def test_an_address_leads_through_the_log_in_to_where_it_meant(stranger) -> None:
    page = stranger.page
    await page.goto("/project/0197c2d0-0000-7000-8000-000000000000?level=x")
    await page.get_by_role("heading", name="Log in").wait_for()
    assert "to=%2Fproject%2F0197c2d0" in page.url
