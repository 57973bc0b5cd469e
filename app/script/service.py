"""Brings a script into a project: read, broken down, and written to its graph in one step."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path, PurePosixPath
from uuid import UUID

import msgspec

from app import collaboration, projects
from app.accounts import Actor
from app.graph import Graph, SetNode, Transaction
from app.media import ObjectStore, check_room, note_object, room_for
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from app.projects import Right
from node_registry import DirectorError, Media, TextFile

from .analysis import analyse, breakdown_as_json
from .model import Breakdown, Problem
from .operations import Import, to_operations
from .settlements import Settlement, Taken, decide, read_settlements
from .stored import load_stored, script_node
from .summary import ImportSummary

MEDIA_TYPES = {"fountain": "text/plain", "fdx": "application/xml", "plain": "text/plain"}


class ImportResult(msgspec.Struct):
    """What an import did; `assembly` is the node that makes the film."""

    version: int
    format: str
    title: str
    scenes: int
    shots: int
    summary: ImportSummary
    assembly: str | None


class ImportPreview(msgspec.Struct):
    """What an import would do to a project, before anything is kept: the script's `breakdown` with
    the codes that its scenes and shots would have, and in sentences what would change."""

    breakdown: Breakdown
    summary: ImportSummary


class SettledDoubt(msgspec.Struct):
    """What became of the canvas once a line was settled, and the problems that are left."""

    version: int
    summary: ImportSummary
    problems: list[Problem]


class _Stores:
    store: ObjectStore | None = None
    incoming: Path | None = None


def use_store(store: ObjectStore, incoming: Path) -> None:
    """Keep the scripts' files here. Called once, by the API role."""
    _Stores.store, _Stores.incoming = store, incoming


async def preview(data: bytes, filename: str, user_id: UUID) -> msgspec.Raw:
    """What an import would find in a script, with the title that its project is proposed: a
    `Breakdown` in JSON already."""
    return msgspec.Raw(await breakdown_as_json(data, filename, user_id))


async def preview_import(
    actor: Actor, project_id: UUID, data: bytes, filename: str
) -> ImportPreview:
    """What importing a script into a project would change; nothing is kept."""
    project = await projects.authorise(actor, project_id, Right.READ)
    graph = await collaboration.read(actor, await collaboration.main_graph(actor, project_id))
    analysis = await analyse(data, filename, actor.user_id, _settled(graph))
    script, breakdown = analysis.script, analysis.breakdown
    # The importer writes codes into the breakdown and operations that nobody submits.
    brought: Import = await run_blocking(
        to_operations,
        breakdown,
        graph,
        title=script.title or project.title,
        media=None,
        new_id=new_key,
        rate=project.settings.render_settings().rate,
        drop_frame=project.settings.drop_frame,
    )
    return ImportPreview(breakdown, brought.summary)


async def import_script(
    actor: Actor, project_id: UUID, data: bytes, filename: str, *, title: str = ""
) -> ImportResult:
    """Read a script and bring the graph into step with it; people's own work is kept.

    The file is stored as it came, and committed to the project under `02_Source_Creative/Scripts`.
    """
    project = await projects.authorise(actor, project_id, Right.EDIT)
    await check_room(project_id, len(data))
    graph_id = await collaboration.main_graph(actor, project_id)
    graph = await collaboration.read(actor, graph_id)
    analysis = await analyse(data, filename, actor.user_id, _settled(graph))
    script, breakdown = analysis.script, analysis.breakdown
    name = _file_name(filename, script.format)
    async with room_for(project_id, len(data)):
        media = await _store_file(project_id, data, name, MEDIA_TYPES[script.format])
    graph = await collaboration.read(actor, graph_id)
    brought: Import = await run_blocking(
        to_operations,
        breakdown,
        graph,
        title=title or script.title or project.title,
        media=msgspec.to_builtins(media),
        new_id=new_key,
        rate=project.settings.render_settings().rate,
        drop_frame=project.settings.drop_frame,
    )
    version = graph.version
    if brought.operations:
        accepted = await collaboration.submit(
            actor.as_system(),
            graph_id,
            Transaction(
                label=f"Import {name}",
                base_version=graph.version,
                ops=tuple(brought.operations),
            ),
        )
        version = accepted.version
        text = data.decode("utf-8", "replace")
        await projects.commit(
            actor,
            project_id,
            f"Import {name}",
            [TextFile(f"02_Source_Creative/Scripts/{name}", text)],
        )
    after = await collaboration.read(actor, graph_id)
    assembly = next((n.id for n in after.nodes.values() if n.type == "film.assembly"), None)
    return ImportResult(
        version=version,
        format=script.format,
        title=title or script.title or project.title,
        scenes=len(breakdown.scenes),
        shots=sum(len(scene.shots) for scene in breakdown.scenes),
        summary=brought.summary,
        assembly=assembly,
    )


async def settle_doubt(
    actor: Actor, project_id: UUID, digest: str, line: int, taken: Taken
) -> SettledDoubt:
    """Decide what a line is that no rule can settle, and bring the canvas into step with it, in
    one step that can be undone. A later import of the script remembers it.

    `digest` is the script that the line was seen in. Raises `script.changed` where another was
    imported since, and `script.no_doubt` where the line is not in doubt.
    """
    project = await projects.authorise(actor, project_id, Right.EDIT)
    assert _Stores.store is not None
    graph_id = await collaboration.main_graph(actor, project_id)
    graph = await collaboration.read(actor, graph_id)
    stored = await load_stored(_Stores.store, graph)
    if stored.digest != digest:
        raise DirectorError(
            "script.changed",
            "Another version of the script was imported since this line was seen.",
            hint="Look at the script again.",
            status=409,
        )
    found = await analyse(stored.data, stored.name, actor.user_id, stored.settled)
    doubt = next((one for one in found.script.doubts if one.line == line), None)
    if doubt is None:
        raise DirectorError(
            "script.no_doubt",
            f"Line {line} is not in doubt.",
            hint="Put @ before a line to make it a cue, or ! to make it action.",
            status=404,
        )
    settled = decide(stored.settled, doubt.text, doubt.before, doubt.after, taken)
    analysis = await analyse(stored.data, stored.name, actor.user_id, settled)
    brought: Import = await run_blocking(
        to_operations,
        analysis.breakdown,
        graph,
        title=str(stored.node.data.get("title") or project.title),
        media=stored.node.data.get("media"),
        new_id=new_key,
        rate=project.settings.render_settings().rate,
        drop_frame=project.settings.drop_frame,
    )
    remember = SetNode(id=stored.node.id, values={"data.settled": msgspec.to_builtins(settled)})
    what = "a cue" if taken == "cue" else "action"
    accepted = await collaboration.submit(
        actor.as_system(),
        graph_id,
        Transaction(
            label=f"Take “{doubt.text[:60]}” for {what}",
            base_version=graph.version,
            ops=(remember, *brought.operations),
        ),
    )
    return SettledDoubt(accepted.version, brought.summary, analysis.breakdown.problems)


def _settled(graph: Graph) -> list[Settlement]:
    node = script_node(graph)
    return read_settlements(node.data.get("settled")) if node else []


async def _store_file(project_id: UUID, data: bytes, name: str, media_type: str) -> Media:
    assert _Stores.store is not None
    assert _Stores.incoming is not None
    _Stores.incoming.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=_Stores.incoming, delete=False) as file:
        file.write(data)
    path = Path(file.name)
    try:
        stored = await _Stores.store.keep(path, media_type)
    finally:
        path.unlink(missing_ok=True)
    media = Media(digest=stored.digest, size=stored.size, media_type=media_type, name=name)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await note_object(unit, project_id, media)
    return media


def _file_name(filename: str, form: str) -> str:
    """A name for the script's file in the project: the one it came with, made harmless."""
    stem = PurePosixPath(filename.replace("\\", "/")).stem
    stem = re.sub(r"[^\w .-]", "", stem).strip(" .")[:80] or "script"
    return f"{stem}.{ {'fountain': 'fountain', 'fdx': 'fdx', 'plain': 'txt'}[form] }"
