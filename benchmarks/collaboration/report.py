"""Medians over rounds, printed as a table and written as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
HEADS = {
    "p50": "p50 ms",
    "p95": "p95 ms",
    "p99": "p99 ms",
    "cpu_us": "CPU µs/op",
    "store_us": "database µs/op",
    "bytes": "bytes/op/client",
    "lag_p95": "generator's lag p95",
    "generator_cpu": "generator's CPU",
    "socket_kb": "kB/socket",
    "cursor_p95": "cursors p95 ms",
    "join_cpu_us": "CPU µs/join",
    "together_cpu_us": "CPU µs/join at once",
    "return_cpu_us": "CPU µs/return",
    "cpu_share": "CPU",
    "foreign": "others' cores",
}


def median(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The median of each figure over the rounds that count; counts of faults are added up."""
    if not rounds:
        return {}
    found: dict[str, Any] = {}
    for name in rounds[0]:
        values = [figures[name] for figures in rounds if figures.get(name) is not None]
        if name in ("missing", "withheld", "differs", "lost", "shown"):
            found[name] = sum(values)
        elif values and all(isinstance(value, (int, float)) for value in values):
            found[name] = statistics.median(values)
        elif values:
            found[name] = values[-1]
    return found


def show(title: str, columns: Sequence[str], rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Print one case: a line for each system."""
    heads = [HEADS.get(name, name.replace("_", " ")) for name in columns]
    table = [["", *heads]]
    table += [[name, *(_cell(figures.get(column)) for column in columns)] for name, figures in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    print(f"\n{title}")
    for line in table:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def surroundings(folder: Path) -> dict[str, Any]:
    """The machine, as far as it matters: cores, load before the run, and what an fsync takes."""
    return {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "fsync_ms": round(_fsync_ms(folder), 3),
    }


def _fsync_ms(folder: Path) -> float:
    times = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(40):
            file.write(b"x" * 8192)
            file.flush()
            begun = time.perf_counter()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def write(name: str, found: dict[str, Any]) -> Path:
    """The whole of it as JSON, every round with it."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}-{name}.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return path
