"""The tables of workers and tasks. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    DoublePrecision,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
)
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class Workers(Table, tablename="workers", db=ENGINE):
    """Processes with one device each, known by their heartbeat (`seen_at`)."""

    id = UUID(primary_key=True)
    name = Text()
    device = Text()
    device_id = Text()
    vram_bytes = BigInt()
    started_at = Timestamptz()
    seen_at = Timestamptz()
    backends = JSONB()
    device_name = Text()
    drained_by = Text()


class Tasks(Table, tablename="tasks", db=ENGINE):
    """Tasks with their leases and reservations.

    `plan` is what the dispatch needs, `request` what the worker gets. A worker's write names the
    `attempt` that it was given. `reserved` holds units by resource, for `reserved_attempt`;
    `server` is the remote server of which it has, or had last, a slot. `traceparent` is the trace
    of the request that began it.
    """

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    run_id = ForeignKey(LazyTableReference("Runs", module_path="app.execution.tables"), null=False)
    user_id = UUID()
    node_id = Text()
    node_type = Text()
    label = Text()
    iteration = Text()
    ordinal = Integer()
    status = Text()
    cause = Text()
    reasons = Array(Text())
    priority = Integer()
    attempt = Integer()
    max_attempts = Integer()
    worker_id = UUID(null=True)
    backend = Text(null=True)
    lease_until = Timestamptz(null=True)
    plan = JSONB()
    request = JSONB(null=True)
    basis = Text(null=True)
    recipe = Text(null=True)
    made_from = JSONB(null=True)
    take_id = UUID(null=True)
    reused = Boolean()
    error = JSONB(null=True)
    checkpoint = Bytea(null=True)
    question = JSONB(null=True)
    answer = JSONB(null=True)
    cancel_requested = Boolean()
    created_at = Timestamptz()
    assigned_at = Timestamptz(null=True)
    started_at = Timestamptz(null=True)
    ended_at = Timestamptz(null=True)
    reserved = JSONB(null=True)
    reserved_attempt = Integer(null=True)
    server = Text(null=True)
    expected_seconds = DoublePrecision(null=True)
    not_before = Timestamptz(null=True)
    cause_kind = Text()
    cause_hint = Text()
    tier = Text()
    device = Text(null=True)
    paused_by = Text(null=True)
    failures = Integer()
    priority_chosen = Boolean()
    unblocks = Integer()
    charged_gb = DoublePrecision()
    vram_bytes = BigInt(null=True)
    model = Text()
    traceparent = Text(null=True)


class QueueState(Table, tablename="queue_state", db=ENGINE):
    """The queue of the whole studio: one row."""

    id = Boolean(primary_key=True)
    paused_by = Text(null=True)
    paused_at = Timestamptz(null=True)


class DeviceRules(Table, tablename="device_rules", db=ENGINE):
    """What a device is kept for: a project, a backend, or both."""

    device_id = Text(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=True
    )
    backend = Text(null=True)
    set_by = Text()
    set_at = Timestamptz()


class Circuits(Table, tablename="circuits", db=ENGINE):
    """Backends that failed some times in a row; `server` is empty for one that uses none."""

    backend = Text(primary_key=True)
    server = Text(primary_key=True)
    failures = Integer()
    cause = Text()
    open_until = Timestamptz(null=True)
    changed_at = Timestamptz()


class TaskNeeds(Table, tablename="task_needs", db=ENGINE):
    """Which tasks must succeed before another one can run."""

    task_id = ForeignKey(Tasks, primary_key=True, null=False)
    needs_id = ForeignKey(Tasks, primary_key=True, null=False)


class TaskEvents(Table, tablename="task_events", db=ENGINE):
    """The facts that tasks leave behind, in order, and how far each has been followed up."""

    id = BigInt(primary_key=True)
    task_id = ForeignKey(Tasks, null=False)
    project_id = UUID()
    kind = Text()
    attempt = Integer()
    detail = JSONB()
    at = Timestamptz()
    handled_at = Timestamptz(null=True)
    committed_at = Timestamptz(null=True)
    retry_steps = Array(Text())
    retry_count = Integer()
    retry_at = Timestamptz(null=True)
