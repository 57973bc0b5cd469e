"""JSON values from outside: what may enter a graph, and in which form.

Numbers are brought to one form (4.0 becomes 4), so that a value that went through a browser has
the same digest as one that did not.
"""

from __future__ import annotations

import math
from typing import Any

from .cost import LETTERS_PER_UNIT, PARTS_PER_UNIT

MAX_FIELD = 64 * 1024
MAX_TEXT = 1024 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**63


class BadValue(Exception):
    """A value that may not enter a graph: the reason to refuse it and a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def check_value(value: Any, *, limit: int = MAX_FIELD) -> Any:
    """The value in the form in which a graph keeps it, or `BadValue`.

    Refused are numbers that JSON cannot write, halves of characters, what nests too deep, what
    is no JSON at all, and what is larger than `limit` bytes.
    """
    return weigh_value(value, limit=limit)[0]


def weigh_value(value: Any, *, limit: int = MAX_FIELD) -> tuple[Any, int]:
    """The same, and what it cost to look at it."""
    budget = [limit, 0]
    checked = _check(value, budget, 0)
    if budget[0] < 0:
        raise BadValue("too_large", f"a value is larger than {limit // 1024} kB")
    return checked, budget[1] + (limit - budget[0]) // LETTERS_PER_UNIT


def check_text(text: Any, *, limit: int = MAX_TEXT) -> str:
    """A text that may enter a graph, or `BadValue`."""
    if not isinstance(text, str):
        raise BadValue("invalid", "a text is expected")
    if _length(text) > limit:
        raise BadValue("too_large", f"a text is larger than {limit // 1024} kB")
    return text


def plain_numbers(value: Any) -> Any:
    """A trusted JSON value with its numbers in the one form."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < MAX_INTEGER else value
    if isinstance(value, dict):
        return {key: plain_numbers(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_numbers(part) for part in value]
    return value


def _check(value: Any, budget: list[int], depth: int) -> Any:
    kind = type(value)
    if kind is str:
        budget[0] -= _length(value) + 2
        return value
    if kind is bool or value is None:
        budget[0] -= 5
        return value
    if kind is int:
        if abs(value) > MAX_INTEGER:
            raise BadValue("invalid", "a whole number is beyond 2 to the 63rd")
        budget[0] -= 8
        return value
    if kind is float:
        if not math.isfinite(value):
            raise BadValue("invalid", "a number is not finite")
        budget[0] -= 8
        return int(value) if value.is_integer() and abs(value) < MAX_INTEGER else value
    if kind not in (list, tuple, dict):
        raise BadValue("invalid", f"{kind.__name__} is no JSON value")
    if depth >= MAX_DEPTH:
        raise BadValue("too_large", f"a value nests deeper than {MAX_DEPTH} levels")
    budget[0] -= 2
    budget[1] += 1 + len(value) // PARTS_PER_UNIT
    if budget[0] < 0:
        raise BadValue("too_large", "a value is too large")
    if kind is dict:
        found: dict[str, Any] = {}
        for key, part in value.items():
            if type(key) is not str:
                raise BadValue("invalid", "the keys of an object are texts")
            budget[0] -= _length(key) + 3
            found[key] = _check(part, budget, depth + 1)
        return found
    return [_check(part, budget, depth + 1) for part in value]


def _length(text: str) -> int:
    if "\0" in text:
        # PostgreSQL keeps no such character: the log could not store it.
        raise BadValue("invalid", "a text holds a character of code 0")
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise BadValue("invalid", "a text holds half of a character") from error
