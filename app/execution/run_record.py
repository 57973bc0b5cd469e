"""What a run tells: sent on to people as it comes, and what of it stands on the take."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.platform.telemetry import get_logger
from app.scheduling import ProgressWriter
from node_registry import PREVIEW_LIMIT, Log, Output, Preview, Progress, RunEvent, Usage

from .takes import TakeOutput

log = get_logger(__name__)

MAX_NOTES = 20
MAX_NOTE = 500
JPEG = b"\xff\xd8\xff"


class RunRecord:
    """The events of one run, told one after the other. `outputs` are its results so far."""

    def __init__(self, task_id: UUID, progress: ProgressWriter) -> None:
        self.outputs: list[TakeOutput] = []
        self._task_id = str(task_id)
        self._progress = progress
        self._reached = 0.0
        self._notes: list[str] = []
        self._vram_bytes = 0
        self._ram_bytes = 0
        self._previews_refused = 0

    async def add(self, event: RunEvent) -> None:
        """Take in an event. Progress that goes back is told as where it was."""
        if isinstance(event, Progress):
            # So written, what is no number changes nothing.
            self._reached = min(1.0, max(self._reached, event.fraction))
            await self._progress.send(self._reached, event.step)
        elif isinstance(event, Preview):
            await self._show(event.image)
        elif isinstance(event, Output):
            self.outputs.append(TakeOutput(event.socket, event.media))
        elif isinstance(event, Log):
            self._note(event)
        elif isinstance(event, Usage):
            self._vram_bytes = max(self._vram_bytes, event.vram_bytes)
            self._ram_bytes = max(self._ram_bytes, event.ram_bytes)

    def facts(self) -> dict[str, Any]:
        """What stands on the take: its notes, and the most memory that it took (bytes)."""
        found = {
            "notes": self._notes,
            "vram_bytes": self._vram_bytes,
            "ram_bytes": self._ram_bytes,
        }
        return {name: value for name, value in found.items() if value}

    def _note(self, event: Log) -> None:
        # PostgreSQL keeps no NUL, and a line may hold what another program printed.
        text = event.text.replace("\0", "")[:MAX_NOTE]
        log.log(_LEVELS[event.level], "run.log", task=self._task_id, text=text)
        noted = event.level in ("warning", "error") and text not in self._notes
        if noted and len(self._notes) < MAX_NOTES:
            self._notes.append(text)

    async def _show(self, image: bytes) -> None:
        if len(image) <= PREVIEW_LIMIT and image.startswith(JPEG):
            await self._progress.send_preview(image)
            return
        self._previews_refused += 1
        if self._previews_refused == 1:
            log.warning(
                "run.bad_preview", task=self._task_id, bytes=len(image), limit=PREVIEW_LIMIT
            )


_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
