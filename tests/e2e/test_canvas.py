"""The canvas in a real browser: levels, wires, keys, and two people at once."""

from __future__ import annotations

import asyncio
import collections
import json
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from app.platform.ids import new_key
from tests.e2e.film import Canvas, Film, client_of
from tests.e2e.keyboard import Keyboard

if TYPE_CHECKING:
    from app.processes.studio import Studio

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
async def film(studio: Studio) -> AsyncIterator[Film]:
    """A short film that the tests of this file share; each undoes or names what it does."""
    async with client_of(studio) as client:
        yield await Film.of(client, "The Lamp", "lighthouse.fountain")


async def test_levels_are_entered_left_and_kept_in_the_address(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open()
    page = visit.page
    await canvas.press("A")
    scene = await film.scene(1)
    # Far away nodes are painted; the one under the pointer is there for the hand.
    await page.get_by_role("button", name="Find in the whole film").click()
    await page.keyboard.type("SCENE_02")
    await page.keyboard.press("Enter")
    # Found: a key that is pressed before is meant for the search.
    await page.locator(f"[data-id='{scene}'].selected").wait_for()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await canvas.press("Enter")
    await page.wait_for_url(f"**?level={scene}")
    here = page.get_by_role("navigation", name="Where you are").locator("[aria-current=page]")
    await expect(here).to_have_text("SCENE_02")
    await canvas.node("SHOT_010").wait_for()
    await page.go_back()
    await expect(here).to_have_text("The Lamp")
    await page.go_forward()
    await expect(here).to_have_text("SCENE_02")
    await canvas.press("Alt+ArrowUp")
    await expect(here).to_have_text("The Lamp")
    assert not visit.complaints


async def test_a_node_is_dragged_in_one_step_and_comes_back(film: Film, visit) -> None:
    scene = await film.scene(1)
    canvas = await Canvas(visit.page, film).open(scene)
    shot = canvas.node("SHOT_020")
    x, y = await canvas.middle(shot.get_by_role("heading"))
    before = next(n for n in await film.nodes("film.shot") if n["parent"] == scene)
    await canvas.drag((x, y), (x, y - 80))
    await canvas.saved()
    graph = await film.graph()
    moved = next(
        n for n in graph["nodes"] if n.get("parent") == scene and n["data"].get("code") == "020"
    )
    assert moved["pos"][1] < before["pos"][1] - 40
    await canvas.press("Control+z")
    await film.until(
        lambda graph: (
            next(n for n in graph["nodes"] if n["id"] == moved["id"])["pos"]
            == [moved["pos"][0], before["pos"][1]]
        )
    )
    assert not visit.complaints


async def test_a_style_is_added_connected_refused_and_deleted(film: Film, visit) -> None:
    scene = await film.scene(1)
    canvas = await Canvas(visit.page, film).open(scene)
    page = visit.page
    await canvas.press("Tab")
    await page.get_by_role("combobox", name="Find a node type").fill("style")
    await page.keyboard.press("Enter")
    await canvas.node("Style").wait_for()
    x, y = await canvas.middle(canvas.node("Style").get_by_role("heading"))
    await canvas.drag((x, y), (x, 120))
    await canvas.connect(canvas.socket("Style", "Style", "out"), canvas.socket("SHOT_020", "Style"))
    await canvas.saved()
    socket = canvas.socket("SHOT_020", "Style")
    await expect(socket).to_have_attribute("aria-label", "Style, input, Style, 1 connected")
    graph = await film.graph()
    style = next(n for n in graph["nodes"] if n["type"] == "film.style")
    assert next(e for e in graph["edges"] if e["source"] == style["id"])["target_socket"] == "style"

    # What does not fit is said in words, where it was dropped.
    await canvas.connect(canvas.socket("Style", "Style", "out"), canvas.socket("SHOT_030", "Sound"))
    note = page.get_by_role("status").filter(has_text="does not fit")
    await expect(note).to_be_visible()

    await canvas.node("Style").get_by_role("heading").click()
    await canvas.press("Delete")
    await expect(canvas.node("Style")).to_have_count(0)
    await film.until(lambda graph: not any(n["type"] == "film.style" for n in graph["nodes"]))
    await canvas.press("Control+z")
    await canvas.node("Style").wait_for()
    await canvas.press("Control+Shift+z")
    await expect(canvas.node("Style")).to_have_count(0)
    # Stored as well, or the next test finds it.
    await film.until(lambda graph: not any(n["type"] == "film.style" for n in graph["nodes"]))
    assert not visit.complaints


async def test_while_a_wire_is_drawn_what_fits_is_lit(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open(await film.scene(1))
    source = await canvas.middle(canvas.socket("SHOT_010", "Before", "out"))
    await visit.page.mouse.move(*source)
    await visit.page.mouse.down()
    await visit.page.mouse.move(source[0] + 60, source[1] + 200, steps=3)
    await expect(canvas.socket("SHOT_040", "After")).to_have_class(re.compile(r"\bfits\b"))
    await expect(canvas.socket("SHOT_040", "Style")).to_have_class(re.compile(r"\bnot\b"))
    await visit.page.keyboard.press("Escape")
    await visit.page.mouse.up()


async def test_nodes_are_boxed_copied_and_pasted(film: Film, visit) -> None:
    scene = await film.scene(1)
    canvas = await Canvas(visit.page, film).open(scene)
    page = visit.page
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    first = await canvas.node("SHOT_010").bounding_box()
    second = await canvas.node("SHOT_020").bounding_box()
    assert first is not None
    assert second is not None
    await canvas.drag((first["x"] - 20, first["y"] - 20), (second["x"] + 20, second["y"] + 40))
    await expect(page.locator(".svelte-flow__node.selected")).to_have_count(2)
    await canvas.press("Control+c")
    await canvas.press("Control+v")
    await film.until(lambda graph: sum(n.get("parent") == scene for n in graph["nodes"]) == 8)
    await expect(page.locator(".svelte-flow__node.selected")).to_have_count(2)
    await canvas.press("Delete")
    await film.until(lambda graph: sum(n.get("parent") == scene for n in graph["nodes"]) == 6)
    assert not visit.complaints


async def test_two_people_see_each_other_and_type_in_one_text(
    film: Film, visit, browser: Browser, studio: Studio
) -> None:
    scene = await film.scene(1)
    mine = await Canvas(visit.page, film).open(scene)
    context = await browser.new_context(
        base_url=studio.address.url, viewport={"width": 1400, "height": 900}
    )
    await context.add_cookies(
        [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
    )
    theirs = await Canvas(await context.new_page(), film).open(scene)

    box = await mine.node("SHOT_020").bounding_box()
    assert box is not None
    heading = await theirs.middle(theirs.node("SHOT_020").get_by_role("heading"))
    await theirs.drag(heading, (heading[0], heading[1] - 60))
    await expect(mine.page.locator(".cursor")).to_have_count(1)
    async with asyncio.timeout(60):
        while (await mine.node("SHOT_020").bounding_box())["y"] > box["y"] - 40:  # type: ignore[index]
            await mine.page.wait_for_timeout(30)

    prompt = mine.node("SHOT_020").get_by_role("textbox", name="Prompt")
    other = theirs.node("SHOT_020").get_by_role("textbox", name="Prompt")
    text = await prompt.input_value()
    await prompt.click()
    await prompt.press("Control+End")
    await other.click()
    await other.press("Control+Home")
    await prompt.press_sequentially(" It rains.")
    await other.press_sequentially("Dawn. ")
    both = f"Dawn. {text} It rains."
    await expect(prompt).to_have_value(both)
    await expect(other).to_have_value(both)
    await context.close()
    assert not visit.complaints


async def test_the_first_steps_need_no_mouse(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open(await film.scene(1))
    page = visit.page
    await canvas.press("ArrowRight")
    await expect(page.locator(".svelte-flow__node.selected")).to_have_count(1)
    first = await page.locator(".svelte-flow__node.selected").get_attribute("data-id")
    await canvas.press("ArrowRight")
    await expect(page.locator(".svelte-flow__node.selected")).not_to_have_attribute(
        "data-id", first or ""
    )
    active = await page.get_by_role("application").get_attribute("aria-activedescendant")
    assert active is not None
    assert await page.locator(f"#{active}").count() == 1
    await canvas.press("?")
    await page.get_by_role("dialog", name="Keys").wait_for()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox", name="Commands").fill("frame all")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert not visit.complaints


async def test_tooltips_show_a_persons_own_keys(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open()
    page = visit.page
    undo = page.get_by_role("button", name="Undo my last step")
    await undo.hover()
    await expect(page.get_by_role("tooltip")).to_contain_text("Ctrl+Z")
    await page.evaluate("localStorage.setItem('director.keys', '{\"undo\": [\"Mod+U\"]}')")
    await page.reload()
    await canvas.shown()
    await page.mouse.move(600, 500)
    await undo.hover()
    await expect(page.get_by_role("tooltip")).to_contain_text("Ctrl+U")
    await page.evaluate("localStorage.removeItem('director.keys')")
    # Escape closes it, and a press; the keyboard opens it as well.
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("tooltip")).to_have_count(0)
    commands = page.get_by_role("button", name="All commands")
    await page.get_by_role("button", name="Find in the whole film").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("tooltip")).to_contain_text("Ctrl+F")
    await commands.hover()
    await expect(page.get_by_role("tooltip")).to_contain_text("Ctrl+K")
    await commands.click()
    await expect(page.get_by_role("tooltip")).to_have_count(0)
    assert not visit.complaints


async def test_letters_typed_before_the_search_is_there_are_not_lost(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open()
    page = visit.page

    async def late(route: Route) -> None:
        await asyncio.sleep(0.4)
        await route.continue_()

    await page.route("**/*.js", late)
    await canvas.press("Control+f")
    await page.keyboard.type("SCENE_02", delay=0)
    await expect(page.get_by_role("combobox")).to_have_count(0)
    await expect(page.get_by_role("combobox")).to_have_value("SCENE_02")
    await page.keyboard.press("Enter")
    await expect(page.locator(".svelte-flow__node.selected")).to_have_attribute(
        "data-id", await film.scene(1)
    )
    await page.unroute_all(behavior="wait")


async def test_keys_reach_all_that_stands_on_and_beside_the_canvas(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open(await film.scene(1))
    page = visit.page
    keys = Keyboard(page)
    await keys.press("ArrowRight", "F2")
    await expect(page.locator(".svelte-flow__node.selected :focus")).to_have_count(1)
    await keys.press("Escape")
    await keys.at("Canvas")
    # A button that has the focus is pressed, whatever is selected; Tab goes on from it.
    await keys.press("F6")
    await keys.go_to("Inspector")
    await keys.press("Enter")
    await page.get_by_role("complementary", name="Inspector").wait_for()
    await keys.press("Tab")
    await keys.at("Canvas")
    await keys.press("F6")
    await keys.at("Close")
    await keys.press("Escape")
    await keys.at("Canvas")
    await canvas.press("Tab")
    await keys.at("Find a node type")
    await keys.press("Escape")
    await keys.at("Canvas")
    assert not visit.complaints


async def test_a_node_that_is_let_go_on_a_wire_is_put_into_it(film: Film, visit) -> None:
    scene = await film.scene(1)
    first, second = [n for n in await film.nodes("film.shot") if n["parent"] == scene][:2]
    id, (x, y) = new_key(), first["pos"]
    add = {"op": "node.add", "id": id, "type": "film.transition", "parent": scene,
           "pos": [x, y - 420], "data": {}}  # fmt: skip
    path = f"/projects/{film.id}/graph/operations"
    (await film.client.post(path, json={"ops": [add]})).raise_for_status()
    await visit.page.set_viewport_size({"width": 2200, "height": 1300})
    canvas = await Canvas(visit.page, film).open(scene)
    node = visit.page.locator(f"#node-{id}")
    await node.get_by_role("heading").wait_for()
    start = await canvas.middle(canvas.socket("SHOT_010", "Before", "out"))
    end = await canvas.middle(canvas.socket("SHOT_020", "After"))
    middle = await canvas.middle(node)
    wanted = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    by = (wanted[0] - middle[0], wanted[1] - middle[1])
    hold = await canvas.middle(node.locator("header"))
    mouse = visit.page.mouse
    await mouse.move(*hold)
    await mouse.down()
    at = (hold[0] + by[0], hold[1] + by[1])
    for _ in range(3):
        # The first steps only say that it is a drag: the hand goes on to where the node is to be.
        await mouse.move(*at, steps=6)
        there = await canvas.middle(node)
        at = (at[0] + wanted[0] - there[0], at[1] + wanted[1] - there[1])
    await mouse.up()

    def wires(graph: dict[str, Any]) -> set[tuple[str, str]]:
        return {(edge["source"], edge["target"]) for edge in graph["edges"]}

    through = {(first["id"], id), (id, second["id"])}
    graph = await film.until(lambda graph: through <= wires(graph))
    assert (first["id"], second["id"]) not in wires(graph)
    await canvas.press("Control+z")
    await film.until(lambda graph: not through & wires(graph))
    removal = {"ops": [{"op": "node.remove", "ids": [id]}]}
    (await film.client.post(path, json=removal)).raise_for_status()
    assert not visit.complaints


async def test_a_finger_that_rests_on_a_node_opens_its_menu(
    film: Film, browser: Browser, studio: Studio
) -> None:
    context = await browser.new_context(
        base_url=studio.address.url, viewport={"width": 1024, "height": 768}, has_touch=True
    )
    await context.add_cookies(
        [{"name": "director_session", "value": studio.address.token, "url": studio.address.url}]
    )
    canvas = await Canvas(await context.new_page(), film).open(await film.scene(1))
    page = canvas.page
    await canvas.press("ArrowRight")
    await canvas.press("f")
    heading = page.locator(".svelte-flow__node.selected").get_by_role("heading").first
    await heading.wait_for()
    await page.wait_for_timeout(350)
    x, y = await canvas.middle(heading)
    fingers = await context.new_cdp_session(page)
    at = {"x": round(x), "y": round(y)}
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    line = page.get_by_role("menuitem", name="Duplicate")
    await expect(line).to_be_visible()
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(line).to_be_visible()
    await page.keyboard.press("Escape")
    await context.close()


async def test_a_pan_has_no_node_painted_or_sorted_into_layers_again(film: Film, visit) -> None:
    await Canvas(visit.page, film).open(await film.scene(1))
    page = visit.page
    nodes = await page.locator(".svelte-flow__node").count()
    assert nodes > 3
    # The pictures of the painted layer are made before; a pan of few pixels needs none.
    await page.evaluate(PAN, 3)
    assert page.context.browser
    await page.context.browser.start_tracing(
        page=page,
        categories=["devtools.timeline", "disabled-by-default-devtools.timeline", "blink"],
    )
    await page.evaluate(PAN, 40)
    trace = json.loads(await page.context.browser.stop_tracing())
    names = collections.Counter(event["name"] for event in trace["traceEvents"])
    assert names["FireAnimationFrame"] >= 40
    # When it begins and when it ends, and for a picture that was on its way.
    assert names["PaintArtifactCompositor::Update"] <= 12, names
    assert names["Paint"] <= 40, names
    await expect_sharp(page)
    assert not visit.complaints


# Turns the wheel by a pixel or two in each frame.
PAN = """async (frames) => {
  const ground = document.querySelector('.svelte-flow__pane');
  const { left, top } = ground.getBoundingClientRect();
  for (let i = 0; i < frames; i += 1) {
    ground.dispatchEvent(new WheelEvent('wheel', {
      bubbles: true, cancelable: true, deltaX: i % 2 ? 2 : -2, deltaY: i % 2 ? -1 : 1,
      clientX: left + 5, clientY: top + 5,
    }));
    await new Promise((go) => requestAnimationFrame(go));
  }
}"""


async def expect_sharp(page: Page) -> None:
    """At rest nothing is held back from being painted at its own scale."""
    await page.wait_for_function(
        "() => document.getAnimations().every((one) => one.playState !== 'paused')"
    )


async def test_a_move_by_somebody_else_lays_nothing_out_and_paints_no_node(
    film: Film, visit
) -> None:
    """What others move glides by the compositor: no layout, no node painted, no layers sorted
    anew, however many moves come in."""
    moves = 40
    scene = await film.scene(1)
    await Canvas(visit.page, film).open(scene)
    page = visit.page
    shot = next(n for n in await film.nodes("film.shot") if n["parent"] == scene)
    x, y = shot["pos"]
    box = await page.locator(f"[data-id='{shot['id']}'] > .shown").bounding_box()
    assert box is not None
    shift = """([id, x]) =>
        document.querySelector(`[data-id='${id}'] > .shown`).getBoundingClientRect().x - x"""
    # What shows the doings of others is there; all nodes are layers from the first move on.
    await film.move(shot["id"], x + 200, y)
    await page.wait_for_function(f"(of) => ({shift})(of) > 1", arg=[shot["id"], box["x"]])
    assert page.context.browser
    await page.context.browser.start_tracing(page=page, categories=["devtools.timeline", "blink"])
    for number in range(moves):
        await film.move(shot["id"], x + (300 if number % 2 else 100), y)
    trace = json.loads(await page.context.browser.stop_tracing())
    names = collections.Counter(event["name"] for event in trace["traceEvents"])
    await film.move(shot["id"], x, y)
    await page.wait_for_function(
        f"(of) => Math.abs(({shift})(of)) < 1 && document.getAnimations().length === 0",
        arg=[shot["id"], box["x"]],
    )
    # Where the server is slower than they come, several are in one message.
    assert names["WebSocketReceive"] >= moves / 2, names
    for work in ("Layout", "Paint", "PaintArtifactCompositor::Update"):
        assert names[work] <= moves / 4, (work, names)
    assert not visit.complaints


KEYS_THAT_PEOPLE_KNOW = {
    "Add a node": "Tab",
    "Frame the selection": "F",
    "Frame all": "A",
    "Frame around it": "Ctrl+G",
    "Take the frame away": "Ctrl+Shift+G",
    "Write a note": "C",
    "Open": "Enter",
    "Up one level": "Alt+↑",
    "Mute, or switch on": "M",
    "Bypass, or switch on": "B",
    "Generate": "Ctrl+Enter",
    "Generate before all that waits": "Ctrl+Shift+Enter",
    "All commands": "Ctrl+K",
    "Find in the whole film": "Ctrl+F",
    "Undo my last step": "Ctrl+Z",
    "Redo": "Ctrl+Shift+Z Ctrl+Y",
    "Copy": "Ctrl+C",
    "Cut": "Ctrl+X",
    "Paste": "Ctrl+V",
    "Paste with its inputs": "Ctrl+Shift+V",
    "Duplicate": "Ctrl+D",
    "Delete": "Del ⌫",
    "Tidy": "L",
    "All keys": "?",
}


async def test_the_keys_that_people_know_are_those_of_the_commands(film: Film, visit) -> None:
    canvas = await Canvas(visit.page, film).open()
    await canvas.press("?")
    sheet = visit.page.get_by_role("dialog", name="Keys")
    await sheet.wait_for()
    told = await sheet.locator("dl").evaluate_all(
        """lists => lists.flatMap(list => [...list.querySelectorAll('dt')].map(term => [
            term.textContent.trim(),
            [...term.nextElementSibling.querySelectorAll('kbd')].map(key => key.textContent),
        ]))"""
    )
    shown = {title: " ".join(keys) for title, keys in told}
    assert {title: shown.get(title) for title in KEYS_THAT_PEOPLE_KNOW} == KEYS_THAT_PEOPLE_KNOW
    every = [key for _, keys in told for key in keys]
    assert len(every) == len(set(every)), "no key does two things"
