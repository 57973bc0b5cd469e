"""The short, private folder that a studio's unix sockets lie in."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

from node_registry import DirectorError

# The kernel's limit for a socket's whole name is 107 bytes on Linux and 103 on macOS.
MAX_SOCKET_PATH = 103
SOCKET_NAME_LENGTH = len("/.s.PGSQL.5432")
# PostgreSQL reads a list of folders here, and clients read a URL: nothing that needs quoting.
PLAIN = re.compile(r"/[A-Za-z0-9_./+-]*")


def runtime_folder(home: Path) -> Path:
    """The folder for the sockets of the studio in `home`: made when missing, ours alone (0700).

    It is the same for the same `home` each time. Raises `runtime.unsafe` when somebody else owns
    the name: in /tmp another user could have made it first, to listen in.
    """
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:8]
    shared = Path("/tmp") / f"director-{os.getuid()}-{digest}"  # noqa: S108
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    usable = PLAIN.fullmatch(given) is not None and os.access(given, os.W_OK | os.X_OK)
    folder = Path(given) / f"director-{digest}" if usable else shared
    if len(os.fsencode(folder)) + SOCKET_NAME_LENGTH > MAX_SOCKET_PATH:
        folder = shared
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()
    except OSError as error:
        raise DirectorError(
            "runtime.unwritable",
            f"The folder for the studio's sockets cannot be made: {error.strerror}.",
            hint="Set XDG_RUNTIME_DIR to a folder that you may write to, or free space in /tmp.",
            status=503,
        ) from error
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid():
        raise DirectorError(
            "runtime.unsafe",
            f"The name for the studio's sockets ({folder.name}) is taken by another user.",
            hint="Set XDG_RUNTIME_DIR to a folder of your own.",
            status=503,
        )
    if stat.S_IMODE(seen.st_mode) != 0o700:
        folder.chmod(0o700)
    return folder
