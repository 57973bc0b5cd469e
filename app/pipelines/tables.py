"""The table of pipelines. Private to this domain."""

from piccolo.columns import JSONB, UUID, BigInt, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class PipelineTemplates(Table, tablename="pipeline_templates", db=ENGINE):
    """Templates of workflows, by the digest of their bytes; `summary` is what its format reads."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    format = Text()
    digest = ForeignKey(
        LazyTableReference("ProjectObjects", module_path="app.media.tables"),
        null=False,
        on_delete=OnDelete.no_action,
    )
    size = BigInt()
    summary = JSONB()
    created_by = UUID()
    created_at = Timestamptz()
    removed_at = Timestamptz(null=True)
