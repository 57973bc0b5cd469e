"""Making the folder of a project: whole, with its first commit, or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from app.platform.blocking import run_to_end
from node_registry import Author, Change, DirectorError, TextFile, VersionControl

from .manifest import (
    CANVAS,
    ProjectManifest,
    canvas_text,
    gitattributes_text,
    gitignore_text,
    manifest_text,
    new_canvas,
)
from .names import slug
from .paths import workspace_root
from .structure import Entry, structure

__all__ = [
    "LEAVES",
    "NUMBERED",
    "Entry",
    "create_folder",
    "first_files",
    "is_project",
    "open_folder",
    "prepare_workspace",
    "remove_folder",
    "structure",
]

NUMBERED = (
    "01_Assets", "02_Source_Creative", "03_Renders", "04_Project_Files", "05_Cache", "06_Exports",
)  # fmt: skip
TRACKED = (
    "01_Assets/Source_Media",
    "01_Assets/AI_Models",
    "01_Assets/Generative_Assets/Characters",
    "01_Assets/Generative_Assets/Styles",
    "01_Assets/Generative_Assets/Locations",
    "02_Source_Creative/Canvases",
    "02_Source_Creative/Scripts",
    "02_Source_Creative/Prompts",
    "03_Renders",
    "04_Project_Files/Auto_Saves",
    "04_Project_Files/EDLs",
)
IGNORED = ("05_Cache/thumbnails", "05_Cache/control_maps", "06_Exports")
LEAVES = (*TRACKED, *IGNORED)
LIBRARY = ("Branding", "LUTs_and_Presets", "Stock_Media", "Pipeline_Templates")
_MOST_NAMES = 10_000

Fill = Callable[[Path], Awaitable[Sequence[Change]]]
"""Puts files into a project's new folder; what it returns is part of the first commit."""


async def create_folder(
    workspace: Path,
    project: ProjectManifest,
    vcs: VersionControl,
    author: Author,
    fill: Fill | None = None,
) -> str:
    """Make the folder of a new project, with one first commit, and return its name.

    It is built under a hidden name and renamed when all of it is done, so that no failure leaves
    anything behind, and two projects of one title, also made at once, get names of their own.
    """
    projects = workspace / "Projects"
    building = projects / f".new-{uuid4().hex}"
    changes: list[Change] = [*first_files(project)]
    claimed: list[str] = []
    try:
        with _disk():
            # To their end, also when whoever asked has gone: a thread cannot be stopped, and would
            # go on making what is removed below.
            await run_to_end(prepare_workspace, workspace)
            await run_to_end(_make_leaves, building)
            if fill is not None:
                changes += await fill(building)
        await vcs.create(building, author, changes)
        with _disk():
            await run_to_end(_name, building, projects, slug(project.title), claimed)
            return claimed[0]
    except BaseException:
        for folder in (building, *(projects / name for name in claimed)):
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        raise


async def remove_folder(workspace: Path, folder_name: str) -> None:
    """Undo `create_folder`, for when the database refuses the project after all."""
    folder = workspace_root(workspace, folder_name)
    grave = folder.with_name(f".gone-{uuid4().hex}")
    with suppress(FileNotFoundError):
        # Renamed first: it is gone at once, also when the deletion is interrupted.
        await asyncio.to_thread(os.replace, folder, grave)
        await asyncio.to_thread(shutil.rmtree, grave, ignore_errors=True)


def prepare_workspace(workspace: Path) -> None:
    """Make the folders that all projects share, where they are missing."""
    for name in LIBRARY:
        (workspace / "Library" / name).mkdir(parents=True, exist_ok=True)
    (workspace / "Projects").mkdir(parents=True, exist_ok=True)


def first_files(project: ProjectManifest) -> list[TextFile]:
    """The text files of a first commit."""
    return [
        TextFile("project.json", manifest_text(project)),
        TextFile(".gitignore", gitignore_text()),
        TextFile(".gitattributes", gitattributes_text()),
        TextFile(CANVAS, canvas_text(new_canvas())),
        *(TextFile(f"{leaf}/.gitkeep", "") for leaf in TRACKED),
    ]


def open_folder(folder: Path) -> None:
    """Check that a folder is a project, and make the ignored folders again that a clone lacks."""
    with _disk():
        tracked = [name for name in NUMBERED if name not in ("05_Cache", "06_Exports")]
        missing = [name for name in tracked if not _is_folder(folder / name)]
        if missing or not folder.is_dir():
            raise DirectorError(
                "project.not_a_project",
                f"The project's folder lacks {', '.join(missing) or 'everything'}.",
                hint="Restore it from a backup or from a clone of its repository.",
                status=409,
            )
        for leaf in IGNORED:
            (folder / leaf).mkdir(parents=True, exist_ok=True)


def is_project(folder: Path) -> bool:
    """Whether the six numbered folders exist."""
    return all(_is_folder(folder / name) for name in NUMBERED)


def _make_leaves(folder: Path) -> None:
    for leaf in LEAVES:
        (folder / leaf).mkdir(parents=True)


def _name(building: Path, projects: Path, wanted: str, claimed: list[str]) -> None:
    """Give the folder its name; `claimed` has it from then on."""
    for number in range(1, _MOST_NAMES):
        name = wanted if number == 1 else f"{wanted}-{number}"
        try:
            # Making the folder claims the name: of several at once, one succeeds.
            (projects / name).mkdir()
        except FileExistsError:
            continue
        try:
            if os.name == "nt":
                (projects / name).rmdir()
            os.rename(building, projects / name)
        except BaseException:
            with suppress(OSError):
                (projects / name).rmdir()
            raise
        claimed.append(name)
        return
    raise DirectorError(
        "project.no_name",
        f"There are {_MOST_NAMES} projects of this title already.",
        hint="Choose another title.",
        status=409,
    )


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DirectorError(
                "project.disk_full",
                "There is no room left on the disk of the workspace: nothing was made.",
                hint="Make room, or move the data folder (DIRECTOR_HOME) to a larger disk.",
                status=507,
            ) from error
        raise DirectorError(
            "project.disk",
            f"The folder of projects cannot be used: {error.strerror or 'the disk refused'}.",
            hint="Check that the folder of DIRECTOR_HOME is there and may be written to.",
            status=503,
        ) from error
