"""A library of ten thousand assets: who may read it is not asked of each row."""

from __future__ import annotations

from uuid import UUID

from app import accounts
from app.platform.database import DatabaseRole, unit_of_work
from tests.studio import Studio

MANY = 10_000


async def fill(project: str, user_id: UUID) -> None:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """INSERT INTO assets (id, project_id, kind, name, sort_name, search, folder, version,
                 created_by, changed_by)
               SELECT gen_random_uuid(), $1, 'prop', 'Asset ' || n, 'asset ' || n,
                 'asset ' || n || repeat(' somebody in the fog', 12), 'ASSET_' || n, 1, $2, $2
               FROM generate_series(1, $3) n""",
            UUID(project),
            user_id,
            MANY,
        )
        await unit.execute(
            """INSERT INTO asset_versions (asset_id, version, project_id, content, made_by)
               SELECT id, 1, project_id, jsonb_build_object('name', name), created_by
               FROM assets WHERE project_id = $1""",
            UUID(project),
        )


async def test_a_search_asks_for_the_right_once_and_not_for_each_row(studio: Studio) -> None:
    project = await studio.project()
    token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    actor = await accounts.authenticate(token)
    await fill(project, actor.user_id)
    url = f"/api/v1/projects/{project}/assets"
    found = (await studio.owner.get(f"{url}?search=asset 9999")).json()["items"]
    assert [asset["name"] for asset in found] == ["Asset 9999"]
    async with unit_of_work(actor.user_id) as unit:
        plan = await unit.fetch(
            """EXPLAIN (ANALYZE, TIMING OFF) SELECT a.id FROM assets a
               JOIN asset_versions v ON v.asset_id = a.id AND v.version = a.version
               WHERE a.project_id = $1 AND a.search LIKE '%nobody at all%'""",
            UUID(project),
        )
    result = "\n".join(row[0] for row in plan)
    assert "SubPlan" in result, result
    assert "director_is_member" not in result, result
    assert "director_role" not in result, result


async def test_the_index_finds_what_the_texts_hold(studio: Studio) -> None:
    project = await studio.project()
    token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    actor = await accounts.authenticate(token)
    await fill(project, actor.user_id)
    url = f"/api/v1/projects/{project}/assets"
    texts = {f"Asset {n}": f"asset {n}{' somebody in the fog' * 12}" for n in range(1, MANY + 1)}
    # Rare words, such as more texts hold than the index answers, parts of words, short ones.
    for search in ("sset 1234", "999 fog", "nobody", "et", "asset", "1", "87", "0 body 000", "xyz"):
        wanted = sorted(
            name for name, text in texts.items() if all(word in text for word in search.split())
        )
        answer = (await studio.owner.get(url, params={"search": search, "limit": 100})).json()
        assert [asset["name"] for asset in answer["items"]] == wanted[:100], search


async def test_who_does_not_belong_finds_nothing_by_the_index(studio: Studio) -> None:
    project = await studio.project()
    token = studio.owner.headers["Authorization"].removeprefix("Bearer ")
    actor = await accounts.authenticate(token)
    await fill(project, actor.user_id)
    asked = "SELECT count(*) FROM director_assets_like($1, ARRAY['9999'], 5)"
    async with unit_of_work(actor.user_id) as unit:
        assert await unit.fetchval(asked, UUID(project)) == 5
    async with unit_of_work(UUID(int=7)) as unit:
        assert await unit.fetchval(asked, UUID(project)) == 0
