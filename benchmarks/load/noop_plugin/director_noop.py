"""A backend that makes a picture of one pixel at once: what is left is the studio's own work."""

import base64
from collections.abc import AsyncIterator
from typing import Any

from node_registry import BackendSpec, Capabilities, Needs, Progress, Request, RunContext, hookimpl

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


class NoopBackend:
    """Writes the pixel."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[Any]:
        yield Progress(0.5, "Doing nothing")
        path = context.scratch / "pixel.png"
        path.write_bytes(PIXEL)
        yield await context.save("video", path, "image/png")


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    return Needs(seconds=0.1)


@hookimpl
def register_backends(settings: Any) -> list[BackendSpec]:
    return [
        BackendSpec(
            name="noop.render",
            title="Nothing",
            version="1",
            serves=("film.shot",),
            tiers=("low", "standard", "high"),
            factory=NoopBackend,
            estimate=estimate,
            rank=0,
            deterministic=False,
        )
    ]
