"""Runs steps as processes in environments that uv makes. **It isolates nothing.**

For a machine without a container engine, where the operator vouches for the code: it sees the
worker's files and its network. The limits on time and disk hold, and a cancel ends all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from node_registry import BackendError

from .functions import Declared
from .jobs import JobFolder, job_folders
from .manifest import Cancel
from .runtimes import Ended, StepRun

GRACE = 2
POLL = 0.05
LAUNCHER = Path(__file__).with_name("launcher.py")


class VenvRuntime:
    """`environments` is the folder of the environments, one for each list of packages."""

    name = "venv"

    def __init__(self, environments: Path) -> None:
        self._environments = environments
        self._launched: dict[str, asyncio.subprocess.Process] = {}

    async def open(self) -> None:
        if shutil.which("uv") is None:
            raise BackendError(
                "function.no_uv",
                "The runtime venv needs the program uv, and it is not there.",
                hint="Install uv, or use the runtime docker.",
            )

    async def close(self) -> None:
        self._launched.clear()

    async def prepare(self, declared: Declared) -> None:
        folder = self._environment(declared)
        if (folder / "ready").exists():
            return
        self._environments.mkdir(parents=True, exist_ok=True)
        with (self._environments / f"{folder.name}.lock").open("w") as lock:
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            if (folder / "ready").exists():
                return
            shutil.rmtree(folder, ignore_errors=True)
            image = declared.manifest.image
            await _uv("venv", "--python", image.python or sys.executable, str(folder))
            packages = [*image.pip_first, *image.pip]
            if image.requirements and declared.folder is not None:
                packages += ["-r", str(declared.folder / image.requirements)]
            if packages:
                index = ["--index-url", image.index] if image.index else []
                python = str(folder / "bin/python")
                await _uv("pip", "install", "--python", python, *index, *packages)
            (folder / "ready").touch()

    def places(self, declared: Declared, job: JobFolder) -> dict[str, str]:
        source = declared.folder or job.root
        return {"job.in": str(job.inputs), "job.out": str(job.out), "source": str(source)}

    async def start(self, run: StepRun) -> str:
        environment = self._environment(run.declared)
        folder = run.job.root / "process"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        home = run.job.root / "home"
        home.mkdir(exist_ok=True)
        spec = {
            "command": run.command,
            "cwd": self.places(run.declared, run.job)["source"],
            "disk": run.limits.disk,
            # Nothing of the worker's own environment: it has passwords.
            "environment": {
                "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
                "VIRTUAL_ENV": str(environment),
                "HOME": str(home),
                "TMPDIR": str(home),
                "LANG": "C.UTF-8",
                "PYTHONUNBUFFERED": "1",
                "PYTHONDONTWRITEBYTECODE": "1",
                "HF_HUB_OFFLINE": "1",
                **({"CUDA_VISIBLE_DEVICES": run.gpu} if run.gpu else {}),
                **run.environment,
            },
        }
        (folder / "log").touch()
        (folder / "command.json").write_text(json.dumps(spec))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(LAUNCHER),
            str(folder),
            start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath},
        )
        born = _born(process.pid)
        known = json.dumps({"folder": str(folder), "pid": process.pid, "born": born})
        self._launched[known] = process
        return known

    async def exists(self, run: str) -> bool:
        known = json.loads(run)
        return (Path(known["folder"]) / "ended.json").exists() or _lives(known)

    async def follow(self, run: str) -> AsyncGenerator[bytes, None]:
        known = json.loads(run)
        folder = Path(known["folder"])
        try:
            log = (folder / "log").open("rb")
        except OSError:
            return
        with log:
            while True:
                over = (folder / "ended.json").exists() or not _lives(known)
                if chunk := log.read(1 << 16):
                    yield chunk
                elif over:
                    return
                else:
                    await asyncio.sleep(POLL)

    async def wait(self, run: str) -> Ended:
        known = json.loads(run)
        ended = Path(known["folder"]) / "ended.json"
        while not ended.exists():
            if not _lives(known) and not ended.exists():
                raise BackendError(
                    "function.lost",
                    "The function's process is gone.",
                    hint="The machine may have been restarted; it is run again.",
                    retryable=True,
                )
            await asyncio.sleep(POLL)
        await self._reap(run)
        return Ended(int(json.loads(ended.read_text())["code"]))

    async def stop(self, run: str, cancel: Cancel | None) -> None:
        known = json.loads(run)
        if not _lives(known):
            return
        # The launcher hands it on to all that it has started.
        os.kill(known["pid"], signal.SIGTERM)
        # Gone already: it was ended before it had begun anything.
        with contextlib.suppress(TimeoutError, BackendError):
            async with asyncio.timeout(GRACE if cancel is None else max(0.0, cancel.grace_s)):
                await self.wait(run)
                return
        for pid in (*_below(known["pid"]), known["pid"]):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        await self._reap(run)

    async def remove(self, run: str) -> None:
        await self.stop(run, Cancel(grace_s=0))
        shutil.rmtree(json.loads(run)["folder"], ignore_errors=True)

    async def sweep(self, root: Path, seconds: float) -> int:
        gone = 0
        for job in job_folders(root):
            if job.is_orphan(seconds):
                with contextlib.suppress(OSError, ValueError):
                    known = json.loads((job.root / "run.json").read_text())["run"]
                    await self.remove(known)
                job.remove()
                gone += 1
        return gone

    async def _reap(self, run: str) -> None:
        process = self._launched.pop(run, None)
        if process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await process.wait()

    def _environment(self, declared: Declared) -> Path:
        image = declared.manifest.image
        wanted = [image.python or sys.executable, image.index, *image.pip_first, *image.pip]
        if image.requirements and declared.folder is not None:
            with contextlib.suppress(OSError):
                wanted.append((declared.folder / image.requirements).read_text())
        digest = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:16]
        return self._environments / f"{declared.manifest.name}-{digest}"


async def _uv(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        "uv",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    if process.returncode:
        words = " ".join(told.decode("utf-8", "replace").split())[-400:]
        raise BackendError(
            "function.build",
            f"The environment could not be made: {words}",
            hint="Correct `image.python`, `image.pip` or `image.requirements` in the manifest.",
        )


def _born(pid: int) -> str:
    """When a process began: with its number, no other process has both."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _lives(known: dict[str, str]) -> bool:
    pid = int(known["pid"])
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[19] == known["born"] and fields[0] != "Z"


def _below(pid: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    found, waiting = list[int](), [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, of in parents.items() if of == parent]
        found += children
        waiting += children
    return found
