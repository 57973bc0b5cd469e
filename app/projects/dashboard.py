"""The projects that somebody sees on their dashboard: searched, filtered and in an order."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from app import accounts
from app.accounts import Actor
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.pagination import Page, PageRequest

from .model import Project
from .rights import read_for

Show = Literal["active", "archived", "deleted"]
Whose = Literal["all", "mine", "shared"]
Sort = Literal["changed", "opened", "created", "title"]
MAX_SEARCH = 200
SHOWN_PEOPLE = 4


class CardPerson(msgspec.Struct, frozen=True):
    """Somebody in a project."""

    id: UUID
    name: str


class LastActivity(msgspec.Struct, frozen=True):
    """The newest line of a project's feed: who did what (`area.action`), and when."""

    at: datetime
    user_id: UUID
    name: str
    kind: str


class ProjectCard(Project, kw_only=True):
    """A project as a dashboard shows it. `members` counts people, `people` are the first
    `SHOWN_PEOPLE` with a role of their own, the owner first; `opened_at` is when you opened it
    last; `deleted_at` stands in projects of yours that are deleted and can be restored yet."""

    owner_name: str
    members: int
    people: list[CardPerson]
    last_activity: LastActivity | None
    opened_at: datetime | None
    deleted_at: datetime | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which projects, in which order: the last `changed`, `opened` or `created` first, or by
    `title`. `origin` is what a program made one from for this person, archived or not."""

    show: Show = "active"
    whose: Whose = "all"
    search: str = ""
    sort: Sort = "changed"
    origin: str | None = None


FOUND = """
    SELECT p.*, v.opened_at, director_member_count(p.id) AS members,
      coalesce(director_role(p.id), 'owner') AS role
    FROM projects p LEFT JOIN project_visits v ON v.project_id = p.id AND v.user_id = $1
    WHERE CASE WHEN $2 = 'deleted' THEN p.owner_id = $1 AND p.deleted_at IS NOT NULL
        ELSE p.id IN (SELECT director_projects()) AND p.deleted_at IS NULL
          AND ($5::text IS NOT NULL OR (p.archived_at IS NOT NULL) = ($2 = 'archived')) END
      AND CASE $3 WHEN 'mine' THEN p.owner_id = $1 WHEN 'shared' THEN p.owner_id <> $1
        ELSE true END
      AND ($4::text = '' OR p.title ILIKE $4 OR p.description ILIKE $4)
      AND ($5::text IS NULL OR (p.owner_id = $1 AND p.origin = $5))"""

# The order is a word of the code, never of a request.
BY_TIME = """
    WITH found AS ({found})
    SELECT * FROM (
      SELECT *, CASE $6 WHEN 'opened' THEN coalesce(opened_at, created_at)
        WHEN 'created' THEN created_at ELSE modified_at END AS place FROM found) ordered
    WHERE $7::timestamptz IS NULL OR (place, id) < ($7, $8::uuid)
    ORDER BY place DESC, id DESC LIMIT $9""".replace("{found}", FOUND)
BY_TITLE = """
    WITH found AS ({found})
    SELECT * FROM (SELECT *, lower(title) AS place FROM found) ordered
    WHERE $6::text IS NULL OR (place, id) > ($6, $7::uuid)
    ORDER BY place, id LIMIT $8""".replace("{found}", FOUND)


# The first people of each project, and the newest line of its feed, for one page of cards.
PEOPLE = """
    SELECT p.id AS project_id, m.user_id FROM unnest($1::uuid[]) AS p(id), LATERAL (
      SELECT user_id FROM project_members WHERE project_id = p.id
      ORDER BY role <> 'owner', joined_at, user_id LIMIT $2) m"""
LATEST = """
    SELECT p.id AS project_id, a.at, a.user_id, a.kind FROM unnest($1::uuid[]) AS p(id), LATERAL (
      SELECT at, user_id, kind FROM activity WHERE project_id = p.id ORDER BY id DESC LIMIT 1) a"""


async def list_projects(actor: Actor, page: PageRequest, wanted: Wanted) -> Page[ProjectCard]:
    """One page of the projects that somebody belongs to; of those deleted, their own."""
    given = (actor.user_id, wanted.show, wanted.whose, _pattern(wanted.search), wanted.origin)
    async with unit_of_work(actor.user_id) as unit:
        if wanted.sort == "title":
            place = page.after(tuple[str, UUID]) or (None, None)
            rows = await unit.fetch(BY_TITLE, *given, *place, page.rows)
        else:
            place = page.after(tuple[datetime, UUID]) or (None, None)
            rows = await unit.fetch(BY_TIME, *given, wanted.sort, *place, page.rows)
        ids = [row["id"] for row in rows]
        members = await unit.fetch(PEOPLE, ids, SHOWN_PEOPLE)
        latest = {row["project_id"]: row for row in await unit.fetch(LATEST, ids)}
    inside: dict[UUID, list[UUID]] = {}
    for member in members:
        inside.setdefault(member["project_id"], []).append(member["user_id"])
    wanted_people = {row["owner_id"] for row in rows}
    wanted_people.update(row["user_id"] for row in [*members, *latest.values()])
    known = await accounts.people(list(wanted_people))

    def activity(project_id: UUID) -> LastActivity | None:
        row = latest.get(project_id)
        if row is None:
            return None
        person = known.get(row["user_id"])
        return LastActivity(row["at"], row["user_id"], person.name if person else "", row["kind"])

    def card(row: asyncpg.Record) -> ProjectCard:
        owner = known.get(row["owner_id"])
        project = read_for(actor, row)
        if row["deleted_at"] is not None:
            project.rights = ()
        return ProjectCard(
            **msgspec.structs.asdict(project),
            owner_name=owner.name if owner else "",
            members=row["members"],
            people=[CardPerson(i, known[i].name) for i in inside.get(row["id"], []) if i in known],
            last_activity=activity(row["id"]),
            opened_at=row["opened_at"],
            deleted_at=row["deleted_at"],
        )

    return page.answer(rows, lambda row: (row["place"], row["id"]), card)


async def note_visit(actor: Actor, project_id: UUID) -> None:
    """Remember that somebody opened a project just now, for those who have seen to their rights."""
    async with unit_of_work(actor.user_id) as unit:
        await unit.execute(
            """INSERT INTO project_visits (project_id, user_id) VALUES ($1, $2)
               ON CONFLICT (project_id, user_id) DO UPDATE SET opened_at = now()""",
            project_id,
            actor.user_id,
        )


async def offer_poster(project_id: UUID, digest: str, *, replace: bool) -> None:
    """Let some media stand for a project on the dashboard; only where none does yet, unless
    `replace`. The time of the project's last change stays."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE projects SET poster = $2 WHERE id = $1 AND poster IS DISTINCT FROM $2
               AND ($3 OR poster IS NULL)""",
            project_id,
            digest,
            replace,
        )


def _pattern(search: str) -> str:
    text = " ".join(search.split())[:MAX_SEARCH]
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%" if text else ""
