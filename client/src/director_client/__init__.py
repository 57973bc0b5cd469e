"""The Python client of Movie Director: joins a project, edits its graph, follows what is made.

    studio = await log_in(url, email, password)
    async with connect(studio.url, token=studio.token, project="Lighthouse") as film:
        shot = film.graph.find("SHOT_010")
        await film.submit(SetNode(id=shot.id, values={"data.duration": 4}), label="Longer")
        take = await film.generate(shot.id)

The wire itself is described in docs/protocol.md of the studio's sources.
"""

from . import events
from .errors import GenerationFailed, Refused, StudioError, Unreachable
from .graph import Graph
from .ids import new_id
from .project import Project, connect
from .studio import ProjectInfo, Studio, Take, find_local_studio, log_in
from .wire.graph import (
    AddEdge,
    AddNode,
    Edge,
    EditText,
    MoveNode,
    Node,
    Operation,
    RemoveEdges,
    RemoveNodes,
    SetEdge,
    SetGraph,
    SetNode,
)

__all__ = [
    "AddEdge",
    "AddNode",
    "Edge",
    "EditText",
    "GenerationFailed",
    "Graph",
    "MoveNode",
    "Node",
    "Operation",
    "Project",
    "ProjectInfo",
    "Refused",
    "RemoveEdges",
    "RemoveNodes",
    "SetEdge",
    "SetGraph",
    "SetNode",
    "Studio",
    "StudioError",
    "Take",
    "Unreachable",
    "connect",
    "events",
    "find_local_studio",
    "log_in",
    "new_id",
]
