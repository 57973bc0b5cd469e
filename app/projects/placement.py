"""Putting a stored object into a project's folder as a second name of the same bytes."""

from __future__ import annotations

import errno
import filecmp
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from node_registry import DirectorError

from .paths import inside

_FICLONE = 0x40049409


def place(folder: Path, relative: str, object_path: Path) -> bool:
    """Let a stored object appear at a path of the project, whole or not at all.

    It shares the object's blocks (reflink), or is the same file (hard link), or a copy where the
    disk can do neither. A file that is there is never overwritten: the same bytes are left as
    they are (False), others are refused with `project.taken`.
    """
    target = inside(folder, relative)
    temporary = target.with_name(f".{uuid4().hex}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _duplicate(object_path, temporary)
        try:
            # A link, unlike a rename, fails when the name is taken: of two workers one wins.
            os.link(temporary, target)
            return True
        except FileExistsError:
            if _same(target, object_path):
                return False
            raise _taken(relative) from None
    except OSError as error:
        raise _failed(relative, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def replace(folder: Path, relative: str, object_path: Path) -> None:
    """As `place`, for what is made again under one name (a film in `06_Exports`)."""
    target = inside(folder, relative)
    if relative.startswith("03_Renders/"):
        raise _taken(relative)
    temporary = target.with_name(f".{uuid4().hex}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _duplicate(object_path, temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise _failed(relative, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _duplicate(source: Path, target: Path) -> None:
    if sys.platform == "linux" and _reflink(source, target):
        return
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copyfile(source, target)
        target.chmod(0o444)


def _reflink(source: Path, target: Path) -> bool:
    import fcntl

    with source.open("rb") as origin, target.open("xb") as copy, suppress(OSError):
        fcntl.ioctl(copy, _FICLONE, origin.fileno())
        os.fchmod(copy.fileno(), 0o444)
        return True
    target.unlink()
    return False


def _same(one: Path, other: Path) -> bool:
    if one.is_symlink() or not one.is_file():
        return False
    return one.samefile(other) or filecmp.cmp(one, other, shallow=False)


def _taken(relative: str) -> DirectorError:
    return DirectorError(
        "project.taken",
        f"{relative[:80]!r} exists already in the project, with other content.",
        hint="A take is never overwritten: give the new one the next number.",
        status=409,
    )


def _failed(relative: str, error: OSError) -> DirectorError:
    if isinstance(error, FileNotFoundError):
        return DirectorError(
            "project.no_object",
            f"The bytes of {relative[:80]!r} are not in the studio's storage.",
            hint="They were removed: generate them again.",
            status=404,
        )
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return DirectorError(
        "project.disk_full" if full else "project.disk",
        f"{relative[:80]!r} cannot be put into the project's folder: "
        f"{'the disk is full' if full else error.strerror or 'the disk refused'}.",
        hint="Make room, then try again." if full else "Check the disk of the workspace.",
        status=507 if full else 503,
    )
