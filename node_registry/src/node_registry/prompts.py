"""What a run's prompt and pictures are, of all that is connected to its node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec

from .media import Media
from .requests import Request

LONGEST_TEXT = 20_000
"""The most letters of a prompt."""


def prompt_of(request: Request) -> str:
    """The prompt: what is connected or written, then what the assets add to it."""
    params = request.params
    parts = [_connected_text(request) or _text(params.get("prompt")) or _text(params.get("text"))]
    for character in assets_of(request, "characters"):
        parts.append(_text(character.get("trigger_word")))
    for style in assets_of(request, "style"):
        parts += [_text(word) for word in _list(style.get("keywords"))]
    for environment in assets_of(request, "environment"):
        parts += [_text(environment.get(key)) for key in ("mood", "time_of_day", "weather")]
    return ", ".join(part for part in parts if part)[:LONGEST_TEXT]


def assets_of(request: Request, socket: str) -> Iterator[dict[str, Any]]:
    """The assets that are connected to a socket, as JSON objects."""
    for entry in request.inputs.get(socket, []):
        value: Any = entry.value
        if isinstance(value, dict):
            yield cast("dict[str, Any]", value)


def pictures_of(values: Iterable[Any]) -> list[Media]:
    """The pictures among the values of an asset's fields: each a medium or a list of media."""
    found: list[Media] = []
    for value in values:
        for one in _list(value) or [value]:
            try:
                media = msgspec.convert(one, Media)
            except msgspec.ValidationError:
                continue
            if media.media_type.startswith("image/"):
                found.append(media)
    return found


def _connected_text(request: Request) -> str:
    for socket in ("prompt", "text"):
        for entry in request.inputs.get(socket, []):
            if isinstance(entry.value, str) and entry.value.strip():
                return entry.value.strip()
    return ""


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
