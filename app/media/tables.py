"""The tables of stored bytes, of uploads and of derivatives. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import JSONB, UUID, BigInt, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class Objects(Table, tablename="objects", db=ENGINE):
    """Stored bytes by their SHA-256; `size` in bytes."""

    digest = Text(primary_key=True)
    size = BigInt()
    media_type = Text()
    facts = JSONB()
    created_at = Timestamptz()


class ProjectObjects(Table, tablename="project_objects", db=ENGINE):
    """Which project may see which bytes. `source_path` is where a file that somebody brought lies
    in the project's folder; "" is nowhere of its own, since an asset shows it."""

    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"),
        primary_key=True,
        null=False,
    )
    digest = ForeignKey(Objects, primary_key=True, null=False, on_delete=OnDelete.no_action)
    name = Text()
    added_at = Timestamptz()
    brought_by = UUID(null=True)
    source_path = Text(null=True)


class Uploads(Table, tablename="uploads", db=ENGINE):
    """Uploads that go on after a break; `size` in bytes."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    user_id = ForeignKey(LazyTableReference("Users", module_path="app.accounts.tables"), null=False)
    name = Text()
    size = BigInt()
    metadata = Text()
    state = Text()
    media = JSONB(null=True)
    error = JSONB(null=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()


class Derivatives(Table, tablename="derivatives", db=ENGINE):
    """What is made of some bytes to be shown: one row for each kind (of segments, for each
    `variant`), whoever sees the bytes."""

    digest = ForeignKey(Objects, primary_key=True, null=False)
    kind = Text(primary_key=True)
    variant = Text(primary_key=True)
    state = Text()
    urgency = Integer()
    attempts = Integer()
    worker_id = UUID(null=True)
    lease_until = Timestamptz(null=True)
    made_by = Text()
    files = JSONB()
    error = JSONB(null=True)
    requested_at = Timestamptz()
    ended_at = Timestamptz(null=True)
