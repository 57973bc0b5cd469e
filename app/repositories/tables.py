"""The table of locked files. Private to this domain.

It is the one place of the schema: a test holds the migrated database to it.
"""

from piccolo.columns import UUID, ForeignKey, Text, Timestamptz
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class FileLocks(Table, tablename="file_locks", db=ENGINE):
    """Files of a project's folder, by their path, that somebody alone may push."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    path = Text()
    user_id = ForeignKey(LazyTableReference("Users", module_path="app.accounts.tables"), null=False)
    locked_at = Timestamptz()
