"""Derivatives of media: which are wanted, which are being made, which are there, which cannot be.

They belong to the bytes, not to a project: two projects with one file share them. A row for each
kind, and of segments for each one; workers take the most urgent (`derivative_maker.py`), and a
notification tells of each end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from node_registry import DerivativeKind, DerivativeSpec, DirectorError, Media, SegmentSpec

WANTED = "director_derivatives_wanted"
ENDED = "director_derivatives_ended"

Kind = DerivativeKind | Literal["segment"]
SEGMENT: Literal["segment"] = "segment"
"""Parts of streams: those alone are of one kind many, told apart by their `variant`."""

KINDS: tuple[DerivativeKind, ...] = ("thumbnail", "filmstrip", "proxy", "waveform")
URGENCY: dict[Kind, int] = {
    "thumbnail": 40, "waveform": 30, "filmstrip": 20, "proxy": 10, "segment": 0,
}  # fmt: skip
ASKED_FOR = 100
"""Added to the urgency of what somebody waits for: it comes before what nobody has looked at yet.
Whoever watches a film asks for many segments, so what others wait for comes before those."""

MOST_ATTEMPTS = 3

_OLD_SEGMENTS = (
    "FROM derivatives WHERE kind = 'segment' AND state IN ('ready', 'failed') AND ended_at < $1"
)

State = Literal["queued", "running", "ready", "failed"]


class DerivedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """One stored file of a derivative; `key` is where the storage has it."""

    name: str
    key: str
    size: int
    media_type: str
    facts: dict[str, Any] = {}


class Derivative(msgspec.Struct, kw_only=True):
    """One derivative of some bytes; `variant` names a segment. `original` says that the bytes
    themselves serve."""

    digest: str
    kind: Kind
    variant: str = ""
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

    kind: Kind
    variant: str = ""
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


def spec_of(
    specs: Iterable[DerivativeSpec],
    segments: Iterable[SegmentSpec],
    kind: Kind,
    media: Media,
) -> DerivativeSpec | SegmentSpec | None:
    """What makes this kind of derivative from media of this type: the first that serves it."""
    found = segments if kind == SEGMENT else (spec for spec in specs if spec.kind == kind)
    return next((spec for spec in found if spec.serves(media.media_type)), None)


async def want(
    unit: UnitOfWork,
    digest: str,
    kinds: Collection[Kind],
    *,
    variant: str = "",
    asked: bool = False,
) -> None:
    """Have these derivatives made if they are not yet; with `asked`, before what nobody waits for.

    One that failed is not tried again.
    """
    before = ASKED_FOR if asked else 0
    rows = [(digest, kind, variant, before + URGENCY[kind]) for kind in kinds]
    if rows:
        await unit.executemany(
            """INSERT INTO derivatives (digest, kind, variant, urgency) VALUES ($1, $2, $3, $4)
               ON CONFLICT (digest, kind, variant) DO UPDATE SET urgency = excluded.urgency
               WHERE derivatives.state = 'queued' AND derivatives.urgency < excluded.urgency""",
            rows,
        )


async def make_again(unit: UnitOfWork, digest: str, kind: Kind, variant: str = "") -> None:
    """Have a derivative made once more: its files are gone, or are made otherwise now."""
    await unit.execute(
        """UPDATE derivatives SET state = 'queued', urgency = $4, attempts = 0, error = NULL
           WHERE digest = $1 AND kind = $2 AND variant = $3 AND state IN ('ready', 'failed')""",
        digest,
        kind,
        variant,
        ASKED_FOR + URGENCY[kind],
    )


async def derivatives_of(digests: Sequence[str]) -> dict[str, list[Derivative]]:
    """What is known of the derivatives of some bytes, by their digests; segments apart."""
    rows = await current_unit().fetch(
        """SELECT * FROM derivatives WHERE digest = ANY($1::text[]) AND variant = ''
           ORDER BY digest, kind""",
        list(digests),
    )
    found: dict[str, list[Derivative]] = {}
    for row in rows:
        found.setdefault(row["digest"], []).append(_derivative(row))
    return found


async def derivative_of(digest: str, kind: Kind, variant: str = "") -> Derivative | None:
    """One derivative, or None when nobody wanted it yet."""
    row = await current_unit().fetchrow(
        "SELECT * FROM derivatives WHERE digest = $1 AND kind = $2 AND variant = $3",
        digest,
        kind,
        variant,
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
             RETURNING digest, kind, variant)
           SELECT pg_notify($3, digest || ' ' || kind || ' ' || variant) FROM given_up""",
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
           WHERE o.digest = d.digest AND (d.digest, d.kind, d.variant) = (
             SELECT digest, kind, variant FROM derivatives
             WHERE (state = 'queued' OR (state = 'running' AND lease_until < now()))
               AND urgency >= $3
             ORDER BY urgency DESC, requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING d.kind, d.variant, d.attempts, o.digest, o.size, o.media_type, o.facts""",
        worker_id,
        lease_seconds,
        least,
    )
    if row is None:
        return None
    return Claimed(
        kind=row["kind"],
        variant=row["variant"],
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
            """UPDATE derivatives SET lease_until = now() + make_interval(secs => $6)
               WHERE digest = $1 AND kind = $2 AND variant = $3 AND worker_id = $4
                 AND attempts = $5 AND state = 'running'""",
            *_held(claimed, worker_id),
            lease_seconds,
        )
    )


async def give_back(unit: UnitOfWork, claimed: Claimed, worker_id: UUID) -> None:
    """Let another worker make it: this one is told to stop, which is no fault of the file."""
    await unit.execute(
        """UPDATE derivatives SET state = 'queued', attempts = attempts - 1, worker_id = NULL
           WHERE digest = $1 AND kind = $2 AND variant = $3 AND worker_id = $4 AND attempts = $5
             AND state = 'running'""",
        *_held(claimed, worker_id),
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
        """UPDATE derivatives SET state = $6, made_by = $7, files = $8::jsonb, error = $9::jsonb,
             ended_at = now(), lease_until = NULL
           WHERE digest = $1 AND kind = $2 AND variant = $3 AND worker_id = $4 AND attempts = $5
             AND state = 'running'""",
        *_held(claimed, worker_id),
        "ready" if error is None else "failed",
        made_by,
        to_json(list(files)),
        told,
    )
    if ended:
        key = f"{claimed.media.digest} {claimed.kind} {claimed.variant}"
        await unit.fetchval("SELECT pg_notify($1, $2)", ENDED, key)
    return bool(ended)


def _held(claimed: Claimed, worker_id: UUID) -> tuple[str, str, str, UUID, int]:
    return claimed.media.digest, claimed.kind, claimed.variant, worker_id, claimed.attempt


async def segments_before(unit: UnitOfWork, before: datetime) -> list[DerivedMedia]:
    """The files of the segments that were made before this time."""
    rows = await unit.fetch(f"SELECT files {_OLD_SEGMENTS}", before)
    return [file for row in rows for file in _files(row)]


async def forget_segments(unit: UnitOfWork, before: datetime) -> list[DerivedMedia]:
    """Forget the segments that were made before this time; their files are to be removed."""
    rows = await unit.fetch(f"DELETE {_OLD_SEGMENTS} RETURNING files", before)
    return [file for row in rows for file in _files(row)]


def no_derivative(kind: str) -> DirectorError:
    """The error for a kind that this media cannot have."""
    return DirectorError("media.no_derivative", f"This media has no {kind}.", status=404)


def _derivative(row: asyncpg.Record) -> Derivative:
    return Derivative(
        digest=row["digest"],
        kind=row["kind"],
        variant=row["variant"],
        state=row["state"],
        made_by=row["made_by"],
        files=_files(row),
        error=from_json(row["error"]),
    )


def _files(row: asyncpg.Record) -> list[DerivedMedia]:
    return msgspec.convert(from_json(row["files"]), list[DerivedMedia])
