"""The backend of the Voice node: a text in a character's voice, by an engine of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from node_registry import (
    BackendError,
    Cancelled,
    Capabilities,
    Ingredients,
    Needs,
    Request,
    RunContext,
    RunEvent,
)

from ..settings import Settings
from .engines import Engine, Voice, find_engine, language_of, no_engine


class VoiceBackend:
    """Serves `film.voice_synthesis`; gives a WAV of 48 kHz in stereo at -20 LUFS."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def open(self) -> None:
        """Nothing lasts over runs."""

    async def close(self) -> None:
        """Nothing was taken."""

    async def run(self, request: Request, context: RunContext) -> AsyncIterator[RunEvent]:
        """Speak the text that is connected or written."""
        from ..job import run_job
        from ..sound.mix import RATE, Track, mix
        from ..sound.wav import write_wav
        from .casting import Person, cast, person_of
        from .languages import language_by_words
        from .lines import measured

        engine = find_engine(self._settings)
        if engine is None:
            raise no_engine()
        text = text_of(request)
        people = [person_of(e.value) for e in request.inputs.get("character", []) if _is_object(e)]
        person = people[0] if people else Person()
        language = language_of(str(request.params.get("language") or ""))
        voice = cast(person, engine, language or language_by_words(text))
        factor = _speed(request.params.get("speed"))
        voice = Voice(name=voice.name, pitch=voice.pitch, speed=voice.speed * factor)
        path = context.scratch / "voice.wav"
        length: list[int] = []

        def work(advance: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
            def check() -> None:
                if cancelled():
                    raise Cancelled

            raw = context.scratch / "spoken.wav"
            engine.speak(text, voice, raw, check)
            advance(0.6)
            line = measured(raw, check)
            track = Track(path=raw, start=0, length=line.samples, gain=line.gain, label="The voice")
            write_wav(path, mix([track], line.samples, check))
            length.append(line.samples)

        async for progress in run_job(work, context, "Speaking"):
            yield progress
        yield await context.save(
            "audio", path, "audio/wav", duration=length[0] / RATE, sample_rate=RATE
        )


def text_of(request: Request) -> str:
    """What is to be said: the text that is connected, else the node's own.

    Raises `voice.no_text`.
    """
    connected = [e.value for e in request.inputs.get("text", []) if isinstance(e.value, str)]
    written = request.params.get("text")
    found = next((one for one in [*connected, written] if isinstance(one, str) and one.strip()), "")
    if not found:
        raise BackendError(
            "voice.no_text",
            "The Voice node has nothing to say.",
            hint="Write its text, or connect one.",
        )
    return found.strip()


def estimate(request: Request, capabilities: Capabilities) -> Needs:
    """A moment; a long text some seconds."""
    written = request.params.get("text")
    letters = len(written) if isinstance(written, str) else 0
    return Needs(device="cpu", seconds=0.5 + letters / 2000)


def ingredients_of(engine: Engine | None) -> Ingredients:
    """The engine, which decides the bytes; one that is not there is not known."""
    if engine is None:
        return Ingredients(models={"a voice engine": None})
    return Ingredients(models={engine.kind: engine.digest})


def _is_object(entry: Any) -> bool:
    return isinstance(entry.value, dict)


def _speed(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.25 <= value <= 4:
        return 1.0
    return float(value)
