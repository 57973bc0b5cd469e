"""Catalogs at the loader: what files bring joins the rest, and a bad one costs only itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from app.platform.plugins import Plugins, load_plugins
from node_registry import (
    CatalogEntry,
    CatalogProblem,
    CatalogSpec,
    DirectorError,
    NodeType,
    hookimpl,
)

MODULE = "catalogs_of_a_test"


def entry(node: str, source: str = "one.yaml") -> CatalogEntry:
    node_type = NodeType(id=node, title=node, category="Acme")
    return CatalogEntry(digest="0" * 64, source_name=source, node_type=node_type)


def no_disk() -> list[CatalogEntry]:
    raise DirectorError("acme.no_folder", "There is no folder.", hint="Make one.")


@pytest.fixture
def plugin() -> Iterator[ModuleType]:
    module = sys.modules[MODULE] = ModuleType(MODULE)
    yield module
    del sys.modules[MODULE]


def load(plugin: ModuleType, *specs: CatalogSpec) -> Plugins:
    @hookimpl
    def register_node_types() -> list[NodeType]:
        return [NodeType(id="acme.coded", title="Coded", category="Acme")]

    @hookimpl
    def register_catalogs() -> list[CatalogSpec]:
        return list(specs)

    vars(plugin).update(
        register_node_types=register_node_types, register_catalogs=register_catalogs
    )
    point = EntryPoint(name="acme", value=MODULE, group="director.plugins")
    return load_plugins("api", points=[point], environ={})


def test_what_a_catalog_brings_joins_the_other_node_types(plugin: ModuleType) -> None:
    found = entry("acme.found")
    plugins = load(plugin, CatalogSpec(name="a", title="A", load=lambda: [found]))
    (report,) = plugins.reports
    assert report.state == "loaded", report.errors
    assert report.node_types == ["acme.coded", "acme.found"]
    assert plugins.node_types["acme.found"] is found.node_type
    assert plugins.catalog_entries == {"acme.found": found}


def test_what_cannot_be_used_is_told_with_its_file(plugin: ModuleType) -> None:
    problem = CatalogProblem(source_name="two.yaml", message="It is empty.", hint="Fill it.")
    found = [problem, entry("acme.coded", "three.yaml"), entry("acme.found")]
    plugins = load(
        plugin,
        CatalogSpec(name="gone", title="Gone", load=no_disk),
        CatalogSpec(name="a", title="A", load=lambda: found),
    )
    (report,) = plugins.reports
    assert report.state == "partial"
    assert report.errors == [
        "Gone: acme.no_folder: There is no folder. Make one.",
        "two.yaml: It is empty. Fill it.",
        "three.yaml: there is a node 'acme.coded' already.",
    ]
    assert report.node_types == ["acme.coded", "acme.found"]
    assert list(plugins.catalog_entries) == ["acme.found"]


def test_the_manifests_of_an_operator_stand_on_the_canvas(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "examples/functions"
    variable = "DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS"
    plugins = load_plugins("api", strict=True, environ={variable: str(folder)})
    report = next(report for report in plugins.reports if report.name == "function_runner")
    assert report.state == "loaded", report.errors
    assert "function.omnigen2" in plugins.node_types
    # The registry compiles each form, and so refuses one that it could not draw.
    from app.graph import Registry, availability

    registry = Registry(
        plugins.node_types.values(), plugins.socket_types.values(), plugins.converters
    )
    for name in report.node_types:
        assert registry.fields(name) is not None
        found = availability(plugins.node_types[name], plugins.backends.values())
        runs = name not in ("function.dreamo", "function.loraedit")
        assert (found is None) == runs, "what cannot be run says why, on its node"


def test_a_catalog_is_read_again_when_its_source_has_changed(plugin: ModuleType) -> None:
    files = {"one.yaml": "acme.one"}

    def read() -> list[CatalogEntry | CatalogProblem]:
        bad = CatalogProblem(source_name="bad.yaml", message="It is empty.")
        return [bad if node == "bad" else entry(node, source) for source, node in files.items()]

    spec = CatalogSpec(name="a", title="A", load=read, stamp=lambda: tuple(files.items()))
    plugins = load(plugin, spec)
    (report,) = plugins.reports
    assert plugins.refresh_catalogs() == set()
    before = plugins.node_types

    files["two.yaml"] = "acme.two"
    assert plugins.refresh_catalogs() == {"acme.two"}
    assert report.node_types == ["acme.coded", "acme.one", "acme.two"]
    assert "acme.two" not in before, "whoever looks at the old ones sees them as they were"

    del files["one.yaml"]
    files["two.yaml"] = "bad"
    assert plugins.refresh_catalogs() == {"acme.one", "acme.two"}
    assert list(plugins.node_types) == ["acme.coded"]
    assert (report.state, report.errors) == ("partial", ["bad.yaml: It is empty."])

    del files["two.yaml"]
    assert plugins.refresh_catalogs() == set()
    assert (report.state, report.errors) == ("loaded", [])
