"""Services described by OpenAPI: what becomes a node, what is refused, and a run of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from director_http import http_spec, register_catalogs
from director_http.openapi import read_service
from http_service import PNG, Service, run, service, settings_of
from node_registry.testing import LocalContext

from node_registry import BackendError, CatalogEntry, CatalogProblem, Input, Output, Request

__all__ = ["service"]


def document(url: str) -> dict[str, Any]:
    draw = {
        "operationId": "draw",
        "summary": "Draw a picture",
        "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}
        },
        "responses": {
            "200": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Drawn"}}}
            }
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pictures", "version": "1"},
        "servers": [{"url": url}],
        "paths": {
            "/address": {"post": draw},
            "/file/{size}": {
                "get": {
                    "summary": "A file",
                    "parameters": [
                        {"name": "size", "in": "path", "schema": {"type": "integer", "default": 9}},
                        {"name": "seed", "in": "query", "schema": {"type": "integer"}},
                    ],
                    "responses": {"200": {"content": {"image/png": {}}}},
                }
            },
            "/jobs": {
                "post": {
                    "operationId": "film it",
                    "x-director-output": "image",
                    "x-director-result": "/output/0",
                    "x-director-job": {"status_url": "/urls/get"},
                    "responses": {"201": {"content": {"application/json": {}}}},
                }
            },
            "/people": {"get": {"responses": {"200": {"content": {"application/json": {}}}}}},
        },
        "components": {
            "schemas": {
                "Wish": {
                    "type": "object",
                    "properties": {
                        "prompt": {"type": "string"},
                        "strength": {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1},
                        "style": {"type": "string", "enum": ["ink", "oil"], "default": "ink"},
                        "steps": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                        "init_image": {"type": "string"},
                        "more": {"type": "object"},
                        "loop": {"$ref": "#/components/schemas/Wish"},
                    },
                },
                "Drawn": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "images": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"url": {"type": "string", "format": "uri"}},
                            },
                        },
                    },
                },
            }
        },
    }


def written(folder: Path, content: Any, name: str = "My pictures.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else msgspec.json.encode(content))
    return path


async def test_operations_that_give_pictures_become_nodes(tmp_path: Path) -> None:
    found = read_service(written(tmp_path, document("https://api.example.org/v1")))
    assert sorted(found.operations) == [
        "service.my_pictures_a_file", "service.my_pictures_draw", "service.my_pictures_film_it",
    ]  # fmt: skip
    draw = found.operations["service.my_pictures_draw"]
    assert draw.result.pointer == "/images/0/url"
    assert draw.output == "image"
    assert [one.id for one in draw.node_type.inputs] == ["prompt", "init_image"]
    form = draw.node_type.params["properties"]
    assert list(form) == ["prompt", "strength", "style", "steps"]
    assert form["strength"] == {"type": "number", "default": 0.5, "minimum": 0, "maximum": 1}
    assert form["style"]["enum"] == ["ink", "oil"]
    assert form["steps"]["default"] is None


async def test_a_node_of_a_service_runs(service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "services"
    folder.mkdir()
    written(folder, document(service.url))
    settings = settings_of(service, services=str(folder))
    (catalog,) = register_catalogs(settings)
    entries = {e.node_type.id: e for e in catalog.load() if isinstance(e, CatalogEntry)}
    context = LocalContext(tmp_path)
    picture = Input(node_id="a", media=context.keep(PNG, "image/png"))

    async def made(name: str, params: dict[str, Any], **inputs: Input) -> None:
        request = Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type=f"service.my_pictures_{name}",
            params=params,
            inputs={socket: [one] for socket, one in inputs.items()},
            seed=42,
            catalog_digest=entries[f"service.my_pictures_{name}"].digest,
        )
        events, _ = await run(settings, tmp_path, request)
        assert any(isinstance(event, Output) for event in events)

    await made("draw", {"prompt": "A lamp", "strength": 0.7, "steps": None}, init_image=picture)
    _, path, body, headers = service.asked[0]
    assert path == "/address"
    assert body.pop("init_image").startswith("data:image/png;base64,")
    assert body == {"prompt": "A lamp", "strength": 0.7}
    # There is no field for a key: that of the service's host is taken.
    assert headers["Authorization"] == "Bearer s3cret"
    await made("a_file", {"size": "a/../b"})
    assert service.asked[-1][:2] == ("GET", "/file/a%2F..%2Fb?seed=42")
    await made("film_it", {})

    stamp = catalog.stamp and catalog.stamp()
    written(folder, {**document(service.url), "info": {"title": "Other"}})
    assert catalog.stamp is not None
    assert catalog.stamp() != stamp
    with pytest.raises(BackendError) as caught:
        await made("draw", {"prompt": "The document is another one now"})
    assert caught.value.code == "http.no_operation"
    assert http_spec(settings).can_serve("service.my_pictures_draw")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "no JSON object"),
        (b"[]", "no JSON object"),
        ({"swagger": "2.0"}, "version 3"),
        ({"openapi": "3.0.0", "servers": [{"url": "/v1"}]}, "whole address"),
        ({"openapi": "3.0.0", "servers": [{"url": "https://x.org"}]}, "None of its operations"),
        (b" " * (5 << 20), "larger than 4 MB"),
        (b'{"a":' + b"[" * 5_000, "nested too deeply"),
    ],
)
async def test_one_bad_document_costs_nothing_but_itself(
    tmp_path: Path, content: Any, says: str
) -> None:
    written(tmp_path, document("https://api.example.org"))
    written(tmp_path, content, "bad.json")
    from director_http import Settings

    (catalog,) = register_catalogs(Settings(hosts="x.org", services=str(tmp_path)))
    loaded = catalog.load()
    (problem,) = [one for one in loaded if isinstance(one, CatalogProblem)]
    assert problem.source_name == "bad.json"
    assert says in problem.message
    assert len(loaded) == 4


YAML = """
openapi: 3.0.3
info: {title: Pictures, version: 2026-01-01}
servers: [{url: "https://api.example.org/v1"}]
paths:
  /draw:
    post:
      operationId: draw
      requestBody:
        content:
          application/json:
            schema:
              properties:
                prompt: {type: string}
                frame: {type: string, enum: [on, off, yes, 2026-01-01], default: no}
                steps: {type: integer, default: 20, minimum: 010}
                scale: {type: number, default: 1e1, maximum: .5}
                init_image: {type: string}
      responses:
        200:
          content:
            image/png: {}
"""


def test_yaml_is_read_by_the_values_of_json(tmp_path: Path) -> None:
    found = read_service(written(tmp_path, YAML.encode(), "pictures.yaml"))
    (draw,) = found.operations.values()
    assert (draw.url, draw.output) == ("https://api.example.org/v1/draw", "image")
    assert draw.files == {"init_image": "image"}
    form = draw.node_type.params["properties"]
    assert form["frame"]["enum"] == ["on", "off", "yes", "2026-01-01"]
    assert form["frame"]["default"] == "no"
    # 010 is no number of JSON, and no bound.
    assert form["steps"] == {"type": "integer", "default": 20}
    assert form["scale"] == {"type": "number", "default": 10.0, "maximum": 0.5}


def test_json_is_the_same_service_as_yaml(tmp_path: Path) -> None:
    """All JSON is YAML: the same document gives the same operations, whichever its file's name."""
    content = msgspec.json.encode(document("https://api.example.org"))
    found = [read_service(written(tmp_path, content, f"p.{end}")) for end in ("json", "yml")]
    assert found[0].operations == found[1].operations


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a: &x [1]\nb: *x", "Line 2 has an alias"),
        ("a: !!python/name:os.system x", "Line 1 has a tag"),
        ("a: !new x", "Line 1 has a tag"),
        ("a: " + "[" * 5_000, "64 levels"),
        ("a: [1", "It is no YAML"),
        ("- 1", "no YAML object"),
        ("just words", "no YAML object"),
        ("", "no YAML object"),
        ("a: \x07", "a character"),
        ("[1, 2]: 3", "It is no YAML"),
        ("{null: 1}", "a key or a number"),
        ("a: " + "9" * 9_000, "cannot hold"),
        (b"a: \xff\xfe", "UTF-8"),
        ("a: 1\n---\nb: 2", "It is no YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_told(tmp_path: Path, content: str | bytes, says: str) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ValueError, match=says):
        read_service(written(tmp_path, raw, "bad.yaml"))


def test_a_folder_that_is_gone_brings_nothing(tmp_path: Path) -> None:
    from director_http import Settings

    (catalog,) = register_catalogs(Settings(hosts="x.org", services=str(tmp_path / "none")))
    assert catalog.load() == []


def test_a_document_that_refers_to_itself_ends(tmp_path: Path) -> None:
    deep: Any = {"$ref": "#/components/schemas/A"}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/B"}}}
    ask = {"x-director-output": "video", "responses": {"200": {"content": content}}}
    wish = {
        "openapi": "3.0.0",
        "servers": [{"url": "https://x.org"}],
        "paths": {"/a": {"post": ask}},
        "components": {
            "schemas": {
                "A": deep,
                "B": {
                    "properties": {
                        "again": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
                        **{f"more{n}": {"$ref": "#/components/schemas/B"} for n in range(20)},
                        "file": {"$ref": "file:///etc/passwd"},
                        "video": {"type": "string"},
                    }
                },
            }
        },
    }
    (operation,) = read_service(written(tmp_path, wish)).operations.values()
    assert operation.result.pointer == "/video"
