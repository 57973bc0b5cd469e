"""Runs one command in its own session, and writes down how it ended: `python launcher.py FOLDER`.

It outlives the worker that started it. What the command has started is its to end: children that
lose their parent become its own. Only the standard library: it runs in no environment of ours.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

SET_CHILD_SUBREAPER = 36
SET_PARENT_DEATH = 1


def descendants(root):
    """The processes below one, as the kernel lists them now."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                parents[int(entry)] = int(fields[1])
    found, waiting = [], [root]
    while waiting:
        parent = waiting.pop()
        children = [pid for pid, of in parents.items() if of == parent]
        found += children
        waiting += children
    return found


def end(number):
    """Send a signal to everything below; whether anything is there."""
    below = descendants(os.getpid())
    for pid in below:
        with contextlib.suppress(OSError):
            os.kill(pid, number)
    return bool(below)


def main(folder):
    spec = json.loads((folder / "command.json").read_text())
    ctypes.CDLL(None, use_errno=True).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (spec["disk"], spec["disk"]))
    signal.signal(signal.SIGTERM, lambda *_: end(signal.SIGTERM))
    with (folder / "log").open("ab", buffering=0) as log:
        try:
            child = subprocess.Popen(
                spec["command"],
                cwd=spec["cwd"],
                env=spec["environment"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        except OSError as error:
            log.write(f"{error.strerror}\n".encode())
            code = 127
        else:
            code = child.wait()
    while end(signal.SIGKILL):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
    fresh = folder / "ended.new"
    fresh.write_text(json.dumps({"code": code if code >= 0 else 128 - code}))
    fresh.replace(folder / "ended.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
