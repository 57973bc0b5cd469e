"""Each element that PRD-006 lists for transitions, composites and sounds, one test for
each. One studio, one film and one page serve all of them."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.media_stage import MADE, Stage, socket, until

pytestmark = pytest.mark.system


async def colours(node: Locator) -> list[list[int]]:
    """What the preview's canvas shows at the left, in the middle of the bar, and at the right."""
    return await node.locator("canvas").first.evaluate(
        """canvas => [0.03, 0.09, 0.97].map((x) => [...canvas.getContext('2d').getImageData(
             Math.round(canvas.width * x), canvas.height / 2, 1, 1).data].slice(0, 3))"""
    )


# ------------------------------------------------------------------ transition


async def test_transition_node_has_two_video_inputs(stage: Stage) -> None:
    node = await stage.node("transition")
    await expect(socket(node, "From", "in")).to_have_attribute(
        "aria-label", "From, input, Video, 1 connected"
    )
    await expect(socket(node, "To", "in")).to_have_attribute(
        "aria-label", "To, input, Video, 1 connected"
    )


async def test_transition_node_has_type_selector(stage: Stage) -> None:
    node = await stage.node("transition")
    kinds = node.get_by_role("combobox", name="Type of transition")
    assert set(await kinds.locator("option").all_text_contents()) == {
        "Cut", "Fade", "Dissolve", "Wipe", "Push",
    }  # fmt: skip
    await kinds.select_option("dissolve")
    await stage.stored("transition", lambda data: data["kind"] == "dissolve")
    await kinds.select_option("wipe")
    await stage.stored("transition", lambda data: data["kind"] == "wipe")


async def test_transition_node_has_duration_slider(stage: Stage) -> None:
    node = await stage.node("transition")
    slider = node.get_by_role("slider", name="Duration in frames")
    await slider.fill("18")
    await stage.stored("transition", lambda data: data.get("frames") == 18)
    await expect(node.get_by_text("0.75 s")).to_be_visible()
    await slider.fill("12")
    await stage.stored("transition", lambda data: data["frames"] == 12)


async def test_transition_node_has_frame_overlap_setting(stage: Stage) -> None:
    node = await stage.node("transition")
    slider = node.get_by_role("slider", name="Overlap in frames")
    await slider.fill("4")
    await stage.stored("transition", lambda data: data.get("overlap") == 4)
    await expect(node.get_by_text("4 fr")).to_be_visible()
    await slider.fill("12")
    await stage.stored("transition", lambda data: data.get("overlap") is None)


async def test_transition_node_has_direction(stage: Stage) -> None:
    node = await stage.node("transition")
    await node.get_by_role("radio", name="Upwards").click()
    await stage.stored("transition", lambda data: data.get("direction") == "up")
    await node.get_by_role("radio", name="To the left").click()
    await stage.stored("transition", lambda data: data.get("direction") == "left")


async def test_transition_node_previews_its_effect(stage: Stage) -> None:
    node = await stage.node("transition")
    preview = node.get_by_role("group", name="Preview of the transition")
    await expect(preview.locator("img")).to_have_count(2, timeout=MADE)
    await stage.page.mouse.move(5, 500)
    await preview.get_by_role("slider", name="Progress of the transition").fill("0.25")
    coming = preview.locator(".picture.b")
    await expect(coming).to_have_css("clip-path", "inset(0px 0px 0px 75%)")
    # Under the pointer it runs by itself.
    shown = preview.locator(".pictures")
    await preview.hover()
    before = await shown.get_attribute("data-progress")
    await expect(shown).not_to_have_attribute("data-progress", before or "")
    await stage.page.mouse.move(5, 500)


async def test_transition_node_plays_the_two_videos(stage: Stage) -> None:
    node = await stage.node("transition")
    preview = node.get_by_role("group", name="Preview of the transition")
    await preview.hover()
    await preview.get_by_role("button", name="Play the transition").click()
    videos = preview.locator("video")
    await expect(videos).to_have_count(2)
    runs = "all => all.every((one) => one.currentTime > 0)"
    await until(lambda: videos.evaluate_all(runs), bool)
    await preview.get_by_role("button", name="Pause the transition").click()
    await stage.page.mouse.move(5, 500)


async def test_transition_node_has_output(stage: Stage) -> None:
    await expect(socket(await stage.node("transition"), "Video", "out")).to_be_visible()


async def test_transition_node_generates_a_take(stage: Stage) -> None:
    node = await stage.node("transition")
    await node.get_by_role("button", name="Generate").click()
    await stage.stored("transition", lambda data: bool(data.get("active_take")))
    await expect(node.get_by_role("button", name="Generate")).to_be_enabled()


# ------------------------------------------------------------------ composite


async def test_composite_node_has_layer_inputs_in_their_order(stage: Stage) -> None:
    node = await stage.node("composite")
    await expect(socket(node, "Layers", "in")).to_have_attribute(
        "aria-label", "Layers, input, Video, 3 connected"
    )
    rows = node.get_by_role("list", name="Layers").get_by_role("listitem")
    await expect(rows).to_have_count(3)
    names = [text.split("\n")[0].strip() for text in await rows.all_inner_texts()]
    assert names == ["Above", "Middle", "Below"]


async def test_composite_node_reorders_layers(stage: Stage) -> None:
    node = await stage.node("composite")
    rows = node.get_by_role("list", name="Layers").get_by_role("listitem")
    await node.get_by_role("button", name="Move Middle up").click()
    await expect(rows.first).to_contain_text("Middle")
    # Its look went with it.
    data = await stage.stored("composite", lambda data: data["layers"][2]["blend"] == "screen")
    assert data["layers"][1]["blend"] == "normal"
    await node.get_by_role("button", name="Move Middle down").click()
    await expect(rows.first).to_contain_text("Above")
    await stage.stored("composite", lambda data: data["layers"][1]["blend"] == "screen")


async def test_composite_node_has_blend_mode_of_each_layer(stage: Stage) -> None:
    node = await stage.node("composite")
    modes = node.get_by_role("combobox", name="Blend mode of Above")
    assert set(await modes.locator("option").all_text_contents()) == {
        "Normal", "Multiply", "Screen", "Overlay", "Add", "Darken", "Lighten",
    }  # fmt: skip
    await modes.select_option("multiply")
    await stage.stored("composite", lambda data: data["layers"][2]["blend"] == "multiply")


async def test_composite_node_has_opacity_of_each_layer(stage: Stage) -> None:
    node = await stage.node("composite")
    await node.get_by_role("slider", name="Opacity of Above").fill("0.4")
    await stage.stored("composite", lambda data: data["layers"][2]["opacity"] == 0.4)
    await expect(node.get_by_text("40 %")).to_be_visible()


async def test_composite_node_has_mask_input(stage: Stage) -> None:
    await expect(socket(await stage.node("composite"), "Mask", "in")).to_be_visible()


async def test_composite_node_previews_in_the_browser(stage: Stage) -> None:
    node = await stage.node("composite")
    await expect(node.get_by_role("img", name="Preview of the composite")).to_be_visible()
    opacity = node.get_by_role("slider", name="Opacity of Above")
    mode = node.get_by_role("combobox", name="Blend mode of Above")
    await mode.select_option("normal")
    await opacity.fill("1")
    blue = (await until(lambda: colours(node), lambda found: found[2][2] >= 120))[2]
    # While the hand moves, before anything is stored, the picture follows.
    await opacity.evaluate(
        "one => { one.value = '0'; one.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    await until(lambda: colours(node), lambda found: found[2] != blue)
    assert (await stage.film.data("composite"))["layers"][2]["opacity"] == 1


async def test_composite_node_has_output_resolution(stage: Stage) -> None:
    node = await stage.node("composite")
    width = node.get_by_role("textbox", name="Output width in pixels")
    await expect(width).to_have_attribute("placeholder", "320")
    await width.fill("640")
    await width.press("Enter")
    await stage.stored("composite", lambda data: data.get("width") == 640)
    await node.get_by_role("textbox", name="Output height in pixels").fill("360")
    await node.get_by_role("heading").click()
    await stage.stored("composite", lambda data: data.get("height") == 360)


async def test_composite_node_has_output_and_generates(stage: Stage) -> None:
    node = await stage.node("composite")
    await expect(socket(node, "Video", "out")).to_be_visible()
    await node.get_by_role("button", name="Generate").click()
    data = await stage.stored("composite", lambda data: bool(data.get("active_take")))
    take = await stage.film.film.client.get(f"/takes/{data['active_take']}")
    facts = take.raise_for_status().json()["outputs"][0]["media"]["facts"]
    assert (facts["width"], facts["height"]) == (640, 360)


# ------------------------------------------------------------------ sound


async def test_audio_node_takes_a_file(stage: Stage) -> None:
    node = await stage.node("empty audio")
    digest = (await stage.film.data("sound"))["media"]["digest"]
    film = stage.film.film
    sound = await film.client.get(f"/projects/{film.id}/media/{digest}")
    await node.get_by_label("Choose a sound").set_input_files(
        {"name": "bell.wav", "mimeType": "audio/wav", "buffer": sound.content}
    )
    data = await stage.stored("empty audio", lambda data: bool(data.get("media")))
    assert data["media"]["name"] == "bell.wav"
    await expect(node.get_by_text("bell.wav")).to_be_visible()
    await expect(node.locator(".waveform canvas")).to_be_visible(timeout=MADE)


async def test_audio_node_can_have_its_sound_generated(stage: Stage) -> None:
    node = await stage.node("empty audio")
    # Without a file it offers to make one.
    change = [
        {"op": "node.set", "id": stage.film.ids["empty audio"], "values": {"data.media": None}}
    ]
    path = f"/projects/{stage.film.film.id}/graph/operations"
    (await stage.film.film.client.post(path, json={"ops": change})).raise_for_status()
    await node.get_by_role("button", name="Voice").click()
    await expect(socket(node, "Audio", "in")).to_have_attribute(
        "aria-label", "Audio, input, Audio, 1 connected"
    )
    await expect(node.get_by_text("has no sound yet")).to_be_visible()
    # Whose voice that is, is chosen here as well as on the Voice node.
    await node.get_by_role("combobox", name="Voice of").select_option(label="INA")
    graph = await stage.film.film.graph()
    made = next(e for e in graph["edges"] if e["target"] == stage.film.ids["empty audio"])
    await stage.film.film.until(
        lambda graph: any(
            e["target"] == made["source"] and e["target_socket"] == "character"
            for e in graph["edges"]
        )
    )


async def test_audio_node_shows_its_waveform(stage: Stage) -> None:
    node = await stage.node("audio")
    wave = node.locator(".waveform canvas")
    await expect(wave).to_be_visible(timeout=MADE)
    drawn = """canvas => canvas.width > 0 && [...canvas.getContext('2d').getImageData(
      0, 0, canvas.width, canvas.height).data].some((value) => value > 0)"""
    await until(lambda: wave.evaluate(drawn), bool, 60)


async def test_audio_node_has_sync_marks(stage: Stage) -> None:
    node = await stage.node("audio")
    position = node.get_by_role("slider", name="Position in the sound")
    await position.focus()
    for _ in range(10):
        await position.press("ArrowRight")
    await node.get_by_role("button", name="Set a sync mark here").click()
    data = await stage.stored("audio", lambda data: len(data.get("marks", [])) == 1)
    assert data["marks"][0]["time"] == pytest.approx(1.0, abs=0.06)
    # Moved by the hand,
    mark = node.get_by_role("button", name="Sync mark Mark 1")
    box, area = await mark.bounding_box(), await position.bounding_box()
    assert box is not None
    assert area is not None
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await stage.canvas.drag(start, (area["x"] + area["width"] / 2, start[1]))
    moved = await stage.stored("audio", lambda data: data["marks"][0]["time"] > 1.3)
    # by the arrows,
    await mark.focus()
    await mark.press("ArrowRight")
    await stage.stored(
        "audio",
        lambda data: data["marks"][0]["time"] == pytest.approx(moved["marks"][0]["time"] + 0.04),
    )
    # named,
    name = node.get_by_role("textbox", name="Name of the sync mark")
    await name.fill("The door")
    await name.press("Enter")
    await stage.stored("audio", lambda data: data["marks"][0]["label"] == "The door")
    # what the sound begins with,
    await node.get_by_role("button", name="Begin the sound at this mark").click()
    await stage.stored("audio", lambda data: data.get("start", 0) > 1.3)
    # and taken away.
    await node.get_by_role("button", name="Remove the sync mark").click()
    await stage.stored("audio", lambda data: data["marks"] == [])


async def test_audio_node_has_volume(stage: Stage) -> None:
    node = await stage.node("audio")
    await node.get_by_role("slider", name="Volume in decibels").fill("-6")
    await stage.stored("audio", lambda data: data.get("gain") == -6)
    await expect(node.get_by_text("-6.0 dB")).to_be_visible()


async def test_audio_node_has_effects(stage: Stage) -> None:
    node = await stage.node("audio")
    await node.get_by_role("slider", name="Fade in, in seconds").fill("1")
    await stage.stored("audio", lambda data: data.get("fade_in") == 1)
    await node.get_by_role("slider", name="Fade out, in seconds").fill("0.5")
    await stage.stored("audio", lambda data: data.get("fade_out") == 0.5)
    await node.get_by_role("switch", name="Level the loudness").click()
    await stage.stored("audio", lambda data: data.get("loudness") == -23)


async def test_audio_node_plays(stage: Stage) -> None:
    node = await stage.node("audio")
    time = node.get_by_role("status", name="Time")
    before = await time.inner_text()
    await node.get_by_role("button", name="Play the sound").click()
    await expect(time).not_to_have_text(before)
    await node.get_by_role("button", name="Pause the sound").click()


async def test_audio_node_has_output_and_generates(stage: Stage) -> None:
    node = await stage.node("audio")
    await expect(socket(node, "Audio", "out")).to_be_visible()
    await node.get_by_role("button", name="Generate").click()
    await stage.stored("audio", lambda data: bool(data.get("active_take")))


async def test_voice_node_has_character_selection(stage: Stage) -> None:
    node = await stage.node("voice")
    await node.get_by_role("combobox", name="Voice of").select_option(label="INA")
    await expect(socket(node, "Character", "in")).to_have_attribute(
        "aria-label", "Character, input, Character, 1 connected"
    )
    await stage.film.film.until(
        lambda graph: any(
            e["source"] == stage.film.ids["ina"] and e["target"] == stage.film.ids["voice"]
            for e in graph["edges"]
        )
    )
