"""All checks side by side: each has its time, and one that breaks is a finding of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable

import msgspec

from app.platform.plugins import PluginReport, Plugins
from app.settings import Settings
from node_registry import DirectorError, Health, HealthCheck, HealthState

from ..plugin_settings import check_loaded_plugins
from . import cards, collector, machine, servers

# A plugin's check answers within five seconds; the servers' may have to recover first.
PLUGIN_PATIENCE = 5.0
PATIENCE = 30.0


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """How one part is, what was seen, and what to do when it is not well."""

    part: str
    state: HealthState
    message: str
    remedy: str = ""


async def diagnose(
    settings: Settings,
    checks: Iterable[tuple[str, HealthCheck]] = (),
    reports: Iterable[PluginReport] = (),
    *,
    plugins: Plugins | None = None,
) -> list[Diagnosis]:
    """Examine the machine, the servers and the plugins (name, check). Raises nothing.

    A plugin that is not loaded cannot say what it misses: its report does. With `plugins`, all of
    them, the variables are judged that only they know.

    Changes nothing that a running studio uses; without one it starts the servers for a moment.
    """
    # Both servers' trials need the studio's lock: one after the other.
    trial = asyncio.Lock()
    work: list[tuple[str, Awaitable[Health], float]] = [
        ("Python", machine.python(), PATIENCE),
        ("data folder", machine.home(settings.home), PATIENCE),
        ("disk", machine.disk(settings.home), PATIENCE),
        ("clock", machine.clock(), PATIENCE),
        ("PostgreSQL", servers.postgres(settings, trial), PATIENCE),
        ("Valkey", servers.valkey(settings, trial), PATIENCE),
        ("address", servers.address(settings), PATIENCE),
        ("GPU", cards.gpus(), PATIENCE),
        ("traces", collector.collector(settings), PATIENCE),
    ]
    if plugins is not None:
        work.insert(0, ("settings", _settings(settings, plugins), PATIENCE))
        checks, reports = plugins.health_checks, plugins.reports
    for plugin, check in checks:
        work.append((f"{plugin}: {check.name}", _run(check), PLUGIN_PATIENCE))
    found = list(await asyncio.gather(*(_examine(*part) for part in work)))
    return [*found, *(_of_report(report) for report in reports if report.state != "loaded")]


def worst(diagnoses: Iterable[Diagnosis]) -> HealthState:
    """The state of the whole: that of its worst part."""
    # A part that is not used here makes nothing worse.
    states = {diagnosis.state for diagnosis in diagnoses}
    return "failed" if "failed" in states else "degraded" if "degraded" in states else "ok"


def _of_report(report: PluginReport) -> Diagnosis:
    return Diagnosis(
        part=f"plugin {report.name}",
        # The studio works without any one plugin, but not all of it.
        state="degraded",
        message=" ".join(report.errors) or "It is not loaded.",
        remedy="See `director plugins`; mend the plugin, or remove it.",
    )


async def _settings(settings: Settings, plugins: Plugins) -> Health:
    check_loaded_plugins(settings, plugins)
    return Health(state="ok", message="Every variable is read, and can be what it is.")


async def _run(check: HealthCheck) -> Health:
    return await check.run()


async def _examine(part: str, work: Awaitable[Health], patience: float) -> Diagnosis:
    try:
        health = await asyncio.wait_for(work, patience)
    except TimeoutError:
        health = Health(
            state="failed",
            message=f"It did not answer within {patience:.0f} s.",
            remedy="Look at what it waits for: the network, a full disk, a hanging driver.",
        )
    except DirectorError as error:
        health = Health(state="failed", message=error.message, remedy=error.hint)
    except Exception as error:  # noqa: BLE001 - whatever a check raises is what it has found
        health = Health(
            state="failed",
            message=f"The check itself failed: {type(error).__name__}: {error}",
            remedy="Report this with the text.",
        )
    return Diagnosis(part=part, state=health.state, message=health.message, remedy=health.remedy)
