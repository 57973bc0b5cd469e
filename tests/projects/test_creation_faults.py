"""Making a project fails at each of its steps in turn, and leaves nothing on disk or in rows."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from app import accounts, projects
from app.accounts import Actor
from app.platform.blocking import run_to_end
from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.projects import scaffold
from node_registry import DirectorError
from tests.studio import Studio

TABLES = ("projects", "project_members", "activity", "graphs")


CREATING = ContextVar("CREATING", default=False)
"""Set in the test alone: the studio's own loops go on as they were."""


class Steps:
    """Counts the steps of a creation, and lets the one with a number fail, before or after it is
    done. What comes after that, as the clearing up, works again."""

    def __init__(self) -> None:
        self.count = 0
        self.names: list[str] = []
        self.fails_at = -1
        self.after = False
        self.with_: Callable[[], BaseException] = OSError

    async def take(self, name: str, step: Callable[[], Awaitable[Any]]) -> Any:
        if not CREATING.get():
            return await step()
        number, self.count = self.count, self.count + 1
        self.names.append(name)
        if number != self.fails_at:
            return await step()
        if self.after:
            await step()
        raise self.with_()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Each thing done on the disk, each git process, each statement and the commit."""
    steps = Steps()
    to_thread, execute, leave = asyncio.to_thread, UnitOfWork.execute, Transaction.__aexit__

    async def in_thread(function: Any, *given: Any, **how: Any) -> Any:
        name = getattr(function, "__name__", "")
        return await steps.take(name, lambda: to_thread(function, *given, **how))

    async def to_its_end(function: Any, *given: Any, **how: Any) -> Any:
        return await steps.take(function.__name__, lambda: run_to_end(function, *given, **how))

    async def executed(self: UnitOfWork, sql: str, *given: Any) -> Any:
        return await steps.take(sql.split()[0], lambda: execute(self, sql, *given))

    async def left(self: Transaction, kind: Any, error: Any, trace: Any) -> Any:
        if kind is not None:
            return await leave(self, kind, error, trace)
        if CREATING.get() and steps.fails_at == steps.count and not steps.after:
            # What a server does that refuses a commit.
            await leave(self, OSError, OSError(), None)
        return await steps.take("COMMIT", lambda: leave(self, kind, error, trace))

    monkeypatch.setattr(asyncio, "to_thread", in_thread)
    monkeypatch.setattr(scaffold, "run_to_end", to_its_end)
    monkeypatch.setattr(UnitOfWork, "execute", executed)
    monkeypatch.setattr(Transaction, "__aexit__", left)
    return steps


async def rows() -> dict[str, int]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return {table: await unit.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


def folders(studio: Studio) -> set[str]:
    return {path.name for path in (studio.settings.workspace / "Projects").iterdir()}


@pytest.fixture
async def me(studio: Studio) -> Actor:
    return await accounts.ensure_owner()


FAULTS: dict[str, tuple[bool, Callable[[], BaseException]]] = {
    "full": (False, lambda: OSError(errno.ENOSPC, "No space left on device")),
    "lost": (True, lambda: asyncpg.ConnectionDoesNotExistError("connection was closed")),
    "given_up": (True, asyncio.CancelledError),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_step_that_fails_leaves_nothing(
    studio: Studio, me: Actor, steps: Steps, fault: str
) -> None:
    CREATING.set(True)
    await projects.create(me, "Whole")
    names, count = list(steps.names), steps.count
    assert {"_make_leaves", "_work", "_name", "INSERT", "COMMIT"} <= set(names), names
    assert count > 10
    before, there = await rows(), folders(studio)
    steps.after, steps.with_ = FAULTS[fault]
    for number in range(count):
        steps.count, steps.fails_at = 0, number
        what = f"step {number} of {count}, {names[number]}"
        try:
            await projects.create(me, "Broken")
        except (OSError, DirectorError, asyncpg.PostgresError, asyncio.CancelledError):
            pass
        else:
            pytest.fail(f"{what}: nothing failed")
        steps.fails_at = -1
        assert folders(studio) == there, what
        assert await rows() == before, what
    await projects.create(me, "Whole")


async def test_two_of_one_title_at_once_are_two(studio: Studio, me: Actor) -> None:
    made = await asyncio.gather(*(projects.create(me, "Twins") for _ in range(4)))
    assert len({one.folder for one in made}) == len({one.id for one in made}) == 4
    assert {one.folder for one in made} <= folders(studio)
