"""The media of a project as people look through them: facts, derivatives, what cannot be shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from app import projects
from app.accounts import Actor
from app.platform.conditions import Conditions
from app.platform.database import current_unit, from_json, unit_of_work
from app.platform.pagination import Page, PageRequest
from app.projects import Right
from node_registry import Media

from .derivatives import Derivative, State, derivatives_of, kinds_of
from .objects import is_digest
from .service import media_of


class MediaDetails(msgspec.Struct, kw_only=True):
    """A file of a project. `derivatives` says of each kind that it can have how far it is (`none`:
    nobody asked yet); `unplayable` why it cannot be shown, for people."""

    media: Media
    added_at: datetime
    derivatives: dict[str, State | str]
    unplayable: str | None = None


async def list_media(
    actor: Actor, project_id: UUID, page: PageRequest, group: str | None = None
) -> Page[MediaDetails]:
    """The media of a project, newest first; `group` is the class of their type (`image`)."""
    await projects.authorise(actor, project_id, Right.READ)
    wanted = Conditions()
    wanted.add("p.project_id = ?", project_id)
    if group is not None:
        wanted.add("o.media_type LIKE ? || '/%'", group)
    if after := page.after(tuple[datetime, str]):
        wanted.add("(p.added_at, p.digest) < (?, ?)", *after)
    limit = wanted.value(page.rows)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            f"""SELECT o.digest, o.size, o.media_type, o.facts, p.name, p.added_at
               FROM project_objects p JOIN objects o USING (digest) WHERE {wanted.sql}
               ORDER BY p.added_at DESC, p.digest DESC LIMIT {limit}""",  # noqa: S608
            *wanted.values,
        )
        known = await derivatives_of([row["digest"] for row in rows])
    return page.answer(
        rows,
        lambda row: (row["added_at"], row["digest"]),
        lambda row: _details(
            Media(
                digest=row["digest"],
                size=row["size"],
                media_type=row["media_type"],
                name=row["name"],
                facts=from_json(row["facts"]),
            ),
            row["added_at"],
            known.get(row["digest"], []),
        ),
    )


async def media_details(actor: Actor, project_id: UUID, digest: str) -> MediaDetails:
    """One file of a project. Raises `media.not_found`."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id):
        media = await media_of(project_id, digest if is_digest(digest) else "")
        added = await current_unit().fetchval(
            "SELECT added_at FROM project_objects WHERE project_id = $1 AND digest = $2",
            project_id,
            digest,
        )
        known = await derivatives_of([digest])
    return _details(media, added, known.get(digest, []))


def _details(media: Media, added_at: datetime, known: list[Derivative]) -> MediaDetails:
    found = {derivative.kind: derivative for derivative in known}
    broken = [
        derivative.error["message"]
        for derivative in known
        # That a silent film has no waveform is no fault of it.
        if derivative.error is not None and derivative.error["code"] != "media.no_sound"
    ]
    return MediaDetails(
        media=media,
        added_at=added_at,
        derivatives={
            kind: found[kind].state if kind in found else "none" for kind in kinds_of(media)
        },
        unplayable=broken[0] if broken else None,
    )
