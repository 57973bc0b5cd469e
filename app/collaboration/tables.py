"""The tables of graphs, their log and their history. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Text,
    Timestamptz,
)
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class Graphs(Table, tablename="graphs", db=ENGINE):
    """Graphs. `epoch` grows when another process takes over the writing."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    name = Text()
    version = BigInt()
    epoch = BigInt()
    created_at = Timestamptz()


class GraphOps(Table, tablename="graph_ops", db=ENGINE):
    """The log of transactions. It is only added to, until it is compacted."""

    graph_id = ForeignKey(Graphs, primary_key=True, null=False)
    version = BigInt(primary_key=True)
    epoch = BigInt()
    client_id = Text()
    client_seq = BigInt()
    user_id = UUID()
    ts = Timestamptz()
    label = Text()
    undo_of = BigInt(null=True)
    ops = JSONB()
    inverse = JSONB()
    touched = Array(Text())
    origin = Text()


class GraphSnapshots(Table, tablename="graph_snapshots", db=ENGINE):
    """Whole states of a graph; a kept one serves its history."""

    graph_id = ForeignKey(Graphs, primary_key=True, null=False)
    version = BigInt(primary_key=True)
    state = Bytea()
    created_at = Timestamptz()
    kept = Boolean()


class GraphSessions(Table, tablename="graph_sessions", db=ENGINE):
    """Who has a graph open, and where in it; unlogged."""

    id = Text(primary_key=True)
    process_id = UUID()
    project_id = UUID()
    graph_id = ForeignKey(Graphs, null=False)
    user_id = UUID()
    subflow = Text(null=True)
    cursor = JSONB(null=True)
    selection = Array(Text())
    editing = Text(null=True)
    connected_at = Timestamptz()
    active_at = Timestamptz()
    seen_at = Timestamptz()


class GraphVersions(Table, tablename="graph_versions", db=ENGINE):
    """Versions that people gave a name."""

    id = UUID(primary_key=True)
    graph_id = ForeignKey(Graphs, null=False)
    version = BigInt()
    name = Text()
    user_id = UUID()
    created_at = Timestamptz()


class GraphPast(Table, tablename="graph_past", db=ENGINE):
    """What is left of compacted transactions: one row for each person and day."""

    graph_id = ForeignKey(Graphs, primary_key=True, null=False)
    day = Date(primary_key=True)
    user_id = UUID(primary_key=True)
    origin = Text(primary_key=True)
    first_version = BigInt()
    last_version = BigInt()
    first_at = Timestamptz()
    last_at = Timestamptz()
    steps = BigInt()
    kinds = JSONB()


class GraphStates(Table, tablename="graph_states", db=ENGINE):
    """Graphs as rows for other programs."""

    graph_id = ForeignKey(Graphs, primary_key=True, null=False)
    version = BigInt()
    nodes = JSONB()
    edges = JSONB()
    viewport = JSONB(null=True)
    updated_at = Timestamptz()
