"""What the doctor hears of git: whether it is there and new enough, and whether git-lfs is."""

from __future__ import annotations

import asyncio
import re

from node_registry import Health

from .program import environment, missing

OLDEST = (2, 25)
WITHIN = 4.0


async def git() -> Health:
    """Git itself, which keeps the projects' history."""
    if missing():
        return Health(
            "failed",
            "There is no git: projects cannot be made.",
            "Install git (Debian: apt-get install git).",
        )
    said = await _ask("git", "--version")
    found = re.search(r"(\d{1,9})\.(\d{1,9})", said or "")
    if not said or not found:
        return Health("failed", "Git does not run.", "Run `git --version` to see why.")
    if tuple(map(int, found.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Health(
            "failed", f"{said} is too old: projects need git {oldest}.", "Install a newer git."
        )
    return Health("ok", f"{said}.")


async def git_lfs() -> Health:
    """Git LFS, which the studio does not need and people do."""
    said = await _ask("git", "lfs", "version")
    if said:
        return Health("ok", f"{said.split()[0]}.")
    return Health(
        "not_configured",
        "Not installed, and the studio needs none; whoever clones a project on this machine gets "
        "pointer files in place of pictures, sound and video.",
        "Install git-lfs if you clone projects (Debian: apt-get install git-lfs).",
    )


async def _ask(*argv: str) -> str | None:
    """The first line that a program prints, or None when it fails or takes too long."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(WITHIN):
            printed, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
    lines = printed.decode(errors="replace").strip().splitlines()
    return lines[0][:120] if process.returncode == 0 and lines else None
