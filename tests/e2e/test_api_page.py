"""The page that shows the API, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system


async def test_the_api_page_shows_every_operation_and_tries_one(studio: Studio, visit) -> None:
    page = visit.page
    async with httpx.AsyncClient() as client:
        schema = (await client.get(f"{studio.address.url}/api/docs/openapi.json")).json()
    await page.goto("/api/docs")
    await page.locator(".operation").first.wait_for()
    assert await page.locator(".operation").count() == sum(map(len, schema["paths"].values()))
    health = page.locator("[id='get/api/v1/health']")
    await health.get_by_text("Try it").click()
    await health.get_by_role("button", name="Ask").click()
    await expect(health.locator("pre")).to_contain_text('"postgresql"')
    await page.get_by_label("Find").fill("takes")
    await expect(page.locator("#contents a:visible").first).to_contain_text("takes")
    assert not visit.complaints
    assert all(url.startswith((studio.address.url, "data:")) for url in visit.asked)


async def test_the_api_page_fits_a_telephone(visit) -> None:
    page = visit.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto("/api/docs")
    await page.locator(".operation").first.wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
