"""Voices of this machine: who sounds how, and shots that are as long as their lines."""

from __future__ import annotations

import os
import shutil
import stat
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from director_media.animatic.render import Animatic
from director_media.animatic.shot import read_shot
from director_media.animatic.subtitles import read_dialogue, spoken_cues
from director_media.conform.splice import can_splice
from director_media.health import voices as voices_health
from director_media.settings import Settings
from director_media.sound.level import measure
from director_media.sound.mix import RATE, decoded
from director_media.specs import all_specs
from director_media.voices.casting import Person, cast, person_of, speaker
from director_media.voices.engines import Engine, Voice, find_engine, language_of
from director_media.voices.languages import language_by_words
from director_media.voices.lines import Line, place_lines, seconds_needed
from node_registry.testing import BackendSuite, LocalContext

from node_registry import (
    BackendError,
    Cancelled,
    Input,
    Log,
    Output,
    RenderSettings,
    Request,
    RunEvent,
)

MACHINE = Settings()
NOBODY = Settings(espeak="no-such-program", piper="no-such-program")
ESPEAK = Engine(kind="espeak-ng", program="espeak-ng")
INA = {"name": "Ina", "description": "A woman who keeps the light.", "age": "70"}
TOM = {"name": "Tom", "description": "His nephew; he is new here.", "aliases": ["Thomas"]}


def spec(node_type: str, settings: Settings = MACHINE) -> Any:
    return next(spec for spec in all_specs(settings) if node_type in spec.serves)


def shot(dialogue: str, **params: Any) -> Request:
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.shot",
        params={
            "prompt": "Two people at a door.",
            "dialogue_content": dialogue,
            "duration_estimate": 1,
            "voices": {"language": ""},
            **params,
        },
        inputs={"characters": [Input(node_id="a", value=INA), Input(node_id="b", value=TOM)]},
        settings=RenderSettings(width=160, height=90, rate="24"),
    )


async def run(request: Request, root: Path, settings: Settings = MACHINE) -> list[RunEvent]:
    backend = spec(request.node_type, settings).factory()
    context = LocalContext.of(root, request)
    return [event async for event in backend.run(request, context)]


def made(events: list[RunEvent], root: Path) -> tuple[Path, dict[str, Any]]:
    (output,) = [event for event in events if isinstance(event, Output)]
    return LocalContext(root).path(output.media), output.media.facts


def notes(events: list[RunEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, Log)]


class TestVoice(BackendSuite):
    serverless = True
    outputs = ("audio",)
    spec = spec("film.voice_synthesis")

    def make_request(self, context: LocalContext) -> Request:
        return Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type="film.voice_synthesis",
            params={"text": "Who is there?", "speed": 1.2},
            inputs={"character": [Input(node_id="a", value=INA)]},
        )


async def test_a_shot_is_as_long_as_its_lines_and_its_subtitles_stand_while_they_are_heard(
    tmp_path: Path,
) -> None:
    dialogue = "INA: Who is there? I have heard nobody come up these stairs for years.\nTOM: Me."
    events = await run(shot(dialogue), tmp_path)
    path, facts = made(events, tmp_path)
    assert not notes(events)
    assert facts["frames"] > 24 * 3
    assert facts["audio"] is True
    with av.open(str(path)) as file:
        assert file.streams.video[0].frames == facts["frames"]
        length = float(file.streams.audio[0].duration * file.streams.audio[0].time_base)
    assert abs(length - facts["frames"] / 24) < 0.05
    assert can_splice(path, 160, 90, Fraction(24)), "its pictures are encoded a second time"

    heard = np.abs(np.concatenate(list(decoded(path)), axis=1)[0])
    windows = heard[: len(heard) // 480 * 480].reshape(-1, 480).max(axis=1) > 0.01
    first, last = np.flatnonzero(windows)[[0, -1]] / 100
    speeches = read_dialogue(dialogue)
    assert [speech.name for speech in speeches] == ["INA", "TOM"]
    assert 0.2 < first < 1
    assert facts["frames"] / 24 - last < 1.5
    assert -26 < measure(decoded(path)).integrated < -18


def test_subtitles_are_in_time_with_the_voices() -> None:
    speeches = read_dialogue(
        "INA: " + "A long speech of many words, told slowly. " * 4 + "\nTOM: No."
    )
    cues = spoken_cues(speeches, [(0.5, 8.5), (9.0, 9.5)], 240, 24.0, 12, 400)
    assert cues[0].first == 12
    ina = [cue for cue in cues if cue.name == "INA"]
    assert len(ina) > 1
    assert abs(ina[-1].last - 8.5 * 24) <= 1
    assert all(one.last == two.first for one, two in pairwise(ina))
    assert (cues[-1].name, cues[-1].first, cues[-1].last) == ("TOM", 216, 228)


async def test_a_length_that_somebody_set_stays_and_is_told(tmp_path: Path) -> None:
    events = await run(shot("INA: One, two, three, four, five, six.", frames=12), tmp_path)
    _, facts = made(events, tmp_path)
    assert facts["frames"] == 12
    (note,) = notes(events)
    assert "the shot is set to 0.5 s" in note


async def test_without_an_engine_all_is_as_it_was_and_a_sentence_says_how_to_get_one(
    tmp_path: Path,
) -> None:
    request = shot("INA: Who is there?")
    events = await run(request, tmp_path / "silent", NOBODY)
    path, facts = made(events, tmp_path / "silent")
    (note,) = notes(events)
    assert "apt install espeak-ng" in note
    assert facts["frames"] == 24
    assert "audio" not in facts
    plain = shot("INA: Who is there?")
    del plain.params["voices"]
    as_ever, _ = made(await run(plain, tmp_path / "plain"), tmp_path / "plain")
    assert path.read_bytes() == as_ever.read_bytes()
    assert not [one for one in all_specs(NOBODY) if "film.voice_synthesis" in one.serves]
    assert (await voices_health(NOBODY)).state == "not_configured"
    assert (await voices_health(Settings())).state == "ok"


async def test_what_no_voice_can_say_leaves_the_shot_as_it_was(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\necho 'No /usr/share/voices/there' >&2\nexit 3\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    events = await run(shot("INA: Who?"), tmp_path, Settings(espeak=str(program)))
    _, facts = made(events, tmp_path)
    assert facts["frames"] == 24
    (note,) = notes(events)
    assert "could not speak: No there" in note


def test_an_engine_that_hangs_is_ended_when_the_run_is_cancelled(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    engine = find_engine(Settings(espeak=str(program)))
    assert engine

    def check() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        engine.speak("Hm.", Voice(name="en"), tmp_path / "hm.wav", check)


async def test_piper_speaks_with_the_voices_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "voices"
    folder.mkdir()
    for name in ("en_GB-alba-medium", "de_DE-thorsten-low", "en_US-half"):
        (folder / f"{name}.onnx").touch()
        if "half" not in name:
            (folder / f"{name}.onnx.json").write_text("{}")
    # It takes piper's arguments, and speaks with what this machine has.
    program = tmp_path / "piper"
    program.write_text(
        f'#!/bin/sh\necho "$2" >> {tmp_path}/asked\nexec espeak-ng --stdin -w "$4"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    settings = Settings(piper=str(program), piper_voices=str(folder))
    engine = find_engine(settings)
    assert engine
    assert (engine.kind, sorted(engine.voices)) == (
        "piper",
        ["de_DE-thorsten-low", "en_GB-alba-medium"],
    )
    assert (await voices_health(settings)).message == "piper speaks with 2 voices."
    events = await run(shot("INA: Wer ist da? Ich habe nichts gehört."), tmp_path, settings)
    assert made(events, tmp_path)[1]["audio"] is True
    assert (tmp_path / "asked").read_text().strip().endswith("de_DE-thorsten-low.onnx")


def test_a_character_has_one_voice_by_what_is_said_of_them() -> None:
    ina, tom = person_of(INA), person_of(TOM)
    first = cast(ina, ESPEAK, "en")
    assert first == cast(ina, ESPEAK, "en")
    assert first.name.startswith("en+f")
    assert cast(tom, ESPEAK, "en").name.startswith("en+m")
    assert cast(person_of({**INA, "age": "9"}), ESPEAK, "en").pitch > first.pitch + 0.4
    assert first.speed < cast(person_of({**INA, "age": "30"}), ESPEAK, "en").speed
    chosen = cast(person_of({**INA, "voice": "en-gb+m3"}), ESPEAK, "en")
    assert chosen.name == "en-gb+m3"
    # What is no voice is never given to a program.
    assert cast(person_of({**INA, "voice": "-w/etc/passwd"}), ESPEAK, "en").name == first.name
    assert speaker("THOMAS", [ina, tom]) is tom
    assert speaker("Nobody", [ina, tom]) == Person(name="Nobody", names=("nobody",))
    names = [cast(Person(name=f"Guest {n}"), ESPEAK, "en") for n in range(40)]
    assert len({(one.name, one.pitch, one.speed) for one in names}) > 30
    assert person_of({"name": 3, "aliases": "x", "age": None}) == Person()


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        ("Who is there? I do not know what that was.", "en"),
        ("Wer ist da? Ich weiß nicht, was das war.", "de"),
        ("Qui est là? Je ne sais pas ce que c'est.", "fr"),
        ("¿Quién es? No sé lo que es, y yo no estoy.", "es"),
        ("Hm.", "en"),
    ],
)
def test_the_language_is_told_by_the_words(lines: str, language: str) -> None:
    assert language_by_words(lines) == language


@pytest.mark.parametrize(
    ("written", "language"),
    [("en", "en"), ("pt_BR", "pt-br"), ("", ""), ("-w x", ""), ("klingon language", "")],
)
def test_a_language_is_one_or_none(written: str, language: str) -> None:
    assert language_of(written) == language


def test_lines_have_breath_around_them_where_there_is_time() -> None:
    lines = [Line(path=Path("x"), samples=RATE, gain=0), Line(path=Path("y"), samples=RATE, gain=0)]
    needed = seconds_needed(lines)
    tight, wide = place_lines(lines, needed), place_lines(lines, needed + 6)
    assert tight[0].start < wide[0].start
    assert tight[1].start - tight[0].end < wide[1].start - wide[0].end
    assert wide[-1].end < needed + 6
    assert place_lines(lines, 1.0)[0].start == 0


async def test_a_text_is_never_an_argument(tmp_path: Path) -> None:
    request = TestVoice().make_request(LocalContext(tmp_path))
    request.params["text"] = "-w /tmp/x --stdin [[x]]"
    events = await run(request, tmp_path)
    assert made(events, tmp_path)[0].stat().st_size > 10_000
    for text in ("", " "):
        request.params["text"] = text
        with pytest.raises(BackendError, match="nothing to say"):
            await run(request, tmp_path)
    request.params["text"] = "a" * 6000
    with pytest.raises(BackendError, match="too long"):
        await run(request, tmp_path)


def test_the_tests_have_an_engine() -> None:
    assert shutil.which("espeak-ng"), "install espeak-ng; .ci/run does"
    request = shot("INA: Yes.")
    assert Animatic(read_shot(request)).cues
    assert os.access(shutil.which("espeak-ng") or "", os.X_OK)
