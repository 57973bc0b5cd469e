"""What the tests of repositories share: stock git as people use it, and a project to clone."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.studio import Studio


async def git(folder: Path, *arguments: str, fails: bool = False, **more: str) -> str:
    """What stock git prints, on both of its outputs; with git-lfs, and nothing of this machine."""
    process = await asyncio.create_subprocess_exec(
        "git", *arguments, cwd=folder, env=person(folder) | more,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate()
    text = printed.decode(errors="replace")
    assert (process.returncode != 0) == fails, f"git {' '.join(arguments)}: {text}"
    return text


def person(folder: Path) -> dict[str, str]:
    """The environment of somebody with a fresh home, a name, and git-lfs installed."""
    home = folder / ".home" if not (folder / ".git").exists() else folder.parent / ".home"
    if not home.exists():
        home.mkdir()
        (home / ".gitconfig").write_text(
            "[user]\n\tname = Tom Fisher\n\temail = tom@example.org\n"
            '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n'
            "\tprocess = git-lfs filter-process\n\trequired = true\n"
            "[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n"
        )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }


async def api_token(client: httpx.AsyncClient, *scopes: str) -> str:
    """A personal API token of somebody who is logged in."""
    body = {"name": "git", "scopes": list(scopes)}
    answer = await client.post("/api/v1/auth/tokens", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["secret"]


async def clone_url(client: httpx.AsyncClient, project: str, host: str, token: str) -> str:
    """The address of a project with a token in it."""
    answer = await client.get(f"/api/v1/projects/{project}/git")
    assert answer.status_code == 200, answer.text
    path = httpx.URL(answer.json()["url"]).path
    return f"http://tom:{token}@{host}{path}"


async def film(studio: Studio) -> tuple[str, str]:
    """A project of the owner with one shot that was made and committed; its id, and the shot's."""
    project = await studio.project()
    shot = await studio.shot(project)
    async with studio.worker():
        run = await studio.run_ends((await studio.generate(project, shot))["run_id"])
    assert run["status"] == "succeeded", run
    async with asyncio.timeout(60):
        while "Generated" not in str(await commits(studio.owner, project)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return project, shot


def picture() -> bytes:
    """A PNG that no other test has."""
    file = io.BytesIO()
    Image.frombytes("RGB", (16, 16), os.urandom(16 * 16 * 3)).save(file, "PNG")
    return file.getvalue()


async def commits(client: httpx.AsyncClient, project: str) -> list[dict[str, Any]]:
    """The history of a project, the newest first."""
    answer = await client.get(f"/api/v1/projects/{project}/commits")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]
