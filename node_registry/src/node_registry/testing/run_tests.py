"""What every backend promises, with a server or without: the first half of `BackendSuite`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ..backends import Backend, Ingredients
from ..errors import BackendError, Cancelled
from ..media import Media
from ..requests import Request
from ..resources import Capabilities, Device, Needs
from ..run_events import PREVIEW_LIMIT, NeedsInput, Output, Preview, Progress
from .backend_runs import BackendRuns
from .context import LocalContext


class RunTests(BackendRuns):
    """Outputs, progress, equal bytes, folders, cancel, estimates: what each run keeps to."""

    async def test_gives_the_outputs_that_it_saved(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        outputs = [e for e in await self.collect(request, context) if isinstance(e, Output)]
        assert outputs, "the run gave no output"
        for output in outputs:
            assert output in context.saved, f"{output.socket} was not made by context.save"
            assert context.path(output.media).stat().st_size == output.media.size
            assert output.media.size > 0, f"the output {output.socket} is empty"
            assert "/" in output.media.media_type
        if self.outputs:
            assert {output.socket for output in outputs} == set(self.outputs)

    async def test_tells_its_progress(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        events = await self.collect(request, context)
        fractions = [event.fraction for event in events if isinstance(event, Progress)]
        assert fractions == sorted(fractions), "progress went back"
        assert all(0 <= fraction <= 1 for fraction in fractions), "progress is from 0 to 1"
        for event in events:
            if isinstance(event, Preview):
                assert len(event.image) <= PREVIEW_LIMIT, "a preview is too large"
                assert event.image[:3] == b"\xff\xd8\xff", "a preview is a JPEG"

    async def test_makes_equal_bytes_from_equal_requests(self, tmp_path: Path) -> None:
        if not self.spec.deterministic:
            return
        digests: list[list[tuple[str, str]]] = []
        for name in ("first", "second"):
            request, context = self.prepare(tmp_path / name)
            events = await self.collect(request, context)
            digests.append([(e.socket, e.media.digest) for e in events if isinstance(e, Output)])
        assert digests[0] == digests[1], "equal requests made different bytes"

    async def test_leaves_its_inputs_alone(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        before = {path.name: path.read_bytes() for path in _files(tmp_path / "objects")}
        await self.collect(request, context)
        after = {path.name: path.read_bytes() for path in _files(tmp_path / "objects")}
        assert {name: after.get(name) for name in before} == before, "an input was changed"

    async def test_writes_nowhere_but_in_its_folders(self, tmp_path: Path) -> None:
        root, outside = tmp_path / "run", tmp_path
        request, context = self.prepare(root)
        await self.collect(request, context)
        stray = [
            path
            for path in _files(outside)
            if not any(path.is_relative_to(root / n) for n in ("objects", "scratch", "cache"))
        ]
        assert not stray, f"files outside scratch and cache: {[path.name for path in stray]}"

    async def test_tells_what_is_wrong_with_an_input(self, tmp_path: Path) -> None:
        """A file that is damaged is told, or does no harm; it is no crash."""
        whole, store = self.prepare(tmp_path)
        for damage in (b"", b"not what it says", b"\0" * 4096):
            broken = store.keep(damage, "application/octet-stream")
            request = _with_media(whole, broken.digest, broken.size)
            if request == whole:
                return
            message = await self._error_of(request, self.context_of(tmp_path, request))
            assert message == "" or len(message) > 10, "an error says what happened"
            assert str(tmp_path) not in message, "an error names a folder of the machine"

    async def test_stops_when_cancelled_before_it_begins(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        context.cancelled.set()
        assert await self._ends_cancelled(request, context), "it ran although it was cancelled"

    async def test_stops_soon_when_cancelled_while_it_runs(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        backend = self.spec.factory()
        await backend.open()
        try:
            async with asyncio.timeout(self.patience + self.limit):
                await self._cancel_at_first_event(backend, request, context)
        finally:
            await backend.close()

    async def _cancel_at_first_event(
        self, backend: Backend, request: Request, context: LocalContext
    ) -> None:
        events = backend.run(request, context)
        done, started = False, 0.0
        try:
            async for event in events:
                done = done or (isinstance(event, Progress) and event.fraction >= 1)
                done = done or isinstance(event, Output | NeedsInput)
                if not started:
                    context.cancelled.set()
                    started = asyncio.get_running_loop().time()
        except Cancelled:
            done = True
        assert done, "the run ended with nothing, and not as cancelled"
        waited = asyncio.get_running_loop().time() - started
        assert waited < self.patience, f"it took {waited:.1f} s to stop"

    async def test_can_be_abandoned(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        backend = self.spec.factory()
        await backend.open()
        events = backend.run(request, context)
        async with asyncio.timeout(self.limit):
            await anext(aiter(events))
            await events.aclose()  # type: ignore[attr-defined]
        await backend.close()

    async def test_runs_one_request_after_another(self, tmp_path: Path) -> None:
        backend = self.spec.factory()
        await backend.open()
        try:
            for name in ("first", "second"):
                request, context = self.prepare(tmp_path / name)
                events = [event async for event in backend.run(request, context)]
                assert any(isinstance(event, Output | NeedsInput) for event in events)
        finally:
            await backend.close()

    def test_estimates_purely_and_above_zero(self, tmp_path: Path) -> None:
        request = self.make_request(LocalContext(tmp_path))
        before = msgspec.json.encode(request)
        servers = tuple(server.name for server in self.spec.servers)
        card = Device(kind="gpu", name="a card", vram_bytes=24 << 30)
        for devices in ((Device(),), (card,), (Device(), card)):
            offered = Capabilities(devices=devices, servers=servers)
            first = self.spec.estimate(request, offered)
            assert first == self.spec.estimate(request, offered), "the estimate is not pure"
            assert isinstance(first, Needs)
            assert first.seconds > 0, "a run takes some time"
            assert first.vram_bytes >= 0
            assert set(first.servers) <= set(servers), "it needs a server that nobody offers"
        assert msgspec.json.encode(request) == before, "the estimate changed the request"

    def test_names_what_goes_into_its_results(self, tmp_path: Path) -> None:
        request = self.make_request(LocalContext(tmp_path))
        before = msgspec.json.encode(request)
        found = self.spec.ingredients(request)
        assert isinstance(found, Ingredients)
        assert found == self.spec.ingredients(request), "the ingredients are not pure"
        assert all(found.models), "a model has a name"
        digests = [*found.models.values(), found.workflow]
        assert "" not in digests, "a digest that is not known is None"
        assert msgspec.json.encode(request) == before, "asking for ingredients changed the request"

    def test_has_a_sound_spec(self, tmp_path: Path) -> None:
        request = self.make_request(LocalContext(tmp_path))
        assert self.spec.can_serve(request.node_type), "it does not serve the node of the request"
        assert self.spec.name, "a backend has a name"
        assert self.spec.version, "a backend has a version"
        assert self.spec.tiers, "a backend works at some tier"
        names = [server.name for server in self.spec.servers]
        assert len(set(names)) == len(names), "two servers have one name"
        assert all(server.slots > 0 for server in self.spec.servers), "a server takes some run"

    async def _error_of(self, request: Request, context: LocalContext) -> str:
        try:
            await self.collect(request, context)
        except BackendError as error:
            return f"{error.message} {error.hint}"
        return ""

    async def _ends_cancelled(self, request: Request, context: LocalContext) -> bool:
        try:
            await self.collect(request, context)
        except Cancelled:
            return True
        return False


def _with_media(request: Request, digest: str, size: int) -> Request:
    """The same request with other bytes in each medium, wherever it lies."""

    def other(media: Media) -> Media:
        return msgspec.structs.replace(media, digest=digest, size=size)

    inputs = {
        socket: [
            msgspec.structs.replace(part, media=other(part.media)) if part.media else part
            for part in parts
        ]
        for socket, parts in request.inputs.items()
    }
    return msgspec.structs.replace(request, inputs=inputs)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
