"""The token in `studio.json`: renewed while its studio runs, and worth nothing once it stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app import accounts
from app.processes.studio import free_port, running
from app.processes.studio_lock import read_address
from app.settings import Settings

pytestmark = pytest.mark.system


def environments_of_children(command: str) -> list[list[bytes]]:
    """The environment of each child of this process that runs this command of ours."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if int(parent) == os.getpid() and command.encode() in words:
                found.append((folder / "environ").read_bytes().split(b"\0"))
    return found


async def status(url: str, token: str) -> int:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        answer = await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code


async def test_a_token_is_renewed_and_ends_with_its_studio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "RENEW_EVERY", timedelta(seconds=1))
    settings = Settings(home=tmp_path, port=free_port(), workers=0)
    async with running(settings) as studio:
        first, url = studio.address.token, studio.address.url
        for _ in range(300):
            address = read_address(tmp_path)
            assert address is not None
            if address.token != first:
                break
            await asyncio.sleep(0.1)
        assert address.token != first
        assert [await status(url, one) for one in (first, address.token)] == [200, 200]
    async with running(settings) as studio:
        assert [await status(url, one) for one in (first, address.token)] == [401, 401]
        assert await status(url, studio.address.token) == 200
        # What a flood of large bodies once took goes back to the system.
        [environment] = environments_of_children("serve")
        assert b"MALLOC_ARENA_MAX=2" in environment
