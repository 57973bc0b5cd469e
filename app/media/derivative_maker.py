"""Makes derivatives in a worker, one at a time, beside its runs and at a lower priority than them.

While the worker runs tasks, and for a moment after the last one, it makes only what somebody waits
for: a film that is being made comes before pictures of it. The work itself is a plugin's, in
processes of its own. A lease is renewed while it lasts; a worker that dies leaves the derivative
to another, and one that is told to stop gives it back.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

import asyncpg

from app.platform import database
from app.platform.background import end_task
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.disk import no_room
from app.platform.notifications import Notifications
from app.platform.telemetry import get_logger
from node_registry import DerivativeSpec, DirectorError, SegmentSpec

from . import derivatives
from .derivatives import Claimed, DerivedMedia
from .objects import ObjectStore
from .segments import read_variant

log = get_logger(__name__)

LEASE = 60.0
TICK = 5.0

IDLE = 5.0
"""Seconds without a task after which a worker also makes what nobody waits for."""

# What may be better at another time, on this machine or another: it is no fault of the file.
PASSING = ("storage.", "disk.", "database.")


class DerivativeMaker:
    """The one derivative in work of a worker process; `run` until cancelled."""

    def __init__(
        self,
        worker_id: UUID,
        specs: Iterable[DerivativeSpec],
        segments: Iterable[SegmentSpec],
        store: ObjectStore,
        folder: Path,
        idle_seconds: Callable[[], float] = lambda: IDLE,
    ) -> None:
        self._worker_id = worker_id
        self._specs = list(specs)
        self._segments = list(segments)
        self._store = store
        self._folder = folder
        self._idle_seconds = idle_seconds
        self._wake = asyncio.Event()

    @property
    def _occupied(self) -> bool:
        """Whether the worker is there for tasks now."""
        return self._idle_seconds() < IDLE

    async def run(self) -> None:
        """Make what is wanted until cancelled; a database that is away only makes it wait."""
        wanted = Notifications(
            derivatives.WANTED, lambda _: self._wake.set(), role=DatabaseRole.WORKER
        )
        hearing = asyncio.create_task(wanted.run())
        try:
            while True:
                self._wake.clear()
                try:
                    while await self.make_next():
                        continue
                except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                    log.warning("derivatives.interrupted", error=f"{error!r}"[:200])
                    await asyncio.sleep(0.5)
                except Exception:
                    # A fault of ours must not leave every picture of the studio unshown.
                    log.exception("derivatives.failed")
                    await asyncio.sleep(0.5)
                # Not wait_for: on Python 3.11 it can lose a cancellation.
                pause = IDLE - self._idle_seconds() if self._occupied else TICK
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
        finally:
            await end_task(hearing)

    async def make_next(self) -> bool:
        """Make the most urgent derivative; False when nothing is wanted."""
        async with unit_of_work(role=DatabaseRole.WORKER) as unit:
            claimed = await derivatives.claim(
                unit, self._worker_id, LEASE, least=derivatives.ASKED_FOR if self._occupied else 0
            )
        if claimed is None:
            return False
        renewing = asyncio.create_task(self._renew(claimed))
        try:
            await self._make(claimed)
        except asyncio.CancelledError:
            await self._give_back(claimed)
            raise
        finally:
            await end_task(renewing)
        return True

    async def _make(self, claimed: Claimed) -> None:
        media = claimed.media
        spec = self._spec_of(claimed)
        made_by = "" if spec is None else f"{spec.name} {spec.version}"
        files: list[DerivedMedia] = []
        try:
            if spec is None:
                raise DirectorError(
                    "media.unplayable",
                    f"No plugin here makes a {claimed.kind} of {media.media_type}.",
                    hint="Install director-media; see `director plugins`.",
                )
            files = await self._made(spec, claimed)
        except DirectorError as error:
            if error.code.startswith(PASSING) and claimed.attempt < derivatives.MOST_ATTEMPTS:
                log.warning("derivative.postponed", digest=media.digest, error=str(error))
                return
            log.info(
                "derivative.impossible", digest=media.digest, kind=claimed.kind, why=str(error)
            )
            await self._end(claimed, made_by, [], error)
            return
        except OSError as error:
            full = no_room(error)
            if full is None:
                raise
            log.warning("derivative.postponed", digest=media.digest, error=str(full))
            return
        await self._end(claimed, made_by, files, None)

    async def _made(
        self, spec: DerivativeSpec | SegmentSpec, claimed: Claimed
    ) -> list[DerivedMedia]:
        media = claimed.media
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="derivative-", dir=self._folder))
        try:
            source = await self._store.path_of(media.digest)
            if isinstance(spec, SegmentSpec):
                wanted = read_variant(claimed.variant)
                made = [await spec.make(source, media, wanted, folder)]
            else:
                made = await spec.make(source, media, folder)
            return [
                await self._store.keep_derivative(media.digest, claimed.kind, file) for file in made
            ]
        finally:
            await run_blocking(functools.partial(shutil.rmtree, folder, ignore_errors=True))

    async def _end(
        self,
        claimed: Claimed,
        made_by: str,
        files: list[DerivedMedia],
        error: DirectorError | None,
    ) -> None:
        async with unit_of_work(role=DatabaseRole.WORKER) as unit:
            await derivatives.end(
                unit, claimed, self._worker_id, made_by=made_by, files=files, error=error
            )

    async def _renew(self, claimed: Claimed) -> None:
        while True:
            await asyncio.sleep(LEASE / 4)
            try:
                async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                    await derivatives.renew(unit, claimed, self._worker_id, LEASE)
            except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("derivative.not_renewed", error=f"{error!r}"[:200])

    async def _give_back(self, claimed: Claimed) -> None:
        try:
            async with unit_of_work(role=DatabaseRole.WORKER) as unit:
                await derivatives.give_back(unit, claimed, self._worker_id)
        except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
            # Its lease runs out instead.
            log.debug("derivative.not_given_back", error=f"{error!r}"[:200])

    def _spec_of(self, claimed: Claimed) -> DerivativeSpec | SegmentSpec | None:
        return derivatives.spec_of(self._specs, self._segments, claimed.kind, claimed.media)
