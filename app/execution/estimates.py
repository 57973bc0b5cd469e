"""What runs will take: time, time of a card and memory, as such runs took here or as declared.

A measured run counts before a declared one: the takes of the project that were made of the same
node type, by the same backend, in the same quality.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.platform.database import current_unit
from app.platform.plugins import Plugins
from app.scheduling import Worker
from node_registry import DirectorError, Input, Media, RenderSettings, Request, Slate, Tier

from .backend_choice import Choice, choose_with_fallback, pipeline_of
from .plan import PlanStep

LATELY = 500
"""How many of a project's newest takes are asked."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What runs of one kind took: the median of their seconds, and the 95th percentile of the most
    memory (bytes) that each of them took; None where nobody measured it."""

    runs: int
    seconds: float
    vram_bytes: int | None = None
    ram_bytes: int | None = None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """About what one run of a node takes, before it begins.

    `gpu_seconds` are those during which it holds a card, of this studio or of a remote server; 0
    for a run on the CPU. `vram_bytes` and `ram_bytes` are the most memory that it holds of a card
    and of the machine. `measured_runs` says how many earlier runs this comes from; with 0 it is
    what the backend declares. `tier` is the quality in which it would be made now; where that is
    below the `asked_tier`, `lowered` says why; `passed_over` says why a backend that is preferred
    to this one cannot make it. Numbers are null where nothing is known of them, and `cause` says
    why such a run would have to wait.
    """

    node_id: str
    node_type: str
    asked_tier: Tier
    tier: Tier
    backend: str
    title: str
    seconds: float | None = None
    gpu_seconds: float | None = None
    vram_bytes: int | None = None
    ram_bytes: int | None = None
    measured_runs: int = 0
    lowered: str = ""
    passed_over: str = ""
    cause: str = ""


Kind = tuple[str, str, str]
"""A node type, a backend's name and a tier."""


class Estimator:
    """Estimates runs of one project, with what was measured there and the workers of now.

    Build it inside of a unit of work, with `Estimator.of`; then it asks nobody any more.
    """

    def __init__(
        self,
        plugins: Plugins,
        preferences: Sequence[Sequence[str]],
        measured: Mapping[Kind, Measured],
        workers: Sequence[Worker],
        *,
        may_lower: bool = False,
    ) -> None:
        self._plugins = plugins
        self._preferences = preferences
        self._measured = measured
        self._workers = workers
        self._may_lower = may_lower

    def estimate(self, step: PlanStep, settings: RenderSettings) -> Estimate | None:
        """What a step would take now; None for one that nothing here can make."""
        entry = self._plugins.catalog_entries.get(step.node_type)
        request = request_of(step, settings, "" if entry is None else entry.digest)
        try:
            choice = choose_with_fallback(
                self._plugins,
                request,
                self._workers,
                self._preferences,
                pipeline_of([ref.value for ref in step.inputs.get("pipeline", ())]),
                may_lower=self._may_lower,
            )
        except DirectorError:
            return None
        return self._estimated(step, choice)

    def _estimated(self, step: PlanStep, choice: Choice) -> Estimate:
        backend, needs = choice.backend, choice.needs
        known = self._measured.get((step.node_type, backend.name, choice.tier))
        seconds = known.seconds if known else needs.seconds if needs else None
        on_card = None if needs is None else needs.device == "gpu" or bool(needs.servers)
        vram = known.vram_bytes if known else None
        if vram is None and needs is not None and needs.vram_bytes:
            vram = needs.vram_bytes
        return Estimate(
            node_id=step.node_id,
            node_type=step.node_type,
            asked_tier=step.tier,
            tier=choice.tier,
            backend=backend.name,
            title=backend.title or backend.name,
            seconds=None if seconds is None else round(seconds, 1),
            gpu_seconds=_card_seconds(seconds, on_card),
            vram_bytes=vram,
            ram_bytes=known.ram_bytes if known else None,
            measured_runs=known.runs if known else 0,
            lowered=choice.lowered,
            passed_over=choice.passed_over,
            cause=choice.cause.text if choice.cause else "",
        )


async def estimator_of(
    plugins: Plugins,
    preferences: Sequence[Sequence[str]],
    project_id: UUID,
    node_types: Collection[str],
    workers: Sequence[Worker],
    *,
    may_lower: bool = False,
) -> Estimator:
    """An estimator for nodes of these types of a project."""
    measured = await measured_runs(project_id, node_types)
    return Estimator(plugins, preferences, measured, workers, may_lower=may_lower)


async def measured_runs(project_id: UUID, node_types: Collection[str]) -> dict[Kind, Measured]:
    """What the newest runs of a project took, by node type, backend and tier.

    Kinds of which there is no take are left out.
    """
    rows = await current_unit().fetch(
        """SELECT made_by->>'node_type' AS node_type, made_by->>'backend' AS backend,
                  made_by->>'tier' AS tier, count(*) AS runs,
                  percentile_cont(0.5) WITHIN GROUP (
                    ORDER BY (made_by->>'seconds')::float8) AS seconds,
                  percentile_disc(0.95) WITHIN GROUP (
                    ORDER BY (made_by->>'vram_bytes')::float8) AS vram_bytes,
                  percentile_disc(0.95) WITHIN GROUP (
                    ORDER BY (made_by->>'ram_bytes')::float8) AS ram_bytes
           FROM (SELECT made_by FROM takes WHERE project_id = $1
                 ORDER BY created_at DESC LIMIT $3) newest
           WHERE made_by->>'node_type' = ANY($2::text[]) AND made_by ? 'seconds'
             AND made_by ? 'backend' AND made_by ? 'tier'
           GROUP BY 1, 2, 3""",
        project_id,
        list(node_types),
        LATELY,
    )
    return {
        (row["node_type"], row["backend"], row["tier"]): Measured(
            runs=row["runs"],
            seconds=float(row["seconds"]),
            vram_bytes=_whole(row["vram_bytes"]),
            ram_bytes=_whole(row["ram_bytes"]),
        )
        for row in rows
    }


def request_of(step: PlanStep, settings: RenderSettings, catalog_digest: str = "") -> Request:
    """The request of a step as far as it is known before its inputs are made."""
    return Request(
        task_id="",
        attempt=1,
        node_id=step.node_id,
        node_type=step.node_type,
        params=step.params,
        inputs={
            socket: [
                Input(
                    node_id=ref.node_id,
                    label=ref.label,
                    value=ref.value,
                    media=None if ref.media is None else msgspec.convert(ref.media, Media),
                    strength=ref.strength,
                )
                for ref in refs
            ]
            for socket, refs in step.inputs.items()
        },
        tier=step.tier,
        settings=settings,
        slate=Slate(),
        catalog_digest=catalog_digest,
    )


def _card_seconds(seconds: float | None, on_card: bool | None) -> float | None:
    if seconds is None or on_card is None:
        return None
    return round(seconds, 1) if on_card else 0.0


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
