"""The backend of functions: checks inputs, runs the steps in a runtime, and gathers the results."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import msgspec

from node_registry import (
    BackendError,
    Cancelled,
    Log,
    OutOfMemory,
    Progress,
    Request,
    RunContext,
    RunEvent,
)

from .arguments import command_of, holds
from .choice import GB, limits_of, resources_of, variants_for
from .failures import Cleaner, failure_of, known_failure
from .fetching import fetch
from .following import Followed, disk_error
from .functions import Declared
from .jobs import JobFolder
from .library import Library
from .manifest import Step, Variant
from .progress import ProgressParser
from .questions import question_of, take_answers
from .results import Found, TextResult, gather
from .runtimes import Limits, Mount, Runtime, StepRun
from .settings import Settings
from .values import Values, read_values
from .weights import folder_of, secret_values


class State(msgspec.Struct, kw_only=True):
    """What a checkpoint holds: the step that runs, by what, since when, and in which variant."""

    digest: str
    step: int = 0
    run: str = ""
    began: float = 0
    variant: str = ""


class FunctionBackend:
    """Runs functions, one at a time, in the runtime of the operator's choice."""

    def __init__(self, settings: Settings, library: Library) -> None:
        self._settings = settings
        self._library = library
        self._runtime: Runtime | None = None

    async def open(self) -> None:
        """Nothing: the runtime is opened by the first run, whose context has its folder."""

    async def close(self) -> None:
        """Give back the connection; what runs goes on, for another attempt to follow."""
        if self._runtime is not None:
            await self._runtime.close()
            self._runtime = None

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Run a function once. See `Backend.run`."""
        if context.cancelled.is_set():
            raise Cancelled
        declared = await asyncio.to_thread(
            self._library.find, request.node_type, request.catalog_digest
        )
        runtime = await self._open(context)
        job = JobFolder(context.cache / "jobs", request.task_id)
        run = _Run(declared, runtime, job, request, context, self._settings)
        try:
            async for event in run.events():
                yield event
        except (BackendError, Cancelled):
            # A failure and a cancel are ends; to be cut off in another way is none.
            await run.remove()
            raise
        if not run.waits:
            await run.remove()

    async def _open(self, context: RunContext) -> Runtime:
        if self._runtime is None:
            jobs = context.cache / "jobs"
            runtime = runtime_of(self._settings, context)
            await runtime.open()
            self._runtime = runtime
            await runtime.sweep(jobs, self._settings.orphan_minutes * 60)
        return self._runtime


class _Run:
    """One run of a function: what its steps share."""

    def __init__(
        self,
        declared: Declared,
        runtime: Runtime,
        job: JobFolder,
        request: Request,
        context: RunContext,
        settings: Settings,
    ) -> None:
        self._declared = declared
        self._runtime = runtime
        self._job = job
        self._request = request
        self._context = context
        self._settings = settings
        self._steps = declared.function.steps
        self._state = State(digest=declared.digest)
        self._log: list[str] = []
        self._text_result = 0.0
        self.waits = False
        secrets = secret_values(declared.manifest.secrets, settings.secrets)
        self._secrets = secrets
        self._clean = Cleaner(secrets.values())

    async def events(self) -> AsyncIterator[RunEvent]:
        declared, runtime = self._declared, self._runtime
        resources = resources_of(declared)
        limits = limits_of(resources, self._settings)
        resumed = await self._resume()
        if not resumed:
            await asyncio.to_thread(self._job.make)
        await runtime.prepare(declared)
        yield Progress(0.0, "Preparing")
        async for event in self._fetch():
            yield event
        places = self._places()
        values = await read_values(
            declared.function, self._request, self._context, self._job.inputs, places["job.in"]
        )
        values = take_answers(declared.function, self._request, values, self._job.root)
        variants = variants_for(resources, self._request.tier, self._context.reserved.vram_bytes)
        names = [variant.name for variant in variants]
        if self._state.variant in names:
            variants = variants[names.index(self._state.variant) :]
        choices: list[Variant | None] = [*variants[:2]] or [None]
        for number, variant in enumerate(choices):
            self._state.variant = variant.name if variant else ""
            try:
                async for event in self._all_steps(values.with_variant(variant), limits, places):
                    yield event
                return
            except OutOfMemory:
                if number + 1 == len(choices) or not self._may_retry():
                    raise
            yield Log("It did not fit into the card's memory; it is tried in a smaller variant.")
            await runtime.remove(self._state.run)
            await asyncio.to_thread(self._job.make_out)
            self._state.run = ""

    async def remove(self) -> None:
        """Remove what is left of the run on this machine."""
        if self._state.run:
            await self._runtime.remove(self._state.run)
        await asyncio.to_thread(self._job.remove)

    async def _resume(self) -> bool:
        """Whether an earlier attempt left something here that can be gone on with."""
        if not self._request.resume:
            return False
        try:
            state = msgspec.json.decode(self._request.resume, type=State)
        except msgspec.DecodeError:
            return False
        if state.digest != self._declared.digest or not self._job.inputs.is_dir():
            return False
        if state.run and not await self._runtime.exists(state.run):
            return False
        self._state = state
        return True

    async def _all_steps(
        self, values: Values, limits: Limits, places: dict[str, str]
    ) -> AsyncIterator[RunEvent]:
        steps = self._steps
        if not self._state.run and self._state.step == 0:
            _write_inputs(self._job, values)
        while self._state.step < len(steps):
            step = steps[self._state.step]
            if step.when and not holds(step.when, values):
                self._state.step += 1
                continue
            if step.type == "human":
                question = question_of(step, self._declared.function, values)
                if question is not None:
                    self.waits = True
                    self._job.follow()
                    await self._context.checkpoint(msgspec.json.encode(self._state))
                    yield question
                    return
            else:
                async for event in self._one_step(step, values, limits, places):
                    yield event
                await self._runtime.remove(self._state.run)
            self._state.run = ""
            self._state.step += 1
            if self._state.step < len(steps):
                await self._context.checkpoint(msgspec.json.encode(self._state))
        yield Progress(max(self._text_result, 0.98), "Looking at the results")
        async for event in self._results(values, places):
            yield event
        yield Progress(1.0)

    async def _one_step(
        self, step: Step, values: Values, limits: Limits, places: dict[str, str]
    ) -> AsyncIterator[RunEvent]:
        if not self._state.run:
            gpu = self._context.gpu
            self._state.began = time.time()
            self._state.run = await self._runtime.start(
                StepRun(
                    task_id=self._request.task_id,
                    declared=self._declared,
                    job=self._job,
                    command=command_of(step, values, places),
                    mounts=self._mounts(),
                    limits=limits,
                    environment=self._declared.manifest.env,
                    gpu=gpu.uuid if gpu else "",
                )
            )
            (self._job.root / "run.json").write_text(json.dumps({"run": self._state.run}))
            await self._context.checkpoint(msgspec.json.encode(self._state))
        followed = Followed(
            self._runtime, self._state.run, step, self._job, limits, self._state.began
        )
        parser = ProgressParser(step.progress, values)
        async for line in followed.follow(self._context.cancelled):
            if parser.read(line):
                yield self._progress(parser.fraction, parser.step or step.id)
            elif not line.lstrip().startswith("{"):
                yield Log(self._clean(line)[:500], "debug")
        self._log = followed.lines
        ended = followed.ended
        assert ended is not None
        failures = self._declared.manifest.errors
        if ended.out_of_memory:
            raise BackendError(
                "function.memory",
                f"It was stopped: it needed more than its {limits.memory / 1e9:g} GB of memory.",
                hint="Raise `resources.ram_gb` in the manifest, or ask for a smaller picture.",
            )
        if ended.code:
            if any("File too large" in line or "No space left" in line for line in self._log[-50:]):
                raise disk_error(limits)
            raise failure_of(failures, self._log, ended.code, self._clean)

    def _progress(self, part: float, step: str) -> Progress:
        runs = [step for step in self._steps if step.type != "human"]
        before = len([step for step in self._steps[: self._state.step] if step.type != "human"])
        self._text_result = max(self._text_result, 0.98 * (before + part) / max(1, len(runs)))
        return Progress(self._text_result, self._clean(step))

    def _may_retry(self) -> bool:
        found = known_failure(self._declared.manifest.errors, self._log)
        return found is not None and found.retry_variant

    async def _fetch(self) -> AsyncIterator[RunEvent]:
        root = self._settings.weights_folder()
        for weights in self._declared.manifest.weights:
            async for done, total in fetch(weights, root, self._secrets):
                if self._context.cancelled.is_set():
                    raise Cancelled
                of = f" of {total / GB:.1f}" if total else ""
                yield Progress(0.0, f"Fetching {weights.name}: {done / GB:.1f}{of} GB")

    def _places(self) -> dict[str, str]:
        places = self._runtime.places(self._declared, self._job)
        root = self._settings.weights_folder()
        for weights in self._declared.manifest.weights:
            here = folder_of(weights, root)
            seen = weights.target if self._runtime.name == "docker" else str(here)
            places[f"weights.{weights.name}"] = seen
        return places

    def _mounts(self) -> list[Mount]:
        root = self._settings.weights_folder()
        manifest = self._declared.manifest
        found = [
            Mount(folder_of(weights, root), weights.target)
            for weights in manifest.weights
            if weights.target.startswith("/")
        ]
        found += [
            Mount(self._job.volume(v.name), v.target, writable=v.mode == "rw")
            for v in manifest.volumes
        ]
        return found

    async def _results(self, values: Values, places: dict[str, str]) -> AsyncIterator[RunEvent]:
        found = await gather(
            self._declared.function.outputs,
            values,
            self._job.out,
            places["job.out"],
            self._context,
            "\n".join(self._log),
        )
        for one in found:
            if isinstance(one, TextResult):
                yield Log(f"{one.socket}: {self._clean(one.text)}")
        for one in found:
            if isinstance(one, Found):
                yield await self._context.save(one.socket, one.path, one.media_type)


def runtime_of(settings: Settings, context: RunContext) -> Runtime:
    """The runtime of the operator's choice. Raises `function.unsandboxed`."""
    if settings.runtime == "docker":
        from .docker_runtime import DockerRuntime

        return DockerRuntime(settings.engine, context.cache / "jobs")
    if not settings.allow_unsandboxed:
        raise BackendError(
            "function.unsandboxed",
            "The runtime venv isolates nothing: a function could read and change what the worker "
            "can.",
            hint="Use the runtime docker, or set "
            "DIRECTOR_PLUGIN_FUNCTION_RUNNER__ALLOW_UNSANDBOXED=1 for code that you trust.",
        )
    from .venv_runtime import VenvRuntime

    return VenvRuntime(context.cache / "environments")


def _write_inputs(job: JobFolder, values: Values) -> None:
    """All inputs as one file of JSON, for scripts that take no flags: `{job.in}/inputs.json`."""
    path = job.inputs / "inputs.json"
    path.unlink(missing_ok=True)
    path.write_text(json.dumps(values.by_name, ensure_ascii=False, indent=1), encoding="utf-8")
    path.chmod(0o444)
