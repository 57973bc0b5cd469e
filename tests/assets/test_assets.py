"""The library of a project: made, changed by two at once, rolled back, searched, approved."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from app.assets import AssetChanged
from app.platform import bus
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.studio import Studio


@pytest.fixture(scope="module")
async def project(studio: Studio) -> str:
    return await studio.project()


async def make(studio: Studio, project: str, kind: str = "character", **content: Any) -> Any:
    content.setdefault("name", f"INA {new_key()[-4:]}")
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/assets", json={"kind": kind, "content": content}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(
    client: httpx.AsyncClient, asset: Any, base: int, **content: Any
) -> httpx.Response:
    url = f"/api/v1/projects/{asset['project_id']}/assets/{asset['id']}"
    return await client.patch(url, json={"base_version": base, "content": content})


async def picture(studio: Studio, project: str, colour: int) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (colour, 0, 0)).save(out, "PNG")
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/media", content=out.getvalue(),
        headers={"X-Filename": f"{colour}.png"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    return answer.json()


async def editor(studio: Studio, project: str, role: str = "editor") -> httpx.AsyncClient:
    token = await studio.token("Jo")
    await studio.let_in(project, token, role)
    return await studio.client(token)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("character", {"name": "INA", "age": "34", "trigger_word": "inab", "lora_state": "ready",
                       "variations": [{"name": "at night", "description": "in a coat"}]}),
        ("style", {"name": "Fog", "keywords": ["grey", "soft"], "palette": ["#808080"]}),
        ("environment", {"name": "Harbour", "setting": "exterior", "season": "winter",
                         "angles": [{"name": "towards the sea"}]}),
        ("prop", {"name": "LAMP", "material": "brass"}),
    ],
)  # fmt: skip
async def test_each_kind_has_its_fields(
    studio: Studio, project: str, kind: str, content: dict[str, Any]
) -> None:
    asset = await make(studio, project, kind, **content)
    assert (asset["kind"], asset["version"], asset["approval"]["state"]) == (kind, 1, "pending")
    for name, value in content.items():
        shown = asset["content"][name]
        if name in ("variations", "angles"):
            assert shown[0].items() >= value[0].items()
        else:
            assert shown == value
    url = f"/api/v1/projects/{project}/assets/{asset['id']}"
    assert (await studio.owner.get(url)).json() == asset


async def test_pictures_sounds_and_tables_of_the_project_alone(
    studio: Studio, project: str
) -> None:
    face = await picture(studio, project, 1)
    asset = await make(studio, project, face_image=face, reference_images=[face])
    assert asset["content"]["face_image"]["digest"] == face["digest"]
    other = await studio.project()
    answer = await studio.owner.post(
        f"/api/v1/projects/{other}/assets",
        json={"kind": "character", "content": {"name": "INA", "face_image": face}},
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "media.not_in_project")
    listed = await studio.owner.get(f"/api/v1/projects/{other}/assets")
    assert listed.json()["items"] == []


async def test_two_who_edit_one_asset_lose_nothing(studio: Studio, project: str) -> None:
    asset = await make(studio, project, age="34", aliases=["I"])
    jo = await editor(studio, project)
    mine = await change(studio.owner, asset, 1, age="35", aliases=["I", "mine"])
    assert mine.json()["version"] == 2
    merged = await change(jo, asset, 1, role="cook", aliases=["I", "yours"])
    assert merged.status_code == 200, merged.text
    content = merged.json()["content"]
    assert (content["age"], content["role"]) == ("35", "cook")
    assert sorted(content["aliases"]) == ["I", "mine", "yours"]
    assert merged.json()["version"] == 3
    clash = await change(jo, asset, 1, age="20", personality="gruff")
    body = clash.json()
    assert (clash.status_code, body["code"], body["version"]) == (409, "asset.conflict", 3)
    assert body["conflicts"] == [{"field": "age", "base": "34", "theirs": "35", "yours": "20"}]
    now = (await studio.owner.get(f"/api/v1/projects/{project}/assets/{asset['id']}")).json()
    assert (now["version"], now["content"]["personality"]) == (3, "")
    settled = await change(jo, asset, 3, age="20", personality="gruff")
    assert settled.json()["content"]["age"] == "20"


async def test_what_changes_nothing_makes_no_version(studio: Studio, project: str) -> None:
    asset = await make(studio, project, age="34")
    assert (await change(studio.owner, asset, 1, age="34")).json()["version"] == 1
    assert (await change(studio.owner, asset, 9, age="35")).json()["code"] == "asset.no_version"


async def test_versions_tell_who_changed_what_and_come_back(studio: Studio, project: str) -> None:
    asset = await make(studio, project, age="34")
    jo = await editor(studio, project)
    await change(jo, asset, 1, age="35", role="cook")
    await change(studio.owner, asset, 2, role="captain")
    url = f"/api/v1/projects/{project}/assets/{asset['id']}"
    first = (await studio.owner.get(f"{url}/versions?limit=2")).json()
    assert [v["version"] for v in first["items"]] == [3, 2]
    assert [v["changed"] for v in first["items"]] == [["role"], ["age", "role"]]
    assert first["items"][0]["made_by"] != first["items"][1]["made_by"]
    rest = (await studio.owner.get(f"{url}/versions?cursor={first['next_cursor']}&limit=2")).json()
    assert [v["version"] for v in rest["items"]] == [1]
    back = (await studio.owner.post(f"{url}/rollback", json={"version": 1})).json()
    assert (back["version"], back["content"]) == (4, asset["content"])
    newest = (await studio.owner.get(f"{url}/versions")).json()["items"][0]
    assert (newest["restored_from"], newest["changed"]) == (1, ["age", "role"])
    assert (await studio.owner.post(f"{url}/rollback", json={"version": 9})).status_code == 404


async def test_what_is_removed_is_not_listed_and_can_be_put_back(
    studio: Studio, project: str
) -> None:
    asset = await make(studio, project, name="Zoe")
    url = f"/api/v1/projects/{project}/assets"
    one = f"{url}/{asset['id']}"
    assert (await studio.owner.delete(one)).status_code == 204
    assert (await studio.owner.get(f"{url}?search=zoe")).json()["items"] == []
    assert (await studio.owner.get(one)).json()["removed_at"] is not None
    assert (await studio.owner.post(f"{one}/restore")).json()["removed_at"] is None
    assert len((await studio.owner.get(f"{url}?search=zoe")).json()["items"]) == 1


async def test_the_library_is_searched_and_paged(studio: Studio) -> None:
    project = await studio.project()
    await make(studio, project, name="Ína Berg", description="A lighthouse keeper. 100%_sure")
    await make(studio, project, name="Bo", aliases=["The Keeper"])
    await make(studio, project, "style", name="Fog", keywords=["keeper of dusk"])
    url = f"/api/v1/projects/{project}/assets"

    async def names(query: str) -> list[str]:
        return [a["name"] for a in (await studio.owner.get(f"{url}?{query}")).json()["items"]]

    assert await names("") == ["Bo", "Fog", "Ína Berg"]
    assert await names("search=KEEPER") == ["Bo", "Fog", "Ína Berg"]
    assert await names("search=keeper light") == ["Ína Berg"]
    assert await names("search=ÍNA") == ["Ína Berg"]
    assert await names("search=100%25_s") == ["Ína Berg"]
    assert await names("search=%25") == ["Ína Berg"]
    assert await names("search=\\") == []
    assert await names("kind=style") == ["Fog"]
    assert await names("approval=approved") == []
    first = (await studio.owner.get(f"{url}?limit=2")).json()
    rest = (await studio.owner.get(f"{url}?limit=2&cursor={first['next_cursor']}")).json()
    assert [a["name"] for a in rest["items"]] == ["Ína Berg"]


async def test_a_version_is_approved_by_who_may_and_a_new_one_is_pending(
    studio: Studio, project: str
) -> None:
    asset = await make(studio, project)
    url = f"/api/v1/projects/{project}/assets/{asset['id']}"
    reviewer = await editor(studio, project, "reviewer")
    body = {"version": 1, "state": "approved", "comment": "That is her."}
    decided = await reviewer.post(f"{url}/decision", json=body)
    assert decided.status_code == 200, decided.text
    approval = (await studio.owner.get(url)).json()["approval"]
    assert (approval["state"], approval["comment"]) == ("approved", "That is her.")
    assert approval["by"]
    assert approval["at"]
    # A reviewer decides, and changes nothing.
    assert (await change(reviewer, asset, 1, age="9")).status_code == 403
    viewer = await editor(studio, project, "viewer")
    assert (await viewer.post(f"{url}/decision", json=body)).status_code == 403
    await change(studio.owner, asset, 1, age="36")
    assert (await studio.owner.get(url)).json()["approval"]["state"] == "pending"
    versions = (await studio.owner.get(f"{url}/versions")).json()["items"]
    assert [v["approval"]["state"] for v in versions] == ["pending", "approved"]
    late = await reviewer.post(f"{url}/decision", json={"version": 7, "state": "rejected"})
    assert late.status_code == 404


async def test_everybody_in_the_process_hears_of_it(studio: Studio, project: str) -> None:
    heard: list[AssetChanged] = []

    async def hear(fact: AssetChanged) -> None:
        heard.append(fact)

    forget = bus.listen(AssetChanged, hear)
    try:
        asset = await make(studio, project)
        await change(studio.owner, asset, 1, age="50")
        await change(studio.owner, asset, 2, age="50")
    finally:
        forget()
    assert [(f.change, f.version, f.kind) for f in heard] == [
        ("created", 1, "character"),
        ("changed", 2, "character"),
    ]
    assert heard[1].fields == ("age",)
    assert str(heard[1].asset_id) == asset["id"]


async def test_a_name_that_cannot_name_a_folder_is_refused_and_equal_names_are_not(
    studio: Studio, project: str
) -> None:
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/assets",
        json={"kind": "prop", "content": {"name": "???"}},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "project.bad_code")
    one, other = [await make(studio, project, "prop", name="Old lamp") for _ in range(2)]
    await make(studio, project, "prop", name="OLD LAMP 2")
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch(
            "SELECT folder FROM assets WHERE project_id = $1 AND sort_name LIKE 'old lamp%'"
            " ORDER BY id",
            UUID(project),
        )
    assert [row["folder"] for row in rows] == ["OLD_LAMP", "OLD_LAMP_2", "OLD_LAMP_2_2"]
    assert one["id"] != other["id"]


async def test_an_asset_of_another_project_is_not_there(studio: Studio, project: str) -> None:
    asset = await make(studio, project)
    other = await studio.project()
    url = f"/api/v1/projects/{other}/assets/{asset['id']}"
    assert (await studio.owner.get(url)).status_code == 404
    answer = await studio.owner.patch(url, json={"base_version": 1, "content": {"age": "1"}})
    assert answer.status_code == 404


async def test_a_project_with_assets_can_be_deleted(studio: Studio) -> None:
    project = await studio.project()
    await make(studio, project, face_image=await picture(studio, project, 9))
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("DELETE FROM projects WHERE id = $1", UUID(project))
        assert not await unit.fetchval(
            "SELECT count(*) FROM assets WHERE project_id = $1", UUID(project)
        )


async def test_the_owner_sets_what_the_project_demands(studio: Studio) -> None:
    project = await studio.project()
    url = f"/api/v1/projects/{project}/asset-policy"
    assert (await studio.owner.get(url)).json() == {"approval_from": None}
    assert (await studio.owner.put(url, json={"approval_from": "high"})).status_code == 200
    assert (await studio.owner.get(url)).json() == {"approval_from": "high"}
    jo = await editor(studio, project)
    assert (await jo.put(url, json={"approval_from": None})).status_code == 403
    await studio.owner.put(url, json={"approval_from": None})
    assert (await jo.get(url)).json() == {"approval_from": None}
