"""The rows of `graph_sessions`: who had a graph open, as the board knows it, written behind.

They are for people who look after the studio. Nothing reads them to serve a client: a loss of the
last seconds is no loss.
"""

from __future__ import annotations

from uuid import UUID

from app.platform.database import DatabaseRole, to_json, unit_of_work
from app.platform.ids import new_id

from .presence import PresenceBoard

TOUCH_EVERY = 15.0
# A process that has not touched its rows for so long is dead.
SILENT_AFTER = 60.0


class GraphSessions:
    """The rows of this process's sessions."""

    def __init__(self, board: PresenceBoard) -> None:
        self._board = board
        self._process = new_id()
        self._changed: set[str] = set()
        self._ended: set[str] = set()
        self._touched_at: float | None = None

    def note(self, session_id: str) -> None:
        """Remember that a session came or moved."""
        self._changed.add(session_id)

    def end(self, session_id: str) -> None:
        """Remember that a session's connection has ended."""
        self._changed.discard(session_id)
        self._ended.add(session_id)

    async def write(self, now: float) -> None:
        """Store what changed, in one unit of work; forget the rows of processes that are dead."""
        changed, self._changed = self._changed, set()
        ended, self._ended = self._ended, set()
        touch = self._touched_at is None or now >= self._touched_at + TOUCH_EVERY
        rows = [row for session_id in changed if (row := self._row(session_id)) is not None]
        if not (rows or ended or touch):
            return
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            if ended:
                await unit.execute(
                    "DELETE FROM graph_sessions WHERE id = ANY($1::text[])", list(ended)
                )
            if rows:
                # The graph may have been deleted meanwhile: then there is nothing to keep.
                await unit.executemany(
                    """INSERT INTO graph_sessions (id, process_id, project_id, graph_id, user_id,
                           subflow, cursor, selection, editing)
                       SELECT $1, $2, g.project_id, g.id, $4, $5, $6::jsonb, $7::text[], $8
                       FROM graphs g WHERE g.id = $3
                       ON CONFLICT (id) DO UPDATE SET graph_id = excluded.graph_id,
                         subflow = excluded.subflow, cursor = excluded.cursor,
                         selection = excluded.selection, editing = excluded.editing,
                         active_at = now(), seen_at = now()""",
                    rows,
                )
            if touch:
                await unit.execute(
                    "UPDATE graph_sessions SET seen_at = now() WHERE process_id = $1",
                    self._process,
                )
                await unit.execute(
                    "DELETE FROM graph_sessions WHERE seen_at < now() - make_interval(secs => $1)",
                    SILENT_AFTER,
                )
                self._touched_at = now

    async def close(self) -> None:
        """Take the rows of this process away: it ends in good order."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await unit.execute("DELETE FROM graph_sessions WHERE process_id = $1", self._process)

    def _row(self, session_id: str) -> tuple[object, ...] | None:
        presence = self._board.presence_of(session_id)
        if presence is None or presence.away:
            return None
        return (
            session_id,
            self._process,
            UUID(presence.graph_id),
            UUID(presence.user_id),
            _without_nul(presence.subflow),
            None if presence.cursor is None else to_json(presence.cursor),
            [_without_nul(one) for one in presence.selection],
            _without_nul(presence.editing),
        )


def _without_nul(text: str | None) -> str | None:
    """Text as PostgreSQL keeps it: it knows no NUL."""
    return None if text is None else text.replace("\0", "")
