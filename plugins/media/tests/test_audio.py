"""Sound: placed to the sample, faded, levelled by EBU R 128, as long as the film."""

import shutil
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from director_media.conform.plan import read_conform_list
from director_media.sound import backend
from director_media.sound.backend import Shaping
from director_media.sound.encode import MixedSound, SilentSound
from director_media.sound.film import length_of, tracks_of
from director_media.sound.level import CEILING, keep_and_measure, kept, levelled, measure
from director_media.sound.mix import RATE, Track, decoded, has_sound, mix, samples_at
from director_media.sound.wav import write_wav

from node_registry import BackendError


def tone(seconds: float, level: float = 0.5, pitch: float = 997.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.repeat((level * np.sin(2 * np.pi * pitch * time))[None], 2, 0).astype(np.float32)


def write(path: Path, samples: np.ndarray) -> Path:
    write_wav(path, [samples])
    return path


def together(blocks) -> np.ndarray:
    return np.concatenate(list(blocks), axis=1)


def test_a_wav_comes_back_sample_by_sample(tmp_path) -> None:
    samples = tone(1.5)
    found = together(decoded(write(tmp_path / "a.wav", samples)))
    assert found.shape == samples.shape
    assert np.abs(found - samples).max() < 1e-6


def test_tracks_are_placed_to_the_sample(tmp_path) -> None:
    click = np.zeros((2, 100), np.float32)
    click[:, 0] = 0.5
    path = write(tmp_path / "click.wav", click)
    starts = (0, 1, 47_999, 48_000, 100_003)
    tracks = [Track(path=path, start=start, length=100) for start in starts]
    mixed = together(mix(tracks, 110_000))
    assert mixed.shape == (2, 110_000)
    assert tuple(np.flatnonzero(mixed[0] > 0.1)) == starts


def test_a_track_is_trimmed_and_does_not_run_over_the_end(tmp_path) -> None:
    samples = np.tile(np.linspace(0, 0.9, RATE * 2, dtype=np.float32), (2, 1))
    path = write(tmp_path / "ramp.wav", samples)
    mixed = together(mix([Track(path=path, start=10, length=90_000, skip=1000)], 60_000))
    assert mixed.shape == (2, 60_000)
    assert np.abs(mixed[:, 10:] - samples[:, 1000 : 1000 + 59_990]).max() < 1e-6
    assert not mixed[:, :10].any()


def test_gain_and_fades(tmp_path) -> None:
    flat = np.full((2, 10_000), 0.5, np.float32)
    path = write(tmp_path / "flat.wav", flat)
    track = Track(path=path, start=0, length=10_000, gain=-6.0206, fade_in=1000, fade_out=2000)
    mixed = together(mix([track], 10_000))[0]
    assert mixed[5000] == pytest.approx(0.25, abs=1e-4)
    assert mixed[500] == pytest.approx(0.125, abs=1e-3)
    assert mixed[9000] == pytest.approx(0.125, abs=1e-3)
    assert mixed[0] < 0.001
    assert mixed[-1] < 0.001


def test_a_crossfade_keeps_the_power(tmp_path) -> None:
    rng = np.random.default_rng(1)
    paths = []
    for name in "ab":
        noise = np.clip(rng.standard_normal((2, RATE)) * 0.1, -1, 1).astype(np.float32)
        paths.append(write(tmp_path / f"{name}.wav", noise))
    half = RATE // 2
    tracks = [
        Track(path=paths[0], start=0, length=RATE, fade_out=half, crossfade=True),
        Track(path=paths[1], start=half, length=RATE, fade_in=half, crossfade=True),
    ]
    mixed = together(mix(tracks, RATE + half))[0]
    powers = [float((part**2).mean()) for part in np.split(mixed, 6)]
    assert max(powers) / min(powers) < 1.15


@pytest.mark.parametrize(("codec", "name", "rate"), [("libmp3lame", "a.mp3", 44100),
                                                     ("aac", "a.m4a", 22050)])  # fmt: skip
def test_other_formats_and_rates_are_brought_to_48_khz(tmp_path, codec, name, rate) -> None:
    path = tmp_path / name
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        time = np.arange(rate * 2) / rate
        samples = (0.4 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(stream.format, "mono", rate, stream.frame_size or 1024)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    found = together(decoded(path))
    # The encoder's start is dropped; its last frame may be filled up.
    assert 0 <= found.shape[1] - RATE * 2 <= 2 * 1152 * RATE / rate
    spectrum = np.abs(np.fft.rfft(found[0, :RATE]))
    assert int(spectrum.argmax()) == 440


@pytest.mark.parametrize("target", [-16.0, -23.0, -31.5])
def test_is_levelled_to_the_target_with_one_gain(tmp_path, target) -> None:
    samples = np.concatenate([tone(3, 0.05), tone(3, 0.02)], axis=1)
    raw = tmp_path / "mix.f32"
    found = keep_and_measure([samples], raw)
    made = together(levelled(kept(raw), found, target))
    assert made.shape == samples.shape
    assert measure([made]).integrated == pytest.approx(target, abs=0.2)
    ratio = made[0, 1000:2000] / np.where(samples[0, 1000:2000] == 0, 1, samples[0, 1000:2000])
    assert ratio.std() < 1e-3


def test_peaks_stay_under_the_ceiling(tmp_path) -> None:
    quiet = tone(8, 0.01)
    quiet[:, RATE * 3 : RATE * 3 + 400] = 0.99
    raw = tmp_path / "mix.f32"
    found = keep_and_measure([quiet], raw)
    made = together(levelled(kept(raw), found, -16.0))
    assert made.shape == quiet.shape
    assert measure([made]).peak <= CEILING + 0.05


def test_silence_is_left_alone(tmp_path) -> None:
    raw = tmp_path / "mix.f32"
    silence = np.zeros((2, RATE * 2), np.float32)
    found = keep_and_measure([silence], raw)
    assert not together(levelled(kept(raw), found, -23.0)).any()


def encode(path: Path, sound) -> tuple[Fraction, np.ndarray]:
    with av.open(str(path), "w", format="mp4", options={"movie_timescale": "48000"}) as container:
        sound.open(container)
        for second in range(3):
            container.mux(sound.packets(Fraction(second)))
        container.mux(sound.packets(None))
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = [frame.to_ndarray() for frame in container.decode(stream)]
        return stream.duration * stream.time_base, np.concatenate(samples, axis=1)


@pytest.mark.parametrize("length", [1, 1023, 1024, 1025, 96_333, RATE * 5])
def test_sound_is_as_long_as_the_film(tmp_path, length) -> None:
    silent, samples = encode(tmp_path / "a.mp4", SilentSound(length))
    assert silent * RATE == length
    assert not samples.any()
    blocks = [np.zeros((2, length), np.float32)]
    mixed, _ = encode(tmp_path / "b.mp4", MixedSound(blocks))
    assert mixed * RATE == length


def test_encoded_sound_lies_where_it_lay(tmp_path) -> None:
    samples = np.zeros((2, RATE * 2), np.float32)
    samples[:, 30_000:] = tone(2)[:, 30_000:]
    _, found = encode(tmp_path / "a.mp4", MixedSound(np.split(samples, 4, axis=1)))
    onset = int(np.flatnonzero(np.abs(found[0]) > 0.2)[0])
    assert abs(onset - 30_000) < 40


@pytest.mark.parametrize("rate", ["24", "24000/1001", "30000/1001", "60"])
def test_samples_of_frames_add_up_without_drift(rate) -> None:
    places = [samples_at(frame, Fraction(rate)) for frame in range(0, 200_000, 997)]
    for frame, place in zip(range(0, 200_000, 997), places, strict=True):
        assert abs(place - frame * RATE / Fraction(rate)) <= Fraction(1, 2)


def film(transition: str, frames: int, sounds=()):
    return read_conform_list(
        {
            "rate": "24", "width": 160, "height": 90,
            "clips": [
                {"media": "a", "in": 12, "out": 60, "sound": True},
                {"media": "b", "in": 0, "out": 48, "sound": True},
            ],
            "transitions": [{"after": 0, "kind": transition, "frames": frames}],
            "sounds": list(sounds),
        }
    )  # fmt: skip


def test_takes_sound_under_their_pictures_and_cross_in_a_dissolve(tmp_path) -> None:
    files = {n: write(tmp_path / f"{n}.wav", tone(3)) for n in "ab"}
    one, two = tracks_of(film("dissolve", 12), files)
    assert (one.start, one.skip, one.length, one.fade_out) == (0, 24_000, 96_000, 24_000)
    assert (two.start, two.skip, two.length, two.fade_in) == (72_000, 0, 96_000, 24_000)
    assert one.crossfade
    assert two.start + two.length == length_of(film("dissolve", 12))


def test_a_fade_is_silent_in_its_middle(tmp_path) -> None:
    files = {n: write(tmp_path / f"{n}.wav", tone(3)) for n in "ab"}
    one, two = tracks_of(film("fade", 12), files)
    assert one.start + one.length == two.start == 84_000
    assert one.fade_out == two.fade_in == 12_000
    assert two.skip == 12_000


def test_takes_without_sound_are_silent(tmp_path) -> None:
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
    files = {"a": tmp_path / "missing.mp4", "b": write(tmp_path / "b.wav", tone(3))}
    assert len(tracks_of(film("dissolve", 12), files)) == 1


def test_a_laid_track_fades_at_its_own_end(tmp_path) -> None:
    files = {n: write(tmp_path / f"{n}.wav", tone(1)) for n in "abm"}
    wanted = film("dissolve", 12, [{"media": "m", "start": 24, "fade_out": 0.5, "gain": -3.0}])
    track = tracks_of(wanted, files)[-1]
    assert (track.start, track.length, track.fade_out) == (48_000, 48_000, 24_000)


@pytest.mark.parametrize("content", [b"", b"RIFF\x00\x00\x00\x00WAVE", b"x" * 4000])
def test_what_is_no_sound_is_refused_by_name(tmp_path, content) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises(BackendError, match=r"audio\.unreadable: Audio track 1"):
        together(decoded(path, label="Audio track 1"))


def claimed(path: Path, seconds: int) -> Path:
    """A tenth of a second of sound of which the first packet says that it comes so late."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(tone(0.1), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        for part in (frame, None):
            for packet in stream.encode(part):
                packet.pts = packet.dts = (packet.pts or 0) + round(seconds / packet.time_base)
                container.mux(packet)
    return path


def test_a_late_start_is_silence_in_blocks(tmp_path) -> None:
    path = claimed(tmp_path / "late.webm", 5)
    blocks = [block.shape[1] for block in decoded(path)]
    assert max(blocks) <= RATE
    assert 5 * RATE <= sum(blocks) <= 6 * RATE


def test_a_small_file_that_claims_hours_of_silence_is_refused(tmp_path) -> None:
    path = claimed(tmp_path / "hours.webm", 2000)
    assert path.stat().st_size < 10_000
    with pytest.raises(BackendError, match="begins 2000 s after its own start"):
        list(decoded(path))


def test_a_sound_for_which_the_disk_has_no_room_is_refused_before_it_is_written(
    tmp_path, monkeypatch
) -> None:
    source = write(tmp_path / "tone.wav", tone(1))
    usage = shutil.disk_usage(tmp_path)._replace(free=64 * 1024 * 1024)
    monkeypatch.setattr(backend.shutil, "disk_usage", lambda _: usage)
    made = tmp_path / "sound.wav"
    with pytest.raises(BackendError) as refused:
        Shaping(source, made, {})(lambda _: None, lambda: False)
    assert refused.value.code == "media.disk_full"
    assert not made.exists()


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile secret.wav\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.wav\n#EXT-X-ENDLIST\n",
    ],
    ids=["concat", "playlist"],
)
def test_a_script_that_names_another_file_is_no_sound(tmp_path: Path, text: str) -> None:
    with wave.open(str(tmp_path / "secret.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(b"\1\0" * 48_000)
    assert has_sound(tmp_path / "secret.wav")
    script = tmp_path / "take.mp4"
    script.write_text(text)
    assert not has_sound(script)
    with pytest.raises(BackendError) as refused:
        list(decoded(script))
    assert refused.value.code == "audio.unreadable"
