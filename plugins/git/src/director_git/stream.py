"""The bytes that git reads and prints: blob ids, index lines, and the stream of one commit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from node_registry import Author


class Entry(NamedTuple):
    """A path that differs from the last commit: its content (None: removed) and blob id."""

    path: str
    content: bytes | None
    identity: str


def blob_id(content: bytes, *, wide: bool = False) -> str:
    """The id that git gives to these bytes; `wide` for a repository of the SHA-256 format."""
    head = f"blob {len(content)}\0".encode()
    # SHA-1 names the blobs of git here; nothing rests on it being hard to forge.
    return (hashlib.sha256 if wide else hashlib.sha1)(head + content).hexdigest()


def entries_of(printed: bytes) -> dict[str, tuple[str, str]]:
    """Mode and id by path, of what `git ls-tree -z` printed."""
    found: dict[str, tuple[str, str]] = {}
    for line in printed.decode("utf-8", "surrogateescape").split("\0"):
        if line:
            facts, _, path = line.partition("\t")
            mode, _, identity = facts.split(" ")
            found[path] = (mode, identity)
    return found


def index_lines(entries: list[Entry], *, wide: bool = False) -> bytes:
    """What `git update-index -z --index-info` reads."""
    nothing = "0" * (64 if wide else 40)
    lines = [
        f"0 {nothing}\t{entry.path}\0"
        if entry.content is None
        else f"100644 {entry.identity} 0\t{entry.path}\0"
        for entry in sorted(entries, key=lambda entry: entry.content is not None)
    ]
    return "".join(lines).encode()


def commit_stream(
    branch: str, parents: Sequence[str | None], author: Author, message: str, at: datetime,
    entries: list[Entry],
) -> bytes:  # fmt: skip
    """What `git fast-import` reads: one commit with its blobs inside. The first parent is the
    commit that it is made on (None: there is none); others are merged."""
    name, email = clean_author(author)
    who = f"{name} <{email}>"
    when = f"{int(at.timestamp())} +0000"
    said = (message.replace("\0", "").strip("\n") + "\n").encode("utf-8", "replace")
    parts: list[bytes] = [
        f"commit {branch}\nmark :1\nauthor {who} {when}\ncommitter {who} {when}\n".encode(),
        f"data {len(said)}\n".encode(), said, b"\n",
    ]  # fmt: skip
    first, *merged = parents
    if first is not None:
        parts.append(f"from {first}\n".encode())
    parts += [f"merge {parent}\n".encode() for parent in merged]
    for entry in sorted(entries, key=lambda entry: entry.content is not None):
        quoted = '"' + entry.path.replace('"', '\\"') + '"'
        if entry.content is None:
            parts.append(f"D {quoted}\n".encode())
        else:
            parts.append(f"M 100644 inline {quoted}\ndata {len(entry.content)}\n".encode())
            parts += [entry.content, b"\n"]
    parts.append(b"\nget-mark :1\ndone\n")
    return b"".join(parts)


def clean_author(author: Author) -> tuple[str, str]:
    """Name and address without what would end a name, an address or a line of the commit."""
    return _clean(author.name) or "Unknown", _clean(author.email).replace(" ", "")


def _clean(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x1f\x7f<>]", "", plain).strip(" .,:;\"'\\")
