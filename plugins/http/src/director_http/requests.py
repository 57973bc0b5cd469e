"""What one run asks for: the same for a request that people write and for a service's operation."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import BackendError, Request

from . import values
from .nodes import KINDS, HttpParams


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Where the result of a request stands; pointers are those of JSON (RFC 6901).

    Without `pointer` and `status_url` the answer is the file. `status_url` points at the address
    that tells of a job, `status` at the word there; `done` and `failed` are such words.
    """

    pointer: str = ""
    status_url: str = ""
    status: str = "/status"
    done: tuple[str, ...] = ("succeeded", "completed", "COMPLETED")
    failed: tuple[str, ...] = ("failed", "canceled", "error", "FAILED")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is sent; `output` is the socket of its result, which is also its kind."""

    method: str
    url: str
    output: str
    body: bytes | None = None
    secret: str = ""
    result: Result = Result()


def written(request: Request, given: dict[str, Any]) -> Asked:
    """The request that people wrote in the fields of a node. Raises `http.…`."""
    params = msgspec.convert(request.params, HttpParams, strict=False)
    return Asked(
        method=params.method,
        url=values.into_url(params.url, given),
        output=KINDS[request.node_type][0],
        body=None if params.method == "GET" else values.into_body(params.body, given),
        secret=params.secret,
        result=Result(
            pointer=params.result,
            status_url=params.status_url,
            status=params.status,
            done=_words(params.done),
            failed=_words(params.failed),
        ),
    )


def texts_of(request: Request) -> tuple[str, str]:
    """The fields of a written request in which words may stand for values."""
    params = msgspec.convert(request.params, HttpParams, strict=False)
    return params.url, params.body


def no_operation() -> BackendError:
    """The refusal of a node whose service is another one here, or gone."""
    return BackendError(
        "http.no_operation",
        "This worker has another description of the service than the studio, or none.",
        hint="Have the same folder of services where the workers run.",
        retryable=True,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip() for word in text.split(","))))
