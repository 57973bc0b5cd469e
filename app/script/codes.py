"""Codes of scenes and shots, which are never renumbered, and the keys that tie them to a graph."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from hashlib import blake2b

_CODE = re.compile(r"([A-Z]*)(\d+)([A-Z]*)$")
# Of "20-22", and of "20 thru 22", the first counts: omitted scenes are often put together.
_NUMBER = re.compile(
    r"([A-Z]{0,2})(\d{1,4})([A-Z]{0,2})(?:\s*(?:-|–|&|,|THRU|TO)\s*[A-Z]{0,2}\d.*)?"
)
_STEP = 10


class Keys:
    """Makes keys from contents: equal contents get the same key in the same order."""

    def __init__(self, taken: set[str] | None = None) -> None:
        self._taken = set(taken or ())
        self._turns: dict[str, int] = {}

    def new_key(self, content: str) -> str:
        """A key for this content that none before has."""
        turn = self._turns.get(content, 0)
        while True:
            source = f"{content}\0{turn}".encode("utf-8", "replace")
            key = blake2b(source, digest_size=8).hexdigest()
            turn += 1
            if key not in self._taken:
                self._taken.add(key)
                self._turns[content] = turn
                return key


def order(code: str) -> tuple[int, str, bool, str]:
    """Sorts codes as a schedule lists them: 02, M02A, 02A, 02B, 03."""
    prefix, digits, suffix = _parts(code)
    return int(digits), suffix, not prefix, prefix


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
    width = max(2, *(len(str(int(match[2]))) for match in matches if match), 2)
    found = [f"{m[1]}{int(m[2]):0{width}d}{m[3]}" for m in matches if m]
    keys = [order(code) for code in found]
    return found if all(a < b for a, b in itertools.pairwise(keys)) else []


def from_number(number: str) -> str:
    """The code of one of the script's own numbers, at least two digits wide; "" of none."""
    match = _NUMBER.fullmatch(number.upper())
    return f"{match[1]}{int(match[2]):02d}{match[3]}" if match else ""


def insert_scenes(low: str, high: str, count: int, taken: set[str]) -> list[str]:
    """Codes for scenes put between two others: 02A, 02B. "" means the beginning or the end."""
    if not high:
        number, width = (order(low)[0], max(2, len(_parts(low)[1]))) if low else (0, 2)
        following = (str(number + n).zfill(width) for n in _naturals())
        return _collect(following, count, taken, low, "")
    width = max(2, len(_parts(low or high)[1]))
    base = low or "0" * width
    return _letters(base, high, count, taken)


def insert_shots(low: str, high: str, count: int, taken: set[str]) -> list[str]:
    """Codes for shots put between two others: 015, then 012 and 017, then 010A."""
    start = order(low)[0] if low else 0
    if not high:
        start -= start % _STEP
        rounds = (str(start + n * _STEP).zfill(3) for n in _naturals())
        return _collect(rounds, count, taken, low, "")
    room = order(high)[0] - start
    if room > count:
        even = [start + room * (n + 1) // (count + 1) for n in range(count)]
        found = [str(number).zfill(3) for number in even]
        if _fits(found, low, high, taken):
            return found
        # The numbers nearest to the middle that nothing ever had.
        middle = start + room / 2
        free = [n for n in range(start + 1, start + room) if str(n).zfill(3) not in taken]
        nearest = sorted(sorted(free, key=lambda n: abs(n - middle))[:count])
        found = [str(number).zfill(3) for number in nearest]
        if len(found) == count and _fits(found, low, high, taken):
            return found
    return _letters(low or "000", high, count, taken)


def _letters(base: str, high: str, count: int, taken: set[str]) -> list[str]:
    found: list[str] = []
    low = base
    for _ in range(count):
        code = _between(low, high, taken.union(found))
        found.append(code)
        low = code
    return found


def _between(low: str, high: str, taken: set[str]) -> str:
    """The plainest code after `low` and before `high` that nothing has."""
    prefix, digits, suffix = _parts(low)
    if not prefix:
        stem, last = (suffix[:-1], suffix[-1]) if suffix else ("", "@")
        following = [stem + chr(at) for at in range(ord(last) + 1, ord("Z") + 1)]
        deeper = [suffix + chr(at) for at in range(ord("A"), ord("Z") + 1)]
        for end in (*following, *deeper):
            code = digits + end
            if order(low) < order(code) < order(high) and code not in taken:
                return code
    # Between 02 and 02A no letter is left behind the number, so it goes before it: M02A.
    high_prefix, high_digits, high_suffix = _parts(high)
    same = prefix and (digits, suffix) == (high_digits, high_suffix)
    below = prefix if same else ""
    above = high_prefix
    while True:
        lead = _middle(below, above)
        code = lead + high_digits + high_suffix
        if code not in taken:
            return code
        below = lead


def _middle(low: str, high: str) -> str:
    """A word of letters between two others; "" stands for the very first and the very last."""
    found = ""
    place = 0
    while True:
        bottom = ord(low[place]) - 65 if place < len(low) else 0
        top = ord(high[place]) - 65 if place < len(high) else 26
        if top - bottom > 1:
            return found + chr(65 + (bottom + top) // 2)
        found += chr(65 + bottom)
        if top > bottom:
            high = ""
        place += 1


def _parts(code: str) -> tuple[str, str, str]:
    match = _CODE.match(code)
    return (match[1], match[2], match[3]) if match else ("", "0", code)


def _naturals() -> Iterator[int]:
    return itertools.count(1)


def _collect(
    candidates: Iterator[str], count: int, taken: set[str], low: str, high: str
) -> list[str]:
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
    rising = all(a < b for a, b in itertools.pairwise(keys))
    return rising and not taken.intersection(found)
