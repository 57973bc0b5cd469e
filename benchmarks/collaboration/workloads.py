"""The nine workloads: who takes part, how large they are, and which figures their tables show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import turns
from .studio import PlainStudio, Studio
from .systems import Bare, Hocuspocus, Hocuspocus33, Server, ShareDb, YWebsocket, YWebsocketStored

SYSTEMS: dict[str, type[Server]] = {
    "studio": Studio,
    "studio-plain": PlainStudio,
    "hocuspocus": Hocuspocus,
    "hocuspocus-33": Hocuspocus33,
    "ywebsocket": YWebsocket,
    "ywebsocket-stored": YWebsocketStored,
    "sharedb": ShareDb,
    "bare": Bare,
}

BATCHED = ("studio", "hocuspocus-33")
PEERS = ("studio", "hocuspocus", "hocuspocus-33", "ywebsocket", "sharedb")
Turn = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """One line of figures for each system: a turn with these arguments."""

    name: str
    turn: Turn
    arguments: dict[str, Any]
    systems: tuple[str, ...] = PEERS
    rounds: int = 3
    columns: tuple[str, ...] = ()
    # How late the generator's timers may be in 95 of 100 cases, in milliseconds. Node's own are
    # up to 1 ms late, and what the tables compare differs by tens: beyond 5 ms the generator, not
    # the server, may be what is measured.
    lag: float = 5


@dataclass(frozen=True)
class Workload:
    """What is measured under one name, in a second or in earnest."""

    title: str
    quick: list[Case] = field(default_factory=list)
    full: list[Case] = field(default_factory=list)


FLOW = ("p50", "p95", "p99", "cpu_us", "store_us", "bytes", "missing", "lag_p95", "foreign")
MOVING = (*FLOW, "socket_kb", "withheld", "generator_cpu")


def _moves(clients: int, seconds: float, rounds: int = 3, systems: tuple[str, ...] = PEERS) -> Case:
    arguments = {"clients": clients, "seconds": seconds}
    return Case(f"{clients} people", turns.steady, arguments, systems, rounds, MOVING)


def _plain(work: str, seconds: float) -> Case:
    return Case(
        "20 people",
        turns.plain,
        {"work": work, "clients": 20, "seconds": seconds},
        columns=(*FLOW, "cursor_p95", "differs") if work == "mixed" else (*FLOW, "differs"),
    )


def _join(nodes: int, crowd: int) -> Case:
    columns = ("cold_ms", "warm_p50", "warm_p95", "warm_received_p50", "together_p50")
    return Case(
        f"{nodes:,} nodes",
        turns.joining,
        {"nodes": nodes, "crowd": crowd},
        PEERS,
        columns=(*columns, "together_max", "kilobytes", "join_cpu_us", "together_cpu_us"),
        lag=25,
    )


def _return(operations: int, crowd: int) -> Case:
    columns = ("catch_up_bytes", "catch_up_ms", "whole_bytes", "crowd_p50", "crowd_p95")
    return Case(
        f"{operations:,} operations",
        turns.returning,
        {"operations": operations, "crowd": crowd},
        columns=(*columns, "crowd_max", "return_cpu_us"),
        # Hundreds of handshakes at one moment are a burst in the generator too.
        lag=25,
    )


def _hold(rooms: int, seconds: float) -> Case:
    return Case(
        f"{rooms:,} graphs",
        turns.holding,
        {"rooms": rooms, "seconds": seconds},
        BATCHED,
        rounds=2,
        columns=("sockets", "open", "opened_s", "p50", "p95", "missing", "socket_kb", "cpu_share"),
    )


def _kill(after: tuple[float, float]) -> Case:
    return Case(
        "20 people",
        turns.killing,
        {"after": after},
        ("studio", "hocuspocus", "hocuspocus-33", "ywebsocket-stored", "sharedb"),
        rounds=2,
        columns=("shown", "lost", "lost_ms", "back_ms"),
    )


def _stall(before: float, after: float) -> Case:
    columns = ("before_p50", "before_p95", "after_p50", "after_p95", "missing", "grown_mb")
    return Case(
        "50 people and a deaf one",
        turns.stalling,
        {"before": before, "after": after},
        BATCHED,
        # Each takes a minute and a half.
        rounds=1,
        columns=(*columns, "shed", "lag_p95"),
    )


def _grow(operations: int) -> Case:
    return Case(
        f"{operations:,} operations",
        turns.growing,
        {"operations": operations},
        BATCHED,
        rounds=2,
        columns=("rate", "cpu_us", "store_us", "grown_mb", "stored_mb", "stored_per_op"),
    )


WORKLOADS = {
    "W1": Workload(
        "people who move nodes, ten times a second each, 1,000 nodes",
        [_moves(50, 2)],
        [
            _moves(50, 6, 5),
            _moves(50, 6, systems=("studio-plain", "bare")),
            _moves(5, 4),
            _moves(20, 4),
            _moves(100, 4),
            _moves(200, 6),
        ],
    ),
    "W2": Workload(
        "cursors, moves, properties, typing and structure, 1,000 nodes",
        [_plain("mixed", 2)],
        [_plain("mixed", 8)],
    ),
    "W3": Workload("twenty people type in one text", [_plain("typing", 2)], [_plain("typing", 6)]),
    "W4": Workload(
        "joining: cold, warm, fifty at once",
        [_join(1000, 50)],
        [_join(1000, 50), _join(10_000, 50)],
    ),
    "W5": Workload(
        "coming back after moves of 100 nodes, and 500 at once",
        [_return(1000, 100)],
        [_return(1000, 500), _return(10_000, 500)],
    ),
    "W6": Workload("many graphs, five people in each", [_hold(50, 2)], [_hold(1000, 10)]),
    "W7": Workload("kill -9 of the server under load", [_kill((2, 4))], [_kill((11, 16))]),
    "W8": Workload("one client that does not read", [_stall(2, 3)], [_stall(5, 75)]),
    "W9": Workload("growth after 100,000 operations", [_grow(5000)], [_grow(100_000)]),
}
