"""Derivatives of media: which are wanted, which are being made, which are there, which cannot be.

They belong to the bytes, not to a project: two projects with one file share them. A row for each
kind; workers take the most urgent (`derivative_maker.py`), and a notification tells of each end.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from node_registry import DerivativeKind, DirectorError, Media

WANTED = "director_derivatives_wanted"
ENDED = "director_derivatives_ended"

KINDS: tuple[DerivativeKind, ...] = ("thumbnail", "filmstrip", "proxy", "waveform")
URGENCY: dict[DerivativeKind, int] = {
    "thumbnail": 40, "waveform": 30, "filmstrip": 20, "proxy": 10,
}  # fmt: skip
ASKED_FOR = 100
"""What somebody waits for comes before what nobody has looked at yet."""

MOST_ATTEMPTS = 3

State = Literal["queued", "running", "ready", "failed"]


class DerivedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """One stored file of a derivative; `key` is where the storage has it."""

    name: str
    key: str
    size: int
    media_type: str
    facts: dict[str, Any] = {}


class Derivative(msgspec.Struct, kw_only=True):
    """One kind of derivative of some bytes. `original` says that the bytes themselves serve."""

    digest: str
    kind: DerivativeKind
    state: State
    made_by: str = ""
    files: list[DerivedMedia] = []
    error: dict[str, Any] | None = None

    @property
    def original(self) -> bool:
        """Whether nothing had to be made."""
        return self.state == "ready" and not self.files

    def file(self, name: str) -> DerivedMedia:
        """One of its files. Raises `media.no_derivative`."""
        for file in self.files:
            if file.name == name:
                return file
        raise no_derivative(self.kind)


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A derivative that a worker now makes, and the media that it is of."""

    kind: DerivativeKind
    media: Media
    attempt: int


def kinds_of(media: Media) -> tuple[DerivativeKind, ...]:
    """The kinds of derivatives that media of this type can have."""
    group = media.media_type.partition("/")[0]
    if group == "image":
        return ("thumbnail",) if media.media_type != "image/svg+xml" else ()
    if group == "video":
        return KINDS
    return ("waveform", "proxy") if group == "audio" else ()


def eager_kinds(media: Media) -> list[DerivativeKind]:
    """Those that are made as soon as the media is there; the others when they are asked for."""
    kinds = list(kinds_of(media))
    facts = media.facts
    if media.media_type.startswith("video/"):
        if not (facts.get("audio") or facts.get("sample_rate")):
            kinds.remove("waveform")
        if media.media_type == "video/mp4" and (facts.get("house") or facts.get("codec") == "h264"):
            kinds.remove("proxy")
    elif "proxy" in kinds:
        kinds.remove("proxy")
    return kinds


async def want(
    unit: UnitOfWork, digest: str, kinds: Collection[DerivativeKind], *, asked: bool = False
) -> None:
    """Have these derivatives made if they are not yet; with `asked`, before what nobody waits for.

    One that failed is not tried again.
    """
    rows = [(digest, kind, ASKED_FOR if asked else URGENCY[kind]) for kind in kinds]
    if rows:
        await unit.executemany(
            """INSERT INTO derivatives (digest, kind, urgency) VALUES ($1, $2, $3)
               ON CONFLICT (digest, kind) DO UPDATE SET urgency = excluded.urgency
               WHERE derivatives.state = 'queued' AND derivatives.urgency < excluded.urgency""",
            rows,
        )


async def make_again(unit: UnitOfWork, digest: str, kind: DerivativeKind) -> None:
    """Have a derivative made once more: its files are gone, or are made otherwise now."""
    await unit.execute(
        """UPDATE derivatives SET state = 'queued', urgency = $3, attempts = 0, error = NULL
           WHERE digest = $1 AND kind = $2 AND state IN ('ready', 'failed')""",
        digest,
        kind,
        ASKED_FOR,
    )


async def derivatives_of(digests: Sequence[str]) -> dict[str, list[Derivative]]:
    """What is known of the derivatives of some bytes, by their digests."""
    rows = await current_unit().fetch(
        "SELECT * FROM derivatives WHERE digest = ANY($1::text[]) ORDER BY digest, kind",
        list(digests),
    )
    found: dict[str, list[Derivative]] = {}
    for row in rows:
        found.setdefault(row["digest"], []).append(_derivative(row))
    return found


async def derivative_of(digest: str, kind: DerivativeKind) -> Derivative | None:
    """One derivative, or None when nobody wanted it yet."""
    row = await current_unit().fetchrow(
        "SELECT * FROM derivatives WHERE digest = $1 AND kind = $2", digest, kind
    )
    return None if row is None else _derivative(row)


async def projects_with(unit: UnitOfWork, digest: str) -> list[UUID]:
    """The projects that see these bytes."""
    rows = await unit.fetch("SELECT project_id FROM project_objects WHERE digest = $1", digest)
    return [row["project_id"] for row in rows]


async def claim(
    unit: UnitOfWork, worker_id: UUID, lease_seconds: float, *, least: int = 0
) -> Claimed | None:
    """Take the most urgent derivative; also one whose worker fell silent. None when there is none.

    `least` leaves those alone that are less urgent.

    One that made its worker fall silent too often is given up.
    """
    await unit.execute(
        """WITH given_up AS (
             UPDATE derivatives SET state = 'failed', ended_at = now(), error = $2::jsonb
             WHERE state = 'running' AND lease_until < now() AND attempts >= $1
             RETURNING digest, kind)
           SELECT pg_notify($3, digest || ' ' || kind) FROM given_up""",
        MOST_ATTEMPTS,
        to_json(
            {
                "code": "media.unplayable",
                "message": "Whoever tried to show this file fell silent.",
                "hint": "Export it again, smaller or in another format.",
            }
        ),
        ENDED,
    )
    row = await unit.fetchrow(
        """UPDATE derivatives d SET state = 'running', attempts = attempts + 1, worker_id = $1,
             lease_until = now() + make_interval(secs => $2)
           FROM objects o
           WHERE o.digest = d.digest AND (d.digest, d.kind) = (
             SELECT digest, kind FROM derivatives
             WHERE (state = 'queued' OR (state = 'running' AND lease_until < now()))
               AND urgency >= $3
             ORDER BY urgency DESC, requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING d.kind, d.attempts, o.digest, o.size, o.media_type, o.facts""",
        worker_id,
        lease_seconds,
        least,
    )
    if row is None:
        return None
    return Claimed(
        kind=row["kind"],
        attempt=row["attempts"],
        media=Media(
            digest=row["digest"],
            size=row["size"],
            media_type=row["media_type"],
            facts=from_json(row["facts"]),
        ),
    )


async def renew(unit: UnitOfWork, claimed: Claimed, worker_id: UUID, lease_seconds: float) -> bool:
    """Hold on to a derivative; False when it is somebody else's by now."""
    return bool(
        await unit.execute(
            """UPDATE derivatives SET lease_until = now() + make_interval(secs => $5)
               WHERE digest = $1 AND kind = $2 AND worker_id = $3 AND attempts = $4
                 AND state = 'running'""",
            claimed.media.digest,
            claimed.kind,
            worker_id,
            claimed.attempt,
            lease_seconds,
        )
    )


async def give_back(unit: UnitOfWork, claimed: Claimed, worker_id: UUID) -> None:
    """Let another worker make it: this one is told to stop, which is no fault of the file."""
    await unit.execute(
        """UPDATE derivatives SET state = 'queued', attempts = attempts - 1, worker_id = NULL
           WHERE digest = $1 AND kind = $2 AND worker_id = $3 AND attempts = $4
             AND state = 'running'""",
        claimed.media.digest,
        claimed.kind,
        worker_id,
        claimed.attempt,
    )


async def end(
    unit: UnitOfWork,
    claimed: Claimed,
    worker_id: UUID,
    *,
    made_by: str = "",
    files: Sequence[DerivedMedia] = (),
    error: DirectorError | None = None,
) -> bool:
    """Note what came of it and tell everybody; False when it is somebody else's by now."""
    told = None
    if error is not None:
        told = to_json({"code": error.code, "message": error.message, "hint": error.hint})
    ended = await unit.execute(
        """UPDATE derivatives SET state = $5, made_by = $6, files = $7::jsonb, error = $8::jsonb,
             ended_at = now(), lease_until = NULL
           WHERE digest = $1 AND kind = $2 AND worker_id = $3 AND attempts = $4
             AND state = 'running'""",
        claimed.media.digest,
        claimed.kind,
        worker_id,
        claimed.attempt,
        "ready" if error is None else "failed",
        made_by,
        to_json(list(files)),
        told,
    )
    if ended:
        await unit.fetchval(
            "SELECT pg_notify($1, $2)", ENDED, f"{claimed.media.digest} {claimed.kind}"
        )
    return bool(ended)


def no_derivative(kind: str) -> DirectorError:
    """The error for a kind that this media cannot have."""
    return DirectorError("media.no_derivative", f"This media has no {kind}.", status=404)


def _derivative(row: asyncpg.Record) -> Derivative:
    return Derivative(
        digest=row["digest"],
        kind=row["kind"],
        state=row["state"],
        made_by=row["made_by"],
        files=msgspec.convert(from_json(row["files"]), list[DerivedMedia]),
        error=from_json(row["error"]),
    )
