"""What the execution domain answers when the dispatcher asks what a task needs to run."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

import msgspec

from node_registry import Needs

from .causes import Cause
from .workers import Worker


class Waiting(msgspec.Struct, frozen=True):
    """The task cannot run now, for this cause."""

    cause: Cause


class Reused(msgspec.Struct, frozen=True):
    """The task needs no run: an equal recipe made this take already."""

    take_id: UUID
    recipe: str


class Refused(msgspec.Struct, frozen=True):
    """The task cannot run as it is, and fails: `error` has `code`, `message` and `hint`."""

    error: dict[str, Any]


class ReadyTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task whose inputs are all there: its whole request, and what it needs to run.

    At least one live worker could run it when it is idle. `expected_seconds` is how long it will
    run, as such runs took before; without it, as its needs say. `model` names what is loaded to run
    it; empty where nothing stays loaded.
    """

    request: dict[str, Any]
    backend: str
    backend_version: str
    needs: Needs
    basis: str
    recipe: str | None
    made_from: dict[str, Any]
    expected_seconds: float | None = None
    model: str = ""

    @property
    def seconds(self) -> float:
        """How long it is expected to run."""
        return self.needs.seconds if self.expected_seconds is None else self.expected_seconds


class ResolveTask(Protocol):
    """What the execution domain does for the dispatcher: turn a plan into a request.

    Called inside the dispatcher's unit of work, with the live workers.
    """

    async def __call__(
        self, task_id: UUID, plan: dict[str, Any], workers: list[Worker]
    ) -> ReadyTask | Reused | Waiting | Refused: ...
