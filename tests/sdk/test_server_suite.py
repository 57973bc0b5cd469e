"""The backend suite, second half: for each trouble of a server, a backend that fails in it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import test_farm
from director_farm.backend import PNG, FarmBackend
from fake_farm import FakeFarm
from node_registry.testing import BackendSuite, FakeServer, Scenario
from node_registry.testing.server_tests import ServerTests

from node_registry import BackendError, Cancelled, OutOfMemory, Preview, Progress


class Forgetful:
    """A context whose checkpoints are lost."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    async def checkpoint(self, state: bytes) -> None:
        del state


class Hasty(FarmBackend):
    """Submits every job twice, to be sure."""

    async def _submit(self, farm, job, words):
        await super()._submit(farm, job, words)
        await super()._submit(farm, job + "-again", words)


class WithoutProgress(FarmBackend):
    async def _follow(self, farm, job, context):
        async for event in super()._follow(farm, job, context):
            if not isinstance(event, Progress):
                yield event


class WithoutPreviews(FarmBackend):
    async def _follow(self, farm, job, context):
        async for event in super()._follow(farm, job, context):
            if not isinstance(event, Preview):
                yield event


class KeepsNothing(FarmBackend):
    async def run(self, request, context):
        async for event in super().run(request, Forgetful(context)):
            yield event


class Retelling(FarmBackend):
    """Tells every failure as this sentence, whatever the server said."""

    sentence = "Something went wrong on the server."
    retryable = False

    async def _check(self, line, farm, context):
        try:
            await super()._check(line, farm, context)
        except BackendError as error:
            if line["state"] != "failed":
                raise
            text = self.sentence.format(line["error"])
            raise BackendError("farm.failed", text, retryable=self.retryable) from error


class Blabbing(Retelling):
    sentence = "The server says: {}"


class Stubborn(Retelling):
    sentence = "The tensors have different sizes: 64 and 32."
    retryable = True


class NeverStops(FarmBackend):
    async def _unless_cancelled(self, reading, farm, job, context):
        return await reading


class LeavesItRunning(FarmBackend):
    async def _unless_cancelled(self, reading, farm, job, context):
        waiting = asyncio.ensure_future(reading)
        stop = asyncio.ensure_future(context.cancelled.wait())
        await asyncio.wait({waiting, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if context.cancelled.is_set():
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            raise Cancelled
        return waiting.result()


class Tidy(FarmBackend):
    """Leaves nothing behind, whatever ends it."""

    async def _follow(self, farm, job, context):
        try:
            async for event in super()._follow(farm, job, context):
                yield event
        except asyncio.CancelledError:
            async with farm.ask(do="cancel", id=job) as answer:
                await answer.line()
            raise


class Resigned(FarmBackend):
    """Takes every broken connection for the end."""

    async def run(self, request, context):
        try:
            async for event in super().run(request, context):
                yield event
        except BackendError as error:
            raise BackendError(error.code, error.message) from error


class Clinging(FarmBackend):
    """Never lets go of a job that the server has lost."""

    async def _check(self, line, farm, context):
        await super()._check(line, farm, Forgetful(context))


class BeginsAgain(FarmBackend):
    """Makes a new job whenever something breaks."""

    async def run(self, request, context):
        for _ in range(3):
            with contextlib.suppress(BackendError):
                anew = msgspec.structs.replace(request, resume=None)
                async for event in super().run(anew, context):
                    yield event
                return
        raise BackendError("farm.gone", "Three jobs have come to nothing.", retryable=True)

    async def _follow(self, farm, job, context):
        async with farm.ask(do="follow", id=job) as answer:
            while (found := await answer.line())["state"] != "done":
                await self._check(found, farm, context)
                yield Progress(0.5)


class SubmitsAgain(FarmBackend):
    """Asks again where no answer came."""

    async def _submit(self, farm, job, words):
        for _ in range(2):
            with contextlib.suppress(BackendError):
                async with farm.ask(do="submit", id=job, words=words) as answer:
                    await answer.line()
                return


class IgnoresResume(FarmBackend):
    async def run(self, request, context):
        anew = msgspec.structs.replace(request, resume=None)
        async for event in super().run(anew, context):
            yield event


class Impatient(FarmBackend):
    def __init__(self, addresses, silence):
        super().__init__(addresses, silence=0.2)


class Endless(FarmBackend):
    def __init__(self, addresses, silence):
        super().__init__(addresses, silence=3600)


class Inventive(FarmBackend):
    """Makes up a picture where the server gave none."""

    async def _fetch(self, farm, job, path):
        try:
            await super()._fetch(farm, job, path)
        except BackendError:
            path.write_bytes(PNG)


class Trusting(FarmBackend):
    """Takes whatever comes for the picture."""

    async def _fetch(self, farm, job, path):
        async with farm.ask(do="fetch", id=job) as answer:
            size = (await answer.line()).get("bytes", 0)
            path.write_bytes(b"".join([chunk async for chunk in answer.chunks(size)]) or b"-")


# For each test of a server's troubles, backends that fail it, and with what.
BROKEN: dict[str, list[tuple[type[FarmBackend], str]]] = {
    "test_a_job_is_submitted_once_and_ends": [(Hasty, "more than once")],
    "test_shows_how_far_the_server_is": [(WithoutProgress, "people did not see it")],
    "test_shows_the_previews_of_the_server": [(WithoutPreviews, "none was shown")],
    "test_keeps_the_job_before_it_waits_for_it": [(KeepsNothing, "was not kept")],
    "test_tells_the_failure_of_a_job_in_its_words": [
        (Retelling, "own words are missing"),
        (Blabbing, "names a file of the server"),
        (Stubborn, "not mended by trying again"),
    ],
    "test_knows_when_memory_was_short": [(Retelling, "in place of OutOfMemory")],
    "test_stops_a_job_that_waits": [
        (NeverStops, "not as cancelled"),
        (LeavesItRunning, "its job goes on"),
    ],
    "test_stops_a_job_that_runs": [
        (NeverStops, "not as cancelled"),
        (LeavesItRunning, "its job goes on"),
    ],
    "test_a_server_that_is_not_there_is_told": [(Resigned, "retryable")],
    "test_a_server_that_goes_away_in_the_middle_is_told": [(Resigned, "retryable")],
    "test_begins_anew_when_the_server_is_back_without_its_jobs": [(Clinging, "attempts failed")],
    "test_follows_a_job_over_a_broken_connection": [(BeginsAgain, "submitted again")],
    "test_is_patient_with_a_slow_server": [(Impatient, "said nothing for 0.2 s")],
    "test_gives_up_on_a_silent_server": [(Endless, "")],
    "test_a_lost_reply_makes_no_second_job": [(SubmitsAgain, "submitted twice")],
    "test_a_missing_result_is_told": [(Inventive, "DID NOT RAISE")],
    "test_a_wrong_result_is_told": [(Trusting, "DID NOT RAISE"), (Inventive, "DID NOT RAISE")],
    "test_a_huge_result_is_not_held_in_memory": [(Trusting, "MB were held at once")],
    "test_leaves_its_job_alone_when_its_worker_stops": [(Tidy, "resumed elsewhere")],
    "test_follows_its_job_after_our_own_restart": [
        (IgnoresResume, "submitted again after our restart"),
        (KeepsNothing, "was not kept"),
    ],
}
CASES = [(name, *case) for name, cases in BROKEN.items() for case in cases]


class TestRenderFarm(test_farm.TestFarm):
    """The good one passes everything."""


class Farmed(FakeFarm):
    """The farm, spoken with by another backend."""

    backend: type[FarmBackend] = FarmBackend

    @property
    def spec(self):
        good = super().spec
        ((name, address),) = good.factory()._farms.items()
        addresses = {name: address._address}
        return msgspec.structs.replace(good, factory=lambda: self.backend(addresses, silence=2.0))


@pytest_asyncio.fixture
async def farm() -> AsyncIterator[Farmed]:
    async with Farmed() as server:
        yield server


def test_each_test_of_the_suite_has_a_backend_that_fails_it() -> None:
    assert {name for name in dir(ServerTests) if name.startswith("test_")} == set(BROKEN)


def suite_of(farm: Farmed, backend: type[FarmBackend]) -> test_farm.TestFarm:
    farm.backend = backend
    suite = type("Broken", (test_farm.TestFarm,), {"limit": 3.0, "patience": 1.0})()
    suite.spec = farm.spec
    suite._server = farm
    suite._events = []
    return suite


@pytest.mark.parametrize(
    ("name", "backend", "message"), CASES, ids=[f"{c[1].__name__}-{c[0][5:]}" for c in CASES]
)
async def test_finds(
    name: str, backend: type[FarmBackend], message: str, tmp_path: Path, farm: Farmed
) -> None:
    expected = (AssertionError, BackendError, TimeoutError, pytest.fail.Exception)
    with pytest.raises(expected) as failure:
        await getattr(suite_of(farm, backend), name)(tmp_path)
    assert message in str(failure.value)


async def test_a_suite_without_a_server_says_what_to_write() -> None:
    suite = type("Nothing", (BackendSuite,), {})()
    fixture: Any = BackendSuite.server
    with pytest.raises(AssertionError, match="serverless = True"):
        fixture.__wrapped__(suite)


def test_memory_that_was_short_is_always_tried_again() -> None:
    error = OutOfMemory("The model needs 14.2 GB, and 9.8 GB were free.")
    assert (error.code, error.retryable) == ("backend.out_of_memory", True)
    assert error.hint


def test_a_fake_server_is_whole() -> None:
    class Half(FakeServer):
        """Without a word."""

    with pytest.raises(TypeError, match="abstract"):
        Half()  # type: ignore[abstract]


def test_the_page_tells_the_scenarios_as_they_are() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/remote-backends.md").read_text()
    found = re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", page, re.MULTILINE)
    assert found == [(scenario.name, scenario.value) for scenario in Scenario]
