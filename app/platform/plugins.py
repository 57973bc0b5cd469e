"""Loads plugins by their entry points, one by one: a plugin that fails is reported, never fatal."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

import msgspec
import pluggy

from node_registry import (
    API_VERSION,
    ENTRY_POINT_GROUP,
    BackendSpec,
    CatalogEntry,
    CatalogProblem,
    CatalogSpec,
    Converter,
    DirectorError,
    ExporterSpec,
    HealthCheck,
    NodeType,
    ProbeSpec,
    SocketType,
    StorageSpec,
    VersionControlSpec,
)
from node_registry import hooks as hookspecs

from .telemetry import get_logger

log = get_logger(__name__)

PluginRole = Literal["api", "worker"]


class PluginReport(msgspec.Struct, kw_only=True):
    """What became of one plugin: what it brought, or why it could not be loaded."""

    name: str
    distribution: str = ""
    version: str = ""
    state: Literal["loaded", "partial", "failed"] = "loaded"
    errors: list[str] = []
    node_types: list[str] = []
    backends: list[str] = []
    storages: list[str] = []
    exporters: list[str] = []


class Plugins(msgspec.Struct, kw_only=True):
    """All that the loaded plugins bring, and a report of each."""

    reports: list[PluginReport] = []
    socket_types: dict[str, SocketType] = {}
    converters: list[Converter] = []
    node_types: dict[str, NodeType] = {}
    # What each node type that a catalog brought was made from, by the node type's id.
    catalog_entries: dict[str, CatalogEntry] = {}
    backends: dict[str, BackendSpec] = {}
    storages: dict[str, StorageSpec] = {}
    version_control: dict[str, VersionControlSpec] = {}
    exporters: dict[str, ExporterSpec] = {}
    probes: dict[str, ProbeSpec] = {}
    health_checks: list[tuple[str, HealthCheck]] = []
    settings: dict[str, Any] = {}

    def backends_of(self, node_type: str) -> list[BackendSpec]:
        """The backends that serve a node type, the preferred one first."""
        serving = [b for b in self.backends.values() if node_type in b.serves]
        return sorted(serving, key=lambda b: (-b.rank, b.name))


def load_plugins(
    role: PluginRole,
    *,
    strict: bool = False,
    points: Iterable[EntryPoint] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Plugins:
    """Load every installed plugin. With `strict`, the first failure is raised (for tests)."""
    environ = os.environ if environ is None else environ
    plugins = Plugins()
    found = entry_points(group=ENTRY_POINT_GROUP) if points is None else points
    # The studio's own vocabulary first: other plugins may build on its types.
    for point in sorted(found, key=lambda p: (not p.value.startswith("app."), p.name)):
        report = PluginReport(name=point.name)
        if point.dist is not None:
            report.distribution = point.dist.name
            report.version = point.dist.version
        plugins.reports.append(report)
        try:
            _load_one(point, plugins, report, role, environ)
        except (Exception, SystemExit) as error:
            if strict:
                raise
            report.state = "failed"
            report.errors.append(_sentence(error))
            log.warning("plugin.failed", plugin=point.name, error=_sentence(error))
    return plugins


def _load_one(
    point: EntryPoint,
    plugins: Plugins,
    report: PluginReport,
    role: PluginRole,
    environ: Mapping[str, str],
) -> None:
    module = point.load()
    wanted = getattr(module, "director_api", API_VERSION)
    if wanted != API_VERSION:
        raise DirectorError(
            "plugin.api_version",
            f"It was made for version {wanted} of the plugin contract; this is {API_VERSION}.",
            hint="Install a release of the plugin that fits, or another release of the studio.",
        )
    # A manager for each plugin, so that one that raises loses only its own contributions.
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(module, name=point.name)
    manager.check_pending()
    settings = _settings(point.name, manager, environ)
    plugins.settings[point.name] = settings
    hook = manager.hook

    def collect(
        call: Callable[[], list[Iterable[Any]]],
        key: Callable[[Any], str],
        into: dict[str, Any],
        names: list[str] | None,
        what: str,
    ) -> None:
        try:
            brought = [(key(thing), thing) for answer in call() for thing in answer]
        except Exception as error:  # noqa: BLE001 - a hook that raises loses its own nodes only
            report.state = "partial"
            report.errors.append(f"{what}: {_sentence(error)}")
            log.warning("plugin.hook_failed", plugin=point.name, hook=what, error=_sentence(error))
            return
        for name, thing in brought:
            if name in into:
                report.state = "partial"
                report.errors.append(f"{what}: {name!r} exists already; this one is left out.")
                continue
            into[name] = thing
            if names is not None:
                names.append(name)

    converters: dict[str, Converter] = {}
    checks: dict[str, HealthCheck] = {}
    collect(hook.register_socket_types, lambda t: t.id, plugins.socket_types, None, "socket types")
    collect(
        hook.register_converters, lambda c: f"{c.source}>{c.target}", converters, None, "converters"
    )
    collect(
        lambda: hook.register_node_types(settings=settings),
        lambda t: t.id,
        plugins.node_types,
        report.node_types,
        "node types",
    )
    catalogs: dict[str, CatalogSpec] = {}
    collect(
        lambda: hook.register_catalogs(settings=settings),
        lambda c: c.name,
        catalogs,
        None,
        "catalogs",
    )
    for catalog in catalogs.values():
        _read_catalog(catalog, plugins, report)
    collect(
        lambda: hook.register_backends(settings=settings),
        lambda b: b.name,
        plugins.backends,
        report.backends,
        "backends",
    )
    collect(
        lambda: hook.register_storages(settings=settings),
        lambda s: s.name,
        plugins.storages,
        report.storages,
        "storages",
    )
    collect(
        lambda: hook.register_version_control(settings=settings),
        lambda v: v.name,
        plugins.version_control,
        None,
        "version control",
    )
    collect(
        lambda: hook.register_exporters(settings=settings),
        lambda e: e.name,
        plugins.exporters,
        report.exporters,
        "exporters",
    )
    collect(
        lambda: hook.register_probes(settings=settings),
        lambda p: p.name,
        plugins.probes,
        None,
        "probes",
    )
    collect(
        lambda: hook.check_health(settings=settings, role=role),
        lambda c: c.name,
        checks,
        None,
        "health checks",
    )
    plugins.converters.extend(converters.values())
    plugins.health_checks.extend((point.name, check) for check in checks.values())


def _read_catalog(catalog: CatalogSpec, plugins: Plugins, report: PluginReport) -> None:
    """Put a catalog's node types to the others; what cannot be used is told with its source."""
    errors: list[str] = []
    try:
        found = list(catalog.load())
    except Exception as error:  # noqa: BLE001 - a catalog that raises loses its own nodes only
        found = []
        errors.append(f"{catalog.title}: {_sentence(error)}")
    for entry in found:
        if isinstance(entry, CatalogProblem):
            errors.append(f"{entry.source_name}: {entry.message} {entry.hint}".strip())
        elif entry.node_type.id in plugins.node_types:
            errors.append(f"{entry.source_name}: there is a node {entry.node_type.id!r} already.")
        else:
            plugins.node_types[entry.node_type.id] = entry.node_type
            plugins.catalog_entries[entry.node_type.id] = entry
            report.node_types.append(entry.node_type.id)
    for error in errors:
        report.state = "partial"
        report.errors.append(error)
        log.warning("plugin.catalog", plugin=report.name, catalog=catalog.name, error=error)


def _settings(name: str, manager: pluggy.PluginManager, environ: Mapping[str, str]) -> Any:
    structs = manager.hook.register_settings()
    if not structs:
        return None
    prefix = f"DIRECTOR_PLUGIN_{name.upper().replace('-', '_')}__"
    values = {
        key[len(prefix) :].lower(): value
        for key, value in environ.items()
        if key.startswith(prefix) and value
    }
    try:
        return msgspec.convert(values, structs[0], strict=False)
    except msgspec.ValidationError as error:
        raise DirectorError(
            "plugin.settings", f"Its settings are wrong: {error}.", hint=f"Check {prefix}…"
        ) from error


def _sentence(error: BaseException) -> str:
    if isinstance(error, DirectorError):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    where = f" (line {frame.lineno} of {frame.name})" if frame else ""
    return f"{type(error).__name__}: {error}{where}"
