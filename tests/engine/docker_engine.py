"""A Docker engine of the tests' own, and an image of this machine's Python to run in it."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("PIL", "pillow.libs", "numpy", "numpy.libs", "av", "av.libs")
# Parts of the standard library that no function of the tests imports.
LEFT_OUT = {
    "test",
    "tests",
    "idlelib",
    "tkinter",
    "lib2to3",
    "ensurepip",
    "site-packages",
    "__pycache__",
}
PYTHON = "/usr/local/bin/python"


@contextlib.contextmanager
def running_engine() -> Iterator[str]:
    """An engine without a network of its own; its address. Needs root, as every engine does."""
    # The path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="engine-", dir="/tmp"))
    address = f"unix://{folder}/s"
    process = subprocess.Popen(
        [
            *([] if os.getuid() == 0 else ["sudo", "-n"]),
            "dockerd",
            f"--data-root={folder}/data",
            f"--exec-root={folder}/exec",
            f"--pidfile={folder}/pid",
            "-H",
            address,
            "--bridge=none",
            "--iptables=false",
            "--ip6tables=false",
            "--ip-forward=false",
            "--ip-masq=false",
            "--shutdown-timeout=1",
        ],
        stdout=(folder / "log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 60
        while "API listen on" not in (folder / "log").read_text(errors="replace"):
            assert process.poll() is None, (folder / "log").read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "the engine did not start"
            time.sleep(0.05)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def python_image() -> io.BytesIO:
    """A root with this machine's Python, Pillow, numpy and PyAV: a tar for the engine to import."""
    found = io.BytesIO()
    prefix = Path(sys.base_prefix)
    library = Path(sysconfig.get_path("stdlib", vars={"installed_base": str(prefix)}))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    binaries = [Path(os.path.realpath(sys.executable))]
    with tarfile.open(fileobj=found, mode="w") as archive:
        archive.add(binaries[0], PYTHON.lstrip("/"))
        archive.add(library, f"usr/local/lib/{version}", filter=_part)
        packages = Path(importlib.util.find_spec("PIL").submodule_search_locations[0]).parent
        for name in PACKAGES:
            if (packages / name).exists():
                target = f"usr/local/lib/{version}/site-packages/{name}"
                archive.add(packages / name, target, filter=_part)
        binaries += [*(library / "lib-dynload").glob("*.so"), *_extensions(packages)]
        for source in sorted(_needed(binaries)):
            archive.add(os.path.realpath(source), source.lstrip("/"))
        for name in ("tmp", "src", "job", "proc", "dev", "sys", "etc"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            archive.addfile(entry)
    found.seek(0)
    return found


def _part(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    name = entry.name.rsplit("/", 1)[-1]
    if name in LEFT_OUT or name.startswith("config-3") or name.endswith((".pyc", ".a")):
        return None
    entry.uid = entry.gid = 0
    return entry


def _extensions(packages: Path) -> list[Path]:
    """One of each package is enough to find what of the system they stand on."""
    found = []
    for name in PACKAGES:
        folder = packages / name
        found += [*folder.glob("*.so*"), *folder.glob("_core/*.so")]
    return found


def _needed(binaries: list[Path]) -> set[str]:
    """The system's own libraries that some programs need, and the loader."""
    told = subprocess.run(
        ["ldd", *map(str, binaries)], capture_output=True, text=True, check=False
    ).stdout
    found = set(re.findall(r"(?:=> |^\s+)(/\S+) \(0x", told, re.MULTILINE))
    bundled = tuple(str(path.parent) for path in binaries[1:])
    return {path for path in found if not path.startswith(bundled)}
