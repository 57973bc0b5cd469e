"""Which backend runs a task: of those that live workers have, the one that is preferred.

The order is the project's, then the operator's (`DIRECTOR_BACKENDS`), then that of the backends'
own ranks. Each entry of a preference is a backend's name, or `tier:name` for one quality alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from app.platform.plugins import Plugins
from app.platform.telemetry import get_logger
from app.scheduling import Cause, Worker, causes
from node_registry import (
    BackendSpec,
    Capabilities,
    Device,
    DirectorError,
    Ingredients,
    Needs,
    Request,
    Tier,
)

log = get_logger(__name__)

T = TypeVar("T")

LOWER_TIER: dict[Tier, Tier] = {"high": "standard", "standard": "low"}


class Choice(msgspec.Struct, frozen=True):
    """A backend, and what it needs for a request; without needs, why it must wait.

    `tier` is the quality in which it is to make it; where that is a lower one than was asked for,
    `lowered` says why. `passed_over` says why a backend that is preferred to this one cannot.
    """

    backend: BackendSpec
    needs: Needs | None
    cause: Cause | None = None
    tier: Tier = "standard"
    lowered: str = ""
    passed_over: str = ""


class PipelineChoice(msgspec.Struct, frozen=True):
    """What the pipeline that is connected to a node asks for: a backend, and a version of it."""

    pipeline_id: str = ""
    version: str = ""

    def among(self, found: Sequence[BackendSpec]) -> Sequence[BackendSpec]:
        """The one that is asked for, or all where none is.

        Raises `pipeline.no_backend`, `pipeline.no_version`.
        """
        if not self.pipeline_id:
            return found
        backend = next((one for one in found if one.name == self.pipeline_id), None)
        if backend is None:
            raise DirectorError(
                "pipeline.no_backend",
                f"The pipeline asks for {self.pipeline_id[:80]}, which cannot make this here.",
                hint="Choose another backend on the pipeline's node, or disconnect it.",
                status=409,
            )
        if self.version and backend.version != self.version:
            raise DirectorError(
                "pipeline.no_version",
                f"The pipeline asks for version {self.version[:40]} of {backend.name}; "
                f"here is {backend.version}.",
                hint="Choose that version on the pipeline's node, or leave the choice open.",
                status=409,
            )
        return [backend]


def pipeline_of(values: Sequence[Any]) -> PipelineChoice:
    """What the pipeline says that is connected to a node; nothing without one."""
    for value in values:
        if isinstance(value, dict):
            template = value.get("template")
            facts = template.get("facts") if isinstance(template, dict) else None
            own = facts.get("backend") if isinstance(facts, dict) else None
            # A workflow is run by the backend that it was made for, unless another is named.
            chosen = (value.get("pipeline_id") or own or "", value.get("version") or "")
            return PipelineChoice(*map(str, chosen))
    return PipelineChoice()


def candidates(
    plugins: Plugins, node_type: str, tier: Tier, preferences: Sequence[Sequence[str]]
) -> list[BackendSpec]:
    """The backends that serve a node type at a tier, the preferred one first.

    Of several preferences the first that names a backend decides. Raises `node.unavailable` when
    there is none, `node.no_tier` when there is none for this tier.
    """
    serving = plugins.backends_of(node_type)
    found = [backend for backend in serving if tier in backend.tiers]
    if found:
        named = [name for names in preferences for name in names_for(names, tier)]
        place = {name: index for index, name in reversed(list(enumerate(named)))}
        return sorted(found, key=lambda backend: place.get(backend.name, len(named)))
    known = plugins.node_types.get(node_type)
    title = known.title if known else node_type
    if serving:
        tiers = dict.fromkeys(tier for backend in serving for tier in backend.tiers)
        raise DirectorError(
            "node.no_tier",
            f"Nothing here makes {title} in {tier} quality.",
            hint=f"Choose another quality: {', '.join(tiers)}.",
        )
    raise DirectorError(
        "node.unavailable",
        f"Nothing here can make {title} yet.",
        hint=f"Install or connect a backend that serves {node_type}.",
    )


def names_for(preference: Sequence[str], tier: Tier) -> list[str]:
    """The backends that a preference names for a tier, in its order."""
    entries = [entry.rpartition(":") for entry in preference]
    return [name for of, _, name in entries if of in ("", tier)]


def unknown_backends(plugins: Plugins, preference: Sequence[str]) -> list[str]:
    """The names in a preference that no plugin brings."""
    names = [entry.rpartition(":")[2] for entry in preference]
    return sorted(set(names) - plugins.backends.keys())


def choose(found: Sequence[BackendSpec], request: Request, workers: Sequence[Worker]) -> Choice:
    """The first of these backends that a live worker has and could run this with.

    When there is none, the first of all, with the sentence that says what it waits for.
    """
    found_causes: list[Cause] = []
    for backend in found:
        having = [worker for worker in workers if has_version(worker, backend)]
        if not having:
            found_causes.append(_absence(backend, workers))
            continue
        needs = needs_of(backend, request, capabilities_of(backend, having))
        cause = _misfit(backend, needs, having)
        if cause is None:
            passed_over = found_causes[0].sentence if found_causes else ""
            return Choice(backend, needs, tier=request.tier, passed_over=passed_over)
        found_causes.append(cause)
    return Choice(found[0], None, found_causes[0], tier=request.tier)


def choose_with_fallback(
    plugins: Plugins,
    request: Request,
    workers: Sequence[Worker],
    preferences: Sequence[Sequence[str]],
    pipeline: PipelineChoice,
    *,
    may_lower: bool,
) -> Choice:
    """What runs a request now; where nothing can and the project allows it, one quality lower.

    Raises `node.unavailable` and `node.no_tier` as `candidates` does, `pipeline.…` for a pipeline
    that asks for what is not there, and `backend.no_estimate`.
    """

    def chosen(asked: Request) -> Choice:
        found = candidates(plugins, asked.node_type, asked.tier, preferences)
        return choose(pipeline.among(found), asked, workers)

    first: Choice | None = None
    missing: DirectorError | None = None
    try:
        first = chosen(request)
        if first.needs is not None:
            return first
    except DirectorError as error:
        if error.code != "node.no_tier":
            raise
        missing = error
    lower = LOWER_TIER.get(request.tier)
    if may_lower and lower is not None:
        try:
            second = chosen(msgspec.structs.replace(request, tier=lower))
        except DirectorError as error:
            # Neither quality can be made: what was asked for says why.
            log.info("tier.not_lowered", node_type=request.node_type, code=error.code)
        else:
            if second.needs is not None:
                found = first.cause.sentence if first and first.cause else ""
                why = found if missing is None else missing.message
                return msgspec.structs.replace(second, lowered=why)
    if first is None:
        assert missing is not None
        raise missing
    return first


def has_version(worker: Worker, backend: BackendSpec) -> bool:
    """Whether a worker has this backend, of the version that the recipe will name."""
    offered = worker.backends.get(backend.name)
    return offered is not None and offered.version == backend.version


def capabilities_of(backend: BackendSpec, workers: Sequence[Worker]) -> Capabilities:
    """What the workers that have a backend offer it together."""
    servers = [name for worker in workers for name in worker.backends[backend.name].servers]
    return Capabilities(
        devices=tuple(
            Device(kind=w.device, name=w.device_name, vram_bytes=w.vram_bytes) for w in workers
        ),
        servers=tuple(dict.fromkeys(servers)),
    )


def needs_of(backend: BackendSpec, request: Request, capabilities: Capabilities) -> Needs:
    """What a backend needs for a request. Raises `backend.no_estimate`."""
    needs = _ask(backend, "estimate", lambda: backend.estimate(request, capabilities))
    if isinstance(needs, Needs) and needs.vram_bytes >= 0 and needs.seconds >= 0:
        return needs
    log.error("backend.bad_estimate", backend=backend.name, needs=repr(needs)[:200])
    raise _no_answer(backend, "estimate", "it is no estimate")


def ingredients_of(backend: BackendSpec, request: Request) -> Ingredients:
    """What decides the bytes of a run besides its request. Raises `backend.no_ingredients`."""
    found = _ask(backend, "ingredients", lambda: backend.ingredients(request))
    if isinstance(found, Ingredients):
        return found
    raise _no_answer(backend, "ingredients", "they are none")


def _ask(backend: BackendSpec, what: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except DirectorError:
        raise
    except Exception as error:
        log.exception("backend.no_answer", backend=backend.name, asked=what)
        raise _no_answer(backend, what, type(error).__name__) from error


def _no_answer(backend: BackendSpec, what: str, why: str) -> DirectorError:
    return DirectorError(
        f"backend.no_{what}",
        f"{_title(backend)} could not say what it needs for this: {why}.",
        hint="The studio's log holds the details; the plugin is at fault.",
    )


def _absence(backend: BackendSpec, workers: Sequence[Worker]) -> Cause:
    """Why no live worker will do."""
    if not workers:
        return causes.no_worker()
    offered = [w.backends[backend.name] for w in workers if backend.name in w.backends]
    if offered:
        return causes.wrong_version(_title(backend), offered[0].version, backend.version)
    return causes.no_backend(_title(backend))


def _misfit(backend: BackendSpec, needs: Needs, workers: Sequence[Worker]) -> Cause | None:
    """Why not one of these workers could ever run this; None when one can."""
    fitting = [w for w in workers if w.device == needs.device]
    if not fitting:
        return causes.no_device(_title(backend), needs.device)
    largest = max(w.vram_bytes for w in fitting)
    if needs.vram_bytes > largest:
        return causes.card_too_small(_title(backend), needs.vram_bytes, largest)
    if needs.servers and not any(_reaches(w, backend, needs.servers) for w in fitting):
        return causes.no_server(needs.servers)
    return None


def _reaches(worker: Worker, backend: BackendSpec, servers: Sequence[str]) -> bool:
    return any(name in worker.backends[backend.name].servers for name in servers)


def _title(backend: BackendSpec) -> str:
    return backend.title or backend.name
