"""Circuit breakers: a backend that keeps failing gets a rest, so that it uses up nobody's attempts.

A circuit is of a backend and, where it works on remote servers, of one of these. After `THRESHOLD`
failures in a row it opens: nothing is given to it for a while, which doubles with each further
failure. Then one task at a time tries it, and the first success closes it. Rows of PostgreSQL, so
that workers on all machines and a restarted API see the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.platform.database import UnitOfWork

THRESHOLD = 5
FIRST_REST = 30.0
LONGEST_REST = 600.0
"""Seconds."""


class Circuit(msgspec.Struct, frozen=True, kw_only=True):
    """A backend, on a server or on none, that failed `failures` times in a row, last for `cause`.

    `open` says that it gets nothing now; `probed` that a task tries it already.
    """

    backend: str
    server: str
    failures: int
    cause: str
    open: bool
    probed: bool

    @property
    def holds(self) -> bool:
        """Whether another task has to wait."""
        return self.open or self.probed


class Circuits(msgspec.Struct, frozen=True):
    """The circuits that are not closed, by backend and server (`""` for none)."""

    by_place: Mapping[tuple[str, str], Circuit] = {}

    def holding(self, backend: str, server: str = "") -> Circuit | None:
        """The circuit for which a task has to wait, if there is one."""
        circuit = self.by_place.get((backend, server))
        return circuit if circuit is not None and circuit.holds else None

    def with_probe(self, backend: str, server: str) -> Circuits:
        """The same after a task was given to a backend that is just being tried."""
        circuit = self.by_place.get((backend, server))
        if circuit is None:
            return self
        probed = msgspec.structs.replace(circuit, probed=True)
        return Circuits({**self.by_place, (backend, server): probed})


async def read_circuits(unit: UnitOfWork) -> Circuits:
    """The circuits that failed too often in a row."""
    rows = await unit.fetch(
        """SELECT c.backend, c.server, c.failures, c.cause, c.open_until > now() AS open,
             EXISTS (SELECT 1 FROM tasks t WHERE t.status IN ('assigned', 'running')
                     AND t.backend = c.backend AND coalesce(t.server, '') = c.server) AS probed
           FROM circuits c WHERE open_until IS NOT NULL"""
    )
    return Circuits({(row["backend"], row["server"]): Circuit(**dict(row)) for row in rows})


async def record_failure(unit: UnitOfWork, backend: str, server: str | None, cause: str) -> None:
    """Count a failure of a backend that is no fault of the task. One that comes while the circuit
    is open was begun before, and says nothing new."""
    await unit.execute(
        """INSERT INTO circuits AS c (backend, server, failures, cause) VALUES ($1, $2, 1, $3)
           ON CONFLICT (backend, server) DO UPDATE SET
             failures = c.failures + 1, cause = $3, changed_at = now(),
             open_until = CASE WHEN c.failures + 1 >= $4 THEN now() + make_interval(
               secs => least($6::float8, $5::float8 * 2 ^ least(30, c.failures + 1 - $4))) END
           WHERE c.open_until IS NULL OR c.open_until <= now()""",
        backend,
        server or "",
        cause[:500],
        THRESHOLD,
        FIRST_REST,
        LONGEST_REST,
    )


async def record_success(unit: UnitOfWork, backend: str, server: str | None) -> None:
    """Close the circuit of a backend: it works."""
    await unit.execute(
        "DELETE FROM circuits WHERE backend = $1 AND server = $2", backend, server or ""
    )
