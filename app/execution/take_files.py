"""The record of a take as a small file beside its media, so that a clone knows what made it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from node_registry import DirectorError

from .takes import Take
from .transfer import TakeRecord

SUFFIX = ".take.json"
LARGEST = 10_000_000


class TakeFile(msgspec.Struct, kw_only=True):
    """What the file holds: the take without its review, and the name of whoever asked for it."""

    format: Literal["take/v0"] = "take/v0"
    person: str = ""
    take: TakeRecord


def write_take_file(take: Take, person: str) -> str:
    """The text of the file. Equal takes give equal texts."""
    record = msgspec.convert(take, TakeRecord, from_attributes=True)
    values = msgspec.to_builtins(TakeFile(person=person, take=record))
    # What is decided about a take comes later, and changes; this file never does.
    del values["take"]["review"]
    text = msgspec.json.encode(values, order="sorted").decode()
    return msgspec.json.format(text, indent=2) + "\n"


def read_take_file(path: Path) -> TakeFile:
    """The record in a file. Raises `take.bad_file`."""
    name = path.name
    with path.open("rb") as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise _bad(name, f"it has more than {LARGEST:,} bytes")
    try:
        found = msgspec.json.decode(text, type=TakeFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(name, str(error)) from error
    found.take.review = None
    return found


def _bad(name: str, why: str) -> DirectorError:
    return DirectorError(
        "take.bad_file",
        f"{name[:80]!r} is no record of a take: {why}.",
        hint="Take the file's last version from the history of the repository.",
    )
