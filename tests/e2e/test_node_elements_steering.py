"""Each element that PRD-006 lists for files, cameras, the film and what steers a run, one test for
each. One studio, one film and one page serve all of them."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.media_files import make_picture
from tests.e2e.media_stage import MADE, Stage, socket

pytestmark = pytest.mark.system


# ------------------------------------------------------------------ files


async def test_image_import_shows_its_picture_and_facts(stage: Stage) -> None:
    node = await stage.node("image file")
    await expect(node.locator("img")).to_be_visible(timeout=MADE)
    await expect(node.get_by_text("320 × 180")).to_be_visible()


async def test_image_import_has_a_drop_area_while_it_is_empty(stage: Stage) -> None:
    node = await stage.node("no file")
    await expect(node.get_by_text("Drop a picture")).to_be_visible()
    # Dropped as a hand does it.
    content = list(make_picture((20, 200, 90)))
    await node.get_by_role("group", name="Place for a picture").evaluate(
        """(place, content) => {
          const held = new DataTransfer();
          held.items.add(new File([new Uint8Array(content)], 'leaf.png', { type: 'image/png' }));
          for (const type of ['dragover', 'drop'])
            place.dispatchEvent(
              new DragEvent(type, { dataTransfer: held, bubbles: true, cancelable: true }));
        }""",
        content,
    )
    await stage.stored("no file", lambda data: bool(data.get("media")))
    await expect(node.locator("img")).to_be_visible(timeout=MADE)
    await expect(node.get_by_text("leaf.png")).to_be_visible()


async def test_import_refuses_a_file_of_another_kind_in_words(stage: Stage) -> None:
    node = await stage.node("no file")
    await node.get_by_label("Replace the file").set_input_files(
        {"name": "bell.wav", "mimeType": "audio/wav", "buffer": b"RIFF"}
    )
    await expect(stage.page.get_by_text("bell.wav is not a picture.")).to_be_visible()


async def test_import_replaces_its_file(stage: Stage) -> None:
    node = await stage.node("image file")
    before = (await stage.film.data("image file"))["media"]["digest"]
    await node.get_by_label("Replace the file").set_input_files(
        {
            "name": "tall.png",
            "mimeType": "image/png",
            "buffer": make_picture((1, 2, 200), (90, 160)),
        }
    )
    data = await stage.stored("image file", lambda data: data["media"]["digest"] != before)
    assert data["name"] == "Half", "a name that somebody gave stays"
    await expect(node.get_by_text("90 × 160")).to_be_visible()


async def test_video_import_shows_facts_of_the_video(stage: Stage) -> None:
    node = await stage.node("video file")
    await expect(
        node.get_by_text(re.compile(r"320 × 180 · 2\.0 s · 24 fps · h264"))
    ).to_be_visible()


async def test_video_import_scrubs_by_its_filmstrip(stage: Stage) -> None:
    node = await stage.node("video file")
    scrub = node.locator(".scrub")
    box = await scrub.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    await stage.page.mouse.move(box["x"] + box["width"] * 0.1, y)
    await expect(scrub).to_have_attribute("data-tile", "0", timeout=MADE)
    await stage.page.mouse.move(box["x"] + box["width"] * 0.9, y)
    await expect(scrub).not_to_have_attribute("data-tile", "0")
    await stage.page.mouse.move(5, 500)


async def test_audio_import_shows_its_waveform(stage: Stage) -> None:
    node = await stage.node("sound file")
    await expect(node.locator(".waveform canvas")).to_be_visible(timeout=MADE)
    await expect(node.get_by_text("3.0 s · 24 kHz · mono")).to_be_visible()


# ------------------------------------------------------------------ camera


async def test_camera_node_moves_in_3d(stage: Stage) -> None:
    node = await stage.node("camera")
    await node.get_by_role("combobox", name="Movement").select_option("truck_left")
    await stage.stored("camera", lambda data: data["movement"] == "truck_left")
    await node.get_by_role("slider", name="Strength of the movement").fill("0.8")
    await stage.stored("camera", lambda data: data.get("speed") == 0.8)


async def test_camera_node_shows_the_movement(stage: Stage) -> None:
    node = await stage.node("camera")
    view = node.get_by_role("group", name="Camera movement: truck left")
    await view.hover()
    before = await view.get_attribute("data-share")
    await expect(view).not_to_have_attribute("data-share", before or "")
    await stage.page.mouse.move(5, 500)


async def test_camera_node_pans_and_zooms_in_2d(stage: Stage) -> None:
    node = await stage.node("camera")
    await node.get_by_role("radio", name="2D pan and zoom").click()
    await stage.stored("camera", lambda data: data.get("mode") == "2d")
    await node.get_by_role("slider", name="Zoom at the end").fill("2")
    await stage.stored("camera", lambda data: data.get("end", {}).get("zoom") == 2)
    window = node.get_by_role("button", name="End window, 2.0 times")
    middle = await stage.canvas.middle(window)
    await stage.canvas.drag(middle, (middle[0] - 60, middle[1]))
    moved = await stage.stored("camera", lambda data: data["end"]["x"] < 0.45)
    await window.focus()
    await window.press("ArrowRight")
    await stage.stored("camera", lambda data: data["end"]["x"] > moved["end"]["x"])


async def test_camera_node_has_positions(stage: Stage) -> None:
    node = await stage.node("camera")
    focal = node.get_by_role("spinbutton", name="Focal length")
    await focal.fill("50")
    await focal.press("Enter")
    await stage.stored("camera", lambda data: data.get("focal_length") == 50)
    await expect(node.get_by_role("spinbutton", name="Angle")).to_be_visible()
    await expect(socket(node, "Camera", "out")).to_be_visible()


# ------------------------------------------------------------------ what steers a run


async def test_conditional_node_says_its_condition_and_the_branch(stage: Stage) -> None:
    node = await stage.node("conditional")
    await expect(node.get_by_text("Value says no")).to_be_visible()
    taken = node.get_by_role("list", name="Branches").locator("[aria-current=true]")
    await expect(taken).to_contain_text("Night")
    flag = await stage.node("flag")
    await flag.get_by_role("switch", name="Boolean").click()
    await expect(node.get_by_text("Value says yes")).to_be_visible()
    await expect(taken).to_contain_text("Day")


async def test_loop_node_says_what_how_often_and_how_far(stage: Stage) -> None:
    node = await stage.node("loop")
    await expect(node.get_by_text("Connect what is to be made 3 times.")).to_be_visible()
    count = node.get_by_role("spinbutton", name="Count")
    await count.fill("2")
    await count.press("Enter")
    await stage.stored("loop", lambda data: data["count"] == 2)
    await expect(node.get_by_text("2 times")).to_be_visible()
    await expect(node.get_by_text("Not made yet")).to_be_visible()


# ------------------------------------------------------------------ the film


async def test_assembly_node_shows_the_film_and_what_is_missing(stage: Stage) -> None:
    node = await stage.node("assembly")
    cut = (await stage.film.film.client.get(f"/projects/{stage.film.film.id}/cut")).json()
    shots = node.get_by_role("list", name="Shots of the film in their order")
    await expect(shots.get_by_role("listitem")).to_have_count(len(cut["clips"]))
    await expect(node.get_by_text(re.compile(r"^00:00:\d\d:\d\d$"))).to_be_visible()
    missing = sum(not clip.get("media") for clip in cut["clips"])
    await expect(node.get_by_role("button", name=f"{missing} without a take")).to_be_visible()


async def test_assembly_node_opens_the_cut_and_exports(stage: Stage) -> None:
    node = await stage.node("assembly")
    link = node.get_by_role("link", name="Open the cut")
    await expect(link).to_have_attribute("href", f"/project/{stage.film.film.id}/cut")
    await node.get_by_role("button", name="Export").click()
    for title in ("Film (MP4)", "edit decision list", "OpenTimelineIO"):
        await expect(
            stage.page.get_by_role("menuitem", name=re.compile(re.escape(title))).first
        ).to_be_visible()
    await stage.page.keyboard.press("Escape")


async def test_assembly_node_renders_after_saying_how_much(stage: Stage) -> None:
    await stage.node("assembly")
    await stage.page.locator(f"#node-{stage.film.ids['assembly']}").get_by_role("heading").click()
    await stage.page.keyboard.press("Control+k")
    await stage.page.get_by_role("combobox", name="Commands").fill("bring up to date")
    await stage.page.keyboard.press("Enter")
    dialog = stage.page.get_by_role("dialog", name=re.compile(r"^Make \d steps"))
    await expect(dialog.get_by_role("list", name="What is made")).to_contain_text("SHOT_010")
    await dialog.get_by_role("button", name="Not now").click()
    await expect(dialog).to_have_count(0)


# ------------------------------------------------------------------ failures


async def test_a_failure_stands_on_its_node_also_for_who_comes_later(stage: Stage) -> None:
    node = await stage.node("empty audio")
    await node.get_by_role("button", name="Generate").click()
    failure = node.get_by_role("group", name="Why it failed")
    await expect(failure).to_contain_text("The Audio node has no sound.", timeout=MADE)
    await expect(failure).to_contain_text("Connect one to it, or drop a file on it.")
    await stage.page.reload()
    await expect(failure).to_contain_text("The Audio node has no sound.", timeout=MADE)
    await expect(failure.get_by_role("button", name="Try again")).to_be_enabled()
