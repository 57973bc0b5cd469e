"""Links that let people in: into a project with a role, into a team, or into the studio alone.

The code in a link is shown once, when it is made; what is kept of it is a hash. Nothing is sent:
whoever made the link hands it over. It counts only while its maker could make it today.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from app import accounts
from app.accounts import Actor, NewPerson, Scope
from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from node_registry import DirectorError

from .members import GivenRole, enter, note_members_changed
from .rights import Right, authorise

MAX_HOURS = 24 * 90
MAX_OPEN = 200
Kind = Literal["project", "team", "studio"]


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A link, without its code. `most_uses` null is as often as somebody likes."""

    id: UUID
    project_id: UUID | None
    team_id: UUID | None
    role: GivenRole | None
    note: str
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    most_uses: int | None
    uses: int


class NewInvitation(msgspec.Struct, frozen=True):
    """A link that was just made, with its code, which is never shown again."""

    invitation: Invitation
    code: str


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a link offers: into which project, team or studio, from whom, and until when."""

    kind: Kind
    title: str
    role: GivenRole | None
    invited_by: str
    expires_at: datetime


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is now, having used a link. `changed` is false when they were there before."""

    kind: Kind
    project_id: UUID | None
    team_id: UUID | None
    role: GivenRole | None
    changed: bool


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How long a link works and how often; the note is for who made it."""

    hours: int = 7 * 24
    most_uses: int | None = 1
    note: str = ""


async def invite_to_project(
    actor: Actor, project_id: UUID, role: GivenRole, terms: Terms
) -> NewInvitation:
    """Make a link into a project. Raises `invitation.bad_terms` and `invitation.too_many`."""
    await authorise(actor, project_id, Right.MANAGE)
    return await _make(actor, terms, project_id=project_id, role=role)


async def invite_to_team(actor: Actor, team_id: UUID, terms: Terms) -> NewInvitation:
    """Make a link into a team that the actor leads."""
    await accounts.check_team_lead(actor, team_id)
    return await _make(actor, terms, team_id=team_id)


async def invite_to_studio(actor: Actor, terms: Terms) -> NewInvitation:
    """Make a link that gives an account and nothing else. For the studio's owner."""
    accounts.demand_studio_owner(actor)
    return await _make(actor, terms)


async def list_invitations(
    actor: Actor,
    page: PageRequest,
    *,
    project_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Page[Invitation]:
    """The links into a project, a team, or the studio that still work, newest first."""
    if project_id is not None:
        await authorise(actor, project_id, Right.MANAGE)
    elif team_id is not None:
        await accounts.check_team_lead(actor, team_id)
    else:
        actor.demand(Scope.ADMIN)
    async with unit_of_work(actor.user_id) as unit:
        rows = await unit.fetch(
            """SELECT * FROM invitations
               WHERE project_id IS NOT DISTINCT FROM $1 AND team_id IS NOT DISTINCT FROM $2
                 AND (num_nonnulls($1, $2) > 0 OR created_by = $3)
                 AND revoked_at IS NULL AND expires_at > now()
                 AND (most_uses IS NULL OR uses < most_uses)
                 AND ($4::uuid IS NULL OR id < $4)
               ORDER BY id DESC LIMIT $5""",
            project_id,
            team_id,
            actor.user_id,
            page.after(UUID),
            page.rows,
        )
    return page.answer(rows, lambda row: row["id"], _invitation)


async def revoke(actor: Actor, invitation_id: UUID) -> None:
    """Let a link work no more. Raises `invitation.not_found` for one that is not the actor's."""
    actor.demand(Scope.ADMIN)
    async with unit_of_work(actor.user_id) as unit:
        row = await unit.fetchrow("SELECT * FROM invitations WHERE id = $1", invitation_id)
        if row is None:
            raise _not_found()
        await unit.execute(
            "UPDATE invitations SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
            invitation_id,
        )
        await accounts.audit(
            "invitation.revoked",
            actor.user_id,
            project_id=row["project_id"],
            invitation_id=invitation_id,
        )


async def look_at(code: str) -> Offer:
    """What a link offers. Raises `invitation.not_found` for one that does not work."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row, title = await _find(unit, code)
        return Offer(
            kind=_kind(row),
            title=title,
            role=row["role"],
            invited_by=await accounts.name_of(row["created_by"]),
            expires_at=row["expires_at"],
        )


async def accept(code: str, person: Actor | NewPerson) -> Joined:
    """Use a link, as somebody who is known here or with a new account; all of it or nothing.

    Raises `invitation.not_found`, and `account.email_taken` for a new person.
    """
    if isinstance(person, Actor):
        person.demand(Scope.ADMIN)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        # Locked: of two at once with one use left, the second finds none.
        row, _ = await _find(unit, code)
        if isinstance(person, NewPerson):
            await accounts.add_person(person)
            person, changed = person.actor, True
        else:
            changed = False
        if row["project_id"] is not None:
            role: GivenRole = row["role"]
            entered = await enter(row["project_id"], person.user_id, role)
            if entered:
                await note_members_changed(
                    row["project_id"],
                    person.user_id,
                    "member.joined",
                    member=person.user_id,
                    role=role,
                    invitation_id=row["id"],
                )
            changed = changed or entered
        elif row["team_id"] is not None:
            changed = await accounts.join_team(row["team_id"], person.user_id) or changed
        if changed:
            await unit.execute("UPDATE invitations SET uses = uses + 1 WHERE id = $1", row["id"])
            await accounts.audit(
                "invitation.accepted",
                person.user_id,
                project_id=row["project_id"],
                invitation_id=row["id"],
            )
    return Joined(
        kind=_kind(row),
        project_id=row["project_id"],
        team_id=row["team_id"],
        role=row["role"],
        changed=changed,
    )


async def _make(
    actor: Actor,
    terms: Terms,
    *,
    project_id: UUID | None = None,
    team_id: UUID | None = None,
    role: GivenRole | None = None,
) -> NewInvitation:
    if not 1 <= terms.hours <= MAX_HOURS or (terms.most_uses or 1) < 1 or len(terms.note) > 200:
        raise DirectorError(
            "invitation.bad_terms",
            f"A link works for 1 to {MAX_HOURS} hours and at least once; a note has at most 200 "
            "characters.",
        )
    code, digest = accounts.new_secret()
    async with unit_of_work(actor.user_id) as unit:
        open_links = await unit.fetchval(
            """SELECT count(*) FROM invitations WHERE created_by = $1 AND revoked_at IS NULL
               AND expires_at > now() AND (most_uses IS NULL OR uses < most_uses)""",
            actor.user_id,
        )
        if open_links >= MAX_OPEN:
            raise DirectorError(
                "invitation.too_many",
                f"You have {MAX_OPEN} links that work.",
                hint="Revoke those that nobody needs.",
                status=409,
            )
        row = await unit.fetchrow(
            """INSERT INTO invitations
                 (id, digest, project_id, team_id, role, note, created_by, expires_at, most_uses)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *""",
            new_id(),
            digest,
            project_id,
            team_id,
            role,
            " ".join(terms.note.split()),
            actor.user_id,
            datetime.now(UTC) + timedelta(hours=terms.hours),
            terms.most_uses,
        )
        assert row is not None
        await accounts.audit(
            "invitation.created",
            actor.user_id,
            project_id=project_id,
            team_id=team_id,
            invitation_id=row["id"],
            role=role,
        )
    return NewInvitation(_invitation(row), code)


async def _find(unit: UnitOfWork, code: str) -> tuple[asyncpg.Record, str]:
    """A link that works, locked, and the name of what it leads into."""
    row = await unit.fetchrow(
        """SELECT i.*, p.title, director_role_of(i.project_id, i.created_by) AS maker_role
           FROM invitations i LEFT JOIN projects p ON p.id = i.project_id
           WHERE i.digest = $1 AND i.revoked_at IS NULL AND i.expires_at > now()
             AND (i.most_uses IS NULL OR i.uses < i.most_uses)
           FOR UPDATE OF i""",
        accounts.hash_secret(code),
    )
    if row is None:
        raise _not_found()
    into_studio = row["project_id"] is None and row["team_id"] is None
    if not await accounts.may_invite(row["created_by"], into_studio=into_studio):
        raise _not_found()
    if row["project_id"] is not None:
        good, title = row["maker_role"] == "owner", row["title"]
    elif row["team_id"] is not None:
        good = await accounts.leads_team(row["team_id"], row["created_by"])
        title = await accounts.team_name(row["team_id"])
    else:
        good, title = True, ""
    if not good:
        raise _not_found()
    return row, title


def _kind(row: asyncpg.Record) -> Kind:
    if row["project_id"] is not None:
        return "project"
    return "team" if row["team_id"] is not None else "studio"


def _invitation(row: asyncpg.Record) -> Invitation:
    fields = Invitation.__struct_fields__
    return Invitation(**{field: row[field] for field in fields})


def _not_found() -> DirectorError:
    return DirectorError(
        "invitation.not_found",
        "This link was used, revoked, is too old, or is not this studio's.",
        hint="Ask whoever gave it to you for a new one.",
        status=404,
    )
