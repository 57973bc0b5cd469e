"""One turn: a server is started, put under one workload by the generator, measured, and stopped."""

from __future__ import annotations

import base64
import contextlib
import os
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .generator import Generator
from .processes import cpu_seconds, machine_seconds
from .systems import Server

MEGABYTE = 1_000_000
# In W8 one more writes long texts, 80 kB a second: what is not read adds up within seconds.
BULK = {"letters": 3900, "rate": 20}


class Meter:
    """Processor of a server between two moments, and what strangers took of the machine."""

    def __init__(self, server: Server, load: Generator) -> None:
        self.server = server
        self.load = load
        self.begun = self._read()

    def _read(self) -> tuple[float, ...]:
        own = cpu_seconds([self.load.pid, os.getpid()])
        return (*self.server.cpu(), own, machine_seconds(), time.monotonic())

    def used(self) -> dict[str, float]:
        """Microseconds of processor, of the server and of its database; `foreign` in cores."""
        serving, storing, own, busy, lasted = (
            after - before for before, after in zip(self.begun, self._read(), strict=True)
        )
        return {
            "cpu_us": serving * 1e6,
            "store_us": storing * 1e6,
            "foreign": max(0.0, busy - serving - storing - own) / lasted,
        }


def _each(used: dict[str, float], count: int) -> dict[str, float]:
    """The same for each of so many operations."""
    return {name: used[name] / max(1, count) for name in ("cpu_us", "store_us")} | {
        "foreign": used["foreign"]
    }


def _join(load: Generator) -> dict[str, Any]:
    """Let everybody in; what the generator says of it."""
    load.say("join")
    return load.expect("joined")


def _weigh(server: Server, load: Generator, people: int) -> float:
    """Let everybody in; the kilobytes of memory that each of them costs the server."""
    empty = server.memory()
    _join(load)
    return (server.memory() - empty) / people / 1000


def _phase(server: Server, load: Generator, word: str = "go") -> dict[str, float]:
    """At this word the generator works, up to its next rest; what the work used."""
    load.say(word)
    load.expect("begin")
    meter = Meter(server, load)
    load.expect("end")
    return meter.used()


def _config(server: Server, system: str, work: str, **more: Any) -> dict[str, Any]:
    run = f"{random.randrange(1 << 32):08x}"
    return {"system": system, "port": server.port, "run": run, "work": work, **more}


@contextmanager
def _loaded(
    server: Server, system: str, work: str, nodes: int, rooms: int = 1, **more: Any
) -> Iterator[Generator]:
    """A generator whose rooms are seeded, with nobody in them yet."""
    seeded = server.seed(nodes, rooms)
    config = _config(server, system, work, nodes=nodes, **{"rooms": rooms, **seeded, **more})
    with Generator(config) as load:
        load.expect("seeded")
        yield load


def steady(
    server: Server, system: str, *, clients: int, seconds: float, nodes: int = 1000
) -> dict[str, Any]:
    """W1: so many people move nodes ten times a second each."""
    phases = [{"name": "load", "seconds": seconds}]
    with _loaded(server, system, "moves", nodes, clients=clients, phases=phases) as load:
        socket_kb = _weigh(server, load, clients)
        used = _phase(server, load)
        load.say("next")
        done = load.expect("done")
    phase = done["phases"][0]
    return {
        **_flat(phase),
        **_each(used, phase["ops"]),
        "socket_kb": socket_kb,
        "differs": done["differs"],
        "trouble": done["trouble"],
    }


def plain(
    server: Server, system: str, work: str, *, clients: int, seconds: float, nodes: int = 1000
) -> dict[str, Any]:
    """W2 and W3: mixed work, and typing."""
    more = {"clients": clients, "seconds": seconds, "presence": work == "mixed"}
    with _loaded(server, system, work, nodes, **more) as load:
        _join(load)
        used = _phase(server, load)
        done = load.expect("done")
    # In mixed work most of what a server does is presence: it is counted with the operations.
    ops = done["ops"] + done.get("cursors", {}).get("sent", 0)
    result = {**_flat(done), **_each(used, ops)}
    result.update({name: done[name] for name in ("differs", "trouble") if name in done})
    if "cursors" in done:
        result["cursors"] = done["cursors"]
        result["cursor_p95"] = done["cursors"].get("p95")
    return result


def joining(
    server: Server, system: str, *, nodes: int, warm: int = 10, crowd: int = 50
) -> dict[str, Any]:
    """W4: the first into a server that has just started, then others, then fifty at once."""
    seeded = server.seed(nodes)
    config = _config(server, system, "", nodes=nodes, **seeded)
    if server.durable:
        with Generator(config) as load:
            load.expect("seeded")
        # Longer than Hocuspocus waits before it stores.
        time.sleep(3)
        server.stop()
        server.start()
        config.pop("seed", None)
    config |= {"work": "joins", "warm": warm, "crowd": crowd, "port": server.port}
    with Generator(config) as load:
        load.expect("seeded")
        warmed = _each(_phase(server, load), warm)
        together = _each(_phase(server, load, "next"), crowd)
        done = load.expect("done")
    return {
        "cold_ms": done["cold"]["ready"] if server.durable else None,
        "warm_p50": done["warm"]["ready"]["p50"],
        "warm_p95": done["warm"]["ready"]["p95"],
        "warm_received_p50": done["warm"]["received"]["p50"],
        "together_p50": done["together"]["p50"],
        "together_max": done["together"]["max"],
        "kilobytes": done["cold"]["bytes"] / 1000,
        "join_cpu_us": warmed["cpu_us"],
        "together_cpu_us": together["cpu_us"],
        "lag_p95": done["lag"]["p95"],
        "trouble": done["trouble"],
    }


def returning(
    server: Server, system: str, *, operations: int, moved: int = 100, crowd: int = 500
) -> dict[str, Any]:
    """W5: back after so many operations on a hundred nodes; and five hundred back at once."""
    more = {"operations": operations, "crowd": crowd}
    with _loaded(server, system, "catchUp", moved, **more) as load:
        used = _each(_phase(server, load, "join"), crowd)
        done = load.expect("done")
    return {
        "catch_up_bytes": done["bytes"],
        "catch_up_ms": done["received"],
        "whole_bytes": done["whole_bytes"],
        "crowd_p50": done["crowd"]["p50"],
        "crowd_p95": done["crowd"]["p95"],
        "crowd_max": done["crowd"]["max"],
        "return_cpu_us": used["cpu_us"],
        "lag_p95": done["lag"]["p95"],
        "trouble": done["trouble"],
    }


def holding(
    server: Server, system: str, *, rooms: int, people: int = 5, seconds: float = 10
) -> dict[str, Any]:
    """W6: so many graphs, five people in each, a trickle of work."""
    more = {"people": people, "rate": 50, "seconds": seconds, "rooms": rooms}
    with _loaded(server, system, "held", 10, **more) as load:
        load.patience = 300
        socket_kb = _weigh(server, load, rooms * people)
        used = _phase(server, load)
        done = load.expect("done")
    return {
        "sockets": rooms * people,
        "open": done["open"],
        "opened_s": done["opened"],
        "socket_kb": socket_kb,
        "cpu_share": used["cpu_us"] / 1e6 / seconds,
        **_flat(done),
        "trouble": done["trouble"],
    }


def killing(
    server: Server, system: str, *, after: tuple[float, float], clients: int = 20
) -> dict[str, Any]:
    """W7: `kill -9` under load, at random within `after`; what others had seen and is gone."""
    phases = [{"name": "load", "seconds": 60}]
    more = {"clients": clients, "own": True, "phases": phases}
    with _loaded(server, system, "moves", clients, **more) as load:
        _join(load)
        load.say("go")
        load.expect("begin")
        time.sleep(random.uniform(*after))
        server.kill()
        load.say("killed")
        server.come_back()
        load.say("back")
        done = load.expect("done")
    return {name: done[name] for name in ("shown", "lost", "lost_ms", "back_ms")}


def stalling(
    server: Server, system: str, *, clients: int = 50, before: float, after: float
) -> dict[str, Any]:
    """W8: one of the clients stops reading; how the others fare, and what the server holds."""
    phases = [{"name": "before", "seconds": before}, {"name": "after", "seconds": after}]
    more = {"clients": clients, "phases": phases, "bulk": BULK}
    with (
        _loaded(server, system, "moves", 1000, **more) as load,
        contextlib.ExitStack() as stack,
    ):
        joined = _join(load)
        _phase(server, load)
        memory = server.memory()
        stalled = stack.enter_context(_deaf(joined["address"], joined["greeting"]))
        _phase(server, load, "next")
        grown = server.memory() - memory
        shed = _was_shed(stalled)
        load.say("next")
        done = load.expect("done")
    first, second = done["phases"]
    return {
        "before_p95": first["latency"]["p95"],
        "after_p95": second["latency"]["p95"],
        "before_p50": first["latency"]["p50"],
        "after_p50": second["latency"]["p50"],
        "missing": first["missing"] + second["missing"],
        "grown_mb": grown / MEGABYTE,
        "shed": shed,
        "lag_p95": max(first["lag"]["p95"], second["lag"]["p95"]),
        "trouble": done["trouble"],
    }


def growing(server: Server, system: str, *, operations: int, clients: int = 50) -> dict[str, Any]:
    """W9: as many operations as an hour of work; what is stored, and what the server keeps."""
    more = {"clients": clients, "operations": operations}
    with _loaded(server, system, "growth", 1000, **more) as load:
        load.patience = 600
        _join(load)
        memory, stored = server.memory(), sum(server.stored_bytes().values())
        used = _each(_phase(server, load), operations)
        load.expect("settled")
        grown, after = server.memory() - memory, server.stored_bytes()
        load.say("next")
        done = load.expect("done")
    return {
        "rate": done["rate"],
        **used,
        "grown_mb": grown / MEGABYTE,
        "stored_mb": (sum(after.values()) - stored) / MEGABYTE if server.durable else None,
        "stored_per_op": (sum(after.values()) - stored) / operations if server.durable else None,
        "tables": after,
        "trouble": done["trouble"],
    }


def _flat(phase: dict[str, Any]) -> dict[str, Any]:
    """The figures of a phase that every table shows."""
    latency = phase["latency"]
    known = {name: phase[name] for name in ("ops", "missing", "withheld", "bytes") if name in phase}
    return {
        **known,
        **{name: latency.get(name) for name in ("p50", "p95", "p99", "max")},
        "lag_p95": phase["lag"]["p95"],
        "generator_cpu": phase["lag"]["cpu"],
    }


@contextmanager
def _deaf(address: dict[str, Any], greeting: list[list[Any]]) -> Iterator[socket.socket]:
    """A client that joins and then reads nothing; its own buffer is as small as can be."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", address["port"]))
        headers = {
            "Host": f"127.0.0.1:{address['port']}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            **address.get("headers", {}),
        }
        # Not compressed: as much as can be is left lying.
        path = address.get("path", "/").split("?")[0]
        lines = [f"GET {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        deaf.sendall("\r\n".join([*lines, "", ""]).encode())
        # Some servers drop what comes together with the request.
        time.sleep(0.2)
        for opcode, payload in greeting:
            deaf.sendall(_frame(opcode, base64.b64decode(payload)))
        yield deaf


def _frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        head = bytes([128 | opcode, 128 | size])
    elif size < 65536:
        head = bytes([128 | opcode, 254]) + size.to_bytes(2, "big")
    else:
        head = bytes([128 | opcode, 255]) + size.to_bytes(8, "big")
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))


def _was_shed(deaf: socket.socket) -> bool:
    """Whether the server has closed this connection: told by a drained, ended or reset stream."""
    deaf.settimeout(0.5)
    deadline = time.monotonic() + 3
    try:
        while time.monotonic() < deadline:
            if not deaf.recv(1 << 20):
                return True
    except TimeoutError:
        return False
    except OSError:
        return True
    return False
