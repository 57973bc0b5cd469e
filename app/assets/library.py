"""Queries of the library: lists, searches, versions. The actor comes first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from app import projects
from app.accounts import Actor
from app.platform.conditions import Conditions
from app.platform.database import DatabaseRole, UnitOfWork, current_unit, from_json, unit_of_work
from app.platform.pagination import Page, PageRequest
from app.projects import Right
from node_registry import AssetKind

from .model import ApprovalState, Asset, AssetVersion, Content, content_of
from .rows import ASSET, asset_of, no_version, to_asset, to_version

LONGEST_SEARCH = 200
# The index of what is searched knows three letters in a row.
SHORTEST_INDEXED = 3
MOST_CANDIDATES = 500


async def read(actor: Actor, project_id: UUID, asset_id: UUID) -> Asset:
    """One asset. Raises `asset.not_found`."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        return await asset_of(unit, project_id, asset_id)


async def list_assets(
    actor: Actor,
    project_id: UUID,
    page: PageRequest,
    *,
    kind: AssetKind | None = None,
    search: str = "",
    approval: ApprovalState | None = None,
) -> Page[Asset]:
    """The assets of a project by name. `search` is looked for word by word, in any case."""
    await projects.authorise(actor, project_id, Right.READ)
    wanted = Conditions()
    wanted.add("a.project_id = ? AND a.removed_at IS NULL", project_id)
    if kind is not None:
        wanted.add("a.kind = ?", kind)
    if approval is not None:
        wanted.add("v.approval = ?", approval)
    words = search[:LONGEST_SEARCH].casefold().split()
    # What is rarer first: numbers and long words leave few rows for the others to be looked for in.
    for word in sorted(words, key=lambda word: (word.isalpha(), -len(word))):
        # Not LIKE: this one looks for the whole word at once, and nothing in it has a meaning.
        wanted.add("strpos(a.search, ?) > 0", word)
    if after := page.after(tuple[str, UUID]):
        wanted.add("(a.sort_name, a.id) > (?, ?)", *after)
    limit = wanted.value(page.rows)
    # The page first, and then its content: joined first, all the library is read and sorted for it.
    joined = "JOIN asset_versions v ON v.asset_id = a.id AND v.version = a.version"
    async with unit_of_work(actor.user_id) as unit:
        few = ""
        candidates = await _candidates(unit, project_id, words)
        if candidates is not None:
            few = f"JOIN unnest({wanted.value(candidates)}::uuid[]) AS found(id) USING (id)"
        rows = await unit.fetch(
            f"""WITH page AS MATERIALIZED (
                  SELECT a.* FROM assets a {few} {joined if approval else ""} WHERE {wanted.sql}
                  ORDER BY a.sort_name, a.id LIMIT {limit})
                SELECT a.*, v.content, v.approval, v.decided_by, v.decided_at, v.comment
                FROM page a {joined} ORDER BY a.sort_name, a.id""",  # noqa: S608
            *wanted.values,
        )
    return page.answer(rows, lambda row: (row["sort_name"], row["id"]), to_asset)


async def _candidates(
    unit: UnitOfWork, project_id: UUID, words: Sequence[str]
) -> list[UUID] | None:
    """The few assets in which these words may stand, or None: then the list is read in its order,
    and what is common is soon found there."""
    long = [word for word in words if len(word) >= SHORTEST_INDEXED]
    if not long:
        return None
    rows = await unit.fetch(
        "SELECT * FROM director_assets_like($1, $2, $3)", project_id, long, MOST_CANDIDATES + 1
    )
    return [row[0] for row in rows] if len(rows) <= MOST_CANDIDATES else None


async def versions_of(
    actor: Actor, project_id: UUID, asset_id: UUID, page: PageRequest
) -> Page[AssetVersion]:
    """The versions of an asset, newest first."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        await asset_of(unit, project_id, asset_id)
        rows = await unit.fetch(
            """SELECT * FROM asset_versions WHERE asset_id = $1
                 AND ($2::integer IS NULL OR version < $2) ORDER BY version DESC LIMIT $3""",
            asset_id,
            page.after(int),
            page.rows,
        )
    return page.answer(rows, lambda row: row["version"], to_version)


async def version_of(actor: Actor, project_id: UUID, asset_id: UUID, version: int) -> AssetVersion:
    """One version. Raises `asset.no_version`."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(actor.user_id) as unit:
        await asset_of(unit, project_id, asset_id)
        row = await unit.fetchrow(
            "SELECT * FROM asset_versions WHERE asset_id = $1 AND version = $2", asset_id, version
        )
    if row is None:
        raise no_version(version)
    return to_version(row)


async def assets_by_id(project_id: UUID, ids: Collection[UUID]) -> dict[UUID, Asset]:
    """Assets of a project by their ids, also removed ones. Part of the caller's unit of work."""
    rows = await current_unit().fetch(
        f"{ASSET} WHERE a.project_id = $1 AND a.id = ANY($2::uuid[])", project_id, list(ids)
    )
    return {row["id"]: to_asset(row) for row in rows}


async def content_at(asset_id: UUID, version: int) -> Content | None:
    """The content of one version, or None. Part of the caller's unit of work."""
    return from_json(
        await current_unit().fetchval(
            "SELECT content FROM asset_versions WHERE asset_id = $1 AND version = $2",
            asset_id,
            version,
        )
    )


async def find_alike(project_id: UUID, kind: AssetKind, content: Content) -> Asset | None:
    """An asset of this kind and name that says all that the content says, or None."""
    nothing = content_of(kind)
    filled = {name: value for name, value in content.items() if value != nothing[name]}
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            f"""{ASSET} WHERE a.project_id = $1 AND a.kind = $2 AND a.sort_name = $3
                  AND a.removed_at IS NULL ORDER BY a.id""",
            project_id,
            kind,
            content["name"].casefold(),
        )
    for row in rows:
        asset = to_asset(row)
        there = {**asset.content, "name": content["name"]}
        if all(there[name] == value for name, value in filled.items()):
            return asset
    return None


async def ids_by_folder(
    project_id: UUID, kind: AssetKind, folders: Collection[str]
) -> dict[str, UUID]:
    """The assets that have these folders on disk. Part of the caller's unit of work."""
    rows = await current_unit().fetch(
        """SELECT id, folder FROM assets
           WHERE project_id = $1 AND kind = $2 AND folder = ANY($3::text[])""",
        project_id,
        kind,
        list(folders),
    )
    return {row["folder"]: row["id"] for row in rows}
