"""Settings that only the plugins can judge, refused before anything starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.platform.telemetry import get_logger
from app.settings import DEFAULT_STORAGE, PLUGIN_PREFIX, Settings, unknown_variable
from node_registry import DirectorError

if TYPE_CHECKING:
    from app.platform.plugins import Plugins

WRONG = "plugin.settings: "

log = get_logger(__name__)


async def check_plugin_settings(
    settings: Settings, environ: Mapping[str, str] | None = None
) -> None:
    """Refuse a storage that cannot be used, and variables that no plugin reads or can take.

    Plugins are loaded only where there is something to judge. Raises `storage.…`,
    `settings.unknown` and `plugin.settings`.
    """
    environ = os.environ if environ is None else environ
    if settings.storage == DEFAULT_STORAGE and not _variables(environ):
        return
    from app.platform.plugins import load_plugins

    plugins = load_plugins("api", environ=environ)
    check_loaded_plugins(settings, plugins, environ)
    if settings.storage != DEFAULT_STORAGE:
        # A server may refuse the key: said before the studio's own are started. One that is away
        # is waited for by the running studio, which keeps what it makes until then.
        storage = plugins.storages[settings.storage].factory(settings.home)
        try:
            await storage.open()
        except DirectorError as error:
            if error.code != "storage.unreachable":
                raise
            log.warning(
                "storage.away", error=str(error), kept="in the data folder until it is back"
            )
        finally:
            await storage.close()


def check_loaded_plugins(
    settings: Settings, plugins: Plugins, environ: Mapping[str, str] | None = None
) -> None:
    """The same, where the plugins are loaded already."""
    environ = os.environ if environ is None else environ
    for report in plugins.reports:
        for error in report.errors:
            if error.startswith(WRONG):
                raise DirectorError(
                    "plugin.settings", f"The plugin {report.name}: {error.removeprefix(WRONG)}"
                )
    known = {_prefix(report.name): report for report in plugins.reports}
    for variable in _variables(environ):
        prefix = next((one for one in known if variable.startswith(one)), None)
        if prefix is None:
            raise unknown_variable(variable, PLUGIN_PREFIX, known)
        # What a plugin reads that could not be loaded, nobody knows.
        if known[prefix].state != "failed" and variable not in known[prefix].settings:
            raise unknown_variable(variable, prefix, known[prefix].settings)
    check_storage(settings, plugins)


def check_storage(settings: Settings, plugins: Plugins) -> None:
    """Refuse a storage that no plugin brings, with those there are. Raises `storage.unknown`."""
    if settings.storage not in plugins.storages:
        known = " or ".join(f"`{name}`" for name in sorted(plugins.storages)) or "nothing"
        raise DirectorError(
            "storage.unknown",
            f"DIRECTOR_STORAGE is {settings.storage!r}; it has to be {known}.",
            hint="Correct DIRECTOR_STORAGE, or install the plugin; see `director plugins`.",
        )


def _variables(environ: Mapping[str, str]) -> list[str]:
    return sorted(name for name in environ if name.startswith(PLUGIN_PREFIX))


def _prefix(plugin: str) -> str:
    return f"{PLUGIN_PREFIX}{plugin.upper().replace('-', '_')}__"
