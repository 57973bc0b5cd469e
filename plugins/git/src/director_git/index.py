"""The index that git shows people: what a media file looks like on the disk is noted in it.

Without this, the first `git status` after a commit would read and hash every take through
git-lfs, and would fail where git-lfs is not installed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
from collections.abc import Sequence
from pathlib import Path

_HEAD = struct.Struct(">4sLL")
_STATS = struct.Struct(">10L")
_EXTENDED = 0x4000


def settle_stats(folder: Path, index: Path, paths: Sequence[str]) -> None:
    """Note size, time and inode of these files in an index of version 2 or 3, if they are there.

    Any other index, and any path that is not found, is left as it is: git then looks for itself.
    """
    seen = {path.encode(): found for path in paths if (found := _look(folder / path))}
    if not seen:
        return
    content = bytearray(index.read_bytes())
    signature, version, count = _HEAD.unpack_from(content)
    # The checksum at the end tells which of its two formats the repository has.
    if signature != b"DIRC" or version not in (2, 3):
        return
    if hashlib.sha1(content[:-20]).digest() != content[-20:]:  # noqa: S324 (git's own checksum)
        return
    at = _HEAD.size
    for _ in range(count):
        (flags,) = struct.unpack_from(">H", content, at + 60)
        name_at = at + (64 if flags & _EXTENDED else 62)
        end = content.index(0, name_at)
        found = seen.get(bytes(content[name_at:end]))
        if found is not None:
            _STATS.pack_into(content, at, *_stats(found, content, at))
        at += (end - at + 8) & ~7
    content[-20:] = hashlib.sha1(content[:-20]).digest()  # noqa: S324
    index.write_bytes(content)


def _stats(found: os.stat_result, content: bytearray, at: int) -> tuple[int, ...]:
    mode = _STATS.unpack_from(content, at)[6]
    low = 0xFFFFFFFF
    return (
        found.st_ctime_ns // 10**9 & low, found.st_ctime_ns % 10**9,
        found.st_mtime_ns // 10**9 & low, found.st_mtime_ns % 10**9,
        found.st_dev & low, found.st_ino & low, mode,
        found.st_uid & low, found.st_gid & low, found.st_size & low,
    )  # fmt: skip


def _look(path: Path) -> os.stat_result | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None
