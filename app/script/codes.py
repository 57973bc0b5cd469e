"""Codes of scenes and shots, which are never renumbered, and the keys that tie them to a graph."""

from __future__ import annotations

import re
from hashlib import blake2b

_CODE = re.compile(r"(\d+)(.*)", re.S)
_NUMBER = re.compile(r"(\d{1,4})([A-Z]{0,2})")
_STEP = 10


class Keys:
    """Makes keys from contents: equal contents get the same key in the same order."""

    def __init__(self, taken: set[str] | None = None) -> None:
        self._taken = set(taken or ())

    def fresh(self, content: str) -> str:
        """A key for this content that none before has."""
        turn = 0
        while True:
            source = f"{content}\0{turn}".encode("utf-8", "replace")
            key = blake2b(source, digest_size=8).hexdigest()
            if key not in self._taken:
                self._taken.add(key)
                return key
            turn += 1


def order(code: str) -> tuple[int, str]:
    """Sorts codes as a schedule lists them: 02, 02A, 02B, 03."""
    match = _CODE.match(code)
    return (int(match[1]), match[2]) if match else (0, code)


def first_scenes(count: int) -> list[str]:
    """01, 02, 03 …"""
    width = 2 if count < 100 else len(str(count))
    return [str(number).zfill(width) for number in range(1, count + 1)]


def first_shots(count: int) -> list[str]:
    """010, 020, 030 …"""
    return [str(number * _STEP).zfill(3) for number in range(1, count + 1)]


def from_numbers(numbers: list[str]) -> list[str]:
    """The script's own scene numbers as codes, if all scenes have one and they rise; else []."""
    matches = [_NUMBER.fullmatch(number.upper()) for number in numbers]
    if not matches or not all(matches):
        return []
    width = max(2, *(len(str(int(match[1]))) for match in matches if match), 2)
    found = [f"{int(match[1]):0{width}d}{match[2]}" for match in matches if match]
    keys = [order(code) for code in found]
    return found if all(a < b for a, b in zip(keys, keys[1:], strict=False)) else []


def insert_scenes(low: str, high: str, count: int, taken: set[str]) -> list[str]:
    """Codes for scenes put between two others: 02A, 02B. "" means the beginning or the end."""
    if not high:
        number, width = (order(low)[0], max(2, len(_digits(low)))) if low else (0, 2)
        return _collect((str(number + n).zfill(width) for n in _naturals()), count, taken, low, "")
    width = max(2, len(_digits(low or high)))
    base = low or "0" * width
    return _letters(base, high, count, taken)


def insert_shots(low: str, high: str, count: int, taken: set[str]) -> list[str]:
    """Codes for shots put between two others: 015, then 012 and 017, then 010A."""
    start = order(low)[0] if low else 0
    if not high:
        start -= start % _STEP
        return _collect((str(start + n * _STEP).zfill(3) for n in _naturals()), count, taken, low, "")
    room = order(high)[0] - start
    if room > count:
        even = [str(start + room * (n + 1) // (count + 1)).zfill(3) for n in range(count)]
        if _fits(even, low, high, taken):
            return even
        free = [str(start + n).zfill(3) for n in range(1, room)]
        found = _collect(iter(free), count, taken, low, high)
        if len(found) == count:
            return found
    return _letters(low or "000", high, count, taken)


def _letters(base: str, high: str, count: int, taken: set[str]) -> list[str]:
    found: list[str] = []
    low = base
    for _ in range(count):
        code = _between(low, high, taken)
        found.append(code)
        taken = taken | {code}
        low = code
    return found


def _between(low: str, high: str, taken: set[str]) -> str:
    """The plainest code after `low` and before `high` that nothing has."""
    number, suffix = order(low)
    digits = _digits(low) or str(number).zfill(2)
    stem, last = (suffix[:-1], suffix[-1]) if suffix[-1:].isalpha() else (suffix, "@")
    following = [stem + chr(at) for at in range(ord(last) + 1, ord("Z") + 1)]
    deeper = [suffix + chr(at) for at in range(ord("A"), ord("Z") + 1)]
    # Where no letter is left (between 02 and 02A), digits after a dash always leave room.
    for end in (*following, *deeper):
        code = digits + end
        if order(low) < order(code) < order(high) and code not in taken:
            return code
    return digits + suffix + _fraction(digits + suffix, high, low, taken)


def _fraction(stem: str, high: str, low: str, taken: set[str]) -> str:
    mark = "-" if "-" not in stem else ""
    for size in range(1, 60):
        for lead in ("0" * (size - 1), "9" * (size - 1)):
            for digit in "5678943210":
                end = f"{mark}{lead}{digit}" + ("" if digit != "0" else "5")
                code = stem + end
                if order(low) < order(code) < order(high) and code not in taken:
                    return end
    raise AssertionError(f"no code between {low} and {high}")


def _digits(code: str) -> str:
    match = _CODE.match(code)
    return match[1] if match else ""


def _naturals():  # noqa: ANN202
    number = 0
    while True:
        number += 1
        yield number


def _collect(candidates, count: int, taken: set[str], low: str, high: str) -> list[str]:  # noqa: ANN001
    found: list[str] = []
    for code in candidates:
        if len(found) == count:
            break
        if code in taken or (low and order(code) <= order(low)):
            continue
        if high and order(code) >= order(high):
            break
        found.append(code)
    return found


def _fits(found: list[str], low: str, high: str, taken: set[str]) -> bool:
    keys = [order(code) for code in (*([low] if low else []), *found, high)]
    rising = all(a < b for a, b in zip(keys, keys[1:], strict=False))
    return rising and not taken.intersection(found)
