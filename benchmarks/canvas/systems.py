"""The canvases that are measured: each serves a film of so many nodes, and says how to hold it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import director_client
import httpx
from playwright.async_api import BrowserContext, Page

from app.processes.studio import free_port, running
from app.settings import Settings

from . import comfyui, graphs

HERE = Path(__file__).parent
CANVAS = HERE.parents[1] / "canvas"
WIDTH, HEIGHT = 1600, 900
HAND = "window.hand.svelteFlow"

# Moves `count` nodes of the graph, one after another with `pause` seconds between.
Moves = Callable[[Page, int, float], Awaitable[None]]


@dataclass
class System:
    """One canvas with a graph of `count` nodes, ready to be opened."""

    title: str
    url: str
    ready: str
    hand: str = HAND
    cookies: list[dict[str, Any]] = field(default_factory=list)
    # JavaScript that is run before the page's own, with the view that it is to open with.
    prepare: Callable[[tuple[float, float, float]], str] = lambda view: ""
    address: Callable[[tuple[float, float, float]], str] = lambda view: ""
    # JavaScript that is run on the open page to bring it to a view, where no address does.
    look: Callable[[tuple[float, float, float]], str] = lambda view: ""
    moves: Moves | None = None
    # JavaScript: makes so many edits, and gives after how many frames each was on the screen.
    edit: str = ""

    async def open(self, context: BrowserContext, view: tuple[float, float, float]) -> Page:
        """A page of this canvas, at its view and usable."""
        page = await context.new_page()
        await page.add_init_script(path=HERE / "hand.js")
        await page.add_init_script(self.prepare(view))
        if self.cookies:
            await context.add_cookies(self.cookies)  # pyright: ignore[reportArgumentType]
        await page.goto(self.url + self.address(view), wait_until="commit")
        return page


def views(count: int) -> dict[str, tuple[float, float, float]]:
    """`(x, y, zoom)` of the view with two dozen nodes in it, and of that with all of them."""
    middle, (wide, high) = _middle(count)
    # 1600 by 900 pixels show about 24 nodes: two to three rows of eight to nine.
    near = 0.45
    far = min(WIDTH / wide, HEIGHT / high) * 0.96
    at = lambda zoom: (WIDTH / 2 - middle[0] * zoom, HEIGHT / 2 - middle[1] * zoom, zoom)  # noqa: E731
    return {"24 visible": at(near), "all visible": at(far)}


def _middle(count: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The middle of a film of so many nodes, and its width and height."""
    columns = graphs.columns(count)
    size = (columns * graphs.WIDE, -(-count // columns) * graphs.HIGH)
    return (size[0] / 2, size[1] / 2), size


@contextlib.asynccontextmanager
async def studio(folder: Path, counts: list[int]) -> AsyncIterator[Callable[[int], System]]:
    """The canvas of this repository, built, at a studio of its own with each graph in it."""
    settings = Settings(home=folder / "studio", port=free_port(), workers=0)
    async with running(settings) as started:
        address, token = started.address.url, started.address.token
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, headers=headers, timeout=300) as client:
            write = asyncio.to_thread
            ids = {n: await write(graphs.write, client, f"{n} nodes", n) for n in counts}

        def system(count: int) -> System:
            project = ids[count]

            async def moves(_: Page, times: int, pause: float) -> None:
                await _move(address, token, project, times, pause)

            def prepare(view: tuple[float, float, float]) -> str:
                kept = json.dumps({"": view})
                return f"localStorage.setItem('director.views.{project}', {json.dumps(kept)})"

            return System(
                title="studio",
                url=f"{address}/project/{project}",
                ready="() => performance.getEntriesByName('canvas-shown').length > 0",
                cookies=[{"name": "director_session", "value": token, "url": address}],
                prepare=prepare,
                moves=moves,
                edit="window.hand.mute",
            )

        yield system


async def _move(address: str, token: str, project: str, times: int, pause: float) -> None:
    async with director_client.connect(address, token=token, project=project) as joined:
        nodes = [node for node in joined.graph.nodes.values() if node.type == "film.shot"]
        (x, y), _ = _middle(len(joined.graph.nodes))
        # Those in view.
        nodes.sort(
            key=lambda node: max(abs(node.pos[0] - x) / WIDTH, abs(node.pos[1] - y) / HEIGHT)
        )
        middle = nodes[:12]
        begun, pending = time.monotonic(), []
        for index in range(times):
            node = middle[index % len(middle)]
            x, y = node.pos
            # There and back again, so that each is a move.
            place = (x + (-40 if index // len(middle) % 2 else 40), y)
            step = joined.submit(director_client.SetNode(id=node.id, values={"pos": list(place)}))
            pending.append(asyncio.ensure_future(step))
            await asyncio.sleep(max(0.0, begun + (index + 1) * pause - time.monotonic()))
        await asyncio.gather(*pending)


@contextlib.asynccontextmanager
async def svelte_flow(folder: Path, counts: list[int]) -> AsyncIterator[Callable[[int], System]]:
    """Svelte Flow by itself, with the packages that the canvas has."""
    target = folder / "svelte_flow"
    await asyncio.to_thread(_build_svelte_flow, target)
    for count in counts:
        (target / f"graph-{count}.json").write_text(json.dumps(_flow_graph(count)))
    port = free_port()
    handler = partial(_Quiet, directory=str(target))
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    Thread(target=server.serve_forever, daemon=True).start()

    async def moves(page: Page, times: int, pause: float) -> None:
        await page.evaluate(
            """async ([times, pause]) => {
              const mounted = document.querySelectorAll('.svelte-flow__node');
              const ids = [...mounted].map((node) => node.dataset.id);
              const begun = performance.now();
              for (let i = 0; i < times; ) {
                while (i < times && performance.now() - begun >= i * pause) {
                  const id = ids[i % ids.length];
                  const node = document.querySelector(`[data-id="${id}"]`);
                  const { m41, m42 } = new DOMMatrix(node?.style.transform);
                  window.moveNode(id, { x: m41 + (i % 2 ? 40 : -40), y: m42 });
                  i += 1;
                }
                await new Promise((go) => setTimeout(go));
              }
            }""",
            [times, pause * 1000],
        )

    try:
        yield lambda count: System(
            title="Svelte Flow",
            url=f"http://127.0.0.1:{port}/",
            address=lambda view: f"?nodes={count}&view={','.join(map(str, view))}",
            ready="() => document.querySelector('.svelte-flow__node')",
            moves=moves,
        )
    finally:
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests are not what is measured."""


def _build_svelte_flow(target: Path) -> None:
    build = ["node", str(HERE / "svelte_flow/build.mjs"), str(target)]
    subprocess.run(build, cwd=CANVAS, check=True)


def _flow_graph(count: int) -> dict[str, Any]:
    nodes, edges = [], []
    for op in graphs.operations(count):
        if op["op"] == "node.add":
            data = {
                "title": op["data"].get("code") or op["data"].get("name"),
                "prompt": op.get("text", {}).get("prompt", ""),
            }
            place = {"x": op["pos"][0], "y": op["pos"][1]}
            nodes.append({"id": op["id"], "position": place, "data": data})
        else:
            ends = {"source": op["source"], "target": op["target"]}
            edges.append({"id": op["id"], **ends, "targetHandle": op["target_socket"]})
            handle = "next" if op["source_socket"] == "next" else "character"
            edges[-1]["sourceHandle"] = handle
    return {"nodes": nodes, "edges": edges}


@contextlib.asynccontextmanager
async def comfy(folder: Path, counts: list[int]) -> AsyncIterator[Callable[[int], System]]:
    """ComfyUI's own front end with the same film as a workflow."""
    files = await asyncio.to_thread(comfyui.front_end, folder)
    port = free_port()
    runner = await comfyui.serve(files.resolve(), port)
    flows = {n: json.dumps(comfyui.workflow(graphs.operations(n))) for n in counts}

    def system(count: int) -> System:
        # The workflow is there before the page asks for it: what is measured is the canvas.
        def prepare(_: tuple[float, float, float]) -> str:
            return f"window.film = {flows[count]}; window.hand.loadIntoComfy();"

        def look(view: tuple[float, float, float]) -> str:
            x, y, zoom = view
            return f"() => window.hand.lookAtComfy({x / zoom}, {y / zoom}, {zoom})"

        return System(
            title="ComfyUI's front end",
            url=f"http://127.0.0.1:{port}/",
            ready=f"() => window.loaded && window.app.graph.nodes.length === {count}",
            hand="window.hand.comfy",
            prepare=prepare,
            look=look,
        )

    try:
        yield system
    finally:
        await runner.cleanup()


SYSTEMS = {"studio": studio, "svelte-flow": svelte_flow, "comfyui": comfy}
