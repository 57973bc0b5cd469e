"""What can go wrong between a script and a studio; each says what happened and what to do."""

from __future__ import annotations


class StudioError(Exception):
    """A studio refused something, or could not be reached.

    `code` is `area.reason`, stable, and safe to branch on. `status` is the HTTP status, 0 where
    there is none.
    """

    def __init__(self, code: str, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" {self.hint}" if self.hint else "")


class Unreachable(StudioError):
    """The studio does not answer just now; trying again later may help."""


class Refused(StudioError):
    """A transaction was refused as a whole and left no trace.

    `reason` is for programs (`cycle`, `locked`, `stale`, …). `operation` counts from 0 and tells
    which one it was, `id` the node or edge that it was about.
    """

    def __init__(
        self, reason: str, message: str, hint: str = "", id: str = "", operation: int = 0
    ) -> None:
        super().__init__(f"graph.{reason}", message, hint, 409)
        self.reason = reason
        self.id = id
        self.operation = operation


class GenerationFailed(StudioError):
    """A task failed or was cancelled, so there is no take. `task_id` tells which."""

    def __init__(self, code: str, message: str, hint: str = "", task_id: str = "") -> None:
        super().__init__(code, message, hint)
        self.task_id = task_id
