"""Guessing passwords: free at first, then slower and slower, and never at somebody else's cost."""

from __future__ import annotations

import asyncio

import pytest

from app.accounts import service
from app.accounts.login_throttle import MAX_KEYS, LoginThrottle
from app.platform.ids import new_key
from app.platform.request_context import network_of
from tests.studio import PASSWORD, Studio

INA = "ina@example.org"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> LoginThrottle:
    return LoginThrottle(clock)


def test_the_pause_grows_and_ends(throttle: LoginThrottle, clock: Clock) -> None:
    for _ in range(5):
        assert throttle.wait(INA, "eve", known=False) <= 0
        throttle.failed(INA, "eve", known=False)
    first = throttle.wait(" INA@example.org", "eve", known=False)
    assert first > 0
    clock.now += first
    assert throttle.wait(INA, "eve", known=False) <= 0
    throttle.failed(INA, "eve", known=False)
    assert throttle.wait(INA, "eve", known=False) > first
    for _ in range(2000):
        throttle.failed(INA, "eve", known=False)
    assert throttle.wait(INA, "eve", known=False) <= 15 * 60


def test_who_guesses_makes_nobody_else_wait(throttle: LoginThrottle) -> None:
    for _ in range(20):
        throttle.failed(INA, "eve", known=False)
    assert throttle.wait(INA, "eve", known=False) > 60
    assert throttle.wait(INA, "home of ina", known=False) <= 0
    assert throttle.wait("tom@example.org", "eve", known=False) <= 0


def test_many_networks_at_one_person_slow_strangers_and_not_the_person(
    throttle: LoginThrottle, clock: Clock
) -> None:
    for number in range(300):
        throttle.failed(INA, f"bot {number}", known=False)
    wait = throttle.wait(INA, "bot 301", known=False)
    assert 0 < wait <= 30
    assert throttle.wait(INA, "a browser of ina", known=True) <= 0
    clock.now += wait
    assert throttle.wait(INA, "a new place of ina", known=False) <= 0


def test_many_people_from_one_network_slow_it(throttle: LoginThrottle) -> None:
    for number in range(200):
        throttle.failed(f"{number}@example.org", "eve", known=False)
    assert 0 < throttle.wait("next@example.org", "eve", known=False) <= 30
    assert throttle.wait("next@example.org", "elsewhere", known=False) <= 0


def test_a_known_browser_is_slowed_by_its_own_wrong_passwords(throttle: LoginThrottle) -> None:
    for _ in range(8):
        throttle.failed(INA, "a browser of ina", known=True)
    assert throttle.wait(INA, "a browser of ina", known=True) > 0
    throttle.succeeded(INA, "a browser of ina")
    assert throttle.wait(INA, "a browser of ina", known=True) <= 0


def test_made_up_addresses_do_not_fill_the_memory(throttle: LoginThrottle, clock: Clock) -> None:
    for number in range(2 * MAX_KEYS):
        clock.now += 0.001
        throttle.failed(f"{number}@example.org", f"bot {number}", known=False)
    assert len(throttle._tries) <= MAX_KEYS
    assert len(throttle._network) <= MAX_KEYS


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_the_api_says_how_long_to_wait(studio: Studio) -> None:
    client = await studio.client()
    body = {"email": f"{new_key()}@example.org", "password": "not the one"}
    tries = [await client.post("/auth/token", json=body) for _ in range(6)]
    assert [answer.status_code for answer in tries] == [401] * 5 + [429]
    assert "Wait" in tries[-1].json()["hint"]
    assert int(tries[-1].headers["retry-after"]) >= 1


async def test_tries_at_once_are_counted_like_those_one_after_another(studio: Studio) -> None:
    client = await studio.client()
    body = {"email": f"{new_key()}@example.org", "password": "not the one"}
    tries = await asyncio.gather(*(client.post("/auth/token", json=body) for _ in range(40)))
    # Two are looked at side by side.
    assert [answer.status_code for answer in tries].count(401) <= 6
    assert {answer.status_code for answer in tries} == {401, 429}


async def test_a_person_under_attack_gets_in_from_where_they_always_do(studio: Studio) -> None:
    email = f"{new_key()}@example.org"
    await service.register(email, PASSWORD, "Ina")
    body = {"email": email, "password": PASSWORD}
    browser = await studio.client(Origin="http://studio.test")
    assert (await browser.post("/api/v1/auth/login", json=body)).status_code == 200
    # Wrong passwords from everywhere, more than anybody could type.
    for number in range(150):
        service._throttle.failed(email, f"198.51.100.{number}", known=False)
    for _ in range(50):
        service._throttle.failed(email, network_of("127.0.0.1"), known=False)
    stranger = await studio.client()
    assert (await stranger.post("/auth/token", json=body)).status_code == 429
    assert (await browser.post("/api/v1/auth/login", json=body)).status_code == 200
    # The mark alone opens nothing, and is nobody else's.
    wrong = await browser.post("/api/v1/auth/login", json={**body, "password": "wrong one"})
    assert wrong.status_code == 401
    thief = await studio.client(Cookie=f"director_device={'x' * 43}")
    assert (await thief.post("/api/v1/auth/login", json=body)).status_code == 429
