"""What a browser's cookie is good for: where it may come from, and how it is kept."""

from __future__ import annotations

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.accounts import register
from app.platform.ids import new_key
from tests.gateway.sockets import peer
from tests.studio import HOST, PASSWORD, Studio

LOGIN = "/api/v1/auth/login"


@pytest.fixture
async def email(studio: Studio) -> str:
    email = f"{new_key()}@example.org"
    await register(email, PASSWORD, "Ina")
    return email


async def logged_in(studio: Studio, email: str) -> str:
    answer = await (await studio.client()).post(LOGIN, json={"email": email, "password": PASSWORD})
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        ({"Origin": f"http://{HOST}"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://evil.test"}, False),
        ({"Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": f"http://{HOST}/"}, False),
    ],
)
async def test_a_cookie_changes_something_only_from_our_own_pages(
    studio, email, headers, allowed
) -> None:
    browser = await studio.client(Cookie=await logged_in(studio, email), **headers)
    assert (await browser.get("/api/v1/projects")).status_code == 200
    for method, path, body in (
        ("POST", "/api/v1/projects", {"title": "By cookie"}),
        ("PATCH", "/api/v1/auth/me", {"name": "By cookie"}),
        ("DELETE", f"/api/v1/projects/{new_key()}", None),
        ("POST", "/api/v1/auth/logout", None),
    ):
        answer = await browser.request(method, path, json=body)
        if allowed:
            assert answer.status_code in (200, 201, 204, 404), (path, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "account.bad_origin")
    listed = (await browser.get("/api/v1/projects")).status_code
    assert listed == (401 if allowed else 200)


async def test_a_program_with_a_bearer_token_needs_no_origin(studio, email) -> None:
    cookie = await logged_in(studio, email)
    program = await studio.client(await studio.token(), Cookie=cookie)
    assert (await program.post("/api/v1/projects", json={"title": "x"})).status_code == 201


async def test_a_socket_opens_by_cookie_only_from_our_own_pages(studio, host, email) -> None:
    cookie = await logged_in(studio, email)
    browser = await studio.client(Cookie=cookie, Origin=f"http://{HOST}")
    project = await studio.project(browser)
    async with peer(host, project, None, Cookie=cookie, Origin=f"http://{host}") as socket:
        await socket.join()
    async with peer(host, project, None, Cookie=cookie) as socket:
        assert await socket.closed() == 4403


async def test_cookies_are_closed_to_scripts_and_to_other_sites(studio, email) -> None:
    answer = await (await studio.client()).post(LOGIN, json={"email": email, "password": PASSWORD})
    set_cookies = [one.lower() for one in answer.headers.get_list("set-cookie")]
    assert len(set_cookies) == 2
    for one in set_cookies:
        assert "httponly" in one
        assert "samesite=lax" in one
        assert "path=/" in one
        assert "secure" not in one
        assert "domain" not in one


@pytest.mark.parametrize(
    ("trusted", "secure", "address"),
    [(["127.0.0.1"], True, "203.0.113.9"), (["10.0.0.0/8"], False, "127.0.0.1")],
)
async def test_a_trusted_proxy_says_where_from_and_that_it_is_https(
    studio, email, trusted, secure, address
) -> None:
    behind = ProxyHeadersMiddleware(studio.app, trusted)  # type: ignore[arg-type]
    headers = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "X-Forwarded-Proto": "https",
        "Origin": f"https://{HOST}",
    }
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(behind), base_url=f"http://{HOST}", headers=headers
    ) as browser:
        answer = await browser.post(LOGIN, json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        for one in answer.headers.get_list("set-cookie"):
            assert ("secure" in one.lower()) == secure
    log = (await studio.owner.get("/api/v1/audit", params={"limit": 1})).json()["items"]
    assert (log[0]["kind"], log[0]["address"]) == ("login.opened", address)
