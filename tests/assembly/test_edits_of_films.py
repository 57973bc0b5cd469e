"""A film goes out, is edited with OpenTimelineIO, and comes back as one step of the canvas."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.assembly import Cut, write_timeline
from app.assembly.edits import EditPreview, conform, read_edit
from app.assembly.exporters import EXPORTERS
from app.assembly.task import cut_of
from app.execution import Take, TakeOutput
from app.graph import Graph, Operation, SetNode, Transaction, apply
from node_registry import DirectorError, Media, RenderSettings
from tests.film import FILM
from tests.script.importing import bring, new_id, write

SETTINGS = RenderSettings(rate="25")
SCRIPT = """
INT. HALL - DAY

A lamp goes out. A door shuts. Somebody breathes. The floor creaks.

DISSOLVE TO:

EXT. YARD - NIGHT

Rain falls. A dog runs through it. A gate swings. The dog is gone.

CUT TO:

INT. CELLAR - NIGHT

Water drips. A match flares. A face. Dark again.
"""


def made(node_id: str, code: str, number: int, frames: int) -> Take:
    seed = f"{node_id}/{number}"
    digest = hashlib.sha256(seed.encode()).hexdigest()
    media = Media(
        digest=digest,
        size=9,
        media_type="video/mp4",
        name=f"SHOT-{code}_v01_take{number:02d}.mp4",
        facts={"frames": frames, "rate": "25", "audio": {}},
    )
    return Take(
        id=UUID(new_id()),
        project_id=UUID(int=1),
        node_id=node_id,
        version=1,
        number=number,
        iteration="",
        name=f"SHOT-{code}_v01_take{number:02d}",
        task_id=UUID(int=2),
        user_id=UUID(int=3),
        basis="",
        recipe=digest[::-1],
        made_from={},
        made_by={},
        digest=digest,
        outputs=[TakeOutput("video", media)],
        created_at=datetime.now(UTC),
    )


class Film:
    """A graph of three scenes, with two takes of every shot, the first of them active."""

    def __init__(self) -> None:
        self.graph = Graph()
        bring(self.graph, SCRIPT)
        self.active: dict[str, Take] = {}
        self.takes: dict[UUID, Take] = {}
        self.others: dict[str, Take] = {}
        shots = [clip.shot for clip in self.cut().clips]
        for index, shot in enumerate(shots):
            code = str(self.graph.nodes[shot].data["code"])
            for number in (1, 2):
                take = made(shot, code, number, 80 + 7 * index + 11 * number)
                self.takes[take.id] = take
                if number == 1:
                    self.active[shot] = take
                    values = {"data.active_take": str(take.id)}
                    write(self.graph, SetNode(id=shot, values=values), system=True)
                else:
                    self.others[shot] = take

    def cut(self) -> Cut:
        return cut_of(self.graph, self.active, SETTINGS)

    def timeline(self) -> otio.schema.Timeline:
        found = otio.adapters.read_from_string(write_timeline(self.cut()), "otio_json")
        assert isinstance(found, otio.schema.Timeline)
        return found

    def export(self, form: str) -> bytes:
        spec = next(one for one in EXPORTERS if one.name == form)
        return spec.write(write_timeline(self.cut()), "")

    def attempt(self, operations: Sequence[Operation]) -> Graph:
        changed = self.graph.snapshot()
        done = apply(changed, Transaction(ops=tuple(operations)), FILM, "ina", system=True)
        if done.rejection is not None:
            raise done.rejection.error()
        return changed

    def bring(self, data: bytes) -> tuple[EditPreview, list[Operation]]:
        """Import an edited cut, as one transaction."""
        edited = read_edit(data, self.cut().fraction)
        preview, operations = conform(
            self.graph, edited, self.active, self.takes, SETTINGS, self.attempt
        )
        if operations:
            write(self.graph, *operations, system=True)
        for shot in self.active:
            chosen = self.graph.nodes[shot].data.get("active_take")
            self.active[shot] = self.takes[UUID(chosen)]
        return preview, operations


def as_text(timeline: otio.schema.Timeline) -> bytes:
    return timeline.to_json_string().encode()


def seen(cut: Cut) -> Any:
    return (
        [(clip.name, clip.start, clip.end) for clip in cut.clips],
        [(one.after, one.kind, one.frames) for one in cut.transitions],
        cut.frames,
    )


def told(data: bytes, cut: Cut) -> Any:
    edited = read_edit(data, cut.fraction)
    lengths = sum(clip.end - clip.start for clip in edited.clips)
    shared = sum(t.frames for t in edited.transitions if 0 <= t.after < len(edited.clips) - 1)
    return (
        [(clip.names[0], clip.start, clip.end) for clip in edited.clips],
        [(one.after, one.kind, one.frames) for one in edited.transitions],
        lengths - shared,
    )


def kinds(preview: EditPreview) -> set[str]:
    return {change.kind for change in preview.changes}


@pytest.mark.parametrize("form", ["otio", "edl", "fcpxml", "xmeml"])
def test_a_cut_that_nobody_edited_changes_nothing(form: str) -> None:
    film = Film()
    preview, operations = film.bring(film.export(form))
    assert (operations, preview.changes, preview.notes) == ([], [], [])
    assert preview.frames == preview.frames_before == film.cut().frames


def edited(timeline: otio.schema.Timeline, others: dict[str, Take], draw: Any) -> bytes:
    """An editor at work: clips in another order, shorter, slipped, taken out, other takes."""
    track = timeline.video_tracks()[0]
    clips = [part.clone() for part in track if isinstance(part, otio.schema.Clip)]
    order = draw(st.permutations(clips)) if draw(st.booleans()) else clips
    order = order[: draw(st.integers(1, len(order)))]
    del track[:]
    for index, part in enumerate(order):
        if index and draw(st.integers(0, 3)) == 0:
            before, after = draw(st.integers(0, 8)), draw(st.integers(1, 8))
            at = otio.opentime.RationalTime
            track.append(
                otio.schema.Transition(
                    transition_type="SMPTE_Dissolve", in_offset=at(before, 25),
                    out_offset=at(after, 25),
                )
            )  # fmt: skip
        shot = part.metadata["movie_director"]["shot"]
        if draw(st.integers(0, 3)) == 0:
            other = others[shot]
            scene = part.metadata["movie_director"]["scene"]
            part.name = f"SCENE_{scene}_{other.name}"
            part.media_reference.target_url = f"file:///media/{part.name}.mp4"
        # Enough is left at both ends for the transitions.
        start, frames = draw(st.integers(8, 30)), draw(st.integers(20, 45))
        if draw(st.booleans()):
            part.source_range = otio.opentime.TimeRange(
                otio.opentime.RationalTime(start, 25), otio.opentime.RationalTime(frames, 25)
            )
        else:
            part.source_range = otio.opentime.TimeRange(
                otio.opentime.RationalTime(8, 25), otio.opentime.RationalTime(60, 25)
            )
        track.append(part)
    return as_text(timeline)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_an_editor_made_of_a_film_comes_out_again_as_it_was_made(data: Any) -> None:
    film = Film()
    changed = edited(film.timeline(), film.others, data.draw)
    film.bring(changed)
    assert seen(film.cut()) == told(changed, film.cut())
    # The same list once more, in any format, changes nothing.
    form = data.draw(st.sampled_from(["otio", "edl", "fcpxml", "xmeml"]))
    _, operations = film.bring(film.export(form))
    assert operations == []


def test_a_step_is_one_transaction_and_what_it_does_is_told() -> None:
    film = Film()
    before = film.cut()
    timeline = film.timeline()
    track = timeline.video_tracks()[0]
    parts = list(track)
    first, second = [part for part in parts if isinstance(part, otio.schema.Clip)][:2]
    del track[:]
    second.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(10, 25), otio.opentime.RationalTime(30, 25)
    )
    for part in [second, first, *parts[2:]]:
        track.append(part)
    stranger = otio.schema.Clip(
        name="B-roll 7",
        source_range=otio.opentime.TimeRange(
            otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(5, 25)
        ),
    )
    track.append(stranger)
    preview, operations = film.bring(as_text(timeline))
    assert kinds(preview) == {"moved", "trimmed", "unknown"}
    unknown = next(change for change in preview.changes if change.kind == "unknown")
    assert not unknown.applies
    assert "B-roll 7" in unknown.message
    after = film.cut()
    assert [clip.shot for clip in after.clips][:2] == [before.clips[1].shot, before.clips[0].shot]
    assert (after.clips[0].start, after.clips[0].end) == (10, 40)
    # Within a scene the connections say the order; no list is needed.
    assembly = next(n for n in film.graph.nodes.values() if n.type == "film.assembly")
    assert "edit_order" not in assembly.data
    assert operations


def test_scenes_that_are_cut_into_each_other_are_kept_as_a_list_and_go_back() -> None:
    film = Film()
    plain = film.export("otio")
    timeline = film.timeline()
    track = timeline.video_tracks()[0]
    clips = [part for part in track if isinstance(part, otio.schema.Clip)]
    del track[:]
    for part in [*clips[::2], *clips[1::2]]:
        track.append(part)
    preview, _ = film.bring(as_text(timeline))
    assembly = next(n for n in film.graph.nodes.values() if n.type == "film.assembly")
    assert assembly.data["edit_order"]
    assert any("Scenes are cut into each other" in note for note in preview.notes)
    film.bring(plain)
    assembly = film.graph.nodes[assembly.id]
    assert "edit_order" not in assembly.data
    assert seen(film.cut()) == told(plain, film.cut())


def test_a_cut_of_another_project_is_refused() -> None:
    film, other = Film(), Film()
    foreign = other.export("otio").replace(b"SCENE_0", b"TAPE_0")
    for shot in other.active:
        foreign = foreign.replace(shot.encode(), b"x")
    for take in other.takes.values():
        foreign = foreign.replace(take.digest.encode(), b"0" * 64)
        foreign = foreign.replace(str(take.id).encode(), b"x")
        foreign = foreign.replace((take.recipe or "").encode(), b"y")
    with pytest.raises(DirectorError) as raised:
        film.bring(foreign)
    assert raised.value.code == "edit.foreign"


def test_renamed_media_are_known_by_their_digest_and_by_their_recipe() -> None:
    film = Film()
    timeline = film.timeline()
    clips = [p for p in timeline.video_tracks()[0] if isinstance(p, otio.schema.Clip)]
    clips[0].name = "A001C003"
    clips[0].media_reference.target_url = "file:///card/A001C003.mov"
    clips[1].name = "A001C004"
    clips[1].media_reference.target_url = "file:///card/A001C004.mov"
    clips[1].media_reference.metadata["movie_director"]["digest"] = "sha256:" + "9" * 64
    about = clips[1].metadata["movie_director"]
    for name in ("take", "media", "shot"):
        about[name] = ""
    preview, operations = film.bring(as_text(timeline))
    assert (operations, preview.changes) == ([], [])


def test_a_razor_that_changed_nothing_changes_nothing_and_a_second_use_is_told() -> None:
    film = Film()
    timeline = film.timeline()
    track = timeline.video_tracks()[0]
    whole = track[0]
    start, frames = whole.source_range.start_time, whole.source_range.duration
    half = otio.opentime.RationalTime(10, 25)
    rest = whole.clone()
    whole.source_range = otio.opentime.TimeRange(start, half)
    rest.source_range = otio.opentime.TimeRange(start + half, frames - half)
    track.insert(1, rest)
    preview, operations = film.bring(as_text(timeline))
    assert (operations, preview.changes) == ([], [])
    track.append(rest.clone())
    preview, operations = film.bring(as_text(timeline))
    assert operations == []
    assert kinds(preview) == {"repeated"}
