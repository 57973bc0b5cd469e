"""A project's library of workflows: what a file suggests, keeping it, listing and removing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from app import projects
from app.accounts import Actor
from app.media import ObjectStore, check_room, note_object
from app.platform.blocking import run_blocking
from app.platform.database import current_unit, from_json, to_json, unit_of_work
from app.platform.ids import new_id
from app.platform.pagination import Page, PageRequest
from app.platform.telemetry import get_logger
from app.projects import Right
from node_registry import DirectorError, Media, PipelineFormat, PipelineSummary

MEDIA_TYPE = "application/vnd.movie-director.pipeline+json"
LARGEST = 4 << 20
FOLDER = "Pipeline_Templates"
OTHERWISE = "comfyui"

log = get_logger(__name__)


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What a file suggests: a template to be looked at and changed, and what it says."""

    format: str
    template: dict[str, Any]
    summary: PipelineSummary


class PipelineTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow of the library. `media` is what a pipeline's node takes as its `template`."""

    id: UUID
    format: str
    backend: str
    media: Media
    summary: PipelineSummary
    created_by: UUID
    created_at: datetime


class Library:
    """The workflows of all projects, of the formats that plugins bring."""

    def __init__(self, formats: Mapping[str, PipelineFormat], store: ObjectStore) -> None:
        self._formats = formats
        self._store = store

    async def suggest(
        self, actor: Actor, project_id: UUID, format: str, content: bytes, title: str
    ) -> Suggestion:
        """What a file suggests; nothing is kept. Raises what the format refuses, with what to do
        instead."""
        await projects.authorise(actor, project_id, Right.EDIT)
        found = self._format(format or self._looks_like(content))
        _check_size(len(content))
        template = await run_blocking(found.suggest, content, title[:200])
        encoded = msgspec.json.encode(template)
        summary = await run_blocking(found.read, encoded)
        return Suggestion(format=found.name, template=template, summary=summary)

    async def starters(self, actor: Actor, project_id: UUID, page: PageRequest) -> Page[Suggestion]:
        """The workflows that come with plugins, or that the operator offers; none is kept yet."""
        await projects.authorise(actor, project_id, Right.READ)
        return page.of(await run_blocking(self._starters), _starter_key)

    def _starters(self) -> list[Suggestion]:
        found: list[Suggestion] = []
        for format in self._formats.values():
            for template in format.starters() if format.starters else ():
                try:
                    summary = format.read(msgspec.json.encode(template))
                except DirectorError as error:
                    log.warning("pipelines.bad_starter", format=format.name, why=error.message)
                    continue
                found.append(Suggestion(format=format.name, template=template, summary=summary))
        return found

    def _looks_like(self, content: bytes) -> str:
        """The format that recognises a file; else that of workflows that know no other."""
        for format in self._formats.values():
            if format.recognises is not None and format.recognises(content):
                return format.name
        return OTHERWISE

    async def keep(
        self, actor: Actor, project_id: UUID, format: str, template: dict[str, Any]
    ) -> PipelineTemplate:
        """Keep a template that somebody has confirmed; its file joins the studio's library."""
        await projects.authorise(actor, project_id, Right.EDIT)
        found = self._format(format)
        content = msgspec.json.format(msgspec.json.encode(template), indent=2)
        _check_size(len(content))
        await check_room(project_id, len(content))
        summary = await run_blocking(found.read, content)
        with TemporaryDirectory(prefix="pipeline-") as scratch:
            path = Path(scratch) / "template.json"
            await run_blocking(path.write_bytes, content)
            stored = await self._store.keep(path, MEDIA_TYPE)
        media = Media(
            digest=stored.digest,
            size=stored.size,
            media_type=MEDIA_TYPE,
            name=f"{projects.asset_stem(summary.title) or 'PIPELINE'}.json",
            facts=_facts(found, summary),
        )
        async with unit_of_work(actor.user_id) as unit:
            await note_object(unit, project_id, media)
            row = await unit.fetchrow(
                """INSERT INTO pipeline_templates
                     (id, project_id, format, digest, size, summary, created_by)
                   VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7) RETURNING *""",
                new_id(),
                project_id,
                format,
                media.digest,
                media.size,
                to_json(msgspec.to_builtins(summary)),
                actor.user_id,
            )
        assert row is not None
        await run_blocking(_publish, media, summary, content)
        return self._template(row)

    async def list_all(
        self, actor: Actor, project_id: UUID, page: PageRequest
    ) -> Page[PipelineTemplate]:
        """The workflows of a project, newest first."""
        await projects.authorise(actor, project_id, Right.READ)
        after = page.after(tuple[datetime, UUID])
        async with unit_of_work(actor.user_id) as unit:
            rows = await unit.fetch(
                """SELECT * FROM pipeline_templates
                   WHERE project_id = $1 AND removed_at IS NULL
                     AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
                   ORDER BY created_at DESC, id DESC LIMIT $4""",
                project_id,
                after[0] if after else None,
                after[1] if after else None,
                page.rows,
            )
        return page.answer(rows, lambda row: (row["created_at"], row["id"]), self._template)

    async def content(self, actor: Actor, project_id: UUID, template_id: UUID) -> dict[str, Any]:
        """A template as JSON, to be changed and kept anew. Raises `pipeline.not_found`."""
        await projects.authorise(actor, project_id, Right.READ)
        async with unit_of_work(actor.user_id) as unit:
            digest = await unit.fetchval(
                """SELECT digest FROM pipeline_templates
                   WHERE project_id = $1 AND id = $2 AND removed_at IS NULL""",
                project_id,
                template_id,
            )
        if digest is None:
            raise _not_found()
        path = await self._store.path_of(digest)
        return msgspec.json.decode(await run_blocking(path.read_bytes), type=dict[str, Any])

    async def remove(self, actor: Actor, project_id: UUID, template_id: UUID) -> None:
        """Take a workflow out of the library; nodes that chose it keep it."""
        await projects.authorise(actor, project_id, Right.EDIT)
        async with unit_of_work(actor.user_id) as unit:
            row = await unit.fetchrow(
                """UPDATE pipeline_templates SET removed_at = now()
                   WHERE project_id = $1 AND id = $2 AND removed_at IS NULL RETURNING id""",
                project_id,
                template_id,
            )
        if row is None:
            raise _not_found()

    def _format(self, name: str) -> PipelineFormat:
        found = self._formats.get(name)
        if found is None:
            raise DirectorError(
                "pipeline.no_format",
                f"No plugin here reads workflows of the format {name[:40]!r}.",
                hint=f"The formats are: {', '.join(sorted(self._formats)) or 'none'}.",
                status=404,
            )
        return found

    def _template(self, row: asyncpg.Record) -> PipelineTemplate:
        summary = msgspec.convert(from_json(row["summary"]), PipelineSummary)
        format = self._formats.get(row["format"])
        media = Media(
            digest=row["digest"],
            size=row["size"],
            media_type=MEDIA_TYPE,
            name=f"{projects.asset_stem(summary.title) or 'PIPELINE'}.json",
            facts=_facts(format, summary),
        )
        return PipelineTemplate(
            id=row["id"],
            format=row["format"],
            backend=format.backend if format else "",
            media=media,
            summary=summary,
            created_by=row["created_by"],
            created_at=row["created_at"],
        )


async def media_named(digests: list[str]) -> set[str]:
    """Those of these digests that a workflow in a library has. Part of the caller's unit."""
    rows = await current_unit().fetch(
        "SELECT DISTINCT digest FROM pipeline_templates WHERE digest = ANY($1::text[])", digests
    )
    return {row["digest"] for row in rows}


def _starter_key(starter: Suggestion) -> tuple[str, str, str]:
    """What starters are sorted by: their titles, and their bytes where two have one title."""
    content = msgspec.json.encode(starter.template, order="deterministic")
    return starter.summary.title, starter.format, sha256(content).hexdigest()


def _facts(format: PipelineFormat | None, summary: PipelineSummary) -> dict[str, Any]:
    """What a backend and the planner have to know without reading the template."""
    return {
        "backend": format.backend if format else "",
        "title": summary.title,
        "version": summary.version,
        "seconds": summary.seconds,
        "models": [{"name": one.name, "sha256": one.sha256} for one in summary.models],
    }


def _publish(media: Media, summary: PipelineSummary, content: bytes) -> None:
    """Put the template's file into the studio's library, under a name that is its own."""
    folder = projects.folders().workspace / "Library" / FOLDER
    stem = media.name.removesuffix(".json")
    target = folder / f"{stem}_{media.digest[:12]}.json"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{uuid4().hex}.tmp"
    temporary.write_bytes(content)
    os.replace(temporary, target)


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise DirectorError(
            "pipeline.too_large",
            f"The workflow has {size >> 20} MB; the most is {LARGEST >> 20} MB.",
            hint="Take pictures that are embedded in it out of the workflow.",
            status=413,
        )


def _not_found() -> DirectorError:
    return DirectorError("pipeline.not_found", "This project has no such workflow.", status=404)
