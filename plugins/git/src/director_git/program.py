"""Running the git program: fixed arguments, no hooks, no configuration but our own."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from node_registry import DirectorError

TIMEOUT = 300.0

# Whatever a folder that came from elsewhere has in its .git/config, none of it may run a program
# or change what is written.
_CONFIG = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.autocrlf": "false",
    "core.quotePath": "false",
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.pager": "cat",
    "commit.gpgSign": "false",
    "log.showSignature": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
}

_DAMAGE = re.compile(
    r"corrupt|bad (object|tree|signature|index)|loose object|unable to read|invalid (object|sha1)|"
    r"index file|missing (blob|tree|commit)|inflate|No such ref|broken ref|bad revision"
)

_NO_GIT = "The program git is not installed on this machine, or not on its PATH."
_INSTALL = (
    "Install it (Debian and Ubuntu: `apt-get install git`; macOS: `xcode-select --install`; "
    "Windows: https://git-scm.com), then start the studio again."
)


def missing() -> str | None:
    """What is missing for version control, in a sentence, or None."""
    return None if shutil.which("git") else f"{_NO_GIT} {_INSTALL}"


def environment(more: Mapping[str, str | tuple[str, ...]] | None = None) -> dict[str, str]:
    """The environment of every git process: nobody is asked, nothing foreign is read.

    `more` is further configuration; a name with several values is given once for each.
    """
    kept = {
        name: os.environ[name]
        for name in ("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
        if name in os.environ
    }
    pairs = [
        (name, value)
        for name, values in {**_CONFIG, **(more or {})}.items()
        for value in ((values,) if isinstance(values, str) else values)
    ]
    configured = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (name, value) in enumerate(pairs):
        configured[f"GIT_CONFIG_KEY_{number}"] = name
        configured[f"GIT_CONFIG_VALUE_{number}"] = value
    return {
        **kept,
        **configured,
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
    }


async def git(
    folder: Path,
    *arguments: str,
    feed: bytes = b"",
    extra: Mapping[str, str] | None = None,
    repository: bool = True,
    allow: tuple[int, ...] = (0,),
) -> bytes:
    """What git printed. The repository is named outright, so that git never looks further up."""
    variables = environment()
    if repository:
        variables["GIT_DIR"] = str(folder / ".git")
        variables["GIT_WORK_TREE"] = str(folder)
    variables.update(extra or {})
    run = _Run(("git", *arguments), folder, variables, feed)
    try:
        returncode, printed, complaint = await run.finish()
    except FileNotFoundError as error:
        # The folder may be what is missing, and not the program.
        raise (no_git() if missing() else no_repository()) from error
    except subprocess.TimeoutExpired as error:
        raise DirectorError(
            "vcs.slow",
            f"Git did not finish within {TIMEOUT:.0f} s.",
            hint="Check the disk of the workspace, then try again.",
            status=503,
        ) from error
    if returncode not in allow:
        raise failure(folder, complaint.decode("utf-8", "replace"))
    return printed


class _Run:
    """One git process, in a thread.

    A loop that starts a process itself copies the page tables of all that it has loaded, which
    takes longer than most of what git does here; `subprocess` borrows them (vfork).
    """

    def __init__(
        self, argv: tuple[str, ...], folder: Path, variables: Mapping[str, str], feed: bytes
    ) -> None:
        self._argv, self._folder, self._variables, self._feed = argv, folder, variables, feed
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    async def finish(self) -> tuple[int, bytes, bytes]:
        """Run it to its end: its status, what it printed, what it complained of."""
        work = asyncio.ensure_future(asyncio.to_thread(self._work))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            # No git process outlives the call that began it.
            self._stop()
            await asyncio.wait({work})
            if not work.cancelled():
                work.exception()
            raise

    def _work(self) -> tuple[int, bytes, bytes]:
        with self._lock:
            if self._stopped:
                return -9, b"", b""
            self._process = process = subprocess.Popen(
                self._argv,
                cwd=self._folder,
                env=self._variables,
                stdin=subprocess.PIPE if self._feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        with process:
            try:
                printed, complaint = process.communicate(self._feed or None, timeout=TIMEOUT)
            except BaseException:
                process.kill()
                raise
        return process.returncode, printed, complaint

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._process is not None:
                # Harmless when it has ended: `subprocess` remembers that it was waited for.
                self._process.kill()


def no_git() -> DirectorError:
    return DirectorError("vcs.no_git", _NO_GIT, hint=_INSTALL, status=503)


def no_repository() -> DirectorError:
    return DirectorError(
        "vcs.not_a_repository",
        "The project's folder is not a git repository.",
        hint="Its .git folder is missing or was damaged: restore it from a backup or a clone.",
        status=409,
    )


def locked() -> DirectorError:
    return DirectorError(
        "vcs.locked",
        "Another git program is at work in the project's folder.",
        hint="Let it finish (an open commit message counts), then try again. If none is running, "
        "remove .git/index.lock.",
        status=409,
    )


def failure(folder: Path, complaint: str) -> DirectorError:
    """The sentence for what git complained of, without the paths of this machine."""
    said = complaint.replace(str(folder), "the project's folder")
    if re.search(r"not a git repository", said):
        return no_repository()
    if re.search(r"\.lock'?: File exists|cannot lock ref", said):
        return locked()
    if re.search(r"[Oo]ut of memory|mmap failed", said):
        return DirectorError(
            "vcs.too_much",
            "There is more of it than can be looked through here.",
            hint="Push fewer and smaller files at once.",
            status=413,
        )
    if re.search(r"No space left|Disk quota|File too large", said):
        return DirectorError(
            "vcs.disk_full",
            "There is no room left on the disk of the project's folder: nothing was committed.",
            hint="Make room, then try again.",
            status=507,
        )
    if _DAMAGE.search(said):
        return DirectorError(
            "vcs.corrupt",
            f"The git repository of the project is damaged: {_last(said)}",
            hint="Run `git fsck` in the project's folder, and restore .git from a backup or a "
            "clone. The takes themselves lie in the studio's storage and are safe.",
            status=500,
        )
    return DirectorError(
        "vcs.failed",
        f"Git refused: {_last(said)}",
        hint="Look at `git status` in the project's folder, or run `director doctor`.",
        status=500,
    )


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    line = next((line for line in lines if line.startswith(("fatal:", "error:"))), "")
    line = line or (lines[-1] if lines else "no reason given")
    return re.sub(r"(?<![\w.])/[^\s':]+", "…", line)[:300]
