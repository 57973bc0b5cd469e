"""Guessing passwords: free at first, then slower and slower, for that address alone."""

from __future__ import annotations

import pytest

from app.accounts.login_throttle import FREE_TRIES, MAX_ADDRESSES, MAX_WAIT, LoginThrottle
from app.platform.ids import new_key
from node_registry import DirectorError
from tests.studio import Studio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def waits(throttle: LoginThrottle, address: str) -> int:
    with pytest.raises(DirectorError) as caught:
        throttle.check(address)
    assert caught.value.status == 429
    return int(str(caught.value.fields["retry_after"]))


def test_the_pause_grows_and_ends() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock)
    for _ in range(FREE_TRIES):
        throttle.check("ina@example.org")
        throttle.failed("ina@example.org")
    first = waits(throttle, " INA@example.org")
    clock.now += first
    throttle.check("ina@example.org")
    throttle.failed("ina@example.org")
    assert waits(throttle, "ina@example.org") > first
    for _ in range(40):
        throttle.failed("ina@example.org")
    assert waits(throttle, "ina@example.org") <= MAX_WAIT + 1
    throttle.check("tom@example.org")


def test_the_right_password_forgets_the_wrong_ones() -> None:
    throttle = LoginThrottle(Clock())
    for _ in range(FREE_TRIES + 3):
        throttle.failed("ina@example.org")
    throttle.succeeded("ina@example.org")
    throttle.check("ina@example.org")


def test_made_up_addresses_do_not_fill_the_memory() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock)
    for number in range(2 * MAX_ADDRESSES):
        clock.now += 0.001
        throttle.failed(f"{number}@example.org")
    assert len(throttle._failures) <= MAX_ADDRESSES


async def test_the_api_says_how_long_to_wait(studio: Studio) -> None:
    address = f"{new_key()}@example.org"
    client = await studio.client()
    tries = [
        await client.post("/auth/token", json={"email": address, "password": "not the one"})
        for _ in range(FREE_TRIES + 1)
    ]
    assert [answer.status_code for answer in tries] == [401] * FREE_TRIES + [429]
    assert "Wait" in tries[-1].json()["hint"]
