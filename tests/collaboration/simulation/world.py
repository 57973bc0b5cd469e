"""One run: clients, processes, a store and a network, all from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from app.accounts import Actor

from .checks import Judge, Violation
from .client import Client
from .clock import SimulatedLoop, Stuck
from .engine import replaced
from .hand import Hand
from .network import AROUND
from .process import Process
from .store import MemoryLog, Store, StoredGraph

LONGEST_REST = 240.0
MOST_STEPS = 30_000
BAD_FRAMES = ["", "{", '{"event":"client:fly","payload":{}}', '{"event":"client:ops","payload":{}}',
              '{"event":"client:ops","payload":{"seq":0,"ops":[]}}']  # fmt: skip


class Outcome(msgspec.Struct):
    """How a run ended: what was violated, if anything, and what it saw."""

    seed: int
    violation: str | None
    counts: dict[str, int]
    steps: int
    seconds: float
    digest: int


class World:
    """Everything in one run."""

    def __init__(self, seed: int, say: Callable[[str], None] | None = None) -> None:
        self.seed = seed
        self.chance = chance = random.Random(seed)
        self.loop = SimulatedLoop(random.Random(seed + 1), chance.choice((0.0, 0.3, 0.9)))
        self.say = say
        self.digest = 0
        self.judge = Judge()
        self.judge.clock = self.loop.time
        self.store = Store(random.Random(seed + 2), self.judge.committed, self.judge.fail)
        self.judge.store = self.store
        self.store.kill = self._kill_owner
        self.store.snapshot_taken = self.judge.snapshot_taken
        self.project_id = UUID(int=1)
        self.processes: list[Process] = []
        self.calm = False
        self.poison = chance.choice((0, 0, 0.01))
        self.mood = chance.choice(("mixed", "mixed", "typing", "typing", "structure"))
        near, far = (0.001, 0.005, 0.02, 0.02, 0.1), (0.05, 0.2, 0.2, 0.5)
        self.delays = far if self.mood == "typing" else chance.choice((near, near, far))
        self.weather = chance.choice(("fair", "fair", "flapping", "split"))
        self.left = chance.choice((60, 120, 200))
        self.trouble = chance.choice((0.0, 0.3, 1.0, 1.0))
        for number in range(chance.choice((1, 1, 2))):
            graph = StoredGraph(UUID(int=100 + number), self.project_id)
            self.store.graphs[graph.id] = graph
            self.judge.open(graph)
        self.clients: list[Client] = []

    # ------------------------------------------------------------------ the run

    def run(self) -> Outcome:
        """From the first connection to the comparison at rest."""
        with replaced(self):
            self.loop.after_step = self._stop_when_wrong
            self.loop.set_exception_handler(self._unhandled)
            try:
                self.loop.run_until_complete(self._main())
            except Violation:
                pass
            except Stuck:
                self.judge.found = self.judge.found or "nothing moves any more"
            except RuntimeError:
                # The loop was stopped: somebody has found something.
                if self.judge.found is None:
                    raise
            found = self.judge.found
            self.loop.set_exception_handler(lambda loop, context: None)
            self.trace("end", str(found))
            self.say = None
            self.judge.demand = lambda holds, what: None  # type: ignore[method-assign]
            self.loop.tidy_up()
            self.loop.close()
        return Outcome(
            self.seed, found, dict(self.judge.counts), self.loop.steps, self.loop.now, self.digest
        )

    async def _main(self) -> None:
        self.loop.call_soon(self._begin, context=AROUND)
        self._ended = self.loop.create_future()
        await self._ended

    def _begin(self) -> None:
        chance = self.chance
        self._set_faults()
        self._start_process()
        hands = 2 if self.mood == "typing" else chance.choice((5, 8))
        people = [Actor(user_id=UUID(int=10 + n), name=f"Person {n}") for n in range(3)]
        graphs = list(self.store.graphs)
        for number in range(chance.choice((2, 3, 4, 5))):
            # Who only looks on is the last to hear that a process is not the owner any more.
            viewers = 0.5 if self.weather == "split" else 0.1
            role = "viewer" if number > 0 and chance.random() < viewers else "editor"
            client = Client(
                self,
                f"c{number}",
                chance.choice(people),
                role,
                chance.choice(graphs),
                Hand(random.Random(chance.random()), hands, self.mood),
            )
            self.clients.append(client)
            self._later(chance.random(), client.connect)
            self._later(chance.random() * 2, self._act, client)
        self._later(2.0, self._look)
        self._later(chance.random() * 4, self._disturb)

    def _set_faults(self) -> None:
        chance, faults = self.chance, self.store.faults
        for name, most in (("before", 0.05), ("after", 0.05), ("killed_after", 0.03),
                           ("reading", 0.1), ("lost_connection", 0.03)):  # fmt: skip
            setattr(faults, name, chance.choice((0, 0, most)) * self.trouble)
        if self.mood == "typing" and self.trouble:
            # People who type are cut off in the middle of a word, again and again.
            faults.before = 0.15

    # ------------------------------------------------------------------ what people do

    def _act(self, client: Client) -> None:
        if self.calm:
            return
        self.left -= 1
        if self.left <= 0:
            self._calm_down()
            return
        drop, burst = (30, 25) if self.weather == "flapping" else (5, 8)
        match self.chance.choices(
            ["work", "burst", "swap", "repeat", "drop", "pause", "ask", "whole", "again", "bad",
             "once", "ping", "undo", "redo"],
            [60, burst, 3, 4, drop, 4, 2, 1, 1, 1, 2, 1, 5, 3],
        )[0]:  # fmt: skip
            case "work":
                client.work()
            case "burst":
                for _ in range(self.chance.randint(3, 10)):
                    client.work()
            case "swap":
                self._swap(client)
            case "repeat":
                client.repeat()
            case "drop":
                client.drop()
            case "pause":
                client.pause(self.chance.choice((0.3, 3, 9, 20)))
                if client.live and self.chance.random() < 0.3:
                    client.hello()
            case "ask":
                client.ask()
            case "whole":
                client.ask(whole=True)
            case "again":
                if client.live:
                    client.hello()
            case "bad":
                client.say_raw(self.chance.choice(BAD_FRAMES))
            case "once":
                node = self.chance.choice(client.hand.ids)
                data = {"code": self.chance.choice(("010", "040", 7))}
                body = {"event": "client:update_node_data",
                        "payload": {"node_id": node, "data": data}}  # fmt: skip
                client.say_raw(msgspec.json.encode(body).decode())
            case "undo" | "redo" as step:
                client.step_back(f"client:{step}")
            case "ping":
                client.say_raw('{"event":"client:ping","payload":{"t":1}}')
        self._later(self.chance.expovariate(3.0), self._act, client)

    def _swap(self, client: Client) -> None:
        live, client.live = client.live, False
        client.work()
        client.work()
        client.live = live
        client.pump(swapped=True)

    # ------------------------------------------------------------------ what goes wrong

    def _disturb(self) -> None:
        if self.calm:
            return
        if self.chance.random() < self.trouble:
            match self.chance.choices(
                ["kill", "roll", "steal", "second", "flake"],
                [1, 1, 9, 2, 2] if self.weather == "split" else [3, 2, 2, 2, 3],
            )[0]:
                case "kill":
                    self._kill(self.processes[-1])
                case "roll":
                    old = self.processes[-1]
                    self._start_process()
                    old.retire()
                case "steal":
                    # The owner's connection to the database breaks: its locks are anybody's.
                    self.processes[-1].log.let_go()
                    if self.chance.random() < 0.7:
                        self._start_process()
                        self._shove()
                case "second":
                    # Another process is started by mistake, and some reach it.
                    self._start_process()
                    self.processes.insert(0, self.processes.pop())
                case _:
                    self._set_faults()
        self._later(self.chance.expovariate(0.3), self._disturb)

    def _shove(self) -> None:
        """Some clients are sent to the newest process."""
        for client in self.clients:
            if self.chance.random() < 0.5:
                client.drop()

    def _kill_owner(self, log: MemoryLog) -> None:
        for process in self.processes:
            if process.log is log:
                self._kill(process)

    def _kill(self, process: Process) -> None:
        if process.dead:
            return
        self.trace("world", f"kill process {process.number}")
        self.judge.counts["kills"] += 1
        process.kill()
        if self.serving() is None:
            self._later(self.chance.random(), self._start_if_none)

    def _start_if_none(self) -> None:
        if self.serving() is None:
            self._start_process()

    def _start_process(self) -> None:
        self.trace("world", f"start process {len(self.processes)}")
        self.processes.append(Process(self, len(self.processes)))

    def serving(self) -> Process | None:
        """The process that a new connection reaches."""
        up = [process for process in self.processes if not process.dead and not process.retiring]
        if not up:
            return None
        if not self.calm and self.chance.random() < (0.4 if self.weather == "split" else 0.1):
            return self.chance.choice(up)
        return up[-1]

    # ------------------------------------------------------------------ rest

    def _calm_down(self) -> None:
        """No more work and no more trouble: all have to come to the same."""
        self.calm = True
        self.store.faults.stop()
        self.store.poisoned.clear()
        stays = self.serving()
        for process in self.processes:
            if process is not stays and not process.dead and not process.retiring:
                self._kill(process)
        self._start_if_none()
        self._rest_by = self.loop.now + LONGEST_REST
        self._later(5.0, self._rest)

    def _rest(self) -> None:
        busy = [client.name for client in self.clients if not self._rested(client)]
        if busy:
            if self.loop.now > self._rest_by:
                self.judge.fail(f"{busy} do not come to rest")
            self._later(1.0, self._rest)
            return
        for client in self.clients:
            self._compare(client)
        process = self.serving()
        assert process is not None
        for room in process.rooms.open.values():
            if room.failure is None and room.graph.version == room.stored:
                self.judge.alive(room.graph)
        process.retire()
        self._later(30.0, self._end)

    def _rested(self, client: Client) -> bool:
        graph = self.store.graphs[client.graph_id]
        return client.at_rest and client.confirmed.version == graph.version

    def _compare(self, client: Client) -> None:
        judge, graph = self.judge, self.store.graphs[client.graph_id]
        judge.demand(client.same(judge.truths[graph.id]), f"{client.name} differs at rest")
        for label, outcome in client.outcomes.items():
            stored = self.judge.labels[label]
            judge.demand(stored == (outcome == "stored"), f"{label}: {outcome}, {stored} rows")

    def _end(self) -> None:
        for graph in self.store.graphs.values():
            self.judge.consistent(graph)
            self.judge.demand(graph.owner is None, "a stopped process still owns a graph")
        self._ended.set_result(None)

    def _look(self) -> None:
        for client in self.clients:
            client.look()
        if not self._ended.done():
            self._later(2.0, self._look)

    # ------------------------------------------------------------------ the loop

    def _later(self, seconds: float, what: Any, *args: Any) -> None:
        self.loop.call_later(seconds, what, *args, context=AROUND)

    def _stop_when_wrong(self) -> None:
        if self.loop.steps > MOST_STEPS:
            self.judge.found = self.judge.found or "something goes round and round"
        if self.judge.found is not None:
            self.loop.stop()

    def _unhandled(self, _loop: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, Violation):
            self.judge.found = self.judge.found or f"{context['message']}: {error!r}"
            self.trace("world", f"{context}")

    def trace(self, who: str, what: str, **fields: Any) -> None:
        """Take part in the run's digest, and tell whoever watches."""
        self.digest = hash_of(self.digest, who, what)
        if self.say is not None:
            found = " ".join(f"{key}={value}" for key, value in fields.items())
            self.say(f"{self.loop.now:9.3f} {who:8} {what} {found}".rstrip())


def hash_of(before: int, who: str, what: str) -> int:
    """One number for all that was traced so far; the same in every process."""
    import zlib

    return zlib.crc32(f"{who}{what}".encode(), before)


def run(seed: int, say: Callable[[str], None] | None = None) -> Outcome:
    """One run."""
    return World(seed, say).run()
