"""Graphs over HTTP: read one, change it, and see what is wrong with its nodes."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.accounts import Actor
from app.graph import Graph, Operation, Problem, Transaction, problems
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from . import service
from .clients import client_id_of

# Bytes of a change: what a program writes at once may be a whole film's canvas.
MAX_OPERATIONS = 16 * 1024 * 1024


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """Operations to be done together. `client_id` and `seq` make a resend harmless."""

    ops: tuple[Operation, ...]
    base_version: int | None = None
    client_id: str = ""
    seq: int = 0
    label: str = ""


class GraphsController(Controller):
    """`/api/v1/projects/{project_id}/graph`: the project's main canvas."""

    path = "/api/v1/projects/{project_id:str}/graph"
    tags = ["graph"]

    @get()
    async def read(
        self, actor: NamedDependency[Actor], project_id: FromPath[str]
    ) -> dict[str, Any]:
        """The whole graph, at its newest stored version."""
        graph = await _graph(actor, project_id)
        return {
            "id": graph.id,
            "version": graph.version,
            "nodes": list(graph.nodes.values()),
            "edges": list(graph.edges.values()),
            "settings": graph.settings,
        }

    @post("/operations", status_code=200, request_max_body_size=MAX_OPERATIONS)
    async def change(
        self, actor: NamedDependency[Actor], project_id: FromPath[str], data: JSONBody[Change]
    ) -> service.Accepted:
        """Change the graph: all of the operations, or none and the reason."""
        graph_id = await service.main_graph(actor, parse_id(project_id, "project"))
        return await service.submit(
            actor,
            graph_id,
            Transaction(
                client_id=client_id_of(actor.user_id, data.client_id) if data.client_id else "",
                seq=data.seq,
                base_version=data.base_version,
                label=data.label[:200],
                ops=data.ops,
            ),
        )

    @get("/problems")
    async def problems(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[Problem]:
        """What keeps nodes from running, node by node, and what to do about each."""
        graph = await _graph(actor, project_id)
        state = request.app.state
        found = problems(graph, state.registry, backends=state.plugins.backends.values())
        return page.of(found, _problem_key)


def _problem_key(problem: Problem) -> tuple[str, ...]:
    socket, field = problem.socket or "", problem.field or ""
    return problem.node_id, problem.code, socket, field, problem.message


async def _graph(actor: Actor, project_id: str) -> Graph:
    graph_id = await service.main_graph(actor, parse_id(project_id, "project"))
    return await service.read(actor, graph_id)


ROUTES = [GraphsController]
