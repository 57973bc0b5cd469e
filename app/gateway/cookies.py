"""The two cookies of a browser: the log-in, and a mark by which the browser is known again."""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

SESSION_COOKIE = "director_session"
DEVICE_COOKIE = "director_device"
# Of HTTPS. A browser takes a cookie of such a name from this very host alone and never over HTTP:
# neither another host of the domain nor somebody in between can put one of theirs in its place.
HOST_ONLY = "__Host-"
SESSION_COOKIES = frozenset({SESSION_COOKIE, HOST_ONLY + SESSION_COOKIE})
DEVICE_DAYS = 400
MAX_MARK = 100


class BrowserCookies:
    """Sets and clears them. No script reads them, no other site sends them, and behind TLS they
    travel over nothing else; `always_secure` says that of a studio whose proxy is not known."""

    def __init__(self, *, always_secure: bool) -> None:
        self._always_secure = always_secure

    def session_of(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
        """The token of the log-in that a browser sends."""
        return connection.cookies.get(self._name(connection, SESSION_COOKIE))

    def device_of(self, request: Request[Any, Any, Any]) -> str:
        """The mark of this browser, or one that it is to get."""
        mark = request.cookies.get(self._name(request, DEVICE_COOKIE), "")
        return mark if 20 <= len(mark) <= MAX_MARK else secrets.token_urlsafe(32)

    def log_in(
        self, request: Request[Any, Any, Any], answer: Response[Any], login: Any, device: str
    ) -> None:
        """Keep a log-in in the browser, and the mark for longer."""
        answer.set_cookie(self._cookie(request, SESSION_COOKIE, login.token, login.expires_in))
        answer.set_cookie(self._cookie(request, DEVICE_COOKIE, device, DEVICE_DAYS * 86_400))

    def log_out(self, request: Request[Any, Any, Any], answer: Response[Any]) -> None:
        """Take the log-in out of the browser."""
        answer.set_cookie(self._cookie(request, SESSION_COOKIE, "", 0))

    def _cookie(
        self, request: Request[Any, Any, Any], name: str, value: str, max_age: int
    ) -> Cookie:
        return Cookie(
            key=self._name(request, name),
            value=value,
            httponly=True,
            samesite="lax",
            secure=self._is_secure(request),
            path="/",
            max_age=max_age,
        )

    def _name(self, connection: ASGIConnection[Any, Any, Any, Any], name: str) -> str:
        return HOST_ONLY + name if self._is_secure(connection) else name

    def _is_secure(self, connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
        return self._always_secure or connection.scope["scheme"] in ("https", "wss")
