"""The whole way from the owner's link to a film that plays, and what a person meets on it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.async_api import Page, Route, expect

if TYPE_CHECKING:
    from app.processes.studio import Studio

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "examples/scripts"
MAKING = 60_000

pytestmark = pytest.mark.system


async def film_seconds(page: Page, more_than: float = 0) -> float:
    """The length of the film that plays, once the browser knows it."""
    film = page.locator(".film video")
    async with asyncio.timeout(MAKING / 1000):
        # The page's policy forbids evaluation inside it, so it is asked from here.
        while True:
            seconds = await film.evaluate("video => video.duration || 0")
            if seconds > more_than:
                return seconds
            await asyncio.sleep(0.2)


async def test_a_filmmaker_goes_from_the_link_to_a_film_and_changes_it(
    studio: Studio, stranger
) -> None:
    page = stranger.page
    assert studio.setup_link is not None

    # The owner.
    await page.goto(studio.setup_link.replace("/setup", "/status/setup"))
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_label("E-mail").fill("ada@example.org")
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Open the studio").click()
    await expect(page.get_by_role("alert")).to_contain_text("Use at least 10 characters")
    await page.get_by_label("Password").fill("paper boats in a street")
    await page.get_by_role("button", name="Open the studio").click()
    await page.get_by_role("heading", name="Projects").wait_for()
    assert page.url == f"{studio.address.url}/status", "the code is still in the address"

    # The script.
    await page.locator("input[type=file]").set_input_files(SCRIPTS / "one_line.txt")
    await page.get_by_label("Title").fill("Paper Boat")
    await page.get_by_label("Picture").select_option("")
    await page.get_by_label("Width").fill("320")
    await page.get_by_label("Height").fill("180")
    await page.get_by_role("button", name="Make the project").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 scene, 3 shots")
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator(".shot")).to_have_count(3)
    await expect(page.locator(".sheet [role=status]")).to_contain_text("SCENE_01 with 3 shots")
    await expect(page.locator(".shot").first).to_contain_text("No take yet")

    # The film.
    await page.get_by_role("button", name="Make the film").click()
    length = await film_seconds(page)
    assert length == pytest.approx(111 / 24, abs=0.1)
    await expect(page.locator(".shot[data-state=success]")).to_have_count(3)
    await page.locator(".shot canvas").nth(2).wait_for()
    await expect(page.locator(".side")).to_contain_text("Everything in it is up to date.")

    # A take plays under the pointer, one at a time.
    await page.locator(".shot .open").nth(1).hover()
    await page.locator(".shot video").wait_for()
    await page.locator(".shot .open").nth(2).hover()
    await expect(page.locator(".shot").nth(2).locator("video")).to_have_count(1)
    await expect(page.locator(".shot video")).to_have_count(1)

    # The shot that was changed is out of date and says why; nothing else is.
    await page.locator(".shot .open").first.click()
    await page.get_by_label("Shot size").select_option("close_up")
    await page.get_by_label("Seconds").fill("2")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("dialog .state")).to_contain_text("Its shot size changed.")
    await page.get_by_role("button", name="Generate a new take").click()
    await expect(page.locator("dialog .takes li")).to_have_count(2, timeout=MAKING)
    await expect(page.locator("dialog[data-state=success]")).to_have_count(1)
    await page.get_by_role("button", name="Close", exact=True).click()
    await expect(page.locator(".shot[data-state=success]")).to_have_count(3)
    await expect(page.locator(".side")).to_contain_text("Why the film is out of date")
    await page.get_by_role("button", name="Make the film").click()
    assert await film_seconds(page, 5) == pytest.approx(123 / 24, abs=0.1)

    # An earlier take can be chosen again; then it is stale, for what it was made from.
    await page.locator(".shot .open").first.click()
    await page.get_by_role("button", name="Use this take").click()
    await expect(page.locator("dialog[data-state=stale]")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    # Its files, its history, and out.
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="CMX 3600").click()
    edl = Path(await (await waiting.value).path()).read_text()
    assert len(re.findall(r"^\d{3} ", edl, re.MULTILINE)) == 3
    await page.get_by_text("History", exact=True).click()
    await expect(page.locator(".history")).to_contain_text("Import one_line.txt")
    await page.get_by_role("button", name="Log out").click()
    await page.get_by_role("heading", name="Log in").wait_for()
    await page.get_by_label("E-mail").fill("ada@example.org")
    await page.get_by_label("Password").fill("paper boats in a street")
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("link", name="Paper Boat").wait_for()

    # The refused password and the question who is there are answers, not faults of the page.
    faults = [c for c in stranger.complaints if "400" not in c and "401" not in c]
    assert not faults
    assert all(url.startswith((studio.address.url, "data:", "blob:")) for url in stranger.asked)


async def project(studio: Studio, title: str, script: str) -> tuple[httpx.AsyncClient, str]:
    """A project with a script, made through the API; the client is the caller's to close."""
    client = httpx.AsyncClient(
        base_url=f"{studio.address.url}/api/v1",
        headers={"Authorization": f"Bearer {studio.address.token}"},
        timeout=60,
    )
    body = {"title": title, "settings": {"resolution": "320x180", "frame_rate": 24}}
    made = (await client.post("/projects", json=body)).raise_for_status().json()
    answer = await client.post(
        f"/projects/{made['id']}/scripts", content=script, headers={"X-Filename": "a.fountain"}
    )
    answer.raise_for_status()
    return client, made["id"]


async def test_what_the_server_says_is_never_markup(studio: Studio, visit) -> None:
    nasty = "<img src=x onerror='window.broken=1'>"
    client, made = await project(studio, nasty, f"INT. {nasty} - DAY\n\nMARA sees {nasty}.\n")
    await client.aclose()
    page = visit.page
    await page.goto(f"/status#/project/{made}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(nasty)
    await page.locator(".shot .open").first.click()
    await page.get_by_role("dialog").wait_for()
    assert await page.locator("#main img, dialog img").count() == 0
    assert await page.evaluate("window.broken") is None


async def test_a_failed_step_says_why_and_is_tried_again(studio: Studio, visit) -> None:
    client, made = await project(studio, "Failing", "INT. ROOM - DAY\n\nMARA waits.\n")
    page = visit.page
    retried: list[str] = []

    async def with_failure(route: Route) -> None:
        answer = await route.fetch()
        view: dict[str, Any] = await answer.json()
        view["run"]["status"] = "failed"
        tasks = view["run"]["tasks"]
        for task in tasks:
            task.update(status="failed", ended_at="2999-01-01T00:00:00Z")
            task["error"] = {"code": "task.input_failed", "message": "An input failed."}
        why = {"code": "gpu.lost", "message": "The card went away.", "hint": "Put it back."}
        tasks[0]["error"] = why
        await route.fulfill(response=answer, body=json.dumps(view))

    async def note_retry(route: Route) -> None:
        retried.append(route.request.url)
        await route.fulfill(status=204)

    await page.route("**/api/v1/runs/*", with_failure)
    await page.route("**/api/v1/tasks/*/retry", note_retry)
    await page.goto(f"/status#/project/{made}")
    await page.get_by_role("button", name="Make the film").click()
    # Only the step that failed by itself is told, not each one that waited for it.
    alert = page.locator(".side [role=alert]")
    await expect(alert).to_have_count(1)
    await expect(alert).to_contain_text("The card went away.")
    await expect(alert).to_contain_text("Put it back.")
    first = page.locator(".shot[data-state=error]").first
    await expect(first).to_contain_text("Failed: The card went away. Put it back.")
    async with page.expect_response("**/retry"):
        await page.locator(".side").get_by_role("button", name="Try again").click()
    assert len(retried) == 1
    await page.unroute_all(behavior="ignoreErrors")
    await client.aclose()


async def test_a_step_that_asks_is_answered(studio: Studio, visit) -> None:
    client, made = await project(studio, "Asking", "INT. ROOM - DAY\n\nMARA waits.\n")
    page = visit.page
    given: list[Any] = []

    async def with_question(route: Route) -> None:
        answer = await route.fetch()
        view: dict[str, Any] = await answer.json()
        view["run"]["status"] = "running"
        asks = {"question": "Which one?", "answer": {"enum": ["the first", "the second"]}}
        view["run"]["tasks"][0].update(status="waiting_for_input", question=asks)
        await route.fulfill(response=answer, body=json.dumps(view))

    async def take_answer(route: Route) -> None:
        given.append(route.request.post_data_json)
        await route.fulfill(status=204)

    await page.route("**/api/v1/runs/*", with_question)
    await page.route("**/api/v1/tasks/*/answer", take_answer)
    await page.goto(f"/status#/project/{made}")
    await page.get_by_role("button", name="Make the film").click()
    await page.get_by_label("asks: Which one?").select_option("the second")
    # The page asks for news twice a second: what somebody is filling in stays as it is.
    await asyncio.sleep(1.5)
    async with page.expect_response("**/answer"):
        await page.get_by_role("button", name="Answer").click()
    assert given == [{"answer": "the second"}]
    await page.unroute_all(behavior="ignoreErrors")
    await client.aclose()


async def test_a_studio_that_is_away_is_said_and_found_again(studio: Studio, visit) -> None:
    client, made = await project(studio, "Away", "INT. ROOM - DAY\n\nMARA waits.\n")
    await client.aclose()
    page = visit.page
    await page.goto(f"/status#/project/{made}")
    await page.locator(".shot").first.wait_for()
    await page.route("**/api/v1/**", lambda route: route.abort())
    alert = page.get_by_text("The studio does not answer.")
    await expect(alert.first).to_be_visible()
    await page.unroute_all(behavior="ignoreErrors")
    await expect(page.locator("#main").get_by_role("alert")).to_have_count(0)


async def test_everything_is_reached_by_keyboard(studio: Studio, visit) -> None:
    client, made = await project(studio, "Keys", "INT. ROOM - DAY\n\nMARA waits.\n")
    await client.aclose()
    page = visit.page
    await page.goto(f"/status#/project/{made}")
    shot = page.locator(".shot .open").first
    await shot.wait_for()
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await shot.evaluate("element => element === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").wait_for()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await shot.evaluate("element => element === document.activeElement")
    nameless = await page.evaluate(
        """[...document.querySelectorAll('button, a, input, select, textarea, summary')].filter(
             (e) => !(e.textContent.trim() || e.labels?.length || e.ariaLabel)).length"""
    )
    assert nameless == 0


async def test_it_fits_a_telephone(studio: Studio, visit) -> None:
    client, made = await project(studio, "Small", "INT. ROOM - DAY\n\nMARA waits.\n")
    await client.aclose()
    page = visit.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"/status#/project/{made}")
    await page.locator(".shot").first.wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


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
