"""Links to the stream of a project's cut: whose view of it they show, and their signatures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app import accounts, projects
from app.accounts import Actor
from app.platform.ids import parse_id
from app.projects import Right
from node_registry import DirectorError

from .links import StreamGrant

if TYPE_CHECKING:
    # Workers load this facade, and no web framework.
    from litestar import Request


async def stream_actor(
    request: Request[Any, Any, Any], project_id: str, person: str, expires: int, signature: str
) -> tuple[Actor, UUID]:
    """Who gave a link to the stream of a project, and the project, once the link is good.

    Raises `media.bad_link`, `media.link_expired`, and as `authorise` when that person may not (or
    no longer) give out the project's media.
    """
    grant = StreamGrant(
        project=parse_id(project_id, "project"), person=parse_id(person, "person"), expires=expires
    )
    request.app.state.links.check_stream(grant, signature)
    actor = await accounts.active_person(grant.person)
    if actor is None:
        raise DirectorError("project.not_found", "There is no such project.", status=404)
    await projects.authorise(actor, grant.project, Right.EXPORT)
    return actor, grant.project


def sign_stream(
    request: Request[Any, Any, Any], actor: Actor, project: UUID, expires_at: datetime
) -> str:
    """The query of addresses that show this person's view of a project's stream until then."""
    moment = int(expires_at.astimezone(UTC).timestamp())
    grant = StreamGrant(project=project, person=actor.user_id, expires=moment)
    return request.app.state.links.sign_stream(grant)
