"""Reads a service's document, JSON or YAML, to the plain values that JSON has.

YAML is read as OpenAPI asks for it (YAML 1.2 with JSON's values): `no` and `2026-01-01` are texts,
and the key `200` is the text "200". The file may come from anywhere: aliases, by which a small file
becomes a huge one, and tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

ENDINGS = (".json", ".yaml", ".yml")
DEEPEST = 64

# The one in C is ten times as fast, and PyYAML's wheels have it.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """A loader that knows JSON's values alone, instead of those of YAML 1.1."""

    yaml_implicit_resolvers: dict[str, Any] = {}


# What a text without quotes stands for in YAML 1.2, and the letters that it may begin with.
_VALUES = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
)
for _name, _pattern, _letters in _VALUES:
    _form = re.compile(f"(?:{_pattern})$")
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _form, _letters)


def documents_in(folder: Path) -> list[Path]:
    """The documents of a folder, by their names."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS)


def read_document(path: Path, content: bytes) -> dict[str, Any]:
    """The object that a file holds. Raises `ValueError` with a sentence for what is none."""
    if path.suffix.lower() != ".json":
        return _yaml(content)
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ValueError(f"It is no JSON object: {str(error)[:200]}.") from None
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None


def _yaml(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        # What makes a small file large is found before anything is built from it.
        _check(yaml.parse(text, Loader=_Loader))
        values = _values_of(text)
        return msgspec.json.decode(msgspec.json.encode(values), type=dict[str, Any])
    except UnicodeDecodeError:
        raise ValueError("It is no text in UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" in line {mark.line + 1}" if mark else ""
        what = str(error.problem or error.context or "it cannot be read")[:200]
        raise ValueError(f"It is no YAML: {what}{where}.") from None
    except yaml.YAMLError:
        raise ValueError("It is no YAML: it has a character that text does not have.") from None
    except msgspec.ValidationError:
        raise ValueError("It is no YAML object: its first level has no keys.") from None
    except (TypeError, OverflowError):
        raise ValueError("It has a key or a number that JSON cannot hold.") from None


def _values_of(text: str) -> Any:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    except ValueError:
        # Python reads no number of thousands of digits.
        raise OverflowError from None
    finally:
        loader.dispose()


def _check(events: Iterable[yaml.Event]) -> None:
    depth = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"Line {line} has an alias (*name): write it out, or use $ref.")
        if getattr(event, "tag", None) is not None:
            raise ValueError(f"Line {line} has a tag (!name), which JSON does not have.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError(f"It is nested more than {DEEPEST} levels deep in line {line}.")
