"""The one root of all errors that people may see: a code, a sentence and a status."""

from __future__ import annotations

from collections.abc import Mapping


class DirectorError(Exception):
    """An error with a machine-readable code and a sentence that helps.

    `code` is `area.reason` (`graph.cycle`), stable, and safe to branch on. `message` says what
    happened and where, `hint` what to do; neither may hold a path of the server. `status` is the
    HTTP status that the API answers with. `fields` holds further facts for programs (JSON values).

        raise DirectorError("script.empty", "The script has no text.", hint="Write one line.")
    """

    status: int = 400

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        status: int | None = None,
        fields: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.fields = dict(fields or {})
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" {self.hint}" if self.hint else "")


class BackendError(DirectorError):
    """A run that failed inside a backend. `retryable` lets the scheduler try again by itself.

    Use it for what another try may mend (a lost connection, memory that was short), with
    `retryable=True`; for what it cannot mend (a bad workflow, a missing model), leave it false.
    """

    status = 502

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        retryable: bool = False,
        fields: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code, message, hint=hint, fields=fields)
        self.retryable = retryable


class OutOfMemory(BackendError):
    """A run that did not fit: the memory of the card, or of the server, was short.

    It is always retryable, and of a kind of its own, so that another attempt may be given more.

        raise OutOfMemory("The model needs 14.2 GB, and 9.8 GB were free.")
    """

    def __init__(
        self, message: str, *, hint: str = "", fields: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(
            "backend.out_of_memory",
            message,
            hint=hint or "Choose a lower quality, or a smaller picture.",
            retryable=True,
            fields=fields,
        )


class Cancelled(Exception):
    """Raised inside a backend when `RunContext.cancelled` was seen set: the run stops at once."""
