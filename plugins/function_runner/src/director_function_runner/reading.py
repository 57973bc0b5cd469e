"""From the bytes of a file to a manifest that holds, or a sentence that says why it does not."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Sequence
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from node_registry import DirectorError

from . import rules, yaml_text
from .manifest import Manifest, Part

LARGEST = 256 * 1024
_TOLD = 3
# What msgspec says of a value, and where it is.
_COMPLAINT = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)


def read_manifest(text: bytes, *, beside: bool = False) -> Manifest:
    """The manifest in a file's bytes. Raises `function.bad_manifest`, naming lines and keys.

    `beside`: there are files beside it, which are its code. Nothing in it is run, and nothing that
    it names is looked at. The error's field `faults` has
    each of them as a sentence.
    """
    if len(text) > LARGEST:
        raise _bad(f"It is larger than {LARGEST // 1024} KiB.", "Write one model to a file.")
    try:
        written = text.decode("utf-8-sig")
        plain = yaml_text.read(written)
    except UnicodeDecodeError as error:
        raise _bad("It is not written in UTF-8.", "Save it as UTF-8.") from error
    except yaml_text.Refused as error:
        raise _bad(f"It has {error}.", "Write plain YAML: words, numbers, lists, keys.") from error
    if not isinstance(plain, dict):
        raise _bad("It has no keys.", "Begin with: schema: function/v0")
    if plain.get("schema") != "function/v0":
        raise _bad(
            f"line {yaml_text.line_of(written, ('schema',))}: "
            f"Its schema is {str(plain.get('schema'))[:40]!r}.",
            "Begin with: schema: function/v0",
        )
    try:
        manifest = msgspec.convert(plain, Manifest)
    except msgspec.ValidationError as error:
        raise _explain(str(error), plain, written) from error
    found = [
        f"line {yaml_text.line_of(written, _path_of(fault))}: {fault}"
        for fault in rules.faults(manifest, beside=beside)
    ]
    if found:
        more = f" (and {len(found) - _TOLD} more)" if len(found) > _TOLD else ""
        raise _bad(" ".join(found[:_TOLD]) + more, "Correct it, and save the file.", found)
    return manifest


def _bad(message: str, hint: str, faults: Sequence[str] = ()) -> DirectorError:
    fields = {"faults": list(faults or [message])}
    return DirectorError("function.bad_manifest", message, hint=hint, fields=fields)


def _path_of(fault: str) -> yaml_text.Path:
    """Where a fault of `rules` is: the keys before its colon."""
    return tuple(re.split(r"[.,]\s*", fault.partition(": ")[0].partition(", ")[0]))


def _explain(complaint: str, plain: dict[str, Any], written: str) -> DirectorError:
    found = _COMPLAINT.fullmatch(complaint)
    assert found
    path = (found["path"] or "").removeprefix("$").lstrip(".")
    what = found["what"].replace("Object ", "The file " if not path else "It ").replace("`", "“", 1)
    what = what.replace("`", "”", 1)
    place = _place(plain, path)
    key = re.search(r"unknown field `(.*?)`", complaint)
    line = yaml_text.line_of(written, (*place, key[1]) if key else place)
    at = f"{'.'.join(map(str, place))}: " if place else ""
    hint = "Correct it, and save the file."
    if key:
        known = sorted(_keys_at(path))
        near = difflib.get_close_matches(key[1], known, 1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
    elif path.endswith("command"):
        hint = "Write a command as a list, [python, -u, run.py]; there is no shell."
    elif "got `int`" in complaint or "got `float`" in complaint or "got `bool`" in complaint:
        hint = "Put a text that looks like a number, yes or no into quotes."
    elif "got `date" in complaint:
        hint = "Put a date into quotes."
    return _bad(f"line {line}: {at}{what}.", hint)


def _place(plain: Any, path: str) -> yaml_text.Path:
    """The keys that a path such as `inputs[...].default` stands for in these values.

    msgspec leaves the keys of a mapping out: the one is meant whose value does not convert.
    """
    place: list[str | int] = []
    kind: Any = Manifest
    for step in re.findall(r"\w+|\[(?:\.\.\.|\d+)\]", path):
        if step.startswith("["):
            kind = _bare(get_args(kind)[-1]) if get_args(kind) else None
        else:
            names = {f.encode_name: f.name for f in msgspec.structs.fields(kind)}
            kind = _bare(get_type_hints(kind).get(names.get(step) or ""))
        if kind is None or not isinstance(plain, dict | list):
            break
        entries: dict[Any, Any] = dict(enumerate(plain)) if isinstance(plain, list) else plain
        wanted = (key for key, value in entries.items() if not _converts(value, kind))
        key = next(wanted, None) if step.startswith("[") else step
        if key is None or key not in entries:
            break
        place.append(key)
        plain = entries[key]
    return tuple(place)


def _converts(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _keys_at(path: str) -> list[str]:
    """The keys that the part at a path such as `inputs[...].default` may have."""
    part: Any = Manifest
    for step in re.findall(r"\w+|\[\.\.\.\]|\[\d+\]", path):
        if not step.startswith("["):
            names = {f.encode_name: f.name for f in msgspec.structs.fields(part)}
            part = _bare(get_type_hints(part).get(names.get(step) or ""))
        elif get_args(part):
            part = _bare(get_args(part)[-1])
        if part is None:
            return []
    return [f.encode_name for f in msgspec.structs.fields(part)] if _is_part(part) else []


def _bare(kind: Any) -> Any:
    """The Part among the alternatives of a type, or the type itself."""
    if get_origin(kind) in (Union, types.UnionType):
        return next((k for k in get_args(kind) if _is_part(k) or get_args(k)), None)
    return kind


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)
