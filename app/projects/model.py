"""What a project is: its people's rights and the film's format."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from node_registry.film import parse_rate

from node_registry import DirectorError, RenderSettings

Quality = Literal["low", "standard", "high"]


class Right(enum.Enum):
    """What somebody may do in a project."""

    READ = "read"
    EDIT = "edit"
    GENERATE = "generate"
    MANAGE = "manage"


RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({Right.READ}),
    "editor": frozenset({Right.READ, Right.EDIT, Right.GENERATE}),
    "owner": frozenset(Right),
}


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """The film's format, as project.json keeps it under `settings`."""

    aspect_ratio: str = "16:9"
    resolution: str = "1920x1080"
    frame_rate: int | str = 24

    def render_settings(self) -> RenderSettings:
        """The same, as backends get it. Raises `project.bad_format`."""
        width, _, height = self.resolution.lower().partition("x")
        if not (width.isdigit() and height.isdigit()):
            raise _bad(f"{self.resolution[:40]!r} is not a resolution.")
        size = int(width), int(height)
        if not all(64 <= side <= 8192 and side % 2 == 0 for side in size):
            raise _bad("Width and height are even numbers from 64 to 8192.")
        rate = parse_rate(self.frame_rate)
        return RenderSettings(width=size[0], height=size[1], rate=str(rate))


def _bad(message: str) -> DirectorError:
    return DirectorError(
        "project.bad_format", message, hint='Write a resolution such as "1920x1080".'
    )


class Project(msgspec.Struct, kw_only=True):
    """A film in work. `folder` is its folder's name, never a path."""

    id: UUID
    owner_id: UUID
    title: str
    description: str
    folder: str
    quality: Quality
    settings: Format
    created_at: datetime
    modified_at: datetime
    role: str = "owner"
    metadata: dict[str, Any] = {}
