"""How many bytes a project and its owner may keep, how many they have, and the disk's floor.

A file counts once however often it is used: once in a project, and once for a person in all
projects that they own. Deleted projects count until they are removed for good, since their bytes
are there until then. The studio's owner, who runs the machine, has no quota of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from app import accounts, projects
from app.accounts import Actor
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole, UnitOfWork, unit_of_work
from app.platform.disk import DiskFloor
from app.projects import Right
from node_registry import DirectorError, Media

HINT = (
    "Delete projects or media that are not needed (a deleted project counts until its time of "
    "grace is over), or ask the operator for a larger quota ({})."
)


class StorageQuotas(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of the media of one project, and of all projects of one owner (0: no limit)."""

    floor: DiskFloor
    project: int = 0
    person: int = 0


class StorageUse(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that are stored, that uploads are bringing, and that there may be (0: no limit)."""

    used: int
    coming: int
    quota: int

    @property
    def left(self) -> int | None:
        """Bytes that there may be more; None without a limit."""
        return max(0, self.quota - self.used - self.coming) if self.quota else None


class ProjectStorage(msgspec.Struct, frozen=True, kw_only=True):
    """What a project takes up, and what all projects of its owner do together. The latter is told
    to the owner alone."""

    project: StorageUse
    owner: StorageUse | None


_quotas: StorageQuotas | None = None


def use_quotas(quotas: StorageQuotas) -> None:
    """Hold everybody to these. Called once, by the API role."""
    global _quotas
    _quotas = quotas


def current_quotas() -> StorageQuotas:
    """Those in use."""
    if _quotas is None:
        raise RuntimeError("There are no quotas: call use_quotas first.")
    return _quotas


async def storage_of(actor: Actor, project_id: UUID) -> ProjectStorage:
    """How many bytes a project has, and how many it may have."""
    await projects.authorise(actor, project_id, Right.READ)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        owner, owned = await projects.owned_with(project_id)
        whole = await _use(unit, [project_id], current_quotas().project)
        theirs = None
        if owner == actor.user_id:
            theirs = await _use(unit, owned, await _of_person(owner))
    return ProjectStorage(project=whole, owner=theirs)


async def storage_of_person(actor: Actor) -> StorageUse:
    """How many bytes all projects that somebody owns have together, and how many they may have."""
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        owned = await projects.owned_by(actor.user_id)
        return await _use(unit, owned, await _of_person(actor.user_id))


async def check_room(project_id: UUID, size: int = 1) -> None:
    """Raises `project.quota`, `person.quota` or `disk.full` when so many bytes more are too many.

    Before the first of them is taken, by whoever brings or makes something.
    """
    await run_blocking(current_quotas().floor.check, size)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await check_quotas(unit, project_id, size)


class Room(msgspec.Struct, eq=False):
    """Bytes that somebody brings in one piece, and that count as coming until they are noted."""

    project_id: UUID
    size: int

    async def resize(self, size: int) -> None:
        """It is so many bytes, as is known now. Raises as `check_room` does."""
        # Behind all others: of two that grow at the same moment one finds no room.
        del _rooms[self]
        self.size = size
        _rooms[self] = None
        await self.check()

    async def check(self) -> None:
        """Raises as `check_room` does; what was begun before counts as there."""
        await run_blocking(current_quotas().floor.check, self.size)
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            await check_quotas(unit, self.project_id, self.size, until=self)


# Those that are held, in their order. The API is one process, and no other takes in files.
_rooms: dict[Room, None] = {}


@asynccontextmanager
async def room_for(project_id: UUID, size: int = 1) -> AsyncIterator[Room]:
    """Hold room for a file until the block ends, in which it is noted.

    Without it, many that are brought at the same moment would all find the last room. Raises
    what `check_room` raises.
    """
    room = Room(project_id, size)
    _rooms[room] = None
    try:
        await room.check()
        yield room
    finally:
        del _rooms[room]


def _held(project_ids: Sequence[UUID], until: Room | None) -> int:
    """Bytes of rooms in these projects, of those that were taken before `until`."""
    earlier = itertools.takewhile(lambda room: room is not until, _rooms)
    return sum(room.size for room in earlier if room.project_id in project_ids)


async def check_quotas(
    unit: UnitOfWork, project_id: UUID, size: int, *, until: Room | None = None
) -> None:
    """As `check_room`, of quotas alone. `unit` is the service's.

    Until it ends nobody else counts for the same owner: two at the same moment must not both take
    the last room.
    """
    limits = current_quotas()
    if not (limits.project or limits.person):
        return
    owner, owned = await projects.owned_with(project_id)
    await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"q{owner}")
    if limits.project:
        use = await _use(unit, [project_id], limits.project, until)
        _refuse_beyond(use, size, "project")
    if most := await _of_person(owner):
        _refuse_beyond(await _use(unit, owned, most, until), size, "person")


async def check_new_project(actor: Actor, media: Sequence[Media], *, least: int = 0) -> None:
    """Raises what `check_room` raises for a new project of this person with these media.

    What they keep already in another project counts no second time. At least `least` bytes come.
    """
    limits = current_quotas()
    whole = sum({one.digest: one.size for one in media}.values())
    empty = StorageUse(used=0, coming=0, quota=limits.project)
    _refuse_beyond(empty, max(whole, least), "project")
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        if most := await _of_person(actor.user_id):
            owned = await projects.owned_by(actor.user_id)
            rows = await unit.fetch(
                """SELECT DISTINCT digest FROM project_objects
                   WHERE project_id = ANY($1::uuid[]) AND digest = ANY($2::text[])""",
                owned,
                [one.digest for one in media],
            )
            kept = {row["digest"] for row in rows}
            more = {one.digest: one.size for one in media if one.digest not in kept}
            size = max(sum(more.values()), least)
            _refuse_beyond(await _use(unit, owned, most), size, "person")


async def full_projects(unit: UnitOfWork, project_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these projects in which nothing more can be kept. `unit` is the service's."""
    if not (current_quotas().project or current_quotas().person):
        return []
    full: list[UUID] = []
    for project_id in project_ids:
        try:
            await check_quotas(unit, project_id, 1)
        except DirectorError:
            full.append(project_id)
    return full


async def _of_person(user_id: UUID) -> int:
    most = current_quotas().person
    return 0 if not most or await accounts.owns_studio(user_id) else most


async def _use(
    unit: UnitOfWork, project_ids: Sequence[UUID], quota: int, until: Room | None = None
) -> StorageUse:
    # Before the rows are read: what is noted meanwhile counts twice, and never not at all.
    held = _held(project_ids, until)
    row = await unit.fetchrow(
        """SELECT
             (SELECT coalesce(sum(size), 0)::bigint FROM objects WHERE digest IN (
               SELECT digest FROM project_objects WHERE project_id = ANY($1::uuid[]))) AS used,
             (SELECT coalesce(sum(size), 0)::bigint FROM uploads
               WHERE project_id = ANY($1::uuid[]) AND state = 'open') AS coming""",
        list(project_ids),
    )
    assert row is not None
    return StorageUse(used=row["used"], coming=row["coming"] + held, quota=quota)


def _refuse_beyond(use: StorageUse, size: int, whose: str) -> None:
    left = use.left
    if left is None or size <= left:
        return
    who = "project has" if whose == "project" else "project's owner has"
    setting = f"DIRECTOR_{whose.upper()}_QUOTA_GB"
    # How much somebody keeps in other projects is nobody else's business.
    told = {"used": use.used, "coming": use.coming} if whose == "project" else {}
    raise DirectorError(
        f"{whose}.quota",
        f"This needs {size:,} bytes, and the {who} room for {left:,} of {use.quota:,} more."
        if size > 1
        else f"The {who} used up all {use.quota:,} bytes that there may be.",
        hint=HINT.format(setting),
        status=413,
        fields={"quota": use.quota, "left": left, **told},
    )
