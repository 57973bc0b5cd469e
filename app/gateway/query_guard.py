"""Refuses query parameters that a route does not know: a misspelt filter must not be ignored."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute

from app.platform.nearest import nearest
from node_registry import DirectorError


async def refuse_unknown_query(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """The guard of the whole app. Raises `request.unknown_parameter` with the nearest known name.

    Pages for people are left out (`include_in_schema=False`): mail programs and search engines
    append parameters of their own to links.
    """
    asked = connection.query_params.keys()
    # The argument is a copy, which nothing can be found by.
    known = connection.app.state.query_parameters.get(connection.scope["route_handler"])
    if not asked or known is None:
        return
    for name in asked:
        if name not in known:
            raise unknown_parameter(name, known)


def unknown_parameter(name: str, known: frozenset[str]) -> DirectorError:
    """The refusal of one query parameter."""
    meant = nearest(name, known)
    if meant is not None:
        hint = f"The parameter is `{meant}`."
    elif known:
        hint = f"There are: {', '.join(f'`{one}`' for one in sorted(known))}."
    else:
        hint = "This address takes none."
    return DirectorError(
        "request.unknown_parameter",
        f"This address has no query parameter `{name[:60]}`.",
        hint=hint,
    )


def query_parameters(app: Litestar) -> dict[HTTPRouteHandler, frozenset[str]]:
    """The query parameters of each route of the API, those of its dependencies included."""
    return {
        handler: frozenset(parameter.field_alias for parameter in model.expected_query_params)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
        if handler.resolve_include_in_schema()
    }
