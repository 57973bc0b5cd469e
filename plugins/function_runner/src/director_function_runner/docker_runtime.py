"""Runs steps in containers: no network, a read-only root, no privileges, and limits on all else."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiodocker
import aiohttp
from aiodocker.multiplexed import MultiplexedResult

from node_registry import BackendError, DirectorError

from .functions import Declared
from .images import image_of
from .jobs import JobFolder, job_folders
from .manifest import Cancel
from .runtimes import Ended, StepRun

LABEL = "director.function"
TASK = "director.task"
STUDIO = "director.studio"
IN, OUT = "/job/in", "/job/out"
# Of a step whose manifest names no time to end in peace.
GRACE = 2
_NOBODY = 65534
_FILES = 4096


class DockerRuntime:
    """`studio` names the folder of jobs: of several studios on one engine, each sweeps its own."""

    name = "docker"

    def __init__(self, address: str, jobs: Path) -> None:
        self._address = address
        self._studio = hashlib.sha256(str(jobs).encode()).hexdigest()[:16]
        self._docker: aiodocker.Docker | None = None
        self._engine = ""
        # What runs write that this process has started, until it is followed.
        self._streams: dict[str, contextlib.AsyncExitStack] = {}
        self._responses: dict[str, aiohttp.ClientResponse] = {}

    async def open(self) -> None:
        try:
            self._docker = aiodocker.Docker(self._address or None)
            info = await self._docker.system.info()
        except (aiodocker.DockerError, aiohttp.ClientError, OSError, ValueError, AssertionError):
            await self.close()
            raise BackendError(
                "function.no_engine",
                "The Docker engine does not answer.",
                hint="Start it, or name its address in "
                "DIRECTOR_PLUGIN_FUNCTION_RUNNER__ENGINE (unix:///…).",
                retryable=True,
            ) from None
        self._engine = str(info.get("ID") or info.get("Name") or "")

    async def close(self) -> None:
        for stream in self._streams.values():
            await stream.aclose()
        self._streams.clear()
        self._responses.clear()
        if self._docker is not None:
            await self._docker.close()
            self._docker = None

    @property
    def engine(self) -> aiodocker.Docker:
        """The connection to the engine."""
        if self._docker is None:
            raise BackendError("function.no_engine", "The Docker engine is not connected.")
        return self._docker

    async def prepare(self, declared: Declared) -> None:
        image = image_of(declared)
        try:
            await self.engine.images.inspect(image)
        except aiodocker.DockerError as error:
            name = declared.manifest.name
            if error.status != 404:
                raise _engine_error(error) from error
            raise BackendError(
                "function.not_built",
                f"The image of {declared.node_type.title} is not on this machine.",
                hint=f"Run `director functions build {name}` where the worker runs.",
            ) from error

    def places(self, declared: Declared, job: JobFolder) -> dict[str, str]:
        source = declared.manifest.source
        return {
            "job.in": IN,
            "job.out": OUT,
            "source": source.workdir if source else "/src",
        }

    async def start(self, run: StepRun) -> str:
        await self._remove_task(run.job.name)
        try:
            container = await self.engine.containers.create(self._config(run))
            # Before it starts, so that not even its first words are lost.
            stream = contextlib.AsyncExitStack()
            response = await self._read(stream, container.id, attach=True, logs=False)
            self._streams[container.id], self._responses[container.id] = stream, response
            await container.start()
        except aiodocker.DockerError as error:
            await self._remove_task(run.job.name)
            raise _engine_error(error) from error
        return json.dumps({"engine": self._engine, "container": container.id})

    async def exists(self, run: str) -> bool:
        known = json.loads(run)
        if known.get("engine") != self._engine:
            return False
        return await self._state(known["container"]) is not None

    async def follow(self, run: str) -> AsyncGenerator[bytes, None]:
        container = json.loads(run)["container"]
        stream = self._streams.pop(container, None) or contextlib.AsyncExitStack()
        # A stream that breaks is no end of the run: `wait` tells that.
        with contextlib.suppress(aiohttp.ClientError, aiodocker.DockerError):
            async with stream:
                response = self._responses.pop(container, None)
                if response is None:
                    state = await self._state(container) or {}
                    response = await self._read(
                        stream, container, attach=bool(state.get("Running"))
                    )
                async for chunk in MultiplexedResult(response, raw=False):
                    yield chunk

    async def _read(
        self, stream: contextlib.AsyncExitStack, container: str, *, attach: bool, logs: bool = True
    ) -> aiohttp.ClientResponse:
        """Open what a container writes: what it has written, and all that comes while it runs.

        The engine keeps the log by whole lines, and a progress bar ends none: so the streams
        themselves are read. `DockerContainer.log` decodes strictly, and a byte that is no UTF-8
        would end it.
        """
        path, method = f"containers/{container}/logs", "GET"
        params = {"stdout": "1", "stderr": "1"}
        if attach:
            path, method = f"containers/{container}/attach", "POST"
            params |= {"stream": "1", "logs": "1" if logs else "0"}
        return await stream.enter_async_context(
            self.engine._query(path, method=method, params=params, timeout=None)
        )

    async def wait(self, run: str) -> Ended:
        container = json.loads(run)["container"]
        # A connection that breaks is no end: the engine is asked again.
        for pause in (0.1, 0.5, 2.0, 5.0, 10.0):
            with contextlib.suppress(aiohttp.ClientError, aiodocker.DockerError, OSError):
                await self.engine.containers.container(container).wait()
                break
            await asyncio.sleep(pause)
        state = await self._state(container)
        if state is None:
            raise BackendError(
                "function.lost",
                "The function's container is gone.",
                hint="The engine may have been restarted; it is run again.",
                retryable=True,
            )
        return Ended(int(state.get("ExitCode", -1)), bool(state.get("OOMKilled")))

    async def stop(self, run: str, cancel: Cancel | None) -> None:
        container = self.engine.containers.container(json.loads(run)["container"])
        grace = GRACE if cancel is None else max(0, round(cancel.grace_s))
        with contextlib.suppress(aiodocker.DockerError):
            if cancel is not None and cancel.signal == "SIGINT":
                await container.kill(signal="SIGINT")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(grace):
                        await container.wait()
                grace = 0
            await container.stop(t=grace)

    async def remove(self, run: str) -> None:
        with contextlib.suppress(aiodocker.DockerError):
            await self.engine.containers.container(json.loads(run)["container"]).delete(
                force=True, v=True
            )

    async def sweep(self, root: Path, seconds: float) -> int:
        orphans = {job.name: job for job in job_folders(root) if job.is_orphan(seconds)}
        there = {job.name for job in job_folders(root)}
        gone = 0
        for container in await self._containers(f"{STUDIO}={self._studio}"):
            labels: dict[str, str] = (await container.show())["Config"]["Labels"]
            task = labels.get(TASK, "")
            if task in orphans or task not in there:
                await container.delete(force=True, v=True)
                gone += 1
        for job in orphans.values():
            job.remove()
        return gone + len(orphans)

    async def _state(self, container: str) -> dict[str, Any] | None:
        try:
            return (await self.engine.containers.container(container).show())["State"]
        except aiodocker.DockerError as error:
            if error.status == 404:
                return None
            raise _engine_error(error) from error

    async def _containers(self, label: str) -> list[Any]:
        filters = json.dumps({"label": [label]})
        return await self.engine.containers.list(all="1", filters=filters)

    async def _remove_task(self, task_id: str) -> None:
        with contextlib.suppress(aiodocker.DockerError):
            for container in await self._containers(f"{TASK}={task_id}"):
                await container.delete(force=True, v=True)

    def _config(self, run: StepRun) -> dict[str, Any]:
        limits = run.limits
        mounts = [_bind(run.job.inputs, IN), _bind(run.job.out, OUT, writable=True)]
        mounts += [_bind(m.source, m.target, writable=m.writable) for m in run.mounts]
        workdir = self.places(run.declared, run.job)["source"]
        if run.declared.folder is not None:
            mounts.append(_bind(run.declared.folder, workdir))
        user = os.getuid()
        environment = {
            "HOME": "/tmp",  # noqa: S108 - a folder in memory of the container's own
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
            **run.environment,
        }
        host: dict[str, Any] = {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "Init": True,
            "IpcMode": "private",
            "PidsLimit": limits.processes,
            "Memory": limits.memory,
            "MemorySwap": limits.memory,
            "NanoCpus": round(limits.cpus * 1e9),
            "ShmSize": limits.shared_memory,
            "Tmpfs": {"/tmp": f"rw,nosuid,nodev,mode=1777,size={limits.memory // 2}"},  # noqa: S108
            "Ulimits": [
                {"Name": "fsize", "Soft": limits.disk, "Hard": limits.disk},
                {"Name": "core", "Soft": 0, "Hard": 0},
                {"Name": "nofile", "Soft": _FILES, "Hard": _FILES},
            ],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "16m", "max-file": "2"}},
            "Mounts": mounts,
        }
        if run.gpu:
            capabilities = [["gpu", "compute", "utility", "video"]]
            host["DeviceRequests"] = [
                {"Driver": "", "DeviceIDs": [run.gpu], "Capabilities": capabilities}
            ]
        return {
            "Image": image_of(run.declared),
            "Entrypoint": [],
            "Cmd": run.command,
            "WorkingDir": workdir,
            "Env": [f"{name}={value}" for name, value in environment.items()],
            # Never the machine's root, also where the worker is.
            "User": f"{user or _NOBODY}:{os.getgid() if user else _NOBODY}",
            "NetworkDisabled": True,
            "Labels": {LABEL: run.declared.manifest.name, TASK: run.job.name, STUDIO: self._studio},
            "HostConfig": host,
        }


def _bind(source: Path, target: str, *, writable: bool = False) -> dict[str, Any]:
    return {
        "Type": "bind",
        "Source": str(source.resolve()),
        "Target": target,
        "ReadOnly": not writable,
        "BindOptions": {"Propagation": "rprivate"},
    }


def _engine_error(error: aiodocker.DockerError) -> DirectorError:
    said = str(error.message)
    if "executable file not found" in said or "no such file" in said.lower():
        return BackendError(
            "function.no_program",
            "The function's image has no such program as its command names.",
            hint="Look at `command` in the manifest, and at the image.",
        )
    return BackendError(
        "function.engine",
        f"The Docker engine refused to run it (status {error.status}).",
        hint="The worker's log has what it said.",
        retryable=error.status >= 500,
    )
