"""How long a new project takes: `python benchmarks/creation.py [--projects 40] [--at-once 4]`.

A studio of its own, on an empty data folder, makes projects over its API, one after the other and
then several at once under one title: folder, repository, first commit and rows. Printed are medians
and 95th percentiles, beside what stock git alone needs for a repository with as many files.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import httpx

from app.processes.listening import free_port
from app.processes.studio import running
from app.projects import TRACKED
from app.settings import Settings


async def make(client: httpx.AsyncClient, title: str) -> float:
    begun = time.perf_counter()
    (await client.post("/projects", json={"title": title})).raise_for_status()
    return time.perf_counter() - begun


def bare(folder: Path) -> float:
    """`git init`, the files of a new project, `git add`, `git commit`; in seconds."""
    begun = time.perf_counter()
    for leaf in TRACKED:
        (folder / leaf).mkdir(parents=True)
        (folder / leaf / ".gitkeep").touch()
    for name in ("project.json", ".gitignore", ".gitattributes"):
        (folder / name).write_text("{}\n")
    who = ["-c", "user.name=Ina", "-c", "user.email=ina@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "Create"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return time.perf_counter() - begun


async def measure(projects: int, at_once: int, folder: Path) -> dict[str, list[float]]:
    settings = Settings(home=folder / "home", port=free_port(), workers=0)
    took: dict[str, list[float]] = {"one by one": [], f"{at_once} at once": [], "stock git": []}
    async with running(settings) as studio:
        headers = {"Authorization": f"Bearer {studio.address.token}"}
        base = f"{studio.address.url}/api/v1"
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
            for number in range(projects):
                took["one by one"].append(await make(client, f"Project {number}"))
                place = folder / f"bare-{number}"
                place.mkdir()
                took["stock git"].append(await asyncio.to_thread(bare, place))
            for _ in range(max(1, projects // at_once)):
                made = await asyncio.gather(*(make(client, "Twins") for _ in range(at_once)))
                took[f"{at_once} at once"] += made
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--projects", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="director-creation-") as folder:
        took = asyncio.run(measure(options.projects, options.at_once, Path(folder)))
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, seconds in took.items():
        parts = statistics.quantiles(seconds, n=20, method="inclusive")
        print(f"{1000 * parts[9]:8.0f} {1000 * parts[18]:8.0f} ms  {name}")


if __name__ == "__main__":
    main()
