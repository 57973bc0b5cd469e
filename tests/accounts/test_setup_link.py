"""The owner's one-time link over several starts of a studio that has no owner yet."""

from __future__ import annotations

from app import accounts
from tests.studio import PASSWORD

REGISTER = "/api/v1/auth/register"


async def test_an_unused_link_is_replaced_by_the_next_start(own_studio) -> None:
    first, second = await accounts.create_setup_link(), await accounts.create_setup_link()
    body = {"email": "owner@example.org", "password": PASSWORD, "name": "Ina"}
    client = await own_studio.client()
    assert (await client.post(REGISTER, json={**body, "setup": first})).status_code == 403
    taken = "first@example.org"
    await accounts.register(taken, PASSWORD, "Somebody")
    answer = await client.post(REGISTER, json={**body, "setup": second, "email": taken})
    assert answer.status_code == 409
    assert answer.json()["code"] == "account.email_taken"
    assert (await client.post(REGISTER, json={**body, "setup": second})).status_code == 201
