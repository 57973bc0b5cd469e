"""Measures the first thing that a new user does: `python benchmarks/start.py`.

`director make` of one sentence on an empty data folder: the database is made, everything is
started, a film is made and everything is stopped. Prints the medians of when each phase ended, of
the whole, and of the processors' time, beside the length of the film. With `--taken` one core is
kept busy by something else. Phases are read from outside, by what lies in the data folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "examples" / "scripts" / "one_line.txt"
LOOK = 0.005


def phases(home: Path, film: Path) -> dict[str, Callable[[], bool]]:
    """What is seen from outside when a phase ends, in the order in which they end."""
    logs = home / "logs"

    def says(name: str, word: bytes) -> Callable[[], bool]:
        return lambda: word in _text(logs / name)

    return {
        "first server is started": lambda: (logs / "valkey.log").exists(),
        "database is made": lambda: (home / "postgres").exists(),
        "database answers": lambda: b"ready" in _text(home / "postgres" / "postmaster.pid"),
        "API answers": says("api.log", b"startup complete"),
        "both workers wait": lambda: all(
            b"worker.ready" in _text(logs / f"worker-cpu{slot}.log") for slot in (0, 1)
        ),
        "first task begins": lambda: any((home / "worker").glob("**/run-*")),
        "film is written": film.exists,
        "API has stopped": says("api.log", b"Finished server process"),
    }


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def make_once() -> tuple[dict[str, float], float]:
    """One film on an empty folder: when each phase ended, and the film's length."""
    with tempfile.TemporaryDirectory() as folder:
        home, film = Path(folder) / "home", Path(folder) / "film.mp4"
        waiting, seen = list(phases(home, film).items()), dict[str, float]()
        command = [sys.executable, "-m", "app.cli", "--home", str(home), "make", str(SCRIPT)]
        spent = _processors()
        began = time.monotonic()
        process = subprocess.Popen(
            [*command, "-o", str(film), "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "DIRECTOR_WORKERS": "2"},
        )
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(LOOK):
                for name, has_ended in waiting[:]:
                    if has_ended():
                        seen[name] = time.monotonic() - began
                        waiting.remove((name, has_ended))

        looking = threading.Thread(target=look)
        looking.start()
        output, _ = process.communicate()
        seen["all has stopped"] = time.monotonic() - began
        ended.set()
        looking.join()
        if process.returncode:
            raise SystemExit(f"`director make` ended with status {process.returncode}.")
        # The looking costs some too: it is the same for whatever is compared.
        seen["processors' time"] = _processors() - spent
        return seen, json.loads(output)["seconds"]


def _processors() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


@contextlib.contextmanager
def one_core_taken(wanted: bool) -> Iterator[None]:
    """Keep the first core busy, as something else on the machine would."""
    if not wanted:
        yield
        return
    spin = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    busy = subprocess.Popen([sys.executable, "-c", spin])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--taken", action="store_true", help="one core is kept busy")
    options = arguments.parse_args()
    rounds: list[dict[str, float]] = []
    length = 0.0
    with one_core_taken(options.taken):
        for _ in range(options.rounds):
            seen, length = make_once()
            rounds.append(seen)
    for name in rounds[0]:
        times = [seen[name] for seen in rounds if name in seen]
        low, middle, high = min(times), statistics.median(times), max(times)
        print(f"{name:24} {middle:5.2f} s   ({low:.2f} to {high:.2f})")
    whole = statistics.median(seen["all has stopped"] for seen in rounds)
    print(f"the film's length        {length:5.2f} s   {whole / length:.2f} of it was needed")


if __name__ == "__main__":
    main()
