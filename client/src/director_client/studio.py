"""A studio over HTTP: finding it, logging in, its projects, and the takes that it makes."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from .errors import StudioError, Unreachable
from .ids import is_id

T = TypeVar("T")

ADDRESS_FILE = "studio.json"
UNREACHABLE = "studio.unreachable"
TIMEOUT = httpx.Timeout(30, connect=10)
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class ProjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A project as the studio lists it; `role` is yours in it."""

    id: str
    title: str
    role: str = "owner"


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A result. `name` is what its files are called; `outputs` tell socket and media of each."""

    id: str
    node_id: str
    name: str
    version: int
    number: int
    outputs: list[dict[str, Any]] = []


class StartedGeneration(msgspec.Struct, frozen=True, kw_only=True):
    """A generation that was started: the task that makes the take, and the run it belongs to."""

    task_id: str
    run_id: str


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a task. `error` has `code`, `message` and perhaps `hint`."""

    id: str
    node_id: str
    status: str
    take_id: str | None = None
    error: dict[str, Any] | None = None


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A run with its tasks. `status` is running, succeeded, failed or cancelled."""

    id: str
    status: str
    tasks: list[TaskView]


class _RunAnswer(msgspec.Struct):
    run: RunView


class _Ticket(msgspec.Struct):
    ticket: str


class _Page(msgspec.Struct, Generic[T]):
    items: list[T]
    next_cursor: str | None


class _Token(msgspec.Struct):
    access_token: str


class Studio(msgspec.Struct, frozen=True):
    """Where a studio answers, and the token with which you speak to it."""

    url: str
    token: str

    def __repr__(self) -> str:
        # A token is a password: it does not belong into logs.
        return f"Studio({self.url!r})"

    async def projects(self) -> list[ProjectInfo]:
        """The projects that you belong to, the last changed first."""
        return await self.list_all("/api/v1/projects", ProjectInfo)

    async def find_project(self, name: str) -> ProjectInfo:
        """The project with this id, or this title if only one has it.

        Raises `project.not_found` and `project.ambiguous`.
        """
        if is_id(name):
            return await self.call("GET", f"/api/v1/projects/{name}", ProjectInfo)
        known = await self.projects()
        found = [project for project in known if project.title.casefold() == name.casefold()]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(project.id for project in found)
            raise StudioError(
                "project.ambiguous",
                f"{len(found)} projects are called {name}.",
                f"Name one by its id: {ids}.",
                409,
            )
        titles = ", ".join(project.title for project in known[:10]) or "none"
        raise StudioError(
            "project.not_found",
            f"You belong to no project called {name}.",
            f"Yours are: {titles}.",
            404,
        )

    async def ticket(self, project_id: str) -> str:
        """What opens one socket of this project, once, within half a minute."""
        path = f"/api/v1/projects/{project_id}/socket-ticket"
        return (await self.call("POST", path, _Ticket)).ticket

    async def generate(self, project_id: str, node_id: str, request_id: str) -> StartedGeneration:
        """Begin a new take of a node; the same `request_id` again is the same generation."""
        body = {"node_id": node_id, "request_id": request_id}
        return await self.call(
            "POST", f"/api/v1/projects/{project_id}/generate", StartedGeneration, json=body
        )

    async def run(self, run_id: str) -> RunView:
        """A run, and what has become of its tasks."""
        return (await self.call("GET", f"/api/v1/runs/{run_id}", _RunAnswer)).run

    async def take(self, take_id: str) -> Take:
        """A take by its id."""
        return await self.call("GET", f"/api/v1/takes/{take_id}", Take)

    async def download(self, take: Take, target: Path, *, output: str | None = None) -> Path:
        """Write a take's bytes to a file, whole or not at all. `output` names one of several."""
        partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            async with (
                self._http() as http,
                http.stream(
                    "GET",
                    f"/api/v1/takes/{take.id}/content",
                    params={"output": output} if output else {},
                ) as answer,
            ):
                if answer.is_error:
                    await answer.aread()
                    raise _problem(answer)
                with partial.open("wb") as file:
                    async for chunk in answer.aiter_bytes():
                        file.write(chunk)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target

    async def list_all(self, path: str, kind: type[T], **params: str) -> list[T]:
        """A whole list of the studio, page after page."""
        items: list[T] = []
        more: str | None = ""
        while more is not None:
            asked = {**params, "cursor": more} if more else params
            page = await self.call("GET", path, _Page[kind], params=asked)
            items += page.items
            more = page.next_cursor
        return items

    async def call(self, method: str, path: str, kind: Callable[..., T], **more: Any) -> T:
        """Ask one of the studio's addresses (`/api/docs` lists them); its answer as this type."""
        async with self._http() as http:
            answer = await http.request(method, path, **more)
        if answer.is_error:
            raise _problem(answer)
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.DecodeError as error:
            raise StudioError(
                "studio.strange_answer",
                f"{self.url} answered {path} with something else: {error}.",
                "Is this the address of a studio, and is director-client as new as it?",
            ) from error

    @contextlib.asynccontextmanager
    async def _http(self) -> AsyncGenerator[httpx.AsyncClient, None]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with httpx.AsyncClient(
                base_url=self.url,
                headers=headers,
                timeout=TIMEOUT,
                trust_env=not is_loopback(self.url),
            ) as http:
                yield http
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(
                UNREACHABLE,
                f"The studio at {self.url} does not answer ({type(error).__name__}).",
                "Is it running, and is the address right?",
                503,
            ) from error


async def log_in(url: str, email: str, password: str) -> Studio:
    """Open a session. Raises `account.wrong`, and `account.too_many_tries` after several."""
    url = checked_url(url)
    body = {"email": email, "password": password}
    token = await Studio(url, "").call("POST", "/auth/token", _Token, json=body)
    return Studio(url, token.access_token)


def find_local_studio(home: Path | None = None) -> Studio:
    """The studio that runs on this machine for you, as its owner.

    It is looked for in `home`, else in DIRECTOR_HOME, else where a studio keeps its data by
    itself. Raises `studio.not_running`.
    """
    place = (home or _home()) / ADDRESS_FILE
    try:
        if os.name == "posix" and place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StudioError(
                "studio.open_address",
                f"Others on this machine can read {ADDRESS_FILE} of the data folder, so it is not "
                "used.",
                "Stop the studio and start it again: it writes the file for your eyes only.",
            )
        studio = msgspec.json.decode(place.read_bytes(), type=Studio)
    except (OSError, msgspec.DecodeError) as error:
        raise StudioError(
            "studio.not_running",
            "No studio of yours runs on this machine.",
            "Start one with `director up`, or set DIRECTOR_HOME to the data folder of the one "
            "that runs.",
        ) from error
    return studio


def checked_url(url: str) -> str:
    """An address without its last stroke. Raises `studio.bad_address`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise StudioError(
            "studio.bad_address",
            f"{url[:200]!r} is no address of a studio.",
            "It looks like http://127.0.0.1:8700, or https://studio.example.org.",
        )
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine, to which no proxy leads."""
    return urlsplit(url).hostname in _LOOPBACK


def _home() -> Path:
    if home := os.environ.get("DIRECTOR_HOME"):
        return Path(home).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "director"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "director" / "director"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "director"


def _problem(answer: httpx.Response) -> StudioError:
    try:
        answered = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        answered = {}
    retryable = answer.status_code == 429 or answer.status_code >= 500
    kind = Unreachable if retryable else StudioError
    return kind(
        str(answered.get("code", "studio.error")),
        str(answered.get("title", f"The studio answered {answer.status_code}.")),
        str(answered.get("hint", "")),
        answer.status_code,
    )
