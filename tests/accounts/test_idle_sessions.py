"""A log-in ends when nobody uses it; work over an open socket is use, a page left open is none."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app import accounts
from app.accounts import sessions
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.gateway.sockets import peer
from tests.studio import PASSWORD, Studio

ME, LIST = "/api/v1/auth/me", "/api/v1/auth/sessions"


@pytest.fixture(autouse=True)
def a_week(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions._State, "idle", timedelta(days=7))


async def not_used_for(login: accounts.Login, time: timedelta) -> None:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE sessions SET seen_at = now() - $2::interval WHERE id = $1",
            login.actor.session_id,
            time,
        )
    sessions._State.good.clear()


async def seen_ago(session_id: UUID | None) -> timedelta:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return await unit.fetchval("SELECT now() - seen_at FROM sessions WHERE id = $1", session_id)


async def person(studio: Studio) -> tuple[accounts.Login, httpx.AsyncClient]:
    login = await accounts.register(f"{new_key()}@example.org", PASSWORD, "Ina")
    return login, await studio.client(login.token)


async def test_a_log_in_that_nobody_uses_ends_and_says_why(studio) -> None:
    login, client = await person(studio)
    await not_used_for(login, timedelta(days=6, hours=23))
    assert (await client.get(ME)).status_code == 200
    assert await seen_ago(login.actor.session_id) < timedelta(hours=1)
    other = await accounts.open_session(login.actor, label="phone")
    await not_used_for(other, timedelta(days=7, minutes=2))
    assert len((await client.get(LIST)).json()["items"]) == 1
    ended = await (await studio.client(other.token)).get(ME)
    assert (ended.status_code, ended.json()["code"]) == (401, "account.session_idle")
    assert "not used for 7 days" in ended.json()["title"]
    # It is not used again by being asked for.
    assert await seen_ago(other.actor.session_id) > timedelta(days=7)


async def test_programs_of_the_studio_and_tokens_go_on(studio) -> None:
    login, client = await person(studio)
    made = await client.post("/api/v1/auth/tokens", json={"name": "x", "scopes": ["read"]})
    own = await accounts.open_session(login.actor, label="studio", of_studio=True)
    for one in (login, own):
        await not_used_for(one, timedelta(days=8))
    assert (await client.get(ME)).status_code == 401
    for token in (own.token, made.json()["secret"]):
        assert (await (await studio.client(token)).get(ME)).status_code == 200


async def test_without_a_limit_none_ends_by_itself(studio, monkeypatch) -> None:
    monkeypatch.setattr(sessions._State, "idle", None)
    login, client = await person(studio)
    await not_used_for(login, timedelta(days=8))
    assert (await client.get(ME)).status_code == 200


async def test_work_over_a_socket_is_use_and_a_page_left_open_is_none(studio) -> None:
    login, client = await person(studio)
    project = await studio.project(client)
    async with studio.served() as host, peer(host, project, login.token) as socket:
        await socket.join()
        await not_used_for(login, timedelta(days=6))
        await socket.say("client:presence", cursor={"x": 1, "y": 2})
        async with asyncio.timeout(60):
            # Looked at every few seconds, with the rights.
            while await seen_ago(login.actor.session_id) > timedelta(days=1):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await not_used_for(login, timedelta(days=8))
        await socket.say("client:ping", t=1)
        assert await socket.closed() == 4401


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (30, "30 minutes"), (60, "1 hour"), (90, "90 minutes"), (10080, "7 days")],
)
def test_the_time_is_told_in_words(minutes: int, words: str) -> None:
    assert sessions._in_words(timedelta(minutes=minutes)) == words
