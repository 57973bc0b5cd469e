"""Every node type that plugins bring is put on the canvas, filled in, connected, and generated or
told why not; the types come from the registry, so that a new one is tried by itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from app.platform.plugins import load_plugins
from app.processes.studio import Studio, free_port, running
from app.settings import Settings
from tests.e2e.film import client_of
from tests.e2e.media_files import make_picture
from tests.e2e.media_film import MediaFilm, make_media_film
from tests.e2e.media_stage import Stage

PLUGIN = Path(__file__).with_name("unusual_plugin")
sys.path.append(str(PLUGIN))
PLUGINS = load_plugins("api")
TYPES = list(PLUGINS.node_types.values())
UNUSUAL = next(one for one in TYPES if one.id == "unusual.glass")
# What has something for an input to be connected with, by the name of its node.
GIVERS = {"Video": "Red", "Image": "Half", "Audio": "Swell"}
# Made from one connected input, by what comes with the studio.
MADE = {
    "film.shot",
    "film.upscale",
    "film.transition",
    "film.composite",
    "film.audio",
    "media.still",
    "media.frame",
}
# Inputs that are connected as well, where one alone makes nothing.
ALSO = {"film.transition": ("a", "b")}

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
async def studio(studio_home: Path) -> AsyncIterator[Studio]:
    """A studio with a plugin that nobody here has thought of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PLUGIN))
        patch.setenv("DIRECTOR_PLUGIN_FUNCTION_RUNNER__RUNTIME", "venv")
        patch.setenv("DIRECTOR_PLUGIN_FUNCTION_RUNNER__ALLOW_UNSANDBOXED", "1")
        async with running(Settings(home=studio_home, port=free_port(), workers=1)) as started:
            yield started


@pytest.fixture(scope="module")
async def stage(
    studio: Studio, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One page on a level that holds a node of every type, to be connected with."""
    async with client_of(studio) as client:
        film = await make_media_film(client, tmp_path_factory.mktemp("files"))
        film.level("all")
        picture = await film.upload("half.png", make_picture((20, 200, 230)))
        video = await film.data("red")
        sound = await film.data("sound")
        film.add("all", "all video", "film.video_import", name="Red", media=video["media"])
        film.add("all", "all image", "film.image_import", name="Half", media=picture)
        film.add("all", "all sound", "film.audio_import", name="Swell", media=sound["media"])
        for number, one in enumerate(TYPES):
            film.add("all", f"all {number}", one.id)
        await film.store()
        context = await browser.new_context(
            base_url=studio.address.url, viewport={"width": 1600, "height": 1000}
        )
        context.set_default_timeout(60_000)
        await context.add_cookies(
            [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
        )
        stage = Stage(await context.new_page(), film)
        await stage.canvas.open(film.levels["all"])
        yield stage
        await context.close()
        # What is refused is answered in words, with a status that the browser notes as well.
        assert not [one for one in stage.complaints if "status of 4" not in one]


async def _record(film: MediaFilm, id: str) -> dict[str, Any]:
    graph = await film.film.graph()
    found = next(n for n in graph["nodes"] if n["id"] == id)
    edges = [e for e in graph["edges"] if id in (e["source"], e["target"])]
    return {**found, "edges": edges}


async def _until(film: MediaFilm, id: str, holds: Any, what: str) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for _ in range(200):
        record = await _record(film, id)
        if holds(record):
            return record
        await asyncio.sleep(0.05)
    raise AssertionError(f"{what}: {record}")


async def _add(stage: Stage, title: str, type: str) -> str:
    """Put a node of a type on the canvas as people do, by its name; gives its id."""
    page = stage.page
    before = {n["id"] for n in (await stage.film.film.graph())["nodes"]}
    await stage.canvas.press("Tab")
    await page.get_by_role("combobox", name="Find a node type").fill(title)
    await page.locator(f'[id="add-{type}"]').click()
    graph = await stage.film.film.until(
        lambda graph: any(n["id"] not in before for n in graph["nodes"])
    )
    made = next(n for n in graph["nodes"] if n["id"] not in before)
    assert made["type"] == type
    assert made["parent"] == stage.film.levels["all"]
    await stage.canvas.press("f")
    await expect(page.locator(f"#node-{made['id']}:not(.far)")).to_have_count(1)
    return made["id"]


def _first_simple(properties: dict[str, Any]) -> tuple[str, str, str] | None:
    """The first param that a person writes or switches: its name, its title, and how."""
    for name, schema in properties.items():
        if schema.get("x-write") == "system" or schema.get("x-widget") in ("hidden", "asset"):
            continue
        title = schema.get("title") or name.replace("_", " ").capitalize()
        widget = schema.get("x-widget", "")
        is_text = schema.get("type") == "string" and not schema.keys() & {"enum", "pattern"}
        if is_text and widget in ("", "textarea", "text"):
            return name, title, "text"
        if schema.get("type") == "boolean":
            return name, title, "switch"
    return None


async def _fill(stage: Stage, inspector: Locator, id: str, properties: dict[str, Any]) -> None:
    found = _first_simple(properties)
    if found is None:
        return
    name, title, how = found
    field = inspector.get_by_label(title, exact=True).first
    if how == "text":
        await field.fill("Lamp")
        await field.blur()
    else:
        await field.click()
    switched = not properties[name].get("default", False)

    def holds(record: dict[str, Any]) -> bool:
        written = (record["text"].get(name), record["data"].get(name))
        return "Lamp" in written if how == "text" else written[1] is switched

    await _until(stage.film, id, holds, f"{title} was not stored")


async def _connect(stage: Stage, id: str, socket: str, side: str, giver: str) -> None:
    page = stage.page
    before = len((await _record(stage.film, id))["edges"])
    await stage.canvas.press("k")
    await page.locator(f'[id="found-{side} {socket} {id}"]').click()
    await page.get_by_role("combobox", name="Connect with").fill(giver)
    await page.get_by_role("dialog").get_by_role("option").first.click()
    await _until(stage.film, id, lambda r: len(r["edges"]) > before, f"{socket} is not connected")


@pytest.mark.parametrize("type", TYPES, ids=lambda one: one.id)
async def test_a_node_type_is_added_filled_connected_and_generated(stage: Stage, type: Any) -> None:
    page = stage.page
    id = await _add(stage, type.title, type.id)
    inspector = page.get_by_role("complementary", name="Inspector")
    if await inspector.count() == 0:
        await stage.canvas.press("i")
    await expect(inspector.get_by_text(type.title, exact=True).first).to_be_visible()
    await _fill(stage, inspector, id, type.params.get("properties", {}))

    also = ALSO.get(type.id, ())
    wanted = [one for one in type.inputs if one.required or one.id in also]
    for socket in wanted or type.inputs[:1]:
        await _connect(stage, id, socket.id, "in", GIVERS.get(socket.type, ""))
    if not type.inputs and type.outputs:
        await _connect(stage, id, type.outputs[0].id, "out", "")

    if type.kind == "task":
        await stage.canvas.press("Control+Enter")
        told = await _outcome(stage, id)
        if type.id in MADE:
            assert told == "take", told
        else:
            assert told == "take" or told.rstrip().endswith((".", "…")), told
    await _away(stage, id)


async def _outcome(stage: Stage, id: str) -> str:
    """`take`, or the sentence that says why there is none."""
    client, film = stage.film.film.client, stage.film.film.id
    toast = stage.page.locator(".toasts p, .toasts strong").first
    for _ in range(600):
        takes = await client.get(f"/projects/{film}/takes", params={"node_id": id})
        if takes.json()["items"]:
            return "take"
        if await toast.count():
            return (await toast.inner_text()).strip()
        failures = (await client.get(f"/projects/{film}/failures")).json()["items"]
        for one in failures:
            if one["node_id"] == id:
                failed = stage.page.locator(f"#node-{id}").get_by_role(
                    "group", name="Why it failed"
                )
                await expect(failed).to_contain_text(one["error"])
                return one["error"]
        await asyncio.sleep(0.1)
    raise AssertionError("Nothing came of it, and nobody was told why.")


async def _away(stage: Stage, id: str) -> None:
    """Leave the level as it was for the next one."""
    ops = [{"op": "node.remove", "ids": [id]}]
    path = f"/projects/{stage.film.film.id}/graph/operations"
    (await stage.film.film.client.post(path, json={"ops": ops})).raise_for_status()
    for button in await stage.page.locator(".toasts button[aria-label]").all():
        await button.click()
    await expect(stage.page.locator(f"#node-{id}")).to_have_count(0)


async def test_each_widget_of_an_unusual_node_edits_its_param(stage: Stage) -> None:
    page = stage.page
    id = await _add(stage, UNUSUAL.title, UNUSUAL.id)
    inspector = page.get_by_role("complementary", name="Inspector")
    if await inspector.count() == 0:
        await stage.canvas.press("i")
    node = page.locator(f"#node-{id}")
    await expect(node.locator(".node-socket.in")).to_have_count(12)

    async def stored(name: str, value: Any) -> None:
        await _until(
            stage.film, id, lambda r: r["data"].get(name) == value, f"{name} is not {value}"
        )

    await inspector.get_by_label("Name").fill("Helios")
    await inspector.get_by_label("Name").blur()
    await stored("name", "Helios")
    await inspector.get_by_label("Blades").fill("13")
    await inspector.get_by_label("Blades").blur()
    await stored("blades", 13)
    await inspector.get_by_role("slider", name="Bloom").focus()
    await page.keyboard.press("End")
    await stored("bloom", 1)
    await inspector.get_by_role("switch", name="Swirl").click()
    await stored("swirl", True)
    await inspector.get_by_label("Tint as a number").fill("#3355aa")
    await inspector.get_by_label("Tint as a number").blur()
    await stored("tint", "#3355aa")

    curve = inspector.get_by_role("group", name="Response")
    box = await curve.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    record = await _until(
        stage.film, id, lambda r: len(r["data"].get("response", [])) == 3, "curve"
    )
    x, y = record["data"]["response"][1]
    assert (round(x, 1), round(y, 1)) == (0.5, 0.8)
    await inspector.get_by_role("slider", name="Point 2 of Response").focus()
    await page.keyboard.press("ArrowDown")
    await _until(
        stage.film, id, lambda r: r["data"]["response"][1][1] < y, "the point stands still"
    )

    lens = inspector.get_by_role("group", name="Lens")
    await lens.get_by_label("Mount").fill("EF")
    await lens.get_by_label("Mount").blur()
    await lens.get_by_label("Radius").fill("3.5")
    await lens.get_by_label("Radius").blur()
    await lens.get_by_role("switch", name="Hard").click()
    await stored("lens", {"mount": "EF", "falloff": {"radius": 3.5, "hard": True}})

    files = [
        {"name": name, "mimeType": "image/png", "buffer": make_picture(colour)}
        for name, colour in (("a.png", (9, 9, 60)), ("b.png", (60, 9, 9)))
    ]
    await inspector.get_by_label("Choose a file for Plates").set_input_files(files)
    record = await _until(stage.film, id, lambda r: len(r["data"].get("plates", [])) == 2, "files")
    assert {plate["name"] for plate in record["data"]["plates"]} == {"a.png", "b.png"}
    for word in ("soft", "warm"):
        await inspector.get_by_label("Add to Words").fill(word)
        await page.keyboard.press("Enter")
    await stored("words", ["soft", "warm"])
    for _ in range(2):
        await inspector.get_by_role("button", name="Add", exact=True).click()
    await inspector.get_by_label("Weights 2").fill("0.5")
    await inspector.get_by_label("Weights 2").blur()
    await stored("weights", [0, 0.5])
    await _away(stage, id)


FUNCTION = """\
schema: function/v0
name: lantern
title: Lantern
kind: oneshot
license: {code: Apache-2.0}
image: {base: python}
inputs:
  lit: {type: bool, default: false}
steps:
  - {id: light, command: [python, light.py, "{job.out}", "{lit}"]}
outputs:
  image: {type: image, glob: "{job.out}/*.png"}
"""
LIGHT = """\
import struct, sys, zlib

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

rows = (b"\\0" + bytes((255, 200, 40)) * 32) * 32
picture = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0))
picture += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
assert sys.argv[2] == "true", "It is not lit."
open(sys.argv[1] + "/lantern.png", "wb").write(picture)
"""


async def test_a_function_that_is_brought_is_on_the_open_canvas_and_runs(
    stage: Stage, studio_home: Path
) -> None:
    folder = studio_home / "functions/lantern"
    folder.mkdir(parents=True)
    (folder / "light.py").write_text(LIGHT)
    (folder / "function.yaml").write_text(FUNCTION)
    page = stage.page
    await stage.canvas.press("Tab")
    await page.get_by_role("combobox", name="Find a node type").fill("Lantern")
    # The menu is open already: the node comes into it.
    await expect(page.locator('[id="add-function.lantern"]')).to_be_visible()
    await page.keyboard.press("Escape")
    id = await _add(stage, "Lantern", "function.lantern")
    inspector = page.get_by_role("complementary", name="Inspector")
    if await inspector.count() == 0:
        await stage.canvas.press("i")
    await _fill(stage, inspector, id, {"lit": {"type": "boolean", "title": "Lit"}})
    await stage.canvas.press("Control+Enter")
    assert await _outcome(stage, id) == "take"
    await _away(stage, id)
