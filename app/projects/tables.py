"""The tables of projects and of who belongs to them. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import JSONB, UUID, Boolean, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class Projects(Table, tablename="projects", db=ENGINE):
    """Projects. `origin` is the digest of what a program made one from."""

    id = UUID(primary_key=True)
    owner_id = ForeignKey(
        LazyTableReference("Users", module_path="app.accounts.tables"),
        null=False,
        on_delete=OnDelete.no_action,
    )
    title = Text()
    description = Text()
    folder = Text()
    quality = Text()
    settings = JSONB()
    origin = Text(null=True)
    created_at = Timestamptz()
    modified_at = Timestamptz()
    archived_at = Timestamptz(null=True)
    deleted_at = Timestamptz(null=True)
    poster = Text(null=True)
    auto_commit = Boolean()


class ProjectMembers(Table, tablename="project_members", db=ENGINE):
    """Who belongs to a project, in which role."""

    project_id = ForeignKey(Projects, primary_key=True, null=False)
    user_id = ForeignKey(
        LazyTableReference("Users", module_path="app.accounts.tables"), primary_key=True, null=False
    )
    role = Text()
    joined_at = Timestamptz()


class ProjectTeams(Table, tablename="project_teams", db=ENGINE):
    """Which teams a project is shared with, in which role."""

    project_id = ForeignKey(Projects, primary_key=True, null=False)
    team_id = ForeignKey(
        LazyTableReference("Teams", module_path="app.accounts.tables"), primary_key=True, null=False
    )
    role = Text()
    shared_at = Timestamptz()


class Invitations(Table, tablename="invitations", db=ENGINE):
    """Links that let people into a project, a team or the studio, by the digest of their code."""

    id = UUID(primary_key=True)
    digest = Text()
    project_id = ForeignKey(Projects)
    team_id = ForeignKey(LazyTableReference("Teams", module_path="app.accounts.tables"))
    role = Text(null=True)
    note = Text()
    created_by = ForeignKey(
        LazyTableReference("Users", module_path="app.accounts.tables"), null=False
    )
    created_at = Timestamptz()
    expires_at = Timestamptz()
    most_uses = Integer(null=True)
    uses = Integer()
    revoked_at = Timestamptz(null=True)


class ActivityLines(Table, tablename="activity", db=ENGINE):
    """The feed of a project: who did what."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(Projects, null=False)
    user_id = UUID()
    kind = Text()
    detail = JSONB()
    at = Timestamptz()


class ProjectVisits(Table, tablename="project_visits", db=ENGINE):
    """When somebody opened a project last."""

    project_id = ForeignKey(Projects, primary_key=True, null=False)
    user_id = ForeignKey(
        LazyTableReference("Users", module_path="app.accounts.tables"), primary_key=True, null=False
    )
    opened_at = Timestamptz()
