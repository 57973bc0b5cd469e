"""Uploads that go on after a break: begun with a size, sent in parts, taken in when all is there.

The offset is the size of the file on the disk, and nothing else; the database knows whose upload it
is and how it ended. Speaks no HTTP: `tus.py` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from app import accounts, projects
from app.accounts import Actor
from app.platform import costly, database
from app.platform.background import end_task
from app.platform.blocking import run_blocking, run_to_end
from app.platform.broken_off import BrokenOff
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.platform.telemetry import get_logger
from app.projects import Right
from node_registry import DirectorError, Media, ProbeSpec

from . import quotas, upload_rows
from .formats import check_file_name
from .intake import Intake
from .objects import ObjectStore, StoredBytes
from .part_files import CHUNK, Checksum, PartFile, PartFiles, busy, gone
from .upload_rows import Upload

log = get_logger(__name__)

IDLE = 60.0
"""Seconds without a byte after which a connection counts as lost."""

SILENT = 5.0
"""Seconds without a byte after which another connection may go on with the same upload."""

SWEEP = 600.0
# What a file itself is at fault for; anything else may be better at the next try.
FAULTS_OF_THE_FILE = (
    "media.not_accepted", "media.unreadable", "media.too_slow", "media.too_large",
)  # fmt: skip


class UploadLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of one file."""

    file: int


class Transfer:
    """One connection that sends bytes, and when the last of them came.

    `broken` says that it ended before its time: what came is kept, more may follow.
    """

    def __init__(self) -> None:
        self.last = asyncio.get_running_loop().time()
        self.over = asyncio.Event()
        self.broken = False
        self._clock: asyncio.Timeout | None = None

    async def next_chunk(self, stream: AsyncIterator[bytes]) -> bytes | None:
        """The next bytes; None when no more will come: all are there, or the line is dead."""
        if self.broken:
            return None
        try:
            async with asyncio.timeout(IDLE) as self._clock:
                chunk = await anext(stream, None)
        except (TimeoutError, BrokenOff):
            self.broken = True
            return None
        finally:
            self._clock = None
        self.last = asyncio.get_running_loop().time()
        return chunk

    async def make_way(self) -> bool:
        """Let another connection go on in place of this one, if it has been silent; whether so."""
        now = asyncio.get_running_loop().time()
        if now - self.last < SILENT:
            return False
        self.broken = True
        if self._clock is not None:
            self._clock.reschedule(now)
        try:
            async with asyncio.timeout(SILENT):
                await self.over.wait()
        except TimeoutError:
            return False
        return True


class Uploads:
    """All uploads of this studio. One object in the API role; `run` looks after them."""

    def __init__(
        self,
        store: ObjectStore,
        probes: Sequence[ProbeSpec],
        folder: Path,
        limits: UploadLimits,
    ) -> None:
        self.limits = limits
        self._parts = PartFiles(folder)
        self._intake = Intake(store, probes)
        self._transfers: dict[UUID, Transfer] = {}
        self._finishing: dict[UUID, asyncio.Task[Media]] = {}

    async def create(
        self, actor: Actor, project_id: UUID, *, size: int, name: str, metadata: str = ""
    ) -> Upload:
        """Begin an upload of a declared size.

        Raises `media.too_large`, `project.quota`, `person.quota`, `disk.full`, `media.bad_name`.
        """
        await projects.authorise(actor, project_id, Right.EDIT)
        costly.spend("upload", actor.user_id)
        name = check_file_name(name)
        if size > self.limits.file:
            raise too_large(self.limits.file)
        if size == 0:
            raise DirectorError("media.unreadable", "The file is empty.", hint="Export it again.")
        upload_id = new_id()
        await run_blocking(quotas.current_quotas().floor.check, size)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await quotas.check_quotas(unit, project_id, size)
            upload = await upload_rows.insert(
                unit,
                upload_id,
                project_id,
                actor.user_id,
                name=name,
                size=size,
                metadata=metadata,
            )
            # Inside the unit: an upload without a file is none.
            await run_blocking(self._parts.create, upload_id)
        return upload

    async def check_right(self, actor: Actor, project_id: UUID) -> None:
        """Raise what somebody is told who may bring nothing into this project."""
        await projects.authorise(actor, project_id, Right.EDIT)

    async def find(self, actor: Actor, project_id: UUID, upload_id: UUID) -> Upload:
        """One's own upload, as far as it has come. Raises `upload.not_found`, `upload.gone`."""
        await projects.authorise(actor, project_id, Right.EDIT)
        async with unit_of_work(actor.user_id) as unit:
            upload = await upload_rows.find(unit, project_id, upload_id, actor.user_id)
        upload.offset = self._offset(upload)
        return upload

    async def list_open(self, actor: Actor, project_id: UUID, page: PageRequest) -> Page[Upload]:
        """One's own uploads that are under way."""
        await projects.authorise(actor, project_id, Right.EDIT)
        async with unit_of_work(actor.user_id) as unit:
            found = await upload_rows.list_open(unit, project_id, actor.user_id, page)
        known = await run_blocking(self._parts.known)
        for upload in found.items:
            upload.offset = self._offset(upload) if upload.id in known else 0
        return found

    async def append(
        self,
        actor: Actor,
        project_id: UUID,
        upload_id: UUID,
        offset: int,
        stream: AsyncIterator[bytes],
        checksum: Checksum | None = None,
    ) -> Upload:
        """Add bytes at the offset, as many as come; with the last of them the file is taken in.

        A line that breaks keeps what came; with a checksum a part counts whole or not at all.
        Raises `upload.wrong_offset` (409), `upload.busy` (423), `upload.checksum` (460),
        `upload.too_long` (413), and whatever the finished file is refused for.
        """
        upload = await self.find(actor, project_id, upload_id)
        if upload.state == "refused":
            raise _refusal(upload)
        if upload.state == "open" and upload_id not in self._finishing:
            upload.offset = await self._receive(upload, offset, stream, checksum)
            async with unit_of_work(actor.user_id) as unit:
                upload.expires_at = await upload_rows.keep_alive(unit, upload_id)
        elif offset != upload.offset:
            raise _wrong_offset(upload.offset)
        if upload.offset == upload.size and upload.state == "open":
            upload.media = await self._finish(actor, upload)
            upload.state = "done"
        return upload

    async def bring(
        self,
        actor: Actor,
        project_id: UUID,
        name: str,
        stream: AsyncIterator[bytes],
        size: int | None = None,
    ) -> Media:
        """Take in a file that comes in one piece and cannot go on after a break.

        `size` is how many bytes will come, where that is told.
        """
        await projects.authorise(actor, project_id, Right.EDIT)
        costly.spend("upload", actor.user_id)
        name = check_file_name(name)
        async with (
            quotas.room_for(project_id, size or 1) as room,
            self.receive(stream, self.limits.file) as (path, stored),
        ):
            await room.resize(stored.size)
            return await self._intake.take(actor, project_id, path, name, stored)

    @asynccontextmanager
    async def receive(
        self, stream: AsyncIterator[bytes], most: int
    ) -> AsyncIterator[tuple[Path, StoredBytes]]:
        """A file of at most so many bytes that comes in one piece, on the disk within the block.

        For those who have seen to the rights. Raises `media.too_large`, `upload.broken_off`.
        """
        part_id = new_id()
        await run_blocking(self._parts.create, part_id)
        try:
            transfer = Transfer()
            with await run_blocking(self._parts.open, part_id) as file:
                if await self._write(file, stream, transfer, most):
                    raise too_large(most)
            if transfer.broken:
                raise DirectorError("upload.broken_off", "The connection was lost.")
            stored = await run_blocking(self._parts.count, part_id)
            yield self._parts.path(part_id), stored
        finally:
            await run_blocking(self._parts.remove, part_id)

    async def bring_object(
        self,
        actor: Actor,
        project_id: UUID,
        digest: str,
        stream: AsyncIterator[bytes],
        size: int | None = None,
    ) -> Media:
        """Take in bytes of which the digest is told, whatever they are; see `Intake.take_any`.

        Raises `media.wrong_digest`, `media.too_large`, and what `quotas.check_room` raises.
        """
        await projects.authorise(actor, project_id, Right.EDIT)
        async with (
            quotas.room_for(project_id, size or 1) as room,
            self.receive(stream, self.limits.file) as (path, stored),
        ):
            if stored.digest != digest:
                raise DirectorError(
                    "media.wrong_digest",
                    "The bytes are not those of this digest; they were not kept.",
                    hint="Send the object again.",
                )
            await room.resize(stored.size)
            return await self._intake.take_any(actor, project_id, path, stored)

    async def terminate(self, actor: Actor, project_id: UUID, upload_id: UUID) -> None:
        """End an upload; what came of it is removed. What has become media stays media."""
        await projects.authorise(actor, project_id, Right.EDIT)
        async with unit_of_work(actor.user_id) as unit:
            await upload_rows.find(unit, project_id, upload_id, actor.user_id)
            await upload_rows.delete(unit, upload_id)
        await run_blocking(self._parts.remove, upload_id)

    async def run(self) -> None:
        """Finish what a former process received whole, and sweep what expired; until cancelled."""
        while True:
            try:
                await self.finish_received()
                await self.sweep()
            except (*database.CONNECTION_ERRORS, asyncpg.PostgresError) as error:
                log.warning("uploads.interrupted", error=f"{type(error).__name__}: {error}"[:200])
            await asyncio.sleep(SWEEP)

    async def finish_received(self) -> None:
        """Take in the uploads of which all bytes are there and nobody waits for the answer."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            found = await upload_rows.list_unfinished(unit)
        people = await accounts.people([upload.user_id for upload in found])
        for upload in found:
            path = self._parts.path(upload.id)
            whole = path.exists() and path.stat().st_size == upload.size
            if not whole or upload.user_id not in people:
                continue
            try:
                await self._finish(people[upload.user_id], upload)
            except DirectorError as error:
                log.warning("uploads.not_finished", upload=str(upload.id), code=error.code)

    async def sweep(self) -> int:
        """Remove the uploads whose time is over, and files that belong to none; how many."""
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            expired = await upload_rows.delete_expired(unit)
            known = {upload.id for upload in await upload_rows.list_unfinished(unit)}
        strays = [part for part in await run_blocking(self._parts.known) if part not in known]
        swept = {*expired, *(part for part in strays if self._parts.is_old(part))}
        for upload_id in swept:
            await run_blocking(self._parts.remove, upload_id)
        if swept:
            log.info("uploads.swept", uploads=len(swept))
        return len(swept)

    async def close(self) -> None:
        """End what is being taken in: it is taken in at the next start."""
        for task in list(self._finishing.values()):
            await end_task(task)

    async def _receive(
        self,
        upload: Upload,
        offset: int,
        stream: AsyncIterator[bytes],
        checksum: Checksum | None,
    ) -> int:
        """Write what comes; the offset afterwards."""
        other = self._transfers.get(upload.id)
        if other is not None and not await other.make_way():
            raise busy()
        if upload.id in self._transfers:
            raise busy()
        transfer = self._transfers[upload.id] = Transfer()
        try:
            with await run_blocking(self._parts.open, upload.id) as file:
                if file.offset != offset:
                    raise _wrong_offset(file.offset)
                if checksum is not None:
                    file.check_by(checksum)
                over = await self._write(file, stream, transfer, upload.size)
                if over:
                    await run_to_end(file.take_back)
                    raise DirectorError(
                        "upload.too_long",
                        f"More bytes came than the {upload.size:,} that were said.",
                        hint="Begin another upload with the true size.",
                        status=413,
                    )
                await run_to_end(file.confirm, checksum, whole=not transfer.broken)
                return file.offset
        finally:
            del self._transfers[upload.id]
            transfer.over.set()

    async def _write(
        self, file: PartFile, stream: AsyncIterator[bytes], transfer: Transfer, most: int
    ) -> bool:
        """Write a stream in steps of a megabyte; True when it brought more than `most` bytes."""
        waiting = bytearray()
        while (chunk := await transfer.next_chunk(stream)) is not None:
            waiting += chunk
            if file.offset + len(waiting) > most:
                return True
            if len(waiting) >= CHUNK:
                step, waiting = waiting, bytearray()
                await run_to_end(_write_above_floor, file, step)
        if waiting:
            await run_to_end(_write_above_floor, file, waiting)
        return False

    async def _finish(self, actor: Actor, upload: Upload) -> Media:
        """Take in a whole upload, once, also when the connection that asked goes away."""
        task = self._finishing.get(upload.id)
        if task is None:
            task = asyncio.create_task(self._take_in(actor, upload), name=f"upload {upload.id}")
            self._finishing[upload.id] = task
            task.add_done_callback(lambda _: self._finishing.pop(upload.id, None))
        return await asyncio.shield(task)

    async def _take_in(self, actor: Actor, upload: Upload) -> Media:
        # It may have taken days: whoever lost the right meanwhile brings nothing any more.
        await projects.authorise(actor, upload.project_id, Right.EDIT)
        stored = await run_blocking(self._parts.count, upload.id)
        path = self._parts.path(upload.id)
        try:
            media = await self._intake.take(actor, upload.project_id, path, upload.name, stored)
        except DirectorError as error:
            if error.code in FAULTS_OF_THE_FILE:
                async with unit_of_work(actor.user_id) as unit:
                    await upload_rows.end(unit, upload.id, error=error)
                await run_blocking(self._parts.remove, upload.id)
            raise
        async with unit_of_work(actor.user_id) as unit:
            await upload_rows.end(unit, upload.id, media=media)
        await run_blocking(self._parts.remove, upload.id)
        return media

    def _offset(self, upload: Upload) -> int:
        if upload.state == "done" or upload.id in self._finishing:
            return upload.size
        if upload.state == "refused":
            return 0
        return self._parts.offset(upload.id)


def _write_above_floor(file: PartFile, step: bytearray) -> None:
    # Each of many uploads had room when it was begun; together they may have none.
    quotas.current_quotas().floor.check(len(step))
    file.write(step)


def too_large(limit: int) -> DirectorError:
    """The error for a file of more bytes than one may have here."""
    return DirectorError(
        "media.too_large",
        f"A file has at most {limit:,} bytes here.",
        hint="Make it smaller, or ask the operator to raise DIRECTOR_MAX_UPLOAD_GB.",
        status=413,
        fields={"limit": limit},
    )


def _wrong_offset(offset: int) -> DirectorError:
    return DirectorError(
        "upload.wrong_offset",
        f"{offset:,} bytes are here: go on there.",
        hint="Ask for the offset with HEAD, then send from there.",
        status=409,
        fields={"offset": offset},
    )


def _refusal(upload: Upload) -> DirectorError:
    told = upload.error
    if told is None:
        return gone()
    return DirectorError(told["code"], told["message"], hint=told["hint"], status=told["status"])
