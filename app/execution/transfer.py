"""Takes as an archive of a project carries them: with their recipes and reviews, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from app.platform.database import UnitOfWork, current_unit, from_json, to_json
from app.platform.ids import new_id
from app.projects import check_name
from node_registry import DirectorError

from .reviews import LONGEST_COMMENT, ReviewState
from .takes import TakeOutput

Person = Callable[[UUID], tuple[UUID, str]]
Number = Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)]
Short = Annotated[str, msgspec.Meta(max_length=300)]
AUTHOR = "author"
"""Where `made_by` has the name of whoever asked for a take in the studio that it comes from."""


class ReviewRecord(msgspec.Struct, kw_only=True):
    """What was decided about a take."""

    state: ReviewState
    decided_by: UUID
    decided_at: datetime
    comment: str = ""


class TakeRecord(msgspec.Struct, kw_only=True):
    """A take, as `takes.Take`, without what only its own studio knows."""

    id: UUID
    node_id: Short
    version: Number
    number: Number
    iteration: Short = ""
    name: Short
    user_id: UUID
    basis: Short
    recipe: Short | None = None
    made_from: dict[str, Any] = {}
    made_by: dict[str, Any] = {}
    outputs: list[TakeOutput]
    created_at: datetime
    review: ReviewRecord | None = None


async def read_takes(project_id: UUID) -> list[TakeRecord]:
    """All takes of a project, oldest first. Part of the caller's unit of work."""
    rows = await current_unit().fetch(
        """SELECT t.*, r.state, r.decided_by, r.decided_at, r.comment
           FROM takes t LEFT JOIN take_reviews r ON r.take_id = t.id
           WHERE t.project_id = $1 ORDER BY t.created_at, t.id""",
        project_id,
    )
    found = []
    for row in rows:
        values = {name: row[name] for name in TakeRecord.__struct_fields__ if name != "review"}
        for column in ("made_from", "made_by", "outputs"):
            values[column] = from_json(values[column])
        if row["state"] is not None:
            values["review"] = {name: row[name] for name in ReviewRecord.__struct_fields__}
        found.append(msgspec.convert(values, TakeRecord))
    return found


async def media_named(digests: list[str]) -> set[str]:
    """Those of these digests that any output of any take has. Part of the caller's unit."""
    rows = await current_unit().fetch(
        """SELECT DISTINCT o -> 'media' ->> 'digest' AS digest
           FROM takes, jsonb_array_elements(outputs) o
           WHERE takes.digest = ANY($1::text[]) OR o -> 'media' ->> 'digest' = ANY($1::text[])""",
        digests,
    )
    return {row["digest"] for row in rows if row["digest"] in set(digests)}


def check_takes(takes: Sequence[TakeRecord], digests: set[str]) -> None:
    """See that records from outside are takes as this studio makes them.

    Raises `take.bad_record`, and `project.bad_name` for a name that could be no file's.
    """
    numbers: set[tuple[str, int, int]] = set()
    for take in takes:
        check_name(take.name)
        mark = (take.node_id, take.version, take.number)
        if mark in numbers:
            raise _bad(f"{take.name[:80]} comes twice.")
        numbers.add(mark)
        if not take.outputs or any(one.media.digest not in digests for one in take.outputs):
            raise _bad(f"The bytes of {take.name[:80]} are not there.")
        if not re.fullmatch(r"([0-9]{1,6}(/[0-9]{1,6})*)?", take.iteration):
            raise _bad(f"{take.iteration[:40]!r} is no iteration of a loop.")
        if take.review is not None and len(take.review.comment) > LONGEST_COMMENT:
            raise _bad(f"The review of {take.name[:80]} is too long.")


async def insert_takes(
    unit: UnitOfWork,
    project_id: UUID,
    takes: Sequence[TakeRecord],
    ids: dict[UUID, UUID],
    person: Person,
) -> None:
    """Store records as the takes of a project that has none yet; `ids` are the new ones."""
    await unit.executemany(
        """INSERT INTO takes (id, project_id, node_id, version, number, iteration, name, task_id,
               user_id, basis, recipe, made_from, made_by, digest, outputs, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14,
               $15::jsonb, $16)""",
        [_row(project_id, ids[take.id], take, person) for take in takes],
    )
    await unit.execute(
        """INSERT INTO take_counters (project_id, node_id, version, last)
           SELECT project_id, node_id, version, max(number) FROM takes
           WHERE project_id = $1 GROUP BY project_id, node_id, version""",
        project_id,
    )
    reviewed = [(ids[take.id], take.review) for take in takes if take.review is not None]
    await unit.executemany(
        """INSERT INTO take_reviews (take_id, project_id, state, decided_by, decided_at, comment)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        [_review_row(project_id, take_id, review, person) for take_id, review in reviewed],
    )


def _row(project_id: UUID, take_id: UUID, take: TakeRecord, person: Person) -> tuple[Any, ...]:
    user_id, author = person(take.user_id)
    made_by = {**take.made_by, AUTHOR: author} if author else take.made_by
    return (
        take_id,
        project_id,
        take.node_id,
        take.version,
        take.number,
        take.iteration,
        take.name,
        # A take belongs to one task, and this one was made by none of this studio.
        new_id(),
        user_id,
        take.basis,
        take.recipe,
        to_json(take.made_from),
        to_json(made_by),
        take.outputs[0].media.digest,
        to_json(take.outputs),
        take.created_at,
    )


def _review_row(
    project_id: UUID, take_id: UUID, review: ReviewRecord, person: Person
) -> tuple[Any, ...]:
    user_id, decider = person(review.decided_by)
    comment = f"{decider}: {review.comment}".rstrip(": ") if decider else review.comment
    return (take_id, project_id, review.state, user_id, review.decided_at, comment)


def _bad(message: str) -> DirectorError:
    return DirectorError("take.bad_record", message, hint="Export the project again.")
