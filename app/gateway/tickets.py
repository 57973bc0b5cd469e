"""Gives programs a one-time ticket for the socket of a project."""

from __future__ import annotations

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app import accounts, projects
from app.accounts import Actor
from app.platform.ids import parse_id
from app.projects import Right


class SocketTicket(msgspec.Struct):
    """Opens `/ws/{project_id}?ticket=…` once, within `expires_in` seconds."""

    ticket: str
    expires_in: int


@post("/api/v1/projects/{project_id:str}/socket-ticket", status_code=201, tags=["projects"])
async def issue_ticket(actor: NamedDependency[Actor], project_id: FromPath[str]) -> SocketTicket:
    """A ticket for programs that can send neither cookie nor header with a WebSocket."""
    project = await projects.authorise(actor, parse_id(project_id, "project"), Right.READ)
    return SocketTicket(accounts.issue_ticket(actor, project.id), accounts.TICKET_LIFETIME)


ROUTES = [issue_ticket]
