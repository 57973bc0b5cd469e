"""Loads plugins by their entry points, one by one: a plugin that fails is reported, never fatal."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from operator import attrgetter
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
    DerivativeSpec,
    DirectorError,
    ExporterSpec,
    HealthCheck,
    NodeType,
    PipelineFormat,
    ProbeSpec,
    SegmentSpec,
    SocketType,
    StorageSpec,
    VersionControlSpec,
)
from node_registry import hooks as hookspecs

from .telemetry import get_logger

log = get_logger(__name__)

ProcessKind = Literal["api", "worker"]

# By what each kind of thing that a plugin brings is known.
_ID, _NAME, _ENDS = attrgetter("id"), attrgetter("name"), "{0.source}>{0.target}".format


class PluginReport(msgspec.Struct, kw_only=True):
    """What became of one plugin: what it brought, by name, or why it could not be loaded.

    `settings` are the environment variables that it reads, `converters` written `Text>Number`.
    """

    name: str
    distribution: str = ""
    version: str = ""
    state: Literal["loaded", "partial", "failed"] = "loaded"
    errors: list[str] = []
    settings: list[str] = []
    socket_types: list[str] = []
    converters: list[str] = []
    node_types: list[str] = []
    catalogs: list[str] = []
    backends: list[str] = []
    pipeline_formats: list[str] = []
    storages: list[str] = []
    version_control: list[str] = []
    exporters: list[str] = []
    probes: list[str] = []
    derivatives: list[str] = []
    segments: list[str] = []
    health_checks: list[str] = []

    def brings(self) -> list[str]:
        """How much of each kind it brings, for people: `["2 node types", "1 backend"]`."""
        counts = [(len(getattr(self, field)), words) for field, words in KINDS.items()]
        return [f"{n} {words[n != 1]}" for n, words in counts if n]


# The kinds of things that a plugin brings: the report's field, and what one and several are called.
KINDS = {
    "settings": ("setting", "settings"),
    "socket_types": ("socket type", "socket types"),
    "converters": ("converter", "converters"),
    "node_types": ("node type", "node types"),
    "catalogs": ("catalog", "catalogs"),
    "backends": ("backend", "backends"),
    "pipeline_formats": ("pipeline format", "pipeline formats"),
    "storages": ("storage", "storages"),
    "version_control": ("version control", "version controls"),
    "exporters": ("exporter", "exporters"),
    "probes": ("probe", "probes"),
    "derivatives": ("derivative", "derivatives"),
    "segments": ("maker of segments", "makers of segments"),
    "health_checks": ("health check", "health checks"),
}


class CatalogSource:
    """A catalog of a plugin, and what it has brought: read at the start, and when it changed."""

    def __init__(self, spec: CatalogSpec, report: PluginReport) -> None:
        self._spec = spec
        self._report = report
        self._stamp: object = None
        self._brought: list[str] = []
        self._errors: list[str] = []

    def has_changed(self) -> bool:
        """Whether its source is in another state than when it was read."""
        if self._spec.stamp is None:
            return False
        try:
            return self._spec.stamp() != self._stamp
        except Exception as error:  # noqa: BLE001 - a catalog that raises costs nothing but itself
            log.warning("plugin.catalog_stamp", catalog=self._spec.name, error=_sentence(error))
            return False

    def read(self, plugins: Plugins) -> None:
        """Put its node types to the others, in place of those that it brought before.

        What cannot be used is told in the plugin's report, with its source.
        """
        found: list[CatalogEntry | CatalogProblem] = []
        errors: list[str] = []
        try:
            # Before it is read: what changes meanwhile is read the next time.
            self._stamp = self._spec.stamp() if self._spec.stamp else None
            found = list(self._spec.load())
        except Exception as error:  # noqa: BLE001 - a catalog that raises loses its own nodes only
            errors.append(f"{self._spec.title}: {_sentence(error)}")
        types = {id: t for id, t in plugins.node_types.items() if id not in self._brought}
        entries = {id: e for id, e in plugins.catalog_entries.items() if id not in self._brought}
        brought: list[str] = []
        for entry in found:
            if isinstance(entry, CatalogProblem):
                errors.append(f"{entry.source_name}: {entry.message} {entry.hint}".strip())
            elif entry.node_type.id in types:
                errors.append(
                    f"{entry.source_name}: there is a node {entry.node_type.id!r} already."
                )
            else:
                types[entry.node_type.id] = entry.node_type
                entries[entry.node_type.id] = entry
                brought.append(entry.node_type.id)
        # Whoever reads meanwhile sees all of the old or all of the new.
        plugins.node_types, plugins.catalog_entries = types, entries
        self._tell(brought, errors)

    def _tell(self, brought: list[str], errors: list[str]) -> None:
        report = self._report
        others = [id for id in report.node_types if id not in self._brought]
        report.node_types = [*others, *brought]
        report.errors = [error for error in report.errors if error not in self._errors] + errors
        if report.state != "failed":
            report.state = "partial" if report.errors else "loaded"
        self._brought, self._errors = brought, errors
        for error in errors:
            log.warning("plugin.catalog", plugin=report.name, catalog=self._spec.name, error=error)


class Plugins(msgspec.Struct, kw_only=True):
    """All that the loaded plugins bring, and a report of each."""

    reports: list[PluginReport] = []
    socket_types: dict[str, SocketType] = {}
    converters: list[Converter] = []
    node_types: dict[str, NodeType] = {}
    # What each node type that a catalog brought was made from, by the node type's id.
    catalog_entries: dict[str, CatalogEntry] = {}
    backends: dict[str, BackendSpec] = {}
    pipeline_formats: dict[str, PipelineFormat] = {}
    storages: dict[str, StorageSpec] = {}
    version_control: dict[str, VersionControlSpec] = {}
    exporters: dict[str, ExporterSpec] = {}
    probes: dict[str, ProbeSpec] = {}
    derivatives: dict[str, DerivativeSpec] = {}
    segments: dict[str, SegmentSpec] = {}
    health_checks: list[tuple[str, HealthCheck]] = []
    settings: dict[str, Any] = {}
    catalogs: list[CatalogSource] = []

    def refresh_catalogs(self) -> set[str]:
        """Read the catalogs again whose source has changed. Blocks.

        The ids of the node types that came, changed or went.
        """
        before = self.catalog_entries
        for source in self.catalogs:
            if source.has_changed():
                source.read(self)
        both = before.keys() | self.catalog_entries.keys()
        return {id for id in both if before.get(id) != self.catalog_entries.get(id)}

    def backends_of(self, node_type: str) -> list[BackendSpec]:
        """The backends that serve a node type, the preferred one first."""
        serving = [b for b in self.backends.values() if b.can_serve(node_type)]
        return sorted(serving, key=lambda b: (-b.rank, b.name))


def load_plugins(
    process: ProcessKind,
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
            _load_one(point, plugins, report, process, environ)
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
    process: ProcessKind,
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
    settings = _settings(point.name, manager, environ, report)
    plugins.settings[point.name] = settings
    hook = manager.hook
    arguments = {"settings": settings}
    converters: dict[str, Converter] = {}
    catalogs: dict[str, CatalogSpec] = {}
    checks: dict[str, HealthCheck] = {}
    bring = partial(_bring, report)
    bring("socket_types", hook.register_socket_types, plugins.socket_types, key=_ID)
    bring("converters", hook.register_converters, converters, key=_ENDS)
    bring("node_types", partial(hook.register_node_types, **arguments), plugins.node_types, key=_ID)
    bring("catalogs", partial(hook.register_catalogs, **arguments), catalogs)
    for catalog in catalogs.values():
        source = CatalogSource(catalog, report)
        source.read(plugins)
        plugins.catalogs.append(source)
    bring("backends", partial(hook.register_backends, **arguments), plugins.backends)
    formats = partial(hook.register_pipeline_formats, **arguments)
    bring("pipeline_formats", formats, plugins.pipeline_formats)
    bring("storages", partial(hook.register_storages, **arguments), plugins.storages)
    control = partial(hook.register_version_control, **arguments)
    bring("version_control", control, plugins.version_control)
    bring("exporters", partial(hook.register_exporters, **arguments), plugins.exporters)
    bring("probes", partial(hook.register_probes, **arguments), plugins.probes)
    bring("derivatives", partial(hook.register_derivatives, **arguments), plugins.derivatives)
    bring("segments", partial(hook.register_segments, **arguments), plugins.segments)
    bring("health_checks", partial(hook.check_health, **arguments, process=process), checks)
    plugins.converters.extend(converters.values())
    plugins.health_checks.extend((point.name, check) for check in checks.values())


def _bring(
    report: PluginReport,
    kind: str,
    call: Callable[[], list[Iterable[Any]]],
    into: dict[str, Any],
    *,
    key: Callable[[Any], Any] = _NAME,
) -> None:
    """Put what a plugin answers to a hook to the others, by name: who comes first has it."""
    what = KINDS[kind][1]
    try:
        brought = [(key(thing), thing) for answer in call() for thing in answer]
    except Exception as error:  # noqa: BLE001 - a hook that raises loses its own nodes only
        report.state = "partial"
        report.errors.append(f"{what}: {_sentence(error)}")
        log.warning("plugin.hook_failed", plugin=report.name, hook=what, error=_sentence(error))
        return
    for name, thing in brought:
        if name in into:
            report.state = "partial"
            report.errors.append(f"{what}: {name!r} exists already; this one is left out.")
            continue
        into[name] = thing
        getattr(report, kind).append(name)


def _settings(
    name: str, manager: pluggy.PluginManager, environ: Mapping[str, str], report: PluginReport
) -> Any:
    structs = manager.hook.register_settings()
    if not structs:
        return None
    prefix = f"DIRECTOR_PLUGIN_{name.upper().replace('-', '_')}__"
    report.settings = [prefix + field.upper() for field in structs[0].__struct_fields__]
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
