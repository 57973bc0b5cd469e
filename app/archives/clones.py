"""A project's folder from elsewhere, as a clone of its repository: read as what an archive holds.

A repository has the record of each take in a file of its own, whose outputs are found by digest.
A take without one, of an older repository, is made from the name of its media: it can be played and
chosen, and counts as stale, since nobody knows what it was made from.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Container, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from uuid import UUID

import msgspec

from app import assets, projects
from app.assets import AssetRecord
from app.execution import TAKE_FILE_SUFFIX, TakeFile, TakeOutput, TakeRecord, read_take_file
from app.graph import Graph, Node, read_canvas
from app.platform.blocking import run_to_end
from app.platform.ids import new_id
from app.platform.zip_stream import CHUNK, Member
from app.projects import CANVAS, ProjectManifest
from node_registry import DirectorError, Media

from .content import Content, Head
from .files import FileRecord, list_files
from .manifest import NAME, Entry, Manifest, entry_names

POINTER = b"version https://git-lfs.github.com/spec/v1\n"
NOBODY = UUID(int=0)
_TAKE = re.compile(
    r"03_Renders/SCENE_([0-9A-Z]+)/SHOT_([0-9A-Z]+)/[^/]+_v(\d{2,6})_take(\d{2,6})\.\w+"
)


def read_clone(folder: Path) -> tuple[ProjectManifest, list[Member]]:
    """What a folder says of its project, and the files of an archive that holds all of it.

    The folders that a clone lacks are made. Raises `project.not_a_project`, `clone.no_media` for
    one whose media was not fetched, and what is wrong with its own files.
    """
    projects.open_folder(folder)
    told = projects.read_manifest(_bytes(folder, "project.json"))
    document = _bytes(folder, CANVAS)
    canvas = read_canvas(document)
    files, left_out = list_files(folder, {}, {})
    library = _assets(folder, files)
    recorded = _recorded(folder, files)
    named = {digest for one in library for digest in _media_of(one)}
    named |= {out.media.digest for one in recorded.values() for out in one.take.outputs}
    media = list(_media(folder, files, named))
    by_digest = {one.digest: one for one in media}
    for asset in library:
        _check_files(asset, by_digest)
    takes = list(_takes_of_records(recorded.values(), by_digest))
    content = Content(
        head=Head(
            title=told.title,
            description=told.description,
            quality=told.quality,
            settings=told.settings,
            metadata=told.metadata,
        ),
        canvas=msgspec.Raw(document),
        media=media,
        assets=library,
        takes=[*takes, *_takes_of_names(canvas, files, by_digest, recorded)],
        files=files,
        left_out=left_out,
        people={one.take.user_id: one.person for one in recorded.values()},
    )
    entries = entry_names(content)
    manifest = Manifest(made_at=datetime.now(UTC), content=content, entries=entries)
    text = msgspec.json.encode(manifest)
    places = {file.digest: folder / file.path for file in files}

    def member(entry: Entry) -> Member:
        return Member(entry.name, entry.size, lambda: _read(places[entry.digest]))

    members = [Member(NAME, len(text), lambda: _once(text)), *(member(one) for one in entries)]
    return told, members


def _assets(folder: Path, files: Iterable[FileRecord]) -> list[AssetRecord]:
    """The library, as the folders of its assets have it."""
    bases = {kind: projects.ASSET_FOLDERS[kind] for kind in assets.LIBRARY}
    found: list[AssetRecord] = []
    for file in files:
        path = PurePosixPath(file.path)
        if path.name == assets.ASSET_FILE and str(path.parent.parent) in bases.values():
            asset = assets.read_asset_file(folder / file.path)
            if bases.get(asset.kind) == str(path.parent.parent):
                found.append(asset)
    return found


def _media_of(asset: AssetRecord) -> Iterable[str]:
    return assets.media_in(asset.versions[-1].content)


def _check_files(asset: AssetRecord, media: Container[str]) -> None:
    if any(digest not in media for digest in _media_of(asset)):
        raise DirectorError(
            "clone.no_asset_file",
            f"A file of the {asset.kind} {asset.versions[-1].content['name'][:80]!r} is missing "
            "or was changed by hand.",
            hint=f"Bring the folder {asset.folder[:80]} back: `git checkout -- FOLDER`.",
        )


def _media(folder: Path, files: Iterable[FileRecord], named: Container[str]) -> Iterable[Media]:
    """The media files, and those that are media to an asset or a take, as a colour table is."""
    seen: set[str] = set()
    for file in files:
        if not projects.is_media(PurePosixPath(file.path).name) and file.digest not in named:
            continue
        with (folder / file.path).open("rb") as opened:
            if opened.read(len(POINTER)) == POINTER:
                raise DirectorError(
                    "clone.no_media",
                    f"{file.path[:80]!r} is a pointer: its bytes were not fetched.",
                    hint="Install git-lfs, then run `git lfs pull` in the folder.",
                )
        if file.digest not in seen:
            seen.add(file.digest)
            name = PurePosixPath(file.path).name
            yield Media(digest=file.digest, size=file.size, media_type="", name=name, facts={})


def _recorded(folder: Path, files: Iterable[FileRecord]) -> dict[str, TakeFile]:
    """The records of takes, by the paths of their media without an ending."""
    return {
        file.path.removesuffix(TAKE_FILE_SUFFIX): read_take_file(folder / file.path)
        for file in files
        if file.path.endswith(TAKE_FILE_SUFFIX)
    }


def _takes_of_records(
    recorded: Iterable[TakeFile], media: dict[str, Media]
) -> Iterator[TakeRecord]:
    """The takes whose files are there; outputs without one, such as what git ignores, are left."""
    for one in recorded:
        outputs = [output for output in one.take.outputs if output.media.digest in media]
        if outputs:
            yield msgspec.structs.replace(one.take, outputs=outputs)


def _takes_of_names(
    canvas: Graph,
    files: Iterable[FileRecord],
    media: dict[str, Media],
    recorded: Container[str],
) -> list[TakeRecord]:
    shots = {_place(canvas, node): node for node in canvas.nodes.values() if _is_shot(node)}
    newest: dict[str, TakeRecord] = {}
    found: list[TakeRecord] = []
    for file in files:
        match = _TAKE.fullmatch(file.path)
        node = shots.get((match[1], match[2])) if match else None
        if match is None or node is None or file.digest not in media:
            continue
        if file.path.removesuffix(PurePosixPath(file.path).suffix) in recorded:
            continue
        take = TakeRecord(
            id=new_id(),
            node_id=node.id,
            version=int(match[3]),
            number=int(match[4]),
            name=PurePosixPath(file.path).stem,
            user_id=NOBODY,
            basis="",
            made_by={"backend": "unknown"},
            outputs=[TakeOutput(socket="video", media=media[file.digest])],
            created_at=datetime.now(UTC),
        )
        found.append(take)
        best = newest.get(node.id)
        if best is None or (take.version, take.number) > (best.version, best.number):
            newest[node.id] = take
    for node_id, take in newest.items():
        # The canvas names the take that was chosen by an id; which file that was, nobody knows.
        chosen = str(canvas.nodes[node_id].data.get("active_take") or "")
        try:
            take.id = UUID(chosen)
        except ValueError:
            continue
    return found


def _place(canvas: Graph, node: Node) -> tuple[str, str]:
    scene = canvas.nodes.get(node.parent or "")
    code = str(scene.data.get("code") or "00") if scene is not None else "00"
    folders = projects.render_folder(code, str(node.data["code"])).split("/")
    return folders[1].removeprefix("SCENE_"), folders[2].removeprefix("SHOT_")


def _is_shot(node: Node) -> bool:
    return node.type == "film.shot" and bool(node.data.get("code"))


def _bytes(folder: Path, relative: str) -> bytes:
    try:
        return projects.inside(folder, relative).read_bytes()
    except FileNotFoundError as error:
        raise DirectorError(
            "project.not_a_project",
            f"The folder has no {relative}.",
            hint="Name the folder of a project, as `git clone` makes it.",
            status=409,
        ) from error


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await run_to_end(file.read, CHUNK):
            yield chunk


async def _once(text: bytes) -> AsyncIterator[bytes]:
    yield text
