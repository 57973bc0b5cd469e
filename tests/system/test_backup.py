"""A studio is backed up while people edit in it, and lives again in another data folder."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from app.platform.ids import new_key
from app.processes.backups import back_up, restore
from app.processes.backups.manifest import CHECKSUM, MANIFEST
from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.make import Film, MakeOptions, make
from app.processes.studio import free_port, running
from app.processes.studio_lock import StudioAddress
from app.settings import Settings
from node_registry import DirectorError

pytestmark = pytest.mark.system

STORY = "Title: Fog\n\nEXT. HARBOUR - NIGHT\n\nA boat drifts towards the mole.\n"
OWNER = {"email": "ina@example.org", "password": "a lamp behind the fog"}


class BackedUp(msgspec.Struct, frozen=True):
    """A studio that was backed up while it ran, and what was true of it before."""

    settings: Settings
    folder: Path
    keys: Path
    film: Film
    takes: dict[str, str]
    graph: dict[str, Any]
    collected: int


def client_of(address: StudioAddress) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {address.token}"}
    return httpx.AsyncClient(base_url=address.url, headers=headers, timeout=60)


@pytest.fixture(scope="module")
async def backed_up(tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    work = tmp_path_factory.mktemp("backup")
    settings = Settings(home=work / "home", port=free_port(), workers=1, log_level="warning")
    script = work / "fog.fountain"
    script.write_text(STORY)
    async with running(settings) as studio, client_of(studio.address) as client:
        code = (studio.setup_link or "").partition("#")[2]
        body = {**OWNER, "name": "Ina", "setup": code}
        assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201
        wishes = MakeOptions(script=script, output=work / "fog.mp4", resolution="96x64")
        film = await make(settings, wishes, lambda _update: None)
        project = f"/api/v1/projects/{film.project_id}"
        takes = await digests(client, project)
        graph = (await client.get(f"{project}/graph")).raise_for_status().json()

        edits, stop = 0, asyncio.Event()

        async def edit() -> None:
            nonlocal edits
            while not stop.is_set():
                op = {"op": "node.add", "id": new_key(), "type": "film.shot", "data": {}}
                answer = await client.post(f"{project}/graph/operations", json={"ops": [op]})
                assert answer.status_code == 200, answer.text
                commit = await client.post(
                    f"/api/projects/{film.project_id}/commit", json={"message": f"Edit {edits}"}
                )
                assert commit.status_code < 300, commit.text
                edits += 1

        editing = asyncio.create_task(edit())
        while edits < 2:
            assert not editing.done(), editing.result()
            await asyncio.sleep(0.02)
        report = await back_up(settings, work / "backup", work / "keys")
        stop.set()
        await editing
        assert (report.missing, report.damaged, report.skipped) == ([], [], [])
        assert report.keys

        async with database(settings) as rows, rows.transaction():
            # As a backup that copies: what would remove files waits for its end.
            await rows.execute("SELECT pg_advisory_xact_lock(7210044612)")
            answer = await client.post("/api/v1/storage/collect", params={"dry_run": "false"})
            collected = answer.status_code
    return BackedUp(settings, work / "backup", work / "keys", film, takes, graph, collected)


def database(settings: Settings) -> Any:
    return Connection(EmbeddedPostgres(settings.home, runtime_folder(settings.home)).url())


class Connection:
    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await asyncpg.connect(self._url)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


async def digests(client: httpx.AsyncClient, project: str) -> dict[str, str]:
    """The takes of a project, and the SHA-256 of what the studio gives for each."""
    found = (await client.get(f"{project}/takes")).raise_for_status().json()["items"]
    assert found
    return {take["id"]: await digest(client, take["id"]) for take in found}


async def digest(client: httpx.AsyncClient, take: str) -> str:
    answer = await client.get(f"/api/v1/takes/{take}/content")
    answer.raise_for_status()
    return hashlib.sha256(answer.content).hexdigest()


async def test_takes_graph_repository_and_log_in_are_there_in_another_data_folder(
    backed_up: BackedUp, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    settings = msgspec.structs.replace(backed_up.settings, home=home, port=free_port(), workers=0)
    report = await restore(settings, backed_up.folder, backed_up.keys)
    assert report.keys
    assert not (home / ".restoring").exists()
    for name in ("signing.key", "links.key", "postgres-director_owner"):
        secret = (backed_up.settings.home / "secrets" / name).read_bytes()
        assert (home / "secrets" / name).read_bytes() == secret
    async with running(settings) as studio, client_of(studio.address) as client:
        # It has its owner already.
        assert studio.setup_link is None
        assert (await client.post("/api/v1/auth/login", json=OWNER)).status_code == 200
        project = f"/api/v1/projects/{backed_up.film.project_id}"
        assert await digests(client, project) == backed_up.takes
        graph = (await client.get(f"{project}/graph")).raise_for_status().json()
        nodes = {node["id"] for node in graph["nodes"]}
        assert {node["id"] for node in backed_up.graph["nodes"]} <= nodes
        assert len(nodes) >= len(backed_up.graph["nodes"]) + 2
        assert graph["edges"] == backed_up.graph["edges"]
        # What was published into the project's folder is again the same file as its object.
        places = list((home / "workspace" / "Projects").glob("*/03_Renders/**/*.mp4"))
        assert places
        objects = {path.stat().st_ino for path in (home / "objects").glob("??/??/*")}
        assert all(path.stat().st_ino in objects for path in places)
        (folder,) = (home / "workspace" / "Projects").iterdir()
        check = ["git", "-C", str(folder), "fsck", "--connectivity-only"]
        done = await asyncio.to_thread(subprocess.run, check, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        # It goes on: the next edit is committed.
        answer = await client.post(
            f"{project}/graph/operations",
            json={"ops": [{"op": "node.add", "id": new_key(), "type": "film.shot", "data": {}}]},
        )
        assert answer.status_code == 200, answer.text
        commit = f"/api/projects/{backed_up.film.project_id}/commit"
        assert (await client.post(commit, json={"message": "On"})).status_code < 300


async def test_nothing_is_removed_while_a_backup_copies(backed_up: BackedUp) -> None:
    assert backed_up.collected == 409


async def test_a_studio_that_is_stopped_is_backed_up(backed_up: BackedUp, tmp_path: Path) -> None:
    report = await back_up(backed_up.settings, tmp_path / "second")
    assert not report.keys
    listed = json.loads((tmp_path / "second" / MANIFEST).read_text())["files"]
    assert not [file for file in listed if "secrets" in file["path"]]
    checked = await restore(backed_up.settings, tmp_path / "second", check_only=True)
    assert checked.files == len(listed)


async def test_a_folder_or_a_database_in_use_is_refused(
    backed_up: BackedUp, tmp_path: Path, own_database_urls: Any
) -> None:
    before = sorted(backed_up.settings.home.rglob("*"))
    assert await refusal(backed_up.settings, backed_up.folder) == "restore.folder_in_use"
    assert sorted(backed_up.settings.home.rglob("*")) == before
    other = Settings(home=tmp_path / "home", database_url=own_database_urls.owner_url)
    assert await refusal(other, backed_up.folder) == "restore.database_in_use"
    assert not (tmp_path / "home").exists()
    away = Settings(home=tmp_path / "home", storage="s3")
    assert await refusal(away, backed_up.folder) == "restore.other_storage"
    for target in (backed_up.folder, backed_up.settings.home / "backup"):
        with pytest.raises(DirectorError) as refused:
            await back_up(backed_up.settings, target)
        assert refused.value.code in ("backup.exists", "backup.inside")


async def test_a_database_of_somebodys_own_is_backed_up_and_restored(
    servers: Any, own_database_urls: Any, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", database_url=own_database_urls.owner_url)
    # The roles belong to the whole server, which other tests use with their passwords.
    shutil.copytree(servers.home / "secrets", settings.home / "secrets")
    async with Connection(own_database_urls.owner_url) as rows:
        await rows.execute(
            "INSERT INTO users (id, name, email) VALUES (gen_random_uuid(), 'Ina', 'ina@b.c')"
        )
    await back_up(settings, tmp_path / "backup", tmp_path / "keys")
    name = f"restored_{new_key()}"
    async with Connection(servers.owner_url()) as owner:
        await owner.execute(f'CREATE DATABASE "{name}"')
        try:
            url = servers.owner_url(name)
            restored = Settings(home=tmp_path / "other", database_url=url)
            await restore(restored, tmp_path / "backup", tmp_path / "keys")
            async with Connection(url) as rows:
                assert await rows.fetchval("SELECT email FROM users") == "ina@b.c"
                assert await rows.fetchval(
                    "SELECT has_table_privilege('director_service', 'users', 'SELECT')"
                )
        finally:
            await owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def refusal(settings: Settings, source: Path) -> str:
    with pytest.raises(DirectorError) as refused:
        await restore(settings, source)
    assert refused.value.hint
    assert str(source) not in refused.value.message
    return refused.value.code


def _change(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        listed = json.loads((folder / MANIFEST).read_text())
        path = next(f["path"] for f in listed["files"] if f["path"].startswith(name) and f["size"])
        data = bytearray((folder / path).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / path).write_bytes(data)

    return change


def _drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _rewrite(**given: Any) -> Callable[[Path], None]:
    def rewrite(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        for name, value in given.items():
            manifest[name] = value(manifest[name]) if callable(value) else value
        text = json.dumps(manifest).encode()
        (folder / MANIFEST).write_bytes(text)
        (folder / CHECKSUM).write_text(f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n")

    return rewrite


def _edit_manifest(folder: Path) -> None:
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace('"size": ', '"size": 1', 1))


def _link(folder: Path) -> None:
    (folder / "database.dump").unlink()
    (folder / "database.dump").symlink_to("/etc/passwd")


def _climb(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*files, {**files[0], "path": "workspace/../../out"}]


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (_change("database.dump"), "backup.damaged"),
        (_change("objects/"), "backup.damaged"),
        (_change("workspace/"), "backup.damaged"),
        (_drop("database.dump"), "backup.damaged"),
        (_edit_manifest, "backup.damaged"),
        (_link, "backup.damaged"),
        (_rewrite(files=_climb), "backup.damaged"),
        (_drop(MANIFEST), "backup.none"),
        (_rewrite(kind="archive"), "backup.none"),
        (_rewrite(format=99), "backup.newer"),
        (_rewrite(migrations=lambda m: [*m, "accounts 2099-01-01T00:00:00"]), "backup.newer"),
    ],
    ids=["dump", "object", "file", "lost", "edited", "link", "climbs", "none", "foreign",
         "format", "migration"],
)  # fmt: skip
async def test_what_is_damaged_foreign_or_newer_is_refused(
    backed_up: BackedUp, tmp_path: Path, harm: Callable[[Path], None], code: str
) -> None:
    shutil.copytree(backed_up.folder, tmp_path / "copy")
    harm(tmp_path / "copy")
    settings = Settings(home=tmp_path / "home")
    assert await refusal(settings, tmp_path / "copy") == code
    left = {path.name for path in settings.home.iterdir()} if settings.home.exists() else set()
    assert left <= {"studio.lock"}
    assert not (tmp_path / "out").exists()
