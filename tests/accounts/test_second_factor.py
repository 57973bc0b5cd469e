"""A log-in with a second factor needs a code, which works once; recovery codes and the way back."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from pyotp.totp import TOTP

from app import accounts
from app.accounts import sealing, second_factor
from app.accounts.login_throttle import LoginThrottle
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.studio import PASSWORD

URL = "/api/v1/auth/second-factor"


@pytest.fixture(autouse=True)
def fresh_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_factor, "_throttle", LoginThrottle(lambda: 0.0))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day as the second factor sees it."""
    now = [time.time()]
    monkeypatch.setattr(second_factor.time, "time", lambda: now[0])
    return now


class Person:
    def __init__(self, email: str, client: httpx.AsyncClient, secret: str, codes: list[str]):
        self.email, self.client, self.secret, self.codes = email, client, secret, codes

    def code(self, clock: list[float], steps: int = 0) -> str:
        return TOTP(self.secret).at(int(clock[0]) + steps * 30)


async def with_app(studio, clock) -> Person:
    email = f"{new_key()}@example.org"
    login = await accounts.register(email, PASSWORD, "Ina")
    client = await studio.client(login.token)
    begun = await client.post(URL, json={"current": PASSWORD})
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    asked = parse_qs(urlsplit(begun.json()["uri"]).query)
    assert asked == {"secret": [secret], "issuer": ["Movie Director"]}
    code = TOTP(secret).at(int(clock[0]))
    confirmed = await client.post(f"{URL}/confirm", json={"code": code})
    assert confirmed.status_code == 200, confirmed.text
    return Person(email, client, secret, confirmed.json()["recovery_codes"])


async def log_in(studio, email: str, **given: str) -> httpx.Response:
    client = await studio.client()
    body = {"email": email, "password": PASSWORD, **given}
    return await client.post("/auth/token", json=body)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_log_in_needs_a_code_which_works_once(studio, clock) -> None:
    person = await with_app(studio, clock)
    assert (await person.client.get(URL)).json() == {
        "enabled": True,
        "recovery_codes": 10,
        "passkey_required": False,
    }
    assert refusal(await log_in(studio, person.email)) == (401, "account.code_required")
    wrong = await log_in(studio, person.email, password="not the one", code=person.code(clock, 1))
    assert refusal(wrong) == (401, "account.wrong")
    # The code that confirmed it is used up, too.
    used = await log_in(studio, person.email, code=person.code(clock))
    assert refusal(used) == (401, "account.wrong_code")
    clock[0] += 30
    assert (await log_in(studio, person.email, code=person.code(clock))).status_code == 200
    again = await log_in(studio, person.email, code=person.code(clock))
    assert refusal(again) == (401, "account.wrong_code")
    clock[0] += 90
    late = await log_in(studio, person.email, code=person.code(clock, -3))
    assert refusal(late) == (401, "account.wrong_code")
    form = {"grant_type": "password", "username": person.email, "password": PASSWORD}
    client = await studio.client()
    refused = await client.post("/auth/token", data=form)
    assert refused.json()["error"] == "invalid_grant"
    good = await client.post("/auth/token", data={**form, "code": person.code(clock)})
    assert good.status_code == 200


async def test_a_recovery_code_lets_in_once_and_a_reset_link_takes_the_factor_away(
    studio, clock
) -> None:
    person = await with_app(studio, clock)
    spoken = f" {person.codes[0][:6].upper()}-{person.codes[0][6:]}"
    assert (await log_in(studio, person.email, code=spoken)).status_code == 200
    again = await log_in(studio, person.email, code=person.codes[0])
    assert refusal(again) == (401, "account.wrong_code")
    assert (await person.client.get(URL)).json()["recovery_codes"] == 9
    link = await accounts.create_reset_link(person.email)
    await accounts.reset_password(link, PASSWORD)
    assert (await log_in(studio, person.email)).status_code == 200


async def test_codes_cannot_be_guessed(studio, clock) -> None:
    person = await with_app(studio, clock)
    clock[0] += 60
    for _ in range(5):
        assert refusal(await log_in(studio, person.email, code="000000"))[0] == 401
    held = await log_in(studio, person.email, code=person.code(clock))
    assert refusal(held) == (429, "account.too_many_tries")


async def test_it_is_set_up_and_turned_off_by_who_has_the_password(studio, clock) -> None:
    person = await with_app(studio, clock)
    twice = await person.client.post(URL, json={"current": PASSWORD})
    assert refusal(twice) == (409, "second_factor.enabled")
    stranger = await studio.person()
    assert refusal(await stranger.post(URL, json={"current": "guess"})) == (
        403,
        "account.wrong_password",
    )
    none = await stranger.post(f"{URL}/confirm", json={"code": "123456"})
    assert refusal(none) == (409, "second_factor.none")
    # Begun and not confirmed: nothing is asked yet.
    assert (await stranger.post(URL, json={"current": PASSWORD})).status_code == 201
    assert not (await stranger.get(URL)).json()["enabled"]
    clock[0] += 30
    wrong = {"current": "guess", "code": person.code(clock)}
    assert refusal(await person.client.post(f"{URL}/remove", json=wrong)) == (
        403,
        "account.wrong_password",
    )
    right = {"current": PASSWORD, "code": person.code(clock)}
    assert (await person.client.post(f"{URL}/remove", json=right)).status_code == 204
    assert (await log_in(studio, person.email)).status_code == 200


async def stored_secret(email: str) -> tuple[UUID, str]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow(
            """SELECT f.user_id, f.secret FROM second_factors f JOIN users u ON u.id = f.user_id
               WHERE u.email = $1""",
            email,
        )
    assert row is not None
    return row["user_id"], row["secret"]


async def test_secrets_are_encrypted_at_rest_each_for_its_person(studio, clock) -> None:
    person, other = await with_app(studio, clock), await with_app(studio, clock)
    owner, stored = await stored_secret(person.email)
    assert person.secret not in stored
    assert sealing.unseal(stored, owner) == person.secret
    assert sealing.unseal(stored, (await stored_secret(other.email))[0]) is None


async def test_one_of_before_is_encrypted_when_it_is_used(studio, clock) -> None:
    person = await with_app(studio, clock)
    owner, _ = await stored_secret(person.email)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE second_factors SET secret = $2 WHERE user_id = $1", owner, person.secret
        )
    clock[0] += 60
    assert (await log_in(studio, person.email, code=person.code(clock))).status_code == 200
    assert sealing.is_sealed((await stored_secret(person.email))[1])


async def test_without_its_key_a_recovery_code_lets_in(studio, clock, monkeypatch) -> None:
    person = await with_app(studio, clock)
    monkeypatch.setattr(sealing, "_key", b"another" + bytes(25))
    clock[0] += 60
    wrong = await log_in(studio, person.email, code=person.code(clock))
    assert refusal(wrong) == (401, "account.wrong_code")
    assert (await log_in(studio, person.email, code=person.codes[0])).status_code == 200


async def test_a_wrong_code_of_who_is_logged_in_ends_no_log_in(studio, clock) -> None:
    person = await with_app(studio, clock)
    wrong = await person.client.post(f"{URL}/remove", json={"current": PASSWORD, "code": "x"})
    assert refusal(wrong) == (403, "second_factor.wrong_code")
    assert (await person.client.get(URL)).json()["enabled"]
