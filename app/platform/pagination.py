"""Lists in pages: every list of the API takes `limit` and `cursor`, and answers `{items,
next_cursor}`.

A cursor says after which item the next page begins: it holds the values that the list is sorted by
(a keyset), so items that are added or removed meanwhile neither repeat nor hide others. Clients
treat it as opaque. It is checked and not signed: it grants nothing, since every page asks for the
reader's rights anew.

    @get("/api/v1/projects")                       # `page` comes from gateway/query_parameters.py
    async def list_all(
        self, actor: NamedDependency[Actor], page: NamedDependency[PageRequest]
    ) -> Page[Project]: ...

    after = page.after(tuple[datetime, UUID])      # None for the first page
    rows = await unit.fetch("… LIMIT $2", …, page.rows)
    return page.answer(rows, lambda row: (row["modified_at"], row["id"]), _project)
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import msgspec

from node_registry import DirectorError

DEFAULT_LIMIT = 100
MAX_LIMIT = 500
MAX_CURSOR = 1000

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")


class Page(msgspec.Struct, Generic[T]):
    """One page of a list; `next_cursor` brings the one after it, and is null on the last page."""

    items: list[T]
    next_cursor: str | None


class PageRequest(msgspec.Struct, frozen=True):
    """Which page is asked for: at most `limit` items after `cursor`, of the list at `address`."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    address: str = ""

    @property
    def rows(self) -> int:
        """How many rows to read: one more tells whether another page follows."""
        return self.limit + 1

    def after(self, kind: type[K]) -> K | None:
        """The sort values of the last item of the page before, as `kind`; None for the first page.

        Raises `request.bad_cursor` for what is no cursor of this list.
        """
        if self.cursor is None:
            return None
        try:
            raw = base64.b64decode(self.cursor + "=" * (-len(self.cursor) % 4), b"-_", True)
            address, values = msgspec.json.decode(raw, type=tuple[str, msgspec.Raw])
            if address != self._address_digest():
                raise ValueError("It belongs to another list.")
            return msgspec.json.decode(values, type=kind)
        except (ValueError, RecursionError):
            raise bad_cursor() from None

    def answer(
        self, rows: Sequence[R], position: Callable[[R], Any], item: Callable[[R], T]
    ) -> Page[T]:
        """The page from at most `rows` rows; `position` gives a row's sort values."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(
            [item(row) for row in shown], self.cursor_at(position(shown[-1])) if more else None
        )

    def of(self, items: Iterable[T], key: Callable[[T], tuple[str | int, ...]]) -> Page[T]:
        """The page of a list that is in memory as a whole, sorted by `key`, which is unique."""
        after = self.after(tuple[str | int, ...])
        try:
            ordered = sorted(items, key=key)
            rest = [i for i in ordered if after is None or key(i) > after][: self.rows]
        except TypeError:
            raise bad_cursor() from None
        return self.answer(rest, key, lambda item: item)

    def cursor_at(self, values: Any) -> str:
        """The cursor of the page that begins after the item with these sort values."""
        raw = msgspec.json.encode((self._address_digest(), values))
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def _address_digest(self) -> str:
        return blake2b(self.address.encode(), digest_size=6).hexdigest()


def bad_cursor() -> DirectorError:
    """The refusal of a `cursor` that the list did not give."""
    return DirectorError(
        "request.bad_cursor",
        "This `cursor` is none of this list.",
        hint="Send `next_cursor` of the page before as it is; for the first page, none.",
    )
