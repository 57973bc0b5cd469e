"""Coming back while an older connection of the same client still brings something."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.collaboration.client_sequences import ClientSequences
from app.platform.ids import new_key
from tests.gateway.sockets import peer


async def test_what_is_applied_and_not_stored_yet_is_not_called_forgotten(
    host: str, project: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ClientSequences.answers_since

    async with (
        peer(host, project, token) as old,
        peer(host, project, token) as new,
    ):
        await old.join(client_id="one")

        async def while_one_arrives(
            clients: ClientSequences, client_id: str, first: int
        ) -> dict[int, Any]:
            monkeypatch.setattr(ClientSequences, "answers_since", asked)
            # The writer stores it with its next batch, some moments after this answer.
            await old.say("client:ops", seq=1, ops=[node])
            while clients.last_seq(client_id) < 1:  # noqa: ASYNC110 - the moment before it is stored
                await asyncio.sleep(0)
            return await asked(clients, client_id, first)

        node = {"op": "node.add", "id": new_key(), "type": "film.shot"}
        monkeypatch.setattr(ClientSequences, "answers_since", while_one_arrives)
        welcome = await new.join(client_id="one", next_seq=1)
        known = {int(seq) for seq in welcome.get("accepted", {})}
        # A client makes again what is settled and named nowhere: it would take place twice.
        assert set(range(1, welcome["settled"] + 1)) <= known
        await new.say("client:ops", seq=1, ops=[node])
        answer = await new.next("server:ack", "server:ops", "server:rejected")
        assert "reason" not in answer
