"""What people see and change of their own log-ins: sessions, password, name, API tokens."""

from __future__ import annotations

import httpx
import pytest

from app.accounts import Scope
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.gateway.sockets import peer
from tests.studio import HOST, PASSWORD, Studio

OTHER = "a boat under the moon"
AUTH = "/api/v1/auth"


async def register(studio: Studio) -> tuple[httpx.AsyncClient, str]:
    """Somebody with a browser, and their address."""
    from app.accounts import register

    email = f"{new_key()}@example.org"
    await register(email, PASSWORD, "Ina")
    return await browser_of(studio, email), email


async def browser_of(
    studio: Studio, email: str, password: str = PASSWORD, agent: str = "Firefox"
) -> httpx.AsyncClient:
    browser = await studio.client(Origin=f"http://{HOST}", **{"User-Agent": agent})
    answer = await browser.post(f"{AUTH}/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return browser


async def sessions(client: httpx.AsyncClient) -> list[dict]:
    answer = await client.get(f"{AUTH}/sessions")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def make_token(client: httpx.AsyncClient, *scopes: str, **more) -> dict:
    body = {"name": "a program", "scopes": list(scopes), **more}
    answer = await client.post(f"{AUTH}/tokens", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_log_ins_are_listed_with_device_and_address_and_ended_one_by_one(studio) -> None:
    one, email = await register(studio)
    two = await browser_of(studio, email, agent="Safari")
    shown = await sessions(one)
    assert [s["device"] for s in shown] == ["Safari", "Firefox", "register"]
    assert [s["current"] for s in shown] == [False, True, False]
    assert shown[0]["address"] == "127.0.0.1"
    eve, _ = await register(studio)
    assert (await eve.delete(f"{AUTH}/sessions/{shown[0]['id']}")).status_code == 404
    assert (await two.get(f"{AUTH}/me")).status_code == 200
    assert (await one.delete(f"{AUTH}/sessions/{shown[0]['id']}")).status_code == 204
    assert (await two.get(f"{AUTH}/me")).status_code == 401
    two = await browser_of(studio, email)
    assert (await one.delete(f"{AUTH}/sessions")).json() == {"ended": 2}
    assert (await two.get(f"{AUTH}/me")).status_code == 401
    assert len(await sessions(one)) == 1


async def test_a_session_says_when_it_was_last_used(studio) -> None:
    client, _ = await register(studio)
    (shown,) = [s for s in await sessions(client) if s["current"]]
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("UPDATE sessions SET seen_at = now() - interval '1 hour'")
    from app.accounts import sessions as service

    service._State.good.clear()
    (later,) = [s for s in await sessions(client) if s["current"]]
    assert later["seen_at"] > shown["seen_at"]


async def test_a_new_password_ends_the_other_log_ins(studio) -> None:
    one, email = await register(studio)
    two = await browser_of(studio, email)
    token = await make_token(one, "read")
    wrong = {"current": "not the one", "password": OTHER}
    assert (await one.post(f"{AUTH}/password", json=wrong)).json()[
        "code"
    ] == "account.wrong_password"
    weak = {"current": PASSWORD, "password": "short"}
    assert (await one.post(f"{AUTH}/password", json=weak)).json()["code"] == "account.weak_password"
    change = {"current": PASSWORD, "password": OTHER}
    assert (await one.post(f"{AUTH}/password", json=change)).json() == {"ended": 2}
    assert (await two.get(f"{AUTH}/me")).status_code == 401
    assert (await one.get(f"{AUTH}/me")).status_code == 200
    program = await studio.client(token["secret"])
    assert (await program.get(f"{AUTH}/me")).status_code == 200
    await browser_of(studio, email, OTHER)
    change = {"current": OTHER, "password": PASSWORD, "revoke_tokens": True}
    assert (await one.post(f"{AUTH}/password", json=change)).json() == {"ended": 2}
    assert (await program.get(f"{AUTH}/me")).status_code == 401


async def test_guessing_the_current_password_is_slowed_too(studio) -> None:
    client, _ = await register(studio)
    body = {"current": "not the one", "password": OTHER}
    answers = [await client.post(f"{AUTH}/password", json=body) for _ in range(6)]
    assert [a.status_code for a in answers] == [403] * 5 + [429]


async def test_a_name_is_changed_freely_and_an_address_with_the_password(studio) -> None:
    client, _ = await register(studio)
    other, taken = await register(studio)
    me, new = f"{AUTH}/me", f"{new_key()}@example.org"
    changed = await client.patch(me, json={"name": " Ina  Berg "})
    assert changed.json()["name"] == "Ina Berg"
    assert (await client.get(me)).json()["name"] == "Ina Berg"
    for body, code in (
        ({"email": new}, "account.wrong_password"),
        ({"email": taken, "current": PASSWORD}, "account.email_taken"),
        ({"email": "nowhere", "current": PASSWORD}, "account.bad_email"),
        ({"name": ""}, "account.bad_name"),
    ):
        assert (await client.patch(me, json=body)).json()["code"] == code
    answer = await client.patch(me, json={"email": new, "current": PASSWORD})
    assert answer.json()["email"] == new
    await browser_of(studio, new)
    assert (await other.get(me)).json()["email"] == taken


async def test_a_token_is_shown_once_and_does_what_it_was_made_for(studio) -> None:
    client, _ = await register(studio)
    project = await studio.project(client)
    base = f"/api/v1/projects/{project}"
    made = await make_token(client, "read", days=7)
    assert made["secret"].startswith("director_pat_")
    listed = (await client.get(f"{AUTH}/tokens")).json()["items"]
    assert [(t["name"], t["scopes"], t["seen_at"]) for t in listed] == [
        ("a program", ["read"], None)
    ]
    assert made["secret"] not in str(listed)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch("SELECT * FROM api_tokens")
    assert made["secret"] not in str([dict(row) for row in rows])
    program = await studio.client(made["secret"])
    assert (await program.get(base)).status_code == 200
    refused = await program.patch(base, json={"title": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "account.scope")
    for body in ({"title": "Another"},):
        answer = await program.post("/api/v1/projects", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "account.scope")
    editor = await studio.client((await make_token(client, "edit"))["secret"])
    assert (await editor.patch(base, json={"title": "The Fog"})).status_code == 200
    assert (await editor.delete(base)).json()["code"] == "account.scope"
    shown = (await client.get(f"{AUTH}/tokens")).json()["items"]
    assert all(token["seen_at"] and token["address"] == "127.0.0.1" for token in shown)
    url = f"{AUTH}/tokens/{made['token']['id']}"
    stranger, _ = await register(studio)
    assert (await stranger.delete(url)).status_code == 404
    assert (await client.delete(url)).status_code == 204
    assert (await program.get(base)).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/sessions", None),
        ("DELETE", "/sessions", None),
        ("DELETE", "/sessions/0197c2d0-0000-7000-8000-000000000000", None),
        ("POST", "/password", {"current": PASSWORD, "password": OTHER}),
        ("PATCH", "/me", {"name": "Eve"}),
        ("GET", "/tokens", None),
        ("POST", "/tokens", {"name": "x", "scopes": ["admin"]}),
        ("DELETE", "/tokens/0197c2d0-0000-7000-8000-000000000000", None),
        ("POST", "/logout", None),
    ],
)
async def test_a_token_changes_nothing_of_how_its_person_logs_in(
    studio, method, path, body
) -> None:
    client, _ = await register(studio)
    made = await make_token(client, *(scope.value for scope in Scope))
    program = await studio.client(made["secret"])
    answer = await program.request(method, AUTH + path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "account.session_required")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "", "scopes": ["read"]},
        {"name": " ", "scopes": ["read"]},
        {"name": "x", "scopes": ["read"], "days": 0},
        {"name": "x", "scopes": ["read"], "days": 10_000},
        {"name": "x\0", "scopes": ["read"]},
    ],
)
async def test_odd_tokens_are_refused(studio, body) -> None:
    client, _ = await register(studio)
    answer = await client.post(f"{AUTH}/tokens", json=body)
    assert answer.status_code == 400, answer.text


async def test_a_token_opens_a_socket_that_ends_with_it(studio) -> None:
    client, _ = await register(studio)
    project = await studio.project(client)
    made = await make_token(client, "read")
    async with studio.served() as host, peer(host, project, made["secret"]) as socket:
        assert (await socket.join())["rights"] == ["read"]
        await socket.say("client:start_generation", node_id=new_key())
        assert (await socket.next("server:error"))["code"] == "project.forbidden"
        await client.delete(f"{AUTH}/tokens/{made['token']['id']}")
        assert await socket.closed(within=30) == 4401


async def test_who_is_disabled_is_out_at_once_and_comes_back_enabled(studio) -> None:
    client, email = await register(studio)
    project = await studio.project(client)
    made = await make_token(client, "read")
    me = (await client.get(f"{AUTH}/me")).json()["id"]
    url = f"/api/v1/people/{me}"
    eve, _ = await register(studio)
    assert (await eve.patch(url, json={"disabled": True})).json()["code"] == "account.not_owner"
    assert (await eve.get("/api/v1/people")).status_code == 403
    link = await client.post(
        f"/api/v1/projects/{project}/invitations", json={"role": "viewer", "most_uses": 9}
    )
    async with studio.served() as host, peer(host, project, made["secret"]) as socket:
        await socket.join()
        assert (await studio.owner.patch(url, json={"disabled": True})).status_code == 204
        assert await socket.closed(within=30) == 4401
    assert (await client.get(f"{AUTH}/me")).status_code == 401
    wrong = await (await studio.client()).post(
        "/auth/token", json={"email": email, "password": "not the one"}
    )
    assert wrong.json()["code"] == "account.wrong"
    right = await (await studio.client()).post(
        "/auth/token", json={"email": email, "password": PASSWORD}
    )
    assert (right.status_code, right.json()["code"]) == (403, "account.disabled")
    late = await eve.post("/api/v1/invitations/accept", json={"code": link.json()["code"]})
    assert late.status_code == 404
    listed = (await studio.owner.get("/api/v1/people")).json()["items"]
    assert [p["disabled_at"] is not None for p in listed if p["id"] == me] == [True]
    owner = (await studio.owner.get(f"{AUTH}/me")).json()["id"]
    stays = await studio.owner.patch(f"/api/v1/people/{owner}", json={"disabled": True})
    assert (stays.status_code, stays.json()["code"]) == (409, "account.is_owner")
    assert (await studio.owner.patch(url, json={"disabled": False})).status_code == 204
    assert (await client.get(f"{AUTH}/me")).status_code == 200


async def test_the_log_tells_of_log_ins_and_tokens(studio) -> None:
    client, email = await register(studio)
    await make_token(client, "read")
    await (await studio.client()).post("/auth/token", json={"email": email, "password": "wrong"})
    log = (await studio.owner.get("/api/v1/audit", params={"limit": 10})).json()["items"]
    assert [one["kind"] for one in log[:5]] == [
        "login.failed", "token.created", "login.opened", "login.opened", "account.created",
    ]  # fmt: skip
    assert {one["address"] for one in log[:3]} == {"127.0.0.1"}
