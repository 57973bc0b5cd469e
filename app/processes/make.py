"""`director make`: one script becomes one film, through the API that every client uses."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import math
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from node_registry.film import read_rate

from app.platform.blocking import run_blocking
from app.script import break_down, read_script
from app.settings import Settings
from node_registry import DirectorError

from .listening import free_port
from .partial import unfinished
from .studio import running
from .studio_lock import StudioAddress, running_studio

if TYPE_CHECKING:
    from .client import Api

MAX_SCRIPT = 10 * 1024 * 1024
POLL = 0.1


class Film(msgspec.Struct, kw_only=True):
    """What `director make` made: counts, and why each step was made.

    `reused` counts the steps for which a take was there already: an active one that is up to date,
    or one that an equal recipe had made. `notes` are sentences on what could not be done as asked.
    """

    title: str
    project_id: str
    output: str
    frames: int
    rate: str
    seconds: float
    scenes: int
    shots: int
    made: int
    reused: int
    reasons: dict[str, list[str]]
    changes: list[str]
    notes: list[str] = []
    edl: str | None = None


class MakeOptions(msgspec.Struct, kw_only=True):
    """What was asked for on the command line."""

    script: Path
    output: Path
    resolution: str = "1280x720"
    frame_rate: str = "24"
    quality: str = "high"
    title: str | None = None
    voices: bool | None = None


class ProgressUpdate(msgspec.Struct):
    """How far it is, for a progress bar: tasks ended, all tasks, and what happens now."""

    done: float
    total: int
    step: str


OnProgress = Callable[[ProgressUpdate], None]


def read_script_file(path: Path) -> bytes:
    """The script's bytes. Raises `script.…` with what is wrong with the file."""
    try:
        seen = path.stat()
        if stat.S_ISDIR(seen.st_mode):
            raise DirectorError(
                "script.not_a_file",
                f"{path.name or path} is a folder, not a script.",
                hint="Name the script in it: a .fountain, .fdx or .txt file.",
            )
        if not stat.S_ISREG(seen.st_mode):
            # A device or a pipe may never end, and cannot be read a second time.
            raise DirectorError(
                "script.not_a_file",
                f"{path.name} is a device or a pipe, not a file.",
                hint="Write the script to a file first.",
            )
        if seen.st_size > MAX_SCRIPT:
            raise DirectorError(
                "script.too_large",
                f"{path.name} has {seen.st_size / 1e6:.0f} MB; a script has at most 10 MB.",
                hint="Is it the right file? A feature film's script has less than 1 MB.",
                status=413,
            )
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DirectorError(
            "script.not_found",
            f"There is no file {path}.",
            hint="Check the path; a script is a .fountain, .fdx or .txt file.",
        ) from error
    except OSError as error:
        raise DirectorError(
            "script.not_readable",
            f"{path.name[:80]} cannot be read: {error.strerror}.",
            hint="Check its name, and that you may read it.",
        ) from error


def check_output(path: Path) -> None:
    """See that the film can be written before anything is made. Raises `film.…`."""
    if path.suffix.lower() != ".mp4":
        raise DirectorError(
            "film.bad_name",
            f"{path.name[:80]} does not end in .mp4.",
            hint="Films are MP4 files: -o film.mp4.",
        )
    try:
        if path.is_dir():
            raise DirectorError(
                "film.output_is_folder", f"{path} is a folder.", hint="Name a file: -o film.mp4."
            )
        if not path.parent.is_dir():
            raise DirectorError(
                "film.no_folder",
                f"There is no folder {path.parent} to write the film to.",
                hint="Make it, or choose another place with -o.",
            )
        # Tried, not asked: the rights say nothing of a disk that is read-only or full.
        fresh = unfinished(path)
        try:
            with fresh.open("wb") as file:
                file.write(b"film")
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise DirectorError(
            "film.not_writable",
            f"The film cannot be written to {path.parent}: {error.strerror}.",
            hint="Choose a folder that you may write to, on a disk with room.",
        ) from error


async def make(settings: Settings, options: MakeOptions, on_progress: OnProgress) -> Film:
    """Make the film of a script, in the studio that runs on the data folder, or in one of its own.

    Everything that was made before and still holds is reused.
    """
    data = read_script_file(options.script)
    check_output(options.output)
    # Read here first: what is wrong with the script is said before a studio is started.
    title = options.title or break_down(read_script(data, _name(options.script))).title
    options = msgspec.structs.replace(options, title=title)
    address = await running_studio(settings.home)
    if address is not None:
        on_progress(ProgressUpdate(0, 0, "Using the studio that runs already"))
        return await _make_with(address, options, data, on_progress)
    on_progress(ProgressUpdate(0, 0, "Starting the studio"))
    # Needed when the studio is up, and loaded while it starts.
    loading = asyncio.create_task(_load_client())
    own = msgspec.structs.replace(settings, host="127.0.0.1", port=free_port())
    async with running(own) as studio:
        await loading
        return await studio.supervisor.guard(_make_with(studio.address, options, data, on_progress))


async def _load_client() -> None:
    # Not in the very first moment: the thread that starts the servers would share it.
    await asyncio.sleep(0.1)
    # The last two are what httpx loads with the first client and with the first request.
    for name in ("app.processes.client", "httpcore", "anyio._backends._asyncio"):
        await run_blocking(importlib.import_module, name)


async def _make_with(
    address: StudioAddress, options: MakeOptions, data: bytes, on_progress: OnProgress
) -> Film:
    from .client import connected

    async with connected(address) as api:
        return await _make(api, options, data, on_progress)


async def _make(api: Api, options: MakeOptions, data: bytes, on_progress: OnProgress) -> Film:
    project = await _project(api, options)
    project_id = project["id"]
    on_progress(ProgressUpdate(0, 0, "Breaking down the script"))
    imported = await api.call(
        "POST",
        f"/api/v1/projects/{project_id}/scripts",
        content=data,
        headers={"X-Filename": quote(os.fsencode(options.script.name))},
    )
    assembly = imported["assembly"]
    notes = await _set_voices(api, project_id, assembly, options.voices)
    run = await api.call(
        "POST",
        f"/api/v1/projects/{project_id}/runs",
        json={"targets": [assembly]},
    )
    run = await _follow(api, run["id"], on_progress)
    take = await _film_take(api, project_id, assembly)
    on_progress(ProgressUpdate(1, 1, "Writing the film"))
    await api.download(f"/api/v1/takes/{take['id']}/content", options.output)
    edl = await _write_edl(api, take, options.output)
    facts = take["outputs"][0]["media"]["facts"]
    tasks = run["tasks"]
    summary = imported["summary"]
    return Film(
        title=imported["title"],
        project_id=project_id,
        output=str(options.output),
        frames=facts["frames"],
        rate=facts["rate"],
        seconds=facts["duration"],
        scenes=imported["scenes"],
        shots=imported["shots"],
        made=sum(1 for task in tasks if not task["reused"]),
        reused=run["reused"] + sum(1 for task in tasks if task["reused"]),
        reasons={
            task["label"]: task["reasons"] for task in tasks if task["node_type"] != "film.assembly"
        },
        changes=[*summary["changed"], *summary["removed"], *summary["conflicts"]],
        notes=notes,
        edl=edl,
    )


async def _set_voices(api: Api, project_id: str, assembly: str, wanted: bool | None) -> list[str]:
    """Let the film's lines be spoken, or not; None leaves it as it is.

    Where nothing can speak, the film is made as without voices, and the answer says so.
    """
    if wanted is None:
        return []
    notes: list[str] = []
    if wanted:
        health = await api.call("GET", "/api/v1/health")
        part = next((p for p in health["parts"] if p["part"] == "media: voices"), None)
        if part is None or part["state"] != "ok":
            told = f"{part['message']} {part['remedy']}" if part else "The media plugin is missing."
            notes.append(f"The film has no voices. {told}")
            wanted = False
    graph = await api.call("GET", f"/api/v1/projects/{project_id}/graph")
    node = next(n for n in graph["nodes"] if n["id"] == assembly)
    if bool(node["data"].get("voices")) != wanted:
        change = {"op": "node.set", "id": assembly, "values": {"data.voices": wanted}}
        await api.call(
            "POST", f"/api/v1/projects/{project_id}/graph/operations", json={"ops": [change]}
        )
    return notes


def _name(script: Path) -> str:
    # A name of bytes that are no UTF-8 has characters that no JSON can carry.
    return os.fsencode(script.name).decode(errors="replace")


async def _project(api: Api, options: MakeOptions) -> dict[str, Any]:
    """The project of this script: the one that an earlier run made, or a new one."""
    origin = hashlib.sha256(b"make:" + os.fsencode(options.script.resolve())).hexdigest()
    rate = read_rate(options.frame_rate)
    settings = {
        "aspect_ratio": _aspect(options.resolution),
        "resolution": options.resolution,
        "frame_rate": int(rate.rate) if rate.rate.denominator == 1 else str(rate.rate),
        "drop_frame": bool(rate.drop),
    }
    found = await api.call("GET", "/api/v1/projects", params={"origin": origin})
    if not found["items"]:
        return await api.call(
            "POST",
            "/api/v1/projects",
            json={
                "title": options.title or _name(options.script),
                "quality": options.quality,
                "settings": settings,
                "origin": origin,
            },
        )
    project = found["items"][0]
    if project["settings"] != settings or project["quality"] != options.quality:
        return await api.call(
            "PATCH",
            f"/api/v1/projects/{project['id']}",
            json={"settings": settings, "quality": options.quality},
        )
    return project


def _aspect(resolution: str) -> str:
    width, _, height = resolution.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(height)):
        return "16:9"
    divisor = math.gcd(int(width), int(height))
    return f"{int(width) // divisor}:{int(height) // divisor}"


async def _follow(api: Api, run_id: str, on_progress: OnProgress) -> dict[str, Any]:
    """Wait for a run's end, telling how far it is. Raises its first failure."""
    while True:
        view = await api.call("GET", f"/api/v1/runs/{run_id}")
        run = view["run"]
        tasks = run["tasks"]
        ended = [t for t in tasks if t["status"] in ("succeeded", "failed", "cancelled")]
        partial = sum(p["progress"] for p in view["progress"]) / 100
        now = next((p for p in view["progress"] if p["step"]), None)
        active = [t["label"] for t in tasks if t["status"] == "running"]
        step = ", ".join(active) + (f": {now['step']}" if now and len(active) == 1 else "")
        on_progress(ProgressUpdate(len(ended) + partial, len(tasks), step))
        if run["status"] != "running":
            break
        await asyncio.sleep(POLL)
    if run["status"] == "succeeded":
        return run
    failed = [t for t in tasks if t["status"] == "failed" and t["error"]]
    first = min(failed, key=lambda t: t["ended_at"]) if failed else None
    if first is None:
        raise DirectorError("run.cancelled", "The run was cancelled.")
    error = first["error"]
    raise DirectorError(
        error["code"], f"{first['label']}: {error['message']}", hint=error.get("hint", "")
    )


async def _film_take(api: Api, project_id: str, assembly: str) -> dict[str, Any]:
    graph = await api.call("GET", f"/api/v1/projects/{project_id}/graph")
    node = next(n for n in graph["nodes"] if n["id"] == assembly)
    return await api.call("GET", f"/api/v1/takes/{node['data']['active_take']}")


async def _write_edl(api: Api, take: dict[str, Any], film: Path) -> str | None:
    if not any(output["socket"] == "edl" for output in take["outputs"]):
        return None
    target = film.with_suffix(".edl")
    await api.download(f"/api/v1/takes/{take['id']}/content?output=edl", target)
    return str(target)
