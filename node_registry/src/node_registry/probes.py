"""Probes: what finds out what a file from outside really is, before anything trusts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from .media import Facts


class ProbeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A probe for the media types that it names.

    `probe(path)` blocks, and answers with `media_type` (the true one, whatever the file's name
    says) and the facts of `Media.facts`. It opens nothing in the studio's own process: files may
    be hostile. Raises `DirectorError` (`media.…`) for what it does not accept, saying what it is.
    """

    name: str
    media_types: tuple[str, ...]
    probe: Callable[[Path], Facts]
