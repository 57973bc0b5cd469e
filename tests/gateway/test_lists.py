"""Every list of the API is had in one way: `{items, next_cursor}` for `limit` and `cursor`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar

from app.platform.ids import new_key
from tests.gateway.example_requests import ExampleRequest, example_requests


def gets(app: Litestar) -> dict[str, tuple[dict[str, Any], set[str]]]:
    """The schema of what each address answers to GET, and the query parameters that it takes."""
    schema = app.openapi_schema.to_schema()
    found = {}
    for path, verbs in schema["paths"].items():
        if "get" not in verbs:
            continue
        # A redirect (a take's thumbnail) answers 3xx alone and has no content.
        content = verbs["get"]["responses"].get("200", {}).get("content", {})
        answer = next(iter(content.values()), {}).get("schema", {})
        if "$ref" in answer:
            answer = schema["components"]["schemas"][answer["$ref"].split("/")[-1]]
        parameters = {p["name"] for p in verbs["get"].get("parameters", ()) if p["in"] == "query"}
        found[path] = answer, parameters
    return found


def lists(app: Litestar) -> list[str]:
    return [path for path, (answer, _) in gets(app).items() if "items" in names(answer)]


def requests(app: Litestar, things: dict[str, str]) -> Iterator[ExampleRequest]:
    """A request for each list that the owner of a project may read."""
    found = set(lists(app))
    for one in example_requests(app.openapi_schema.to_schema(), things):
        if one.method == "GET" and one.path in found:
            yield one


def names(answer: dict[str, Any]) -> set[str]:
    return set(answer.get("properties", {}))


async def test_no_address_answers_a_bare_array(studio) -> None:
    bare = [path for path, (answer, _) in gets(studio.app).items() if answer.get("type") == "array"]
    assert bare == []


async def test_every_list_takes_and_answers_the_same(studio) -> None:
    found = lists(studio.app)
    assert len(found) >= 17
    for path in found:
        answer, parameters = gets(studio.app)[path]
        assert names(answer) == {"items", "next_cursor"}, path
        assert set(answer["required"]) == {"items", "next_cursor"}, path
        assert parameters >= {"limit", "cursor"}, path


@pytest.fixture(scope="module")
async def full(studio) -> dict[str, str]:
    """A project in which each list has something: two shots with two takes, one more in the queue,
    a named version, a stale shot, two nodes that nothing can run, two assets."""
    project = await studio.project()
    shots = [await studio.shot(project, code=code) for code in ("010", "020")]
    async with studio.worker():
        for shot in (*shots, *shots):
            run = await studio.run_ends((await studio.generate(project, shot))["run_id"])
            assert run["status"] == "succeeded", run
    for shot in shots:
        op = {"op": "node.set", "id": shot, "values": {"text.prompt": "Fog comes up."}}
        answer = await studio.change(project, op)
        assert answer.status_code == 200, answer.text
    for name in ("Rough", "Fine"):
        answer = await studio.owner.post(
            f"/api/v1/projects/{project}/graph/versions", json={"name": name}
        )
        assert answer.status_code == 201, answer.text
    for shot in shots:
        await studio.generate(project, shot)
    for _ in range(2):
        op = {"op": "node.add", "id": new_key(), "type": "film.image_generation", "data": {}}
        assert (await studio.change(project, op)).status_code == 200
    answer = await studio.owner.post(f"/api/v1/projects/{project}/commits", json={"message": "All"})
    assert answer.status_code == 200, answer.text
    assets = f"/api/v1/projects/{project}/assets"
    for name in ("Fog", "Dusk"):
        style = {"kind": "style", "content": {"name": name}}
        made = await studio.owner.post(assets, json=style)
        assert made.status_code == 201, made.text
    asset = made.json()["id"]
    newer = {"base_version": 1, "content": {"keywords": ["grey"]}}
    assert (await studio.owner.patch(f"{assets}/{asset}", json=newer)).status_code == 200
    answer = await studio.owner.post("/api/v1/teams", json={"name": "Lighting"})
    assert answer.status_code == 201, answer.text
    return {
        "project_id": project,
        "node": shots[0],
        "target": shots[0],
        "team_id": answer.json()["id"],
        "asset_id": asset,
    }


async def test_the_pages_of_every_list_are_the_whole_list(studio, full) -> None:
    lengths = {}
    for one in requests(studio.app, full):
        path, url, asked = one.path, one.url(full), one.params
        answer = await studio.owner.get(url, params={**asked, "limit": 500})
        assert answer.status_code == 200, (path, answer.text)
        whole = answer.json()
        assert whole["next_cursor"] is None, path
        found, more = [], {}
        while more is not None:
            answer = await studio.owner.get(url, params={**asked, **more, "limit": 1})
            assert answer.status_code == 200, (path, answer.text)
            page = answer.json()
            assert len(page["items"]) <= 1
            found += page["items"]
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert found == whole["items"], path
        lengths[path] = len(found)
    # The others are short here: what they hold is tested with their domains.
    assert sum(length > 1 for length in lengths.values()) >= 14, lengths


async def test_a_foreign_cursor_is_refused_by_every_list(studio, full) -> None:
    answer = await studio.owner.get("/api/v1/node-types", params={"limit": 1})
    cursor = answer.json()["next_cursor"]
    for one in requests(studio.app, full):
        path = one.path
        for given in ("nonsense", cursor, "0", "=" * 900):
            if (path, given) == ("/api/v1/node-types", cursor):
                continue
            asked = {**one.params, "cursor": given}
            answer = await studio.owner.get(one.url(full), params=asked)
            assert answer.status_code == 400, (path, given, answer.text)
            assert answer.json()["code"] == "request.bad_cursor", (path, given)


async def test_a_plan_that_changed_between_two_pages_is_read_again(studio) -> None:
    project = await studio.project()
    shots = [await studio.shot(project, code=f"0{n}0") for n in (1, 2, 3)]
    url = f"/api/v1/projects/{project}/plan"
    asked = {"target": shots, "limit": 1}
    page = (await studio.owner.get(url, params=asked)).json()
    first = page["items"][0]["node_id"]
    assert (await studio.change(project, {"op": "node.remove", "ids": [first]})).status_code == 200
    rest = {"target": [s for s in shots if s != first], "cursor": page["next_cursor"]}
    answer = await studio.owner.get(url, params=rest)
    assert (answer.status_code, answer.json()["code"]) == (409, "run.plan_changed")
