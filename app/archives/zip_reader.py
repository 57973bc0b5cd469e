"""Reading an archive from outside: nothing in it is believed, and nothing is made of a part of it.

All names, sizes and kinds of entries are looked at before the first is unpacked; each is unpacked
only as far as it said it is large, and counts only with the digest that the manifest says.
"""

from __future__ import annotations

import hashlib
import stat
import struct
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as UnpackingError

from app import projects
from node_registry import DirectorError

from .files import one_name
from .manifest import LARGEST, MOST_ENTRIES, NAME, Entry, Manifest, read_manifest, too_many

CHUNK = 1 << 20
# A text packs a hundredfold at the very most; a bomb a thousandfold. Small files may do as they
# like.
MOST_RATIO = 200
SMALL = 1 << 20
LARGEST_DIRECTORY = 64 * 1024 * 1024
_END, _END_64, _LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"


class Archive:
    """An opened archive. All methods block; leave it with `close`."""

    def __init__(self, path: Path, most: int) -> None:
        """Look at every entry. `most` is how many bytes all of it may have. Raises `archive.…`."""
        size = path.stat().st_size
        with path.open("rb") as file:
            _check_directory(file, size)
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
            raise _not_zip() from error
        try:
            self._infos = _checked(self._zip.infolist(), size, most)
            if NAME not in self._infos:
                raise DirectorError(
                    "archive.no_manifest",
                    f"The archive has no {NAME}: it is no exported project.",
                    hint="Choose a file that a studio exported.",
                )
            self.manifest: Manifest = read_manifest(self._read(NAME, LARGEST))
            known = {entry.name: entry.size for entry in self.manifest.entries}
            told = {name: info.file_size for name, info in self._infos.items() if name != NAME}
            if known != told:
                raise DirectorError(
                    "archive.incomplete",
                    f"The files of the archive are not those that its {NAME} names.",
                    hint="Export the project again.",
                )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def unpack(self, entry: Entry, target: Path) -> None:
        """Write the bytes of an entry to a new file. Raises `archive.wrong_digest`."""
        digest = hashlib.sha256()
        left = entry.size
        try:
            with self._zip.open(self._infos[entry.name]) as source, target.open("xb") as file:
                while chunk := source.read(min(CHUNK, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        break
                    digest.update(chunk)
                    file.write(chunk)
        except (BadZipFile, ValueError, EOFError, NotImplementedError, struct.error) as error:
            raise wrong_digest(entry.name) from error
        except UnpackingError as error:
            raise wrong_digest(entry.name) from error
        if left or digest.hexdigest() != entry.digest:
            raise wrong_digest(entry.name)

    def _read(self, name: str, most: int) -> bytes:
        info = self._infos[name]
        if info.file_size > most:
            raise DirectorError(
                "archive.too_large", f"The {name} of the archive is too large.", status=413
            )
        try:
            with self._zip.open(info) as source:
                text = source.read(most + 1)
        except (BadZipFile, ValueError, EOFError, NotImplementedError, struct.error) as error:
            raise wrong_digest(name) from error
        except UnpackingError as error:
            raise wrong_digest(name) from error
        if len(text) != info.file_size:
            raise wrong_digest(name)
        return text


def _checked(infos: list[ZipInfo], size: int, most: int) -> dict[str, ZipInfo]:
    """The entries by name. Raises for any that could do harm, before anything is unpacked."""
    if len(infos) > MOST_ENTRIES + 1:
        raise too_many()
    found: dict[str, ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        _check_name(info)
        if one_name(name) in seen:
            raise _bad_entry(name, "it comes twice")
        seen.add(one_name(name))
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise _bad_entry(name, "it is a link, or no file at all")
        if info.flag_bits & 0x1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _bad_entry(name, "it is encrypted, or packed in a way that is not read here")
        packed = max(1, info.compress_size)
        if info.file_size > SMALL and info.file_size > MOST_RATIO * packed:
            raise _bomb(name)
        found[name] = info
    if sum(info.compress_size for info in infos) > size:
        # Entries that share their bytes: each small, and all together without end.
        raise _bomb(NAME)
    if sum(info.file_size for info in infos) > most:
        raise DirectorError(
            "archive.too_large",
            f"The archive unpacks to more than the {most:,} bytes that are allowed here.",
            hint="Ask the operator to raise DIRECTOR_MAX_IMPORT_GB.",
            status=413,
        )
    return found


def _check_name(info: ZipInfo) -> None:
    name = info.filename
    # zipfile cuts a name at a NUL, and turns the separators of other systems into `/`.
    if info.orig_filename != name or "\\" in info.orig_filename:
        raise _bad_entry(info.orig_filename, "it has letters that no name has")
    if name == NAME:
        return
    kind, _, rest = name.partition("/")
    if kind not in ("project", "objects") or not rest:
        raise _bad_entry(name, "it is no part of an exported project")
    for part in rest.split("/"):
        try:
            projects.check_name(part)
        except DirectorError as error:
            raise _bad_entry(name, error.message.partition(": ")[2].rstrip(".")) from error


def _check_directory(file: BinaryIO, size: int) -> None:
    """See that the list of entries is not so large that reading it does harm."""
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise _not_zip()
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    if entries == 0xFFFF or length == 0xFFFFFFFF:
        if at < 20 or tail[at - 20 : at - 16] != _LOCATOR:
            raise _not_zip()
        (place,) = struct.unpack_from("<Q", tail, at - 12)
        if place > size:
            raise _not_zip()
        file.seek(place)
        head = file.read(56)
        if len(head) < 56 or not head.startswith(_END_64):
            raise _not_zip()
        entries, length = struct.unpack_from("<QQ", head, 32)
    if entries > MOST_ENTRIES + 1 or length > LARGEST_DIRECTORY:
        raise too_many()


def wrong_digest(name: str) -> DirectorError:
    """The error for bytes that are not those which were said."""
    return DirectorError(
        "archive.wrong_digest",
        f"{name[:120]!r} in the archive is damaged: its bytes are not those that were said.",
        hint="Copy or export the archive again.",
    )


def _bad_entry(name: str, why: str) -> DirectorError:
    return DirectorError(
        "archive.bad_entry",
        f"{name[:120]!r} in the archive cannot be taken in: {why}.",
        hint="Import a file that a studio exported, as it is.",
    )


def _bomb(name: str) -> DirectorError:
    return DirectorError(
        "archive.bomb",
        f"{name[:120]!r} in the archive unpacks to far more than it should.",
        hint="Import a file that a studio exported, as it is.",
    )


def _not_zip() -> DirectorError:
    return DirectorError(
        "archive.not_zip",
        "The file is no zip file, or not all of it has come.",
        hint="Choose a file that a studio exported.",
    )
