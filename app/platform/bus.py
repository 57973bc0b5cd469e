"""Facts between domains inside one process: who publishes does not know who listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from .telemetry import get_logger

log = get_logger(__name__)
F = TypeVar("F")

_listeners: dict[type, list[Callable[[Any], Awaitable[None]]]] = defaultdict(list)


def listen(fact: type[F], listener: Callable[[F], Awaitable[None]]) -> Callable[[], None]:
    """Call `listener` with each fact of this type; returns what takes the listener away."""
    _listeners[fact].append(listener)
    return lambda: _listeners[fact].remove(listener)


async def publish(fact: object) -> None:
    """Tell all listeners, in the order they came. One that fails is logged; the others go on."""
    for listener in list(_listeners[type(fact)]):
        try:
            await listener(fact)
        except Exception:
            log.exception("bus.listener_failed", fact=type(fact).__name__)
