"""Who hears what happens: all that broadcasts need of the connections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

from .protocol import Outbound


class Audience(Protocol):
    """The people in the projects of this process."""

    def projects(self) -> list[UUID]:
        """The projects with anybody in them."""
        ...

    def on_join(self, callback: Callable[[UUID, str], Awaitable[None] | None]) -> None:
        """Call this with project and session whenever somebody has joined."""
        ...

    def broadcast(self, project_id: UUID, event: Outbound, *, key: str | None = None) -> None:
        """Send to everybody in a project. With a `key` only the newest of it has to arrive."""
        ...

    def send_to(self, session_id: str, event: Outbound, *, key: str | None = None) -> None:
        """Send to one session."""
        ...
