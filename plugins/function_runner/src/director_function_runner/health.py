"""What the doctor hears of the manifests: how many there are, and what is wrong with which."""

from __future__ import annotations

import asyncio

from node_registry import CatalogProblem, DirectorError, Health

from .settings import Settings

VARIABLE = "DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS"


async def manifests(settings: Settings) -> Health:
    """Read the folder again, as it is now."""
    if not settings.manifests:
        return Health(
            "not_configured",
            "No folder is set.",
            f"Set {VARIABLE} to a folder of manifests to use it.",
        )
    from .catalog import read_folder

    try:
        found = await asyncio.to_thread(read_folder, settings.manifests)
    except DirectorError as error:
        # The studio works without functions, so that nothing of it has failed.
        return Health("degraded", error.message, error.hint)
    problems = [entry for entry in found if isinstance(entry, CatalogProblem)]
    count = len(found) - len(problems)
    if problems:
        first = problems[0]
        more = f" {len(problems) - 1} more cannot be used." if len(problems) > 1 else ""
        return Health("degraded", f"{first.source_name}: {first.message}{more}", first.hint)
    return Health("ok", f"{count} function{'' if count == 1 else 's'}; none can be run yet.")
