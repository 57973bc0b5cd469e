"""Reading and breaking down a script apart from the API, within limits and in turns of people.

A script is anybody's file, and the rules are pure Python: in a thread they would hold up everybody.
A large one is worked on by a child of a process that has the rules loaded, under limits of
processor time and memory. What was found in the last scripts is kept: a script is read far more
often than it is changed, and many who open it at once wait for one reading of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from app.platform.blocking import run_blocking
from app.platform.rate_limiter import RateLimiter
from app.platform.work_pools import WorkPool
from node_registry import DirectorError

from .breakdown import break_down
from .model import Breakdown, Script
from .reading import read_script
from .settlements import Settlement

SMALL = 32 * 1024
"""Bytes of a script that is done at once, in less time than it takes to hand it over."""

SECONDS = 20
"""Of processor time; a screenplay of 120 pages takes 0.2."""

MEMORY = 2 << 30
"""Bytes of address space of the child."""

WAIT = 120.0
"""Seconds until an answer, on a machine however busy."""

KEPT = 32 << 20
"""Bytes of packed answers that are kept; those of a screenplay are some 2 MB."""

NICENESS = 10
"""Of the child: whoever waits for an answer of the API goes first."""

ANALYSES = WorkPool("script", workers=2, waiting=200, per_owner=8)

PROCESSOR = RateLimiter(60, 600.0)
"""Seconds of processor time that one person's scripts may take at once, and in ten minutes: 300
screenplays. What is kept costs nothing."""


class Analysis(msgspec.Struct, frozen=True):
    """A script as it was read, and what the rules found in it."""

    script: Script
    breakdown: Breakdown


class _Refusal(msgspec.Struct, frozen=True, tag=True):
    code: str
    message: str
    hint: str
    status: int
    seconds: float
    fields: dict[str, Any] = {}


class _Answer(msgspec.Struct, frozen=True, tag=True):
    made: bytes
    seconds: float


Make = Callable[[bytes, str, "tuple[Settlement, ...]"], bytes]
"""Makes an answer of a script's bytes, its name and what was settled."""


async def analyse(
    data: bytes, filename: str, owner: Hashable, settled: Sequence[Settlement] = ()
) -> Analysis:
    """Read a script and break it down, in the turn of whoever asks. `settled` is what people
    decided of lines that no rule can settle.

    Raises what `read_script` raises, `script.too_slow` for what takes more than the limits,
    `server.busy` when too many wait, and `request.too_many` for who used up their time.
    """
    answer = await _answer(_packed, data, filename, owner, settled)
    return _unpack(answer) if len(data) <= SMALL else await run_blocking(_unpack, answer)


async def breakdown_as_json(data: bytes, filename: str, owner: Hashable) -> bytes:
    """What the rules found in a script, as the API answers it: made where the script is read, so
    that a large one holds nobody up. Raises as `analyse` does."""
    return await _answer(_in_json, data, filename, owner, ())


async def _answer(
    make: Make, data: bytes, filename: str, owner: Hashable, settled: Sequence[Settlement]
) -> bytes:
    small = len(data) <= SMALL
    asked = (data, filename, tuple(settled))
    key = _key(*asked) if small else await run_blocking(_key, *asked)
    key += make.__name__.encode()
    answer = _kept.get(key)
    if answer is not None:
        _kept.move_to_end(key)
        return answer
    running = _running.get(key)
    if running is None:
        PROCESSOR.check(owner)
        running = asyncio.create_task(_work_out(make, owner, *asked))
        _running[key] = running
        running.add_done_callback(lambda task: _note(key, task))
    return await asyncio.shield(running)


async def _work_out(
    make: Make, owner: Hashable, data: bytes, filename: str, settled: tuple[Settlement, ...]
) -> bytes:
    """Make an answer in a turn of its owner, who is charged for the processor's time."""
    spent = _Spent()
    work = _timed if len(data) <= SMALL else _apart
    try:
        return await ANALYSES.run(owner, work, data, filename, settled, make, spent)
    finally:
        PROCESSOR.charge(owner, spent.seconds)


class _Spent:
    seconds = 0.0


def _timed(
    data: bytes, filename: str, settled: tuple[Settlement, ...], make: Make, spent: _Spent
) -> bytes:
    began = time.thread_time()
    try:
        return make(data, filename, settled)
    finally:
        spent.seconds = time.thread_time() - began


_kept: OrderedDict[bytes, bytes] = OrderedDict()
_running: dict[bytes, asyncio.Task[bytes]] = {}


def _key(data: bytes, filename: str, settled: tuple[Settlement, ...]) -> bytes:
    digest = hashlib.blake2b(msgspec.msgpack.encode((filename, settled)), digest_size=32)
    digest.update(data)
    return digest.digest()


def _note(key: bytes, task: asyncio.Task[bytes]) -> None:
    """Keep what was found; a refusal is worked out again for whoever asks again."""
    del _running[key]
    if task.cancelled() or task.exception() is not None:
        return
    _kept[key] = task.result()
    while sum(map(len, _kept.values())) > KEPT:
        _kept.popitem(last=False)


def _unpack(answer: bytes) -> Analysis:
    """Everybody has their own: an importer writes codes into it."""
    return msgspec.msgpack.decode(answer, type=Analysis)


def _here(data: bytes, filename: str, settled: tuple[Settlement, ...] = ()) -> Analysis:
    script = read_script(data, filename, settled)
    return Analysis(script, break_down(script))


def _packed(data: bytes, filename: str, settled: tuple[Settlement, ...]) -> bytes:
    return msgspec.msgpack.encode(_here(data, filename, settled))


def _in_json(data: bytes, filename: str, settled: tuple[Settlement, ...]) -> bytes:
    return msgspec.json.encode(_here(data, filename, settled).breakdown)


def _apart(
    data: bytes,
    filename: str,
    settled: tuple[Settlement, ...] = (),
    make: Make = _packed,
    spent: _Spent | None = None,
) -> bytes:
    spent = spent or _Spent()
    context = multiprocessing.get_context("forkserver" if sys.platform != "win32" else "spawn")
    if sys.platform != "win32":
        # What children begin with: the rules, loaded once.
        context.set_forkserver_preload([__name__])  # type: ignore[attr-defined]
    receive, send = context.Pipe(duplex=False)
    child = context.Process(
        target=_work, args=(send, data, filename, SECONDS, settled, make), daemon=True
    )
    # What ends without an answer used up all that it may.
    spent.seconds = SECONDS
    child.start()
    send.close()
    try:
        answer = receive.recv_bytes() if receive.poll(WAIT) else b""
    except EOFError:
        answer = b""
    finally:
        receive.close()
        child.kill()
        child.join()
        child.close()
    if not answer:
        raise _too_slow()
    found = msgspec.msgpack.decode(answer, type=_Answer | _Refusal)
    spent.seconds = found.seconds
    if isinstance(found, _Answer):
        return found.made
    raise DirectorError(
        found.code, found.message, hint=found.hint, status=found.status, fields=found.fields
    )


def _work(
    send: Connection,
    data: bytes,
    filename: str,
    seconds: int,
    settled: tuple[Settlement, ...] = (),
    make: Make = _packed,
) -> None:
    """What the child does: one answer, and its end."""
    _limit(seconds)
    began = time.process_time()
    answer: _Answer | _Refusal
    try:
        made = make(data, filename, settled)
        answer = _Answer(made, time.process_time() - began)
    except DirectorError as error:
        seconds_taken = time.process_time() - began
        answer = _Refusal(
            error.code, error.message, error.hint, error.status, seconds_taken, error.fields
        )
    except MemoryError:
        return
    send.send_bytes(msgspec.msgpack.encode(answer))
    send.close()


def _limit(seconds: int) -> None:
    if sys.platform == "win32":
        return
    import os
    import resource

    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _too_slow() -> DirectorError:
    return DirectorError(
        "script.too_slow",
        "The script takes more time or memory than one may: it is no script, or a damaged one.",
        hint="Look at its paragraphs in a text editor. A script of 120 pages has some 4,000.",
        fields={"seconds": SECONDS},
    )
