"""Pages of a list: whole whatever its size, steady while it changes, and no cursor is believed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from app.platform.ids import new_id
from app.platform.pagination import PageRequest
from node_registry import DirectorError

ADDRESS = "/api/v1/letters"


def walk(letters: list[str], limit: int) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        page = PageRequest(limit, cursor, ADDRESS).of(letters, lambda letter: (letter,))
        pages.append(page.items)
        if page.next_cursor is None:
            return pages
        cursor = page.next_cursor


@pytest.mark.parametrize("limit", [1, 2, 3, 25, 26, 27])
@pytest.mark.parametrize("count", [0, 1, 2, 26])
def test_the_pages_together_are_the_list(limit: int, count: int) -> None:
    letters = [chr(ord("a") + i) for i in range(count)]
    pages = walk(letters, limit)
    assert [letter for page in pages for letter in page] == letters
    assert all(len(page) == limit for page in pages[:-1])


def test_what_comes_and_goes_meanwhile_repeats_and_hides_nothing() -> None:
    letters = list("bdfhj")
    first = PageRequest(2, None, ADDRESS).of(letters, lambda letter: (letter,))
    letters = sorted([*letters, "a", "c", "e", "k"])
    letters.remove("d")
    second = PageRequest(9, first.next_cursor, ADDRESS).of(letters, lambda letter: (letter,))
    assert first.items + second.items == ["b", "d", "e", "f", "h", "j", "k"]


def test_a_cursor_keeps_times_to_the_microsecond() -> None:
    rows = [(datetime(2026, 10, 18, 12, 0, 0, 123456 + i, UTC), new_id()) for i in range(2)]
    page = PageRequest(1, None, ADDRESS).answer(rows, lambda row: row, lambda row: row)
    after = PageRequest(1, page.next_cursor, ADDRESS).after(tuple[datetime, UUID])
    assert after == rows[0]


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


def digest_of_address() -> str:
    page = PageRequest(1, None, ADDRESS).of(["a", "b"], lambda letter: (letter,))
    assert page.next_cursor is not None
    return msgspec.json.decode(base64.urlsafe_b64decode(page.next_cursor + "=="))[0]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "ä",
        "AAAA",
        "=" * 8,
        encoded([]),
        encoded(["", ["a"]]),
        encoded({"a": 1}),
        "[" * 900,
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(DirectorError) as refused:
        PageRequest(1, cursor, ADDRESS).of(["a"], lambda letter: (letter,))
    assert refused.value.code == "request.bad_cursor"


@pytest.mark.parametrize("values", [None, "a", [None], [[1]], [1], [], {"a": 1}, ["a" * 10, 2.5]])
def test_the_values_in_a_cursor_are_checked(values: object) -> None:
    cursor = encoded([digest_of_address(), values])
    request = PageRequest(1, cursor, ADDRESS)
    for kind in (tuple[datetime, UUID], tuple[int]):
        if kind == tuple[int] and values == [1]:
            continue
        with pytest.raises(DirectorError, match=r"request\.bad_cursor"):
            request.after(kind)


def test_a_cursor_of_another_list_is_refused() -> None:
    page = PageRequest(1, None, ADDRESS).of(["a", "b"], lambda letter: (letter,))
    with pytest.raises(DirectorError, match=r"request\.bad_cursor"):
        PageRequest(1, page.next_cursor, "/api/v1/numbers").of(["a"], lambda letter: (letter,))
