"""The tour: from nothing to a first take, beside the work, once."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.system


async def test_the_tour_ends_with_a_first_take(visit) -> None:
    page = visit.page
    await page.goto("/")
    await page.get_by_role("button", name="Show me around").click()
    tour = page.get_by_role("region", name="Tour")
    await tour.get_by_role("button", name="Make the example film").click()
    await expect(tour.get_by_role("heading", name="This is your film")).to_be_visible()
    await tour.get_by_role("button", name="Open the first scene").click()
    await tour.get_by_role("button", name="Generate the first shot").click()
    await expect(tour.get_by_role("heading", name="Your first take")).to_be_visible(timeout=60_000)
    await tour.get_by_role("link", name="Play the film").click()
    await page.wait_for_url("**/cut")

    # It is over, here and after a reload, until somebody asks for it.
    await page.goto("/")
    await page.get_by_role("link", name="First Light").wait_for()
    await expect(tour).to_have_count(0)
    await page.get_by_role("button", name="account and help").click()
    await page.get_by_role("menuitem", name="Take the tour").click()
    await tour.get_by_role("button", name="End the tour").click()
    await expect(tour).to_have_count(0)
    assert not visit.complaints
