"""Where the folders of all projects lie, and what keeps their versions: set once, at start."""

from __future__ import annotations

from pathlib import Path

import msgspec

from node_registry import VersionControl

from .model import Project


class Folders(msgspec.Struct, frozen=True):
    """Where the projects' folders lie, and what keeps their versions."""

    workspace: Path
    vcs: VersionControl


_folders: Folders | None = None


def use_folders(chosen: Folders) -> None:
    """Keep the projects' folders here. Called once, by the API role."""
    global _folders
    _folders = chosen


def folders() -> Folders:
    """Where they are kept."""
    if _folders is None:
        raise RuntimeError("The projects have no workspace: call use_folders first.")
    return _folders


def folder_of(project: Project) -> Path:
    """The project's folder. For the server's own use: no path leaves it."""
    return folders().workspace / "Projects" / project.folder
