"""Cuts that come back as projects of Kdenlive and Shotcut, and as melt writes them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assembly.edits import read_edit
from node_registry import DirectorError
from tests.assembly.cuts import RATES
from tests.assembly.test_edits_of_films import Film, kinds, seen, told

# A clip: its first frame, its length, and how many frames it shares with the one before.
Clip = tuple[int, int, int]


def clock(frames: int, rate: Fraction) -> str:
    """As MLT writes a time."""
    hours = int(frames / (rate * 3600))
    frames -= int(hours * 3600 * rate)
    minutes = int(frames / (rate * 60))
    frames -= int(minutes * 60 * rate)
    return f"{hours:02d}:{minutes:02d}:{float(frames / rate):06.3f}"


def properties(**values: str) -> str:
    return "".join(
        f'<property name="{k.replace("__", ":")}">{v}</property>' for k, v in values.items()
    )


def producers(names: list[str]) -> str:
    return "".join(
        f'<producer id="p{index}">'
        + properties(resource=f"{name}.mp4", mlt_service="avformat", kdenlive__clipname=name)
        + "</producer>"
        for index, name in enumerate(names)
    )


def profile(rate: Fraction) -> str:
    return f'<profile frame_rate_num="{rate.numerator}" frame_rate_den="{rate.denominator}"/>'


def as_kdenlive(names: list[str], clips: list[Clip], rate: Fraction, luma: str = "") -> bytes:
    """Two playlists in a tractor; a clip lies in the other one where it dissolves."""
    lists, ends, mixes = [[], []], [0, 0], []
    at, lane = 0, 0
    for index, (start, frames, shared) in enumerate(clips):
        at -= shared
        if shared:
            lane = 1 - lane
            mixes.append(
                f'<transition in="{clock(at, rate)}" out="{clock(at + shared, rate)}">'
                + properties(mlt_service="luma", kdenlive_id="luma", resource=luma)
                + "</transition><transition>"
                + properties(mlt_service="mix")
                + "</transition>"
            )
        if at > ends[lane]:
            lists[lane].append(f'<blank length="{clock(at - ends[lane], rate)}"/>')
        first, last = clock(start, rate), clock(start + frames - 1, rate)
        lists[lane].append(f'<entry producer="p{index}" in="{first}" out="{last}"/>')
        at += frames
        ends[lane] = at
    one, two = ("".join(part) for part in lists)
    return (
        f'<mlt producer="main_bin">{profile(rate)}{producers(names)}'
        '<playlist id="main_bin"><entry producer="p0"/></playlist>'
        '<producer id="black">' + properties(mlt_service="color", resource="black") + "</producer>"
        '<playlist id="a"/><tractor id="sound">'
        + properties(kdenlive__audio_track="1")
        + '<track producer="a"/></tractor>'
        f'<playlist id="one">{one}</playlist><playlist id="two">{two}</playlist>'
        '<tractor id="v1"><track producer="one"/><track producer="two"/>'
        f"{''.join(mixes)}</tractor><tractor id='{{7}}'><track producer='black'/>"
        '<track producer="sound"/><track producer="v1"/></tractor>'
        "<tractor id='wrap'>" + properties(kdenlive__projectTractor="1") + "<track producer='{7}'/>"
        "</tractor></mlt>"
    ).encode()


def as_melt(names: list[str], clips: list[Clip], rate: Fraction, luma: str = "") -> bytes:
    """One playlist, with a tractor of both clips in the place of a dissolve."""
    parts, mixes = [], []
    for index, (start, frames, shared) in enumerate(clips):
        if shared:
            mixes.append(
                f'<tractor id="m{index}"><track producer="p{index - 1}"/>'
                f'<track producer="p{index}"/><transition>'
                + properties(mlt_service="luma", resource=luma)
                + "</transition></tractor>"
            )
            parts.append(f'<entry producer="m{index}" in="0" out="{shared - 1}"/>')
        after = clips[index + 1][2] if index + 1 < len(clips) else 0
        last = start + frames - after - 1
        parts.append(f'<entry producer="p{index}" in="{start + shared}" out="{last}"/>')
    return (
        f"<mlt>{profile(rate)}{producers(names)}{''.join(mixes)}"
        f'<playlist id="v1">{"".join(parts)}</playlist>'
        '<tractor id="top"><track producer="v1"/></tractor></mlt>'
    ).encode()


WRITERS = {"kdenlive": as_kdenlive, "melt": as_melt}


@st.composite
def clips_of(draw: st.DrawFn) -> list[Clip]:
    found: list[Clip] = []
    for index in range(draw(st.integers(1, 8))):
        shared = draw(st.integers(0, 40)) if index else 0
        found.append((draw(st.integers(0, 200_000)), draw(st.integers(90, 200_000)), shared))
    return found


@pytest.mark.parametrize("form", list(WRITERS))
@settings(max_examples=60, deadline=None)
@given(clips=clips_of(), rate=st.sampled_from(RATES), wipe=st.booleans())
def test_every_clip_is_read_to_the_frame(
    form: str, clips: list[Clip], rate: str, wipe: bool
) -> None:
    names = [f"SCENE_01_SHOT-{index:03d}_v01_take01" for index in range(len(clips))]
    number = Fraction(rate)
    written = WRITERS[form](names, clips, number, "luma01.pgm" if wipe else "")
    read = read_edit(written, number)
    assert read.notes == ()
    assert [clip.names[0] for clip in read.clips] == names
    assert [(c.start, c.end) for c in read.clips] == [(s, s + n) for s, n, _ in clips]
    assert [(t.after, t.kind, t.frames) for t in read.transitions] == [
        (index - 1, "wipe" if wipe else "dissolve", shared)
        for index, (_, _, shared) in enumerate(clips)
        if shared
    ]


def cut_as(form: str, film: Film) -> tuple[list[str], list[Clip]]:
    cut = film.cut()
    shared = {join.after + 1: join.frames for join in cut.transitions}
    names = [clip.name for clip in cut.clips]
    return names, [
        (clip.start, clip.end - clip.start, shared.get(index, 0))
        for index, clip in enumerate(cut.clips)
    ]


@pytest.mark.parametrize("form", list(WRITERS))
def test_a_film_comes_back_from_a_project_trimmed_and_in_another_order(form: str) -> None:
    film = Film()
    names, clips = cut_as(form, film)
    plain = WRITERS[form](names, clips, film.cut().fraction)
    preview, operations = film.bring(plain)
    assert (operations, preview.changes, preview.notes) == ([], [], [])

    start, frames, shared = clips[1]
    clips[1] = (start, frames - 8, shared)
    names.append(names.pop(0))
    clips.append(clips.pop(0))
    edited = WRITERS[form](names, clips, film.cut().fraction)
    preview, _ = film.bring(edited)
    assert kinds(preview) == {"trimmed", "moved"}
    assert seen(film.cut()) == told(edited, film.cut())


def test_what_kdenlive_saved_is_read_to_the_frame() -> None:
    """A film of two scenes from this program, opened in Kdenlive 22.12.3 and edited by hand: the
    third shot before the second, a mix of 18 frames after the first, the last one trimmed."""
    saved = Path(__file__).with_name("kdenlive_22_12.xml").read_bytes()
    read = read_edit(saved, Fraction(24))
    assert [(c.names[0].removesuffix("_v01_take01"), c.start, c.end) for c in read.clips] == [
        ("SCENE_01_SHOT-010", 0, 78),
        ("SCENE_01_SHOT-030", 0, 78),
        ("SCENE_01_SHOT-020", 0, 52),
        ("SCENE_01_SHOT-040", 0, 78),
        ("SCENE_01_SHOT-050", 0, 40),
        ("SCENE_02_SHOT-010", 12, 113),
        ("SCENE_02_SHOT-020", 0, 36),
        ("SCENE_02_SHOT-030", 0, 57),
    ]
    assert [(t.after, t.kind, t.frames) for t in read.transitions] == [(0, "dissolve", 18)]
    assert read.notes == ()


def test_a_clip_begins_to_count_where_its_producer_does() -> None:
    written = (
        b'<mlt><producer id="p" in="5" out="40"><property name="resource">/home/ina/a.mp4'
        b'</property><property name="length">50</property></producer><playlist id="v">'
        b'<entry producer="p" in="0" out="35"/><entry producer="p" in="2" out="9"/>'
        b'<entry producer="p"/></playlist></mlt>'
    )
    read = read_edit(written, Fraction(24))
    assert [(c.names[0], c.start, c.end) for c in read.clips] == [
        ("a", 5, 41),
        ("a", 7, 15),
        ("a", 5, 41),
    ]


def test_gaps_speeds_and_further_tracks_are_told() -> None:
    written = (
        b'<mlt><producer id="p"><property name="resource">2:a.mp4</property><property '
        b'name="mlt_service">timewarp</property><property name="warp_resource">a.mp4</property>'
        b'</producer><playlist id="v"><blank length="5"/><entry producer="p" in="0" out="9"/>'
        b'<entry producer="s" in="0" out="9"/></playlist><tractor id="s"/><tractor id="top">'
        b'<track producer="v"/><track producer="w"/><track producer="x" hide="both"/></tractor>'
        b'<playlist id="w"><entry producer="p" in="0" out="9"/></playlist></mlt>'
    )
    read = read_edit(written, Fraction(24))
    assert [clip.names[0] for clip in read.clips] == ["a"]
    assert sorted(note.split()[0] for note in read.notes) == ["1", "A", "Only", "The"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<tractor id="t"><track producer="t"/></tractor>',
        '<playlist id="v"><entry producer="p" in="soon" out="9"/></playlist>',
        '<playlist id="v"><entry producer="p" in="9" out="0"/></playlist>',
        '<playlist id="v"><entry producer="p" in="0" out="99999999999"/></playlist>',
        '<playlist id="v"><blank length="99999999999"/><entry producer="p" out="1"/></playlist>',
        '<playlist id="v"><entry producer="p" in="0" out="9999:9999:9999.9"/></playlist>',
        '<playlist id="v"><entry producer="p" in="0" out="9"/></playlist>'
        '<playlist id="w"><entry producer="p" in="0" out="9"/></playlist>'
        '<tractor id="t"><track producer="v"/><track producer="w"/></tractor>'
        '<tractor id="top"><track producer="t"/></tractor>',
    ],
)
def test_broken_and_hostile_projects_are_refused(body: str) -> None:
    head = '<profile frame_rate_num="1" frame_rate_den="0"/><producer id="p"/>'
    with pytest.raises(DirectorError) as raised:
        read_edit(f"<mlt>{head}{body}</mlt>".encode(), Fraction(24))
    assert raised.value.code == "edit.unreadable"


def test_a_part_that_is_named_ten_thousand_times_takes_no_time() -> None:
    many = "<property name='a'>1</property>" * 10_000
    black = '<property name="mlt_service">color</property>'
    entries = '<entry producer="p" in="0" out="0"/>' * 10_000
    tracks = '<track producer="v"/>' * 10_000
    written = (
        f'<mlt><producer id="p">{many}{black}</producer><playlist id="v">{entries}</playlist>'
        f'<tractor id="t">{tracks}</tractor><tractor id="top">{tracks}'
        + '<track producer="t"/>' * 10_000
        + "</tractor></mlt>"
    )
    with pytest.raises(DirectorError, match="no clips"):
        read_edit(written.encode(), Fraction(24))
