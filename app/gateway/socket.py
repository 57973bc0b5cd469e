"""`/ws/{project_id}`: who may open it, from where, and how it is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from litestar import WebSocket, websocket
from litestar.handlers import WebsocketRouteHandler

from app import accounts, projects
from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.telemetry import get_logger
from app.projects import Right
from node_registry import DirectorError

from .commands import handle
from .errors import as_director_error
from .refusals import note_refusal
from .security import is_same_site
from .session import Session, close_reason
from .transport import WRITE

log = get_logger(__name__)

CLOSE_CODES = {401: 4401, 403: 4403, 404: 4404, 429: 4429}


@websocket("/ws/{project_id:str}")
async def project_socket(socket: WebSocket[Any, Any, Any]) -> None:
    """Everything that happens in a project, and everything that is done to it."""
    state = socket.app.state
    origin, host = socket.headers.get("origin", ""), socket.headers.get("host", "")
    if origin and not is_same_site(origin, host, state.settings.allowed_origins):
        # Before the connection is there: another site's page must not even see that it is refused.
        await socket.send({"type": "websocket.close", "code": 4403, "reason": "Another site."})
        return
    await socket.accept()
    actor: Actor | None = None
    query = parse_qs(socket.scope["query_string"].decode("latin-1"))
    try:
        project_id = parse_id(str(socket.path_params["project_id"]), "project")
        actor = await _actor(socket, query, project_id)
        project = await projects.authorise(actor, project_id, Right.READ)
        session = Session(
            state.connections,
            state.presence,
            actor,
            project_id,
            projects.rights_in(project, actor),
            compressed="deflate" in query.get("compression", []),
            write_now=(socket.scope.get("extensions") or {}).get(WRITE),  # type: ignore[arg-type]
        )
        await projects.note_visit(actor, project_id)
        if not state.connections.admit(session):
            raise DirectorError("socket.too_many", "There are too many connections.", status=429)
    except Exception as error:  # noqa: BLE001 - answered by the code and the reason
        known = as_director_error(error)
        note_refusal(known, None if actor is None else actor.user_id, path="/ws/")
        code = CLOSE_CODES.get(known.status, 4503)
        await socket.send(
            {"type": "websocket.close", "code": code, "reason": close_reason(known.message)}
        )
        return
    await session.serve(socket.receive, socket.send, handle)


async def _actor(
    socket: WebSocket[Any, Any, Any], query: dict[str, list[str]], project_id: Any
) -> Actor:
    """Who opens it: by a one-time ticket, a bearer token, or the session's cookie."""
    if tickets := query.get("ticket"):
        actor = accounts.redeem_ticket(tickets[0], project_id)
        await accounts.check_login(actor)
        return actor
    header = socket.headers.get("authorization", "")
    token = header[7:].strip() if header.lower().startswith("bearer ") else None
    by_cookie = token is None
    token = token or socket.app.state.cookies.session_of(socket)
    # Every browser says which page opens a socket; that it is ours was seen to by then.
    if token and by_cookie and not socket.headers.get("origin"):
        raise DirectorError("account.bad_origin", "A socket by cookie needs an Origin.", status=403)
    if not token:
        raise DirectorError("account.required", "Log in first.", status=401)
    return await accounts.authenticate(token)


ROUTES: list[WebsocketRouteHandler] = [project_socket]
