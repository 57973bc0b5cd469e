"""What characters, styles, places and pipelines show on the canvas, and the library beside it: one
test for each element."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Locator, expect

from app.platform.ids import new_key
from tests.e2e.film import Canvas, Film, client_of

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system

COLOURS = ["#102030", "#304050", "#708090", "#c0a080", "#803020"]


async def _picture(film: Film, colour: str) -> dict[str, Any]:
    """A stored picture of one colour."""
    data = io.BytesIO()
    Image.new("RGB", (320, 180), colour).save(data, "PNG")
    headers = {"X-Filename": f"{colour[1:]}.png", "Content-Type": "image/png"}
    address = f"/projects/{film.id}/media"
    sent = await film.client.post(address, content=data.getvalue(), headers=headers)
    return sent.raise_for_status().json()


async def _write(film: Film, *ops: dict[str, Any]) -> None:
    graph = await film.graph()
    body = {"label": "Dress", "base_version": graph["version"], "ops": list(ops)}
    address = f"/projects/{film.id}/graph/operations"
    (await film.client.post(address, json=body)).raise_for_status()


@pytest.fixture(scope="module")
async def canvas(studio: Studio, browser: Browser) -> AsyncIterator[Canvas]:
    """One page at the top level of a film with a character, a place, a style and a pipeline."""
    async with client_of(studio) as client:
        film = await Film.of(client, "The Lamp", "lighthouse.fountain")
        pictures = [await _picture(film, colour) for colour in COLOURS]
        ina = (await film.nodes("film.character"))[0]
        skerry = (await film.nodes("film.environment"))[0]
        shot = (await film.nodes("film.shot"))[0]
        style, pipeline = new_key(), new_key()
        place = {
            "data.mood": "Cold and hopeful",
            "data.reference_images": pictures[:2],
            "data.angles": [{"name": "From the boat", "image": pictures[2]}],
            "data.depth_map": pictures[3],
        }
        look = {
            "name": "Nordic noir",
            "keywords": ["cold light", "shadows", "grain", "silence"],
            "palette": COLOURS,
            "example_images": pictures[:4],
        }
        who = {"data.role": "Keeper", "data.personality": "Dry", "data.face_image": pictures[4]}
        await _write(
            film,
            {"op": "node.set", "id": ina["id"], "values": who},
            {"op": "node.set", "id": skerry["id"], "values": place},
            _node(style, "film.style", "b00", (760, 510), look),
            _node(pipeline, "film.pipeline", "b01", (760, 0), {"name": "House"}),
            _edge(style, "style", shot["id"], "style"),
            _edge(pipeline, "pipeline", shot["id"], "pipeline"),
        )
        await film.until(lambda graph: _of(graph, style)["data"].get("asset"))
        context = await browser.new_context(
            base_url=studio.address.url, viewport={"width": 1300, "height": 1100}
        )
        context.set_default_timeout(60_000)
        await context.add_cookies(
            [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
        )
        page = await context.new_page()
        kept = json.dumps({"": [40, 40, 0.95]})
        key = f"director.views.{film.id}"
        await page.add_init_script(f"localStorage.setItem({key!r}, {kept!r})")
        found = await Canvas(page, film).open()
        await found.node("INA").get_by_role("button", name="Edit character").wait_for()
        yield found
        await context.close()


def _node(
    node_id: str, kind: str, order: str, pos: tuple[int, int], data: dict[str, Any]
) -> dict[str, Any]:
    placed = {"parent": None, "order": order, "pos": list(pos)}
    return {"op": "node.add", "id": node_id, "type": kind, **placed, "data": data}


def _edge(source: str, output: str, target: str, socket: str) -> dict[str, Any]:
    ends = {"source": source, "source_socket": output, "target": target, "target_socket": socket}
    return {"op": "edge.add", "id": new_key(), **ends, "order": "a0"}


def _of(graph: dict[str, Any], node_id: str) -> dict[str, Any]:
    return next(n for n in graph["nodes"] if n["id"] == node_id)


@pytest.fixture(scope="module")
def character(canvas: Canvas) -> Locator:
    return canvas.node("INA")


@pytest.fixture(scope="module")
def style(canvas: Canvas) -> Locator:
    return canvas.node("Nordic noir")


@pytest.fixture(scope="module")
def place(canvas: Canvas) -> Locator:
    return canvas.node("SKERRY")


@pytest.fixture(scope="module")
def pipeline(canvas: Canvas) -> Locator:
    return canvas.node("House")


@pytest.mark.parametrize(
    ("name", "icon"),
    [("INA", "user"), ("Nordic noir", "palette"), ("SKERRY", "mountain"), ("House", "workflow")],
    ids=["character", "style", "environment", "pipeline"],
)
async def test_asset_node_shows_name_with_icon_in_header(
    canvas: Canvas, name: str, icon: str
) -> None:
    header = canvas.node(name).locator("header")
    await expect(header.get_by_role("heading", name=name)).to_be_visible()
    await expect(header.locator(f".icon svg.lucide-{icon}")).to_be_visible()


async def test_character_node_shows_portrait(character: Locator) -> None:
    await expect(character.get_by_role("img", name="INA")).to_be_visible()


@pytest.mark.parametrize(("trait", "value"), [("Age", "67"), ("Role", "Keeper")])
async def test_character_node_shows_trait(character: Locator, trait: str, value: str) -> None:
    row = character.locator("dl > div").filter(has_text=trait)
    await expect(row.get_by_text(value, exact=True)).to_be_visible()


async def test_character_node_shows_personality(character: Locator) -> None:
    await expect(character.get_by_text("Dry", exact=True)).to_be_visible()


async def test_character_node_shows_version_and_approval(character: Locator) -> None:
    await expect(character.get_by_role("img", name=re.compile(r"^Version \d+"))).to_be_visible()
    await expect(character.get_by_role("img", name="Not approved yet")).to_be_visible()


async def test_character_node_has_output_handle(character: Locator) -> None:
    await expect(character.locator('.node-socket.out[aria-label^="Character,"]')).to_be_visible()


async def test_character_node_is_a_reference_by_id(canvas: Canvas) -> None:
    ina = (await canvas.film.nodes("film.character"))[0]
    assert set(ina["data"]["asset"]) == {"id", "version", "frozen"}


async def test_character_node_says_where_it_is_used_and_selects_it(
    canvas: Canvas, character: Locator
) -> None:
    await character.get_by_role("button", name=re.compile(r"Used by \d+ shots")).click()
    await expect(canvas.page.locator(".svelte-flow__node.selected").first).to_be_attached()
    assert await canvas.page.locator(".svelte-flow__node.selected").count() > 1
    await canvas.open()
    await character.wait_for()


async def test_character_node_has_edit_character(canvas: Canvas, character: Locator) -> None:
    await character.get_by_role("button", name="Edit character").click()
    inspector = canvas.page.get_by_role("complementary", name="Inspector")
    await expect(inspector.get_by_role("heading", name="INA")).to_be_visible()
    await inspector.get_by_role("button", name="Close").click()


async def test_style_node_shows_four_examples(style: Locator) -> None:
    await expect(style.get_by_role("list", name="Example images").locator("img")).to_have_count(4)


async def test_style_node_shows_a_large_example_under_the_pointer(
    canvas: Canvas, style: Locator
) -> None:
    await style.get_by_role("list", name="Example images").locator("img").first.hover()
    await expect(canvas.page.get_by_role("tooltip").locator("img")).to_be_visible()
    await style.get_by_role("heading").hover()


async def test_style_node_shows_three_keywords(style: Locator) -> None:
    keywords = style.get_by_role("list", name="Keywords")
    for word in ("cold light", "shadows", "grain"):
        await expect(keywords.get_by_text(word, exact=True)).to_be_visible()
    await expect(keywords.get_by_text("+1")).to_be_visible()


async def test_style_node_is_a_reference_by_id(canvas: Canvas) -> None:
    style = (await canvas.film.nodes("film.style"))[0]
    assert set(style["data"]["asset"]) == {"id", "version", "frozen"}


async def test_style_node_shows_palette(style: Locator) -> None:
    await expect(style.get_by_role("list", name="Palette").locator("li")).to_have_count(5)


async def test_style_node_says_that_it_is_used(style: Locator) -> None:
    await expect(style.get_by_role("button", name="Used by 1 shot")).to_be_visible()


async def test_style_node_has_output_handle(style: Locator) -> None:
    await expect(style.locator('.node-socket.out[aria-label^="Style,"]')).to_be_visible()


async def test_environment_node_shows_thumbnail(place: Locator) -> None:
    await expect(place.get_by_role("img", name="SKERRY", exact=True)).to_be_visible()


async def test_environment_node_shows_location_and_type(place: Locator) -> None:
    await expect(place.get_by_text("SKERRY", exact=True).nth(1)).to_be_visible()
    await expect(place.get_by_title("Exterior")).to_be_visible()


async def test_environment_node_shows_mood(place: Locator) -> None:
    await expect(place.get_by_title("Mood")).to_have_text("Cold and hopeful")


async def test_environment_node_shows_references(place: Locator) -> None:
    images = place.get_by_role("list", name="Reference images").locator("img")
    await expect(images).to_have_count(3)


async def test_environment_node_is_a_reference_by_id(canvas: Canvas) -> None:
    place = (await canvas.film.nodes("film.environment"))[0]
    assert set(place["data"]["asset"]) == {"id", "version", "frozen"}


async def test_environment_node_says_where_it_is_used(place: Locator) -> None:
    await expect(
        place.get_by_role("button", name=re.compile(r"Used by \d+ shots?"))
    ).to_be_visible()


async def test_environment_node_has_depth_map_toggle(canvas: Canvas, place: Locator) -> None:
    await place.get_by_role("button", name="Depth map").click()
    await expect(place.get_by_role("img", name="Depth map of SKERRY")).to_be_visible()
    await canvas.saved()
    assert (await canvas.film.nodes("film.environment"))[0]["data"]["depth"] is True


async def test_environment_node_is_2d_or_3d(canvas: Canvas, place: Locator) -> None:
    await place.get_by_role("button", name="2D").click()
    await canvas.saved()
    assert (await canvas.film.nodes("film.environment"))[0]["data"]["flat"] is True


@pytest.mark.parametrize(
    ("label", "choice", "field", "value"),
    [
        ("Angle", "From the boat", "angle", "From the boat"),
        ("Time of day", "Dusk", "time_of_day", "dusk"),
        ("Weather", "Fog", "weather", "fog"),
    ],
    ids=["angle", "time of day", "weather"],
)
async def test_environment_node_has_variant_selector(
    canvas: Canvas, place: Locator, label: str, choice: str, field: str, value: str
) -> None:
    await place.get_by_label(label, exact=True).click()
    await canvas.page.get_by_role("option", name=choice, exact=True).click()
    await canvas.saved()
    assert (await canvas.film.nodes("film.environment"))[0]["data"][field] == value


async def test_environment_node_has_output_handles(place: Locator) -> None:
    for name in ("Environment", "Background", "Depth"):
        await expect(place.locator(f'.node-socket.out[aria-label^="{name},"]')).to_be_visible()


async def test_pipeline_node_shows_its_name(pipeline: Locator) -> None:
    await expect(pipeline.get_by_role("textbox", name="Name")).to_have_value("House")


async def test_pipeline_node_chooses_a_backend(canvas: Canvas, pipeline: Locator) -> None:
    await pipeline.get_by_label("Backend", exact=True).click()
    await canvas.page.get_by_role("option", name="Animatic (media)").click()
    await canvas.saved()
    node = (await canvas.film.nodes("film.pipeline"))[0]
    assert node["data"]["pipeline_id"] == "media.animatic"


async def test_pipeline_node_has_version_dropdown(canvas: Canvas, pipeline: Locator) -> None:
    await pipeline.get_by_label("Version", exact=True).click()
    await expect(canvas.page.get_by_role("option", name=re.compile(r"^\d+\.\d+"))).to_be_visible()
    await canvas.page.keyboard.press("Escape")


async def test_pipeline_node_takes_a_workflow_that_is_brought(
    canvas: Canvas, pipeline: Locator
) -> None:
    workflow = Path(__file__).parents[2] / "examples/workflows/lamp.json"
    await pipeline.get_by_label("Bring a workflow").set_input_files(workflow)
    found = canvas.page.get_by_role("dialog", name="Bring lamp")
    await expect(found.get_by_text("Lamp: color")).to_be_visible()
    await found.get_by_role("button", name="Keep it").click()
    await pipeline.get_by_label("Settings of the workflow").click()
    settings = canvas.page.get_by_role("dialog", name="Settings of the workflow")
    await settings.get_by_label("Lamp: color").fill("255")
    await settings.get_by_label("Lamp: color").press("Tab")
    await canvas.page.keyboard.press("Escape")
    await canvas.saved()
    data = (await canvas.film.nodes("film.pipeline"))[0]["data"]
    assert data["template"]["facts"]["title"] == "lamp"
    assert data["pipeline_id"] == "comfyui.workflow"
    assert data["parameters"] == {"lamp_color": 255}
    await pipeline.get_by_label("Workflow", exact=True).click()
    await canvas.page.get_by_role("option", name="None", exact=True).click()
    await canvas.saved()
    assert (await canvas.film.nodes("film.pipeline"))[0]["data"]["template"] is None


async def test_pipeline_node_has_the_template_library_of_the_project(
    canvas: Canvas, pipeline: Locator
) -> None:
    await pipeline.get_by_label("Workflow", exact=True).click()
    await canvas.page.get_by_role("option", name="lamp", exact=True).click()
    await canvas.saved()
    data = (await canvas.film.nodes("film.pipeline"))[0]["data"]
    assert data["template"]["facts"]["title"] == "lamp"
    await pipeline.get_by_label("Workflow", exact=True).click()
    await canvas.page.get_by_role("option", name="None", exact=True).click()
    await canvas.saved()


async def test_pipeline_node_offers_starter_workflows(canvas: Canvas, pipeline: Locator) -> None:
    await pipeline.get_by_label("Workflow", exact=True).click()
    starter = "Text to image: Flux Schnell"
    await canvas.page.get_by_role("option", name=f"New: {starter}", exact=True).click()
    found = canvas.page.get_by_role("dialog", name=f"Bring {starter}")
    await expect(found.get_by_text("flux1-schnell-fp8.safetensors")).to_be_visible()
    await expect(pipeline.get_by_label("Workflow", exact=True)).to_have_text("None")
    await found.get_by_role("button", name="Keep it").click()
    await expect(pipeline.get_by_label("Workflow", exact=True)).to_have_text(starter)
    await canvas.saved()
    data = (await canvas.film.nodes("film.pipeline"))[0]["data"]
    assert data["template"]["facts"]["title"] == starter
    await pipeline.get_by_label("Workflow", exact=True).click()
    await canvas.page.get_by_role("option", name="None", exact=True).click()
    await canvas.saved()


async def test_pipeline_node_shows_needs_for_each_quality(pipeline: Locator) -> None:
    needs = pipeline.get_by_label("What a take needs")
    for quality in ("Draft", "Production", "Premium"):
        await expect(needs.get_by_text(quality, exact=True)).to_be_visible()


async def test_pipeline_node_says_whether_it_fits(pipeline: Locator) -> None:
    await expect(pipeline.get_by_text("Fits the node it is connected with")).to_be_visible()


async def test_pipeline_node_shows_its_output_type(pipeline: Locator) -> None:
    await expect(pipeline.locator(".makes")).to_contain_text("Video")
    await expect(pipeline.locator('.node-socket.out[aria-label^="Pipeline,"]')).to_be_visible()


@pytest.fixture(scope="module")
async def library(canvas: Canvas) -> Locator:
    """The library beside the canvas."""
    await canvas.page.get_by_role("button", name="Library", exact=True).click()
    drawer = canvas.page.get_by_role("complementary", name="Library")
    await drawer.get_by_role("group", name="TOM", exact=True).wait_for()
    return drawer


async def test_library_finds_assets_by_words(library: Locator) -> None:
    await library.get_by_role("searchbox", name="Find an asset").fill("noir")
    await expect(library.get_by_role("group", name="Nordic noir")).to_be_visible()
    await expect(library.get_by_role("group", name="TOM", exact=True)).to_have_count(0)
    await library.get_by_role("searchbox", name="Find an asset").fill("")


async def test_an_asset_is_dragged_from_the_library_onto_the_canvas(
    canvas: Canvas, library: Locator
) -> None:
    before = len(await canvas.film.nodes("film.character"))
    ground = canvas.page.get_by_role("application", name="Canvas")
    await library.get_by_role("group", name="TOM", exact=True).drag_to(
        ground, target_position={"x": 980, "y": 900}
    )
    graph = await canvas.film.until(
        lambda graph: sum(n["type"] == "film.character" for n in graph["nodes"]) > before
    )
    toms = [n for n in graph["nodes"] if n["data"].get("name") == "TOM"]
    assert len({n["data"]["asset"]["id"] for n in toms}) == 1
    await canvas.press("Control+z")


async def test_a_picture_that_is_dropped_on_the_canvas_becomes_a_node(canvas: Canvas) -> None:
    await canvas.page.evaluate(
        """async () => {
          const ground = document.querySelector('[role=application]');
          const box = ground.getBoundingClientRect();
          const drawn = new OffscreenCanvas(64, 36);
          drawn.getContext('2d').fillRect(0, 0, 64, 36);
          const data = new DataTransfer();
          const wall = await drawn.convertToBlob();
          data.items.add(new File([wall], 'wall.png', { type: 'image/png' }));
          const at = { clientX: box.right - 300, clientY: box.bottom - 250 };
          for (const type of ['dragover', 'drop']) {
            const how = { bubbles: true, cancelable: true, dataTransfer: data, ...at };
            ground.dispatchEvent(new DragEvent(type, how));
          }
        }"""
    )
    graph = await canvas.film.until(
        lambda graph: any(n["type"] == "film.image_import" for n in graph["nodes"])
    )
    node = next(n for n in graph["nodes"] if n["type"] == "film.image_import")
    assert (node["data"]["name"], node["data"]["media"]["media_type"]) == ("wall", "image/png")
