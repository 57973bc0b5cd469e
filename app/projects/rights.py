"""Who may do what in a project: the one place that decides it, for routes, sockets and loops.

A person has a role in a project, by themselves or through a team; the highest counts. A role gives
rights; an API token gives no more of them than it was made for; an archived project gives those
alone that change nothing in it. The database asks the same function for the role
(`director_role`), so that a query without a check finds no rows.
"""

from __future__ import annotations

import enum
from uuid import UUID

import asyncpg
import msgspec

from app.accounts import Actor, Scope
from app.platform.database import DatabaseRole, in_unit, unit_of_work
from node_registry import DirectorError

from .model import Project, Role, project_of


class Right(enum.Enum):
    """What somebody may do in a project."""

    READ = "read"
    COMMENT = "comment"
    APPROVE = "approve"
    EDIT = "edit"
    GENERATE = "generate"
    EXPORT = "export"
    MANAGE = "manage"


RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.READ}),
    "reviewer": frozenset({Right.READ, Right.COMMENT, Right.APPROVE}),
    "editor": frozenset(Right) - {Right.MANAGE},
    "owner": frozenset(Right),
}

SCOPES: dict[Scope, frozenset[Right]] = {
    Scope.READ: frozenset({Right.READ}),
    Scope.EDIT: frozenset({Right.READ, Right.COMMENT, Right.APPROVE, Right.EDIT, Right.EXPORT}),
    Scope.GENERATE: frozenset({Right.READ, Right.GENERATE}),
    Scope.ADMIN: frozenset({Right.READ, Right.MANAGE}),
}


class Membership(msgspec.Struct, frozen=True):
    """What somebody is in a project, and what they may do there."""

    role: Role
    rights: frozenset[Right]


async def authorise(actor: Actor, project_id: UUID, *rights: Right) -> Project:
    """The project, if this actor has all of these rights in it.

    Raises `project.not_found` for one that they do not belong to (its existence is not told),
    `project.forbidden` for a right that their role lacks, and `account.scope` for one that their
    role has and their token does not.
    """
    row = await _project_row(actor, project_id)
    held = within_scopes(RIGHTS[row["role"]], actor)
    for right in rights:
        if right not in held:
            raise _lacking(row["role"], right)
    return project_of(row)


async def authorise_any(actor: Actor, project_id: UUID, *rights: Right) -> Project:
    """The project, if this actor has one of these rights in it. Raises as `authorise`."""
    row = await _project_row(actor, project_id)
    if not within_scopes(RIGHTS[row["role"]], actor).intersection(rights):
        raise _lacking(row["role"], rights[0])
    return project_of(row)


def within_scopes(rights: frozenset[Right], actor: Actor) -> frozenset[Right]:
    """Those of a person's rights that the token of this actor covers."""
    if actor.scopes is None:
        return rights
    return rights & frozenset().union(*(SCOPES[scope] for scope in actor.scopes))


async def memberships_of(pairs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Membership]:
    """Roles and rights by person and project; who does not belong to a project is absent."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT person, project, director_role_of(project, person) AS role
               FROM unnest($1::uuid[], $2::uuid[]) AS p(person, project)""",
            [person for person, _ in pairs],
            [project for _, project in pairs],
        )
    return {
        (row["person"], row["project"]): Membership(row["role"], RIGHTS[row["role"]])
        for row in rows
        if row["role"] is not None
    }


async def _project_row(actor: Actor, project_id: UUID) -> asyncpg.Record:
    if in_unit():
        raise RuntimeError("Rights are checked before a unit of work, by a unit of their own.")
    async with unit_of_work(actor.user_id) as unit:
        row = await unit.fetchrow(
            "SELECT *, director_role(id) AS role FROM projects WHERE id = $1", project_id
        )
    if row is None or row["role"] is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    return row


def _lacking(role: str, right: Right) -> DirectorError:
    if right in RIGHTS[role]:
        return DirectorError(
            "account.scope",
            f"This token was not made to {right.value}.",
            hint="Make a token with a wider scope, or log in.",
            status=403,
        )
    return DirectorError(
        "project.forbidden",
        f"As {role} of this project you cannot {right.value} here.",
        hint="Ask its owner for another role.",
        status=403,
    )
