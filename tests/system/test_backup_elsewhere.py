"""A backup of a studio whose objects lie in S3 names each of them, and a restore looks for all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.platform.ids import new_key
from app.processes.backups import back_up, restore
from app.processes.backups.manifest import read_manifest
from app.settings import Settings
from node_registry import DirectorError

ACCESS = {"aws_access_key_id": "studio", "aws_secret_access_key": "hush"}
OBJECTS = {hashlib.sha256(data).hexdigest(): data for data in (b"a take", b"another")}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket of a real server, which the settings of the plugin name."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    url, name = f"http://{host}:{port}", f"studio-{new_key()}"
    client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **ACCESS)
    client.create_bucket(Bucket=name)
    prefix = "DIRECTOR_PLUGIN_STORAGE__"
    for field, value in {
        "ENDPOINT": url, "BUCKET": name, "ACCESS_KEY": "studio", "SECRET_KEY": "hush",
    }.items():  # fmt: skip
        monkeypatch.setenv(prefix + field, value)
    yield boto3.resource("s3", endpoint_url=url, region_name="us-east-1", **ACCESS).Bucket(name)
    server.stop()


async def test_objects_of_a_bucket_are_named_and_looked_for(
    bucket: Any, servers: Any, own_database_urls: Any, tmp_path: Path
) -> None:
    settings = Settings(
        home=tmp_path / "home", database_url=own_database_urls.owner_url, storage="s3"
    )
    shutil.copytree(servers.home / "secrets", settings.home / "secrets")
    rows = await asyncpg.connect(own_database_urls.owner_url)
    for digest, data in OBJECTS.items():
        bucket.put_object(Key=f"objects/{digest}", Body=data)
        await rows.execute(
            "INSERT INTO objects (digest, size, media_type) VALUES ($1, $2, 'image/png')",
            digest,
            len(data),
        )
    await rows.close()
    report = await back_up(settings, tmp_path / "backup", tmp_path / "keys")
    assert (report.missing, report.unchecked, report.elsewhere) == ([], "", "s3")
    named = {one.sha256: one.size for one in read_manifest(tmp_path / "backup").elsewhere}
    assert named == {digest: len(data) for digest, data in OBJECTS.items()}
    await restore(settings, tmp_path / "backup", tmp_path / "keys", check_only=True)

    # Other bytes of the same length are seen by --check; what is gone, by every restore.
    lost = next(iter(OBJECTS))
    bucket.put_object(Key=f"objects/{lost}", Body=b"x" * len(OBJECTS[lost]))
    assert await refusal(settings, tmp_path, check_only=True) == "restore.objects_missing"
    bucket.Object(f"objects/{lost}").delete()
    other = Settings(home=tmp_path / "other", database_url=settings.database_url, storage="s3")
    assert await refusal(other, tmp_path) == "restore.objects_missing"
    assert not other.home.exists()
    again = await back_up(settings, tmp_path / "later")
    assert again.missing == [lost]

    name = f"restored_{new_key()}"
    bucket.put_object(Key=f"objects/{lost}", Body=OBJECTS[lost])
    owner = await asyncpg.connect(servers.owner_url())
    await owner.execute(f'CREATE DATABASE "{name}"')
    try:
        restored = Settings(
            home=tmp_path / "third", database_url=servers.owner_url(name), storage="s3"
        )
        await restore(restored, tmp_path / "backup", tmp_path / "keys")
    finally:
        await owner.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await owner.close()


async def refusal(settings: Settings, folder: Path, **how: Any) -> str:
    with pytest.raises(DirectorError) as refused:
        await restore(settings, folder / "backup", folder / "keys", **how)
    assert "lacks 1 of the 2 objects" in refused.value.message
    return refused.value.code
