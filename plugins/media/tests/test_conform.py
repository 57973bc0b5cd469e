"""Conforming: every frame where it belongs, copied or made, read back from its edge code."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from director_media import edge_code, house
from director_media.conform.film import conform
from director_media.conform.plan import Copied, Made, read_conform_list, segments

from node_registry import BackendError, Cancelled

WIDTH, HEIGHT = 160, 90
RATES = ("24", "25", "24000/1001", "30000/1001")


def slate(number: int) -> str:
    return f"SCENE_01/SHOT_{number:02d}0"


def write_clip(path: Path, number: int, frames: int, rate: str = "24") -> Path:
    with house.Writer(path, WIDTH, HEIGHT, Fraction(rate)) as clip:
        for frame in range(frames):
            picture = np.full((HEIGHT, WIDTH, 3), 40 + 30 * (number % 6), np.uint8)
            edge_code.draw(picture, frame, slate(number))
            clip.write(picture)
    return path


def digest(number: int) -> str:
    return f"{number:064x}"


def listed(lengths, transitions=(), rate="24", **more):
    clips = [
        {"media": digest(n), "in": 0, "out": length} if isinstance(length, int)
        else {"media": digest(n), "in": length[0], "out": length[1]}
        for n, length in enumerate(lengths)
    ]  # fmt: skip
    return read_conform_list(
        {
            "rate": rate,
            "width": WIDTH,
            "height": HEIGHT,
            "clips": clips,
            "transitions": [
                {"after": after, "kind": kind, "frames": frames, "direction": "left"}
                for after, kind, frames in transitions
            ],
            **more,
        }
    )


def written(folder: Path, wanted) -> dict[str, Path]:
    return {
        clip.media: write_clip(folder / f"{number}.mp4", number, clip.end, wanted.rate)
        for number, clip in enumerate(wanted.clips)
    }


def read_film(path: Path, rate: str) -> list[tuple[int, int] | None]:
    """(shot, frame) for each frame of a film, None where the code is not clear."""
    shots = {edge_code.crc(slate(n)): n for n in range(6)}
    film: list[tuple[int, int] | None] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for number, frame in enumerate(container.decode(stream)):
            assert frame.pts * stream.time_base * Fraction(rate) == number
            found = edge_code.read(frame.to_ndarray(format="rgb24"))
            film.append((shots.get(found[1], -1), found[0]) if found else None)
    return film


def expected(wanted) -> list[set[tuple[int, int]]]:
    film: list[set[tuple[int, int]]] = [set() for _ in range(wanted.length)]
    for number, (clip, start) in enumerate(zip(wanted.clips, wanted.starts, strict=True)):
        for offset in range(clip.length):
            film[start + offset].add((number, clip.start + offset))
    return film


def check_film(path: Path, wanted) -> None:
    film, places = read_film(path, wanted.rate), expected(wanted)
    assert len(film) == wanted.length
    faded = set()
    for transition in wanted.transitions:
        if transition.after == -1:
            faded |= set(range(transition.frames))
        if transition.after == len(wanted.clips) - 1:
            faded |= set(range(wanted.length - transition.frames, wanted.length))
    for number, (found, place) in enumerate(zip(film, places, strict=True)):
        if len(place) == 1 and number not in faded:
            assert found == next(iter(place)), number


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(
    ("lengths", "transitions"),
    [
        ((37, 96, 13), ()),
        ((37, 96, 13), ((0, "dissolve", 12), (1, "dissolve", 5))),
        ((20, 37, 25), ((-1, "fade", 7), (0, "wipe", 13), (1, "push", 12), (2, "fade", 9))),
        ((48, 14, 48), ((0, "dissolve", 7), (1, "dissolve", 7))),
        ((1, 1, 1, 25, 1), ((2, "fade", 1),)),
    ],
)
def test_every_frame_is_where_it_belongs(tmp_path, rate, lengths, transitions) -> None:
    wanted = listed(lengths, transitions, rate)
    film = tmp_path / "film.mp4"
    done = conform(wanted, written(tmp_path, wanted), film, tmp_path, tmp_path)
    assert done.frames == wanted.length
    check_film(film, wanted)


def test_trims_off_the_gop_grid_are_exact(tmp_path) -> None:
    wanted = listed(((5, 41), (12, 30), (23, 24), (0, 36)), ((0, "dissolve", 8),))
    film = tmp_path / "film.mp4"
    conform(wanted, written(tmp_path, wanted), film, tmp_path, tmp_path)
    check_film(film, wanted)


def test_cuts_alone_decode_and_encode_nothing(tmp_path) -> None:
    wanted = listed((37, 96, 13))
    film = tmp_path / "film.mp4"
    files = written(tmp_path, wanted)
    assert conform(wanted, files, film, tmp_path, tmp_path).made == 0

    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return [bytes(p) for p in container.demux(container.streams.video[0]) if p.size]

    copied = [p for n in range(3) for p in packets(files[digest(n)])]
    for mine, theirs in zip(packets(film), copied, strict=True):
        assert mine.endswith(theirs)
        assert len(mine) - len(theirs) in (0, 6)


def test_a_strict_decoder_finds_no_fault(tmp_path) -> None:
    wanted = listed((37, 13, 1, 1, 60), ((0, "dissolve", 5), (3, "fade", 1)))
    film = tmp_path / "film.mp4"
    conform(wanted, written(tmp_path, wanted), film, tmp_path, tmp_path)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = {"err_detect": "explode+crccheck+bitstream+buffer"}
        assert sum(1 for frame in container.decode(stream) if not frame.is_corrupt) == 106


def test_a_dissolve_on_the_grid_makes_its_own_frames_only() -> None:
    plan = segments(listed((96, 96), ((0, "dissolve", 12),)))
    assert [type(s) for s in plan] == [Copied, Made, Copied]
    assert [s.length for s in plan] == [84, 12, 84]


def test_a_dissolve_is_the_mean_in_its_middle(tmp_path) -> None:
    wanted = listed((24, 24), ((0, "dissolve", 5),))
    film = tmp_path / "film.mp4"
    conform(wanted, written(tmp_path, wanted), film, tmp_path, tmp_path)
    with av.open(str(film)) as container:
        levels = [float(f.to_ndarray(format="rgb24")[:40].mean()) for f in container.decode()]
    steps = [40 + 30 * i / 6 for i in range(7)]
    assert levels[18:25] == pytest.approx(steps, abs=2.5)


def test_a_fade_touches_black_once_between_two_shots(tmp_path) -> None:
    wanted = listed((24, 24), ((0, "fade", 12),))
    film = tmp_path / "film.mp4"
    conform(wanted, written(tmp_path, wanted), film, tmp_path, tmp_path)
    with av.open(str(film)) as container:
        levels = [float(f.to_ndarray(format="rgb24")[:40].mean()) for f in container.decode()]
    assert sum(level < 2 for level in levels) == 1
    assert levels[17] < 2


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
@pytest.mark.parametrize("kind", ["wipe", "push"])
def test_wipes_and_pushes_go_their_way(tmp_path, kind, direction) -> None:
    wanted = read_conform_list(
        {
            "rate": "24", "width": WIDTH, "height": HEIGHT,
            "clips": [{"media": digest(n), "in": 0, "out": 12} for n in (0, 1)],
            "transitions": [
                {"after": 0, "kind": kind, "frames": 3, "direction": direction}
            ],
        }
    )  # fmt: skip
    film = tmp_path / "film.mp4"
    conform(wanted, written(tmp_path, wanted), film, tmp_path, tmp_path)
    with av.open(str(film)) as container:
        frame = [f.to_ndarray(format="gray8") for f in container.decode(video=0)][9]
    quarters = {
        "left": frame[10:70, -20:], "right": frame[10:70, :20],
        "up": frame[-20:-8, 140:], "down": frame[2:10],
    }  # fmt: skip
    opposite = {"left": "right", "right": "left", "up": "down", "down": "up"}
    assert quarters[direction].mean() > quarters[opposite[direction]].mean() + 15


def write_foreign(path: Path, codec="mpeg4", size=(320, 240), rate="30", frames=60) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(frames):
            picture = np.full((size[1], size[0], 3), 30 + number * 3, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_a_foreign_clip_is_made_to_measure_once(tmp_path) -> None:
    files = {
        digest(0): write_clip(tmp_path / "0.mp4", 0, 24),
        digest(1): write_foreign(tmp_path / "foreign.mov"),
    }
    wanted = listed((24, 48), ((0, "dissolve", 6),))
    cache = tmp_path / "cache"
    film = tmp_path / "film.mp4"
    conform(wanted, files, film, tmp_path, cache)
    with av.open(str(film)) as container:
        frames = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
    assert len(frames) == 66
    # 4:3 in 16:9 stands between black pillars; frame 24 of 24 is the one nearest to one second.
    assert frames[30][:, :15].mean() < 3
    assert frames[30][:, -15:].mean() < 3
    assert frames[18 + 24][20:60, 60:100].mean() == pytest.approx(30 + 30 * 3, abs=4)
    made = list(cache.rglob("*.mp4"))
    assert len(made) == 1
    before = made[0].stat().st_mtime_ns
    conform(wanted, files, film, tmp_path, cache)
    assert made[0].stat().st_mtime_ns == before
    assert not list(cache.rglob(".*"))


def test_wide_pixels_fill_the_picture_they_were_meant_for(tmp_path) -> None:
    path = tmp_path / "anamorphic.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 80, 90, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        for _ in range(24):
            picture = np.full((90, 80, 3), 200, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    film = tmp_path / "film.mp4"
    conform(listed((24,)), {digest(0): path}, film, tmp_path, tmp_path / "cache")
    with av.open(str(film)) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="gray8")
    assert frame[:, :4].mean() > 150
    assert frame[:, -4:].mean() > 150


def test_a_damaged_mezzanine_is_made_again(tmp_path) -> None:
    files = {digest(0): write_foreign(tmp_path / "foreign.mov")}
    wanted = listed((48,))
    film, cache = tmp_path / "film.mp4", tmp_path / "cache"
    conform(wanted, files, film, tmp_path, cache)
    next(iter(cache.rglob("*.mp4"))).write_bytes(b"half a file")
    assert conform(wanted, files, film, tmp_path, cache).frames == 48


def test_a_still_picture_is_held(tmp_path) -> None:
    from PIL import Image

    Image.new("RGB", (90, 160), (200, 0, 0)).save(tmp_path / "still.png")
    wanted = listed((30,))
    film = tmp_path / "film.mp4"
    conform(wanted, {digest(0): tmp_path / "still.png"}, film, tmp_path, tmp_path / "cache")
    assert house.frames(film) == 30


@pytest.mark.parametrize("frames", [12, 40])
def test_a_clip_that_is_too_short_is_named(tmp_path, frames) -> None:
    files = {digest(0): write_clip(tmp_path / "0.mp4", 0, frames)}
    with pytest.raises(BackendError, match=r"media\.short"):
        conform(listed((96,)), files, tmp_path / "film.mp4", tmp_path, tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a video", b"\x00" * 5000])
def test_what_is_no_video_is_refused(tmp_path, content) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(content)
    with pytest.raises(BackendError, match=r"media\.unreadable"):
        conform(listed((48,)), {digest(0): broken}, tmp_path / "f.mp4", tmp_path, tmp_path)


def test_a_cancelled_conform_stops(tmp_path) -> None:
    wanted = listed((48, 48), ((0, "dissolve", 12),))
    files = written(tmp_path, wanted)

    def check() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        conform(wanted, files, tmp_path / "film.mp4", tmp_path, tmp_path, check=check)


@pytest.mark.parametrize(
    "wrong",
    [
        None, [], {}, {"clips": []}, {"rate": "0"}, {"rate": "24/0"}, {"width": "wide"},
        {"frames": 12}, {"loudness": 3.0}, {"loudness": float("nan")},
        {"clips": [{"media": "x", "in": 5, "out": 5}]},
        {"clips": [{"media": "x", "in": -1, "out": 5}]},
        {"transitions": [{"after": 9, "kind": "fade", "frames": 3}]},
        {"transitions": [{"after": 0, "kind": "wipe", "frames": 3}]},
        {"transitions": [{"after": 0, "kind": "fade", "frames": 99}]},
        {"sounds": [{"media": "x", "gain": float("inf")}]},
        {"sounds": [{"media": "x", "start": -5}]},
    ],
)  # fmt: skip
def test_a_wrong_list_is_refused(wrong) -> None:
    right = {
        "rate": "24", "width": 160, "height": 90, "clips": [{"media": "x", "in": 0, "out": 24}]
    }  # fmt: skip
    params = {**right, **wrong} if isinstance(wrong, dict) and wrong else wrong
    with pytest.raises(BackendError, match=r"assembly\.bad_list"):
        read_conform_list(params)
