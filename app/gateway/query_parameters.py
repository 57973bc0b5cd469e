"""Query parameters of all routes: the page of a list, and the refusal of those that are unknown."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.routes import HTTPRoute

from app.platform.field_names import hint_for
from app.platform.pagination import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT, PageRequest
from node_registry import DirectorError


def provide_page(
    request: Request[Any, Any, Any],
    limit: Annotated[
        int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many items at most.")
    ] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None,
        QueryParameter(max_length=MAX_CURSOR, description="`next_cursor` of the page before."),
    ] = None,
) -> PageRequest:
    """The dependency `page` of a route that lists: `limit` and `cursor` from its address."""
    return PageRequest(limit, cursor, request.url.path)


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
            raise unknown_parameter(name, frozenset(known))


def unknown_parameter(name: str, known: frozenset[str]) -> DirectorError:
    """The refusal of one query parameter."""
    return DirectorError(
        "request.unknown_parameter",
        f"This address has no query parameter `{name[:60]}`.",
        hint=hint_for(name, known, "parameter") or "This address takes none.",
    )


def query_parameters(app: Litestar) -> dict[HTTPRouteHandler, dict[str, str]]:
    """The query parameters of each route of the API, those of its dependencies included.

    Each with the name of the argument that it becomes.
    """
    return {
        handler: {
            parameter.field_alias: parameter.field_name for parameter in model.expected_query_params
        }
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
        if handler.resolve_include_in_schema()
    }
