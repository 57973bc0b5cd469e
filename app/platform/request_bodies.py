"""The body of a request as it comes, however large it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException

from .broken_off import BrokenOff


async def body_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The bytes of a body, one part after the other. Raises `BrokenOff` when the client goes."""
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except InternalServerException as error:
        # This is how Litestar says that the client went away.
        raise BrokenOff from error
