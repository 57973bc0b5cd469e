"""What is wrong with a request, in words: which field, and which one was meant.

Every fault of a request's form is status 400: a body that is no JSON, a field that is unknown,
missing or of another type, a query parameter likewise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler

from app.platform.field_names import hint_for_field, hint_for_value, unknown_field
from node_registry import DirectorError

_MISSING_FIELD = re.compile("Object missing required field `(.*)`")
_MISSING_PARAMETER = re.compile(r"Missing required (\w+) parameter '([^']*)'")
_WRONG_VALUE = re.compile(r"Invalid (?:enum )?value '(.*)'", re.DOTALL)


def explain_fields(request: Request[Any, Any, Any], errors: list[Any]) -> DirectorError:
    """The error for what the framework found wrong with body or query; `errors` is its list."""
    listed = [
        {**error, "key": _key(request, error)} if isinstance(error, Mapping) else {"message": error}
        for error in errors
    ]
    first = listed[0]
    message, key = str(first.get("message", "")), str(first.get("key", ""))
    in_body = first.get("source") == "body"
    kind = _body_type(request) if in_body else None
    fields = {"errors": listed}
    if (name := unknown_field(message)) is not None:
        where = f" in `{key}`" if key else ""
        return DirectorError(
            "request.unknown_field",
            f"There is no field `{name[:60]}`{where}.",
            hint=hint_for_field(name, kind, key) if kind is not None else "",
            fields=fields,
        )
    if missing := _MISSING_FIELD.match(message):
        where = f" in `{key}`" if key else ""
        return DirectorError(
            "request.missing_field", f"The field `{missing[1]}` is missing{where}.", fields=fields
        )
    hint = ""
    if kind is not None and (value := _WRONG_VALUE.match(message)):
        hint = hint_for_value(value[1], kind, key)
    place = f"`{key}`" if key else "The body" if in_body else "The request"
    return DirectorError(
        "request.invalid", f"{place} is not right: {_plain(message)}.", hint=hint, fields=fields
    )


def explain_detail(request: Request[Any, Any, Any], detail: str) -> DirectorError:
    """The error for what the framework says in one sentence."""
    if missing := _MISSING_PARAMETER.match(detail):
        return DirectorError(
            "request.missing_parameter", f"The {missing[1]} parameter `{missing[2]}` is missing."
        )
    sent = request.headers.get("content-type", "").partition(";")[0].strip()
    hint = "Send JSON, with the header `Content-Type: application/json`."
    if sent and sent != "application/json":
        hint = f"It came as {sent[:60]}. {hint}"
    return DirectorError(
        "request.bad_json", f"The body cannot be read: {_plain(detail)}.", hint=hint
    )


def _key(request: Request[Any, Any, Any], error: Mapping[str, Any]) -> str:
    """Where an error is, as clients know it: `from`, where the handler's argument is `first`."""
    key = str(error.get("key", ""))
    if error.get("source") == "body":
        return "" if key == "data" else key
    known: Mapping[str, str] = request.app.state.query_parameters.get(_handler(request), {})
    return next((alias for alias, name in known.items() if name == key), key)


def _body_type(request: Request[Any, Any, Any]) -> Any:
    field = _handler(request).parsed_data_field
    return None if field is None else field.raw


def _handler(request: Request[Any, Any, Any]) -> HTTPRouteHandler:
    return request.scope["route_handler"]  # type: ignore[return-value] - these are HTTP requests


def _plain(message: str) -> str:
    return message.strip().rstrip(".") or "it does not fit"
