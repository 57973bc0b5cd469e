"""What the doctor hears of the functions: how many there are, and what is wrong with which."""

from __future__ import annotations

import asyncio

from node_registry import DirectorError, Health

from .functions import Faulty, read_functions
from .settings import Settings


async def manifests(settings: Settings) -> Health:
    """Read the folder again, as it is now."""
    if not settings.manifests and not settings.folder().is_dir():
        return Health(
            "not_configured", "There are no functions.", "`director functions add` brings one."
        )
    try:
        found = await asyncio.to_thread(read_functions, settings.folder())
    except DirectorError as error:
        # The studio works without functions, so that nothing of it has failed.
        return Health("degraded", error.message, error.hint)
    problems = [entry for entry in found if isinstance(entry, Faulty)]
    count = len(found) - len(problems)
    if problems:
        first = problems[0]
        more = f" {len(problems) - 1} more cannot be used." if len(problems) > 1 else ""
        return Health("degraded", f"{first.source_name}: {first.message}{more}", first.hint)
    return Health("ok", f"{count} function{'' if count == 1 else 's'}.")
