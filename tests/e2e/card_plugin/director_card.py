"""A backend that draws shots on a server with a card, and needs a card that is not there for the
highest quality: what a studio without one has to tell people."""

from collections.abc import AsyncIterator
from typing import Any

from node_registry import (
    BackendSpec,
    Capabilities,
    Needs,
    Progress,
    Request,
    RunContext,
    Server,
    Usage,
    hookimpl,
)

GB = 1_000_000_000
SERVER = Server(name="card/render-1")


class CardBackend:
    """Draws one grey picture."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[Any]:
        from PIL import Image

        yield Progress(0.5, "Drawing")
        yield Usage(vram_bytes=12_100_000_000)
        path = context.scratch / "picture.png"
        shade = request.seed % 200 + 20
        Image.new("RGB", (320, 180), (shade, shade, shade)).save(path)
        yield await context.save("video", path, "image/png")


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    if request.tier == "high":
        return Needs(device="gpu", vram_bytes=24 * GB, seconds=300)
    return Needs(servers=capabilities.servers, seconds=90)


@hookimpl
def register_backends(settings: Any) -> list[BackendSpec]:
    return [
        BackendSpec(
            name="card.render",
            title="Render server",
            version="1",
            serves=("film.shot",),
            tiers=("standard", "high"),
            factory=CardBackend,
            estimate=estimate,
            rank=10,
            servers=(SERVER,),
            deterministic=False,
        )
    ]
