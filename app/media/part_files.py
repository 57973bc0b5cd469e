"""The bytes of an upload as far as they have come: a file, whose size is the offset."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec

from app.platform.disk import no_room
from node_registry import DirectorError

from .objects import StoredBytes

if sys.platform != "win32":
    import fcntl

ALGORITHMS = ("sha256", "sha1", "md5")
CHUNK = 1 << 20
MOST_HASHES = 2000
DAY = 86_400.0


class Checksum(msgspec.Struct, frozen=True):
    """What a client says the bytes of one PATCH are."""

    algorithm: str
    digest: bytes


class RunningHash(msgspec.Struct):
    """The SHA-256 of a file's first `position` bytes."""

    state: Any = msgspec.field(default_factory=hashlib.sha256)
    position: int = 0

    def start_again(self) -> None:
        """Count from the first byte."""
        self.state, self.position = hashlib.sha256(), 0

    def catch_up(self, file: int) -> None:
        """Count what lies in the file beyond the position: another process wrote it."""
        size = os.fstat(file).st_size
        if self.position > size:
            self.start_again()
        while self.position < size and (chunk := os.pread(file, CHUNK, self.position)):
            self.state.update(chunk)
            self.position += len(chunk)


class PartFiles:
    """The part files of a folder, and the SHA-256 of each as far as this process counted it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hashes: dict[UUID, RunningHash] = {}

    def path(self, upload_id: UUID) -> Path:
        """Where the bytes of an upload lie. For the server's own use."""
        return self.folder / f"{upload_id}.part"

    def create(self, upload_id: UUID) -> None:
        """Begin an upload: an empty file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path(upload_id).open("xb").close()

    def offset(self, upload_id: UUID) -> int:
        """How many bytes have come. Raises `upload.gone` when the file is no longer there."""
        try:
            return self.path(upload_id).stat().st_size
        except FileNotFoundError:
            raise gone() from None

    def open(self, upload_id: UUID) -> PartFile:
        """The file, held against every other writer. Raises `upload.busy` and `upload.gone`."""
        return PartFile(self.path(upload_id), self._hash(upload_id))

    def remove(self, upload_id: UUID) -> None:
        """Forget an upload's bytes; none is no error."""
        self._hashes.pop(upload_id, None)
        self.path(upload_id).unlink(missing_ok=True)

    def known(self) -> list[UUID]:
        """The uploads that have a file here."""
        if not self.folder.is_dir():
            return []
        return [UUID(path.stem) for path in self.folder.glob("*.part")]

    def is_old(self, upload_id: UUID) -> bool:
        """Whether nothing has come for a day: whoever wrote it is no longer there."""
        try:
            return time.time() - self.path(upload_id).stat().st_mtime > DAY
        except FileNotFoundError:
            return False

    def count(self, upload_id: UUID) -> StoredBytes:
        """Digest and size of all that has come; reads only what was not counted on its way in."""
        hashed = self._hash(upload_id)
        try:
            with self.path(upload_id).open("rb") as file:
                hashed.catch_up(file.fileno())
        except FileNotFoundError:
            raise gone() from None
        return StoredBytes(hashed.state.hexdigest(), hashed.position)

    def _hash(self, upload_id: UUID) -> RunningHash:
        found = self._hashes.get(upload_id)
        if found is None:
            while len(self._hashes) >= MOST_HASHES:
                del self._hashes[next(iter(self._hashes))]
            found = self._hashes[upload_id] = RunningHash()
        return found


class PartFile:
    """One upload being written. All methods block; leave it with `close`."""

    def __init__(self, path: Path, hashed: RunningHash) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            raise gone() from None
        try:
            if sys.platform != "win32":
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise busy() from None
        self.offset = self._began = os.fstat(self._file).st_size
        self._hash = hashed
        self._checking: Any = None
        self._before: tuple[Any, int] | None = None

    def __enter__(self) -> PartFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def check_by(self, checksum: Checksum) -> None:
        """From here on the bytes count only together, if `confirm` finds them to be these."""
        self._checking = hashlib.new(checksum.algorithm, usedforsecurity=False)
        self._before = (self._hash.state.copy(), self._hash.position)

    def write(self, chunk: bytes | bytearray) -> None:
        """Append. What a full disk did not take is told, and the offset stays true."""
        view = memoryview(chunk)
        while view:
            try:
                written = os.write(self._file, view)
            except OSError as error:
                raise no_room(error) or DirectorError(
                    "disk.failed",
                    f"The studio's disk refused the bytes: {error.strerror}.",
                    hint="Try again; if it stays so, run `director doctor`.",
                    status=503,
                ) from error
            done = view[:written]
            if self._hash.position == self.offset:
                self._hash.state.update(done)
                self._hash.position += written
            if self._checking is not None:
                self._checking.update(done)
            self.offset += written
            view = view[written:]

    def confirm(self, checksum: Checksum | None, *, whole: bool) -> None:
        """Bring the bytes to the disk; take them back when they are not what was said.

        Raises `upload.checksum` (460).
        """
        if checksum is not None and not (whole and self._checking.digest() == checksum.digest):
            self.take_back()
            if whole:
                raise DirectorError(
                    "upload.checksum",
                    f"The bytes do not have the {checksum.algorithm} that was said; they were "
                    "not kept.",
                    hint="Send this part again.",
                    status=460,
                )
        os.fsync(self._file)

    def take_back(self) -> None:
        """Let go of all that came since it was opened."""
        os.ftruncate(self._file, self._began)
        self.offset = self._began
        if self._before is not None:
            self._hash.state, self._hash.position = self._before
        elif self._hash.position > self._began:
            self._hash.start_again()


def parse_checksum(header: str) -> Checksum:
    """`Upload-Checksum: sha1 <base64>`. Raises `upload.bad_checksum`."""
    algorithm, _, encoded = header.strip().partition(" ")
    try:
        digest = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or not digest:
        raise DirectorError(
            "upload.bad_checksum",
            "The checksum cannot be read.",
            hint=f"Send one of {', '.join(ALGORITHMS)}, a space, and the digest in base64.",
        )
    return Checksum(algorithm, digest)


def gone() -> DirectorError:
    """The error for an upload that is over: expired, ended by somebody, or never begun."""
    return DirectorError(
        "upload.gone",
        "This upload is no longer here.",
        hint="It expired, or was ended: begin it again.",
        status=410,
    )


def busy() -> DirectorError:
    """The error for a second writer."""
    return DirectorError(
        "upload.busy",
        "Another connection is sending this upload just now.",
        hint="Wait until it ends, then ask for the offset and go on there.",
        status=423,
    )
