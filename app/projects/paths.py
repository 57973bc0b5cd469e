"""Where the parts of a project lie on the disk; any name that would leave its folder is refused.

These paths stay in the server: no error made here holds one.
"""

from __future__ import annotations

from pathlib import Path

from node_registry import DirectorError

from .names import asset_folder, check_name, render_folder, take_file_name

ASSETS = {
    "source_media": "01_Assets/Source_Media",
    "ai_model": "01_Assets/AI_Models",
    "character": "01_Assets/Generative_Assets/Characters",
    "style": "01_Assets/Generative_Assets/Styles",
    "environment": "01_Assets/Generative_Assets/Locations",
    "prop": "01_Assets/Generative_Assets/Props",
}
EDLS = "04_Project_Files/EDLs"
AUTO_SAVES = "04_Project_Files/Auto_Saves"
EXPORTS = "06_Exports"
SCRIPTS = "02_Source_Creative/Scripts"
CANVASES = "02_Source_Creative/Canvases"
THUMBNAILS = "05_Cache/thumbnails"
DEEPEST = 32


def workspace_root(workspace: Path, folder_name: str) -> Path:
    """The folder of a project: `get_project_workspace_root`."""
    return inside(workspace / "Projects", check_name(folder_name))


def inside(folder: Path, relative: str) -> Path:
    """A path inside a folder, written with `/`; refused when it could lie anywhere else.

    Every part is checked as a name, and no part that exists may be a symbolic link, so that what
    is opened afterwards is what was asked for.
    """
    parts = relative.split("/")
    if len(parts) > DEEPEST:
        raise _escape(relative)
    place = folder
    for part in parts:
        place = place / check_name(part)
        if place.is_symlink():
            raise _escape(relative)
    return place


def asset_path(project: Path, asset_type: str, asset_name: str) -> Path:
    """The folder (a file, for media and models) of one asset: `resolve_asset_path`."""
    base = ASSETS.get(asset_type)
    if base is None:
        raise DirectorError(
            "project.bad_asset_type",
            f"{asset_type[:40]!r} is no kind of asset.",
            hint=f"The kinds are {', '.join(ASSETS)}.",
        )
    # Characters, styles and places are folders with the name in capitals; files keep theirs.
    named = asset_type in ("source_media", "ai_model")
    return inside(
        project, f"{base}/{check_name(asset_name) if named else asset_folder(asset_name)}"
    )


def shot_render_path(
    project: Path, scene: str, shot: str, version: int, take: int, ext: str = "mp4"
) -> Path:
    """The file of a take: `resolve_shot_render_path`."""
    folder = render_folder(scene, shot)
    return inside(project, f"{folder}/{take_file_name(shot, version, take, ext)}")


def character_reference_path(project: Path, character_name: str) -> Path:
    """The folder of a character's reference images: `resolve_character_reference_path`."""
    return asset_path(project, "character", character_name) / "reference_images"


def asset_files(project: Path, asset_type: str, asset_name: str, *, most: int = 1000) -> list[str]:
    """The files of one asset, relative to it and in order: `list_asset_files`."""
    return files_below(asset_path(project, asset_type, asset_name), most=most)


def files_below(root: Path, *, most: int = 1000) -> list[str]:
    """The files below a folder, relative to it and in order; of a file, its name."""
    if root.is_file():
        return [root.name]
    found: list[str] = []
    waiting = [root]
    while waiting and len(found) < most:
        folder = waiting.pop()
        if folder.is_symlink() or not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or path.name == ".gitkeep":
                continue
            if path.is_dir():
                waiting.append(path)
            else:
                found.append(path.relative_to(root).as_posix())
    return sorted(found)[:most]


def _escape(relative: str) -> DirectorError:
    return DirectorError(
        "project.bad_path",
        f"{relative[:80]!r} does not lie inside the project.",
        hint="Name a file of the project itself; symbolic links are not followed.",
    )
