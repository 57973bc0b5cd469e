"""Who may do what over HTTP: every route of the application, asked by nobody and by a stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from litestar import Litestar

from app.platform.ids import new_key
from tests.studio import HOST, PASSWORD

PUBLIC = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/{path}"),
    ("HEAD", "/{path}"),
    ("GET", "/status"),
    ("GET", "/status/setup"),
    ("GET", "/status/login"),
    ("GET", "/status/reset"),
    ("GET", "/pages/{name}"),
    ("GET", "/api/v1/health"),
    ("POST", "/auth/token"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/register"),
    ("POST", "/api/v1/auth/reset"),
}

# What each address takes, where an empty object would be refused before the rights are asked.
BODIES = {
    "/api/v1/projects/{project_id}/graph/operations": {"ops": []},
    "/generate": {"node_id": "x"},
    "/runs": {"targets": ["x"]},
    "/active-take": {"take_id": "x"},
    "/commit": {"message": "x"},
    "/graph/versions": {"name": "x"},
    "/graph/rollback": {"version": 0},
    "/answer": {"answer": 1},
    "/api/v1/projects": {"title": "x"},
    "/api/projects/create": {"title": "x"},
}

# The query parameters that an address demands.
PARAMETERS = {
    "/plan": lambda node: {"target": node},
    "/attribution": lambda node: {"node": node},
    "/diff": lambda _node: {"from": "0", "to": "0"},
}


def routes(app: Litestar) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        for method in sorted(getattr(route, "methods", ())):
            if method != "OPTIONS" and not path.startswith("/api/docs"):
                yield method, path


def body_of(path: str) -> object:
    return next((body for end, body in BODIES.items() if path.endswith(end)), {})


def parameters_of(path: str, node: str) -> dict[str, str]:
    return next((make(node) for end, make in PARAMETERS.items() if path.endswith(end)), {})


async def test_no_route_but_the_public_ones_answers_without_a_token(studio) -> None:
    nobody = await studio.client()
    forged = await studio.client("eyJhbGciOiJub25lIn0.e30.")
    seen = set()
    for method, path in routes(studio.app):
        seen.add((method, path))
        if (method, path) in PUBLIC:
            continue
        url = re.sub(r"\{\w+\}", new_key(), path.replace("{version}", "1"))
        for client in (nobody, forged):
            answer = await client.request(
                method, url, json=body_of(path), params=parameters_of(path, "x")
            )
            assert answer.status_code == 401, (method, path, answer.text)
            if method == "HEAD":
                continue  # Its answer has no body to look into.
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert answer.json()["code"].startswith("account.")
    assert seen >= PUBLIC
    assert len(seen) > 40


@pytest.fixture(scope="module")
async def things(studio) -> dict[str, str]:
    """The ids of one of everything that belongs to the owner's project."""
    project = await studio.project()
    node = await studio.shot(project)
    async with studio.worker():
        begun = await studio.owner.post(
            f"/api/v1/projects/{project}/generate", json={"node_id": node}
        )
        assert begun.status_code == 202, begun.text
        run = await studio.run_ends(begun.json()["run_id"])
    assert run["status"] == "succeeded", run
    takes = (await studio.owner.get(f"/api/v1/projects/{project}/takes")).json()
    upload = await studio.owner.post(
        f"/api/v1/projects/{project}/uploads",
        headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9"},
    )
    assert upload.status_code == 201, upload.text
    return {
        "project_id": project,
        "node_id": node,
        "run_id": run["id"],
        "task_id": begun.json()["task_id"],
        "take_id": takes[0]["id"],
        "digest": takes[0]["digest"],
        "exporter": "otio",
        "upload_id": upload.headers["location"].rsplit("/", 1)[1],
        "version": "1",
        "version_id": new_key(),
    }


async def test_another_persons_project_is_not_there_on_any_route(studio, things) -> None:
    stranger = await studio.person()
    seen = 0
    for method, path in routes(studio.app):
        names = re.findall(r"\{(\w+)\}", path)
        if not names or path in ("/pages/{name}", "/{path}"):
            continue
        url = path.format(**things)
        params = parameters_of(path, things["node_id"])
        body = body_of(path)
        if path.endswith("/active-take"):
            body = {"take_id": things["take_id"]}
        answer = await stranger.request(method, url, json=body, params=params)
        assert answer.status_code == 404, (method, path, answer.status_code, answer.text)
        if method != "HEAD":
            assert answer.json()["code"].split(".")[1] in ("not_found", "no_node"), answer.text
        seen += 1
    assert seen > 25
    assert (await stranger.get("/api/v1/projects")).json()["items"] == []
    assert (await studio.owner.get(f"/api/v1/projects/{things['project_id']}")).status_code == 200


async def test_ids_that_are_none_are_not_found(studio) -> None:
    for method, path in routes(studio.app):
        names = re.findall(r"\{(\w+)\}", path)
        if not names or path in ("/pages/{name}", "/{path}"):
            continue
        for odd in ("x", "..%2f..", "%00", "0" * 400, "💥", "-1"):
            url = re.sub(r"\{\w+\}", odd, path)
            answer = await studio.owner.request(
                method, url, json=body_of(path), params={"target": "x"}
            )
            assert 400 <= answer.status_code < 500, (method, url, answer.text)
            assert method == "HEAD" or answer.json()["code"], answer.text


async def test_another_sites_page_changes_nothing(studio) -> None:
    body = {"email": "a@example.org", "password": PASSWORD}
    for origin in ("http://evil.test", "null", f"http://{HOST}.evil.test", "http://[", "file://"):
        client = await studio.client(Origin=origin)
        answer = await client.post("/auth/token", json=body)
        assert answer.status_code == 403, origin
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "account.bad_origin"
        assert (await client.get("/api/v1/health")).status_code in (200, 503)
        nameless = await client.post("/auth/token", json=body, headers={"Host": ""})
        assert nameless.status_code == 403, origin
    own = await studio.client(Origin=f"http://{HOST}")
    assert (await own.post("/auth/token", json=body)).status_code == 401
