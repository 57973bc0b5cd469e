"""Joins a project as any program does, and shows what it hears until it is ended."""

from __future__ import annotations

import sys

import msgspec
from director_client import Project, Studio, StudioError, connect, find_local_studio, log_in
from director_client.events import (
    Connected,
    Disconnected,
    Event,
    EventsDropped,
    Unknown,
)
from director_client.wire.server_events import SERVER_EVENTS
from rich.console import Console

from app.settings import Settings
from node_registry import DirectorError

from .screen import Screen

# A person looks on: a studio that is upgraded comes back meanwhile.
GIVE_UP_AFTER = 3600.0
# The events that the library tells of its own connection.
OWN = {
    Connected: "watch:connected",
    Disconnected: "watch:disconnected",
    EventsDropped: "watch:events_dropped",
}
_names: dict[type[Event], str] = {kind: name for name, kind in SERVER_EVENTS.items()} | OWN


async def watch(
    settings: Settings,
    project: str,
    *,
    as_json: bool,
    url: str | None = None,
    email: str | None = None,
    password: str | None = None,
) -> None:
    """Follow a project: of the studio on this machine, or of the one at `url`."""
    try:
        studio = await _studio(settings, url, email, password)
        joining = connect(
            studio.url, token=studio.token, project=project, give_up_after=GIVE_UP_AFTER
        )
        async with joining as joined:
            if as_json:
                await _print_events(joined)
            else:
                with Screen(joined, Console()) as screen:
                    async for event in joined.events():
                        screen.show(event)
    except StudioError as error:
        raise DirectorError(
            error.code, error.message, hint=error.hint, status=error.status or 503
        ) from error


async def _studio(
    settings: Settings, url: str | None, email: str | None, password: str | None
) -> Studio:
    if url is None:
        return find_local_studio(settings.home)
    if not (email and password):
        raise DirectorError(
            "account.required",
            "A studio on another machine asks who you are.",
            hint="Give --email as well; the password is asked for.",
            status=401,
        )
    return await log_in(url, email, password)


async def _print_events(project: Project) -> None:
    async for event in project.events():
        sys.stdout.write(line_of(event) + "\n")
        sys.stdout.flush()


def line_of(event: Event) -> str:
    """An event as one line of JSON, in the form of the wire."""
    if isinstance(event, Unknown):
        message: dict[str, object] = {"event": event.event, "payload": event.payload}
    else:
        message = {"event": _names[type(event)], "payload": event}
    return msgspec.json.encode(message).decode()
