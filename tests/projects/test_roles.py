"""Roles: what each may do, by the one function that decides it and by the database beneath it."""

from __future__ import annotations

import itertools

import asyncpg
import msgspec
import pytest

from app import projects
from app.accounts import Actor, Scope
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.projects import RIGHTS, Right
from app.projects.rights import SCOPES
from node_registry import DirectorError
from tests.collaboration.people import a_person, a_project

pytestmark = pytest.mark.usefixtures("connected")

LADDER = ("viewer", "reviewer", "editor", "owner")


async def team_with(person: Actor, project, role: str) -> None:
    """Share the project with a new team that the person is in."""
    team = new_id()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("INSERT INTO teams (id, name) VALUES ($1, 'Camera')", team)
        await unit.execute(
            "INSERT INTO team_members (team_id, user_id) VALUES ($1, $2)", team, person.user_id
        )
        await unit.execute(
            "INSERT INTO project_teams (project_id, team_id, role) VALUES ($1, $2, $3)",
            project,
            team,
            role,
        )


async def refusal(actor: Actor, project, right: Right) -> str | None:
    try:
        await projects.authorise(actor, project, right)
    except DirectorError as error:
        return error.code
    return None


def test_each_role_may_all_that_the_one_below_may() -> None:
    for below, above in itertools.pairwise(LADDER):
        assert RIGHTS[below] < RIGHTS[above]
    assert RIGHTS["owner"] == frozenset(Right)
    assert frozenset().union(*SCOPES.values()) == frozenset(Right)


@pytest.mark.parametrize("role", LADDER[:3])
async def test_a_role_gives_its_rights_and_no_other(role) -> None:
    owner = await a_person()
    project = await a_project(owner)
    someone = await a_person("Tom", project, role)
    for right in Right:
        expected = None if right in RIGHTS[role] else "project.forbidden"
        assert await refusal(someone, project, right) == expected
        assert await refusal(owner, project, right) is None
        assert await refusal(await a_person("Eve"), project, right) == "project.not_found"


async def test_the_higher_of_two_roles_counts() -> None:
    owner = await a_person()
    project = await a_project(owner)
    someone = await a_person("Tom", project, "viewer")
    await team_with(someone, project, "reviewer")
    found = await projects.authorise(someone, project, Right.APPROVE)
    assert found.role == "reviewer"
    await team_with(someone, project, "editor")
    assert (await projects.authorise(someone, project)).role == "editor"
    only_team = await a_person("Una")
    await team_with(only_team, project, "viewer")
    assert (await projects.authorise(only_team, project)).role == "viewer"
    listed = await projects.memberships_of({(only_team.user_id, project), (new_id(), project)})
    assert {key: held.role for key, held in listed.items()} == {
        (only_team.user_id, project): "viewer"
    }


async def test_a_token_gives_no_more_than_it_was_made_for() -> None:
    owner = await a_person()
    project = await a_project(owner)
    for scope in Scope:
        bounded = msgspec.structs.replace(owner, scopes=frozenset({scope}))
        for right in Right:
            expected = None if right in SCOPES[scope] else "account.scope"
            assert await refusal(bounded, project, right) == expected
    # A wide token does not raise a low role.
    viewer = await a_person("Vic", project, "viewer")
    wide = msgspec.structs.replace(viewer, scopes=frozenset(Scope))
    assert await refusal(wide, project, Right.EDIT) == "project.forbidden"


WRITES = {
    "UPDATE projects SET title = 'Mine'": {"owner", "editor"},
    "DELETE FROM project_members WHERE user_id <> director_actor()": {"owner"},
    "UPDATE project_members SET role = 'editor' WHERE role <> 'owner'": {"owner"},
    "UPDATE project_teams SET role = 'editor'": {"owner"},
    "DELETE FROM project_teams": {"owner"},
    "UPDATE invitations SET revoked_at = now()": {"owner"},
}


@pytest.mark.parametrize("role", LADDER)
@pytest.mark.parametrize("statement", WRITES)
async def test_the_database_lets_only_these_roles_write(role, statement) -> None:
    owner = await a_person()
    project = await a_project(owner)
    member = await a_person("Mia", project, "viewer")
    await team_with(member, project, "viewer")
    someone = owner if role == "owner" else await a_person("Tom", project, role)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO invitations (id, digest, project_id, role, created_by, expires_at)
               VALUES ($1, $2, $3, 'viewer', $4, now() + interval '1 day')""",
            new_id(),
            str(new_id()),
            project,
            owner.user_id,
        )
    async with unit_of_work(someone.user_id) as unit:
        touched = await unit.execute(statement)
    assert bool(touched) == (role in WRITES[statement])


@pytest.mark.parametrize("role", LADDER)
async def test_nobody_makes_themselves_a_member_or_an_owner(role) -> None:
    project = await a_project(await a_person())
    eve = await a_person("Eve")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with unit_of_work(eve.user_id) as unit:
            await unit.execute(
                "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)",
                project,
                eve.user_id,
                role,
            )
    vic = await a_person("Vic", project, "editor")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with unit_of_work(vic.user_id) as unit:
            await unit.fetchval("SELECT director_role_of($1, $2)", project, eve.user_id)


async def test_a_project_without_its_owner_is_not_stored() -> None:
    owner = await a_person()
    project = await a_project(owner)
    other = await a_person("Tom", project, "editor")
    for statement in (
        "DELETE FROM project_members WHERE project_id = $1 AND role = 'owner'",
        "UPDATE project_members SET role = 'owner' WHERE project_id = $1",
        "UPDATE project_members SET role = 'editor' WHERE project_id = $1",
        f"UPDATE projects SET owner_id = '{other.user_id}' WHERE id = $1",
    ):
        with pytest.raises(asyncpg.RaiseError, match="needs exactly one owner"):
            async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
                await unit.execute(statement, project)
    assert (await projects.authorise(owner, project, Right.MANAGE)).owner_id == owner.user_id
