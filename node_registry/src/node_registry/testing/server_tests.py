"""What a backend of a remote server survives: the second half of `BackendSuite`."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from collections.abc import Awaitable
from pathlib import Path

from ..errors import BackendError, Cancelled, OutOfMemory
from ..run_events import Output, Preview, Progress, RunEvent
from .backend_runs import BackendRuns, KilledRun
from .servers import FAILURE, FAILURE_PATH, HUGE_BYTES, FakeServer, Scenario

ROOM = 48 << 20


class ServerTests(BackendRuns):
    """Every trouble of a server, of the way to it, and of ourselves. Not for `serverless`."""

    @property
    def _fake(self) -> FakeServer:
        assert self._server is not None, "the suite has no fake server"
        return self._server

    async def test_a_job_is_submitted_once_and_ends(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        events = await self.collect(request, context)
        assert _outputs(events), "the run gave no output"
        assert self._fake.submissions() == 1, "the job was submitted more than once"
        assert self._fake.waiting() + self._fake.running() == 0

    async def test_shows_how_far_the_server_is(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        events = await self.collect(request, context)
        fractions = [event.fraction for event in events if isinstance(event, Progress)]
        between = {fraction for fraction in fractions if 0 < fraction < 1}
        assert len(between) >= 2, "the server told its progress, and people did not see it"
        assert fractions == sorted(fractions), "progress went back"

    async def test_shows_the_previews_of_the_server(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        events = await self.collect(request, context)
        shown = any(isinstance(event, Preview) for event in events)
        assert shown or not self._fake.has_previews, "the server gave a preview, and none was shown"

    async def test_keeps_the_job_before_it_waits_for_it(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.WAITS)
        request, context = self.prepare(tmp_path)
        run = asyncio.create_task(self.collect(request, context))
        try:
            await self.until(lambda: self._fake.waiting() or run.done(), "no job was submitted")
            lost = "the id of the job was not kept by a checkpoint while the job waits"
            await self.until(lambda: context.checkpoints or run.done(), lost)
            assert context.checkpoints, lost
        finally:
            await self._fake.proceed()
            (result,) = await asyncio.gather(run, return_exceptions=True)
        assert not isinstance(result, BaseException), f"the run failed: {result!r}"
        assert _outputs(result), "the run gave no output"

    async def test_tells_the_failure_of_a_job_in_its_words(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.FAILS)
        error = await self.failure(*self.prepare(tmp_path))
        message = f"{error.message} {error.hint}"
        assert FAILURE in message, f"the server's own words are missing: {message}"
        assert FAILURE_PATH not in message, "the error names a file of the server"
        assert not error.retryable, "what is wrong with a job is not mended by trying again"

    async def test_knows_when_memory_was_short(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.RUNS_OUT_OF_MEMORY)
        error = await self.failure(*self.prepare(tmp_path))
        assert isinstance(error, OutOfMemory), f"{error.code} in place of OutOfMemory"

    async def test_stops_a_job_that_waits(self, tmp_path: Path) -> None:
        await self._cancel(tmp_path, Scenario.WAITS)

    async def test_stops_a_job_that_runs(self, tmp_path: Path) -> None:
        await self._cancel(tmp_path, Scenario.RUNS)

    async def test_a_server_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        await self._fake.kill()
        error = await self.failure(request, context)
        assert error.retryable, "it may be there again soon: the failure is retryable"

    async def test_a_server_that_goes_away_in_the_middle_is_told(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.RUNS)
        request, context = self.prepare(tmp_path)
        failing = asyncio.create_task(self.failure(request, context))
        await self._begun(failing)
        await self._fake.kill()
        error = await failing
        assert error.retryable, "it may be there again soon: the failure is retryable"

    async def test_begins_anew_when_the_server_is_back_without_its_jobs(
        self, tmp_path: Path
    ) -> None:
        self._fake.play(Scenario.RUNS)
        request, context = self.prepare(tmp_path)
        failing = asyncio.create_task(self.failure(request, context))
        await self._begun(failing)
        await self._fake.kill()
        await failing
        await self._fake.restart()
        self._fake.play(Scenario.SUCCEEDS)
        resume = context.checkpoints[-1] or None if context.checkpoints else None
        assert _outputs(await self.retry(tmp_path, request, resume)), "the run gave no output"
        assert self._fake.submissions() == 2, "the lost job was not submitted once more"

    async def test_follows_a_job_over_a_broken_connection(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.RUNS)
        request, _ = self.prepare(tmp_path)
        run = asyncio.create_task(self.retry(tmp_path, request))
        await self._begun(run)
        await self._fake.disconnect()
        await self._fake.proceed()
        assert _outputs(await run), "the run gave no output"
        assert self._fake.submissions() == 1, "the job was submitted again, while it ran"

    async def test_is_patient_with_a_slow_server(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.SLOW)
        request, context = self.prepare(tmp_path)
        assert _outputs(await self.collect(request, context)), "the run gave no output"
        assert self._fake.submissions() == 1, "the job was submitted more than once"

    async def test_gives_up_on_a_silent_server(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.SILENT)
        began = time.monotonic()
        error = await self.failure(*self.prepare(tmp_path))
        assert error.retryable, "it may speak again soon: the failure is retryable"
        assert time.monotonic() - began < self.limit, "nobody waits for ever"

    async def test_a_lost_reply_makes_no_second_job(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.LOSES_REPLY)
        request, _ = self.prepare(tmp_path)
        # Who cannot know whether the job was accepted may say so, and tries nothing by itself.
        events = await self._or_refused(self.retry(tmp_path, request))
        assert events is None or _outputs(events), "the run gave no output"
        assert self._fake.submissions() == 1, "the job was submitted twice"

    async def test_a_missing_result_is_told(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.NO_RESULT)
        await self.failure(*self.prepare(tmp_path))

    async def test_a_wrong_result_is_told(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.WRONG_RESULT)
        request, context = self.prepare(tmp_path)
        await self.failure(request, context)
        assert not context.saved, "what is no result was saved as one"

    async def test_a_huge_result_is_not_held_in_memory(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.HUGE_RESULT)
        request, context = self.prepare(tmp_path)
        tracemalloc.start()
        try:
            outputs = _outputs(await self._or_refused(self.collect(request, context)) or [])
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < ROOM, f"{peak >> 20} MB were held at once"
        assert not outputs or max(o.media.size for o in outputs) >= HUGE_BYTES, "it was cut"

    async def test_follows_its_job_after_our_own_restart(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.RUNS)
        request, context = self.prepare(tmp_path)
        killed = KilledRun(self.spec, request, context)
        try:
            await self.until(lambda: _reached(killed.events) or killed.error, "no job began")
            assert killed.error is None, f"the run failed: {killed.error!r}"
            assert context.checkpoints, "the id of the job was not kept"
        finally:
            killed.kill()
        await self._fake.disconnect()
        await self._fake.proceed()
        events = await self.retry(tmp_path, request, context.checkpoints[-1])
        assert _outputs(events), "the run gave no output"
        assert self._fake.submissions() == 1, "the job was submitted again after our restart"

    async def test_leaves_its_job_alone_when_its_worker_stops(self, tmp_path: Path) -> None:
        self._fake.play(Scenario.RUNS)
        request, context = self.prepare(tmp_path)
        run = asyncio.create_task(self.collect(request, context))
        await self._begun(run)
        run.cancel()
        await asyncio.wait([run])
        await asyncio.sleep(0.1)
        assert self._fake.running() == 1, "the job was ended, and it is to be resumed elsewhere"
        await self._fake.proceed()
        resume = context.checkpoints[-1] if context.checkpoints else None
        assert _outputs(await self.retry(tmp_path, request, resume)), "the run gave no output"
        assert self._fake.submissions() == 1, "the job was submitted again"

    async def _cancel(self, root: Path, scenario: Scenario) -> None:
        fake = self._fake
        fake.play(scenario)
        request, context = self.prepare(root)
        run = asyncio.create_task(self.collect(request, context))
        if scenario is Scenario.WAITS:
            await self.until(lambda: fake.waiting() or run.done(), "no job was submitted")
        else:
            await self._begun(run)
        context.cancelled.set()
        began = time.monotonic()
        (result,) = await asyncio.gather(run, return_exceptions=True)
        took = time.monotonic() - began
        assert isinstance(result, Cancelled), f"it ended with {result!r}, not as cancelled"
        assert took < self.patience, f"it took {took:.1f} s to stop"
        await self.until(
            lambda: fake.waiting() + fake.running() == 0,
            "the run stopped, and its job goes on",
            within=self.patience,
        )

    async def _begun(self, run: asyncio.Task[object]) -> None:
        """Wait until a job runs, and the backend follows it: it has told progress."""
        await self.until(lambda: _reached(self._events) or run.done(), "no job began")
        if run.done():
            run.result()
            raise AssertionError("the run ended before its job did")

    async def _or_refused(self, run: Awaitable[list[RunEvent]]) -> list[RunEvent] | None:
        try:
            return await run
        except BackendError:
            return None


def _reached(events: list[RunEvent]) -> bool:
    return any(isinstance(event, Progress) and event.fraction > 0 for event in events)


def _outputs(events: list[RunEvent]) -> list[Output]:
    return [event for event in events if isinstance(event, Output)]
