"""Becoming the owner, logging in and out, over HTTP: each once, and no word too many."""

from __future__ import annotations

import asyncio

import pytest

from app import accounts
from app.accounts import service
from app.gateway.cookies import SESSION_COOKIE as COOKIE
from app.platform.database import DatabaseRole, unit_of_work
from tests.studio import HOST, PASSWORD, Studio

OWNER = "Owner@Example.org"
REGISTER = "/api/v1/auth/register"


@pytest.fixture(scope="module")
async def owned(studio: Studio) -> str:
    """The owner's one-time code, after it was used (by one of two at the same moment)."""
    code = await accounts.create_setup_link()
    assert code is not None
    browsers = [await studio.client(), await studio.client()]
    body = {"email": OWNER, "password": PASSWORD, "name": " Ina  Berg ", "setup": code}
    answers = await asyncio.gather(*(b.post(REGISTER, json=body) for b in browsers))
    assert sorted(answer.status_code for answer in answers) == [201, 403]
    winner = next(answer for answer in answers if answer.status_code == 201)
    assert winner.json()["name"] == "Ina Berg"
    assert winner.json()["is_owner"]
    cookie = winner.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    return code


async def test_the_link_of_the_owner_works_once(studio, owned) -> None:
    body = {"email": "x@example.org", "password": PASSWORD, "name": "Eve", "setup": owned}
    for code in (owned, "guessed", "\0", "💥" * 100):
        answer = await (await studio.client()).post(REGISTER, json={**body, "setup": code})
        assert answer.status_code == 403
        assert answer.json()["code"] == "account.bad_setup_link"
    assert await accounts.create_setup_link() is None


async def test_registration_is_closed_by_default(studio) -> None:
    body = {"email": "new@example.org", "password": PASSWORD, "name": "New"}
    answer = await (await studio.client()).post(REGISTER, json=body)
    assert answer.status_code == 403
    assert answer.json()["code"] == "account.closed"
    policy = await (await studio.client()).get("/api/v1/auth/registration")
    assert policy.json() == {"open": False}
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        assert not await unit.fetchval("SELECT 1 FROM users WHERE email = 'new@example.org'")


async def test_a_token_opens_the_studio_until_its_session_is_logged_out(studio, owned) -> None:
    nobody = await studio.client()
    body = {"email": OWNER.lower(), "password": PASSWORD}
    answer = await nobody.post("/auth/token", json=body)
    assert answer.status_code == 200
    token = answer.json()
    assert token["token_type"] == "bearer"
    assert token["expires_in"] > 3600
    client = await studio.client(token["access_token"])
    me = (await client.get("/api/v1/auth/me")).json()
    assert me["email"] == OWNER
    assert (await client.post("/api/v1/auth/logout")).status_code == 204
    over = await client.get("/api/v1/auth/me")
    assert over.status_code == 401
    assert over.json()["code"] == "account.session_over"
    assert (await studio.owner.get("/api/v1/auth/me")).status_code == 200


async def test_a_browser_is_logged_in_by_a_cookie_and_out_again(studio, owned) -> None:
    browser = await studio.client(Origin=f"http://{HOST}")
    body = {"email": OWNER, "password": PASSWORD}
    assert (await browser.post("/api/v1/auth/login", json=body)).status_code == 200
    kept = browser.cookies[COOKIE]
    assert (await browser.get("/api/v1/auth/me")).status_code == 200
    await browser.post("/api/v1/auth/logout")
    assert (await browser.get("/api/v1/auth/me")).status_code == 401
    thief = await studio.client(Cookie=f"{COOKIE}={kept}")
    assert (await thief.get("/api/v1/auth/me")).status_code == 401


async def test_a_wrong_password_and_an_unknown_address_get_one_answer(studio, owned) -> None:
    client = await studio.client()
    answers = [
        await client.post("/auth/token", json={"email": email, "password": password})
        for email, password in (
            (OWNER, "another lamp in the fog"),
            ("nobody@example.org", PASSWORD),
            ("", ""),
            (OWNER, "x" * 30_000),
            ("x" * 30_000, PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    # The id of the request tells them apart, and nothing else.
    said = [{**answer.json(), "request_id": ""} for answer in answers]
    assert all(one == said[0] for one in said)


async def test_an_address_with_a_nul_is_a_wrong_request_and_no_fault(studio) -> None:
    body = {"email": "a\0@example.org", "password": PASSWORD}
    answer = await (await studio.client()).post("/auth/token", json=body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "request.bad_text"


async def test_one_address_is_one_account_in_whatever_case(studio, owned) -> None:
    with pytest.raises(service.DirectorError) as refused:
        await accounts.register(OWNER.upper(), PASSWORD, "Another")
    assert refused.value.code == "account.email_taken"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic x", "Bearer a.b.c"])
async def test_a_header_that_is_no_token_is_nobody(studio, header) -> None:
    client = await studio.client(Authorization=header)
    answer = await client.get("/api/v1/auth/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_the_session_of_the_studios_programs_ends_those_before_it(studio: Studio) -> None:
    owner = await accounts.ensure_owner()
    # As a studio that was killed leaves it behind.
    former = await accounts.open_studio_session(owner)
    login = await accounts.open_studio_session(owner)
    renewed = await accounts.renew_studio_session(login)
    assert [
        (await (await studio.client(token)).get("/api/v1/auth/me")).status_code
        for token in (former.token, login.token, renewed.token)
    ] == [401, 200, 200]
