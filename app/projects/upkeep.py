"""What is done now and then with the repositories of all projects, deleted ones among them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.telemetry import get_logger
from node_registry import DirectorError

from .folders import folders

log = get_logger(__name__)


async def committed_media() -> set[str]:
    """The digests of all media that a commit of any project names, also of deleted projects that
    can be restored yet."""
    found: set[str] = set()
    for folder in await _repositories():
        found |= await folders().vcs.media_digests(folder)
    return found


async def tidy_repositories(keep: timedelta) -> int:
    """Pack the repositories of all projects, and prune what nothing has reached for so long.

    One at a time; how many bytes were freed. One that cannot be tidied now is left as it is.
    """
    freed = 0
    for folder in await _repositories():
        try:
            freed += await folders().vcs.tidy(folder, keep=keep) or 0
        except DirectorError as error:
            log.warning("repository.not_tidied", project=folder.name, error=str(error))
    return freed


async def _repositories() -> list[Path]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch("SELECT folder FROM projects ORDER BY id")
    places = [folders().workspace / "Projects" / row["folder"] for row in rows]
    # Not there: then nothing of it is named.
    return [place for place in places if await run_blocking((place / ".git").is_dir)]
