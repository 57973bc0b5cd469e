"""Sharing a project by a link: made by its owner, opened by somebody new, taken back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system


async def test_a_link_lets_somebody_in_and_a_changed_role_shows_at_once(
    studio: Studio, visit, stranger, owner
) -> None:
    page = visit.page
    created = await owner.post("/projects", json={"title": "Night Train"})
    project = created.raise_for_status().json()["id"]
    await page.goto(f"/project/{project}")
    await page.get_by_role("button", name="Share").click()
    invite = page.get_by_role("region", name="Invite")
    await invite.get_by_role("button", name="Make link").click()
    link = await page.get_by_label("The link").input_value()
    assert link.startswith(f"{studio.address.url}/join#")

    other = stranger.page
    await other.goto(link)
    await other.get_by_role("heading", name="Join Night Train").wait_for()
    await expect(other.get_by_text("invites you to this film as editor")).to_be_visible()
    await other.get_by_label("Your name").fill("Grace")
    await other.get_by_label("E-mail").fill("grace@example.org")
    await other.get_by_label("Password").fill("nine lanterns in the fog")
    await other.get_by_role("button", name="Join").click()
    await other.wait_for_url(f"**/project/{project}")
    await expect(other.get_by_role("button", name="Undo my last step")).to_be_visible()

    # The owner sees them come, and makes them a viewer: their canvas is read-only at once.
    members = page.get_by_role("region", name="Members")
    await expect(members.get_by_text("Grace", exact=True)).to_be_visible()
    await members.get_by_label("Role of Grace").click()
    await page.get_by_role("option", name="Viewer Sees").click()
    await expect(other.get_by_role("button", name="Undo my last step")).to_be_disabled()

    # The link served one person, and is spent.
    await other.goto("about:blank")
    await other.goto(link)
    await expect(other.get_by_role("alert")).to_be_visible()

    # Taken out, they are told so where they stand.
    await other.goto(f"/project/{project}")
    await expect(other.get_by_role("button", name="Undo my last step")).to_be_visible()
    await members.get_by_role("button", name="Remove Grace").click()
    await expect(members.get_by_text("Grace", exact=True)).to_be_hidden()
    gone = await other.request.get(f"/api/v1/projects/{project}")
    assert gone.status == 404
