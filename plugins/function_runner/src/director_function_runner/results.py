"""What a function has made: looked for by the patterns of its outputs, and never through a link."""

from __future__ import annotations

import asyncio
import mimetypes
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from node_registry import BackendError, RunContext

from .arguments import filled, holds
from .form import title
from .manifest import Output
from .sockets import MEDIA
from .values import Values

_MOST_FOUND = 1000
_LARGEST_TEXT = 64 * 1024
_TYPES = {".safetensors": "application/octet-stream", ".pt": "application/octet-stream"}


class Found(msgspec.Struct, frozen=True):
    """A file that is a result: its socket, where it was moved to, its type and its own name."""

    socket: str
    path: Path
    media_type: str
    name: str


class TextResult(msgspec.Struct, frozen=True):
    """A result that is no file: a number or a word that a name or the log holds."""

    socket: str
    text: str


async def gather(
    outputs: Mapping[str, Output],
    values: Values,
    out: Path,
    seen_at: str,
    context: RunContext,
    log: str,
) -> list[Found | TextResult]:
    """The results that lie in `out`, which the function saw at `seen_at`, moved to scratch.

    Raises `function.no_output`, `function.bad_output`.
    """
    found: list[Found | TextResult] = []
    files: dict[str, list[Found]] = {}
    for name, output in outputs.items():
        if output.when and not holds(output.when, values):
            continue
        if output.type in MEDIA and (output.glob or output.path):
            files[name] = await asyncio.to_thread(
                _files, name, output, values, out, seen_at, context.scratch
            )
            found.extend(files[name])
    for name, output in outputs.items():
        told = _text_result(name, output, files, log)
        if told is not None:
            found.append(told)
    return found


def _files(
    name: str, output: Output, values: Values, out: Path, seen_at: str, scratch: Path
) -> list[Found]:
    places = {"job.out": seen_at}
    matched: list[Path] = []
    for template in (output.glob or output.path, output.fallback):
        if template and not matched:
            pattern = _inside(filled(template, values, places), seen_at, name)
            matched = list(_match(out, pattern, name))
    if len(matched) > 1 and output.pick:
        key = {"newest": lambda p: -p.stat().st_mtime_ns, "largest": lambda p: -p.stat().st_size}
        matched = sorted(matched, key=key.get(output.pick, str))[:1]
    least = output.min if output.min is not None else 1
    most = output.max if output.max is not None else (_MOST_FOUND if output.many else 1)
    if len(matched) < least:
        raise BackendError(
            "function.no_output",
            f"It ended without its result “{title(name)}”: no file fits {output.glob or 'it'}.",
            hint="Look at what the function writes, and at the manifest's outputs.",
        )
    if len(matched) > most:
        raise BackendError(
            "function.bad_output",
            f"It left {len(matched)} files for its result “{title(name)}”; {most} fit.",
            hint="Say `many: true`, `max` or `pick` in the manifest.",
        )
    return [_taken(name, output, path, number, scratch) for number, path in enumerate(matched)]


def _inside(pattern: str, seen_at: str, name: str) -> str:
    """A pattern below the output folder. Raises for one that leads elsewhere."""
    path = PurePosixPath(pattern)
    if not path.is_relative_to(seen_at) or ".." in path.parts:
        raise BackendError(
            "function.bad_output",
            f"The manifest looks for “{title(name)}” outside the job's own folder.",
            hint="Begin its glob with {job.out}/.",
        )
    return str(path.relative_to(seen_at))


def _match(out: Path, pattern: str, name: str) -> Iterator[Path]:
    root = out.resolve()
    for number, path in enumerate(sorted(out.glob(pattern))):
        if number == _MOST_FOUND:
            break
        # A link leads to what is not the function's: a file of this machine.
        inside = path.parent.resolve().is_relative_to(root)
        if path.is_symlink() or not inside or path.resolve() != path.parent.resolve() / path.name:
            raise BackendError(
                "function.link",
                f"Its result “{title(name)}” is a link, and links are not followed.",
                hint="Let the function write the file itself.",
            )
        if stat.S_ISREG(path.lstat().st_mode):
            yield path


def _taken(name: str, output: Output, path: Path, number: int, scratch: Path) -> Found:
    media_type = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or ""
    if output.type in ("image", "video", "audio") and not media_type.startswith(output.type):
        raise BackendError(
            "function.bad_output",
            f"Its result “{title(name)}” should be {output.type}, and is a "
            f"{path.suffix or 'nameless'} file.",
            hint="Look at what the function writes.",
        )
    target = scratch / f"{name}_{number}{path.suffix.lower()[:16]}"
    # Opened without following: what is moved is the file that was looked at.
    source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(source, "rb") as reading, target.open("xb") as writing:
        if not stat.S_ISREG(os.fstat(reading.fileno()).st_mode):
            raise BackendError("function.bad_output", f"“{title(name)}” is no plain file.")
        shutil.copyfileobj(reading, writing, 1 << 20)
    path.unlink(missing_ok=True)
    return Found(name, target, media_type or "application/octet-stream", path.name)


def _text_result(
    name: str, output: Output, files: Mapping[str, list[Found]], log: str
) -> TextResult | None:
    """A value that is read off the log, or off the name of a result (`from: image.name`)."""
    if output.type in MEDIA or not output.from_:
        return None
    source, _, what = output.from_.partition(".")
    if source == "log":
        text = log[-_LARGEST_TEXT:]
    elif what == "name" and files.get(source):
        text = files[source][0].name
    else:
        return None
    match = re.search(output.regex, text) if output.regex else None
    if match is None:
        return None
    return TextResult(name, (match[1] if match.groups() else match[0])[:1000])
