"""The folder of a job: what it gets, what it makes, and whether somebody still follows it.

It lies in the worker's cache, not in the scratch folder of one attempt: after a restart of ours the
next attempt finds the job where it is.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path


class JobFolder:
    """`in` is read-only for the function, `out` is its own, `kept` has volumes over its steps."""

    def __init__(self, root: Path, task_id: str) -> None:
        self.name = re.sub(r"[^\w-]", "_", task_id)[:80]
        self.root = root / self.name
        self.inputs = self.root / "in"
        self.out = self.root / "out"
        self.kept = self.root / "kept"
        self._alive = self.root / "followed"

    def make(self) -> None:
        """Make it anew, empty."""
        self.remove()
        self.root.mkdir(parents=True, mode=0o700)
        self.inputs.mkdir()
        self.kept.mkdir()
        self.make_out()
        self.follow()

    def make_out(self) -> None:
        """An empty output folder, which a function of another user id can write to."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.mkdir()
        # The folder above is the worker's alone.
        self.out.chmod(0o777)

    def volume(self, name: str) -> Path:
        """The folder of a volume that the steps of this job share."""
        folder = self.kept / re.sub(r"[^\w-]", "_", name)
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o777)
        return folder

    def follow(self) -> None:
        """Say that the job is followed now."""
        self._alive.touch()

    def is_orphan(self, seconds: float) -> bool:
        """Whether nobody has followed it for so long."""
        try:
            return time.time() - self._alive.stat().st_mtime > seconds
        except OSError:
            return True

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.root, ignore_errors=True)

    def usage(self) -> tuple[int, int]:
        """Bytes and files that the function has written so far."""
        size = count = 0
        for folder in (self.out, self.kept):
            for root, folders, names in os.walk(folder):
                count += len(folders) + len(names)
                for name in names:
                    try:
                        size += os.lstat(os.path.join(root, name)).st_blocks * 512
                    except OSError:
                        continue
        return size, count


def job_folders(root: Path) -> Iterator[JobFolder]:
    """Every job's folder that is there."""
    if root.is_dir():
        for path in sorted(root.iterdir()):
            yield JobFolder(root, path.name)
