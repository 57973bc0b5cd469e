"""Passkeys: added, named, removed; a log-in by one, alone or beside the password; forged ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app import accounts
from app.accounts import passkey_login, passkeys, second_factor
from app.accounts.login_throttle import LoginThrottle
from app.accounts.passkey_challenges import LIFETIME, MOST_USED, Challenges
from app.accounts.passkey_sites import site_of_origin
from app.platform.ids import new_key
from node_registry import DirectorError
from tests.authenticator import ORIGIN, PAGE, PRESENT, Authenticator, add_passkey
from tests.studio import PASSWORD, Studio

URL = "/api/v1/auth/passkeys"
LOGIN = "/api/v1/auth/login/passkey"


@pytest.fixture(autouse=True)
def fresh_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (passkey_login, second_factor):
        monkeypatch.setattr(module, "_throttle", LoginThrottle(lambda: 0.0))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time as the challenges see it."""
    now = [1000.0]
    monkeypatch.setattr(passkeys, "challenges", Challenges(lambda: now[0]))
    return now


class Person:
    def __init__(self, email: str, client: httpx.AsyncClient, passkey: Authenticator, told: dict):
        self.email, self.client, self.passkey, self.told = email, client, passkey, told


async def with_passkey(studio: Studio) -> Person:
    email = f"{new_key()}@example.org"
    login = await accounts.register(email, PASSWORD, "Ina")
    client = await studio.client(login.token)
    return Person(email, client, *await add_passkey(client, PASSWORD))


async def browser(studio: Studio) -> httpx.AsyncClient:
    return await studio.client(**PAGE)


async def asked(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post(f"{LOGIN}/options")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def show(client: httpx.AsyncClient, assertion: dict[str, Any]) -> httpx.Response:
    return await client.post(LOGIN, json={"passkey": assertion})


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_passkey_lets_in_alone_and_only_its_person(studio) -> None:
    person = await with_passkey(studio)
    client = await browser(studio)
    options = await asked(client)
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    assert options["allowCredentials"] == []
    let_in = await show(client, person.passkey.get(options))
    assert let_in.status_code == 200, let_in.text
    assert let_in.json()["email"] == person.email
    assert (await client.get("/api/v1/auth/me")).json()["email"] == person.email
    (shown,) = (await client.get(URL)).json()["items"]
    assert shown["used_at"] is not None
    # Ended from elsewhere, as any log-in; the passkey stays.
    assert (await person.client.delete("/api/v1/auth/sessions")).json()["ended"] >= 1
    assert (await client.get("/api/v1/auth/me")).status_code == 401
    assert (await show(client, person.passkey.get(await asked(client)))).status_code == 200


async def test_they_are_several_named_listed_and_removed_with_the_password(studio) -> None:
    person = await with_passkey(studio)
    key, second = await add_passkey(person.client, PASSWORD, "  Key on\nthe ring ")
    listed = (await person.client.get(URL)).json()["items"]
    assert [one["name"] for one in listed] == ["Key on the ring", "Laptop"]
    assert {one["host"] for one in listed} == {"localhost"}
    renamed = await person.client.patch(f"{URL}/{second['id']}", json={"name": "Key"})
    assert renamed.json()["name"] == "Key"
    stranger = await studio.person()
    for answer in (
        await stranger.patch(f"{URL}/{second['id']}", json={"name": "Mine"}),
        await stranger.post(f"{URL}/{second['id']}/remove", json={"current": PASSWORD}),
    ):
        assert refusal(answer) == (404, "passkey.not_found")
    path = f"{URL}/{second['id']}/remove"
    wrong = await person.client.post(path, json={"current": "another"})
    assert refusal(wrong) == (403, "account.wrong_password")
    assert (await person.client.post(path, json={"current": PASSWORD})).status_code == 204
    client = await browser(studio)
    gone = await show(client, key.get(await asked(client)))
    assert refusal(gone) == (401, "account.wrong_passkey")
    assert len((await person.client.get(URL)).json()["items"]) == 1


async def test_what_is_done_with_them_stands_in_the_audit_log(studio) -> None:
    person = await with_passkey(studio)
    client = await browser(studio)
    forged = person.passkey.get(await asked(client), origin="http://evil.localhost")
    assert (await show(client, forged)).status_code == 401
    assert (await show(client, person.passkey.get(await asked(client)))).status_code == 200
    me = (await client.get("/api/v1/auth/me")).json()["id"]
    log = (await studio.owner.get("/api/v1/audit?limit=20")).json()["items"]
    mine = [(one["kind"], one["detail"].get("why")) for one in log if one["user_id"] == me]
    assert mine[:3] == [
        ("login.opened", None),
        ("passkey.failed", "account.wrong_passkey"),
        ("passkey.added", None),
    ]


def forged_flags(passkey: Authenticator) -> None:
    passkey.flags = PRESENT


def other_key(passkey: Authenticator) -> None:
    passkey.key = Authenticator().key


def other_person(passkey: Authenticator) -> None:
    passkey.user_handle = bytes(16)


def unknown(passkey: Authenticator) -> None:
    passkey.credential_id = bytes(32)


@pytest.mark.parametrize("spoil", [forged_flags, other_key, other_person, unknown])
async def test_what_is_not_its_persons_is_refused(
    studio, spoil: Callable[[Authenticator], None]
) -> None:
    person, client = await with_passkey(studio), await browser(studio)
    spoil(person.passkey)
    answer = await show(client, person.passkey.get(await asked(client)))
    assert refusal(answer) == (401, "account.wrong_passkey")
    assert "set-cookie" not in answer.headers


async def test_an_answer_made_for_another_page_is_refused(studio) -> None:
    person, client = await with_passkey(studio), await browser(studio)
    for origin in ("http://localhost:8080", "https://localhost", "http://evil.example"):
        answer = await show(client, person.passkey.get(await asked(client), origin=origin))
        assert refusal(answer) == (401, "account.wrong_passkey")
    # A page of another program of this host that puts itself between: its challenges are of its
    # own address, where this passkey was not made.
    between = await studio.client(Origin="http://localhost:8080", Host="localhost:8080")
    assertion = person.passkey.get(await asked(between), origin="http://localhost:8080")
    assert refusal(await show(between, assertion)) == (401, "account.wrong_passkey")
    # And what was asked for there is worth nothing here.
    assertion = person.passkey.get(await asked(between))
    assert refusal(await show(client, assertion)) == (409, "passkey.expired")


async def test_a_challenge_is_good_for_minutes_and_once(studio, clock: list[float]) -> None:
    person, client = await with_passkey(studio), await browser(studio)
    options = await asked(client)
    forged = {**person.passkey.get(options), "signature": "AAAA"}
    assert (await show(client, forged)).status_code == 401
    # It was used up by the forged one.
    assert refusal(await show(client, person.passkey.get(options))) == (409, "passkey.expired")
    assertion = person.passkey.get(await asked(client))
    assert (await show(client, assertion)).status_code == 200
    assert refusal(await show(client, assertion)) == (409, "passkey.expired")
    late = person.passkey.get(await asked(client))
    clock[0] += LIFETIME
    assert refusal(await show(client, late)) == (409, "passkey.expired")
    made_up = person.passkey.get({**await asked(client), "challenge": "A" * 75})
    assert refusal(await show(client, made_up)) == (409, "passkey.expired")


async def test_a_counter_that_goes_back_is_a_copy(studio) -> None:
    person, client = await with_passkey(studio), await browser(studio)
    person.passkey.count, person.passkey.step = 7, 0
    assert (await show(client, person.passkey.get(await asked(client)))).status_code == 200
    for count in (7, 6, 0):
        person.passkey.count = count
        answer = await show(client, person.passkey.get(await asked(client)))
        assert refusal(answer) == (401, "account.copied_passkey")
    person.passkey.count = 8
    assert (await show(client, person.passkey.get(await asked(client)))).status_code == 200


async def test_beside_the_password_where_its_person_wants_both(studio) -> None:
    person, client = await with_passkey(studio), await browser(studio)
    words = {"email": person.email, "password": PASSWORD}
    assert (await client.post("/api/v1/auth/login", json=words)).status_code == 200
    need = {"required": True, "current": PASSWORD}
    assert (await person.client.put(f"{URL}/required", json=need)).status_code == 204
    assert (await person.client.get("/api/v1/auth/second-factor")).json()["passkey_required"]
    client = await browser(studio)
    alone = await client.post("/api/v1/auth/login", json=words)
    assert refusal(alone) == (401, "account.passkey_required")
    wrong = await client.post("/api/v1/auth/login", json={**words, "password": "another one"})
    assert refusal(wrong) == (401, "account.wrong")
    token = await client.post("/auth/token", json=words)
    assert token.json()["code"] == "account.passkey_required"
    other = await with_passkey(studio)
    body = {**words, "passkey": other.passkey.get(await asked(client))}
    theirs = await client.post("/api/v1/auth/login", json=body)
    assert refusal(theirs) == (401, "account.wrong_passkey")
    body = {**words, "passkey": person.passkey.get(await asked(client))}
    assert (await client.post("/api/v1/auth/login", json=body)).status_code == 200
    # Without any passkey left, a password is enough.
    remove = f"{URL}/{person.told['id']}/remove"
    assert (await person.client.post(remove, json={"current": PASSWORD})).status_code == 204
    assert (await client.post("/api/v1/auth/login", json=words)).status_code == 200
    none = await person.client.put(f"{URL}/required", json=need)
    assert refusal(none) == (409, "passkey.none")


async def test_a_reset_link_takes_them_away_and_who_is_kept_out_stays_out(studio) -> None:
    person, client = await with_passkey(studio), await browser(studio)
    me = (await person.client.get("/api/v1/auth/me")).json()["id"]
    for disabled, code in ((True, 403), (False, 200)):
        changed = await studio.owner.patch(f"/api/v1/people/{me}", json={"disabled": disabled})
        assert changed.status_code == 204
        answer = await show(client, person.passkey.get(await asked(client)))
        assert answer.status_code == code, answer.text
    need = {"required": True, "current": PASSWORD}
    assert (await client.put(f"{URL}/required", json=need)).status_code == 204
    link = await accounts.create_reset_link(person.email)
    login = await accounts.reset_password(link, PASSWORD)
    back = await studio.client(login.token)
    assert (await back.get(URL)).json()["items"] == []
    assert not (await back.get("/api/v1/auth/second-factor")).json()["passkey_required"]
    gone = await show(client, person.passkey.get(await asked(client)))
    assert refusal(gone) == (401, "account.wrong_passkey")


async def test_what_is_added_is_what_was_asked_for(studio) -> None:
    person = await with_passkey(studio)
    path = f"{URL}/options"
    wrong = await person.client.post(path, json={"current": "another"}, headers=PAGE)
    assert refusal(wrong) == (403, "account.wrong_password")

    async def begin() -> dict[str, Any]:
        answer = await person.client.post(path, json={"current": PASSWORD}, headers=PAGE)
        return answer.json()

    async def add(credential: dict[str, Any], client: httpx.AsyncClient | None = None) -> Any:
        body = {"name": "Key", "credential": credential}
        return await (client or person.client).post(URL, json=body, headers=PAGE)

    options = await begin()
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert len(options["excludeCredentials"]) == 1
    elsewhere = Authenticator().create(options, origin="http://evil.example")
    assert refusal(await add(elsewhere)) == (400, "passkey.refused")
    assert refusal(await add(Authenticator().create(options))) == (409, "passkey.expired")
    unseen = Authenticator()
    unseen.flags = PRESENT
    assert refusal(await add(unseen.create(await begin()))) == (400, "passkey.refused")
    # Begun by one and ended by another: it would be the first one's key in the other's account.
    stranger = await studio.person()
    answer = await add(Authenticator().create(await begin()), stranger)
    assert refusal(answer) == (409, "passkey.expired")
    again = person.passkey.create(await begin())
    assert refusal(await add(again)) == (409, "passkey.known")
    good = Authenticator().create(await begin())
    for name, value in (
        ("attestation_object", "AAAA"),
        ("attestation_object", "n" * 30_000),
        ("client_data", "AAAA"),
        ("credential_id", "not base64!"),
        ("credential_id", "AAAA"),
    ):
        assert refusal(await add({**good, name: value}))[1] in (
            "passkey.refused",
            "passkey.expired",
        )
    token = await person.client.post(
        "/api/v1/auth/tokens", json={"name": "x", "scopes": ["admin", "edit"]}
    )
    program = await studio.client(token.json()["secret"])
    refused = await program.post(path, json={"current": PASSWORD}, headers=PAGE)
    assert refusal(refused) == (403, "account.session_required")


async def test_forged_ones_are_slowed_down_for_this_passkey_alone(studio) -> None:
    person, other = await with_passkey(studio), await with_passkey(studio)
    client = await browser(studio)
    for _ in range(5):
        forged = {**person.passkey.get(await asked(client)), "signature": "AAAA"}
        assert (await show(client, forged)).status_code == 401
    held = await show(client, person.passkey.get(await asked(client)))
    assert refusal(held) == (429, "account.too_many_tries")
    assert (await show(client, other.passkey.get(await asked(client)))).status_code == 200


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("http://127.0.0.1:8700", "http://localhost:8700"),
        ("http://[::1]:8700", "http://localhost:8700"),
        ("https://10.0.0.7", "a name"),
        ("http://studio.example", "certificate"),
        ("https://[", "browser|one"),
        ("null", "one"),
        ("", "one"),
    ],
)
def test_where_browsers_keep_none_it_is_told(origin: str, told: str) -> None:
    with pytest.raises(DirectorError) as refused:
        site_of_origin(origin, ())
    assert refused.value.code == "passkey.unavailable"
    assert any(word in str(refused.value) for word in told.split("|"))


def test_the_host_of_a_page_is_the_id_of_its_passkeys() -> None:
    site = site_of_origin("https://studio.example:8443", ("https://studio.example:8443",))
    assert (site.rp_id, site.trusted) == ("studio.example", True)
    assert not site_of_origin(ORIGIN, ()).trusted


def test_challenges_that_wait_take_up_no_room_and_used_ones_are_forgotten() -> None:
    now = [0.0]
    challenges = Challenges(lambda: now[0])
    for _ in range(3):
        challenges.use(challenges.issue("a"), "a")
    with pytest.raises(DirectorError):
        challenges.use(challenges.issue("a"), "b")
    with pytest.raises(DirectorError):
        challenges.use(Challenges(lambda: now[0]).issue("a"), "a")
    assert len(challenges._used) == 3
    now[0] += LIFETIME
    challenges.use(challenges.issue("a"), "a")
    assert len(challenges._used) == 1
    challenges._used.update({bytes([i % 256, i // 256]): now[0] + 1 for i in range(MOST_USED)})
    with pytest.raises(DirectorError) as refused:
        challenges.use(challenges.issue("a"), "a")
    assert refused.value.status == 429
