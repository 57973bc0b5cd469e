"""Changes of a text, letter by letter: apply, transform, compose, invert.

A delta walks over the text: a positive number keeps, a string inserts, a negative number deletes;
what lies behind its end is kept. All lengths count UTF-16 units, as browsers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TextDelta = tuple[int | str, ...]


class BadDelta(Exception):
    """A delta that does not fit its text, or that would cut a character in two."""


def length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        raise BadDelta("a text holds half of a character") from error


def normalise(delta: Iterable[int | str]) -> TextDelta:
    """The same delta in its one shortest form; equal changes have equal forms."""
    out = _Writer()
    for part in delta:
        if isinstance(part, bool) or not isinstance(part, (int, str)):
            raise BadDelta("a delta consists of whole numbers and texts")
        if isinstance(part, str):
            length(part)
        out.put(part)
    return out.done()


def apply_delta(text: str, delta: TextDelta) -> str:
    """The text after a change; `BadDelta` when the change reaches past its end."""
    rest = _Source(text)
    parts: list[str] = []
    for part in delta:
        if isinstance(part, str):
            parts.append(part)
        elif part > 0:
            parts.append(rest.take(part))
        else:
            rest.take(-part)
    parts.append(rest.remainder())
    return "".join(parts)


def invert(delta: TextDelta, text: str) -> TextDelta:
    """The change that takes a change of this text back."""
    rest = _Source(text)
    out = _Writer()
    for part in delta:
        if isinstance(part, str):
            out.put(-length(part))
        elif part > 0:
            rest.take(part)
            out.put(part)
        else:
            out.put(rest.take(-part))
    return out.done()


def replacement(before: str, after: str) -> TextDelta:
    """The delta that makes one text into another, changing only what lies between equal ends."""
    start = _equal_letters(before, after)
    end = _equal_letters(before[start:][::-1], after[start:][::-1])
    removed = length(before[start : len(before) - end])
    return normalise((length(before[:start]), after[start : len(after) - end], -removed))


def _equal_letters(one: str, other: str) -> int:
    """How many letters two texts begin with alike; compared in halves, not one by one."""
    known, most = 0, min(len(one), len(other))
    while known < most:
        middle = (known + most + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            most = middle - 1
    return known


def transform(delta: TextDelta, other: TextDelta, *, first: bool) -> TextDelta:
    """A change as it reads after another one that was made to the same text.

    Where both insert at one place, `first` says whether this one's text stands first.
    """
    mine, theirs = _Parts(delta), _Parts(other)
    out = _Writer()
    while mine.more():
        part, against = mine.peek(), theirs.peek()
        if isinstance(part, str) and (first or not isinstance(against, str)):
            out.put(part)
            mine.skip()
        elif isinstance(against, str):
            out.put(length(against))
            theirs.skip()
        elif against == 0:
            out.put(part)
            mine.skip()
        else:
            assert isinstance(part, int)
            step = min(abs(part), abs(against))
            if against > 0:
                out.put(step if part > 0 else -step)
            mine.advance(step)
            theirs.advance(step)
    return out.done()


def compose(delta: TextDelta, then: TextDelta) -> TextDelta:
    """One change that does what two in a row do."""
    a, b = _Parts(delta), _Parts(then)
    out = _Writer()
    while a.more() or b.more():
        first, second = a.peek(), b.peek()
        if isinstance(first, int) and first < 0:
            out.put(first)
            a.skip()
        elif isinstance(second, str):
            out.put(second)
            b.skip()
        elif second == 0:
            out.put(first)
            a.skip()
        elif first == 0:
            out.put(second)
            b.skip()
        elif isinstance(first, int):
            step = min(first, abs(second))
            out.put(step if second > 0 else -step)
            a.advance(step)
            b.advance(step)
        else:
            step = min(length(first), abs(second))
            inserted = a.take_text(step)
            if second > 0:
                out.put(inserted)
            b.advance(step)
    return out.done()


class _Writer:
    """Collects the parts of a delta: joins equal neighbours and puts inserts before deletes."""

    def __init__(self) -> None:
        self.parts: list[int | str] = []

    def put(self, part: int | str) -> None:
        if not part:
            return
        parts = self.parts
        last = parts[-1] if parts else 0
        if isinstance(part, str):
            if isinstance(last, str) and last:
                parts[-1] = last + part
            elif isinstance(last, int) and last < 0:
                if len(parts) > 1 and isinstance(before := parts[-2], str):
                    parts[-2] = before + part
                else:
                    parts.insert(len(parts) - 1, part)
            else:
                parts.append(part)
        elif isinstance(last, int) and last and (last > 0) == (part > 0):
            parts[-1] = last + part
        else:
            parts.append(part)

    def done(self) -> TextDelta:
        if self.parts and isinstance(last := self.parts[-1], int) and last > 0:
            self.parts.pop()
        return tuple(self.parts)


class _Parts:
    """Reads a delta part by part; a number can be read in steps."""

    def __init__(self, delta: Sequence[int | str]) -> None:
        self.parts = list(reversed(delta))

    def more(self) -> bool:
        return bool(self.parts)

    def peek(self) -> int | str:
        return self.parts[-1] if self.parts else 0

    def skip(self) -> None:
        self.parts.pop()

    def advance(self, step: int) -> None:
        part = self.parts.pop()
        assert isinstance(part, int)
        rest = part - step if part > 0 else part + step
        if rest:
            self.parts.append(rest)

    def take_text(self, step: int) -> str:
        part = self.parts.pop()
        assert isinstance(part, str)
        source = _Source(part)
        head = source.take(step)
        if tail := source.remainder():
            self.parts.append(tail)
        return head


class _Source:
    """Reads a text in UTF-16 units."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.units = None if length(text) == len(text) else text.encode("utf-16-le")

    def take(self, count: int) -> str:
        start, self.at = self.at, self.at + count
        size = len(self.text) if self.units is None else len(self.units) // 2
        if self.at > size:
            raise BadDelta("a delta reaches past the end of its text")
        return self._between(start, self.at)

    def remainder(self) -> str:
        return self._between(self.at, None)

    def _between(self, start: int, end: int | None) -> str:
        if self.units is None:
            return self.text[start:end]
        try:
            return self.units[2 * start : None if end is None else 2 * end].decode("utf-16-le")
        except UnicodeDecodeError as error:
            raise BadDelta("a delta cuts a character in two") from error
