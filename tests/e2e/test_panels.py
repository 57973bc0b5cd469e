"""The panels beside the canvas: everybody's jobs, and what was done with the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.film import Film
from tests.leaks import BrowserWatch

pytestmark = pytest.mark.system


async def test_the_queue_shows_a_run_and_history_leads_back(visit, owner) -> None:
    page = visit.page
    film = await Film.of(owner, "Panels", "one_line.txt")
    cut = (await owner.get(f"/projects/{film.id}/cut")).raise_for_status().json()
    [worker] = (await owner.get("/workers")).raise_for_status().json()["items"]
    (await owner.put(f"/workers/{worker['id']}/drain")).raise_for_status()
    await page.goto(f"/project/{film.id}")
    await page.get_by_role("button", name="Queue").click()
    queue = page.get_by_role("complementary", name="Queue")
    await expect(queue.get_by_text("Nothing is being made.")).to_be_visible()
    workers = queue.get_by_role("region", name="Workers").get_by_role("listitem")
    await expect(workers).to_have_count(1)
    # A worker that is drained does not look as if it were free.
    await expect(workers).to_contain_text("takes no more")
    (await owner.delete(f"/workers/{worker['id']}/drain")).raise_for_status()

    # Enough of them that the last one waits for as long as it takes to look at the queue.
    runs = []
    for number, clip in enumerate(cut["clips"] * 8):
        wanted = {"node_id": clip["shot"], "request_id": f"{film.id} {number}"}
        started = await owner.post(f"/projects/{film.id}/generate", json=wanted)
        runs.append(started.raise_for_status().json()["run_id"])
    # One worker: one runs, and the rest wait for a cause that is said.
    await expect(queue.get_by_role("region", name="Running").get_by_role("listitem")).to_have_count(
        1
    )
    waiting = queue.get_by_role("region", name="Waiting").get_by_role("listitem")
    await expect(waiting.first).to_contain_text("SHOT_")
    # The last of them is made first; then it is cancelled.
    last = (await waiting.last.locator(".name").inner_text()).lstrip("0123456789\n ")
    async with page.expect_response(lambda answer: answer.url.endswith("/priority")) as moved:
        # The list moves up while it is looked at: the hand is quicker than a test that waits.
        await page.get_by_role("button", name=f"Make {last} first").dispatch_event("click")
    assert (await moved.value).status == 204
    await page.get_by_role("button", name="Cancel SCENE_01").last.dispatch_event("click")
    for run in runs:
        (await owner.post(f"/runs/{run}/cancel")).raise_for_status()
    await expect(queue.get_by_text("Nothing is being made.")).to_be_visible(timeout=60_000)

    await page.get_by_role("button", name="History").click()
    history = page.get_by_role("complementary", name="History")
    await history.get_by_role("button", name="Name this version").click()
    await page.get_by_role("textbox", name="Name").fill("First light")
    await page.get_by_role("button", name="Keep the name").click()
    await expect(history.get_by_text("First light")).to_be_visible()

    scene = await film.scene()
    removal = {"ops": [{"op": "node.remove", "ids": [scene]}]}
    (await owner.post(f"/projects/{film.id}/graph/operations", json=removal)).raise_for_status()
    await expect(page.locator(f"#node-{scene}")).to_have_count(0)
    named = history.get_by_role("listitem").filter(has_text="First light")
    await named.get_by_role("button", name="Go back to here").click()
    await page.get_by_role("button", name="Go back", exact=True).click()
    await expect(page.locator(f"#node-{scene}")).to_have_count(1)
    # While the only scene is away there is no film, which the node of the film asks for.
    assert not [one for one in visit.complaints if "(cut)" not in one]


async def test_a_path_that_a_page_is_told_is_seen(studio, browser) -> None:
    """The look at what browsers get, with which each module of tests in a browser ends."""
    watch = BrowserWatch()
    # One that the module's own look does not follow.
    context = await Browser.new_context(browser, base_url=studio.address.url)
    watch.follow(context)
    page = await context.new_page()
    await page.goto("/")
    async with page.expect_response("**/api/v1/auth/registration"):
        await page.evaluate("fetch('/api/v1/auth/registration').then(answer => answer.text())")
    await watch.ended()
    assert watch.seen
    leak = str(Path(__file__))
    await page.route(
        "**/api/v1/auth/registration", lambda route: route.fulfill(json={"where": leak})
    )
    async with page.expect_response("**/api/v1/auth/registration"):
        await page.evaluate("fetch('/api/v1/auth/registration').then(answer => answer.text())")
    with pytest.raises(AssertionError, match="tells where"):
        await watch.ended()
    await context.close()
