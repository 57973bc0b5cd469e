"""Why a function failed, in a sentence without the machine's folders and secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from node_registry import BackendError, OutOfMemory

from .manifest import Failure

OOM = "gpu.oom"
_LONGEST = 400
_PATH = re.compile(r"(?<![\w.:/])(?:/[\w.+@-]+)+/(?=[\w.+@-])")
# A line that Python writes under a traceback, and other programs at their end.
_ERROR_LINE = re.compile(r"^(?:[\w.]*(?:Error|Exception|Interrupt)\b|error:|fatal:)", re.IGNORECASE)
_NATIVE = {
    132: "an illegal instruction",
    134: "an abort",
    135: "a bus error",
    139: "a memory fault",
}


class Cleaner:
    """Takes secrets and folders out of what a function writes."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: one may be a part of another.
        self._secrets = sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        text = _PATH.sub("", text)
        return "".join(c if c.isprintable() else " " for c in text).strip()


def known_failure(declared: Sequence[Failure], lines: Sequence[str]) -> Failure | None:
    """The failure of the manifest that the log tells of, the newest line first."""
    for line in reversed(lines):
        for failure in declared:
            if re.search(failure.match, line[:1000]):
                return failure
    return None


def failure_of(
    declared: Sequence[Failure], lines: Sequence[str], code: int, clean: Cleaner
) -> BackendError:
    """The error of a function that ended with another code than 0."""
    failure = known_failure(declared, lines)
    if failure is not None and failure.code == OOM:
        return OutOfMemory(
            "The model did not fit into the card's memory.",
            hint="Choose a lower quality, or a smaller picture.",
        )
    words = clean(_last_words(lines))[:_LONGEST]
    said = f" It said: {words.rstrip('.')}." if words else " It said nothing."
    if failure is not None:
        return BackendError(
            failure.code,
            f"The function could not do it.{said}",
            hint="Change what is connected or set on the node, and generate again.",
        )
    how = _NATIVE.get(code, f"code {code}")
    return BackendError(
        "function.failed",
        f"The function ended with {how}.{said}",
        hint="The worker's log has all that it wrote.",
    )


def _last_words(lines: Sequence[str]) -> str:
    for line in reversed(lines[-200:]):
        if _ERROR_LINE.match(line.strip()):
            return line
    return lines[-1] if lines else ""
