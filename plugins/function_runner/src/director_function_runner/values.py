"""What a run sets for each input of a function: checked by its type, before anything starts."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import msgspec

from node_registry import BackendError, DirectorError, Media, Request, RunContext

from .form import field_name, is_seed, title
from .input_rules import fits
from .manifest import Function, Input, Scalar, Variant
from .sockets import MEDIA

Value = Scalar | list[str] | None
"""A scalar, the paths of files as the function sees them, or None for an input that is not set."""

_LARGEST_TEXT = 100_000
# What a file of each kind may be by what the studio found in it.
_KINDS = {"image": ("image/",), "video": ("video/", "image/gif"), "audio": ("audio/",)}


class Values(msgspec.Struct, frozen=True):
    """The value of each input by its name. Those of variants replace the hidden ones."""

    by_name: dict[str, Value]

    def with_variant(self, variant: Variant | None) -> Values:
        """The same, with what a variant sets."""
        return Values({**self.by_name, **(variant.set if variant else {})})


async def read_values(
    function: Function, request: Request, context: RunContext, folder: Path, seen_at: str
) -> Values:
    """Check the inputs of a request, and lay their files into `folder`.

    The function sees that folder at `seen_at`. Raises `function.input`, naming the input.
    """
    found: dict[str, Value] = {}
    for name, declared in function.inputs.items():
        if declared.type in MEDIA:
            media = [one.media for one in request.inputs.get(name, []) if one.media is not None]
            found[name] = await _files(name, declared, media, context, folder, seen_at)
        else:
            found[name] = _scalar(name, declared, request)
    return Values(found)


async def _files(
    name: str,
    declared: Input,
    media: list[Media],
    context: RunContext,
    folder: Path,
    seen_at: str,
) -> Value:
    if declared.late:
        return None
    least = max(declared.min_items or 0, 1 if declared.required else 0)
    most = (declared.max_items or 100) if declared.many else 1
    if len(media) < least:
        raise bad_input(name, "Connect it: the function cannot run without it.")
    if len(media) > most:
        raise bad_input(name, f"It takes {most} at most, and {len(media)} are connected.")
    paths: list[str] = []
    for number, one in enumerate(media, 1):
        kinds = _KINDS.get(declared.type)
        if kinds and not one.media_type.startswith(kinds):
            raise bad_input(name, f"It takes {declared.type}, and this is {one.media_type}.")
        try:
            source = await context.fetch(one)
        except DirectorError as error:
            raise BackendError(
                error.code, f"{title(name)}: {error.message}", hint=error.hint, retryable=True
            ) from error
        # The name is ours: what people called a file is never part of a command.
        file = f"{name}_{number}{suffix_of(one.media_type)}"
        await _copy(source, folder / file)
        paths.append(f"{seen_at}/{file}")
    if not paths:
        return None
    return paths if declared.many else paths[0]


async def _copy(source: Path, target: Path) -> None:
    def copy() -> None:
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o444)

    await asyncio.to_thread(copy)


def _scalar(name: str, declared: Input, request: Request) -> Value:
    if declared.hidden:
        return declared.default
    if is_seed(name, declared):
        largest = int(declared.max) if declared.max is not None else 2**63 - 1
        seed = request.seed % (largest + 1)
        return str(seed) if declared.type == "string" else seed
    value: Any = request.params.get(field_name(name))
    connected = [one.value for one in request.inputs.get(name, []) if one.value is not None]
    if connected:
        value = connected[0]
    if value is None or value == "":
        value = declared.default
    if value is None or value == "":
        if declared.required:
            raise bad_input(name, "Type it, or connect a text.")
        return False if declared.type == "bool" else None
    if declared.type == "float" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if wrong := fits(declared, value):
        raise bad_input(name, wrong[:1].upper() + wrong[1:])
    if isinstance(value, str) and ("\0" in value or len(value) > _LARGEST_TEXT):
        raise bad_input(name, f"It is text of at most {_LARGEST_TEXT} characters, without NUL.")
    return value


def bad_input(name: str, why: str) -> BackendError:
    """An input that does not fit, as people are told of it."""
    return BackendError("function.input", f"{title(name)}: {why}", hint="Correct it on the node.")


def suffix_of(media_type: str) -> str:
    """The ending of a file of this type; models look at it."""
    known = {
        "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif",
        "image/tiff": ".tif", "video/mp4": ".mp4", "video/quicktime": ".mov",
        "video/webm": ".webm", "video/x-matroska": ".mkv", "audio/wav": ".wav",
        "audio/x-wav": ".wav", "audio/mpeg": ".mp3", "audio/flac": ".flac", "audio/ogg": ".ogg",
        "audio/mp4": ".m4a", "text/plain": ".txt", "text/csv": ".csv", "application/json": ".json",
    }  # fmt: skip
    return known.get(media_type, ".bin")
