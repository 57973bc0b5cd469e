"""The bytes behind LFS pointers: a second name of each, where git-lfs looks for it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from node_registry import Change, DirectorError, MediaFile

from .program import failure


def keep_objects(folder: Path, changes: Sequence[Change]) -> None:
    """Let the bytes of media appear among the objects of git-lfs, each once.

    They share a file with their source where the disk can do that, else they are copied. Raises
    `vcs.no_bytes` for a source that is gone, and what `failure` says for a disk that refuses.
    """
    for change in changes:
        if isinstance(change, MediaFile) and change.source is not None:
            target = object_path(folder, change.digest)
            if not target.is_file():
                _keep(folder, change.source, target)


def object_path(folder: Path, digest: str) -> Path:
    """Where git-lfs looks for an object. Raises `vcs.failed` if a link stands in the way."""
    path = folder
    for part in (".git", "lfs", "objects", digest[:2], digest[2:4], digest):
        path = path / part
        if path.is_symlink():
            raise failure(folder, f"error: a link stands in place of {part} in .git/lfs/objects")
    return path


def _keep(folder: Path, source: Path, target: Path) -> None:
    temporary = target.with_name(f".{uuid4().hex}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, temporary)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
                raise
            shutil.copyfile(source, temporary)
            temporary.chmod(0o444)
        os.replace(temporary, target)
    except FileNotFoundError as error:
        raise DirectorError(
            "vcs.no_bytes",
            "The bytes of a media file are not there to be kept with the project's history.",
            hint="They were removed: generate them again.",
            status=404,
        ) from error
    except OSError as error:
        raise failure(folder, f"error: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
