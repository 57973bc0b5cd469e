"""`director project`, `export` and `gc`: what the command line asks of the studio's API."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from app.archives import read_clone
from app.platform.blocking import run_blocking, run_to_end
from app.platform.zip_stream import zip_stream
from app.settings import Settings
from node_registry import DirectorError

from .client import Api, connected
from .listening import free_port
from .studio import running
from .studio_lock import running_studio


async def export_project(settings: Settings, project: str, output: Path | None) -> Path:
    """Write a project, by its id or title, to a zip file; the file. One that is there is kept."""
    async with _api(settings) as api:
        found = await _find(api, project)
        target = (output or Path(f"{found['folder']}.zip")).absolute()
        if target.exists():
            raise DirectorError(
                "archive.exists",
                f"{target.name} is there already.",
                hint="Choose another name with -o.",
            )
        await api.download(
            f"/api/v1/projects/{found['id']}/export", target, "The project was exported"
        )
        return target


async def list_exporters(settings: Settings) -> list[dict[str, Any]]:
    """The formats that a film's cut can be had in."""
    async with _api(settings) as api:
        page = await api.call("GET", "/api/v1/exporters", params={"limit": 100})
        return page["items"]


async def export_cut(settings: Settings, project: str, to: str, output: Path | None) -> Path:
    """Write a project's cut in one of the formats; the file. One that is there is kept."""
    async with _api(settings) as api:
        found = await _find(api, project)
        page = await api.call("GET", "/api/v1/exporters", params={"limit": 100})
        spec = next((one for one in page["items"] if one["name"] == to), None)
        if spec is None:
            raise DirectorError(
                "export.unknown",
                f"There is no exporter {to[:40]!r}.",
                hint=f"There are: {', '.join(one['name'] for one in page['items'])}.",
                status=404,
            )
        ending = spec["extension"].lstrip(".")
        target = (output or Path(f"{found['folder']}.{ending}")).absolute()
        if target.exists():
            raise DirectorError(
                "export.exists",
                f"{target.name} is there already.",
                hint="Choose another name with -o.",
            )
        await api.download(
            f"/api/v1/projects/{found['id']}/cut/{quote(to)}", target, "The cut was exported"
        )
        return target


async def import_edit(
    settings: Settings, project: str, source: Path, confirm: Callable[[dict[str, Any]], bool]
) -> dict[str, Any] | None:
    """Bring an edited cut into a project, when `confirm` says yes to the preview; what was done,
    or None."""
    if not source.is_file():
        raise DirectorError(
            "edit.not_there", f"There is no file {source.name}.", hint="Check its name."
        )
    async with _api(settings) as api:
        found = await _find(api, project)
        address = f"/api/v1/projects/{found['id']}/cut/edits"
        preview = await api.upload(f"{address}/preview", source)
        if not await asyncio.to_thread(confirm, preview):
            return None
        return await api.upload(address, source, confirmed=preview["id"])


async def import_project(settings: Settings, source: Path, title: str) -> dict[str, Any]:
    """Make a project of an exported one; the project as the API tells of it."""
    if not source.is_file():
        raise DirectorError(
            "archive.not_there", f"There is no file {source.name}.", hint="Check its name."
        )
    async with _api(settings) as api:
        return await api.upload("/api/v1/projects/import", source, title=title)


async def open_folder(settings: Settings, folder: Path, title: str) -> tuple[dict[str, Any], bool]:
    """Open a folder that `git clone` made: the project of this studio that it is of, or a new one
    with its content; and whether it is new."""
    told, members = await run_blocking(read_clone, folder)
    async with _api(settings) as api:
        try:
            return await api.call("GET", f"/api/v1/projects/{told.uuid}"), False
        except DirectorError as error:
            if error.code not in ("project.not_found", "request.bad_id"):
                raise
        with tempfile.TemporaryDirectory() as scratch:
            packed = Path(scratch) / "clone.zip"
            with packed.open("wb") as file:
                async for chunk in zip_stream(members):
                    await run_to_end(file.write, chunk)
            return await api.upload("/api/v1/projects/import", packed, title=title), True


async def collect(settings: Settings, dry_run: bool) -> dict[str, Any]:
    """`director gc`: what was removed of the stored files, or would be."""
    async with _api(settings) as api:
        return await api.call(
            "POST", "/api/v1/storage/collect", params={"dry_run": str(dry_run).lower()}
        )


@asynccontextmanager
async def _api(settings: Settings) -> AsyncIterator[Api]:
    """The studio of this machine, which is started for as long as it is needed if none runs."""
    address = await running_studio(settings.home)
    if address is not None:
        async with connected(address) as api:
            yield api
        return
    own = msgspec.structs.replace(settings, host="127.0.0.1", port=free_port(), workers=0)
    async with running(own) as studio, connected(studio.address) as api:
        yield api


async def _find(api: Api, project: str) -> dict[str, Any]:
    try:
        return await api.call("GET", f"/api/v1/projects/{UUID(project)}")
    except ValueError:
        pass
    page = await api.call("GET", "/api/v1/projects", params={"search": project, "limit": 100})
    named = [one for one in page["items"] if one["title"].casefold() == project.casefold()]
    if len(named) != 1:
        raise DirectorError(
            "project.not_found" if not named else "project.ambiguous",
            f"{'No' if not named else 'More than one'} project is called {project[:80]!r}.",
            hint="Give its id: it stands in the address of its canvas.",
            status=404,
        )
    return named[0]
