"""The tables of assets. Private to this domain.

They are the one place of the schema: a test holds the migrated database to them.
"""

from piccolo.columns import JSONB, UUID, Array, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.platform.database import ENGINE


class Assets(Table, tablename="assets", db=ENGINE):
    """Assets. `folder` is the name of its folder on disk, `search` what a search looks through;
    `published_version` and `published_folder` are what lies there now."""

    id = UUID(primary_key=True)
    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"), null=False
    )
    kind = Text()
    name = Text()
    sort_name = Text()
    search = Text()
    folder = Text()
    version = Integer()
    created_by = UUID()
    created_at = Timestamptz()
    changed_by = UUID()
    changed_at = Timestamptz()
    removed_at = Timestamptz(null=True)
    published_version = Integer()
    published_folder = Text()


class AssetVersions(Table, tablename="asset_versions", db=ENGINE):
    """Every version of every asset, and what was decided about it."""

    asset_id = ForeignKey(Assets, primary_key=True, null=False)
    version = Integer(primary_key=True)
    project_id = UUID()
    content = JSONB()
    changed = Array(base_column=Text())
    note = Text()
    restored_from = Integer(null=True)
    made_by = UUID()
    made_at = Timestamptz()
    author_name = Text()
    approval = Text()
    decided_by = UUID(null=True)
    decided_at = Timestamptz(null=True)
    comment = Text()


class AssetMedia(Table, tablename="asset_media", db=ENGINE):
    """The files that a version names, so that none is lost while any version needs it."""

    asset_id = ForeignKey(Assets, primary_key=True, null=False)
    version = Integer(primary_key=True)
    digest = ForeignKey(
        LazyTableReference("ProjectObjects", module_path="app.media.tables"),
        primary_key=True,
        null=False,
        on_delete=OnDelete.no_action,
    )
    project_id = UUID()
    field = Text()


class AssetPolicies(Table, tablename="asset_policies", db=ENGINE):
    """From which tier on a project demands approved assets."""

    project_id = ForeignKey(
        LazyTableReference("Projects", module_path="app.projects.tables"),
        primary_key=True,
        null=False,
    )
    approval_from = Text()
