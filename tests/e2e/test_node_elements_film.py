"""What a shot, a scene and a script show on the canvas: one test for each element."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.e2e.film import Canvas, Film, client_of

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system

SHOT = "SHOT_010"


@pytest.fixture(scope="module")
async def canvas(studio: Studio, browser: Browser) -> AsyncIterator[Canvas]:
    """One page on a short film whose first shot has a take and a connected style."""
    async with client_of(studio) as client:
        film = await Film.of(client, "The Lamp", "lighthouse.fountain")
        shot = (await film.graph())["nodes"]
        first = next(n for n in shot if n["type"] == "film.shot" and n["data"]["code"] == "010")
        body = {"targets": [first["id"]]}
        (await client.post(f"/projects/{film.id}/runs", json=body)).raise_for_status()
        context = await browser.new_context(
            base_url=studio.address.url, viewport={"width": 1500, "height": 1200}
        )
        context.set_default_timeout(60_000)
        await context.add_cookies(
            [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
        )
        page = await context.new_page()
        await film.until(lambda graph: _node(graph, first["id"])["data"].get("active_take"), 60)
        yield Canvas(page, film)
        await context.close()


@pytest.fixture(scope="module")
async def scene(canvas: Canvas) -> Canvas:
    """The canvas inside the first scene, close enough to read."""
    await _look(canvas, await canvas.film.scene())
    await canvas.node(SHOT).get_by_role("button", name="Generate").wait_for()
    return canvas


@pytest.fixture(scope="module")
def shot(scene: Canvas) -> Locator:
    """The first shot's node."""
    return scene.node(SHOT)


async def _look(canvas: Canvas, level: str | None) -> None:
    """Open a level where it begins, close enough that nodes are forms and not painted."""
    kept = json.dumps({level or "": [40, 40, 0.85]})
    key = f"director.views.{canvas.film.id}"
    await canvas.page.add_init_script(f"localStorage.setItem({key!r}, {kept!r})")
    await canvas.open(level)


def _node(graph: dict[str, Any], node_id: str) -> dict[str, Any]:
    return next(n for n in graph["nodes"] if n["id"] == node_id)


async def _stored(canvas: Canvas) -> dict[str, Any]:
    await canvas.saved()
    scene_id = await canvas.film.scene()
    shots = await canvas.film.nodes("film.shot")
    return next(n for n in shots if n["parent"] == scene_id and n["data"]["code"] == "010")


@pytest.mark.parametrize("name", ["Characters", "Style", "Environment", "Pipeline", "Camera"])
async def test_shot_node_has_input_handle(shot: Locator, name: str) -> None:
    await expect(shot.locator(f'.node-socket.in[aria-label^="{name},"]')).to_be_visible()


async def test_shot_node_has_prompt_with_placeholder(scene: Canvas, shot: Locator) -> None:
    prompt = shot.get_by_role("textbox", name="Prompt")
    await expect(prompt).to_have_attribute("placeholder", re.compile("What the shot shows"))
    await prompt.click()
    await prompt.press("Control+End")
    await prompt.press_sequentially(" It rains.")
    assert (await _stored(scene))["text"]["prompt"].endswith(" It rains.")


async def test_shot_node_shows_why_it_is_stale(shot: Locator) -> None:
    await expect(shot.get_by_text("Its prompt changed.")).to_be_visible()


async def test_shot_node_quality_has_the_three_labels(scene: Canvas, shot: Locator) -> None:
    await shot.get_by_label(re.compile("^Quality: ")).click()
    for label in (
        "Draft – Fast Generation",
        "Production – Balanced Quality",
        "Premium – Maximum Quality",
    ):
        await expect(scene.page.get_by_role("option", name=label, exact=True)).to_be_visible()
    await scene.page.get_by_role("option", name="Draft – Fast Generation", exact=True).click()
    assert (await _stored(scene))["data"]["quality"] == "low"


async def test_shot_node_quality_has_a_colour(shot: Locator) -> None:
    chosen = shot.get_by_label("Quality: Draft – Fast Generation")
    await expect(chosen.locator(".dot")).to_be_visible()


async def test_shot_node_says_when_its_take_is_of_another_quality(shot: Locator) -> None:
    await expect(shot.get_by_text("take is Production")).to_be_visible()


async def test_shot_node_shows_estimated_time(scene: Canvas, shot: Locator) -> None:
    declared = shot.get_by_title("An estimate: what Animatic declares")
    await expect(declared).to_have_text(re.compile(r"about \d+ s"))
    await shot.get_by_label(re.compile("^Quality: ")).click()
    await scene.page.get_by_role("option", name=re.compile("^Production")).click()
    measured = shot.get_by_title(re.compile("^An estimate: as the last take by Animatic"))
    await expect(measured).to_have_text(re.compile(r"about \d+ (s|min)"))


async def test_shot_node_shows_what_made_its_takes_and_the_memory_they_used(shot: Locator) -> None:
    await expect(
        shot.get_by_text(re.compile(r"^Animatic · \d.* used, .* predicted$"))
    ).to_be_visible()


async def test_shot_node_has_takes_gallery_grouped_by_version(scene: Canvas, shot: Locator) -> None:
    await shot.get_by_role("button", name=re.compile(r"^All \d+ takes?")).click()
    gallery = scene.page.get_by_role("dialog")
    await expect(gallery.get_by_role("region", name="v01")).to_be_visible()
    await expect(gallery.get_by_role("button", name="New version")).to_be_visible()
    await expect(gallery.get_by_text("Active", exact=True)).to_be_visible()
    await expect(gallery.get_by_role("button", name=re.compile("^Compare with"))).to_be_visible()
    await expect(gallery.get_by_role("button", name=re.compile("^Play"))).to_be_visible()
    await scene.page.keyboard.press("Escape")
    await expect(gallery).to_have_count(0)


async def test_shot_node_marks_its_active_take(shot: Locator) -> None:
    await expect(shot.get_by_role("button", name=re.compile("the active take$"))).to_be_visible()


async def test_shot_node_shows_connected_assets_as_tags(shot: Locator) -> None:
    tags = shot.get_by_role("list", name="Connected assets")
    await expect(tags.get_by_role("button", name="SKERRY")).to_be_visible()


async def test_shot_node_shows_its_scene_and_version_in_the_header(shot: Locator) -> None:
    await expect(shot.locator("header").get_by_text("SCENE_01 · v01")).to_be_visible()


async def test_shot_node_has_sequence_output(shot: Locator) -> None:
    await expect(shot.locator('.node-socket.out[aria-label^="Before,"]')).to_be_visible()


async def test_shot_node_camera_is_2d_or_3d(scene: Canvas, shot: Locator) -> None:
    space = shot.get_by_role("group", name="Camera space")
    await expect(space.get_by_role("button", name="2D")).to_have_attribute("aria-pressed", "true")
    await space.get_by_role("button", name="3D").click()
    assert (await _stored(scene))["data"]["camera_movement"] == "truck_left"
    await shot.get_by_label("Camera movement").click()
    await scene.page.get_by_role("option", name="Crane up").click()
    assert (await _stored(scene))["data"]["camera_movement"] == "crane_up"


async def test_shot_node_has_seed_and_lock(scene: Canvas, shot: Locator) -> None:
    await shot.get_by_role("textbox", name="Seed").fill("4711")
    await shot.get_by_role("button", name="Lock the seed").click()
    await expect(shot.get_by_role("button", name="Unlock the seed")).to_be_visible()
    data = (await _stored(scene))["data"]
    assert (data["seed"], data["seed_locked"]) == (4711, True)
    await expect(shot.get_by_role("textbox", name="Seed")).to_be_disabled()


async def test_shot_node_has_duration_and_frames(scene: Canvas, shot: Locator) -> None:
    frames = shot.get_by_role("textbox", name="Frames")
    await shot.get_by_role("textbox", name="Duration in seconds").fill("3")
    await frames.click()
    await expect(frames).to_have_attribute("placeholder", "72")
    await frames.fill("60")
    await frames.press("Tab")
    data = (await _stored(scene))["data"]
    assert (data["duration_estimate"], data["frames"]) == (3, 60)


async def test_shot_node_has_motion_strength(shot: Locator) -> None:
    await expect(shot.get_by_role("slider", name="Motion strength")).to_be_visible()


async def test_shot_node_generates_with_progress_and_a_new_take(
    scene: Canvas, shot: Locator
) -> None:
    before = (await _stored(scene))["data"]["active_take"]
    await shot.get_by_role("button", name="Generate").click()
    await expect(shot.get_by_role("button", name="Stop")).to_be_visible()
    await expect(shot.get_by_role("progressbar", name="Progress of the take")).to_be_visible()
    await expect(shot.get_by_role("button", name="All 2 takes")).to_be_visible(timeout=60_000)
    assert (await _stored(scene))["data"]["active_take"] != before


async def test_shot_node_activates_another_take(scene: Canvas, shot: Locator) -> None:
    before = (await _stored(scene))["data"]["active_take"]
    takes = shot.get_by_role("button", name=re.compile(r"_take\d+(, the active take)?$"))
    await expect(takes).to_have_count(2)
    await expect(takes.first).to_have_attribute("aria-pressed", "true")
    await takes.last.click()
    await expect(takes.last).to_have_attribute("aria-pressed", "true")
    await expect(takes.first).to_have_attribute("aria-pressed", "false")
    node = (await _stored(scene))["id"]
    await scene.film.until(lambda graph: _node(graph, node)["data"]["active_take"] != before)
    await takes.first.click()
    await scene.film.until(lambda graph: _node(graph, node)["data"]["active_take"] == before)


async def test_shot_node_compares_two_takes(scene: Canvas, shot: Locator) -> None:
    await shot.get_by_role("button", name="All 2 takes").click()
    gallery = scene.page.get_by_role("dialog")
    compare = gallery.get_by_role("button", name=re.compile("^Compare with"), disabled=False)
    await compare.first.click()
    await expect(gallery.get_by_role("slider", name="Wipe")).to_be_visible()
    for name in ("Side by side", "Difference"):
        await gallery.get_by_role("button", name=name).click()
        await expect(gallery.get_by_role("button", name=name)).to_have_attribute(
            "aria-pressed", "true"
        )
    await gallery.get_by_role("button", name="End comparing").click()
    await expect(gallery.get_by_role("button", name=re.compile("^Play"))).to_be_visible()
    await scene.page.keyboard.press("Escape")
    await expect(gallery).to_have_count(0)


async def test_shot_node_shows_who_works_on_it(
    scene: Canvas, shot: Locator, browser: Browser, studio: Studio
) -> None:
    context = await browser.new_context(base_url=studio.address.url)
    await context.add_cookies(
        [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
    )
    other = Canvas(await context.new_page(), scene.film)
    await _look(other, await scene.film.scene())
    await other.node(SHOT).get_by_role("heading").click()
    await expect(shot.locator(".people")).to_be_visible()
    await context.close()


async def test_shot_node_is_muted_and_bypassed_by_a_key(scene: Canvas, shot: Locator) -> None:
    async def cut() -> list[str]:
        answer = await scene.film.client.get(f"/projects/{scene.film.id}/cut")
        return [clip["shot"] for clip in answer.raise_for_status().json()["clips"]]

    whole = await cut()
    own = (await _stored(scene))["id"]
    assert own in whole
    await shot.get_by_role("heading").click()
    for key, word, stored in (("m", "Muted", "muted"), ("b", "Bypassed", "bypassed")):
        await scene.press(key)
        await expect(shot.locator("header").get_by_text(word)).to_be_visible()
        assert (await _stored(scene))["data"]["switch"] == stored
        assert await cut() == [one for one in whole if one != own]
        await scene.press(key)
        await expect(shot.locator("header").get_by_text(word)).to_have_count(0)
    await scene.saved()
    assert await cut() == whole


async def test_a_shot_is_entered_and_shows_its_takes_and_fields(
    scene: Canvas, shot: Locator
) -> None:
    await shot.get_by_role("heading").dblclick()
    room = scene.page.get_by_role("region", name=SHOT)
    await expect(room.get_by_role("heading", name="SCENE_01 / SHOT_010")).to_be_visible()
    await expect(room.get_by_role("region", name="v01")).to_be_visible()
    await expect(room.get_by_role("textbox", name="Dialogue content")).to_be_visible()
    await scene.press("Alt+ArrowUp")
    await expect(room).to_have_count(0)
    await shot.wait_for()


# ---------------------------------------------------------------------- scenes and the script


@pytest.fixture(scope="module")
async def top(canvas: Canvas) -> Canvas:
    """The canvas at the top level, at the script and the first scenes."""
    await _look(canvas, None)
    await canvas.node("SCENE_01").get_by_role("button", name="Open", exact=True).wait_for()
    return canvas


async def test_scene_node_shows_label_number_and_heading(top: Canvas) -> None:
    node = top.node("SCENE_01")
    await expect(node.get_by_title("Scene number")).to_have_text(re.compile("1$"))
    await expect(node.get_by_text("EXT. SKERRY - DUSK")).to_be_visible()


async def test_scene_node_counts_its_shots(top: Canvas) -> None:
    node = top.node("SCENE_01")
    await expect(node.get_by_text("3 shots", exact=True)).to_be_visible()
    await expect(node.get_by_text("1 done", exact=True)).to_be_visible()


async def test_scene_node_shows_what_its_shots_show(top: Canvas) -> None:
    strip = top.node("SCENE_01").get_by_role("list", name="Shots")
    await expect(strip.get_by_role("button")).to_have_count(3)
    await expect(strip.get_by_role("button", name="Go to SHOT_010").locator("img")).to_be_visible()


async def test_scene_node_has_generate_scene(top: Canvas) -> None:
    button = top.node("SCENE_01").get_by_role("button", name=re.compile("^Generate scene"))
    await expect(button).to_be_enabled()


async def test_scene_node_collapses_and_expands(top: Canvas) -> None:
    node = top.node("SCENE_01")
    tall = await node.bounding_box()
    await node.get_by_role("button", name="Collapse the scene").click()
    await expect(node.get_by_role("list", name="Shots")).to_have_count(0)
    low = await node.bounding_box()
    assert tall is not None
    assert low is not None
    assert low["height"] < tall["height"] / 3
    await expect(node.locator('.node-socket.out[aria-label^="Before,"]')).to_be_visible()
    await node.get_by_role("button", name="Expand the scene").click()
    await expect(node.get_by_role("list", name="Shots")).to_be_visible()


async def test_scene_node_is_entered_by_double_click(top: Canvas) -> None:
    await top.node("SCENE_01").get_by_role("heading").dblclick()
    await top.node(SHOT).wait_for()
    await top.page.go_back()
    await top.node("SCENE_01").wait_for()


@pytest.fixture(scope="module")
async def script(top: Canvas) -> Locator:
    """The script's node."""
    node = top.node("The Last Lamp").filter(has=top.page.get_by_title("Format"))
    await node.wait_for()
    return node


async def test_script_node_shows_its_title(script: Locator) -> None:
    await expect(script.get_by_text("The Last Lamp").nth(1)).to_be_visible()


async def test_script_node_shows_its_format(script: Locator) -> None:
    await expect(script.get_by_title("Format")).to_have_text("Fountain")


async def test_script_node_counts_scenes_and_pages(script: Locator) -> None:
    await expect(script.get_by_text("8 scenes", exact=True)).to_be_visible()
    await expect(script.get_by_text(re.compile(r"^\d+ pages?$"))).to_be_visible()


async def test_script_node_shows_characters(script: Locator) -> None:
    people = script.get_by_role("list", name="Characters")
    await expect(people.get_by_role("button", name="INA")).to_be_visible()


async def test_script_node_shows_locations(script: Locator) -> None:
    places = script.get_by_role("list", name="Locations")
    await expect(places.get_by_role("button", name="SKERRY")).to_be_visible()


async def test_script_node_numbers_its_scenes(script: Locator) -> None:
    scenes = script.get_by_role("list", name="Scenes")
    await expect(scenes.get_by_role("button").first).to_have_text(re.compile("^01 ?EXT. SKERRY"))


async def test_script_node_has_an_output_handle(script: Locator) -> None:
    await expect(script.locator('.node-socket.out[aria-label^="Script,"]')).to_be_visible()


@pytest.mark.parametrize(("output", "makes"), [("Scenes", "Scene"), ("Shots", "Shot")])
async def test_script_node_has_an_output_that_makes(
    top: Canvas, script: Locator, output: str, makes: str
) -> None:
    start = await top.middle(script.locator(f'.node-socket.out[aria-label^="{output},"]'))
    await top.drag(start, (start[0] + 150, start[1] - 100))
    found = top.page.get_by_role("option", name=re.compile(f"^{makes}"))
    await expect(found.first).to_be_visible()
    await top.page.keyboard.press("Escape")


async def test_script_node_says_that_it_is_broken_down(script: Locator) -> None:
    await expect(script.get_by_text(re.compile(r"^Broken down into \d+ shots$"))).to_be_visible()


async def test_script_node_breaks_down_to_shots(top: Canvas, script: Locator) -> None:
    await script.get_by_role("button", name="Break down to shots").click()
    said = top.page.get_by_text(re.compile(r"^8 scenes with \d+ shots are on the canvas\.$"))
    await expect(said).to_be_visible()
