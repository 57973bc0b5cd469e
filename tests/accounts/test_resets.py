"""The one-time link for somebody who is locked out: what it opens, what it ends, how often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app import accounts
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError
from tests.studio import HOST, PASSWORD

EMAIL = "ina@example.org"
FRESH = "four candles in a boat"
RESET = "/api/v1/auth/reset"


async def ina(own_studio) -> accounts.Login:
    return await accounts.register(EMAIL, PASSWORD, "Ina")


async def test_a_link_gives_a_new_password_once_and_ends_what_was_open(own_studio) -> None:
    login = await ina(own_studio)
    actor = await accounts.authenticate(login.token)
    own = await accounts.open_session(
        actor, label="studio", lasting=timedelta(days=1), of_studio=True
    )
    code = await accounts.create_reset_link(EMAIL.upper())
    client = await own_studio.client(Origin=f"http://{HOST}")

    weak = await client.post(RESET, json={"code": code, "password": "password12"})
    assert weak.json()["code"] == "account.weak_password"
    answer = await client.post(RESET, json={"code": code, "password": FRESH})
    assert answer.status_code == 200
    assert answer.json()["email"] == EMAIL

    # The old password and the old log-in are over; the new password and the studio's token hold.
    with pytest.raises(DirectorError, match="not right"):
        await accounts.log_in(EMAIL, PASSWORD, label="test")
    with pytest.raises(DirectorError) as ended:
        await accounts.authenticate(login.token)
    assert ended.value.code == "account.session_over"
    assert (await accounts.log_in(EMAIL, FRESH, label="test")).actor.user_id == actor.user_id
    assert (await accounts.authenticate(own.token)).user_id == actor.user_id

    again = await client.post(RESET, json={"code": code, "password": FRESH})
    assert (again.status_code, again.json()["code"]) == (403, "account.bad_reset_link")


async def test_a_later_link_makes_the_first_void_and_an_old_one_is_refused(own_studio) -> None:
    await ina(own_studio)
    first, second = [await accounts.create_reset_link(EMAIL) for _ in range(2)]
    with pytest.raises(DirectorError) as void:
        await accounts.reset_password(first, FRESH)
    assert void.value.code == "account.bad_reset_link"
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute("UPDATE setup_links SET expires_at = now() WHERE user_id IS NOT NULL")
    with pytest.raises(DirectorError) as old:
        await accounts.reset_password(second, FRESH)
    assert old.value.code == "account.bad_reset_link"


async def test_of_two_who_use_a_link_at_once_one_is_let_in(own_studio) -> None:
    await ina(own_studio)
    code = await accounts.create_reset_link(EMAIL)
    answers = await asyncio.gather(
        *(accounts.reset_password(code, f"{FRESH} {n}") for n in range(3)), return_exceptions=True
    )
    assert sorted(isinstance(a, accounts.Login) for a in answers) == [False, False, True]


async def test_a_reset_link_makes_nobody_the_owner_and_the_owners_link_resets_nobody(
    own_studio,
) -> None:
    setup = await accounts.create_setup_link()
    assert setup is not None
    await ina(own_studio)
    code = await accounts.create_reset_link(EMAIL)
    with pytest.raises(DirectorError) as no_owner:
        await accounts.claim_ownership(code, "thief@example.org", FRESH, "Thief")
    assert no_owner.value.code == "account.bad_setup_link"
    with pytest.raises(DirectorError) as no_reset:
        await accounts.reset_password(setup, FRESH)
    assert no_reset.value.code == "account.bad_reset_link"
    # A start of the studio prints a fresh owner's link, and leaves other people's alone.
    await accounts.create_setup_link()
    await accounts.reset_password(code, FRESH)


async def test_an_unknown_address_is_told(own_studio) -> None:
    with pytest.raises(DirectorError, match="Nobody in this studio") as unknown:
        await accounts.create_reset_link("nobody@example.org")
    assert unknown.value.code == "account.unknown"
