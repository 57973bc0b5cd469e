"""The outermost layer of the API: an id for each request, the security headers, the access log."""

from __future__ import annotations

import time
from uuid import uuid4

import structlog
from litestar.types import Message, Receive, Scope, Send

from app.platform.request_context import client_address, request_id
from app.platform.telemetry import get_logger
from app.platform.tracing import span, traced

from .security import HEADERS, HSTS, actor_of_scope

log = get_logger(__name__)

# Asked every few seconds by what watches the studio.
UNTRACED = ("/livez", "/readyz", "/metrics")


class RequestLog:
    """Goes around everything, so that also what is refused before any route has id and headers.

    The id is the studio's own, never a client's: it stands in the answer (`X-Request-Id`, and in
    problems), and in every line of the log that the request causes. `access` writes a line for
    each request, without its query, which may hold the signature of a link.
    """

    def __init__(self, *, access: bool, https: bool) -> None:
        self._access = access
        self._https = https

    async def run(self, app: object, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request or a socket on to `app`."""
        client_address.set(scope["client"][0] if scope["client"] else "")
        mark = uuid4().hex
        request_id.set(mark)
        with structlog.contextvars.bound_contextvars(request_id=mark):
            if scope["type"] == "http" and traced() and scope["path"] not in UNTRACED:
                await self._traced_request(app, scope, receive, send, mark)
            elif scope["type"] == "http":
                await self._request(app, scope, receive, send, mark)
            else:
                await app(scope, receive, send)  # type: ignore[operator]

    async def _traced_request(
        self, app: object, scope: Scope, receive: Receive, send: Send, mark: str
    ) -> None:
        """In a span with the name of the route: a trace that a client names is not continued."""
        method = str(scope.get("method"))
        facts = {"http.request.method": method, "director.request_id": mark}
        with span(method, facts, kind="server") as opened:
            status = await self._request(app, scope, receive, send, mark)
            route = scope.get("path_template")
            if route:
                opened.name(f"{method} {route}")
                opened.note({"http.route": route})
            opened.note({"http.response.status_code": status})
            actor = actor_of_scope(scope)
            if actor is not None:
                opened.note({"director.user_id": str(actor.user_id)})
            if status >= 500:
                opened.fail(str(status))

    async def _request(
        self, app: object, scope: Scope, receive: Receive, send: Send, mark: str
    ) -> int:
        """Answer a request; the status of the answer."""
        began, status, sent = time.perf_counter(), 500, 0
        headers = [(b"x-request-id", mark.encode()), *HEADERS]
        if self._https or scope["scheme"] == "https":
            headers.append(HSTS)

        async def note(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in headers if header[0] not in present),
                ]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await app(scope, receive, note)  # type: ignore[operator]
        finally:
            if self._access:
                actor = actor_of_scope(scope)
                log.info(
                    "http.request",
                    method=scope.get("method"),
                    path=scope["path"][:500],
                    status=status,
                    bytes=sent,
                    ms=round((time.perf_counter() - began) * 1000, 1),
                    address=client_address.get(),
                    user=str(actor.user_id) if actor is not None else None,
                )
        return status
