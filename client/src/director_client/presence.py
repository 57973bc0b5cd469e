"""Where this client is, told at most so often as the studio wants to hear it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from .wire.client_events import Presence

SEND_INTERVAL = 0.05


class PresenceSender:
    """Collects changes and sends the newest of each field; after a new connection, all of it."""

    def __init__(self) -> None:
        self._now: dict[str, Any] = {}
        self._unsent: dict[str, Any] = {}
        self._wake = asyncio.Event()

    def change(self, fields: dict[str, Any]) -> None:
        """Note what changed; None clears a field."""
        self._now.update(fields)
        self._unsent.update(fields)
        if self._unsent:
            self._wake.set()

    def resend_all(self) -> None:
        """A new connection knows nothing yet."""
        self._unsent = {name: value for name, value in self._now.items() if value is not None}
        if self._unsent:
            self._wake.set()

    async def run(self, send: Callable[[Presence], Awaitable[None]]) -> None:
        """Send what changed, whenever something did."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            fields, self._unsent = self._unsent, {}
            await send(msgspec.convert(fields, Presence))
            await asyncio.sleep(SEND_INTERVAL)
