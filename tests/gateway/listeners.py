"""People in projects, without sockets: all that is told to them is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

E = TypeVar("E")


class Listeners:
    """An audience of the tests."""

    def __init__(self) -> None:
        self.inside: dict[UUID, set[str]] = {}
        self.received: list[Any] = []
        self.to_session: dict[str, list[Any]] = {}
        self.keys: list[str | None] = []
        self._on_join: list[Callable[[UUID, str], None]] = []
        self._news = asyncio.Event()

    def projects(self) -> list[UUID]:
        return list(self.inside)

    def on_join(self, callback: Callable[[UUID, str], None]) -> None:
        self._on_join.append(callback)

    def join(self, project_id: UUID | str, session_id: str = "s") -> None:
        project_id = UUID(str(project_id))
        self.inside.setdefault(project_id, set()).add(session_id)
        self.to_session.setdefault(session_id, [])
        for callback in self._on_join:
            callback(project_id, session_id)

    def broadcast(self, project_id: UUID, event: Any, *, key: str | None = None) -> None:
        if project_id in self.inside:
            self.received.append(event)
            self.keys.append(key)
            self._news.set()

    def send_to(self, session_id: str, event: Any, *, key: str | None = None) -> None:
        self.to_session[session_id].append(event)
        self._news.set()

    def all_of(self, kind: type[E]) -> list[E]:
        return [event for event in self.received if isinstance(event, kind)]

    async def until(self, holds: Callable[[], object], within: float = 60.0) -> None:
        """Wait until something holds; looks at each news."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"It never came. Received: {self.received} {self.to_session}"
            ) from None
