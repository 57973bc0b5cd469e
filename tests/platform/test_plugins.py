"""The plugin loader: a plugin that is wrong in any way is reported, and loses only its own."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import msgspec
import pytest

from app.platform.plugins import KINDS, PluginReport, Plugins, load_plugins
from node_registry import (
    API_VERSION,
    BackendSpec,
    CatalogSpec,
    Converter,
    ExporterSpec,
    Health,
    HealthCheck,
    Needs,
    NodeType,
    PipelineFormat,
    PipelineSummary,
    ProbeSpec,
    SocketType,
    StorageSpec,
    VersionControlSpec,
    hookimpl,
    hooks,
)

GROUP = "director.plugins"


def node(name: str) -> NodeType:
    return NodeType(id=f"test.{name}", title=name.title(), category="test")


@pytest.fixture
def install(monkeypatch):
    points: list[EntryPoint] = []

    def make(name: str, **attributes) -> None:
        module = ModuleType(f"plugin_{name}")
        for key, value in attributes.items():
            setattr(module, key, value)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        points.append(EntryPoint(name, module.__name__, GROUP))

    make.points = points
    return make


def nodes(*found):
    @hookimpl
    def register_node_types(settings):
        return list(found)

    return register_node_types


def load(install, environ=None) -> tuple[Plugins, dict[str, PluginReport]]:
    plugins = load_plugins("api", points=install.points, environ=environ or {})
    return plugins, {report.name: report for report in plugins.reports}


def raising(error: BaseException):
    @hookimpl
    def register_backends(settings):
        raise error

    return register_backends


def test_a_plugin_that_cannot_be_imported_is_reported_and_others_load(install) -> None:
    install.points.append(EntryPoint("gone", "no_such_module_anywhere", GROUP))
    install("good", register_node_types=nodes(node("a")))
    plugins, reports = load(install)
    assert reports["gone"].state == "failed"
    assert "no_such_module_anywhere" in reports["gone"].errors[0]
    assert set(plugins.node_types) == {"test.a"}
    assert reports["good"].node_types == ["test.a"]


def test_a_plugin_that_ends_the_program_when_imported_does_not_end_it(
    install, tmp_path, monkeypatch
) -> None:
    (tmp_path / "quitting_plugin.py").write_text("import sys\nsys.exit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    install.points.append(EntryPoint("quitting", "quitting_plugin", GROUP))
    install("good", register_node_types=nodes(node("a")))
    plugins, reports = load(install)
    assert reports["quitting"].state == "failed"
    assert "SystemExit" in reports["quitting"].errors[0]
    assert "test.a" in plugins.node_types


def test_a_hook_that_raises_loses_only_its_own(install) -> None:
    install("half", register_node_types=nodes(node("a")), register_backends=raising(OSError("x")))
    plugins, reports = load(install)
    assert reports["half"].state == "partial"
    assert reports["half"].errors[0].startswith("backends: OSError: x")
    assert "test.a" in plugins.node_types


def test_a_hook_that_returns_what_it_should_not_loses_only_its_own(install) -> None:
    @hookimpl
    def register_backends(settings):
        return ["a name"]

    install("odd", register_node_types=nodes(node("a")), register_backends=register_backends)
    plugins, reports = load(install)
    assert reports["odd"].state == "partial"
    assert "test.a" in plugins.node_types
    assert plugins.backends == {}


def test_of_two_equal_ids_the_first_stays(install) -> None:
    first, second = node("a"), node("a")
    install("one", register_node_types=nodes(first))
    install("two", register_node_types=nodes(second, node("b")))
    plugins, reports = load(install)
    assert plugins.node_types["test.a"] is first
    assert "test.b" in plugins.node_types
    assert reports["one"].state == "loaded"
    assert reports["two"].state == "partial"
    assert "'test.a' exists already" in reports["two"].errors[0]
    assert reports["two"].node_types == ["test.b"]


def test_a_plugin_of_another_contract_is_not_loaded(install) -> None:
    install("old", director_api=API_VERSION + 1, register_node_types=nodes(node("a")))
    plugins, reports = load(install)
    assert reports["old"].state == "failed"
    assert "plugin.api_version" in reports["old"].errors[0]
    assert plugins.node_types == {}


def test_wrong_settings_name_the_variables(install) -> None:
    class Settings(msgspec.Struct):
        size: int = 1

    @hookimpl
    def register_settings():
        return Settings

    install("sized", register_settings=register_settings, register_node_types=nodes(node("a")))
    plugins, reports = load(install, {"DIRECTOR_PLUGIN_SIZED__SIZE": "wide"})
    assert reports["sized"].state == "failed"
    assert "DIRECTOR_PLUGIN_SIZED__" in reports["sized"].errors[0]
    plugins, reports = load(install, {"DIRECTOR_PLUGIN_SIZED__SIZE": "3"})
    assert reports["sized"].state == "loaded"
    assert plugins.settings["sized"].size == 3


def test_strict_loading_raises_the_first_failure(install) -> None:
    install.points.append(EntryPoint("gone", "no_such_module_anywhere", GROUP))
    with pytest.raises(ImportError):
        load_plugins("api", points=install.points, environ={}, strict=True)


def test_each_kind_that_a_hook_brings_is_counted() -> None:
    kinds = {
        name.removeprefix("register_").replace("check_health", "health_checks")
        for name in vars(hooks)
        if name.startswith(("register_", "check_"))
    }
    assert kinds == set(KINDS)


def test_a_report_counts_everything_that_a_plugin_brings(install) -> None:
    class Settings(msgspec.Struct):
        size: int = 1
        address: str = ""

    async def fine() -> Health:
        return Health("ok", "It is there.")

    brought = {
        "register_socket_types": [SocketType(id="all.type", title="Type", color="#ffffff")],
        "register_converters": [Converter(source="Text", target="all.type", convert=str)],
        "register_node_types": [node("one"), node("two")],
        "register_catalogs": [CatalogSpec(name="all", title="All", load=list)],
        "register_backends": [
            BackendSpec(
                name="all.run",
                version="1",
                serves=("test.one",),
                factory=object,
                estimate=lambda request, capabilities: Needs(),
            )
        ],
        "register_pipeline_formats": [
            PipelineFormat(
                name="all",
                title="All",
                backend="all",
                suggest=lambda content, title: {},
                read=lambda template: PipelineSummary(title="All"),
            )
        ],
        "register_storages": [StorageSpec(name="all", title="All", factory=lambda home: None)],
        "register_version_control": [
            VersionControlSpec(name="all", factory=object),
        ],
        "register_exporters": [
            ExporterSpec(
                name="all",
                title="All",
                extension="all",
                media_type="text/plain",
                write=lambda timeline, title: b"",
            )
        ],
        "register_probes": [ProbeSpec(name="all", media_types=("text/plain",), probe=lambda p: {})],
        "check_health": [HealthCheck(name="all", run=fine)],
    }

    def hook(things):
        return hookimpl(lambda: things)

    answers = {name: hook(things) for name, things in brought.items()}
    install("all", register_settings=hook(Settings), **answers)
    _, reports = load(install)
    report = reports["all"]
    assert report.errors == []
    assert report.settings == ["DIRECTOR_PLUGIN_ALL__SIZE", "DIRECTOR_PLUGIN_ALL__ADDRESS"]
    assert report.converters == ["Text>all.type"]
    assert report.brings() == [
        "2 settings",
        "1 socket type",
        "1 converter",
        "2 node types",
        "1 catalog",
        "1 backend",
        "1 pipeline format",
        "1 storage",
        "1 version control",
        "1 exporter",
        "1 probe",
        "1 health check",
    ]
