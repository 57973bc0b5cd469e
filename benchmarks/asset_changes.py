"""How soon others see that an asset changed: `python benchmarks/asset_changes.py [--changes 60]`.

A studio of its own, on an empty data folder, with a project of three shots that were made, two of
which show a character. One person changes its face image; another has the project open. Printed are
the medians and 95th percentiles of the time from the request until the other hears of the asset
(`server:asset_changed`) and of the shots that it made stale (`server:stale`); beside a bare
Litestar program that tells one socket what another client posts, asked in turns with it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import websockets
from PIL import Image

from app.processes.listening import free_port
from app.processes.studio import running
from app.settings import Settings

BARE = """
import sys, uvicorn
from litestar import Litestar, WebSocket, post, websocket

sockets: set[WebSocket] = set()

@websocket("/")
async def listen(socket: WebSocket) -> None:
    await socket.accept()
    sockets.add(socket)
    await socket.receive_text()

@post("/")
async def tell() -> dict[str, int]:
    for socket in sockets:
        await socket.send_text('{"event": "told"}')
    return {"told": len(sockets)}

uvicorn.run(Litestar([listen, tell], openapi_config=None, logging_config=None),
            port=int(sys.argv[1]), log_config=None, access_log=False)
"""
PAUSE = 3.0
"""Seconds between two changes: each comes alone, as one that somebody makes."""


def picture(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (96, 64), (number % 256, number // 256, 80)).save(out, "PNG")
    return out.getvalue()


@contextlib.asynccontextmanager
async def bare(port: int) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BARE, str(port))
    try:
        async with httpx.AsyncClient() as client, asyncio.timeout(30):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    await client.get(f"http://127.0.0.1:{port}/")
                    break
                await asyncio.sleep(0.05)
        yield
    finally:
        process.terminate()
        await process.wait()


async def film(client: httpx.AsyncClient) -> tuple[str, list[str], dict[str, Any]]:
    """A project, the shots that show the character, and the character as the library has it."""
    settings = {"resolution": "96x64", "frame_rate": 12}
    made = await client.post("/projects", json={"title": "Faces", "settings": settings})
    project = made.raise_for_status().json()["id"]
    shots, ina = [str(uuid4()) for _ in range(3)], str(uuid4())
    ops: list[dict[str, Any]] = [
        {"op": "node.add", "id": shot, "type": "film.shot",
         "data": {"code": f"0{number}0", "frames": 3}}
        for number, shot in enumerate(shots, 1)
    ]  # fmt: skip
    face = await bring(client, project, 0)
    ops.append({"op": "node.add", "id": ina, "type": "film.character",
                "data": {"name": "INA", "face_image": face}})  # fmt: skip
    ops += [
        {"op": "edge.add", "id": str(uuid4()), "source": ina, "source_socket": "character",
         "target": shot, "target_socket": "characters"}
        for shot in shots[:2]
    ]  # fmt: skip
    answer = await client.post(f"/projects/{project}/graph/operations", json={"ops": ops})
    answer.raise_for_status()
    run = (await client.post(f"/projects/{project}/runs", json={"targets": shots})).json()["id"]
    while (await client.get(f"/runs/{run}")).json()["run"]["status"] == "running":  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    (asset,) = (await client.get(f"/projects/{project}/assets?search=ina")).json()["items"]
    return project, shots[:2], asset


async def bring(client: httpx.AsyncClient, project: str, number: int) -> Any:
    answer = await client.post(
        f"/projects/{project}/media", content=picture(number), headers={"X-Filename": "face.png"}
    )
    return answer.raise_for_status().json()


async def hear(socket: websockets.ClientConnection, event: str) -> Any:
    while True:
        told = json.loads(await socket.recv())
        if told["event"] == event:
            return told["payload"]


async def measure(changes: int, folder: Path) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"asset_changed": [], "stale": [], "bare": []}
    bare_port = free_port()
    settings = Settings(home=folder, port=free_port(), workers=1)
    async with running(settings) as studio, bare(bare_port):
        headers = {"Authorization": f"Bearer {studio.address.token}"}
        base = f"{studio.address.url}/api/v1"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
            project, shots, asset = await film(client)
            place = f"{studio.address.url.replace('http', 'ws')}/ws/{project}"
            bare_place = f"127.0.0.1:{bare_port}/"
            async with (
                websockets.connect(place, additional_headers=headers, max_size=None) as socket,
                websockets.connect(f"ws://{bare_place}") as bare_socket,
            ):
                await socket.send(json.dumps({"event": "client:hello", "payload": {}}))
                await hear(socket, "server:full_sync")
                faces = [await bring(client, project, number) for number in (0, 1)]
                for number in range(1, 2 * changes + 1):
                    # The second of two changes takes the first back: then no shot is stale.
                    face, wanted = faces[number % 2], set(shots if number % 2 else [])
                    await asyncio.sleep(PAUSE)
                    content = {"base_version": asset["version"], "content": {"face_image": face}}
                    address = f"/projects/{project}/assets/{asset['id']}"
                    begun = time.perf_counter()
                    changing = asyncio.create_task(client.patch(address, json=content))
                    await hear(socket, "server:asset_changed")
                    took["asset_changed"].append(time.perf_counter() - begun)
                    while {
                        one["node_id"] for one in (await hear(socket, "server:stale"))["nodes"]
                    } != wanted:
                        continue
                    took["stale"].append(time.perf_counter() - begun)
                    asset = (await changing).raise_for_status().json()
                    begun = time.perf_counter()
                    telling = asyncio.create_task(client.post(f"http://{bare_place}"))
                    await bare_socket.recv()
                    took["bare"].append(time.perf_counter() - begun)
                    await telling
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=30, help="changes, each taken back once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="director-assets-") as folder:
        took = asyncio.run(measure(options.changes, Path(folder)))
    print(f"load {os.getloadavg()[0]:.1f}, {len(took['bare'])} changes")
    for name, seconds in took.items():
        parts = statistics.quantiles(seconds, n=20, method="inclusive")
        print(f"{1000 * parts[9]:8.1f} {1000 * parts[18]:8.1f} ms  {name}")


if __name__ == "__main__":
    main()
