"""What an asset is: its content by kind, its versions, and what was decided about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from node_registry import ASSETS, AssetKind, DirectorError, Media

ApprovalState = Literal["pending", "approved", "rejected"]
Content = dict[str, Any]

LARGEST = 256 * 1024
"""Bytes of the content of one asset, as JSON."""

# What is searched, in this order.
SEARCHED = ("name", "aliases", "keywords", "role", "mood", "trigger_word", "description")
MOST_SEARCHED = 4000


class Approval(msgspec.Struct, kw_only=True):
    """What was decided about a version: by whom, when, and why."""

    state: ApprovalState = "pending"
    by: UUID | None = None
    at: datetime | None = None
    comment: str = ""


class Asset(msgspec.Struct, kw_only=True):
    """An asset as it is now: `content` is that of its newest `version`."""

    id: UUID
    project_id: UUID
    kind: AssetKind
    name: str
    version: int
    content: Content
    approval: Approval
    created_by: UUID
    created_at: datetime
    changed_by: UUID
    changed_at: datetime
    removed_at: datetime | None = None


class AssetVersion(msgspec.Struct, kw_only=True):
    """One version: `changed` are the fields that differ from the one before; `restored_from` is the
    version that a rollback brought back. `author_name` is who made it in another studio; where it
    stands, `made_by` is who brought it from there."""

    version: int
    content: Content
    changed: list[str]
    note: str
    restored_from: int | None
    made_by: UUID
    made_at: datetime
    approval: Approval
    author_name: str = ""


def content_of(kind: AssetKind) -> Content:
    """The content of an asset of which nothing is known yet."""
    return msgspec.to_builtins(ASSETS[kind]())


def read_content(kind: AssetKind, values: Mapping[str, Any]) -> Content:
    """Content in its one form, every field of its kind in it. Raises `asset.bad_field`."""
    known = ASSETS[kind].__struct_fields__
    for name in values:
        if name not in known:
            raise DirectorError(
                "asset.bad_field",
                f"A {kind} has no field {str(name)[:60]!r}.",
                hint=f"Its fields are {', '.join(known)}.",
                fields={"field": str(name)[:60]},
            )
    try:
        content = msgspec.to_builtins(msgspec.convert(dict(values), ASSETS[kind]))
    except msgspec.ValidationError as error:
        raise DirectorError(
            "asset.bad_field",
            f"A field of the {kind} cannot be so: {error}.",
            hint="Correct it, then save it again.",
        ) from error
    content["name"] = " ".join(content["name"].split())
    if not content["name"]:
        raise DirectorError("asset.no_name", "An asset has a name.", hint="Give it one.")
    if len(msgspec.json.encode(content)) > LARGEST:
        raise DirectorError(
            "asset.too_large",
            f"An asset has at most {LARGEST // 1024} kB.",
            hint="Shorten its texts, or make two assets of it.",
            status=413,
        )
    return content


def media_in(content: Content) -> dict[str, str]:
    """The files of an asset: by digest, the field in which each stands first."""
    found: dict[str, str] = {}
    for field, value in content.items():
        for media in _media(value):
            found.setdefault(media.digest, field)
    return found


def searched_text(content: Content) -> str:
    """What a search looks through, in one form."""
    words: list[str] = []
    for field in SEARCHED:
        value = content.get(field)
        words += value if isinstance(value, list) else [value] if value else []
    return " ".join(words).casefold()[:MOST_SEARCHED]


def _media(value: Any) -> Iterator[Media]:
    if isinstance(value, list):
        for part in value:
            yield from _media(part)
    elif isinstance(value, dict):
        if "digest" in value and "media_type" in value:
            yield msgspec.convert(value, Media)
        else:
            for part in value.values():
                yield from _media(part)
