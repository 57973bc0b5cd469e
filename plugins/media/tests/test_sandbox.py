"""A decoder that a file has taken over reaches neither secrets nor networks nor programs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from director_media.derivatives import making
from director_media.probe import files

# Tries everything that an intruder would, after the lock, and says which of it worked.
INTRUDER = """
import ctypes, json, os, socket, sys
from pathlib import Path
from director_media.sandbox import lock

given, secret, folder, server, victim = sys.argv[1:]
locked = lock(read=[Path(given)], write=[Path(folder)])

def worked(act):
    try:
        act()
    except OSError:
        return False
    return True

def connect(family, address):
    with socket.socket(family) as one:
        one.connect(address)

libc = ctypes.CDLL(None, use_errno=True)
def call(number, *given):
    if libc.syscall(number, *given) < 0:
        raise OSError(ctypes.get_errno(), "")

attempts = {
    "reads what it was given": lambda: Path(given).read_bytes(),
    "imports more": lambda: __import__("wave"),
    "writes its folder": lambda: (Path(folder) / "made").write_text("x"),
    "reads a secret": lambda: Path(secret).read_bytes(),
    "lists beside": lambda: os.listdir(Path(secret).parent),
    "writes beside": lambda: (Path(secret).parent / "left").write_text("x"),
    "writes what it was given": lambda: Path(given).write_text("x"),
    "reads another's environment": lambda: Path(f"/proc/{victim}/environ").read_bytes(),
    "links the secret in": lambda: os.link(secret, Path(folder) / "linked"),
    "connects to a server": lambda: connect(socket.AF_INET, ("127.0.0.1", int(server))),
    "opens a local socket": lambda: connect(socket.AF_UNIX, secret),
    "sends a datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "starts a program": lambda: os.execv("/bin/true", ["true"]),
    "ends another process": lambda: os.kill(int(victim), 9),
    "makes a ring": lambda: call(425, 1, ctypes.create_string_buffer(120)),
}
print(json.dumps({"locked": locked, **{name: worked(act) for name, act in attempts.items()}}))
"""
OF_FILES = {
    "reads a secret", "lists beside", "writes beside", "writes what it was given",
    "reads another's environment", "links the secret in",
}  # fmt: skip
MAY = {"reads what it was given", "imports more", "writes its folder"}


def test_what_an_intruder_can_do(tmp_path: Path) -> None:
    given, secret, folder = tmp_path / "film.mp4", tmp_path / "secrets" / "key", tmp_path / "made"
    secret.parent.mkdir()
    folder.mkdir()
    given.write_text("film")
    secret.write_text("secret")
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim,
    ):
        said = subprocess.run(
            [sys.executable, "-c", INTRUDER, str(given), str(secret), str(folder),
             str(server.getsockname()[1]), str(victim.pid)],
            capture_output=True, check=True,
        )  # fmt: skip
        found = json.loads(said.stdout)
        assert victim.poll() is None
        victim.communicate(b"\n")
        assert victim.returncode == 0
    files_locked, calls_locked = found.pop("locked")
    assert calls_locked
    # A kernel without Landlock says so to the doctor; sockets and programs are locked all the same.
    open_files = OF_FILES if not files_locked else set[str]()
    assert {name for name, worked in found.items() if worked} <= MAY | open_files
    assert {name for name, worked in found.items() if worked} >= MAY
    if files_locked:
        assert given.read_text() == "film"
        assert not (secret.parent / "left").exists()


def test_who_has_threads_is_not_said_to_be_locked() -> None:
    code = (
        "import threading, json; e = threading.Event(); threading.Thread(target=e.wait).start();"
        "from director_media.sandbox import lock; print(json.dumps(lock())); e.set()"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(said.stdout) == [False, False]


@pytest.mark.parametrize("module", ["probe.process", "derivatives.process"])
def test_the_children_lock_themselves_before_they_open_the_file(module: str) -> None:
    """A process of each kind, stopped where it opens the file, is locked at that moment."""
    code = f"""
import sys, json
from pathlib import Path
import director_media.{module} as child
import importlib
status = lambda: Path("/proc/self/status").read_text()
def stop(*_):
    print(json.dumps("Seccomp:\\t2" in status() and "NoNewPrivs:\\t1" in status()))
    sys.stdout.flush()
    raise SystemExit
if "{module}" == "probe.process":
    child.examine = stop
    sys.argv = ["child", "/dev/null"]
else:
    importlib.import_module = stop
    sys.argv = ["child", "thumbnail", "/dev/null", "image/png", "/dev"]
child._limit = lambda: None
child.main()
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(said.stdout) is True


def test_the_children_are_given_no_secret_in_their_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIRECTOR_DATABASE_URL", "postgresql://a:secret@b/c")
    assert "secret" not in str(making._environment(1.0))
    seen: list[dict[str, str]] = []

    def note(*_: object, env: dict[str, str], **__: object) -> object:
        seen.append(env)
        raise subprocess.TimeoutExpired("probe", 1)

    monkeypatch.setattr(files.subprocess, "run", note)
    with pytest.raises(files.DirectorError):
        files.probe(Path(__file__))
    assert "secret" not in str(seen)
