"""What the doctor hears of the functions: which are wrong, and whether anything can run them."""

from __future__ import annotations

import asyncio
import shutil

from node_registry import DirectorError, Health

from .functions import Faulty, read_functions
from .settings import PREFIX, Settings


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


async def runtime(settings: Settings) -> Health:
    """Whether the runtime of the operator's choice is there; not asked while no function is."""
    if not settings.folder().is_dir():
        return Health("not_configured", "There are no functions.")
    if settings.runtime == "venv":
        if not settings.allow_unsandboxed:
            return Health(
                "degraded",
                "The runtime venv isolates nothing, and is not allowed.",
                f"Set {PREFIX}ALLOW_UNSANDBOXED=1 for code that you trust.",
            )
        if shutil.which("uv") is None:
            return Health("degraded", "The program uv is not there.", "Install uv.")
        return Health("ok", "Functions run in environments of uv, which isolates nothing.")
    from .docker_runtime import DockerRuntime

    engine = DockerRuntime(settings.engine, settings.folder())
    try:
        async with asyncio.timeout(4):
            await engine.open()
        return Health("ok", "Functions run in containers.")
    except DirectorError as error:
        return Health("degraded", error.message, error.hint)
    except TimeoutError:
        return Health("degraded", "The Docker engine does not answer.", "Restart it.")
    finally:
        await engine.close()
