"""The backend of functions as the studio knows it, without an engine or an environment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from node_registry import Backend, BackendSpec, Capabilities, Ingredients, Needs, Request

from .settings import Settings

if TYPE_CHECKING:
    from .library import Library


def spec_of(settings: Settings) -> BackendSpec:
    """One backend for all functions: which there are is looked up when one is asked for."""

    # YAML is loaded when the first function is asked for.
    @cache
    def library() -> Library:
        from .library import Library

        return Library(settings)

    def make() -> Backend:
        from .backend import FunctionBackend

        return FunctionBackend(settings, library())

    def estimate(request: Request, capabilities: Capabilities) -> Needs:
        from .choice import needs_of

        return needs_of(library(), request, capabilities)

    def ingredients(request: Request) -> Ingredients:
        from .choice import ingredients_of

        return ingredients_of(library(), settings, request)

    return BackendSpec(
        name="function_runner",
        title="Functions",
        version="1",
        serves=("function.*",),
        factory=make,
        estimate=estimate,
        ingredients=ingredients,
    )
