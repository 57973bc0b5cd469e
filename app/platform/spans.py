"""What a span is, to those who make it and to what sends it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, Protocol

Attributes = Mapping[str, str | int | float | bool]
Kind = Literal["internal", "server", "consumer"]


class Span(Protocol):
    """A span that is open."""

    def name(self, name: str) -> None:
        """Give it another name, known only by now."""
        ...

    def note(self, attributes: Attributes) -> None:
        """Add attributes."""
        ...

    def fail(self, code: str) -> None:
        """Mark it as failed, with an error's code."""
        ...


class Tracer(Protocol):
    """What makes spans and sends them."""

    def span(
        self, name: str, attributes: Attributes, parent: str | None, kind: Kind
    ) -> AbstractContextManager[Span]: ...

    def record(
        self,
        name: str,
        began: datetime,
        ended: datetime,
        attributes: Attributes,
        parent: str,
        span_id: int | None,
        error: str,
    ) -> None: ...

    def traceparent(self) -> str | None: ...

    async def close(self) -> None: ...
