"""The conform plan: whatever the cut, its copied and made frames are the film, in its order."""

from director_media.conform.plan import ConformList, Copied, read_conform_list, segments
from director_media.house import GOP
from hypothesis import given
from hypothesis import strategies as st


@st.composite
def lists(draw: st.DrawFn) -> ConformList:
    clips = []
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, 40))
        clips.append({"media": "x", "in": start, "out": start + draw(st.integers(1, 60))})
    transitions, free = [], [clip["out"] - clip["in"] for clip in clips]
    for after in range(-1, len(clips)):
        at_end = after in (-1, len(clips) - 1)
        sides = [index for index in (after, after + 1) if 0 <= index < len(clips)]
        most = min(free[index] for index in sides)
        if most and draw(st.booleans()):
            frames = draw(st.integers(1, most))
            kinds = ("fade",) if at_end else ("cut", "fade", "dissolve", "wipe", "push")
            kind = draw(st.sampled_from(kinds))
            transitions.append({"after": after, "kind": kind, "frames": frames})
            for index in sides:
                free[index] -= frames
    return read_conform_list(
        {"rate": "24", "width": 160, "height": 90, "clips": clips, "transitions": transitions}
    )


def shown(wanted: ConformList) -> list[set[tuple[int, int]]]:
    """The clips' frames at each frame of the film, by the rule of overlaps alone."""
    cuts = {t.after: t.frames for t in wanted.transitions if t.kind == "cut"}
    film: list[set[tuple[int, int]]] = [set() for _ in range(wanted.length)]
    for index, (clip, start) in enumerate(zip(wanted.clips, wanted.starts, strict=True)):
        for offset in range(clip.length - cuts.get(index, 0)):
            film[start + offset].add((index, clip.start + offset))
    return film


@given(lists())
def test_the_segments_are_the_film(wanted: ConformList) -> None:
    film: list[set[tuple[int, int]]] = []
    for segment in segments(wanted):
        if isinstance(segment, Copied):
            assert segment.start % GOP == 0
            film += [{(segment.clip, frame)} for frame in range(segment.start, segment.end)]
            continue
        for part in segment.parts:
            sides = ((part.old, part.old_start), (part.new, part.new_start))
            for step in range(part.length):
                film.append({(clip, at + step) for clip, at in sides if clip is not None})
    assert film == shown(wanted)


@given(lists())
def test_little_more_is_made_than_the_transitions(wanted: ConformList) -> None:
    made = sum(s.length for s in segments(wanted) if not isinstance(s, Copied))
    moving = sum(t.frames for t in wanted.transitions if t.kind != "cut")
    assert made <= moving + (GOP - 1) * len(wanted.clips)
