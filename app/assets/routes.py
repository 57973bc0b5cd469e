"""The library over HTTP: assets, their versions, approval."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from node_registry import AssetKind

from . import library, review, service
from .model import ApprovalState, Asset, AssetVersion
from .review import AssetPolicy

ALL = "/api/v1/projects/{project_id:str}/assets"
ONE = ALL + "/{asset_id:str}"
Note = Annotated[str, msgspec.Meta(max_length=500)]


class NewAsset(msgspec.Struct, forbid_unknown_fields=True):
    """An asset to be made: `content` has a `name`, and any other fields of its kind."""

    kind: AssetKind
    content: dict[str, Any]
    note: Note = ""


class AssetChange(msgspec.Struct, forbid_unknown_fields=True):
    """Fields to be written, as they were edited on `base_version`; the others stay."""

    base_version: Annotated[int, msgspec.Meta(ge=1, le=2_147_483_647)]
    content: dict[str, Any]
    note: Note = ""


class Rollback(msgspec.Struct, forbid_unknown_fields=True):
    """The version whose content is to come back."""

    version: Annotated[int, msgspec.Meta(ge=1)]


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """What is decided about a version, and why."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    state: ApprovalState
    comment: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class AssetsController(Controller):
    """`/api/v1/projects/{project_id}/assets`."""

    tags = ["assets"]

    @get(ALL)
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
        kind: FromQuery[Literal["character", "style", "environment", "prop"] | None] = None,
        search: Annotated[str, QueryParameter(max_length=200)] = "",
        approval: FromQuery[Literal["pending", "approved", "rejected"] | None] = None,
    ) -> Page[Asset]:
        """The library of a project by name; `search` finds words in names, keywords and texts."""
        return await library.list_assets(
            actor,
            parse_id(project_id, "project"),
            page,
            kind=kind,
            search=search,
            approval=approval,
        )

    @post(ALL, status_code=201)
    async def create(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[NewAsset]
    ) -> Asset:
        """A new asset."""
        return await service.create(
            actor, parse_id(project_id, "project"), data.kind, data.content, note=data.note
        )

    @get(ONE)
    async def read(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], asset_id: FromPath[str]
    ) -> Asset:
        """One asset, at its newest version."""
        return await library.read(
            actor, parse_id(project_id, "project"), parse_id(asset_id, "asset")
        )

    @patch(ONE)
    async def change(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        asset_id: FromPath[str],
        data: JSONBody[AssetChange],
    ) -> Asset:
        """Change fields; a new version. `asset.conflict` (409) tells what somebody else changed
        meanwhile: nothing is stored then, and both values are in `conflicts`."""
        return await service.update(
            actor,
            parse_id(project_id, "project"),
            parse_id(asset_id, "asset"),
            data.content,
            base_version=data.base_version,
            note=data.note,
        )

    @delete(ONE)
    async def remove(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], asset_id: FromPath[str]
    ) -> None:
        """Take an asset out of the library; its versions stay, and so do the nodes that show it."""
        await service.remove(actor, parse_id(project_id, "project"), parse_id(asset_id, "asset"))

    @post(f"{ONE}/restore", status_code=200)
    async def restore(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], asset_id: FromPath[str]
    ) -> Asset:
        """Put a removed asset back."""
        return await service.restore(
            actor, parse_id(project_id, "project"), parse_id(asset_id, "asset")
        )

    @get(f"{ONE}/versions")
    async def versions(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        asset_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[AssetVersion]:
        """Its versions, newest first: content, who made each, what was decided about it."""
        return await library.versions_of(
            actor, parse_id(project_id, "project"), parse_id(asset_id, "asset"), page
        )

    @post(f"{ONE}/rollback", status_code=200)
    async def roll_back(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        asset_id: FromPath[str],
        data: JSONBody[Rollback],
    ) -> Asset:
        """Bring back an earlier version's content, as a new version."""
        return await service.roll_back(
            actor,
            parse_id(project_id, "project"),
            parse_id(asset_id, "asset"),
            data.version,
        )

    @post(f"{ONE}/decision", status_code=200)
    async def decide(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        asset_id: FromPath[str],
        data: JSONBody[Decision],
    ) -> AssetVersion:
        """Approve or reject a version, with a comment."""
        return await review.decide(
            actor,
            parse_id(project_id, "project"),
            parse_id(asset_id, "asset"),
            data.version,
            data.state,
            data.comment,
        )

    @get("/api/v1/projects/{project_id:str}/asset-policy")
    async def policy(self, actor: NamedDependency[Actor], project_id: FromPath[str]) -> AssetPolicy:
        """From which tier on a run needs approved assets."""
        return await review.policy_of(actor, parse_id(project_id, "project"))

    @put("/api/v1/projects/{project_id:str}/asset-policy")
    async def set_policy(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        data: JSONBody[AssetPolicy],
    ) -> AssetPolicy:
        """Demand approved assets from a tier on, or no longer."""
        return await review.set_policy(actor, parse_id(project_id, "project"), data)


ROUTES = [AssetsController]
