"""Listening to PostgreSQL: what a trigger notifies reaches this process in a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg

from . import database
from .database import DatabaseRole
from .telemetry import get_logger

log = get_logger(__name__)

RETRY = 0.25


class Notifications:
    """One channel of NOTIFY, listened to on a connection of its own.

    `listening` is false while the connection is away: what is notified then is lost, so whoever
    rests on this looks by itself meanwhile, and once more when `on_connected` is called.
    """

    def __init__(
        self,
        channel: str,
        on_payload: Callable[[str], None],
        on_connected: Callable[[], None] = lambda: None,
        *,
        role: DatabaseRole = DatabaseRole.SERVICE,
    ) -> None:
        self._channel = channel
        self._on_payload = on_payload
        self._on_connected = on_connected
        self._role = role
        self.listening = False

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is opened again."""
        while True:
            try:
                await self._listen()
            except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                reason = f"{type(error).__name__}: {error}"[:200]
                log.warning("notifications.lost", channel=self._channel, error=reason)
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        connection = await database.open_connection(self._role)
        try:
            lost = asyncio.Event()
            connection.add_termination_listener(lambda *_: lost.set())
            await connection.add_listener(self._channel, self._notified)
            self.listening = True
            self._on_connected()
            await lost.wait()
            log.warning("notifications.lost", channel=self._channel)
        finally:
            self.listening = False
            connection.terminate()

    def _notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._on_payload(str(payload))
