"""The questions that undo asks the log, answered from the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store


class Unit:
    """A unit of work that knows the five questions of `app/collaboration/undo_redo.py`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def __aenter__(self) -> Unit:
        await asyncio.sleep(self.store.chance.choice((0, 0.002)))
        if self.store.chance.random() < self.store.faults.reading:
            raise ConnectionRefusedError("the database is away")
        return self

    async def __aexit__(self, *_error: object) -> None:
        await asyncio.sleep(0)

    async def fetchrow(self, sql: str, *given: Any) -> Any:
        """The first row, or None."""
        rows = await self.fetch(sql, *given)
        return rows[0] if rows else None

    async def fetch(self, sql: str, graph_id: Any, *given: Any) -> list[Any]:
        """The rows that a question is answered with."""
        await asyncio.sleep(0)
        rows = self.store.graphs[graph_id].rows
        asked = sql[: sql.index(" FROM ")].removeprefix("SELECT ")
        match asked:
            case "undo_of, label":
                return [r for r in rows if r["version"] == given[0] and r["undo_of"]]
            case "version, undo_of":
                user, head, newest, most = given
                mine = [
                    r
                    for r in rows
                    if r["user_id"] == user
                    and head < r["version"] <= newest
                    and r["origin"] == "person"
                    and r["ops"] != "[]"
                ]
                return mine[::-1][:most]
            case "version, label, ops, inverse" | "version, user_id":
                return [r for r in rows if r["version"] in given[0]]
            case "version, user_id, ops":
                since, until, user, ids, settings = given
                return [
                    r
                    for r in rows
                    if since < r["version"] < until
                    and (r["user_id"] != user or r["origin"] == "system")
                    and (set(r["touched"]) & set(ids) or (settings and "graph.set" in r["ops"]))
                ]
        raise AssertionError(f"The simulated log does not know: {asked}")


class Everybody:
    """Rights that are not asked for here: all who act may."""

    async def authorise(self, *_who: object) -> None:
        """Yes."""
        await asyncio.sleep(0)
