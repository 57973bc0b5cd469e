"""Changes of a text, counted in UTF-16 units as browsers count them."""

from __future__ import annotations

Delta = tuple[int | str, ...]


class InvalidDelta(Exception):
    """A change that does not fit the text that it is meant for."""


def apply_delta(text: str, delta: Delta) -> str:
    """The text after a change: numbers keep or delete, strings are put in, the rest stays."""
    units = text.encode("utf-16-le", "surrogatepass")
    parts: list[str] = []
    at = 0
    try:
        for part in delta:
            if isinstance(part, str):
                parts.append(part)
                continue
            # What is deleted is read as well: it must not hold half of a character either.
            passed = units[at : at + 2 * abs(part)].decode("utf-16-le")
            at += 2 * abs(part)
            if at > len(units):
                raise InvalidDelta("A change reaches past the end of its text.")
            if part > 0:
                parts.append(passed)
        parts.append(units[at:].decode("utf-16-le"))
    except UnicodeDecodeError as error:
        raise InvalidDelta("A change cuts a character in two.") from error
    return "".join(parts)


def diff(before: str, after: str) -> Delta:
    """The change that makes one text into another: all between their equal beginnings and ends."""
    if before == after:
        return ()
    start = 0
    shortest = min(len(before), len(after))
    while start < shortest and before[start] == after[start]:
        start += 1
    end = 0
    while end < shortest - start and before[-1 - end] == after[-1 - end]:
        end += 1
    parts = (
        _units(before[:start]),
        after[start : len(after) - end],
        -_units(before[start : len(before) - end]),
    )
    return tuple(part for part in parts if part)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
