"""Locks a process that decodes foreign files into what it needs, where the kernel can (Linux).

Decoders are large programs in C, and a file may make one of them do what its author wants. After
`lock` the process reads its own libraries and the file that it was given, writes into one folder
or nowhere, starts no program and opens no socket: neither `secrets/` nor a network nor the sockets
of the database are in its reach. Landlock restricts files (Linux 5.13 and later), a filter of
system calls (seccomp) does the rest. Neither needs rights or another program, and what was locked
cannot be unlocked.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from node_registry import Health

# linux/landlock.h
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_OF_A_FILE = 1 << 0 | 1 << 1 | _READ_FILE | 1 << 14 | 1 << 15
# To write, read, list and remove files and folders, and to make them; not to make devices, sockets
# or links, and not to execute.
_WRITE = 1 << 1 | _READ_FILE | _READ_DIR | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 13 | 1 << 14
# All that each version can handle, of files; of TCP from the fourth on, of other processes' signals
# and abstract sockets from the sixth on.
_HANDLED = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
_LATER = 0xFFFF
_TCP, _SCOPES = 3, 3

# linux/prctl.h, linux/seccomp.h, linux/audit.h
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _EACCES, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# socket, connect, bind, listen, socketpair · execve, execveat · kill, ptrace, process_vm_readv,
# process_vm_writev, pidfd_getfd · io_uring_setup, bpf, userfaultfd, perf_event_open · unshare,
# setns, mount, open_by_handle_at · keyctl, add_key, request_key.
_DENIED = {
    "x86_64": (
        41, 42, 49, 50, 53, 59, 322, 62, 101, 310, 311, 438,
        425, 321, 323, 298, 272, 308, 165, 304, 250, 248, 249,
    ),
    "aarch64": (
        198, 203, 200, 201, 199, 221, 281, 129, 117, 270, 271, 438,
        425, 280, 282, 241, 97, 268, 40, 265, 219, 217, 218,
    ),
}  # fmt: skip
_X32 = 0x40000000

_LIBRARIES = (
    "/usr", "/lib", "/lib64", "/lib32", "/nix/store", "/gnu/store",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
    "/dev/null", "/dev/zero", "/dev/urandom",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip

NEWER = "A newer Linux kernel locks them (Landlock: 5.13 and later, with lsm=…,landlock)."


class Locked(NamedTuple):
    """What was locked of this process: files by Landlock, sockets and programs by seccomp."""

    files: bool
    calls: bool


def lock(*, read: Iterable[Path] = (), write: Sequence[Path] = ()) -> Locked:
    """Lock this process for good; called before it has threads and before it opens a file of
    somebody else. Where the machine cannot, that part stays open."""
    if sys.platform != "linux":
        return Locked(files=False, calls=False)
    if len(os.listdir("/proc/self/task")) != 1:
        # Another thread would stay as it is, and a way around all this.
        return Locked(files=False, calls=False)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return Locked(files=False, calls=False)
    return Locked(_lock_files(libc, [*_own_code(), *read], write), _lock_calls(libc))


def _own_code() -> list[Path]:
    """What Python and the libraries are loaded from."""
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path, *_LIBRARIES}
    return [Path(place) for place in places if place and place != "/" and os.path.exists(place)]


def _lock_files(libc: ctypes.CDLL, read: Sequence[Path], write: Sequence[Path]) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return False
    handled = _HANDLED.get(version, _LATER)
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", _TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        rules = [(path, _READ_FILE | _READ_DIR) for path in read]
        rules += [(path, _WRITE) for path in write]
        for path, access in rules:
            _allow(libc, ruleset, path, access & handled)
        return libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not path.is_dir():
                access &= _OF_A_FILE
            rule = struct.pack("=Qi", access, place)
            libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        finally:
            os.close(place)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _lock_calls(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    denied = _DENIED.get(machine)
    if denied is None or sys.byteorder != "little":
        return False
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    steps = [
        (load, 0, 0, 4),
        (equal, 1, 0, _ARCHITECTURES[machine]),
        (answer, 0, 0, _KILL),
        (load, 0, 0, 0),
        # Its last step is the refusal: so many steps ahead.
        (at_least, len(denied) + 1, 0, _X32),
        *((equal, len(denied) - n, 0, number) for n, number in enumerate(denied)),
        (answer, 0, 0, _ALLOW),
        (answer, 0, 0, _EACCES),
    ]
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    return libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0


def examine() -> Health:
    """Lock this process, and say what was locked: for the doctor, in a process of its own."""
    locked = lock()
    if locked.files and locked.calls:
        return Health("ok", "Decoders of foreign files see no other file and no network.")
    if sys.platform != "linux":
        return Health(
            "degraded",
            "Decoders of foreign files run as the studio's user: this system cannot lock them.",
            "Run the studio on Linux where strangers bring files.",
        )
    rest = "no network, and all files" if locked.calls else "all files and the network"
    return Health("degraded", f"Decoders of foreign files see {rest} of the studio's user.", NEWER)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(examine()))
