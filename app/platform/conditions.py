"""The conditions of a list: those that were asked for, and no others.

One statement for every choice (`$2 IS NULL OR kind = $2`) is planned once for all of them after a
few calls, and then reads and sorts the whole table for its first page: a list of 10,000 assets took
21 ms instead of 0.3. Each set of conditions is a statement of its own here, with its own plan.
"""

from __future__ import annotations

from typing import Any


class Conditions:
    """Conditions of a WHERE, and their values in order. Only constants of the code become SQL,
    which is why the linter's warning (S608) is taken back where one is used."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.values: list[Any] = []

    def add(self, sql: str, *values: Any) -> None:
        """One more condition, whose values stand as `?` in it."""
        for value in values:
            sql = sql.replace("?", self.value(value), 1)
        self._parts.append(sql)

    def value(self, value: Any) -> str:
        """One more value; the placeholder that stands for it."""
        self.values.append(value)
        return f"${len(self.values)}"

    @property
    def sql(self) -> str:
        """All of them, for after WHERE."""
        return " AND ".join(self._parts)
