"""The backends of Assembly and Audio: the contract of all backends, and what they give."""

from fractions import Fraction
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from director_media import edge_code, house
from director_media.conform import backend as assembly_backend
from director_media.sound import backend as audio_backend
from director_media.sound.level import measure
from director_media.sound.mix import RATE, decoded
from director_media.sound.wav import write_wav
from node_registry.testing import BackendSuite, LocalContext

from node_registry import BackendError, Input, Media, Output, Progress, Request

WIDTH, HEIGHT = 160, 90


def keep_shot(context: LocalContext, number: int, frames: int) -> Media:
    path = context.scratch / f"shot-{number}.mp4"
    with house.Writer(path, WIDTH, HEIGHT, Fraction(24)) as clip:
        for frame in range(frames):
            picture = np.full((HEIGHT, WIDTH, 3), 60 + 40 * number, np.uint8)
            edge_code.draw(picture, frame, f"SCENE_01/SHOT_{number:02d}0")
            clip.write(picture)
    kept = context.keep(path, "video/mp4", frames=frames)
    path.unlink()
    return kept


def keep_tone(context: LocalContext, seconds: float, level: float = 0.1) -> Media:
    time = np.arange(round(seconds * RATE)) / RATE
    samples = np.tile((level * np.sin(2 * np.pi * 997 * time)).astype(np.float32), (2, 1))
    path = context.scratch / "tone.wav"
    write_wav(path, [samples])
    kept = context.keep(path, "audio/wav", duration=seconds)
    path.unlink()
    return kept


def film_request(
    context: LocalContext, lengths=(30, 50, 26), sound: float = 0.0, **more
) -> Request:
    shots = [keep_shot(context, number, frames) for number, frames in enumerate(lengths)]
    inputs = {"shots": [Input(node_id=f"s{n}", media=media) for n, media in enumerate(shots)]}
    if sound:
        inputs["audio"] = [Input(node_id="music", media=keep_tone(context, sound))]
    conform = {
        "rate": "24", "width": WIDTH, "height": HEIGHT, "loudness": -20.0,
        "clips": [
            {"media": media.digest, "in": 0, "out": frames}
            for media, frames in zip(shots, lengths, strict=True)
        ],
        "transitions": [{"after": 0, "kind": "dissolve", "frames": 7}],
        **more,
    }  # fmt: skip
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.assembly",
        params={"conform": conform, "edl": "TITLE: X\n", "timeline": "{}", "title": "X"},
        inputs=inputs,
    )


class TestAssembly(BackendSuite):
    spec = assembly_backend.SPEC
    serverless = True
    outputs = ("film", "edl", "timeline")

    def make_request(self, context: LocalContext) -> Request:
        return film_request(context, sound=2.0)


class TestAudio(BackendSuite):
    spec = audio_backend.SPEC
    serverless = True
    outputs = ("audio",)

    def make_request(self, context: LocalContext) -> Request:
        return audio_request(context, gain=-6.0, fade_in=0.1, loudness=-18.0)


class TestVideoSound(BackendSuite):
    spec = audio_backend.VIDEO_SOUND_SPEC
    serverless = True
    outputs = ("audio",)

    def make_request(self, context: LocalContext) -> Request:
        request = audio_request(context, gain=-6.0)
        sound = {"video": request.inputs["audio"]}
        return msgspec.structs.replace(request, node_type="media.video_sound", inputs=sound)


def audio_request(context: LocalContext, **params) -> Request:
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.audio",
        params=params,
        inputs={"audio": [Input(node_id="a", media=keep_tone(context, 3.0))]},
    )


async def run(spec, request: Request, root: Path) -> tuple[dict[str, Media], LocalContext]:
    context = LocalContext.of(root, request)
    events = [event async for event in spec.factory().run(request, context)]
    assert any(isinstance(event, Progress) for event in events)
    return {e.socket: e.media for e in events if isinstance(e, Output)}, context


@pytest.mark.parametrize("sound", [0.0, 2.0])
async def test_the_film_has_every_frame_and_sound_as_long(tmp_path, sound) -> None:
    request = film_request(LocalContext(tmp_path), sound=sound)
    made, context = await run(assembly_backend.SPEC, request, tmp_path)
    facts = made["film"].facts
    assert (facts["frames"], facts["rate"], facts["width"]) == (99, "24", WIDTH)
    assert made["edl"].media_type == "application/x-edl"
    assert context.path(made["edl"]).read_bytes() == b"TITLE: X\n"
    with av.open(str(context.path(made["film"]))) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert video.frames == 99
        assert video.duration * video.time_base == Fraction(99, 24)
        assert audio.duration * audio.time_base == Fraction(99, 24)
        assert film.duration == 99 * av.time_base // 24
        codes = [edge_code.read(f.to_ndarray(format="rgb24")) for f in film.decode(video)]
    assert [code[0] for code in codes[:23] if code] == list(range(23))
    assert [code[0] for code in codes[30:73] if code] == list(range(7, 50))


async def test_the_film_starts_before_it_is_loaded_whole(tmp_path) -> None:
    request = film_request(LocalContext(tmp_path))
    made, context = await run(assembly_backend.SPEC, request, tmp_path)
    raw = context.path(made["film"]).read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert b"avc1" in raw
    assert b"colrnclx\x00\x01\x00\x01\x00\x01\x00" in raw


async def test_the_film_is_levelled(tmp_path) -> None:
    request = film_request(LocalContext(tmp_path), sound=10.0)
    made, context = await run(assembly_backend.SPEC, request, tmp_path)
    found = measure(decoded(context.path(made["film"])))
    assert found.integrated == pytest.approx(-20, abs=0.3)
    assert found.peak <= -1


async def test_a_film_of_foreign_takes_with_their_own_sound(tmp_path) -> None:
    context = LocalContext(tmp_path)
    path = context.scratch / "foreign.mp4"
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 200, 200, "yuv420p"
        audio = container.add_stream("aac", rate=44100, layout="mono")
        for _ in range(50):
            picture = np.full((200, 200, 3), 128, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        time = np.arange(88200) / 44100
        tone = (0.3 * np.sin(2 * np.pi * 500 * time)).astype(np.float32)[None]
        for place in range(0, 88200, 1024):
            part = np.ascontiguousarray(tone[:, place : place + 1024])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44100, place, Fraction(1, 44100)
            container.mux(audio.encode(frame))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    media = context.keep(path, "video/mp4")
    path.unlink()
    conform = {
        "rate": "24", "width": WIDTH, "height": HEIGHT,
        "clips": [{"media": media.digest, "in": 0, "out": 48, "sound": True}] * 2,
        "transitions": [{"after": 0, "kind": "fade", "frames": 12}],
    }  # fmt: skip
    request = Request(
        task_id="t", attempt=1, node_id="n", node_type="film.assembly",
        params={"conform": conform},
        inputs={"shots": [Input(node_id="a", media=media), Input(node_id="b", media=media)]},
    )  # fmt: skip
    made, context = await run(assembly_backend.SPEC, request, tmp_path)
    assert set(made) == {"film"}
    sound = np.concatenate(list(decoded(context.path(made["film"]))), axis=1)[0]
    assert np.abs(sound[20_000:60_000]).max() > 0.05
    assert np.abs(sound[83_800:84_200]).max() < 0.02
    assert np.abs(sound[110_000:150_000]).max() > 0.05


async def test_a_take_that_is_not_there_is_said(tmp_path) -> None:
    context = LocalContext(tmp_path)
    request = film_request(context, clips=[{"media": "0" * 64, "in": 0, "out": 30}], transitions=[])
    with pytest.raises(BackendError, match=r"assembly\.missing_take"):
        await run(assembly_backend.SPEC, request, tmp_path)


@pytest.mark.parametrize(
    ("params", "seconds"),
    [({}, 3.0), ({"start": 1.0}, 2.0), ({"start": 1.0, "duration": 0.5}, 0.5),
     ({"duration": 60.0}, 3.0), ({"duration": None, "loudness": None}, 3.0)],
)  # fmt: skip
async def test_a_sound_is_trimmed(tmp_path, params, seconds) -> None:
    request = audio_request(LocalContext(tmp_path), **params)
    made, context = await run(audio_backend.SPEC, request, tmp_path)
    samples = np.concatenate(list(decoded(context.path(made["audio"]))), axis=1)
    assert samples.shape == (2, round(seconds * RATE))
    assert made["audio"].facts["duration"] == pytest.approx(seconds)


async def test_a_sound_of_its_own_is_worked_over_where_none_is_connected(tmp_path) -> None:
    context = LocalContext(tmp_path)
    own = keep_tone(context, 2.0)
    held = {"digest": own.digest, "size": own.size, "media_type": own.media_type}
    request = msgspec.structs.replace(audio_request(context, media=held), inputs={})
    made, _ = await run(audio_backend.SPEC, request, tmp_path)
    assert made["audio"].facts["duration"] == pytest.approx(2.0)
    # What is connected comes first.
    made, _ = await run(audio_backend.SPEC, audio_request(context, media=held), tmp_path)
    assert made["audio"].facts["duration"] == pytest.approx(3.0)
    with pytest.raises(BackendError, match="no sound"):
        await run(audio_backend.SPEC, msgspec.structs.replace(request, params={}), tmp_path)


async def test_a_sound_is_turned_down_and_faded(tmp_path) -> None:
    request = audio_request(LocalContext(tmp_path), gain=-20.0, fade_out=1.0)
    made, context = await run(audio_backend.SPEC, request, tmp_path)
    samples = np.concatenate(list(decoded(context.path(made["audio"]))), axis=1)[0]
    assert np.abs(samples[:RATE]).max() == pytest.approx(0.01, abs=1e-3)
    assert np.abs(samples[-500:]).max() < 1e-3


@pytest.mark.parametrize(
    ("params", "code"),
    [({"gain": "loud"}, "audio.bad_params"), ({"gain": float("nan")}, "audio.bad_params"),
     ({"start": -1}, "audio.bad_params"), ({"start": 50.0}, "audio.empty"),
     ({"duration": 0}, "audio.empty"), ({"fade_in": True}, "audio.bad_params")],
)  # fmt: skip
async def test_wrong_settings_of_a_sound_are_said(tmp_path, params, code) -> None:
    request = audio_request(LocalContext(tmp_path), **params)
    with pytest.raises(BackendError) as caught:
        await run(audio_backend.SPEC, request, tmp_path)
    assert caught.value.code == code
