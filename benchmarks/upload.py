"""An upload that breaks off again and again: `python benchmarks/upload.py [--gb 2] [--breaks 10]`.

A studio of its own; a sound file of so many gigabytes is sent by the tus protocol over a real
connection, which is cut so many times in the middle of a part. Prints how long it took, whether
what arrived is what was sent, and how much the memory of the API grew meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import random
import struct
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app.processes.listening import free_port
from app.processes.studio import running
from app.settings import Settings

CHUNK = 1 << 20
PART = 64 << 20
TUS = {"Tus-Resumable": "1.0.0"}


class Cut(Exception):
    """The line is cut here."""


def write_wave(path: Path, size: int) -> str:
    """A WAV file of this size, of noise; its SHA-256."""
    noise = random.Random(1).randbytes(CHUNK)
    digest = hashlib.sha256()
    left = size - 44
    head = b"RIFF" + struct.pack("<I", min(left + 36, 0xFFFFFFFF)) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 2, 48_000, 192_000, 4, 16)
    head += b"data" + struct.pack("<I", min(left, 0xFFFFFFFF))
    with path.open("wb") as file:
        file.write(head)
        digest.update(head)
        while left:
            chunk = noise[: min(CHUNK, left)]
            file.write(chunk)
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def memory_of(port: int) -> int:
    """Bytes of memory that the process listening on a port of this machine has for itself."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[3] == "0A":
            inode = fields[9]
            break
    else:
        raise RuntimeError("Nobody listens there.")
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(str(fd.readlink()) == f"socket:[{inode}]" for fd in (process / "fd").iterdir()):
                status = (process / "smaps_rollup").read_text()
                line = next(one for one in status.splitlines() if one.startswith("Private_Dirty"))
                return int(line.split()[1]) * 1024
    raise RuntimeError("The process is not there.")


async def send(
    client: httpx.AsyncClient, url: str, path: Path, offset: int, cut_after: int | None
) -> int:
    """One PATCH from the offset; how far it came by what the studio says afterwards."""

    async def body() -> AsyncIterator[bytes]:
        sent = 0
        with path.open("rb") as file:
            file.seek(offset)
            while sent < PART and (chunk := await asyncio.to_thread(file.read, CHUNK)):
                if cut_after is not None and sent >= cut_after:
                    raise Cut
                yield chunk[: PART - sent]
                sent += len(chunk)

    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    try:
        answer = await client.patch(url, content=body(), headers=TUS | kind)
        if answer.status_code in (409, 423):
            # The studio still holds the line that was cut: as every client, wait and ask again.
            await asyncio.sleep(0.2)
        else:
            answer.raise_for_status()
    except Cut:
        pass
    return int((await client.head(url, headers=TUS)).headers["Upload-Offset"])


async def measure(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    size = int(options.gb * 10**9)
    source = home / "noise.wav"
    digest = await asyncio.to_thread(write_wave, source, size)
    settings = msgspec.structs.replace(
        Settings(home=home / "studio"), host="127.0.0.1", port=free_port(), workers=0
    )
    async with (
        running(settings) as studio,
        httpx.AsyncClient(
            base_url=studio.address.url,
            headers={"Authorization": f"Bearer {studio.address.token}"},
            timeout=600,
        ) as client,
    ):
        made = await client.post("/api/v1/projects", json={"title": "Noise"})
        project = made.raise_for_status().json()["id"]
        begun = time.monotonic()
        upload = await client.post(
            f"/api/v1/projects/{project}/uploads",
            headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": "filename bm9pc2Uud2F2"},
        )
        url = upload.raise_for_status().headers["Location"]
        before = most = memory_of(settings.port)
        chance = random.Random(2)
        cuts = sorted(chance.sample(range(-(-size // PART)), min(options.breaks, size // PART)))
        offset, part, broken = 0, 0, 0
        while offset < size:
            cut = chance.randrange(CHUNK, PART) if part in cuts else None
            reached = await send(client, url, source, offset, cut)
            broken += cut is not None
            offset, part = reached, part + 1
            most = max(most, memory_of(settings.port))
        told = (await client.get(url, headers=TUS)).raise_for_status().json()
        most = max(most, memory_of(settings.port))
        return {
            "bytes": size,
            "breaks": broken,
            "seconds": round(time.monotonic() - begun, 1),
            "whole": told["state"] == "done" and told["media"]["digest"] == digest,
            "memory_grew_mb": round((most - before) / 1e6, 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gb", type=float, default=2)
    parser.add_argument("--breaks", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="director-upload-") as folder:
        print(json.dumps(asyncio.run(measure(options, Path(folder))), indent=2))


if __name__ == "__main__":
    main()
