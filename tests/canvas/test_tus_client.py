"""Uploads by tus-js-client, which browsers use, over connections that are cut on the way."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import wave
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.studio import Studio

CANVAS = Path(__file__).parents[2] / "canvas"


async def bring(place: str, studio: Studio, project: str, file: Path, **options: Any) -> Any:
    """Run the client to its end; gives what it printed."""
    assert (CANVAS / "node_modules").is_dir(), "`make test-canvas` brings the canvas' packages."
    given = {
        "endpoint": f"http://{place}/api/v1/projects/{project}/uploads",
        "token": studio.owner.headers["Authorization"].removeprefix("Bearer "),
        "file": file,
        **options,
    }
    arguments = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    process = await asyncio.create_subprocess_exec(
        "node", "drive/upload.mjs", *arguments, cwd=CANVAS,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(120):
        output, complaint = await process.communicate()
    assert output, complaint.decode()
    return json.loads(output)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five minutes of noise in stereo: 57 MB."""
    path = tmp_path_factory.mktemp("songs") / "Möwen.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(random.Random(7).randbytes(300 * 48_000 * 4))
    return path


@pytest.mark.parametrize("options", [{}, {"break": 4}, {"break": 3, "chunk": 5_000_000}])
async def test_a_file_arrives_whole(studio: Studio, song: Path, options: dict[str, int]) -> None:
    project = await studio.project()
    async with studio.served() as place:
        found = await bring(place, studio, project, song, **options)
    digest = hashlib.sha256(song.read_bytes()).hexdigest()
    # A cut that falls upon the last answer leaves nothing to send: the client is then not told of
    # the media, and the upload itself says it, below.
    assert found.get("media") in (digest, ""), found
    assert found["requests"] > options.get("break", 0)
    media = (await studio.owner.get(urlsplit(found["url"]).path)).json()["media"]
    assert media["digest"] == digest
    assert (media["name"], media["size"]) == (song.name, song.stat().st_size)
    assert media["media_type"] == "audio/wav"


async def test_a_file_that_is_refused_is_not_sent_again(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://evil.test/x.ts\n")
    project = await studio.project()
    async with studio.served() as place:
        found = await bring(place, studio, project, path)
    assert "415" in found["error"]
    assert "playlist" in found["error"]
