"""Where assets are used, over HTTP; and shots that stay with one version of an asset."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from . import asset_usage
from .asset_usage import AssetUsage

NodeIds = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=64)]],
    msgspec.Meta(min_length=1, max_length=1000),
]
ONE = "/api/v1/projects/{project_id:str}/assets/{asset_id:str}"


class Freeze(msgspec.Struct, forbid_unknown_fields=True):
    """The shots that are to stay with a version."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    node_ids: NodeIds


class Unfreeze(msgspec.Struct, forbid_unknown_fields=True):
    """The shots that are to follow the newest version again."""

    node_ids: NodeIds


class AssetUsageController(Controller):
    """`…/assets/{asset_id}/usage`, `/freeze`, `/unfreeze`."""

    tags = ["assets"]

    @get("/api/v1/projects/{project_id:str}/asset-usage")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[AssetUsage]:
        """Which shots use which assets, and at which versions; unused assets are left out."""
        found = await asset_usage.list_usage(actor, parse_id(project_id, "project"))
        return page.of(found, lambda usage: (str(usage.asset_id),))

    @get(f"{ONE}/usage")
    async def usage(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], asset_id: FromPath[str]
    ) -> AssetUsage:
        """The shots that one asset goes into."""
        return await asset_usage.usage_of(
            actor, parse_id(project_id, "project"), parse_id(asset_id, "asset")
        )

    @post(f"{ONE}/freeze", status_code=200)
    async def freeze(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        asset_id: FromPath[str],
        data: JSONBody[Freeze],
    ) -> AssetUsage:
        """Let shots stay with a version: they are wired to a node that keeps it. One step that can
        be undone."""
        return await asset_usage.freeze(
            actor,
            parse_id(project_id, "project"),
            parse_id(asset_id, "asset"),
            data.version,
            data.node_ids,
        )

    @post(f"{ONE}/unfreeze", status_code=200)
    async def unfreeze(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        asset_id: FromPath[str],
        data: JSONBody[Unfreeze],
    ) -> AssetUsage:
        """Let shots follow the newest version again."""
        return await asset_usage.unfreeze(
            actor,
            parse_id(project_id, "project"),
            parse_id(asset_id, "asset"),
            data.node_ids,
        )


ROUTES = [AssetUsageController]
