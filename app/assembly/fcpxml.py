"""The cut as FCPXML 1.11, which Final Cut Pro and DaVinci Resolve read.

All times are exact fractions of a second. As in these programs, a transition stands on the cut,
with the rest of both clips beneath it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from fractions import Fraction

from node_registry.film import scene_name

from node_registry import DirectorError

from .cut import Clip, Cut, Sound, Transition
from .timeline import read_timeline, visible_ranges
from .xml_text import document, put

MEDIA_TYPE = "application/vnd.apple.fcpxml+xml"
VERSION = "1.11"
_DISSOLVE = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"
_MOTION = ".../Transitions.localized"
_EFFECTS = {
    "dissolve": ("Cross Dissolve", _DISSOLVE),
    "fade": (
        "Fade To Color",
        f"{_MOTION}/Dissolves.localized/Fade To Color.localized/Fade To Color.motr",
    ),
    "wipe": ("Wipe", f"{_MOTION}/Wipes.localized/Wipe.localized/Wipe.motr"),
    "push": ("Push", f"{_MOTION}/Movements.localized/Push.localized/Push.motr"),
}

Time = Callable[[int], str]


def write_fcpxml_file(timeline: str, title: str) -> bytes:
    """A timeline as FCPXML."""
    return write_fcpxml(read_timeline(timeline), title)


def write_fcpxml(cut: Cut, title: str = "") -> bytes:
    """The cut as a file with one project. Raises `export.empty` for a film without shots."""
    if not cut.clips:
        raise DirectorError("export.empty", "The film has no shots.", hint="Add one to the film.")
    name = title or cut.title or "Film"
    at = _time_writer(cut.fraction)
    root = ET.Element("fcpxml", version=VERSION)
    resources = put(root, "resources")
    put(resources, "format", id="r1", name=f"Movie Director {cut.rate}", frameDuration=at(1))
    assets = _Assets(resources, at)
    for kind in dict.fromkeys(transition.kind for transition in cut.transitions):
        effect, uid = _EFFECTS[kind]
        put(resources, "effect", id=f"e-{kind}", name=effect, uid=uid)
    event = put(put(root, "library"), "event", name=name)
    sequence = put(
        put(event, "project", name=name),
        "sequence",
        format="r1",
        duration=at(cut.frames),
        tcStart=at(cut.start_frame),
        tcFormat="DF" if cut.drop_frame else "NDF",
        audioLayout="stereo",
        audioRate="48k",
    )
    _write_spine(cut, put(sequence, "spine"), assets, at)
    return document(root, "fcpxml")


def _write_spine(cut: Cut, spine: ET.Element, assets: _Assets, at: Time) -> None:
    visible = visible_ranges(cut)
    by_place = {transition.after: transition for transition in cut.transitions}
    last = len(cut.clips) - 1
    position = cut.start_frame
    scene: str | None = None
    if -1 in by_place:
        _write_transition(spine, by_place[-1], position, at)
    for index, clip in enumerate(cut.clips):
        start, end = visible[index]
        element = _write_clip(spine, clip, position, start, end, assets, at)
        if index == 0:
            for lane, sound in enumerate(cut.sounds, start=1):
                # What hangs on a clip is placed in that clip's own time.
                _write_sound(element, cut, sound, start + sound.start, -lane, assets, at)
        if clip.scene != scene:
            scene = clip.scene
            words = f"{scene_name(clip.scene)} {clip.heading}".strip() or "SHOTS WITHOUT SCENE"
            put(element, "marker", start=at(start), duration=at(1), value=words)
        for note in clip.notes:
            put(element, "marker", start=at(start), duration=at(1), value=note, note="note")
        position += end - start
        if (transition := by_place.get(index)) is not None:
            before = transition.frames if index == last else transition.frames // 2
            _write_transition(spine, transition, position - before, at)


def _write_clip(
    spine: ET.Element, clip: Clip, position: int, start: int, end: int, assets: _Assets, at: Time
) -> ET.Element:
    if clip.media is None:
        # A shot without a take keeps its place, and says which it is.
        return put(
            spine,
            "gap",
            name=clip.name,
            offset=at(position),
            start=at(start),
            duration=at(end - start),
        )
    return put(
        spine,
        "asset-clip",
        ref=assets.of_clip(clip),
        name=clip.name,
        offset=at(position),
        start=at(start),
        duration=at(end - start),
        tcFormat="NDF",
        audioRole="dialogue" if clip.sound else None,
    )


def _write_transition(spine: ET.Element, transition: Transition, position: int, at: Time) -> None:
    element = put(
        spine,
        "transition",
        name=_EFFECTS[transition.kind][0],
        offset=at(position),
        duration=at(transition.frames),
    )
    video = put(
        element, "filter-video", ref=f"e-{transition.kind}", name=_EFFECTS[transition.kind][0]
    )
    if transition.kind in {"wipe", "push"}:
        put(video, "param", name="Direction", value=transition.direction)


def _write_sound(
    parent: ET.Element, cut: Cut, sound: Sound, offset: int, lane: int, assets: _Assets, at: Time
) -> None:
    element = put(
        parent,
        "asset-clip",
        ref=assets.of_sound(sound, cut),
        name=sound.name,
        lane=lane,
        offset=at(offset),
        start=at(0),
        duration=at(sound.frames_in(cut)),
        audioRole="music",
    )
    if sound.gain or sound.fade_in or sound.fade_out:
        volume = put(element, "adjust-volume", amount=f"{sound.gain:g}dB")
        if sound.fade_in or sound.fade_out:
            param = put(volume, "param", name="amount")
            for tag, seconds in (("fadeIn", sound.fade_in), ("fadeOut", sound.fade_out)):
                if seconds:
                    frames = max(1, round(Fraction(seconds) * cut.fraction))
                    put(param, tag, type="linear", duration=at(frames))
    for mark in sound.marks:
        put(element, "marker", start=at(mark.frame), duration=at(1), value=mark.label or "sync")


class _Assets:
    """The media that the film uses, each told once, by file name and digest."""

    def __init__(self, resources: ET.Element, at: Time) -> None:
        self._resources = resources
        self._at = at
        self._known: dict[str, str] = {}

    def of_clip(self, clip: Clip) -> str:
        """The id of a take's asset."""
        key = f"{clip.media}/{clip.name}"
        if key not in self._known:
            sound = {"hasAudio": 1, "audioSources": 1, "audioChannels": 2, "audioRate": "48000"}
            self._put(
                key,
                f"{clip.name}.{clip.extension}",
                str(clip.media),
                clip.frames,
                hasVideo=1,
                videoSources=1,
                format="r1",
                **(sound if clip.sound else {}),
            )
        return self._known[key]

    def of_sound(self, sound: Sound, cut: Cut) -> str:
        """The id of a sound's asset."""
        key = f"{sound.media}/{sound.name}"
        if key not in self._known:
            frames = sound.frames or cut.frames
            file = f"{sound.name}.{sound.extension}"
            self._put(key, file, sound.media, frames, hasAudio=1, audioSources=1, audioChannels=2)
        return self._known[key]

    def _put(self, key: str, file: str, digest: str, frames: int, **facts: object) -> None:
        number = f"r{len(self._known) + 2}"
        self._known[key] = number
        name = file.rpartition(".")[0]
        asset = put(
            self._resources,
            "asset",
            id=number,
            name=name,
            uid=digest.upper()[:32],
            start="0s",
            duration=self._at(frames),
            **facts,
        )
        put(asset, "media-rep", kind="original-media", src=f"./{file}")


def _time_writer(rate: Fraction) -> Time:
    """Frames as FCPXML writes times: `1001/24000s`, and whole seconds without a fraction."""

    def write(frames: int) -> str:
        top, bottom = frames * rate.denominator, rate.numerator
        return f"{top // bottom}s" if top % bottom == 0 else f"{top}/{bottom}s"

    return write
