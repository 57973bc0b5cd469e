"""The script of a project as it was imported last, to be read beside its scenes."""

from __future__ import annotations

from pathlib import PurePosixPath
from uuid import UUID

import msgspec

from app import collaboration
from app.accounts import Actor
from app.graph import Graph, Node
from app.media import ObjectStore
from app.platform.blocking import run_blocking
from app.platform.ids import new_key
from app.projects import Right, authorise
from node_registry import DirectorError

from . import provenance
from .analysis import Analysis, analyse
from .model import Element, Problem, ScriptFormat
from .operations import to_operations
from .settlements import Settlement, read_settlements


class ScriptScene(msgspec.Struct, kw_only=True):
    """A scene of the script: its first and last line, and the node that it is on the canvas; null
    where somebody took that away. `seconds` is the sum of its shots as the script has them."""

    code: str
    heading: str
    line: int
    end_line: int
    shots: int
    seconds: float
    node_id: str | None


class ScriptText(msgspec.Struct, kw_only=True):
    """A script as it was imported: its paragraphs in order, and the scenes that they are."""

    node_id: str
    name: str
    digest: str
    format: ScriptFormat
    title: str
    pages: float
    seconds: float
    elements: list[Element]
    scenes: list[ScriptScene]
    problems: list[Problem]


class StoredScript(msgspec.Struct, frozen=True):
    """The file of a project's script as it lies there, and its node."""

    node: Node
    name: str
    digest: str
    data: bytes

    @property
    def settled(self) -> list[Settlement]:
        """What people decided of its lines."""
        return read_settlements(self.node.data.get("settled"))


def script_node(graph: Graph) -> Node | None:
    """The node that holds the script's file, or None."""
    return next((node for node in graph.nodes.values() if _media_of(node)), None)


async def load_stored(store: ObjectStore, graph: Graph) -> StoredScript:
    """The script that a graph's script node holds. Raises `script.none` where there is none."""
    node = script_node(graph)
    if node is None:
        raise DirectorError(
            "script.none",
            "No script was brought into this project yet.",
            hint="Import a Fountain, Final Draft or plain text file.",
            status=404,
        )
    media = _media_of(node)
    path = await store.path_of(media["digest"])
    data = await run_blocking(path.read_bytes)
    return StoredScript(node, PurePosixPath(media.get("name", "")).name, media["digest"], data)


async def read_stored(store: ObjectStore, actor: Actor, project_id: UUID) -> ScriptText:
    """The script that the project's script node holds. Raises `script.none` where there is none."""
    await authorise(actor, project_id, Right.READ)
    graph = await collaboration.read(actor, await collaboration.main_graph(actor, project_id))
    found = await load_stored(store, graph)
    analysis = await analyse(found.data, found.name, actor.user_id, found.settled)
    return await run_blocking(
        _script_text, analysis, found.digest, found.name, found.node.id, graph
    )


def _media_of(node: Node) -> dict[str, str]:
    media = node.data.get("media") if node.type == "film.script" else None
    return media if isinstance(media, dict) and media.get("digest") else {}


def _script_text(
    analysis: Analysis, digest: str, name: str, node_id: str, graph: Graph
) -> ScriptText:
    script, breakdown = analysis.script, analysis.breakdown
    # Finds each scene again on the canvas, as an import would; its operations are not wanted.
    to_operations(breakdown, graph, title=script.title, media=None, new_id=new_key)
    nodes = {
        provenance.link_of(node)["scene"]: node
        for node in graph.nodes.values()
        if node.type == "film.scene" and provenance.link_of(node).get("scene")
    }
    scenes = [
        ScriptScene(
            code=scene.code,
            heading=scene.heading,
            line=scene.line,
            end_line=scene.end_line,
            shots=len(scene.shots),
            seconds=scene.seconds,
            node_id=nodes[scene.key].id if scene.key in nodes else None,
        )
        for scene in breakdown.scenes
    ]
    return ScriptText(
        node_id=node_id,
        name=name,
        digest=digest,
        format=script.format,
        title=breakdown.title,
        pages=breakdown.pages,
        seconds=breakdown.seconds,
        elements=list(script.elements),
        scenes=scenes,
        problems=breakdown.problems,
    )
