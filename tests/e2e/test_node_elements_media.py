"""Each element that PRD-006 lists for transitions, composites, sounds, files, cameras and the nodes
that steer a run, one test for each. One studio, one film and one page serve all of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.film import Canvas, client_of
from tests.e2e.media_files import make_picture
from tests.e2e.media_film import MediaFilm, make_media_film

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from app.processes.studio import Studio

pytestmark = pytest.mark.system


class Stage:
    """The one page, which goes from level to level as the tests need it."""

    def __init__(self, page: Page, film: MediaFilm) -> None:
        self.page = page
        self.film = film
        self.canvas = Canvas(page, film.film)
        self.complaints: list[str] = []
        self._at: str | None = "nowhere"
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def node(self, name: str) -> Locator:
        """A node by its name, on the level where it stands."""
        level = self.film.level_of(name)
        if level != self._at:
            await self.canvas.open(level)
            self._at = level
        node = self.page.locator(f"#node-{self.film.ids[name]}")
        await node.get_by_role("heading").wait_for()
        return node

    async def stored(self, name: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The stored values of a node once they hold."""
        return await until(lambda: self.film.data(name), holds)


@pytest.fixture(scope="module")
async def stage(
    studio: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with client_of(studio) as client:
        film = await make_media_film(client, tmp_path_factory.mktemp("files"))
        context = await browser.new_context(
            base_url=studio.address.url,
            viewport={"width": 1900, "height": 1000},
            color_scheme="dark",
        )
        context.set_default_timeout(20_000)
        await context.add_cookies(
            [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
        )
        stage = Stage(await context.new_page(), film)
        yield stage
        await context.close()
        assert not stage.complaints


T = TypeVar("T")


async def until(
    ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool], seconds: float = 15
) -> T:
    """What is answered once it holds."""
    async with asyncio.timeout(seconds):
        while True:
            found = await ask()
            if holds(found):
                return found
            await asyncio.sleep(0.05)


def socket(node: Locator, name: str, side: str) -> Locator:
    return node.locator(f'.node-socket.{side}[aria-label^="{name},"]')


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
    await expect(preview.locator("img")).to_have_count(2)
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
    await expect(node.locator(".waveform canvas")).to_be_visible()


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
    await expect(wave).to_be_visible()
    drawn = """canvas => canvas.width > 0 && [...canvas.getContext('2d').getImageData(
      0, 0, canvas.width, canvas.height).data].some((value) => value > 0)"""
    await until(lambda: wave.evaluate(drawn), bool, 25)


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


# ------------------------------------------------------------------ files


async def test_image_import_shows_its_picture_and_facts(stage: Stage) -> None:
    node = await stage.node("image file")
    await expect(node.locator("img")).to_be_visible()
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
    await expect(node.locator("img")).to_be_visible()
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
    await expect(scrub).to_have_attribute("data-tile", "0")
    await stage.page.mouse.move(box["x"] + box["width"] * 0.9, y)
    await expect(scrub).not_to_have_attribute("data-tile", "0")
    await stage.page.mouse.move(5, 500)


async def test_audio_import_shows_its_waveform(stage: Stage) -> None:
    node = await stage.node("sound file")
    await expect(node.locator(".waveform canvas")).to_be_visible()
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
