"""Services described by OpenAPI: each operation of which a picture, a video or a sound comes is a
node with a form of its own.

Documents are files of the operator, in JSON or YAML (OpenAPI 3.0 or 3.1); nothing is fetched. What
they do not say by themselves is said in four extensions of an operation or a field:
`x-director-output` (`image`, `video`, `audio`), `x-director-result` (a JSON pointer),
`x-director-job` (`status_url`, `status`, `done`, `failed`), and `x-director-input` of a field
(`image`, `video`, `audio`).
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from node_registry.server_text import plain

from node_registry import CatalogEntry, CatalogProblem, NodeType, Socket, sockets

from .documents import documents_in, read_document
from .requests import Result

LARGEST_DOCUMENT = 4 << 20
MOST_DOCUMENTS = 100
MOST_OPERATIONS = 200
MOST_FIELDS = 60
_DEEPEST = 8
_MOST_LOOKS = 500
_SOCKETS = {"image": sockets.IMAGE, "video": sockets.VIDEO, "audio": sockets.AUDIO}
_FORMATS = ("uri", "byte", "binary")
_METHODS = ("get", "post", "put", "patch")
_TYPES = ("string", "number", "integer", "boolean")
# What a form keeps of a field, where it is of the kind that JSON Schema asks for.
_KEPT: dict[str, type | tuple[type, ...]] = {
    "enum": list,
    "minimum": (int, float),
    "maximum": (int, float),
    "minLength": int,
    "maxLength": int,
    "pattern": str,
    "title": str,
}
# By these names services ask for a file, and tell where a result is.
_FILE = re.compile(r"(?:init_|input_|start_|source_)?(image|video|audio)(?:_ur[il]|_base64)?", re.I)
_PLACES = ("url", "uri", "b64_json", "base64", "image", "video", "audio", "output", "result")


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation: `query` and `path` are its parameters, `body` the fields of its body, `files`
    those of them that take what is connected, by the socket that they take it from."""

    method: str
    url: str
    output: str
    result: Result
    node_type: NodeType
    body: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    files: dict[str, str] = {}


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A document, by the SHA-256 of its bytes, and its operations by their node types' ids."""

    name: str
    file: str
    digest: str
    operations: dict[str, Operation]


def services_in(folder: Path) -> Iterator[Service | CatalogProblem]:
    """The services of a folder, by the names of their files."""
    try:
        found = documents_in(folder)
    except OSError:
        return
    for path in found[:MOST_DOCUMENTS]:
        try:
            yield read_service(path)
        except ValueError as error:
            yield CatalogProblem(
                source_name=path.name, message=str(error), hint="Mend the file, or remove it."
            )
        except OSError as error:
            yield CatalogProblem(
                source_name=path.name, message=f"It cannot be read: {error.strerror}."
            )
    if len(found) > MOST_DOCUMENTS:
        yield CatalogProblem(
            source_name=found[MOST_DOCUMENTS].name,
            message=f"Only the first {MOST_DOCUMENTS} services are read.",
        )


def entries_of(folder: Path) -> list[CatalogEntry | CatalogProblem]:
    """What the services bring to the canvas."""
    found: list[CatalogEntry | CatalogProblem] = []
    for service in services_in(folder):
        if isinstance(service, CatalogProblem):
            found.append(service)
            continue
        found += [
            CatalogEntry(
                digest=service.digest,
                source_name=service.file,
                node_type=operation.node_type,
            )
            for operation in service.operations.values()
        ]
    return found


def stamp_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """In which state the folder is."""
    try:
        states = ((path.name, path.stat()) for path in documents_in(folder))
        return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
    except OSError:
        return ()


def read_service(path: Path) -> Service:
    """A document. Raises `ValueError` with a sentence for what is none."""
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise ValueError(f"It is larger than {LARGEST_DOCUMENT >> 20} MB.")
    content = path.read_bytes()
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    if not name:
        raise ValueError("Its name has no letter that a node's name could begin with.")
    document = read_document(path, content)
    if not str(document.get("openapi", "")).startswith("3."):
        raise ValueError("It is no OpenAPI document of version 3.")
    base = _object(_first(document.get("servers"))).get("url")
    if not isinstance(base, str) or not base.startswith(("http://", "https://")):
        raise ValueError("Its first server has no whole address (servers[0].url).")
    operations: dict[str, Operation] = {}
    for operation in _operations(document, base.rstrip("/"), name):
        operations.setdefault(operation.node_type.id, operation)
        if len(operations) >= MOST_OPERATIONS:
            break
    if not operations:
        raise ValueError(
            "None of its operations gives a picture, a video or a sound, or says so by "
            "x-director-output."
        )
    digest = hashlib.sha256(content).hexdigest()
    return Service(name=name, file=path.name, digest=digest, operations=operations)


def _operations(document: dict[str, Any], base: str, service: str) -> Iterator[Operation]:
    for place, item in _object(document.get("paths")).items():
        for method in _METHODS:
            operation = _object(_object(item).get(method))
            if operation:
                found = _operation(document, operation, f"{base}{place}", method, service)
                if found is not None:
                    yield found


def _operation(
    document: dict[str, Any], operation: dict[str, Any], url: str, method: str, service: str
) -> Operation | None:
    answered = _answer(document, operation)
    if answered is None:
        return None
    output, result = answered
    fields: dict[str, dict[str, Any]] = {}
    places: dict[str, list[str]] = {"query": [], "path": [], "body": []}
    for parameter in operation.get("parameters", []):
        given = _resolved(document, parameter)
        if given.get("in") in ("query", "path") and isinstance(given.get("name"), str):
            schema = _resolved(document, given.get("schema"))
            fields[given["name"]] = {"description": given.get("description", ""), **schema}
            places[given["in"]].append(given["name"])
    content = _object(_resolved(document, operation.get("requestBody")).get("content"))
    schema = _resolved(document, _object(content.get("application/json")).get("schema"))
    for field, described in _object(schema.get("properties")).items():
        if field not in fields:
            fields[field] = _resolved(document, described)
            places["body"].append(field)
    files = {name: kind for name, one in fields.items() if (kind := _file_kind(name, one))}
    shown = {name: form for name, one in fields.items() if (form := _form(name, one, files))}
    title = plain(operation.get("summary") or operation.get("operationId") or url, 60)
    id_ = re.sub(r"[^a-z0-9]+", "_", str(operation.get("operationId") or title).lower()).strip("_")
    node_type = NodeType(
        id=f"service.{service}_{id_}"[:100],
        title=title,
        category="Generation",
        description=plain(operation.get("description") or "", 300),
        color="#3f6f8f",
        icon="workflow",
        params={"type": "object", "properties": dict(list(shown.items())[:MOST_FIELDS])},
        inputs=(
            Socket(id="prompt", type=sockets.TEXT, title="Prompt"),
            *(
                Socket(id=name, type=_SOCKETS[kind], title=name.replace("_", " ").capitalize())
                for name, kind in files.items()
            ),
        ),
        outputs=(Socket(id=output, type=_SOCKETS[output], title=output.capitalize()),),
    )
    return Operation(
        method=method.upper(),
        url=url,
        output=output,
        result=result,
        node_type=node_type,
        body=tuple(places["body"]),
        query=tuple(places["query"]),
        path=tuple(places["path"]),
        files=files,
    )


def _answer(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, Result] | None:
    """The kind of the result and where it stands; None of an operation that has none for a film."""
    said = operation.get("x-director-output")
    output = said if said in _SOCKETS else None
    job = _object(operation.get("x-director-job"))
    job = {key: job[key] for key in ("status_url", "status", "done", "failed") if key in job}
    try:
        result = msgspec.convert(
            {**job, "pointer": operation.get("x-director-result", "")}, Result, strict=False
        )
    except msgspec.ValidationError as error:
        raise ValueError(f"x-director-job or x-director-result: {error}.") from None
    for status in ("200", "201", "202", "default"):
        content = _object(
            _resolved(document, _object(operation.get("responses")).get(status)).get("content")
        )
        for media, described in content.items():
            kind = media.partition("/")[0]
            if kind in _SOCKETS:
                return output or kind, Result()
            if media == "application/json" and (output or not result.pointer):
                found = _place(document, _object(described).get("schema"))
                if found and not result.pointer:
                    pointer, guessed = found
                    result = msgspec.structs.replace(result, pointer=pointer)
                    output = output or guessed
    return (output, result) if output and result.pointer else None


def _place(document: dict[str, Any], schema: Any) -> tuple[str, str | None] | None:
    """Where a JSON answer says its result, and of which kind it is if its name says so.

    What is least deep comes first; one whose name says its kind before others.
    """
    waiting = deque([(schema, "")])
    named: tuple[str, str | None] | None = None
    # A schema may hold itself, also in several of its fields.
    for _ in range(_MOST_LOOKS):
        if not waiting:
            break
        next_schema, pointer = waiting.popleft()
        described = _resolved(document, next_schema)
        if described.get("type") == "array":
            waiting.append((described.get("items"), f"{pointer}/0"))
        elif described.get("type") == "string":
            name = next((part for part in reversed(pointer.split("/")) if not part.isdecimal()), "")
            known = name.lower() in _PLACES or described.get("format") in _FORMATS
            if known or _FILE.fullmatch(name):
                kind = next((kind for kind in _SOCKETS if kind in pointer.lower()), None)
                if kind:
                    return pointer, kind
                named = named or (pointer, None)
        for name, one in _object(described.get("properties")).items():
            waiting.append((one, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"))
    return named


def _file_kind(name: str, schema: dict[str, Any]) -> str | None:
    """Which kind of connected media a field takes."""
    said = schema.get("x-director-input")
    if said in _SOCKETS:
        return said
    match = _FILE.fullmatch(name)
    return match[1].lower() if match and schema.get("type") == "string" else None


def _form(name: str, schema: dict[str, Any], files: dict[str, str]) -> dict[str, Any] | None:
    """A field as a node's form shows it; None of one that it cannot show."""
    options = [one for one in schema.get("anyOf", []) if _object(one).get("type") != "null"]
    if len(options) == 1:
        schema = {**schema, **_object(options[0])}
    type_ = schema.get("type")
    if isinstance(type_, list):
        type_ = next((one for one in type_ if one != "null"), None)
    if name in files or type_ not in _TYPES or "const" in schema:
        return None
    found = {
        "type": type_,
        **{key: schema[key] for key, kind in _KEPT.items() if _is(schema.get(key), kind)},
    }
    if "default" in schema:
        found["default"] = schema["default"]
    if found.get("default", 0) is None:
        del found["default"]
    if "default" not in found:
        found = {"anyOf": [found, {"type": "null"}], "default": None}
    if isinstance(schema.get("description"), str):
        found["description"] = plain(schema["description"], 300)
    if name == "prompt":
        found = {"type": "string", "default": "", "x-widget": "textarea", "x-collab": "text"}
    return found


def _resolved(document: dict[str, Any], schema: Any) -> dict[str, Any]:
    """What a reference inside the document stands for; others are not followed."""
    found = _object(schema)
    for _ in range(_DEEPEST):
        reference = found.get("$ref")
        if not isinstance(reference, str):
            break
        target: Any = document
        for part in (
            reference.removeprefix("#/").split("/") if reference.startswith("#/") else ["?"]
        ):
            target = _object(target).get(part.replace("~1", "/").replace("~0", "~"))
        rest = {key: value for key, value in found.items() if key != "$ref"}
        found = {**_object(target), **rest}
    return found


def _is(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
