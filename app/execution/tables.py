"""The tables of runs and takes. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import JSONB, UUID, Array, BigInt, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class Runs(Table, tablename="runs", db=ENGINE):
    """What somebody asked to be made. `reused` counts the steps that were up to date."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    graph_id = ForeignKey(
        LazyTableReference("Graphs", module_path="app.collaboration.tables"), null=False
    )
    graph_version = BigInt()
    user_id = UUID()
    targets = Array(Text())
    request_id = Text(null=True)
    status = Text()
    reused = Integer()
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True)


class TakeCounters(Table, tablename="take_counters", db=ENGINE):
    """The last number that a take of a node's version was given."""

    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"),
        primary_key=True,
        null=False,
    )
    node_id = Text(primary_key=True)
    version = Integer(primary_key=True)
    last = Integer()


class Takes(Table, tablename="takes", db=ENGINE):
    """Immutable results."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    node_id = Text()
    version = Integer()
    number = Integer()
    iteration = Text()
    name = Text()
    task_id = UUID()
    user_id = UUID()
    basis = Text()
    recipe = Text(null=True)
    made_from = JSONB()
    made_by = JSONB()
    digest = ForeignKey(
        LazyTableReference("Objects", module_path="app.media.tables"),
        null=False,
        on_delete=OnDelete.no_action,
    )
    outputs = JSONB()
    created_at = Timestamptz()


class TakeReviews(Table, tablename="take_reviews", db=ENGINE):
    """What was decided about takes, which themselves never change."""

    take_id = ForeignKey(Takes, primary_key=True, null=False)
    project_id = UUID()
    state = Text()
    decided_by = UUID()
    decided_at = Timestamptz()
    comment = Text()


class UncommittedFiles(Table, tablename="uncommitted_files", db=ENGINE):
    """Files that the studio changed in a project's folder and that no commit has yet: media by
    their digest, others as they are there."""

    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"),
        primary_key=True,
        null=False,
    )
    path = Text(primary_key=True)
    user_id = UUID()
    subject = Text()
    digest = Text(null=True)
    size = BigInt(null=True)
    changed_at = Timestamptz()
