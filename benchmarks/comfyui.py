"""ComfyUI through our backend, beside a bare client: what a prompt costs more.

    python benchmarks/comfyui.py http://127.0.0.1:8188 [200]

Both run the same workflow of three model-free nodes so many times, each with another colour:
submitted, followed over a WebSocket to its end, its picture fetched. What a prompt costs more is
measured one after the other; the throughput is measured with several in flight, as a server with a
queue has them, so that it is the server that is busy. They take turns in rounds, so that what else
the machine does meets both. The bare client does the least that is right: a socket, `POST /prompt`,
`executing` with no node, `/history`, `/view`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from director_comfyui import Settings, workflow_spec
from director_comfyui.inference import infer
from node_registry.testing import LocalContext

from node_registry import Backend, Input, RenderSettings, Request, Reserved

ROUNDS = 10
IN_FLIGHT = 4
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


async def together(made: Callable[[list[int]], Awaitable[object]], colours: list[int]) -> float:
    """The seconds of so many prompts, several in flight."""
    began = time.perf_counter()
    lanes = (colours[lane::IN_FLIGHT] for lane in range(IN_FLIGHT))
    await asyncio.gather(*(made(lane) for lane in lanes))
    return time.perf_counter() - began


async def main(url: str, count: int) -> None:
    """Print the median of each, what ours adds, and the throughput beside the bare one."""
    each = max(IN_FLIGHT, count // ROUNDS)
    numbers = itertools.count(int(time.time()) % 1_000_000)
    alone: dict[str, list[float]] = {"bare": [], "ours": []}
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    # As in a worker, which keeps its backend and what that knows of the server between runs.
    backend = workflow_spec(Settings(url=url)).factory()
    await backend.open()
    with tempfile.TemporaryDirectory() as root:
        clients: dict[str, Callable[[list[int]], Awaitable[list[float]]]] = {
            "bare": lambda colours: bare(url, colours),
            "ours": lambda colours: ours(backend, colours, Path(root)),
        }
        for client in clients.values():
            await client([next(numbers)])
        for number in range(ROUNDS):
            # Each begins every other round.
            for name in ("bare", "ours") if number % 2 else ("ours", "bare"):
                alone[name] += await clients[name](list(itertools.islice(numbers, each)))
            for name in ("bare", "ours") if number % 2 else ("ours", "bare"):
                colours = list(itertools.islice(numbers, each))
                rates[name].append(each / await together(clients[name], colours))
    await backend.close()
    medians = {name: 1000 * statistics.median(took) for name, took in alone.items()}
    found = {name: statistics.median(rate) for name, rate in rates.items()}
    print(f"{each * ROUNDS} prompts each, a picture of 64 by 48; medians of {ROUNDS} rounds")
    for name in alone:
        print(
            f"{name}: {medians[name]:.1f} ms a prompt; "
            f"{found[name]:.1f} prompts a second with {IN_FLIGHT} in flight"
        )
    print(f"ours adds {medians['ours'] - medians['bare']:.1f} ms to a prompt (limit 5)")
    print(f"throughput {found['ours'] / found['bare']:.3f} of the bare client's (at least 0.95)")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200))
