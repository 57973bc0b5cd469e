"""What was sent takes place once, in order, whatever is lost: the outbox against a model."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from director_client import Refused
from director_client.events import Rejected, Welcome
from director_client.outbox import MAX_IN_FLIGHT, Entry, Outbox
from director_client.wire.client_events import Ops

SEEDS = 200


class Studio:
    """A studio as the page on the wire describes it: a log, and what a crash forgets."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.log: list[tuple[int, str]] = []
        self.batch: list[tuple[int, str]] = []
        self.refused: dict[int, Rejected] = {}
        self.ever_refused: set[str] = set()
        self.settled = 0

    def hear(self, seq: int, name: str) -> list[tuple[str, Any]]:
        if seq > self.settled + 1:
            return [("gap", self.settled + 1)]
        if seq <= self.settled:
            stored = [at for at, (number, _) in enumerate(self.log, 1) if number == seq]
            if stored:
                return [("ack", (seq, stored[0]))]
            return [("rejected", self.refused[seq])] if seq in self.refused else []
        self.settled = seq
        if self.chance.random() < 0.15:
            self.refused[seq] = Rejected(seq=seq, reason="locked", message="It is locked.")
            self.ever_refused.add(name)
            return [("rejected", self.refused[seq])]
        self.batch.append((seq, name))
        return []

    def commit(self) -> list[tuple[str, Any]]:
        received = [("ops", (seq, len(self.log) + at)) for at, (seq, _) in enumerate(self.batch, 1)]
        self.log += self.batch
        self.batch = []
        return received

    def crash(self) -> None:
        self.batch, self.refused = [], {}
        self.ever_refused.clear()
        self.settled = max((seq for seq, _ in self.log), default=0)

    def welcome(self, next_seq: int) -> Welcome:
        self.settled = max(self.settled, next_seq - 1)
        self.commit()
        return Welcome(
            session_id="s", client_id="c", user_id="u", name="n", colour="", graph_id="g",
            version=len(self.log), epoch=1, rights=(), settled=self.settled,
            accepted={seq: at for at, (seq, _) in enumerate(self.log, 1) if seq >= next_seq},
            refused=tuple(r for seq, r in self.refused.items() if seq >= next_seq),
        )  # fmt: skip


def _name(entry: Entry) -> str:
    assert isinstance(entry.command, Ops)
    return entry.command.label


class World:
    """One client and one studio; what is between them may be lost at any moment."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.studio = Studio(self.chance)
        self.outbox = Outbox()
        self.up: list[tuple[int, str]] = []
        self.down: list[tuple[str, Any]] = []
        self.sent: dict[str, Entry] = {}

    def submit(self, name: str) -> None:
        entry = self.outbox.add(Ops(seq=0, ops=(), label=name))
        self.sent[name] = entry
        self.up.append((entry.seq, name))

    def again(self, start: int = 1) -> None:
        self.up += [(entry.seq, _name(entry)) for entry in self.outbox.unanswered(start)]

    def reconnect(self) -> None:
        # Part of what was on its way still arrives.
        for _ in range(self.chance.randrange(len(self.up) + 1)):
            self.studio.hear(*self.up.pop(0))
        self.up, self.down = [], []
        stored = self.outbox.reconcile(self.studio.welcome(self.outbox.next_seq))
        for entry, version in stored:
            entry.answer.set_result(version)
        self.again()

    def take_in(self) -> None:
        kind, found = self.down.pop(0)
        if kind == "gap":
            self.again(found)
        elif kind == "rejected":
            self.outbox.refused(found)
        else:
            answered = self.outbox.stored if kind == "ops" else self.outbox.acknowledged
            if entry := answered(found[0]):
                entry.answer.set_result(found[1])

    def step(self) -> None:
        what = self.chance.random()
        if what < 0.35 and self.up:
            self.down += self.studio.hear(*self.up.pop(0))
        elif what < 0.6 and self.down:
            self.take_in()
        elif what < 0.8:
            self.down += self.studio.commit()
        elif what < 0.82:
            self.reconnect()
        elif what < 0.84:
            self.studio.crash()
            # A connection dies with its process: nothing of it reaches the next one.
            self.up = []
            self.reconnect()
        elif what < 0.86 and self.up:
            self.up.append(self.up.pop(0))


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_each_takes_place_once_and_in_order(seed: int) -> None:
    world = World(seed)
    names = [f"t{number}" for number in range(40)]
    waiting = list(names)
    for _ in range(20_000):
        if waiting and len(world.outbox) < MAX_IN_FLIGHT and world.chance.random() < 0.3:
            world.submit(waiting.pop(0))
        world.step()
        assert len(world.outbox) <= MAX_IN_FLIGHT
        if not waiting and not len(world.outbox):
            break
    else:
        pytest.fail("Something was never answered.")
    stored = [name for _, name in world.studio.log]
    assert len(stored) == len(set(stored))
    for name, entry in world.sent.items():
        error = entry.answer.exception()
        if error is None:
            assert stored[entry.answer.result() - 1] == name
        else:
            assert isinstance(error, Refused)
            assert name not in stored
    assert not world.studio.ever_refused & set(stored)
    answered = {name for name, entry in world.sent.items() if entry.answer.exception() is None}
    assert answered == set(stored)


async def test_a_slot_is_given_back_once_for_each_answer() -> None:
    outbox = Outbox()
    for _ in range(MAX_IN_FLIGHT):
        await outbox.slots.acquire()
        outbox.add(Ops(seq=0, ops=()))
    assert outbox.slots.locked()
    outbox.acknowledged(1)
    outbox.acknowledged(1)
    outbox.stored(1)
    await outbox.slots.acquire()
    assert outbox.slots.locked()


async def test_a_failure_reaches_all_and_nobody_who_left() -> None:
    outbox = Outbox()
    entries = [outbox.add(Ops(seq=0, ops=())) for _ in range(3)]
    entries[1].answer.cancel()
    outbox.fail(ValueError("over"))
    assert len(outbox) == 0
    with pytest.raises(ValueError, match="over"):
        await entries[0].answer
    with pytest.raises(asyncio.CancelledError):
        await entries[1].answer
    with pytest.raises(ValueError, match="over"):
        await entries[2].answer
