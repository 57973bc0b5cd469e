"""A client that keeps to the wire: predicts, sends, sends again, catches up. No timers of its own
but those of the world; every method is one step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from app.accounts import Actor
from app.graph import (
    AddNode,
    Edge,
    EditText,
    Graph,
    Node,
    Operation,
    Transaction,
    replay,
)

from .checks import content
from .hand import REGISTRY, Hand
from .network import AROUND, Wire
from .pending import Pending, doubt, put, rebase, view

if TYPE_CHECKING:
    from .world import World

IN_FLIGHT = 8
PATIENCE = 25.0
_ops = tuple[Operation, ...]


class Client:
    """One window of one person."""

    def __init__(
        self, world: World, name: str, actor: Actor, role: str, graph_id: UUID, hand: Hand
    ) -> None:
        self.world = world
        self.name = name
        self.actor = actor
        self.role = role
        self.graph_id = graph_id
        self.hand = hand
        self.compressed = world.chance.random() < 0.3
        self.paused = False
        self.wire: Wire | None = None
        self.live = False
        self.bound = ""
        self.confirmed = Graph(id=str(graph_id))
        self.epoch: int | None = None
        self.next_seq = 1
        self.sent: list[Pending] = []
        self.unsent: list[Pending] = []
        self.announced_seq = 1
        self.outcomes: dict[str, str] = {}
        self.history: list[Pending] = []
        self.count = 0
        self.asked_at: float | None = None
        self.hello_at: float | None = None
        self.unsure = False
        self.joining = False
        self.live_since = 0.0
        self.closing_gap = False
        self.refused_here: set[int] = set()

    # ------------------------------------------------------------------ the connection

    def connect(self) -> None:
        """Open a connection to whichever process serves now."""
        if self.wire is not None and self.wire.open:
            return
        process = self.world.serving()
        if process is None:
            self._later(0.3, self.connect)
            return
        window = self.world.chance.choice((600, 3000, 100_000))
        self.wire = Wire(self.world, self, process, window)
        process.accept(self.wire)
        self.hello()

    def hello(self) -> None:
        """Join, or join again on the same connection."""
        self.live = self.joining = False
        self.announced_seq = self.sent[0].seq if self.sent else self.next_seq
        known: dict[str, Any] = {}
        if self.epoch is not None and self.world.chance.random() < 0.9:
            known = {"since": self.confirmed.version, "epoch": self.epoch}
        self.hello_at = self.world.loop.now
        self._say(
            "client:hello",
            client_id=self.name,
            graph_id=str(self.graph_id),
            next_seq=self.announced_seq,
            **known,
        )

    def lost(self, wire: Wire, code: int) -> None:
        """A connection is gone."""
        if wire is not self.wire:
            return
        self.world.trace(f"  {self.name}", f"lost {code}")
        self.live = self.joining = False
        self.wire = self.asked_at = self.hello_at = None
        longest = self.world.chance.choice((0.02, 0.1, 1.5))
        self._later(self.world.chance.random() * longest, self.connect)

    def drop(self) -> None:
        """The network fails."""
        if self.wire is not None:
            self.wire.break_off()

    def pause(self, seconds: float) -> None:
        """Read nothing for a while."""
        if not self.paused:
            self.paused = True
            self._later(seconds, self._resume)

    def _resume(self) -> None:
        self.paused = False
        self.live_since = now = self.world.loop.now
        for mine in self.sent:
            mine.sent_at = now
        self.asked_at = self.asked_at and now
        self.hello_at = self.hello_at and now
        if self.wire is not None:
            self.wire.read()

    def look(self) -> None:
        """Is there anything that was not answered for far too long?"""
        now = self.world.loop.now
        if self.paused or self.wire is None:
            return
        times = self.world.judge.times[self.graph_id]
        behind = self.confirmed.version + 1 < len(times) and self.live
        if behind and now - max(times[self.confirmed.version + 1], self.live_since) > PATIENCE / 2:
            self.world.judge.fail(f"{self.name} is left behind at {self.confirmed.version}")
        since = [at for at in (self.hello_at, self.asked_at) if at is not None]
        since += [mine.sent_at for mine in self.sent if mine.stored_at is None and self.live]
        if since and now - min(since) > PATIENCE:
            what = [mine.seq for mine in self.sent]
            self.world.judge.fail(
                f"{self.name} waits for an answer since {min(since):.2f}: {what}, "
                f"hello {self.hello_at}, asked {self.asked_at}"
            )

    def _say(self, event: str, **payload: Any) -> None:
        if self.wire is not None and self.wire.open:
            frame = msgspec.json.encode({"event": event, "payload": payload}).decode()
            self.world.trace(f"← {self.name}", frame)
            self.wire.say(frame)

    def say_raw(self, frame: str) -> None:
        """Say something that may be no event."""
        if self.wire is not None and self.wire.open:
            self.wire.say(frame)

    def _later(self, seconds: float, what: Any) -> None:
        self.world.loop.call_later(seconds, what, context=AROUND)

    # ------------------------------------------------------------------ one's own work

    @property
    def waiting(self) -> list[Pending]:
        return [*self.sent, *self.unsent]

    def work(self) -> None:
        """Change something, as it is seen now."""
        if self.epoch is None or len(self.unsent) > 3:
            return
        shown = view(self.confirmed, self.waiting)
        typing = not (self.unsure and self.sent)
        ops = self.hand.operations(shown, typing=typing)
        if not ops:
            return
        self.count += 1
        mine = Pending(f"{self.name}#{self.count}", ops)
        keys = mine.typed_in()
        mine.exact = all(other.exact for other in self.waiting if other.typed_in() & keys)
        if self.world.chance.random() < self.world.poison:
            self.world.store.poisoned[mine.label] = self.world.chance.choice((1, 2))
        self.unsent.append(mine)
        self.pump()

    def step_back(self, event: str) -> None:
        """Undo or redo."""
        if self.epoch is not None and len(self.unsent) <= 3:
            self.count += 1
            self.unsent.append(Pending(f"{self.name}#{self.count}", (), event))
            self.pump()

    def pump(self, *, swapped: bool = False) -> None:
        """Send what may be sent."""
        if not self.live:
            return
        ready: list[Pending] = []
        while self.unsent and len(self.sent) < IN_FLIGHT:
            mine = self.unsent.pop(0)
            mine.freeze(self.next_seq, self.confirmed.version)
            self.next_seq += 1
            self.sent.append(mine)
            self.history.append(mine)
            ready.append(mine)
        if swapped:
            ready.reverse()
        for mine in ready:
            self._send(mine)

    def _send(self, mine: Pending) -> None:
        assert mine.payload is not None
        mine.sent_at = self.world.loop.now
        self._say(mine.event, **mine.payload)

    def send_again(self, start: int = 0) -> None:
        """Send all that is unanswered, from a number on."""
        for mine in self.sent:
            if mine.seq >= start and mine.stored_at is None:
                self._send(mine)

    def repeat(self) -> None:
        """Send something again, answered or not."""
        # What was answered on an earlier connection is settled, and nobody's business any more.
        lately = [m for m in self.history[-6:] if m in self.sent or m.sent_at > self.live_since]
        if lately and self.live:
            mine = self.world.chance.choice(lately)
            assert mine.payload is not None
            self._say(mine.event, **mine.payload)

    def ask(self, *, whole: bool = False) -> None:
        """Ask for what was missed."""
        if not self.live:
            return
        self.asked_at = self.world.loop.now
        if whole or self.epoch is None:
            self._say("client:sync_request")
        else:
            self._say("client:sync_request", since=self.confirmed.version, epoch=self.epoch)

    def _done(self, mine: Pending, outcome: str) -> None:
        if mine in self.sent:
            self.sent.remove(mine)
        if mine.event == "client:ops":
            self.outcomes[mine.label] = outcome
        if not self.sent:
            self.unsure = False
        self.pump()

    def _find(self, seq: int) -> Pending | None:
        return next((mine for mine in self.sent if mine.seq == seq), None)

    # ------------------------------------------------------------------ what is heard

    def hear(self, event: str, payload: Any) -> None:
        """One frame of the server."""
        name = event.partition(":")[2]
        handler = getattr(self, f"_on_{name}", None)
        if handler is not None:
            handler(payload)

    def _on_welcome(self, payload: Any) -> None:
        self.hello_at = None
        self.bound = payload["client_id"]
        self.refused_here.clear()
        settled = payload["settled"]
        accepted = {int(seq): version for seq, version in payload.get("accepted", {}).items()}
        refused = {one["seq"] for one in payload.get("refused", ())}
        for mine in list(self.sent):
            if mine.seq in accepted:
                mine.stored_at = accepted[mine.seq]
            elif mine.seq in refused:
                self._refuse(mine)
            elif mine.seq <= settled:
                # It was refused by a process that is gone, or by one that had to forget it.
                self.world.judge.given_up(self.graph_id, self.bound, mine.seq, "called lost")
                self.world.judge.counts["made again"] += 1
                self.sent.remove(mine)
                doubt([mine, *self.waiting])
                self.unsent.append(mine)
        self.world.judge.demand(
            settled < self.next_seq, f"{self.name} is said to have sent {settled} already"
        )
        # What it sends now must reach nobody who is behind what it has seen: that is known only
        # when it has been told where it stands.
        self.joining = True
        self.asked_at = self.world.loop.now

    def _joined(self) -> None:
        if self.joining:
            self.joining, self.live = False, True
            self.live_since = self.world.loop.now
            self.send_again()
            self.pump()

    def _on_full_sync(self, payload: Any) -> None:
        found = payload["graph"]
        asked, self.asked_at = self.asked_at, None
        if self.epoch is not None and found["version"] < self.confirmed.version:
            return
        self.epoch = found["epoch"]
        self._doubtful(asked)
        self.confirmed = Graph(
            id=found["id"],
            version=found["version"],
            nodes={n["id"]: msgspec.convert(n, Node) for n in found["nodes"]},
            edges={e["id"]: msgspec.convert(e, Edge) for e in found["edges"]},
            settings=found["settings"],
        )
        self._confirmed()
        self._joined()

    def _on_catch_up(self, payload: Any) -> None:
        asked, self.asked_at = self.asked_at, None
        if payload["since"] > self.confirmed.version or self.epoch is None:
            self.live = self.live or self.joining
            self.ask()
            return
        self.epoch = payload["epoch"]
        if "ops" in payload:
            if payload["version"] > self.confirmed.version:
                self._doubtful(asked)
                ops = msgspec.convert(payload["ops"], _ops)
                self.confirmed = put(self.confirmed, ops, payload["version"])
                self._confirmed()
            elif asked is None:
                self.send_again()
            self._joined()
            return
        self._take(payload.get("transactions") or ())
        self._joined()
        if asked is None:
            # It was too slow, and answers may be among what was dropped.
            self.send_again()

    def _doubtful(self, asked: float | None) -> None:
        """What comes now holds some of one's own work, and does not say which."""
        doubt(self.waiting)
        self.unsure = bool(self.sent)
        if self.sent:
            self.world.loop.call_soon(self.send_again, context=AROUND)

    def _on_ops(self, payload: Any) -> None:
        self.epoch = payload["epoch"]
        self._take(payload["transactions"])

    def _take(self, transactions: Any) -> None:
        for one in transactions:
            version = one["version"]
            mine = self._find(one["seq"]) if one["client_id"] == self.bound else None
            if version == self.confirmed.version + 1:
                self._follow(one, mine)
            elif version > self.confirmed.version:
                if self.asked_at is None:
                    self.ask()
                return
            if mine is not None and mine in self.sent:
                self._done(mine, "stored")
        self._confirmed()

    def _follow(self, one: Any, mine: Pending | None) -> None:
        ops = msgspec.convert(one["ops"], _ops)
        if mine is None or mine.event != "client:ops":
            rebase(self.waiting, self.confirmed, ops)
        else:
            self._compare(mine, ops)
        done = replay(
            self.confirmed,
            Transaction(client_id=one["client_id"], seq=one["seq"], ops=ops),
            REGISTRY,
            one["user_id"],
        )
        why = done.rejection and done.rejection.message
        self.world.judge.demand(why is None, f"{self.name} cannot follow {one['version']}: {why}")

    def _compare(self, mine: Pending, ops: tuple[Operation, ...]) -> None:
        """One's own work that comes back changes nothing on the screen."""
        if any(other.seq < mine.seq and other.stored_at is None for other in self.sent):
            # One before it was refused, which is told later: the screen still shows it.
            doubt(self.waiting)
        if mine.live and mine.exact:
            effects = [tuple(op.delta) for op in ops if isinstance(op, EditText)]
            self.world.judge.counts["texts compared"] += 1
            self.world.judge.demand(
                effects == list(mine.live.values()),
                f"{mine.label}: shown as {list(mine.live.values())}, stored as {effects}",
            )
        elif mine.live:
            doubt(self.waiting, mine.typed_in())

    def _confirmed(self) -> None:
        self.world.judge.same_as_stored(self.confirmed, self.name)
        for mine in list(self.sent):
            if mine.stored_at is not None and mine.stored_at <= self.confirmed.version:
                self._done(mine, "stored")

    def _on_ack(self, payload: Any) -> None:
        mine = self._find(payload["seq"])
        if mine is not None:
            mine.stored_at = payload["version"]
            self._confirmed()

    def _on_rejected(self, payload: Any) -> None:
        seq = payload["seq"]
        self.world.judge.demand(0 < seq < self.next_seq, f"{self.name} never sent {seq}")
        self.world.judge.counts[f"refused {payload['reason']}"] += 1
        self.refused_here.add(seq)
        mine = self._find(seq)
        if mine is not None:
            self._refuse(mine)

    def _refuse(self, mine: Pending) -> None:
        self.world.judge.given_up(self.graph_id, self.bound, mine.seq, "refused")
        doubt(self.waiting, mine.typed_in())
        if any(isinstance(op, AddNode) for op in mine.ops):
            doubt(self.waiting)
        self._done(mine, "refused")

    def _on_gap(self, payload: Any) -> None:
        self.world.judge.counts["gaps"] += 1
        used = payload["expected"] not in self.refused_here or not self.live
        self.world.judge.demand(used, f"{payload['expected']} is refused, and its number not used")
        if self._find(payload["expected"]):
            self.send_again(payload["expected"])
        elif not self.closing_gap:
            # It was refused, and the server has forgotten that: a hello tells what is settled.
            self.closing_gap = True
            self._later(0.2, self._close_gap)

    def _close_gap(self) -> None:
        self.closing_gap = False
        self._hello_again()

    def _on_undone(self, payload: Any) -> None:
        mine = self._find(payload["seq"])
        if mine is None:
            return
        if "version" in payload:
            mine.stored_at = payload["version"]
            self._confirmed()
        else:
            self._done(mine, "nothing")

    def _on_error(self, payload: Any) -> None:
        self.world.judge.counts[f"error {payload['code']}"] += 1
        event = payload.get("event", "")
        wait = self.world.chance.random()
        if event == "client:hello":
            self.hello_at = None
            self._later(wait, self._hello_again)
        elif event in ("client:ops", "client:undo", "client:redo"):
            self._later(wait, self._hello_again)
        elif event == "client:sync_request":
            self.asked_at = None
            self._later(wait, self.ask)

    def _hello_again(self) -> None:
        if self.wire is not None and self.wire.open and self.hello_at is None:
            self.hello()

    @property
    def at_rest(self) -> bool:
        """Everything of its own is answered."""
        return self.live and not self.sent and not self.unsent and self.asked_at is None

    def same(self, other: Graph) -> bool:
        """Whether it shows what another graph does."""
        return content(self.confirmed) == content(other)
