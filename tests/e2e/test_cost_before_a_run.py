"""What a run costs is said before it begins, and what it cost beside that: a test for each element.

One studio whose shots are drawn on a server with a card, one film, one page.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from app.platform.ids import new_key
from app.processes.studio import Studio, free_port, running
from app.settings import Settings
from tests.e2e.film import Canvas, Film, client_of

PLUGIN = Path(__file__).with_name("card_plugin")

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
async def studio(studio_home: Path) -> AsyncIterator[Studio]:
    """A studio with a backend that holds a card."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PLUGIN))
        async with running(Settings(home=studio_home, port=free_port(), workers=1)) as started:
            yield started


@pytest.fixture(scope="module")
async def canvas(studio: Studio, browser: Browser) -> AsyncIterator[Canvas]:
    """The first scene of a short film; its pipeline asks for the render server alone."""
    async with client_of(studio) as client:
        film = await Film.of(client, "The Lamp", "lighthouse.fountain")
        scene = await film.scene()
        shots = [n for n in await film.nodes("film.shot") if n["parent"] == scene]
        pipeline = new_key()
        made = {"op": "node.add", "id": pipeline, "type": "film.pipeline", "parent": scene}
        # Beside the shots: nothing of them lies under it.
        made["pos"] = [-700, -700]
        wires = [
            {
                "op": "edge.add",
                "id": new_key(),
                "source": pipeline,
                "source_socket": "pipeline",
                "target": shot["id"],
                "target_socket": "pipeline",
            }
            for shot in shots
        ]
        operations = [{**made, "data": {"pipeline_id": "card.render"}}, *wires]
        answer = await client.post(
            f"/projects/{film.id}/graph/operations", json={"ops": operations}
        )
        answer.raise_for_status()
        context = await browser.new_context(
            base_url=studio.address.url, viewport={"width": 1500, "height": 1200}
        )
        context.set_default_timeout(60_000)
        await context.add_cookies(
            [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
        )
        page = await context.new_page()
        views = json.dumps({scene: [40, 40, 0.85], "": [40, 40, 0.7]})
        await page.add_init_script(f"localStorage.setItem('director.views.{film.id}', {views!r})")
        yield await Canvas(page, film).open(scene)
        await context.close()


@pytest.fixture(scope="module")
def shot(canvas: Canvas) -> Locator:
    return canvas.node("SHOT_010")


async def test_shot_node_has_estimated_time_before_a_run(shot: Locator) -> None:
    told = shot.get_by_title("An estimate: what Render server declares")
    await expect(told).to_contain_text("about 2 min")


async def test_shot_node_has_cost_in_gpu_minutes_before_a_run(shot: Locator) -> None:
    await expect(shot.get_by_text("1.5 GPU min")).to_be_visible()


async def test_shot_node_has_memory_used_beside_predicted(shot: Locator) -> None:
    await shot.get_by_role("button", name="Generate").click()
    beside = shot.get_by_text("12 GB of card used, 12 GB predicted")
    await expect(beside).to_be_visible(timeout=60_000)


async def test_shot_node_has_predicted_memory_before_a_run(canvas: Canvas) -> None:
    other = canvas.node("SHOT_020")
    await expect(other.get_by_text("Render server · 12 GB predicted")).to_be_visible()


async def test_shot_node_is_estimated_by_what_was_measured_afterwards(shot: Locator) -> None:
    told = shot.get_by_title(re.compile("^An estimate: as the last take by Render server"))
    await expect(told).to_contain_text(re.compile(r"about \d+ s, .*GPU min"))


async def test_a_scene_says_number_time_and_cost_before_it_is_generated(canvas: Canvas) -> None:
    await canvas.press("Alt+ArrowUp")
    scene = canvas.node("SCENE_01")
    await scene.get_by_role("button", name=re.compile("^Generate scene")).click()
    dialog = canvas.page.get_by_role("dialog", name="Make 2 steps")
    await expect(dialog).to_contain_text(
        re.compile(
            r"2 steps are made, 1 is there already\. "
            r"Estimate: about \d+ s of work, .*GPU minutes, as such steps took here\."
        )
    )
    await dialog.get_by_role("button", name="Not now").click()
    await canvas.page.go_back()
    await canvas.node("SHOT_010").wait_for()


async def test_all_that_is_stale_says_number_time_and_cost_first(
    canvas: Canvas, shot: Locator
) -> None:
    await canvas.node("SHOT_020").get_by_role("button", name="Generate").click()
    await expect(canvas.node("SHOT_020").get_by_text("12 GB of card used")).to_be_visible(
        timeout=60_000
    )
    for title in ("SHOT_010", "SHOT_020"):
        prompt = canvas.node(title).get_by_role("textbox", name="Prompt")
        await prompt.click()
        await prompt.press("Control+End")
        await prompt.press_sequentially(" Fog.")
    await canvas.press("q")
    queue = canvas.page.get_by_role("complementary", name="Queue")
    await queue.get_by_role("button", name="Make all 2 again").click()
    dialog = canvas.page.get_by_role("dialog", name="Make 2 steps")
    await expect(dialog).to_contain_text(re.compile(r"2 steps are made.*about \d+ s.*GPU minutes"))
    await expect(dialog.get_by_role("list", name="What is made")).to_contain_text("SHOT_020")
    await dialog.get_by_role("button", name="Not now").click()
    await canvas.press("q")


@pytest.fixture(scope="module")
def fresh(canvas: Canvas) -> Locator:
    """A shot without a take."""
    return canvas.node("SHOT_030")


async def test_shot_node_says_why_it_would_wait_in_a_quality_that_no_card_can_make(
    canvas: Canvas, fresh: Locator
) -> None:
    await fresh.get_by_label(re.compile("^Quality: ")).click()
    await canvas.page.get_by_role("option", name=re.compile("^Premium")).click()
    told = fresh.get_by_title(re.compile("^Render server needs a GPU worker"))
    await expect(told).to_contain_text("time not known yet")


async def test_shot_node_shows_asked_and_used_tier_with_the_cause(
    canvas: Canvas, fresh: Locator
) -> None:
    client, project = canvas.film.client, f"/projects/{canvas.film.id}"
    settings = (await client.get(project)).json()["settings"]
    body = {"settings": {**settings, "when_unavailable": "lower"}}
    (await client.patch(project, json=body)).raise_for_status()
    would = fresh.get_by_text("would be Production")
    await expect(would).to_have_attribute("title", re.compile("^Render server needs a GPU worker"))
    await fresh.get_by_role("button", name="Generate").click()
    mark = fresh.get_by_text("take is Production")
    why = re.compile("^Premium was asked for. It was made in Production: Render server needs a GPU")
    await expect(mark).to_have_attribute("title", why, timeout=60_000)
    takes = (await client.get(f"{project}/takes", params={"limit": 50})).json()["items"]
    made_by = takes[-1]["made_by"]
    assert (made_by["asked_tier"], made_by["tier"]) == ("high", "standard")
    assert made_by["lowered"].startswith("Render server needs a GPU worker")
