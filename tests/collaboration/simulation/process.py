"""One studio process: the real rooms, writer, connections and sessions, on the shared store."""

from __future__ import annotations

import asyncio
import contextvars
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from app.collaboration.offload import CONCURRENT
from app.collaboration.rooms import Rooms
from app.gateway.commands import handle
from app.gateway.connections import ConnectionManager
from app.gateway.protocol.outbound import Person
from app.gateway.session import Session
from app.projects import RIGHTS

from .clock import OWNER
from .hand import REGISTRY
from .network import AROUND, Wire
from .store import MemoryLog

if TYPE_CHECKING:
    from .world import World


class Nobody:
    """Presence that knows nobody: it has tests of its own."""

    def joined(self, project: Any, session: str, user: Any, graph: Any, client: str) -> Person:
        return Person(session_id=session, user_id=str(user.user_id), name=user.name, colour="red")

    def left(self, session_id: str) -> None:
        """Nobody was there."""

    def missed(self, session_id: str) -> None:
        """Nothing was."""

    def people(self, project_id: Any) -> tuple[Person, ...]:
        return ()


class InOrder(dict[Any, None]):
    """A set that is gone through in the order in which it was filled, in every run."""

    def add(self, member: Any) -> None:
        self[member] = None

    def discard(self, member: Any) -> None:
        self.pop(member, None)


class Process:
    """A process that serves, until it is retired or killed."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.dead = False
        self.retiring = False
        self.listeners: defaultdict[type, list[Any]] = defaultdict(list)
        self.wires: list[Wire] = []
        self.context = contextvars.Context()
        self.context.run(self._start)

    def _start(self) -> None:
        OWNER.set(self)
        self.log = MemoryLog(self.world.store, REGISTRY)
        self.rooms = Rooms(REGISTRY, self.log)
        self.connections = ConnectionManager()
        self.connections._open = InOrder()  # type: ignore[assignment]
        # What a killed process held, no other waits for.
        self.slots = asyncio.Semaphore(CONCURRENT)
        self._watch = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(5)
            for session in list(self.connections._open):
                session.close_if_stalled(asyncio.get_running_loop().time())

    def accept(self, wire: Wire) -> None:
        """A client connects."""
        self.wires = [w for w in self.wires if w.open] + [wire]
        loop = self.world.loop
        loop.create_task(self._serve(wire), context=self.context.copy())

    async def _serve(self, wire: Wire) -> None:
        client = wire.client
        session = Session(
            self.connections,
            Nobody(),  # type: ignore[arg-type]
            client.actor,
            self.world.project_id,
            RIGHTS[client.role],
            compressed=client.compressed,
        )
        wire.session = session
        if self.connections.admit(session):
            await session.serve(wire.receive, wire.send, handle)
        else:
            await wire.send({"type": "websocket.close", "code": 4429})
        wire.end()

    def kill(self) -> None:
        """The process is gone between two instructions; what it had sent may still arrive."""
        self.dead = True
        self.log.let_go()
        self.context.copy().run(self.connections.close)
        for wire in self.wires:
            late = self.world.loop.now + self.world.chance.random()
            self.world.loop.call_at(late, wire.break_off, context=AROUND)

    def retire(self) -> None:
        """Stop as a process does that is asked to."""
        self.retiring = True
        self.world.loop.create_task(self._retire(), context=self.context.copy())

    async def _retire(self) -> None:
        await self.connections.say_goodbye()
        await self.rooms.close()
        self.kill()
