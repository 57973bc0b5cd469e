"""ComfyUI's own front end, as its wheel has it, with a server that answers what a canvas asks.

The wheel is fetched by pip into a folder and not imported; the answers are those of a ComfyUI with
a few of its own nodes, no settings and no workflow.
"""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

PACKAGE = "comfyui-frontend-package==1.47.12"

NODES: dict[str, Any] = {
    name: {
        "input": {"required": inputs},
        "input_order": {"required": list(inputs)},
        "output": outputs,
        "output_is_list": [False] * len(outputs),
        "output_name": outputs,
        "name": name,
        "display_name": name,
        "description": "",
        "python_module": "nodes",
        "category": "film",
        "output_node": False,
    }
    for name, inputs, outputs in (
        (
            "Shot",
            {
                "previous": ["SEQUENCE"],
                "character": ["CHARACTER"],
                "environment": ["ENVIRONMENT"],
                "prompt": ["STRING", {"multiline": True}],
                "quality": [["low", "standard", "high"]],
                **{
                    field: ["INT", {"default": 1, "min": 0, "max": 100}]
                    for field in ("duration", "seed", "motion", "zoom", "pan", "tilt")
                },
            },
            ["SEQUENCE"],
        ),
        ("Character", {"name": ["STRING", {}]}, ["CHARACTER"]),
        ("Environment", {"name": ["STRING", {}]}, ["ENVIRONMENT"]),
    )
}

ANSWERS: dict[str, Any] = {
    "/object_info": NODES,
    "/users": {"storage": "server", "migrated": False},
    "/settings": {
        "Comfy.TutorialCompleted": True,
        "Comfy.Workflow.Persist": False,
        "Comfy.InstalledVersion": "1.47.12",
    },
    "/extensions": [],
    "/features": {},
    "/node_replacements": {},
    "/queue": {"queue_running": [], "queue_pending": []},
    "/system_stats": {"system": {}, "devices": []},
}


def front_end(folder: Path) -> Path:
    """The unpacked files of the front end: those of the checkout that COMFYUI_DIR names, if it has
    any, else those of its wheel."""
    own = Path(os.environ.get("COMFYUI_DIR") or folder) / "web"
    if (own / "index.html").exists():
        return own
    found = folder / "comfyui_frontend_package/static"
    if not found.exists():
        fetch = ["uv", "tool", "run", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
        subprocess.run([*fetch, PACKAGE], check=True, timeout=90)
        with zipfile.ZipFile(next(folder.glob("comfyui_frontend_package*.whl"))) as wheel:
            wheel.extractall(folder)
    return found


def workflow(operations: list[dict[str, Any]]) -> dict[str, Any]:
    """The same film as a workflow of ComfyUI: places, titles, prompts and wires."""
    numbers: dict[str, int] = {}
    nodes: list[dict[str, Any]] = []
    links: list[list[Any]] = []
    by_id: dict[str, dict[str, Any]] = {}
    inputs = {"previous": "SEQUENCE", "character": "CHARACTER", "environment": "ENVIRONMENT"}
    kinds = {"film.shot": "Shot", "film.character": "Character", "film.environment": "Environment"}
    outputs = {"Shot": "SEQUENCE", "Character": "CHARACTER", "Environment": "ENVIRONMENT"}
    for op in operations:
        if op["op"] != "node.add":
            continue
        kind = kinds[op["type"]]
        numbers[op["id"]] = number = len(numbers) + 1
        shot = kind == "Shot"
        prompt = op.get("text", {}).get("prompt", "")
        node = {
            "id": number,
            "type": kind,
            "pos": op["pos"],
            "size": [280, 400],
            "flags": {},
            "order": number,
            "mode": 0,
            "inputs": [{"name": n, "type": t, "link": None} for n, t in inputs.items()]
            if shot
            else [],
            "outputs": [{"name": outputs[kind], "type": outputs[kind], "links": []}],
            "properties": {"Node name for S&R": kind},
            "widgets_values": [prompt, "standard", *[1] * 6] if shot else [op["data"]["name"]],
        }
        nodes.append(node)
        by_id[op["id"]] = node
    slots = {"previous": 0, "characters": 1, "environment": 2}
    for op in operations:
        if op["op"] != "edge.add":
            continue
        source, target = by_id[op["source"]], by_id[op["target"]]
        slot = slots[op["target_socket"]]
        link = len(links) + 1
        kind = source["outputs"][0]["type"]
        links.append([link, source["id"], 0, target["id"], slot, kind])
        source["outputs"][0]["links"].append(link)
        target["inputs"][slot]["link"] = link
    last = {"last_node_id": len(nodes), "last_link_id": len(links)}
    return {**last, "nodes": nodes, "links": links, "groups": [], "config": {}, "version": 0.4}


async def _socket(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    status = {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "bench"}
    await socket.send_str(json.dumps({"type": "status", "data": status}))
    async for message in socket:
        if message.type == WSMsgType.ERROR:
            break
    return socket


async def serve(files: Path, port: int) -> web.AppRunner:
    """Serve the front end and what it asks for; the caller cleans up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/api")
        if path == "/ws":
            return await _socket(request)
        if path in ANSWERS:
            return web.json_response(ANSWERS[path])
        file = (files / request.path.lstrip("/")).resolve()
        if request.path == "/":
            return web.FileResponse(files / "index.html")
        if file.is_relative_to(files) and file.is_file():
            return web.FileResponse(file)
        return web.json_response([] if request.method == "GET" else {}, status=404)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner
