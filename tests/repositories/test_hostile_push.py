"""What a hostile or careless push tries: each is refused with a sentence, and leaves nothing."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from app.platform.ids import new_key
from tests.repositories.cloning import api_token, clone_url, film, git
from tests.studio import Studio

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"
Trick = Callable[[Path], Awaitable[None]]


@pytest.fixture(scope="module")
async def made(studio: Studio) -> tuple[str, str]:
    return await film(studio)


@pytest.fixture(scope="module")
async def origin(
    studio: Studio, host: str, made: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A clone that every test copies."""
    url = await clone_url(
        studio.owner, made[0], host, await api_token(studio.owner, "read", "edit")
    )
    folder = tmp_path_factory.mktemp("origin")
    await git(folder, "clone", "--quiet", url, "film")
    return folder / "film"


@pytest.fixture
async def clone(origin: Path, tmp_path: Path) -> Path:
    url = (await git(origin, "remote", "get-url", "origin")).strip()
    await git(tmp_path, "clone", "--quiet", str(origin), "film", GIT_LFS_SKIP_SMUDGE="1")
    await git(tmp_path / "film", "remote", "set-url", "origin", url)
    return tmp_path / "film"


@pytest.fixture
async def here(studio: Studio, made: tuple[str, str]) -> Path:
    project = (await studio.owner.get(f"/api/v1/projects/{made[0]}")).json()
    return studio.settings.workspace / "Projects" / project["folder"]


async def state(here: Path) -> tuple[str, list[str], str]:
    """Where the studio's repository is: its newest commit, its files, what git says of the folder.

    Git is asked first: git-lfs adds its own hooks when it looks into a file for the first time.
    """
    status = await git(here, "status", "--porcelain")
    head = await git(here, "rev-parse", "HEAD")
    files = sorted(str(path.relative_to(here / ".git")) for path in (here / ".git").rglob("*"))
    # The studio may be about to end a commit of its own.
    kept = [name for name in files if not name.startswith("lfs/") and not name.endswith(".lock")]
    return head, kept, status


async def plumb(clone: Path, mode: str, path: str, content: bytes = b"x") -> None:
    """Put an entry into the index as no honest git would."""
    blob = clone / ".blob"
    blob.write_bytes(content)
    identity = (await git(clone, "hash-object", "-w", "--no-filters", ".blob")).strip()
    blob.unlink()
    if mode == "160000":
        identity = (await git(clone, "rev-parse", "HEAD")).strip()
    await git(clone, "update-index", "--add", "--cacheinfo", f"{mode},{identity},{path}")


async def write(clone: Path, path: str, content: bytes | str) -> None:
    place = clone / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    await git(clone, "add", "--force", path)


async def symlink(clone: Path) -> None:
    await plumb(clone, "120000", "02_Source_Creative/Scripts/link", b"/etc/passwd")


async def submodule(clone: Path) -> None:
    await plumb(clone, "160000", "02_Source_Creative/other")


async def program(clone: Path) -> None:
    await plumb(clone, "100755", "02_Source_Creative/Scripts/run.txt")


async def modules(clone: Path) -> None:
    await plumb(clone, "100644", ".gitmodules", b"[submodule]\n")


async def lfs_config(clone: Path) -> None:
    await plumb(clone, "100644", ".lfsconfig", b"[lfs]\n\turl = http://evil.example\n")


async def own_attributes(clone: Path) -> None:
    await write(clone, ".gitattributes", "*.mp4 -filter\n")


async def more_attributes(clone: Path) -> None:
    text = (clone / ".gitattributes").read_text()
    await write(clone, ".gitattributes", text + "*.txt filter=evil\n")


async def nested_attributes(clone: Path) -> None:
    await write(clone, "01_Assets/.gitattributes", "*.mp4 -filter -diff\n")


async def whole_media(clone: Path) -> None:
    await plumb(clone, "100644", "01_Assets/Source_Media/a.MP4", os.urandom(5000))


async def absent_media(clone: Path) -> None:
    digest = hashlib.sha256(new_key().encode()).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 7\n"
    await plumb(clone, "100644", "01_Assets/Source_Media/b.mp4", pointer.encode())


async def large_text(clone: Path) -> None:
    await plumb(clone, "100644", "02_Source_Creative/Scripts/a.txt", b"x" * 10_000_001)


async def large_other(clone: Path) -> None:
    await plumb(clone, "100644", "02_Source_Creative/Scripts/a.xyz", os.urandom(1_000_001))


async def large_then_removed(clone: Path) -> None:
    await large_other(clone)
    await git(clone, "commit", "--quiet", "-m", "Large")
    await git(clone, "rm", "--quiet", "--cached", "02_Source_Creative/Scripts/a.xyz")


async def reserved(clone: Path) -> None:
    await plumb(clone, "100644", "02_Source_Creative/Scripts/con.txt")


async def same_name(clone: Path) -> None:
    await plumb(clone, "100644", "02_Source_Creative/Scripts/Notes.txt")
    await plumb(clone, "100644", "02_Source_Creative/Scripts/notes.txt")


async def same_folder(clone: Path) -> None:
    await plumb(clone, "100644", "02_source_creative/a.txt")


async def backslash(clone: Path) -> None:
    await plumb(clone, "100644", "02_Source_Creative\\a.txt")


async def control(clone: Path) -> None:
    await plumb(clone, "100644", "02_Source_Creative/a\u202etxt.exe")


async def too_deep(clone: Path) -> None:
    await plumb(clone, "100644", "/".join(["a"] * 20) + "/b.txt")


async def cache(clone: Path) -> None:
    await plumb(clone, "100644", "05_Cache/thumbnails/a.txt")


async def take_overwritten(clone: Path) -> None:
    take = (await git(clone, "ls-files", "03_Renders")).split()
    pointer = await git(clone, "show", f"HEAD:{next(t for t in take if t.endswith('.mp4'))}")
    await plumb(clone, "100644", "03_Renders/SCENE_09/SHOT_010/x.mp4", pointer.encode())


async def take_removed(clone: Path) -> None:
    take = next(t for t in (await git(clone, "ls-files", "03_Renders")).split() if ".mp4" in t)
    await git(clone, "rm", "--quiet", "--cached", take)


async def no_folder(clone: Path) -> None:
    await git(clone, "rm", "-r", "--quiet", "--cached", "04_Project_Files")


async def no_canvas(clone: Path) -> None:
    await git(clone, "rm", "--quiet", "--cached", CANVAS)
    await plumb(clone, "100644", "02_Source_Creative/Canvases/.gitkeep", b"")


async def broken_canvas(clone: Path) -> None:
    await write(clone, CANVAS, "{ half a man")


async def old_canvas(clone: Path) -> None:
    await write(clone, CANVAS, '{"version": "9"}')


async def ring(clone: Path) -> None:
    canvas = json.loads((clone / CANVAS).read_text())
    node = canvas["nodes"][0]
    edge = {"id": new_key(), "source": node["id"], "source_socket": "video",
            "target": node["id"], "target_socket": "video"}  # fmt: skip
    canvas["edges"].append(edge)
    await write(clone, CANVAS, json.dumps(canvas))


async def foreign_take(clone: Path) -> None:
    canvas = json.loads((clone / CANVAS).read_text())
    canvas["nodes"][0]["data"]["active_take"] = new_key()
    await write(clone, CANVAS, json.dumps(canvas))


async def bad_field(clone: Path) -> None:
    canvas = json.loads((clone / CANVAS).read_text())
    canvas["nodes"][0]["data"]["frames"] = "many"
    await write(clone, CANVAS, json.dumps(canvas))


async def other_project(clone: Path) -> None:
    manifest = json.loads((clone / "project.json").read_text())
    await write(clone, "project.json", json.dumps(manifest | {"uuid": new_key()}))


async def broken_manifest(clone: Path) -> None:
    await write(clone, "project.json", "[]")


async def hostile_format(clone: Path) -> None:
    manifest = json.loads((clone / "project.json").read_text())
    manifest["settings"]["resolution"] = "900000x900000"
    await write(clone, "project.json", json.dumps(manifest))


@pytest.mark.parametrize(
    ("trick", "sentence"),
    [
        (symlink, "is a symbolic link"),
        (submodule, "is a submodule"),
        (program, "is marked as a program"),
        (modules, ".gitmodules"),
        (lfs_config, ".lfsconfig"),
        (own_attributes, ".gitattributes lacks"),
        (more_attributes, "not taken here"),
        (nested_attributes, "one .gitattributes"),
        (whole_media, "committed whole instead of by Git LFS"),
        (absent_media, "are not here"),
        (large_text, "10,000,001 bytes"),
        (large_other, "1,000,001 bytes"),
        (large_then_removed, "1,000,001 bytes"),
        (reserved, "keeps this name for a device"),
        (same_name, "one name on some systems"),
        (same_folder, "one name on some systems"),
        (backslash, "cannot be committed"),
        (control, "cannot be seen"),
        (too_deep, "lies too deep"),
        (cache, "not kept in git"),
        (take_overwritten, "takes are made by the studio alone"),
        (take_removed, "was changed or removed"),
        (no_folder, "is part of every project"),
        (no_canvas, "has a file"),
        (broken_canvas, "not JSON"),
        (old_canvas, "has version '9'"),
        (ring, "ring"),
        (foreign_take, "does not have"),
        (bad_field, "frames"),
        (other_project, "of another project"),
        (broken_manifest, "cannot be read"),
        (hostile_format, "esolution"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_a_hostile_push_is_refused_with_a_sentence(
    studio, made, clone, here, trick: Trick, sentence: str
) -> None:
    before = await state(here)
    graph = (await studio.owner.get(f"/api/v1/projects/{made[0]}/graph")).json()
    await trick(clone)
    await git(clone, "commit", "--quiet", "-m", "Evil")
    said = await git(clone, "push", "--no-verify", "origin", "HEAD", fails=True)
    remote = " ".join(line for line in said.splitlines() if line.startswith("remote: "))
    assert sentence in remote.replace("remote: ", ""), said
    assert "[remote rejected]" in said
    assert str(studio.settings.home) not in said
    assert await state(here) == before
    after = (await studio.owner.get(f"/api/v1/projects/{made[0]}/graph")).json()
    assert after == graph


async def test_a_tree_that_unpacks_without_end_is_refused(clone, here) -> None:
    before = await state(here)
    blob = (await git(clone, "hash-object", "-w", ".gitignore")).strip()
    entry, kind = blob, "100644 blob"
    for _ in range(8):
        lines = "".join(f"{kind} {entry}\tf{number}\n" for number in range(10))
        place = clone.parent / "tree"
        place.write_text(lines)
        entry = (await git(clone, "-c", "alias.mk=!git mktree <../tree", "mk")).strip()
        kind = "040000 tree"
    await git(clone, "read-tree", "HEAD")
    tree = (await git(clone, "write-tree")).strip()
    listing = await git(clone, "ls-tree", tree)
    (clone.parent / "tree").write_text(listing + f"040000 tree {entry}\tbomb\n")
    whole = (await git(clone, "-c", "alias.mk=!git mktree <../tree", "mk")).strip()
    commit = (await git(clone, "commit-tree", whole, "-p", "HEAD", "-m", "Bomb")).strip()
    said = await git(
        clone, "push", "--no-verify", "origin", f"{commit}:refs/heads/main", fails=True
    )
    assert "There is more of it than" in said
    assert await state(here) == before


async def test_a_commit_that_git_finds_fault_with_is_refused(clone, here) -> None:
    before = await state(here)
    blob = bytes.fromhex((await git(clone, "hash-object", "-w", ".gitignore")).strip())
    raw = b"100644 ..\0" + blob
    content = b"tree %d\0" % len(raw) + raw
    identity = hashlib.sha1(content).hexdigest()
    place = clone / ".git/objects" / identity[:2] / identity[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(zlib.compress(content))
    commit = (await git(clone, "commit-tree", identity, "-p", "HEAD", "-m", "Evil")).strip()
    said = await git(
        clone, "push", "--no-verify", "origin", f"{commit}:refs/heads/evil", fails=True
    )
    assert "Git found a fault" in said
    assert await state(here) == before


async def test_bytes_that_are_no_push_are_refused(studio, made, host, here) -> None:
    before = await state(here)
    url = await clone_url(studio.owner, made[0], host, await api_token(studio.owner, "edit"))
    parsed = httpx.URL(url)
    head = before[0].strip()
    nobody, good = "0" * 40, "report-status side-band-64k"
    bodies: list[bytes] = [
        b"",
        b"0000",
        b"nonsense",
        b"ffff",
        line(f"{head} {nobody} refs/heads/main\0{good}") + b"0000",
        line(f"{head} {'f' * 40} refs/heads/main\0{good}") + b"0000PACK",
        line(f"{nobody} {'f' * 40} refs/heads/../../x\0{good}") + b"0000" + b"PACK" + b"\0" * 16,
        line(f"{nobody} {'f' * 40} refs/heads/-x\0{good}") + b"0000",
        line(f"{nobody} {head} refs/heads/a\0{good}") * 60 + b"0000",
        line(f"{nobody} {head} HEAD\0{good}") + b"0000",
    ]
    async with httpx.AsyncClient(
        base_url=f"http://{host}", auth=(parsed.username, parsed.password), timeout=60
    ) as client:
        for body in bodies:
            answer = await client.post(f"{parsed.path}/git-receive-pack", content=body)
            assert answer.status_code in (200, 400), (body[:60], answer.status_code, answer.text)
            assert b"\nok refs" not in answer.content
            assert str(studio.settings.home).encode() not in answer.content
    assert await state(here) == before


def line(text: str) -> bytes:
    return f"{len(text) + 4:04x}".encode() + text.encode()


async def test_no_program_that_the_repository_names_is_ever_run(
    studio, made, host, clone, here, tmp_path
) -> None:
    """Hooks, monitors, filters and their like, as a copied folder may bring them."""
    witness = tmp_path / "witness"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\necho $0 >> {witness}\ncat\n")
    script.chmod(0o755)
    config = here / ".git/config"
    kept = config.read_text()
    hooks = here / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    names = (
        "pre-receive", "update", "post-receive", "post-update", "reference-transaction",
        "pre-commit", "commit-msg", "post-commit", "post-checkout", "post-index-change",
        "proc-receive", "push-to-checkout", "pre-auto-gc", "fsmonitor-watchman", "post-merge",
    )  # fmt: skip
    for name in names:
        (hooks / name).write_text(script.read_text())
        (hooks / name).chmod(stat.S_IRWXU)
    config.write_text(
        kept + f"[core]\n\tfsmonitor = {script}\n\thooksPath = {hooks}\n\tpager = {script}\n"
        f"\teditor = {script}\n\tsshCommand = {script}\n\talternateRefsCommand = {script}\n"
        f"[uploadpack]\n\tpackObjectsHook = {script}\n[gpg]\n\tprogram = {script}\n"
        f"[diff]\n\texternal = {script}\n[commit]\n\tgpgSign = true\n"
        "[log]\n\tshowSignature = true\n"
        f'[filter "lfs"]\n\tclean = {script}\n\tsmudge = {script}\n\tprocess = {script}\n'
        f'[receive]\n\tprocReceiveRefs = refs\n[protocol "ext"]\n\tallow = always\n'
        f"[credential]\n\thelper = {script}\n"
    )
    try:
        await git(clone, "pull", "--quiet")
        (clone / "02_Source_Creative/Scripts/kept.txt").write_text("kept")
        await git(clone, "add", "--all")
        await git(clone, "commit", "--quiet", "-m", "Kept")
        await git(clone, "push", "origin", "HEAD")
        await git(clone, "push", "origin", "HEAD:refs/heads/side")
        op = {"op": "node.set", "id": made[1], "values": {"pos": [4, 4]}}
        assert (await studio.change(made[0], op)).status_code == 200
        answer = await studio.owner.post(
            f"/api/v1/projects/{made[0]}/commits", json={"message": "Mine"}
        )
        assert answer.status_code == 200, answer.text
        assert (await studio.owner.get(f"/api/v1/projects/{made[0]}/commits")).status_code == 200
        assert not witness.exists(), witness.read_text()
    finally:
        config.write_text(kept)
        for name in names:
            (hooks / name).unlink()
