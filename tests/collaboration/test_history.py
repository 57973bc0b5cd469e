"""The history of a canvas as people read it, over HTTP and on a real database."""

from __future__ import annotations

import json
from datetime import timedelta

import asyncpg
import pytest

from app import collaboration
from app.platform.ids import new_key, parse_id
from tests.studio import Studio


async def get(studio: Studio, project: str, path: str, **params) -> dict:
    answer = await studio.owner.get(f"/api/v1/projects/{project}/graph/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(studio: Studio, project: str, path: str, body: dict, status: int = 200) -> dict:
    answer = await studio.owner.post(f"/api/v1/projects/{project}/graph/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def graph_of(studio: Studio, project: str) -> dict:
    answer = await studio.owner.get(f"/api/v1/projects/{project}/graph")
    return answer.json()


def move(node: str, x: int) -> dict:
    return {"op": "node.set", "id": node, "values": {"pos": [x, 0]}}


async def as_owner(studio: Studio, sql: str, *args) -> None:
    """Change rows that no role of the studio may change: to make time pass."""
    from app.platform.database import DatabaseRole

    connection = await asyncpg.connect(studio.urls[DatabaseRole.OWNER])
    try:
        await connection.execute(sql, *args)
    finally:
        await connection.close()


async def add_person(studio: Studio, project: str, name: str, role: str = "editor"):
    client = await studio.person(name)
    me = (await client.get("/api/v1/auth/me")).json()
    await as_owner(
        studio,
        "INSERT INTO project_members (project_id, user_id, role) VALUES ($1, $2, $3)",
        parse_id(project),
        parse_id(me["id"]),
        role,
    )
    return client


async def test_what_one_person_does_in_one_go_is_one_entry(studio: Studio) -> None:
    project = await studio.project()
    tom = await add_person(studio, project, "Tom")
    nodes = [await studio.shot(project, code=f"0{n}0") for n in (1, 2, 3)]
    for x in (1, 2):
        await studio.change(project, *(move(node, x) for node in nodes))
    answer = await tom.post(
        f"/api/v1/projects/{project}/graph/operations",
        json={"ops": [{"op": "node.set", "id": nodes[0], "values": {"text.prompt": "fog"}}]},
    )
    assert answer.status_code == 200, answer.text
    await studio.change(project, {"op": "node.remove", "ids": [nodes[1]]}, label="Clean up")
    page = await get(studio, project, "history")
    received = [(h["name"], h["summary"], h["from_version"], h["to_version"]) for h in
            page["items"]]  # fmt: skip
    assert received[0][1:] == ("removed SHOT_020", 7, 7)
    assert received[1] == ("Tom", "changed the prompt of SHOT_010", 6, 6)
    # What was moved right after it was added was added.
    assert received[2][1:] == ("added 3 shots", 1, 5)
    assert [h["label"] for h in page["items"]] == ["Clean up", "", ""]
    assert page["next_cursor"] is None
    first = await get(studio, project, "history", limit=1)
    assert (len(first["items"]), first["next_cursor"] is not None) == (1, True)
    rest = await get(studio, project, "history", cursor=first["next_cursor"])
    assert rest["items"] == page["items"][1:]


async def test_a_pause_ends_a_entry(studio: Studio) -> None:
    project = await studio.project()
    node = await studio.shot(project)
    await studio.change(project, move(node, 1))
    await as_owner(
        studio,
        """UPDATE graph_ops SET ts = ts - interval '61 s' WHERE version = 1 AND graph_id =
               (SELECT id FROM graphs WHERE project_id = $1)""",
        parse_id(project),
    )
    page = await get(studio, project, "history")
    assert [h["summary"] for h in page["items"]] == ["moved SHOT_010", "added SHOT_010"]


async def test_one_version_is_told_with_its_operations(studio: Studio) -> None:
    project = await studio.project()
    node = await studio.shot(project)
    row = await get(studio, project, "history/1")
    assert (row["version"], row["summary"], row["undo_of"]) == (1, "added SHOT_010", None)
    assert row["ops"][0]["id"] == node
    for version in ("2", "99999999999999999999"):
        answer = await studio.owner.get(f"/api/v1/projects/{project}/graph/history/{version}")
        assert answer.status_code == 404, answer.text


async def test_each_field_has_its_last_writer(studio: Studio) -> None:
    project = await studio.project()
    tom = await add_person(studio, project, "Tom")
    node = await studio.shot(project)
    await tom.post(f"/api/v1/projects/{project}/graph/operations", json={"ops": [move(node, 4)]})
    found = {a["path"]: a for a in (await get(studio, project, "attribution", node=node))["items"]}
    assert set(found) == {"*", "pos"}
    assert (found["pos"]["name"], found["pos"]["version"]) == ("Tom", 2)
    assert found["*"]["version"] == 1
    assert found["*"]["time"] is not None
    answer = await studio.owner.get(
        f"/api/v1/projects/{project}/graph/attribution", params={"node": "nonsense"}
    )
    assert answer.status_code == 404


async def test_two_versions_are_compared_with_who_made_the_difference(studio: Studio) -> None:
    project = await studio.project()
    tom = await add_person(studio, project, "Tom")
    node, other = await studio.shot(project), await studio.shot(project, code="020")
    edit = {"op": "text.edit", "id": node, "field": "prompt", "base": 2, "delta": ["fog at sea"]}
    await studio.change(project, edit)
    await tom.post(
        f"/api/v1/projects/{project}/graph/operations",
        json={
            "ops": [
                {"op": "text.edit", "id": node, "field": "prompt", "base": 3, "delta": [7, "the "]},
                {"op": "node.remove", "ids": [other]},
            ]
        },
    )
    found = await get(studio, project, "diff", **{"from": 3, "to": 4})
    people = {p["user_id"]: p["name"] for p in found["people"]}
    changed, gone = found["difference"]["nodes"]
    (field,) = changed["fields"]
    assert (field["path"], people[field["user_id"]], field["delta"]) == (
        "text.prompt", "Tom", [7, "the "]
    )  # fmt: skip
    assert [(p["kind"], p["text"]) for p in field["parts"]] == [
        ("same", "fog at "), ("added", "the "), ("same", "sea")
    ]  # fmt: skip
    assert (gone["kind"], gone["name"], people[gone["user_id"]]) == ("removed", "SHOT_020", "Tom")
    empty = await get(studio, project, "diff", **{"from": 0, "to": 0})
    assert empty["difference"]["nodes"] == []
    for query in ({"from": 1, "to": 5}, {"from": -1, "to": 1}, {"from": "x", "to": 1}):
        answer = await studio.owner.get(f"/api/v1/projects/{project}/graph/diff", params=query)
        assert answer.status_code in (400, 404), answer.text


async def test_versions_get_names_and_lose_them(studio: Studio) -> None:
    project = await studio.project()
    await studio.shot(project)
    await studio.shot(project, code="020")
    made = await post(studio, project, "versions", {"name": " Rough cut ", "version": 1}, 201)
    assert (made["name"], made["version"]) == ("Rough cut", 1)
    present = await post(studio, project, "versions", {"name": "Now"}, 201)
    assert present["version"] == 2
    listed = (await get(studio, project, "versions"))["items"]
    assert [v["name"] for v in listed] == ["Now", "Rough cut"]
    await post(studio, project, "versions", {"name": "Now"}, 409)
    for bad in ({"name": ""}, {"name": "x" * 201}, {"name": "a\u0000b"}):
        await post(studio, project, "versions", bad, 400)
    await post(studio, project, "versions", {"name": "Later", "version": 3}, 404)
    gone = await studio.owner.delete(f"/api/v1/projects/{project}/graph/versions/{made['id']}")
    assert gone.status_code == 204
    again = await studio.owner.delete(f"/api/v1/projects/{project}/graph/versions/{made['id']}")
    assert again.status_code == 404
    assert [v["name"] for v in (await get(studio, project, "versions"))["items"]] == ["Now"]


async def test_a_canvas_goes_back_and_the_way_back_is_a_step(studio: Studio) -> None:
    project = await studio.project()
    node = await studio.shot(project)
    await post(studio, project, "versions", {"name": "First"}, 201)
    await studio.change(project, {"op": "node.remove", "ids": [node]})
    other = await studio.shot(project, code="020")
    back = await post(studio, project, "rollback", {"version": 1})
    assert (back["version"], back["label"], back["skipped"]) == (
        4, "Back to version 1 “First”", []
    )  # fmt: skip
    assert [n["id"] for n in (await graph_of(studio, project))["nodes"]] == [node]
    nothing = await post(studio, project, "rollback", {"version": 4})
    assert nothing["version"] is None
    undone = await post(studio, project, "undo", {})
    assert (undone["label"], undone["undo_of"]) == ("Back to version 1 “First”", 4)
    assert [n["id"] for n in (await graph_of(studio, project))["nodes"]] == [other]
    redone = await post(studio, project, "redo", {})
    assert redone["redo"] is True
    assert [n["id"] for n in (await graph_of(studio, project))["nodes"]] == [node]


async def test_one_node_goes_back_alone(studio: Studio) -> None:
    project = await studio.project()
    node, other = await studio.shot(project), await studio.shot(project, code="020")
    await studio.change(project, move(node, 5), move(other, 5))
    body = {"version": 2, "scope": "node", "node_id": node}
    back = await post(studio, project, "rollback", body)
    assert back["label"] == "SHOT_010: back to version 2"
    places = {n["id"]: n["pos"] for n in (await graph_of(studio, project))["nodes"]}
    assert places == {node: [0, 0], other: [5, 0]}
    await post(studio, project, "rollback", {**body, "version": 1, "node_id": other}, 404)
    await post(studio, project, "rollback", {**body, "scope": "everything"}, 400)
    await post(studio, project, "rollback", {**body, "version": 99}, 404)


async def test_who_may_only_look_reads_history_and_changes_nothing(studio: Studio) -> None:
    project = await studio.project()
    await studio.shot(project)
    viewer = await add_person(studio, project, "Vera", "viewer")
    stranger = await studio.person("Zoe")
    at = f"/api/v1/projects/{project}/graph"
    for path in ("history", "history/1", "versions", "diff?from=0&to=1"):
        assert (await viewer.get(f"{at}/{path}")).status_code == 200
        assert (await stranger.get(f"{at}/{path}")).status_code == 404
    for path, body in (
        ("versions", {"name": "Mine"}), ("rollback", {"version": 0}), ("undo", {}), ("redo", {}),
    ):  # fmt: skip
        assert (await viewer.post(f"{at}/{path}", json=body)).status_code == 403
        assert (await stranger.post(f"{at}/{path}", json=body)).status_code == 404


@pytest.fixture
async def old(studio: Studio) -> tuple[str, str]:
    """A project with 6 versions, a snapshot at 5; version 2 has a name; all 100 days old."""
    project = await studio.project()
    node = await studio.shot(project)
    for x in (1, 2, 3):
        await studio.change(project, move(node, x))
    await post(studio, project, "versions", {"name": "Early", "version": 2}, 201)
    await studio.change(project, move(node, 4))
    await collaboration.close_rooms()
    collaboration.open_rooms(studio.app.state.registry)
    await studio.change(project, move(node, 5))
    for table, column in (("graph_ops", "ts"), ("graph_snapshots", "created_at")):
        await as_owner(
            studio,
            f"""UPDATE {table} SET {column} = {column} - $2::interval WHERE graph_id =
                    (SELECT id FROM graphs WHERE project_id = $1)""",
            parse_id(project),
            timedelta(days=100),
        )
    return project, node


async def test_old_rows_are_summed_up_and_named_versions_stay(studio: Studio, old) -> None:
    project, node = old
    before = await graph_of(studio, project)
    done = await collaboration.compact(90)
    assert done.rows == 5
    assert (await collaboration.compact(90)).rows == 0
    page = await get(studio, project, "history")
    newest, summary = page["items"]
    assert (newest["from_version"], newest["compacted"]) == (6, False)
    assert (summary["from_version"], summary["to_version"], summary["steps"]) == (1, 5, 5)
    assert (summary["compacted"], summary["summary"]) == (
        True, "added 1 node and changed 4 fields"
    )  # fmt: skip
    first = await get(studio, project, "history", limit=1)
    rest = await get(studio, project, "history", cursor=first["next_cursor"])
    assert [h["to_version"] for h in rest["items"]] == [5]
    # What has a name can be opened, as can all since the last snapshot; nothing else.
    back = await get(studio, project, "diff", **{"from": 2, "to": 6})
    assert len(back["difference"]["nodes"]) == 1
    answer = await studio.owner.get(
        f"/api/v1/projects/{project}/graph/diff", params={"from": 3, "to": 6}
    )
    assert (answer.status_code, answer.json()["code"]) == (410, "graph.version_compacted")
    # The graph opens as it was.
    await collaboration.close_rooms()
    collaboration.open_rooms(studio.app.state.registry)
    assert await graph_of(studio, project) == before
    await post(studio, project, "rollback", {"version": 2})
    assert (await graph_of(studio, project))["nodes"][0]["pos"] == [1, 0]
    assert node == (await graph_of(studio, project))["nodes"][0]["id"]


async def test_what_is_young_can_be_opened_from_the_last_old_snapshot(studio: Studio, old) -> None:
    project, node = old
    await studio.change(project, move(node, 6))
    assert (await collaboration.compact(90)).rows == 5
    # The next snapshot takes the place of those before it, but for the one that is needed.
    await studio.change(project, move(node, 7))
    await collaboration.close_rooms()
    collaboration.open_rooms(studio.app.state.registry)
    for version in (5, 6, 7, 8):
        found = await get(studio, project, "diff", **{"from": version, "to": 8})
        assert len(found["difference"]["nodes"]) == (0 if version == 8 else 1)


async def test_nothing_young_is_compacted(studio: Studio, old) -> None:
    project, _ = old
    assert (await collaboration.compact(101)).rows == 0
    assert len((await get(studio, project, "history"))["items"]) == 1


async def test_kept_snapshots_are_thinned_out_by_the_hour_and_by_the_day(studio: Studio) -> None:
    project = await studio.project()
    graph_id = (await graph_of(studio, project))["id"]
    for insert in (
        """INSERT INTO graph_ops (graph_id, version, epoch, client_id, client_seq, user_id, ops,
               inverse, ts) SELECT $1, n, 1, 'c', n, $1, '[]', '[]',""",
        "INSERT INTO graph_snapshots (graph_id, version, state, kept, created_at) "
        "SELECT $1, n, ''::bytea, true,",
    ):
        await as_owner(
            studio,
            f"""{insert} date_trunc('day', now()) - interval '9 days' + n * interval '30 min'
                FROM generate_series(1, 9 * 48) n""",
            parse_id(graph_id),
        )
    await collaboration.compact(7)
    from app.platform.database import DatabaseRole, unit_of_work

    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        left = await unit.fetch(
            """SELECT date_trunc('day', created_at) AS day, count(*) AS count
               FROM graph_snapshots WHERE graph_id = $1 GROUP BY 1 ORDER BY 1""",
            parse_id(graph_id),
        )
    counts = [row["count"] for row in left]
    # The last before seven days ago; then one a day, and one an hour of the last two days.
    assert len(counts) in (8, 9)
    assert set(counts[:5]) == {1}
    assert max(counts) == 24


async def test_what_a_page_cannot_hold_goes_on_in_the_next(studio: Studio) -> None:
    project = await studio.project()
    graph_id = (await graph_of(studio, project))["id"]
    ops = json.dumps([{"op": "graph.set", "values": {"theme": "x" * 60}, "clear": []}])
    await as_owner(
        studio,
        """INSERT INTO graph_ops (graph_id, version, epoch, client_id, client_seq, user_id, ops,
               inverse, ts)
           SELECT $1, n, 1, 'c', n, $2, $3::jsonb, '[]', now() FROM generate_series(1, 2500) n""",
        parse_id(graph_id),
        parse_id(new_key()),
        ops,
    )
    await as_owner(studio, "UPDATE graphs SET version = 2500 WHERE id = $1", parse_id(graph_id))
    await collaboration.close_rooms()
    collaboration.open_rooms(studio.app.state.registry)
    steps, more = 0, None
    for _ in range(3):
        page = await get(studio, project, "history", **({"cursor": more} if more else {}))
        (entry,) = page["items"]
        assert entry["name"] == "somebody who left"
        steps, more = steps + entry["steps"], page["next_cursor"]
    assert (steps, more) == (2500, None)
