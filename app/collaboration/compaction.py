"""Old rows of the log are summed up, and snapshots thinned out: history has a price.

What stays: the newest snapshot of a graph and all rows after it, every named version, a snapshot
for each hour of the last two days and for each day before, and each row of the last N days.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import msgspec

from app.graph import Graph, trim_history
from app.platform.database import DatabaseRole, UnitOfWork, from_json, to_json, unit_of_work
from app.platform.telemetry import get_logger

log = get_logger(__name__)

HOURLY = timedelta(days=2)
BATCH = 500
# Clients that have seen nothing for so many versions get the whole graph again.
HISTORY_VERSIONS = 5000


class Compacted(msgspec.Struct, frozen=True):
    """How many rows of the log and how many snapshots went."""

    rows: int
    snapshots: int


def trim_old_history(graph: Graph) -> None:
    """Drop tombstones and edits of texts that only long absent clients would ask for.

    To be called before a snapshot is made, so that snapshots do not grow for ever.
    """
    if graph.version - HISTORY_VERSIONS > graph.history_start:
        trim_history(graph, graph.version - HISTORY_VERSIONS)


async def compact(days: int) -> Compacted:
    """Keep what the history needs, and sum up what is older than so many days.

    Called every hour. In small units of work, so that nobody waits; two at once do no harm.
    """
    await _keep_snapshots()
    bases = await _bases(days)
    snapshots = await _thin_snapshots(bases)
    rows = 0
    for graph_id, base in bases.items():
        while done := await _compact_batch(graph_id, base):
            rows += done
    if rows or snapshots:
        log.info("graph.compacted", rows=rows, snapshots=snapshots)
    return Compacted(rows, snapshots)


async def _keep_snapshots() -> None:
    """Keep each graph's newest snapshot when none of this hour is kept."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE graph_snapshots s SET kept = true
               WHERE NOT kept
                   AND version = (SELECT max(version) FROM graph_snapshots n
                       WHERE n.graph_id = s.graph_id)
                   AND NOT EXISTS (SELECT 1 FROM graph_snapshots k
                       WHERE k.graph_id = s.graph_id AND k.kept
                           AND date_trunc('hour', k.created_at)
                               = date_trunc('hour', s.created_at))"""
        )


async def _bases(days: int) -> dict[UUID, int]:
    """For each graph the newest snapshot that is older than so many days: what is younger needs it.

    Kept from now on. Where its row of the log is gone, it was a base before.
    """
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT s.graph_id, max(s.version) AS version
               FROM graph_snapshots s
               LEFT JOIN graph_ops o ON o.graph_id = s.graph_id AND o.version = s.version
               WHERE o.version IS NULL OR o.ts < now() - $1::interval
               GROUP BY s.graph_id""",
            timedelta(days=days),
        )
        await unit.execute(
            """UPDATE graph_snapshots s SET kept = true
               FROM unnest($1::uuid[], $2::bigint[]) AS b(graph_id, version)
               WHERE s.graph_id = b.graph_id AND s.version = b.version AND NOT s.kept""",
            [row["graph_id"] for row in rows],
            [row["version"] for row in rows],
        )
    return {row["graph_id"]: row["version"] for row in rows}


async def _thin_snapshots(bases: dict[UUID, int]) -> int:
    """Of the kept ones, leave the first of each hour, or day; of those before a base, none."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return await unit.execute(
            """WITH ranked AS (
                   SELECT graph_id, version,
                       row_number() OVER (
                           PARTITION BY graph_id, CASE WHEN created_at > now() - $1::interval
                               THEN date_trunc('hour', created_at)
                               ELSE date_trunc('day', created_at) END
                           ORDER BY version) AS place,
                       max(version) OVER (PARTITION BY graph_id) AS newest
                   FROM graph_snapshots WHERE kept
               ), base AS (
                   SELECT * FROM unnest($2::uuid[], $3::bigint[]) AS b(graph_id, version)
               )
               DELETE FROM graph_snapshots s
               USING ranked r LEFT JOIN base b ON b.graph_id = r.graph_id
               WHERE s.graph_id = r.graph_id AND s.version = r.version
                   AND r.version < r.newest
                   AND r.version <> coalesce(b.version, -1)
                   AND (r.place > 1 OR r.version < coalesce(b.version, -1))
                   AND NOT EXISTS (SELECT 1 FROM graph_versions v
                       WHERE v.graph_id = s.graph_id AND v.version = s.version)""",
            HOURLY,
            list(bases),
            list(bases.values()),
        )


async def _compact_batch(graph_id: UUID, upto: int) -> int:
    """Sum up a graph's oldest rows, none of them after a version that a snapshot holds."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """DELETE FROM graph_ops WHERE graph_id = $1 AND version IN (
                   SELECT version FROM graph_ops WHERE graph_id = $1 AND version <= $2
                   ORDER BY version LIMIT $3)
               RETURNING version, user_id, origin, ts, (ts AT TIME ZONE 'UTC')::date AS day,
                   jsonb_path_query_array(ops, '$[*].op') AS kinds""",
            graph_id,
            upto,
            BATCH,
        )
        sums: dict[tuple[date, UUID, str], list[asyncpg.Record]] = {}
        for row in sorted(rows, key=lambda row: row["version"]):
            sums.setdefault((row["day"], row["user_id"], row["origin"]), []).append(row)
        for key, group in sums.items():
            await _add(unit, graph_id, key, group)
    return len(rows)


async def _add(
    unit: UnitOfWork,
    graph_id: UUID,
    key: tuple[date, UUID, str],
    group: list[asyncpg.Record],
) -> None:
    known = await unit.fetchval(
        """SELECT kinds FROM graph_past
           WHERE graph_id = $1 AND day = $2 AND user_id = $3 AND origin = $4 FOR UPDATE""",
        graph_id,
        *key,
    )
    kinds: dict[str, int] = from_json(known) or {}
    for row in group:
        for kind in from_json(row["kinds"]):
            kinds[kind] = kinds.get(kind, 0) + 1
    await unit.execute(
        """INSERT INTO graph_past AS p (graph_id, day, user_id, origin, first_version,
               last_version, first_at, last_at, steps, kinds)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)
           ON CONFLICT (graph_id, day, user_id, origin) DO UPDATE SET
               first_version = least(p.first_version, excluded.first_version),
               last_version = greatest(p.last_version, excluded.last_version),
               first_at = least(p.first_at, excluded.first_at),
               last_at = greatest(p.last_at, excluded.last_at),
               steps = p.steps + excluded.steps, kinds = excluded.kinds""",
        graph_id,
        *key,
        group[0]["version"],
        group[-1]["version"],
        group[0]["ts"],
        group[-1]["ts"],
        len(group),
        to_json(kinds),
    )
