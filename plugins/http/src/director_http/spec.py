"""The backend as the studio knows it."""

from __future__ import annotations

from node_registry import Backend, BackendSpec, Capabilities, Needs, Request

from .nodes import KINDS
from .settings import Settings


def http_spec(settings: Settings) -> BackendSpec:
    """The backend that asks the hosts of these settings."""

    def factory() -> Backend:
        from .backend import HttpBackend

        return HttpBackend(settings)

    return BackendSpec(
        name="http.request",
        title="HTTP service",
        version="1.0.0",
        serves=(*KINDS, "service.*"),
        factory=factory,
        estimate=_estimate,
        # A service that nobody here knows may answer an equal question in another way.
        deterministic=False,
        preload=("director_http.backend",),
    )


def _estimate(request: Request, capabilities: Capabilities) -> Needs:
    del request, capabilities
    return Needs(seconds=20)
