"""The voices of one shot: who speaks, how long the shot must be for it, and its sound."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from node_registry import BackendError, Cancelled, Request

from ..animatic.shot import Shot
from ..animatic.subtitles import Speech, read_dialogue
from ..settings import Settings
from ..sound.mix import samples_at
from .casting import Person, person_of
from .engines import HOW_TO_GET_ONE, Engine, find_engine, language_of
from .lines import Line, Span, frames_needed, mixed, place_lines, seconds_needed, speak_lines
from .muxing import add_sound

Spans = list[tuple[float, float]]


class ShotVoices:
    """The spoken lines of a shot. `problem` says why there are none; `heard`, whether there are."""

    def __init__(
        self,
        speeches: list[Speech],
        people: list[Person],
        engine: Engine | None,
        language: str,
        folder: Path,
    ) -> None:
        self.problem = ""
        if engine is None:
            self.problem = f"Nobody speaks: no voice engine is on this machine. {HOW_TO_GET_ONE}"
        self._speeches, self._people, self._engine = speeches, people, engine
        self._language, self._folder = language, folder
        self._lines: list[Line] = []
        self._spans: list[Span] = []

    @property
    def heard(self) -> bool:
        """Whether lines were spoken."""
        return bool(self._spans)

    def speak(
        self, shot: Shot, *, fixed: bool, cancelled: Callable[[], bool]
    ) -> tuple[Shot, Spans, str]:
        """The shot as long as its lines need, when each is heard, and a note for people. Blocks.

        A shot whose length somebody has `fixed` keeps it. Lines that cannot be spoken leave the
        shot as it was.
        """

        def check() -> None:
            if cancelled():
                raise Cancelled

        assert self._engine is not None
        try:
            lines = speak_lines(
                self._speeches, self._people, self._engine, self._language, self._folder, check
            )
        except BackendError as error:
            return shot, [], f"Nobody speaks: {error.message} {error.hint}"
        note, needed = "", frames_needed(lines, shot.rate)
        if needed > shot.frames and not fixed:
            shot = dataclasses.replace(shot, frames=needed)
        elif needed > shot.frames:
            note = (
                f"The lines need {seconds_needed(lines):.1f} s, and the shot is set to "
                f"{float(shot.frames / shot.rate):.1f} s: what comes later is not heard."
            )
        self._lines, self._spans = lines, place_lines(lines, float(shot.frames / shot.rate))
        return shot, [(span.start, span.end) for span in self._spans], note

    def add_to(self, clip: Path, shot: Shot) -> None:
        """Put the lines beside the pictures of a finished clip. Blocks."""
        voiced = clip.with_name("voiced.mp4")
        samples = samples_at(shot.frames, shot.rate)
        add_sound(clip, mixed(self._lines, self._spans, samples), voiced)
        voiced.replace(clip)


def prepare(request: Request, settings: Settings, dialogue: str, folder: Path) -> ShotVoices | None:
    """The voices of a shot; None where its film has none, or nobody speaks in it."""
    asked = request.params.get("voices")
    speeches = read_dialogue(dialogue) if isinstance(asked, dict) else []
    if not speeches or not isinstance(asked, dict):
        return None
    people = [
        person_of(entry.value)
        for entry in request.inputs.get("characters", [])
        if isinstance(entry.value, dict)
    ]
    language = language_of(str(asked.get("language") or ""))
    return ShotVoices(speeches, people, find_engine(settings), language, folder)
