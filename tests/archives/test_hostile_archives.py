"""Archives from outside that would do harm: each refused with a sentence, and nothing is made."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from app.archives.manifest import read_manifest
from app.archives.zip_reader import Archive
from app.platform.database import DatabaseRole, unit_of_work
from node_registry import DirectorError
from tests.studio import Studio

PROJECTS = "/api/v1/projects"
NOTE = b"Fog over the harbour.\n"
UID = "01a22c36-2bbe-755a-9450-dd3c64186da6"
WHEN = "2026-03-01T09:30:15Z"
Json = dict[str, Any]
Change = Callable[[Json], None]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest() -> Json:
    """What a project of one note says of itself."""
    note = {
        "path": "02_Source_Creative/Prompts/note.txt",
        "digest": digest(NOTE),
        "size": len(NOTE),
    }
    canvas = {"version": "1.0", "nodes": [], "edges": [], "viewport": {"x": 0, "y": 0, "zoom": 1}}
    return {
        "format": "movie-director.project", "version": 1, "made_at": WHEN,
        "content": {
            "head": {"title": "Harbour"}, "canvas": canvas, "media": [], "assets": [], "takes": [],
            "files": [note],
        },
        "entries": [
            {"name": "project/" + note["path"], "digest": note["digest"], "size": note["size"]}
        ],
    }  # fmt: skip


def packed(
    document: Json | bytes,
    *entries: tuple[str | zipfile.ZipInfo, bytes],
    how: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr(
            "manifest.json", document if isinstance(document, bytes) else json.dumps(document)
        )
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def good() -> bytes:
    document = manifest()
    return packed(document, (document["entries"][0]["name"], NOTE))


def damaged() -> bytes:
    document = manifest()
    data = packed(document, (document["entries"][0]["name"], NOTE), how=zipfile.ZIP_STORED)
    return data.replace(b"harbour", b"HARBOUR")


def named(name: str) -> bytes:
    """An archive whose one file has this name, also where its manifest says so."""
    document = manifest()
    document["entries"][0]["name"] = name
    info = zipfile.ZipInfo("x")
    # As other programs write it: Python's own would make a harmless name of some.
    info.filename = name
    return packed(document, (info, NOTE))


def linked() -> bytes:
    document = manifest()
    info = zipfile.ZipInfo(document["entries"][0]["name"])
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed(document, (info, b"/etc/passwd"))


def twice() -> bytes:
    document = manifest()
    name = document["entries"][0]["name"]
    return packed(document, (name, NOTE), (name.replace("note", "NOTE"), NOTE))


def bomb() -> bytes:
    document = manifest()
    zeros = bytes(20_000_000)
    document["entries"][0] |= {"digest": digest(zeros), "size": len(zeros)}
    document["content"]["files"][0] |= {"digest": digest(zeros), "size": len(zeros)}
    return packed(document, (document["entries"][0]["name"], zeros))


def lying_size() -> bytes:
    """An entry that says it is small and is not."""
    data = good()
    return data.replace(struct.pack("<I", len(NOTE)), struct.pack("<I", 3))


def overlapping() -> bytes:
    """Two entries that share their bytes: as a bomb has, whose every part is harmless."""
    text = b"fog " * 5_000_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest()))
        archive.writestr("objects/one", text)
        second = zipfile.ZipInfo("objects/two")
        first = archive.getinfo("objects/one")
        for field in ("compress_size", "file_size", "CRC", "header_offset"):
            setattr(second, field, getattr(first, field))
        archive.filelist.append(second)
    return out.getvalue()


def wrong(change: Change) -> bytes:
    document = manifest()
    change(document)
    return packed(document, (document["entries"][0]["name"], NOTE))


def take(**given: Any) -> Json:
    return {
        "id": UID, "node_id": "n", "version": 1, "number": 1, "name": "SHOT-010_v01_take01",
        "user_id": UID, "basis": "b", "outputs": [], "created_at": WHEN, **given,
    }  # fmt: skip


def asset(**given: Any) -> Json:
    version = {
        "version": 1, "content": {"name": "Ina"}, "made_by": UID, "made_at": WHEN,
    }  # fmt: skip
    return {
        "id": UID, "kind": "character", "folder": "INA", "created_by": UID, "created_at": WHEN,
        "changed_by": UID, "changed_at": WHEN, "versions": [version], **given,
    }  # fmt: skip


def put(place: str, value: Any) -> Change:
    def change(document: Json) -> None:
        *path, last = place.split(".")
        at: Any = document
        for part in path:
            at = at[int(part) if part.isdigit() else part]
        at[int(last) if last.isdigit() else last] = value

    return change


NODE = {"id": "x", "type": "film.shot"}
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"PK\x03\x04" + bytes(200), "archive.not_zip"),
    "empty": (lambda: b"", "archive.not_zip"),
    "cut off": (lambda: good()[:-40], "archive.not_zip"),
    "no manifest": (
        lambda: packed({}, ("project/a.txt", NOTE)).replace(b"manifest.json", b"manifesto.jso"),
        "archive.bad_entry",
    ),
    "climbing": (lambda: named("project/../../../etc/cron.d/x"), "archive.bad_entry"),
    "absolute": (lambda: named("/etc/passwd"), "archive.bad_entry"),
    "drive": (lambda: named("project/C:/x.txt"), "archive.bad_entry"),
    "backslash": (lambda: named("project\\..\\x.txt"), "archive.bad_entry"),
    "reserved": (lambda: named("project/03_Renders/nul.txt"), "archive.bad_entry"),
    "NUL": (lambda: named("project/a\0.txt"), "archive.bad_entry"),
    "git": (lambda: named("project/.git/config"), "archive.bad_entry"),
    "symlink": (linked, "archive.bad_entry"),
    "duplicate": (twice, "archive.bad_entry"),
    "bomb": (bomb, "archive.bomb"),
    "overlapping": (overlapping, "archive.bomb"),
    "lying size": (lying_size, "archive."),
    "other bytes": (damaged, "archive.wrong_digest"),
    "wrong digest": (
        lambda: wrong(lambda t: (put("entries.0.digest", "0" * 64)(t),
                                 put("content.files.0.digest", "0" * 64)(t))),
        "archive.wrong_digest",
    ),
    "stranger": (
        lambda: packed(manifest(), (manifest()["entries"][0]["name"], NOTE), ("objects/x", b"x")),
        "archive.incomplete",
    ),
    "missing": (lambda: packed(manifest()), "archive.incomplete"),
    "version": (lambda: wrong(put("version", 99)), "archive.unknown_version"),
    "format": (lambda: wrong(put("format", "tar")), "archive.bad_manifest"),
    "no json": (lambda: packed(b"{", ("project/a.txt", NOTE)), "archive.bad_manifest"),
    "deep json": (lambda: packed(b"[" * 100_000), "archive.bad_manifest"),
    "NUL in a text": (lambda: wrong(put("content.head.title", "a\0b")), "archive.bad_manifest"),
    "file climbs": (lambda: wrong(put("content.files.0.path", "../x.txt")), "project.bad_"),
    "file in git": (lambda: wrong(put("content.files.0.path", ".git/hooks/x")), "project.bad_path"),
    "file of ours": (
        lambda: wrong(put("content.files.0.path", "project.json")), "project.bad_path",
    ),
    "file is folder": (
        lambda: wrong(lambda t: t["content"]["files"].append(
            {**t["content"]["files"][0], "path": "02_Source_Creative/Prompts/note.txt/a.txt"})),
        "archive.bad_manifest",
    ),
    "canvas": (lambda: wrong(put("content.canvas.nodes", [NODE])), "canvas.bad_file"),
    "canvas version": (lambda: wrong(put("content.canvas.version", "9")), "canvas.bad_version"),
    "take without bytes": (lambda: wrong(put("content.takes", [take()])), "take.bad_record"),
    "take of others' bytes": (
        lambda: wrong(put("content.takes", [take(outputs=[{"socket": "v", "media": {
            "digest": "a" * 64, "size": 1, "media_type": "image/png", "name": "",
            "facts": {}}}])])),
        "take.bad_record",
    ),
    "take's name": (lambda: wrong(put("content.takes", [take(name="../x")])), "project.bad_name"),
    "asset's folder": (
        lambda: wrong(put("content.assets", [asset(folder="../../x")])), "asset.bad_record",
    ),
    "asset without versions": (
        lambda: wrong(put("content.assets", [asset(versions=[])])), "asset.bad_record",
    ),
    "asset's field": (
        lambda: wrong(put("content.assets", [asset(versions=[{
            "version": 1, "content": {"name": "Ina", "shell": "rm"}, "made_by": UID,
            "made_at": WHEN}])])),
        "asset.bad_field",
    ),
    "same asset twice": (
        lambda: wrong(put("content.assets", [asset(), asset(folder="INA_2")])),
        "archive.bad_manifest",
    ),
    "title": (lambda: wrong(put("content.head.title", " ")), "project.bad_title"),
    "format of film": (
        lambda: wrong(put("content.head.settings", {"resolution": "1x1x1"})), "project.bad_format",
    ),
}  # fmt: skip


async def counts() -> tuple[int, ...]:
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        return tuple(
            [
                await unit.fetchval(f"SELECT count(*) FROM {table}")
                for table in ("projects", "assets", "takes", "graphs", "project_objects")
            ]
        )


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_archive_is_refused_and_leaves_nothing(studio: Studio, name: str) -> None:
    make, code = HOSTILE[name]
    before = await counts()
    folders = sorted((studio.settings.workspace / "Projects").iterdir())
    answer = await studio.owner.post(f"{PROJECTS}/import", content=make())
    assert answer.status_code in (400, 409, 413), answer.text
    assert answer.json()["code"].startswith(code), answer.text
    assert str(studio.settings.home) not in answer.text
    assert await counts() == before
    assert sorted((studio.settings.workspace / "Projects").iterdir()) == folders
    incoming = studio.settings.home / "cache" / "incoming"
    assert not list(incoming.iterdir())


async def test_the_archive_that_the_others_are_made_of_is_taken_in(studio: Studio) -> None:
    answer = await studio.owner.post(f"{PROJECTS}/import?title=Pier", content=good())
    assert answer.status_code == 201, answer.text
    project = answer.json()
    assert project["title"] == "Pier"
    folder = studio.settings.workspace / "Projects" / project["folder"]
    assert (folder / "02_Source_Creative/Prompts/note.txt").read_bytes() == NOTE


async def test_an_import_that_fails_at_its_end_leaves_nothing(studio: Studio, monkeypatch) -> None:
    from app.archives import creation

    before = await counts()
    folders = sorted((studio.settings.workspace / "Projects").iterdir())

    async def fail(*_given: Any) -> None:
        raise DirectorError("disk.full", "No room.", status=507)

    monkeypatch.setattr(creation.collaboration, "found_graph", fail)
    answer = await studio.owner.post(f"{PROJECTS}/import", content=good())
    assert answer.status_code == 507
    assert await counts() == before
    assert sorted((studio.settings.workspace / "Projects").iterdir()) == folders


def test_too_much_is_refused_before_it_is_unpacked(tmp_path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(good())
    with pytest.raises(DirectorError) as refused:
        Archive(path, most=10)
    assert refused.value.code == "archive.too_large"


def test_more_entries_than_a_project_has_are_not_even_listed(tmp_path) -> None:
    data = bytearray(good())
    end = data.rfind(b"PK\x05\x06")
    # A directory of 4 GB is claimed: reading it would take as much memory.
    data[end + 12 : end + 16] = struct.pack("<I", 0xFFFFFFF0)
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    with pytest.raises(DirectorError) as refused:
        Archive(path, most=10**9)
    assert refused.value.code == "archive.too_many"


def test_a_backslash_before_u0000_is_no_nul() -> None:
    document = manifest()
    document["content"]["head"]["description"] = "The letters \\u0000 in a prompt."
    assert read_manifest(json.dumps(document).encode()).content.head.title == "Harbour"
