"""The backend as the studio knows it: which nodes it serves, and what a run needs."""

from __future__ import annotations

from functools import partial

from node_registry import Backend, BackendSpec, Server

from .selection import RESULTS, estimate, ingredients
from .settings import Settings

NAME = "comfyui.workflow"
VERSION = "1.0.0"
# Below everything that needs no workflow: whoever wants it connects a pipeline, or prefers it.
RANK = -100


def workflow_spec(settings: Settings) -> BackendSpec:
    """The backend of these servers. Each takes one run at a time: it has one card."""

    def factory() -> Backend:
        from .backend import WorkflowBackend

        return WorkflowBackend(settings)

    return BackendSpec(
        name=NAME,
        title="ComfyUI",
        version=VERSION,
        serves=tuple(RESULTS),
        factory=factory,
        estimate=partial(estimate, settings=settings),
        rank=RANK,
        servers=tuple(Server(name=name) for name in settings.addresses()),
        ingredients=ingredients,
        # A sampler on a card may differ in its last bits from one run to the next.
        deterministic=False,
        preload=("director_comfyui.backend",),
    )
