"""What of the real modules is replaced for a run: threads, chance, clocks, limits, logs."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import asyncpg

import app.collaboration as collaboration
from app.collaboration import (
    compaction,
    room,
    rooms,
    service,
    submission,
    tail,
    undo_redo,
    writer,
)
from app.collaboration import snapshots as stored_snapshots
from app.gateway import connections, errors, outbox, rate_limit, session, snapshots
from app.graph import text_history
from app.platform import background, bus

from .clock import OWNER
from .queries import Everybody, Unit

if TYPE_CHECKING:
    from .world import World

LOGGING = (rooms, stored_snapshots, writer, service, session, errors, bus, background)
# What the simulated database raises, as a task that waited for it ends with it.
EXPECTED = ("DataError", "InterfaceError", "ConnectionResetError", "TimeoutError", "DirectorError")
FAULTS = {
    "graph.writer_failed",
    "bus.listener_failed",
    "socket.failed",
    "background.failed",
}


class Log:
    """Takes the place of the modules' loggers: a fault of ours that was logged ends the run."""

    def __init__(self, world: World) -> None:
        self.world = world

    def info(self, event: str, **fields: Any) -> None:
        self.world.trace("log", event, **fields)
        if event in FAULTS and not self._meant(fields):
            self.world.judge.fail(f"{event} was logged: {fields}")

    warning = error = exception = info

    def _meant(self, fields: dict[str, Any]) -> bool:
        # The simulated database says so of a row; the client is told of a fault of ours.
        error = fields.get("exc_info")
        found = fields.get("error", "")
        return isinstance(error, asyncpg.DataError) or any(name in found for name in EXPECTED)


class Listeners:
    """The bus of whichever process asks."""

    def __getitem__(self, fact: type) -> list[Any]:
        return OWNER.get().listeners[fact]


class Monotonic:
    """The module `time` of a simulated machine."""

    def __init__(self, world: World) -> None:
        self.monotonic = self.thread_time = lambda: world.loop.now


def _blocking(chance: random.Random) -> Callable[..., Any]:
    async def run_blocking(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What a thread does may happen at any time until it is waited for."""
        if chance.random() < 0.5:
            result = function(*args, **kwargs)
            await asyncio.sleep(chance.choice((0, 0.003, 0.05)))
            return result
        await asyncio.sleep(chance.choice((0, 0.003, 0.05)))
        return function(*args, **kwargs)

    return run_blocking


def limits(chance: random.Random) -> list[tuple[Any, str, Any]]:
    """Small limits, so that what happens to large graphs happens here."""
    full = chance.choice((1500, 4000, 1024 * 1024))
    return [
        (tail, "TAIL", chance.choice((6, 20, 60))),
        (stored_snapshots, "SNAPSHOT_EVERY", chance.choice((5, 12, 40, 500))),
        (stored_snapshots, "SNAPSHOT_BYTES", 1000),
        (rooms, "UNLOAD_AFTER", chance.choice((1.0, 5.0))),
        (rooms, "SWEEP_INTERVAL", 0.5),
        (outbox, "MAX_WAITING", full),
        (outbox, "MAX_WEIGHT", full // 4),
        (outbox, "MAX_WITH_PRESENCE", 800),
        (outbox, "COMPRESS_FROM_BYTES", 400),
        (session, "MAX_STALL", 12.0),
        (snapshots, "LARGE_BYTES", chance.choice((300, 256 * 1024))),
        (compaction, "HISTORY_VERSIONS", chance.choice((15, 5000))),
        (snapshots, "MAX_AGE", chance.choice((3, 30))),
        (text_history, "KEPT_EDITS", chance.choice((5, 256, 256))),
        (text_history, "KEPT_BRIDGES", chance.choice((2, 32, 32))),
    ]


def _what_is_light(seed: int) -> list[tuple[Any, str, Any]]:
    """In some runs, undo and redo are too large for the loop, as those of large steps are.

    By a chance of its own: the other runs are what they were.
    """
    if random.Random(f"light {seed}").random() < 0.7:
        return []
    return [
        (submission, "LOOP_LIMIT", 100),
        *((part, "FIRST_TRY_LIMIT", 50) for part in (submission, undo_redo)),
    ]


def _turns(seed: int) -> list[tuple[Any, str, Any]]:
    """In some runs, a person gives way after each frame, and a commit holds little."""
    chance = random.Random(f"turns {seed}")
    return [
        (rate_limit, "TURN_SECONDS", chance.choice((0.0, 0.002))),
        (room, "LARGEST_BATCH", chance.choice((1, 3000, 128 * 1024))),
    ]


@contextlib.contextmanager
def replaced(world: World) -> Iterator[None]:
    """The engine's modules for one run, and as they were after it."""
    log, numbers = Log(world), itertools.count(1)

    async def misled(*_who: object) -> None:
        world.judge.fail("who named a graph was let into the main one")

    inline = _blocking(random.Random(world.chance.random()))
    changes: list[tuple[Any, str, Any]] = [
        (bus, "_listeners", Listeners()),
        (collaboration, "check_graph", Everybody().authorise),
        (collaboration, "main_graph", misled),
        (service, "projects", Everybody()),
        (undo_redo, "unit_of_work", lambda **_role: Unit(world.store)),
        (service, "_open", lambda: OWNER.get().rooms),
        (stored_snapshots, "run_blocking", inline),
        (snapshots, "run_blocking", inline),
        (submission, "run_blocking", inline),
        (submission, "slots", lambda: OWNER.get().slots),
        (undo_redo, "run_blocking", inline),
        (rate_limit, "time", Monotonic(world)),
        (connections, "random", random.Random(world.chance.random())),
        (session, "random", random.Random(world.chance.random())),
        (session, "new_key", lambda: f"session-{next(numbers)}"),
        (submission, "new_key", lambda: f"{next(numbers)}"),
        *((module, "log", log) for module in LOGGING),
        *limits(world.chance),
        *_what_is_light(world.seed),
        *_turns(world.seed),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    try:
        for module, name, value in changes:
            setattr(module, name, value)
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
