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


# What an archived project still gives: nothing that changes it, or costs anything.
OF_ARCHIVED = frozenset({Right.READ, Right.EXPORT, Right.MANAGE})
# What the system itself does in a project, for whoever asked for it, also when they have left.
OF_SYSTEM = frozenset({Right.READ, Right.EDIT, Right.GENERATE})


class Membership(msgspec.Struct, frozen=True):
    """What somebody is in a project, and what they may do there."""

    role: Role
    rights: frozenset[Right]


async def authorise(actor: Actor, project_id: UUID, *rights: Right) -> Project:
    """The project, if this actor has all of these rights in it.

    Raises `project.not_found` for one that they do not belong to or that is deleted (its existence
    is not told), `project.forbidden` for a right that their role lacks, `account.scope` for one
    that their role has and their token does not, and `project.archived`.
    """
    project, granted = await _granted(actor, project_id)
    for right in rights:
        if right not in granted:
            raise _lacking(project, actor, right)
    return project


async def authorise_any(actor: Actor, project_id: UUID, *rights: Right) -> Project:
    """The project, if this actor has one of these rights in it. Raises as `authorise`."""
    project, granted = await _granted(actor, project_id)
    if not granted.intersection(rights):
        raise _lacking(project, actor, rights[0])
    return project


def rights_in(project: Project, actor: Actor) -> frozenset[Right]:
    """What this actor may do in a project that was read for them."""
    if actor.authority == "system":
        return OF_SYSTEM
    rights = within_scopes(RIGHTS[project.role], actor)
    return rights & OF_ARCHIVED if project.archived_at is not None else rights


def within_scopes(rights: frozenset[Right], actor: Actor) -> frozenset[Right]:
    """Those of a person's rights that the token of this actor covers."""
    if actor.scopes is None:
        return rights
    return rights & frozenset().union(*(SCOPES[scope] for scope in actor.scopes))


def read_for(actor: Actor, row: asyncpg.Record) -> Project:
    """The project in a row of the table, with its reader's `role` in it, and their rights."""
    project = project_of(row)
    project.rights = tuple(sorted(right.value for right in rights_in(project, actor)))
    return project


async def memberships_of(pairs: set[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Membership]:
    """Roles and rights by person and project; who does not belong to a project is absent."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            """SELECT person, p.id, director_role_of(p.id, person) AS role, p.archived_at
               FROM unnest($1::uuid[], $2::uuid[]) AS pair(person, project)
               JOIN projects p ON p.id = pair.project""",
            [person for person, _ in pairs],
            [project for _, project in pairs],
        )
    found: dict[tuple[UUID, UUID], Membership] = {}
    for row in rows:
        if row["role"] is not None:
            rights = RIGHTS[row["role"]]
            if row["archived_at"] is not None:
                rights &= OF_ARCHIVED
            found[row["person"], row["id"]] = Membership(row["role"], rights)
    return found


async def _granted(actor: Actor, project_id: UUID) -> tuple[Project, frozenset[Right]]:
    if in_unit():
        raise RuntimeError("Rights are checked before a unit of work, by a unit of their own.")
    if actor.authority == "system":
        # For whoever asked, also when they have left the project since: what was begun is ended.
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            row = await unit.fetchrow(
                """SELECT *, 'editor' AS role FROM projects
                   WHERE id = $1 AND deleted_at IS NULL""",
                project_id,
            )
    else:
        async with unit_of_work(actor.user_id) as unit:
            row = await unit.fetchrow(
                "SELECT *, director_role(id) AS role FROM projects WHERE id = $1", project_id
            )
    if row is None or row["role"] is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    project = read_for(actor, row)
    return project, rights_in(project, actor)


def _lacking(project: Project, actor: Actor, right: Right) -> DirectorError:
    if right not in RIGHTS[project.role]:
        return DirectorError(
            "project.forbidden",
            f"As {project.role} of this project you cannot {right.value} here.",
            hint="Ask its owner for another role.",
            status=403,
        )
    if right not in within_scopes(RIGHTS[project.role], actor):
        return DirectorError(
            "account.scope",
            f"This token was not made to {right.value}.",
            hint="Make a token with a wider scope, or log in.",
            status=403,
        )
    return DirectorError(
        "project.archived",
        "This project is archived: nothing in it changes.",
        hint="Its owner can take it out of the archive.",
        status=409,
    )
