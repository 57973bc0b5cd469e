"""A share of the event loop's time for each person, on all their requests and sockets together.

All requests run on one loop. What each takes of it is measured step by step and charged to who
asks. While others are at work, who has used up their burst is let in only as fast as their share
allows: before a body is read, in the order in which they asked. Nobody is slowed who has the
studio to themselves.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Collection
from typing import Any
from uuid import UUID

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from node_registry import DirectorError

from .rate_limit import MAX_SHARE, TimeBudget, metered

LONGEST_WAIT = 10.0
"""Seconds that a request waits to be let in; then it is refused."""

AT_WORK = 5.0
"""Seconds for which somebody counts as being at work after they asked for anything."""

LONGEST_PAUSE = 0.5
"""Seconds of each pause of a body that comes or an answer that goes while its person owes time."""

MOST_DEBT = 2.0
"""Seconds of the loop's time that somebody can owe: what one request took is forgotten soon."""

FIRST = 0.005
"""Seconds that the first request of somebody is expected to take of the loop's time."""

# How much a new request changes what the next one of the same person is expected to take.
_NEWEST = 0.2
# Seconds of the loop's time that a byte of a body takes before it gets to a request.
_A_BYTE = 1.5e-9
_SHORTEST = 0.001
_USE = "director_loop_use"


class TimeBudgets:
    """The budgets of all people, and whether anybody else is at work."""

    def __init__(self) -> None:
        self._budgets: dict[UUID, TimeBudget] = {}
        self._gates: dict[UUID, _Gate] = {}
        # Who asked last, and who before that one; None is somebody who is not logged in.
        self._last: tuple[UUID | None, float] = (None, -AT_WORK)
        self._before: tuple[UUID | None, float] = (None, -AT_WORK)

    def of(self, user_id: UUID) -> TimeBudget:
        """The budget of a person, in whichever project."""
        found = self._budgets.get(user_id)
        if found is None:
            found = TimeBudget(functools.partial(self.at_work, user_id))
            self._budgets[user_id] = found
        return found

    def gate_of(self, user_id: UUID) -> _Gate:
        """Where requests of a person are let in."""
        return self._gates.setdefault(user_id, _Gate())

    def at_work(self, who: UUID | None) -> None:
        """Somebody asked for something."""
        now = time.monotonic()
        if self._last[0] != who:
            self._before = self._last
        self._last = (who, now)

    def others_at_work(self, user_id: UUID) -> bool:
        """Whether anybody else asked for something lately."""
        _, at = self._before if self._last[0] == user_id else self._last
        return time.monotonic() - at < AT_WORK

    def forget(self, here: Collection[UUID]) -> None:
        """Forget the budgets of who is not here, once they are as good as new."""
        for user_id, budget in list(self._budgets.items()):
            gate = self._gates.get(user_id)
            if user_id not in here and budget.full and (gate is None or gate.empty):
                del self._budgets[user_id]
                self._gates.pop(user_id, None)


class _Gate:
    """Lets one person's requests in, one after the other; each is expected to take what theirs
    usually do."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.usual = FIRST
        self.inside = 0

    @property
    def empty(self) -> bool:
        return not self.inside and not self.turn.locked()


class _Use:
    """What one request takes of the loop's time."""

    def __init__(self, budgets: TimeBudgets) -> None:
        self._budgets = budgets
        self._person: UUID | None = None
        self._spent = 0.0
        self._reserved = 0.0
        self._inside = False

    def charge(self, seconds: float) -> None:
        """Note a step. It is charged once it is known who asks, and where others are at work."""
        self._spent += seconds
        if self._person is not None:
            self._pay(seconds)

    def _pay(self, seconds: float) -> None:
        foreseen = min(self._reserved, seconds)
        self._reserved -= foreseen
        budget = self._budget()
        if self._contended() and budget.debt < MOST_DEBT:
            budget.charge(seconds - foreseen)

    async def let_in(self, person: UUID) -> None:
        """Wait for this person's share. Raises `request.too_many` (429)."""
        budgets, gate = self._budgets, self._budgets.gate_of(person)
        budgets.at_work(person)
        self._person = person
        self._pay(self._spent)
        gate.inside += 1
        if gate.turn.locked() or self._owed() > 0:
            try:
                async with asyncio.timeout(LONGEST_WAIT), gate.turn:
                    while (wait := self._owed()) > 0:  # noqa: ASYNC110 - time alone pays
                        await asyncio.sleep(max(_SHORTEST, min(wait, LONGEST_PAUSE)))
                    self._reserve(gate)
            except TimeoutError:
                raise _too_many() from None
        else:
            self._reserve(gate)

    def _reserve(self, gate: _Gate) -> None:
        self._inside = True
        if self._contended():
            self._reserved = gate.usual
            self._budget().charge(gate.usual)

    async def pause(self) -> None:
        """Wait a moment where the person owes time: for bodies and answers in many parts."""
        if self._person is not None and (wait := self._owed()) > 0:
            await asyncio.sleep(min(wait, LONGEST_PAUSE))

    def end(self) -> None:
        """The request is over: what was expected and not used is given back."""
        if self._person is None:
            self._budgets.at_work(None)
            return
        gate = self._budgets.gate_of(self._person)
        gate.inside -= 1
        if self._inside:
            gate.usual += _NEWEST * (self._spent - gate.usual)
        self._budget().charge(-self._reserved)

    def _budget(self) -> TimeBudget:
        assert self._person is not None
        return self._budgets.of(self._person)

    def _contended(self) -> bool:
        assert self._person is not None
        return self._budgets.others_at_work(self._person)

    def _owed(self) -> float:
        """Seconds until the share allows more."""
        return self._budget().debt / MAX_SHARE if self._contended() else 0.0


class LoopShare:
    """Measures what each request takes of the loop's time, step by step."""

    def __init__(self, app: ASGIApp, budgets: TimeBudgets) -> None:
        self._app = app
        self._budgets = budgets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        use = _Use(self._budgets)
        scope[_USE] = use  # type: ignore[typeddict-unknown-key]
        parts = 0

        async def receive_paced() -> Any:
            await use.pause()
            message = await receive()
            if message["type"] == "http.request":
                use.charge(len(message["body"]) * _A_BYTE)
            return message

        async def send_paced(message: Message) -> None:
            nonlocal parts
            parts += 1
            # The head and a first part are an answer that is ready: it holds nothing up any more.
            if parts > 2:
                await use.pause()
            await send(message)

        try:
            await metered(self._app(scope, receive_paced, send_paced), use.charge)  # type: ignore[arg-type]
        finally:
            use.end()


async def let_in(scope: Scope, person: UUID) -> None:
    """Let a request of a person in by their share. Raises `request.too_many` (429).

    Called once it is known who asks and before the body is read; holds nothing meanwhile.
    """
    use: _Use | None = scope.get(_USE)  # type: ignore[assignment]
    if use is not None:
        await use.let_in(person)


def _too_many() -> DirectorError:
    seconds = int(LONGEST_WAIT)
    return DirectorError(
        "request.too_many",
        "You ask for more at once than your share of the studio's time.",
        hint=f"Wait for answers before you ask on; try this again in {seconds} s.",
        status=429,
        fields={"retry_after": seconds},
    )
