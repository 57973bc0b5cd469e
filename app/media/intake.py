"""From bytes that have arrived to a file of the project: probed, kept by digest, noted, told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from app import projects
from app.accounts import Actor
from app.platform import bus
from app.platform.database import unit_of_work
from node_registry import DirectorError, Media, ProbeSpec

from .events import MediaAdded
from .formats import with_ending
from .objects import ObjectStore, StoredBytes
from .probing import facts_of
from .service import note_object

FEED_PAUSE = timedelta(minutes=10)


class Intake:
    """Takes in files that lie on this machine's disk, whole."""

    def __init__(self, store: ObjectStore, probes: Sequence[ProbeSpec]) -> None:
        self._store = store
        self._probes = list(probes)

    async def take(
        self, actor: Actor, project_id: UUID, path: Path, name: str, stored: StoredBytes
    ) -> Media:
        """Keep a file for a project; the caller gives it away and has checked the right.

        `stored` is what was counted while it arrived. Raises `media.…` for what no probe accepts,
        and keeps nothing then.
        """
        facts = await facts_of(actor.user_id, path, self._probes)
        return await self._keep(actor, project_id, path, name, stored, facts)

    async def take_any(
        self, actor: Actor, project_id: UUID, path: Path, stored: StoredBytes
    ) -> Media:
        """Keep a file for a project whatever it is: a working file of another program, say.

        Of what no probe knows there are no facts. It has no name yet.
        """
        facts: dict[str, object] = {}
        try:
            facts = await facts_of(actor.user_id, path, self._probes)
        except DirectorError as error:
            if error.status >= 500 or error.code == "server.busy":
                raise
        return await self._keep(actor, project_id, path, "", stored, facts)

    async def _keep(
        self,
        actor: Actor,
        project_id: UUID,
        path: Path,
        name: str,
        stored: StoredBytes,
        facts: dict[str, object],
    ) -> Media:
        media_type = str(facts.pop("media_type", "application/octet-stream"))
        await self._store.keep(path, media_type, known=stored)
        media = Media(
            digest=stored.digest,
            size=stored.size,
            media_type=media_type,
            name=with_ending(name, media_type) if name else "",
            facts=facts,
        )
        async with unit_of_work(actor.user_id) as unit:
            # What has no name lies in the folder already, or comes there by a push.
            await note_object(unit, project_id, media, brought_by=actor.user_id if name else None)
            # Many files are often brought at once: the feed tells of it, the library lists them.
            await projects.note_activity(
                project_id, actor.user_id, "media.added", once_in=FEED_PAUSE
            )
        if media_type.startswith(("image/", "video/")):
            await projects.offer_poster(project_id, media.digest, replace=False)
        await bus.publish(
            MediaAdded(project_id=project_id, digest=media.digest, user_id=actor.user_id)
        )
        return media
