"""ComfyUI through our backend, beside a bare client: what a prompt costs more.

    python benchmarks/comfyui.py http://127.0.0.1:8188 [200]

Both run the same workflow of three model-free nodes so many times, each with another colour, one
after the other: submitted, followed over a WebSocket to its end, its picture fetched. They take
turns in rounds, so that what else the machine does meets both. The bare client does the least that
is right: one socket, `POST /prompt`, `executing` with no node, `/history`, `/view`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from director_comfyui import Settings, workflow_spec
from director_comfyui.inference import infer
from node_registry.testing import LocalContext

from node_registry import Backend, Input, RenderSettings, Request, Reserved

ROUNDS = 10
GRAPH: dict[str, Any] = {
    "1": {
        "class_type": "EmptyImage",
        "inputs": {"width": 64, "height": 48, "batch_size": 1, "color": 0},
        "_meta": {"title": "Colour"},
    },
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "bench/b"}},
}


async def bare(url: str, colours: list[int]) -> list[float]:
    """The seconds of each prompt of a client that does nothing but this."""
    took: list[float] = []
    client = str(uuid.uuid4())
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"ws{url[4:]}/ws?clientId={client}") as socket,
    ):
        for colour in colours:
            began = time.perf_counter()
            graph = json.loads(json.dumps(GRAPH))
            graph["1"]["inputs"]["color"] = colour
            body = {"prompt": graph, "client_id": client}
            async with session.post(f"{url}/prompt", json=body) as answer:
                prompt = (await answer.json())["prompt_id"]
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                told = json.loads(message.data)
                if told["type"] == "executing" and told["data"]["node"] is None:
                    break
            async with session.get(f"{url}/history/{prompt}") as answer:
                (file,) = (await answer.json())[prompt]["outputs"]["3"]["images"]
            async with session.get(f"{url}/view", params=file) as answer:
                assert (await answer.read()).startswith(b"\x89PNG")
            took.append(time.perf_counter() - began)
    return took


async def ours(backend: Backend, colours: list[int], root: Path) -> list[float]:
    """The seconds of each prompt through the backend, from a request to a kept result."""
    kept = LocalContext(root).keep(
        msgspec.json.encode(infer(GRAPH, title="Bench")), "application/json"
    )
    template = msgspec.to_builtins(kept)
    took: list[float] = []
    for colour in colours:
        began = time.perf_counter()
        value = {"template": template, "parameters": {"colour_color": colour}}
        request = Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type="film.image_generation",
            settings=RenderSettings(width=64, height=48),
            inputs={"pipeline": [Input(node_id="p", value=value)]},
        )
        context = LocalContext.of(root, request, reserved=Reserved(server="comfyui/main"))
        async for _ in backend.run(request, context):
            pass
        assert context.saved
        took.append(time.perf_counter() - began)
    return took


async def main(url: str, count: int) -> None:
    """Print the median of each, what ours adds, and the throughput beside the bare one."""
    each = count // ROUNDS
    colour = int(time.time()) % 1_000_000
    times: dict[str, list[float]] = {"bare": [], "ours": []}
    # As in a worker, which keeps its backend and what that knows of the server between runs.
    backend = workflow_spec(Settings(url=url)).factory()
    await backend.open()
    with tempfile.TemporaryDirectory() as root:
        await bare(url, [colour])
        await ours(backend, [colour + 1], Path(root))
        for _ in range(ROUNDS):
            for name in times:
                colours = [colour := colour + 1 for _ in range(each)]
                made = bare(url, colours) if name == "bare" else ours(backend, colours, Path(root))
                times[name] += await made
    await backend.close()
    medians = {name: 1000 * statistics.median(took) for name, took in times.items()}
    rates = {name: len(took) / sum(took) for name, took in times.items()}
    print(f"{each * ROUNDS} prompts each, a picture of 64 by 48")
    for name in times:
        print(f"{name}: median {medians[name]:.1f} ms, {rates[name]:.1f} prompts a second")
    print(f"ours adds {medians['ours'] - medians['bare']:.1f} ms to a prompt (limit 5)")
    print(f"throughput {rates['ours'] / rates['bare']:.3f} of the bare client's (at least 0.95)")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200))
