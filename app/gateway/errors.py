"""Errors as problem JSON (RFC 9457): one mapping for every route."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_500_INTERNAL_SERVER_ERROR,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from app.platform import database
from app.platform.disk import no_room
from app.platform.redis import RedisError
from app.platform.request_context import request_id
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .refusals import note_refusal
from .request_errors import explain_detail, explain_fields
from .security import actor_of_scope

log = get_logger(__name__)

PROBLEM = "application/problem+json"


def problem(
    status: int, code: str, message: str, hint: str = "", **fields: Any
) -> Response[dict[str, Any]]:
    """One problem, as every route answers it."""
    body = {"type": f"urn:director:{code}", "title": message, "status": status, "code": code}
    if hint:
        body["hint"] = hint
    body.update({k: v for k, v in fields.items() if k not in body})
    if mark := request_id.get():
        body["request_id"] = mark
    return Response(body, status_code=status, media_type=PROBLEM)


def on_director_error(
    request: Request[Any, Any, Any] | None, error: DirectorError
) -> Response[Any]:
    """Ours: it says itself what happened and what to do."""
    if request is not None:
        actor = actor_of_scope(request.scope)
        note_refusal(
            error,
            None if actor is None else actor.user_id,
            method=str(request.method),
            path=request.scope.get("path_template") or "unknown",
        )
    answer = problem(error.status, error.code, error.message, error.hint, **error.fields)
    if "retry_after" in error.fields:
        answer.headers["Retry-After"] = str(error.fields["retry_after"])
    return answer


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """The framework's: an unknown address, a wrong method, a body that does not fit."""
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        return on_director_error(request, explain_fields(request, error.extra))
    if error.status_code == HTTP_400_BAD_REQUEST:
        return on_director_error(request, explain_detail(request, str(error.detail)))
    code, message, hint = {
        401: ("account.required", "Log in first.", ""),
        404: ("request.not_found", "There is nothing at this address.", "See /api/docs."),
        405: (
            "request.bad_method",
            f"This address does not take {request.method}.",
            f"It takes {(error.headers or {}).get('Allow', 'other methods')}.",
        ),
        413: ("request.too_large", "The body is too large for this address.", ""),
        429: ("request.too_many", "There were too many requests.", "Try again later."),
    }.get(error.status_code, ("request.invalid", str(error.detail), ""))
    answer = problem(error.status_code, code, message, hint)
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


def on_bad_value(_request: Request[Any, Any, Any], error: msgspec.ValidationError) -> Response[Any]:
    """A value that a Struct of ours refuses."""
    return problem(400, "request.invalid", f"The request is not right: {error}.")


def on_bad_text(_request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    """A text that PostgreSQL cannot keep, or JSON that nests without end."""
    return problem(
        400,
        "request.bad_text",
        "The request holds letters that are no text, or nests too deep.",
        "Take away characters such as NUL.",
    )


def on_value_out_of_range(_request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A value that fits its type and no column: a version of eleven digits is none that exists."""
    log.warning("request.value_out_of_range", error=str(error)[:200])
    return problem(
        400,
        "request.out_of_range",
        "A value of the request is out of range.",
        "Numbers of versions, frames and the like are below 2,147,483,648.",
    )


def on_unreachable(_request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """PostgreSQL or Redis is away: nothing was done, and trying again is right."""
    full = no_room(error)
    if full is not None:
        return on_director_error(_request, full)
    # What is no broken connection may be a file's trouble: the log has to say whose.
    where = error if type(error) is OSError else None
    log.warning(
        "request.store_unreachable", error=f"{type(error).__name__}: {error}", exc_info=where
    )
    answer = problem(
        HTTP_503_SERVICE_UNAVAILABLE,
        "database.unreachable",
        "The studio's database does not answer just now; nothing was changed.",
        "Try again in a few seconds. If it stays so, run `director doctor`.",
    )
    answer.headers["Retry-After"] = "2"
    return answer


def on_busy(_request: Request[Any, Any, Any], _error: Exception) -> Response[Any]:
    """More is asked of the studio than it can do: nothing was done."""
    log.warning("request.studio_busy")
    answer = problem(
        HTTP_503_SERVICE_UNAVAILABLE,
        "studio.busy",
        "The studio has more to do than it can at once; nothing was changed.",
        "Try again in a few seconds.",
    )
    answer.headers["Retry-After"] = "5"
    return answer


def on_any_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: logged whole, answered without its details."""
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(
        HTTP_500_INTERNAL_SERVER_ERROR,
        "studio.fault",
        "The studio failed on this request; its log says why.",
        "Report it with the time at which it happened, and its `request_id`.",
    )


def as_director_error(error: Exception) -> DirectorError:
    """The same mapping for a socket, which has no answers of HTTP. A fault of ours is logged."""
    if isinstance(error, DirectorError):
        return error
    handler = next(
        (
            h
            for kind, h in EXCEPTION_HANDLERS.items()
            if kind is not Exception and isinstance(error, kind)
        ),
        None,
    )
    if handler is None or isinstance(error, HTTPException):
        log.error("socket.failed", exc_info=error)
        return DirectorError(
            "studio.fault",
            "The studio failed on this event; its log says why.",
            hint="Report it with the time at which it happened.",
            status=500,
        )
    body: dict[str, Any] = handler(None, error).content
    return DirectorError(
        body["code"], body["title"], hint=body.get("hint", ""), status=body["status"]
    )


EXCEPTION_HANDLERS: dict[Any, Any] = {
    DirectorError: on_director_error,
    # Before those that it is one of.
    database.PoolBusy: on_busy,
    HTTPException: on_http_error,
    msgspec.ValidationError: on_bad_value,
    asyncpg.CharacterNotInRepertoireError: on_bad_text,
    asyncpg.UntranslatableCharacterError: on_bad_text,
    asyncpg.DataError: on_value_out_of_range,
    RecursionError: on_bad_text,
    RedisError: on_unreachable,
    asyncpg.InterfaceError: on_unreachable,
    asyncpg.DiskFullError: on_unreachable,
    Exception: on_any_error,
} | dict.fromkeys(database.CONNECTION_ERRORS, on_unreachable)
