"""Hashing of passwords: few at once, the code before the hash, others get in during a flood."""

from __future__ import annotations

import asyncio

import pytest

from app.accounts import passwords
from app.accounts.hashing import hash_password
from app.platform.request_context import client_address
from tests.studio import Studio


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed, in their order."""
    hashed: list[str] = []
    really = passwords.hash_password

    def note(password: str) -> str:
        hashed.append(password)
        return really(password)

    monkeypatch.setattr(passwords, "hash_password", note)
    return hashed


async def test_a_wrong_setup_link_costs_no_hash(studio: Studio, hashes: list[str]) -> None:
    body = {"email": "eve@example.org", "password": "a good long secret", "name": "Eve"}
    client = await studio.client()
    for number in range(3):
        given = {**body, "setup": f"made up {number}"}
        answer = await client.post("/api/v1/auth/register", json=given)
        assert answer.json()["code"] == "account.bad_setup_link"
    assert hashes == []


async def test_a_wrong_reset_link_costs_no_hash(studio: Studio, hashes: list[str]) -> None:
    body = {"code": "made up", "password": "a good long secret"}
    answer = await (await studio.client()).post("/api/v1/auth/reset", json=body)
    assert answer.json()["code"] == "account.bad_reset_link"
    assert hashes == []


async def test_a_flood_from_one_network_is_refused_and_others_are_served() -> None:
    client_address.set("203.0.113.9")
    flood = [asyncio.create_task(hash_password(f"flood number {n}")) for n in range(60)]
    await asyncio.sleep(0)
    client_address.set("198.51.100.7")
    hashed = await hash_password("honest enough")
    assert passwords.verify_password(hashed, "honest enough")
    # Two ran when the honest one came and eight waited, of which one has a turn before it.
    assert sum(task.done() and not task.exception() for task in flood) <= 4
    results = await asyncio.gather(*flood, return_exceptions=True)
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 50
    assert {getattr(one, "code", "") for one in refused} == {"server.busy"}
