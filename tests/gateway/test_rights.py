"""Who may do what over HTTP: every route of the API's own description, tried by everybody.

The requests are made from the OpenAPI document, so a new route is tried without a test of its own;
whom it is for stands in `rights_table.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.accounts import Scope
from app.projects import RIGHTS, Right
from app.projects.rights import SCOPES
from tests.gateway.example_requests import ExampleRequest, example_requests, route_names
from tests.gateway.rights_table import ANYBODY, GIT, ROUTES, STUDIO
from tests.gateway.things import make_things, told_of
from tests.studio import HOST, PASSWORD, Studio

GUESTS = ("viewer", "reviewer", "editor")


@pytest.fixture(scope="module")
async def owner(studio: Studio) -> httpx.AsyncClient:
    """Whose project is tried: somebody who does not own the studio."""
    return await studio.person("Ina Berg")


@pytest.fixture(scope="module")
async def things(studio: Studio, owner: httpx.AsyncClient) -> dict[str, Any]:
    return await make_things(studio, owner)


def requests(studio: Studio, things: dict[str, Any]) -> Iterator[ExampleRequest]:
    """A request for each route, in the order of the table; pages are no part of the document."""
    document = studio.app.openapi_schema.to_schema()
    made = {one.name: one for one in example_requests(document, things)}
    for name in ROUTES:
        if name in made:
            yield made[name]


def send(client: httpx.AsyncClient, one: ExampleRequest, things: dict[str, Any]) -> Any:
    return client.request(one.method, one.url(things), json=one.body, params=one.params)


async def test_every_described_route_is_tried(studio, things) -> None:
    tried = {one.name for one in requests(studio, things)}
    assert tried <= ROUTES.keys()
    # Pages are no part of the description, and everybody's; git has a protocol of its own.
    apart = route_names(studio.app) - tried
    assert {ROUTES[name] for name in apart} == {ANYBODY, GIT}
    assert not [name for name in apart if "/api/" in name or "/auth/" in name]


async def test_no_route_but_the_public_ones_answers_without_a_token(studio, things) -> None:
    nobody = await studio.client()
    forged = await studio.client("eyJhbGciOiJub25lIn0.e30.")
    for one in requests(studio, things):
        if ROUTES[one.name] == ANYBODY:
            continue
        for client in (nobody, forged):
            answer = await send(client, one, things)
            assert answer.status_code == 401, (one.name, answer.text)
            assert not told_of(answer.text, things)
            if one.method != "HEAD":
                assert answer.headers["content-type"].startswith("application/problem+json")
                assert answer.json()["code"].startswith("account.")


@pytest.mark.parametrize("who", ["a stranger", "the studio's owner"])
async def test_others_get_nothing_of_a_project_on_any_route(studio, owner, things, who) -> None:
    stranger = studio.owner if who == "the studio's owner" else await studio.person("Eve")
    mine = await studio.project(stranger)
    seen = 0
    for one in requests(studio, things):
        if one.name == "POST /api/v1/auth/logout":
            continue
        if ROUTES[one.name] == STUDIO and stranger is studio.owner:
            # People and their actions, which the owner of a studio sees to.
            continue
        answer = await send(stranger, one, things)
        if ROUTES[one.name] == STUDIO:
            assert (answer.status_code, answer.json()["code"]) == (403, "account.not_owner")
            continue
        assert not told_of(answer.text, things), (one.name, answer.text)
        if "{" in one.path and ROUTES[one.name] != ANYBODY:
            assert answer.status_code == 404, (one.name, answer.status_code, answer.text)
            seen += 1
        # Their own project does not open what is in another one.
        if "{project_id}" in one.path and one.path.count("{") + len(one.params) > 1:
            answer = await send(stranger, one, things | {"project_id": mine})
            assert answer.status_code < 500, (one.name, answer.text)
            # An id that they sent themselves may come back in a sentence.
            sent = f"{one.url(things | {'project_id': mine})} {one.params} {one.body}"
            found = [thing for thing in told_of(answer.text, things) if thing not in sent]
            assert not found, (one.name, answer.text)
    assert seen > 60
    project = f"/api/v1/projects/{things['project_id']}"
    assert (await owner.get(project)).status_code == 200
    assert (await owner.get(f"{project}/members")).json()["items"][0]["name"] == "Ina Berg"


@pytest.fixture(scope="module", params=GUESTS)
async def guest(
    request: pytest.FixtureRequest, studio: Studio, owner: httpx.AsyncClient, things: dict[str, Any]
) -> tuple[str, httpx.AsyncClient]:
    """Somebody with each of the roles that an owner gives."""
    token = await studio.token("Vic")
    await studio.let_in(things["project_id"], token, request.param)
    return request.param, await studio.client(token)


async def test_no_role_may_more_than_the_table_says(studio, things, guest) -> None:
    role, client = guest
    seen = 0
    for one in requests(studio, things):
        right = ROUTES[one.name]
        if isinstance(right, Right) and right not in RIGHTS[role]:
            answer = await send(client, one, things)
            assert answer.status_code == 403, (role, one.name, answer.status_code, answer.text)
            assert one.method == "HEAD" or answer.json()["code"] == "project.forbidden"
            assert not told_of(answer.text, things), (role, one.name, answer.text)
            seen += 1
    assert seen >= 9


async def test_each_role_may_what_the_table_says(studio, things, guest) -> None:
    role, client = guest
    for one in requests(studio, things):
        right = ROUTES[one.name]
        if isinstance(right, Right) and right in RIGHTS[role]:
            answer = await send(client, one, things)
            assert answer.status_code not in (401, 403), (role, one.name, answer.text)
            assert answer.status_code < 500, (role, one.name, answer.text)


@pytest.mark.parametrize("scope", Scope, ids=lambda scope: scope.value)
async def test_no_token_may_more_than_its_scope_says(studio, owner, things, scope) -> None:
    """Of the owner, whose role gives every right: what is refused is refused to the token."""
    body = {"name": "bounded", "scopes": [scope.value]}
    made = (await owner.post("/api/v1/auth/tokens", json=body)).json()
    program = await studio.client(made["secret"])
    for one in requests(studio, things):
        right = ROUTES[one.name]
        if isinstance(right, Right) and right not in SCOPES[scope]:
            answer = await send(program, one, things)
            assert answer.status_code == 403, (scope, one.name, answer.status_code, answer.text)
            assert one.method == "HEAD" or answer.json()["code"] == "account.scope"


async def test_the_owner_may_everything_and_in_the_end_delete_it(studio) -> None:
    owner = await studio.person("Ono")
    things = await make_things(studio, owner)
    for one in requests(studio, things):
        if isinstance(ROUTES[one.name], Right):
            if one.path.endswith("/transfer"):
                # Whoever gave it away could not delete it: another test does.
                continue
            answer = await send(owner, one, things)
            assert answer.status_code not in (401, 403), (one.name, answer.text)
            assert answer.status_code < 500, (one.name, answer.text)
    gone = await owner.get(f"/api/v1/projects/{things['project_id']}")
    assert gone.status_code == 404


async def test_ids_that_are_none_are_not_found(studio, things) -> None:
    for one in requests(studio, things):
        if "{" not in one.path:
            continue
        for odd in ("x", "..%2f..", "%00", "0" * 400, "💥", "-1"):
            answer = await send(studio.owner, one, defaultdict(lambda odd=odd: odd))
            assert 400 <= answer.status_code < 500, (one.name, odd, answer.text)
            assert one.method == "HEAD" or answer.json()["code"], answer.text


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
