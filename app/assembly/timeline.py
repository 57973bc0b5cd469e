"""The cut as an OpenTimelineIO timeline, and back: pictures, their sound, tracks laid under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from node_registry.film import scene_name

from node_registry import DirectorError

from .cut import Clip, Cut, Sound, Transition

if TYPE_CHECKING:
    import opentimelineio as otio

NAMESPACE = "movie_director"
_DISSOLVE, _CUSTOM = "SMPTE_Dissolve", "Custom_Transition"


def write_timeline(cut: Cut) -> str:
    """The timeline as OpenTimelineIO JSON.

    A transition stands on its middle, as editors' programs draw it; the frames it needs beyond
    the cut are the clips' handles. Media are named by file name and digest, never by a path.
    """
    return build_timeline(cut).to_json_string()


def build_timeline(cut: Cut) -> otio.schema.Timeline:
    """The timeline as an object of OpenTimelineIO."""
    import opentimelineio as otio

    rate = float(cut.fraction)

    def at(frame: int) -> otio.opentime.RationalTime:
        return otio.opentime.RationalTime(frame, rate)

    def span(start: int, frames: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(at(start), at(frames))

    timeline = otio.schema.Timeline(name=cut.title, global_start_time=at(cut.start_frame))
    timeline.metadata[NAMESPACE] = {
        "rate": cut.rate,
        "frames": cut.frames,
        "drop_frame": cut.drop_frame,
        "start_timecode": cut.start_timecode,
        "notes": list(cut.notes),
    }
    visible = visible_ranges(cut)
    by_place = {transition.after: transition for transition in cut.transitions}
    picture = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    picture_parts: list[Any] = []
    if -1 in by_place:
        picture_parts.append(_transition(by_place[-1], 0, by_place[-1].frames, at))
    for index, clip in enumerate(cut.clips):
        start, end = visible[index]
        picture_parts.append(_clip(clip, span(start, end - start), span(0, clip.frames)))
        if (transition := by_place.get(index)) is not None:
            if index == len(cut.clips) - 1:
                picture_parts.append(_transition(transition, transition.frames, 0, at))
            else:
                out = transition.frames // 2
                picture_parts.append(_transition(transition, out, transition.frames - out, at))
    picture.extend(picture_parts)
    timeline.tracks.append(picture)
    if any(clip.sound for clip in cut.clips):
        timeline.tracks.append(_own_sound(cut, visible, at, span))
    for number, sound in enumerate(cut.sounds, start=2):
        timeline.tracks.append(_sound_track(cut, sound, number, span))
    timeline.tracks.markers.extend(_scene_markers(cut, visible, span))
    return timeline


def visible_ranges(cut: Cut) -> list[tuple[int, int]]:
    """For each clip, the source frames between the middles of its transitions."""
    halves = {
        transition.after: (transition.frames // 2, transition.frames - transition.frames // 2)
        for transition in cut.transitions
        if 0 <= transition.after < len(cut.clips) - 1
    }
    ranges: list[tuple[int, int]] = []
    for index, clip in enumerate(cut.clips):
        # The first half of the shared frames lies before the cut, so the incoming clip begins
        # that much later and the outgoing one ends the other half earlier.
        head, tail = halves.get(index - 1, (0, 0))[0], halves.get(index, (0, 0))[1]
        ranges.append((clip.start + head, clip.end - tail))
    return ranges


def read_timeline(text: str) -> Cut:
    """The cut that `write_timeline` wrote, with every frame and id in its place.

    Raises `export.bad_timeline` for JSON that is not such a timeline.
    """
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
        if not isinstance(timeline, otio.schema.Timeline):
            raise _bad("it is not a timeline")
        about = timeline.metadata[NAMESPACE]
        pictures = timeline.video_tracks()
        if len(pictures) != 1:
            raise _bad(f"it has {len(pictures)} tracks of pictures, not one")
        clips, transitions = _read_picture(pictures[0])
        return Cut(
            title=timeline.name,
            rate=str(about["rate"]),
            clips=tuple(clips),
            transitions=tuple(transitions),
            sounds=tuple(_read_sounds(timeline)),
            start_timecode=str(about["start_timecode"]),
            drop_frame=bool(about["drop_frame"]),
            notes=tuple(str(note) for note in about["notes"]),
        )
    except (KeyError, AttributeError, TypeError, ValueError, IndexError) as error:
        raise _bad(f"a part is missing or wrong ({type(error).__name__}: {error})") from error
    except (otio.exceptions.OTIOError, msgspec.ValidationError) as error:
        raise _bad("it cannot be read") from error


def _read_picture(track: otio.schema.Track) -> tuple[list[Clip], list[Transition]]:
    import opentimelineio as otio

    clips: list[Clip] = []
    transitions: list[Transition] = []
    for part in track:
        about = _plain(part.metadata[NAMESPACE])
        if isinstance(part, otio.schema.Transition):
            transitions.append(msgspec.convert(about, Transition))
        else:
            clips.append(msgspec.convert(about, Clip))
    return clips, transitions


def _read_sounds(timeline: otio.schema.Timeline) -> list[Sound]:
    return [
        msgspec.convert(_plain(part.metadata[NAMESPACE]["laid"]), Sound)
        for track in timeline.audio_tracks()
        for part in track
        if "laid" in part.metadata.get(NAMESPACE, {})
    ]


def _plain(value: Any) -> Any:
    """Metadata of OpenTimelineIO as dictionaries and lists."""
    if isinstance(value, str):
        return value
    if hasattr(value, "items"):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if hasattr(value, "__iter__") else value


def _clip(clip: Clip, used: Any, available: Any) -> otio.schema.Clip:
    import opentimelineio as otio

    reference: Any
    if clip.media is None:
        reference = otio.schema.MissingReference(name=clip.name, available_range=available)
    else:
        reference = otio.schema.ExternalReference(
            target_url=f"{clip.name}.{clip.extension}", available_range=available
        )
        reference.name = clip.name
        reference.metadata[NAMESPACE] = {"digest": f"sha256:{clip.media}"}
    written = otio.schema.Clip(name=clip.name, media_reference=reference, source_range=used)
    about = msgspec.to_builtins(clip)
    if not clip.notes:
        del about["notes"]
    if clip.recipe is None:
        del about["recipe"]
    written.metadata[NAMESPACE] = about
    return written


def _transition(transition: Transition, before: int, after: int, at: Any) -> Any:
    import opentimelineio as otio

    written = otio.schema.Transition(
        name=transition.kind,
        transition_type=_DISSOLVE if transition.kind == "dissolve" else _CUSTOM,
        in_offset=at(before),
        out_offset=at(after),
    )
    written.metadata[NAMESPACE] = msgspec.to_builtins(transition)
    return written


def _own_sound(cut: Cut, visible: list[tuple[int, int]], at: Any, span: Any) -> Any:
    """The sound that came with the takes, under their pictures; a gap where there is none."""
    import opentimelineio as otio

    track = otio.schema.Track(name="A1", kind=otio.schema.TrackKind.Audio)
    parts: list[Any] = []
    joined = {transition.after: transition for transition in cut.transitions}
    for index, clip in enumerate(cut.clips):
        start, end = visible[index]
        if clip.sound:
            parts.append(_clip(clip, span(start, end - start), span(0, clip.frames)))
        else:
            parts.append(otio.schema.Gap(source_range=span(0, end - start)))
        transition = joined.get(index)
        following = cut.clips[index + 1] if index + 1 < len(cut.clips) else None
        if transition and following and clip.sound and following.sound:
            out = transition.frames // 2
            crossfade = Transition(after=index, kind="dissolve", frames=transition.frames)
            parts.append(_transition(crossfade, out, transition.frames - out, at))
    track.extend(parts)
    return track


def _sound_track(cut: Cut, sound: Sound, number: int, span: Any) -> Any:
    import opentimelineio as otio

    frames = sound.frames_in(cut)
    track = otio.schema.Track(name=f"A{number}", kind=otio.schema.TrackKind.Audio)
    if sound.start:
        track.append(otio.schema.Gap(source_range=span(0, sound.start)))
    available = None if sound.frames is None else span(0, sound.frames)
    reference = otio.schema.ExternalReference(
        target_url=f"{sound.name}.{sound.extension}", available_range=available
    )
    reference.metadata[NAMESPACE] = {"digest": f"sha256:{sound.media}"}
    clip = otio.schema.Clip(
        name=sound.name, media_reference=reference, source_range=span(0, frames)
    )
    clip.metadata[NAMESPACE] = {"laid": msgspec.to_builtins(sound)}
    clip.markers.extend(
        otio.schema.Marker(
            name=mark.label or "sync", marked_range=span(mark.frame, 0), color="PURPLE"
        )
        for mark in sound.marks
    )
    track.append(clip)
    return track


def _scene_markers(cut: Cut, visible: list[tuple[int, int]], span: Any) -> list[Any]:
    import opentimelineio as otio

    markers: list[Any] = []
    notes: list[Any] = []
    position, begun, scene = 0, 0, None
    for index, clip in enumerate(cut.clips):
        if clip.scene != scene:
            if markers:
                markers[-1].marked_range = span(begun, position - begun)
            marker = otio.schema.Marker(
                name=scene_name(clip.scene) or "SHOTS WITHOUT SCENE",
                color=otio.schema.MarkerColor.GREEN,
            )
            marker.comment = clip.heading
            markers.append(marker)
            begun, scene = position, clip.scene
        notes += [_note(words, span(position, 0)) for words in clip.notes]
        position += visible[index][1] - visible[index][0]
    if markers:
        markers[-1].marked_range = span(begun, position - begun)
    return [*markers, *notes]


def _note(words: str, where: Any) -> Any:
    import opentimelineio as otio

    marker = otio.schema.Marker(name="Note", marked_range=where, color="YELLOW")
    marker.comment = words
    return marker


def _bad(why: str) -> DirectorError:
    return DirectorError(
        "export.bad_timeline",
        f"This timeline was not written by the studio: {why}.",
        hint="Give the timeline of an Assembly node.",
    )
