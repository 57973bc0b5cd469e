"""The backend as the studio knows it: which nodes it serves, and what a run needs."""

from __future__ import annotations

from functools import partial

from node_registry import Backend, BackendSpec, Server

from .selection import RESULTS, estimate, ingredients
from .settings import Settings
from .template import NAME

VERSION = "1.0.0"
# Below the animatic, which costs nothing; above what needs a workflow first.
RANK = -50


def wan2gp_spec(settings: Settings) -> BackendSpec:
    """The backend of these installations. Each takes one run at a time: it has one card."""

    def factory() -> Backend:
        from .backend import Wan2gpBackend

        return Wan2gpBackend(settings)

    return BackendSpec(
        name=NAME,
        title="Wan2GP",
        version=VERSION,
        serves=tuple(RESULTS),
        factory=factory,
        estimate=partial(estimate, settings=settings),
        rank=RANK,
        servers=tuple(Server(name=name) for name in settings.addresses()),
        ingredients=partial(ingredients, settings=settings),
        # Kernels on a card may differ in their last bits from one run to the next.
        deterministic=False,
        preload=("director_wan2gp.backend",),
    )
