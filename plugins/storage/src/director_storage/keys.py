"""The names of objects: which keys are allowed, and where on a disk each of them lies.

The mapping from keys to paths is one to one on every file system, also on one that ignores case:
`objects/<sha256>` lies at `ab/cd/<sha256>`, any other key below `keys/`. It knows no bytes.
"""

from __future__ import annotations

import re
from pathlib import Path

from node_registry import DirectorError

LONGEST = 512
OBJECTS = "objects/"
KEYS = "keys"
DIGESTS = "@sha256"
CHUNK = 200

_KEY = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)
_PREFIX = re.compile(r"(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def check_key(key: str) -> str:
    """The key itself, or `storage.bad_key`."""
    if 0 < len(key) <= LONGEST and _KEY.fullmatch(key) and not _climbs(key.split("/")):
        return key
    raise _bad(key)


def check_prefix(prefix: str) -> str:
    """A prefix of keys, which may end in the middle of a part, or `storage.bad_key`."""
    if len(prefix) <= LONGEST and _PREFIX.fullmatch(prefix):
        *whole, _ = prefix.split("/")
        if not _climbs(whole):
            return prefix
    raise _bad(prefix)


def is_digest(part: str) -> bool:
    """Whether a part of a key is a SHA-256, and so is spread over folders by its first digits."""
    return _DIGEST.fullmatch(part) is not None


def path_of(root: Path, key: str) -> Path:
    """Where the bytes of a key lie below the root."""
    parent, _, name = check_key(key).rpartition("/")
    if is_digest(name):
        shard = root if parent + "/" == OBJECTS else _folder(root, parent) / DIGESTS
        return shard / name[:2] / name[2:4] / name
    *chunks, last = _chunks(name)
    folder = _folder(root, parent)
    return folder.joinpath(*(f"{chunk}+" for chunk in chunks), f"{last}@")


def facts_of(path: Path) -> Path:
    """Where the media type and the metadata of an object lie, beside its bytes."""
    return path.with_name(f"{path.name}.json")


def unescape(name: str) -> str:
    """The part of a key that a name on the disk stands for."""
    return re.sub(r"=([a-z.])", lambda found: found[1].upper(), name)


def _folder(root: Path, parent: str) -> Path:
    folder = root / KEYS
    for part in parent.split("/") if parent else ():
        *chunks, last = _chunks(part)
        folder = folder.joinpath(*(f"{chunk}+" for chunk in chunks), last)
    return folder


def _chunks(part: str) -> list[str]:
    # A capital letter is written as "=" and the small one, so that "A" and "a" stay two keys on
    # a disk that ignores case. A name on a disk has at most 255 bytes: longer parts are cut.
    pieces: list[str] = [""]
    for letter in part:
        written = f"={letter.lower()}" if letter.isupper() else letter
        if len(pieces[-1]) + len(written) > CHUNK:
            pieces.append("")
        pieces[-1] += written
    # "a." and "a..", written at the end of a cut, must not become the names "." and "..".
    return [f"={piece}" if piece in (".", "..") else piece for piece in pieces]


def _climbs(parts: list[str]) -> bool:
    return any(part in (".", "..") for part in parts)


def _bad(key: str) -> DirectorError:
    shown = key[:60] + ("…" if len(key) > 60 else "")
    return DirectorError(
        "storage.bad_key",
        f"{shown!r} cannot name an object.",
        hint=f"A key has 1 to {LONGEST} letters, digits, '.', '_' and '-', in parts joined by "
        "'/'; no part is '.' or '..'.",
    )
