"""What the journeys on the canvas share: a project from a script, and the canvas for hands."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from playwright.async_api import Locator, Page, expect

if TYPE_CHECKING:
    from app.processes.studio import Studio

SCRIPTS = Path(__file__).resolve().parents[2] / "examples/scripts"


def client_of(studio: Studio) -> httpx.AsyncClient:
    """The studio's API as its owner; the caller's to close."""
    return httpx.AsyncClient(
        base_url=f"{studio.address.url}/api/v1",
        headers={"Authorization": f"Bearer {studio.address.token}"},
        timeout=60,
        # The server closes what is idle for five seconds, and so would this one: whoever asks just
        # then asks into a connection that ends.
        limits=httpx.Limits(keepalive_expiry=1),
    )


class Film:
    """A project made of a script, and its graph as the API has it."""

    def __init__(self, client: httpx.AsyncClient, id: str) -> None:
        self.client = client
        self.id = id

    @classmethod
    async def of(cls, client: httpx.AsyncClient, title: str, script: str) -> Film:
        """Import a script of `examples/scripts` into a new small film."""
        body = {"title": title, "settings": {"resolution": "320x180", "frame_rate": 24}}
        made = (await client.post("/projects", json=body)).raise_for_status().json()
        path = SCRIPTS / script
        answer = await client.post(
            f"/projects/{made['id']}/scripts",
            content=path.read_bytes(),
            headers={"X-Filename": path.name},
        )
        answer.raise_for_status()
        return cls(client, made["id"])

    async def graph(self) -> dict[str, Any]:
        """The stored graph."""
        return (await self.client.get(f"/projects/{self.id}/graph")).raise_for_status().json()

    async def nodes(self, type: str) -> list[dict[str, Any]]:
        """The stored nodes of a type, in their order."""
        found = [n for n in (await self.graph())["nodes"] if n["type"] == type]
        return sorted(found, key=lambda n: (n.get("parent") or "", n.get("order", "")))

    async def scene(self, index: int = 0) -> str:
        """The id of a scene."""
        return (await self.nodes("film.scene"))[index]["id"]

    async def move(self, node: str, x: float, y: float) -> None:
        """Put a node in another place, as somebody else would."""
        ops = [{"op": "node.set", "id": node, "values": {"pos": [x, y]}}]
        answer = await self.client.post(f"/projects/{self.id}/graph/operations", json={"ops": ops})
        answer.raise_for_status()

    async def until(self, holds: Any, seconds: float = 60) -> dict[str, Any]:
        """The graph once `holds(graph)` is true."""
        graph: dict[str, Any] = {}
        try:
            async with asyncio.timeout(seconds):
                while not graph or not holds(graph):
                    await asyncio.sleep(0.05 if graph else 0)
                    graph = await self.graph()
        except TimeoutError:
            raise AssertionError(f"The graph never became so: {graph}"[:4000]) from None
        return graph


# Resolves once ten frames have left the canvas with as many elements as it had.
STEADY = """async () => {
    let frames = 0;
    let before = -1;
    while (frames < 10) {
        await new Promise(requestAnimationFrame);
        const now = document.querySelectorAll('.svelte-flow *').length;
        frames = now === before ? frames + 1 : 0;
        before = now;
    }
}"""


class Canvas:
    """A page that shows a level of a film."""

    def __init__(self, page: Page, film: Film) -> None:
        self.page = page
        self.film = film

    async def open(self, level: str | None = None) -> Canvas:
        """Go to a level by its address."""
        query = f"?level={level}" if level else ""
        await self.page.goto(f"/project/{self.film.id}{query}")
        return await self.shown()

    async def shown(self) -> Canvas:
        """Wait until the canvas is there and everything is stored."""
        await self.page.get_by_role("application", name="Canvas").wait_for()
        await self.saved()
        # Nodes are mounted over some frames, and are whole once their parts were loaded.
        await self.page.wait_for_timeout(250)
        await self.page.evaluate(STEADY)
        return self

    async def saved(self) -> None:
        """Wait until the chip says that all is stored."""
        chip = self.page.get_by_role("status").filter(has_text="Saved")
        await expect(chip).to_be_visible(timeout=60_000)

    def node(self, title: str) -> Locator:
        """A mounted node by its title."""
        return self.page.locator(".svelte-flow__node").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )

    def socket(self, title: str, name: str, side: str = "in") -> Locator:
        """A socket of a mounted node."""
        return self.node(title).locator(f'.node-socket.{side}[aria-label^="{name},"]')

    async def middle(self, of: Locator) -> tuple[float, float]:
        """The middle of an element on the page."""
        box = await of.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press, move in steps, let go."""
        mouse = self.page.mouse
        await mouse.move(*start)
        await mouse.down()
        await mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
        await mouse.move(*end, steps=4)
        await mouse.up()

    async def connect(self, source: Locator, target: Locator) -> None:
        """Draw a wire from one socket to another."""
        await self.drag(await self.middle(source), await self.middle(target))

    async def press(self, keys: str) -> None:
        """Press keys with the canvas in focus."""
        await self.page.get_by_role("application", name="Canvas").focus()
        await self.page.keyboard.press(keys)
