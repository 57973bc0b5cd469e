"""An erased person is forgotten and cannot come in; ended log-ins are purged."""

from __future__ import annotations

from datetime import timedelta

from app import accounts
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.studio import PASSWORD


async def test_an_erased_person_is_forgotten_and_what_they_made_stays(studio) -> None:
    email = f"{new_key()}@example.org"
    login = await accounts.register(email, PASSWORD, "Eve Unforgettable")
    eve = await studio.client(login.token)
    project = await studio.project(eve)
    user = login.actor.user_id
    stranger = await studio.person()
    assert (await stranger.delete(f"/api/v1/people/{user}")).status_code == 403
    assert (await studio.owner.delete(f"/api/v1/people/{user}")).status_code == 204
    assert (await eve.get("/api/v1/auth/me")).status_code == 401
    again = await stranger.post("/auth/token", json={"email": email, "password": PASSWORD})
    assert again.status_code == 401
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        row = await unit.fetchrow("SELECT * FROM users WHERE id = $1", user)
        assert row is not None
        assert (row["name"], row["email"], row["password_hash"]) == ("Erased person", None, None)
        for table in ("sessions", "api_tokens", "second_factors", "passkeys"):
            assert not await unit.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", user)
        assert await unit.fetchval("SELECT 1 FROM projects WHERE id::text = $1", project)
    # The address is free for somebody else.
    await accounts.register(email, PASSWORD, "Another")
    owner = (await studio.owner.get("/api/v1/auth/me")).json()["id"]
    refused = await studio.owner.delete(f"/api/v1/people/{owner}")
    assert (refused.status_code, refused.json()["code"]) == (409, "account.is_owner")


async def test_log_ins_that_ended_long_ago_are_purged_and_others_stay(studio) -> None:
    old = await accounts.register(f"{new_key()}@example.org", PASSWORD, "Old")
    young = await accounts.register(f"{new_key()}@example.org", PASSWORD, "Young")
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE sessions SET revoked_at = now() - interval '200 days' WHERE id = $1",
            old.actor.session_id,
        )
        await unit.execute(
            "UPDATE sessions SET revoked_at = now() - interval '100 days' WHERE id = $1",
            young.actor.session_id,
        )
    assert await accounts.purge_logins(timedelta(days=180)) >= 1
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        ids = [old.actor.session_id, young.actor.session_id]
        rows = await unit.fetch("SELECT id FROM sessions WHERE id = ANY($1::uuid[])", ids)
    assert [row["id"] for row in rows] == [young.actor.session_id]
    assert (await studio.owner.get("/api/v1/auth/me")).status_code == 200
