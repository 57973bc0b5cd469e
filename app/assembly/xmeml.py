"""The cut as Final Cut 7 XML (`xmeml` 5), which Premiere, Resolve, Kdenlive and others read.

Positions are whole frames. A clip that meets a transition has -1 there, as the format wants it; its
in and out then include the transition's frames.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

from node_registry.film import scene_name

from node_registry import DirectorError

from .cut import Clip, Cut, Sound, Transition
from .timecode import nominal_rate, to_timecode
from .timeline import read_timeline, visible_ranges
from .xml_text import document, put

MEDIA_TYPE = "application/xml"
_EFFECTS = {
    "dissolve": ("Cross Dissolve", "Cross Dissolve", "Dissolve"),
    "fade": ("Dip to Color Dissolve", "Dip to Color Dissolve", "Dissolve"),
    "wipe": ("Edge Wipe", "Edge Wipe", "Wipe"),
    "push": ("Push Slide", "Push Slide", "Slide"),
}
_ANGLES = {"right": 90, "left": 270, "down": 180, "up": 0}
_SILENCE_DB = -96.0


def write_xmeml_file(timeline: str, title: str) -> bytes:
    """A timeline as Final Cut 7 XML."""
    return write_xmeml(read_timeline(timeline), title)


def write_xmeml(cut: Cut, title: str = "") -> bytes:
    """The cut as one sequence. Raises `export.empty` for a film without shots, and `export.rate`
    for rates that the format cannot say."""
    if not cut.clips:
        raise DirectorError("export.empty", "The film has no shots.", hint="Add one to the film.")
    if cut.fraction.denominator not in (1, 1001):
        raise DirectorError(
            "export.rate",
            f"Final Cut 7 XML cannot say {float(cut.fraction):g} frames a second.",
            hint="Use OpenTimelineIO or FCPXML for this film.",
        )
    root = ET.Element("xmeml", version="5")
    sequence = put(root, "sequence", id="sequence-1")
    put(sequence, "name", title or cut.title or "Film")
    put(sequence, "duration", cut.frames)
    _rate(sequence, cut.fraction)
    _timecode(sequence, cut)
    media = put(sequence, "media")
    files = _Files(cut)
    video = put(media, "video")
    characteristics = put(put(video, "format"), "samplecharacteristics")
    _rate(characteristics, cut.fraction)
    _write_pictures(cut, put(video, "track"), files)
    audio = put(media, "audio")
    if any(clip.sound for clip in cut.clips):
        _write_own_sound(cut, put(audio, "track"), files)
    for sound in cut.sounds:
        _write_sound(cut, put(audio, "track"), sound, files)
    _write_markers(cut, sequence)
    return document(root, "xmeml")


def _write_pictures(cut: Cut, track: ET.Element, files: _Files) -> None:
    by_place = {transition.after: transition for transition in cut.transitions}
    last = len(cut.clips) - 1
    position = 0
    if -1 in by_place:
        _transition(track, cut, by_place[-1], 0, by_place[-1].frames, "start-black")
    for index, (clip, (start, end)) in enumerate(zip(cut.clips, visible_ranges(cut), strict=True)):
        head, tail = by_place.get(index - 1), by_place.get(index)
        item = put(track, "clipitem", id=f"clipitem-{index + 1}")
        put(item, "name", clip.name)
        put(item, "enabled", "TRUE")
        put(item, "duration", clip.frames)
        _rate(item, cut.fraction)
        before = head.frames // 2 if head and index else 0
        after = tail.frames - tail.frames // 2 if tail and index < last else 0
        put(item, "start", -1 if before or (head and index) else position)
        put(item, "end", -1 if after or (tail and index < last) else position + end - start)
        put(item, "in", start - before)
        put(item, "out", end + after)
        files.of_clip(item, clip)
        position += end - start
        if tail is not None:
            if index == last:
                _transition(track, cut, tail, position - tail.frames, position, "end-black")
            else:
                begin = position - tail.frames // 2
                _transition(track, cut, tail, begin, begin + tail.frames, "center")


def _transition(
    track: ET.Element, cut: Cut, transition: Transition, start: int, end: int, alignment: str
) -> None:
    item = put(track, "transitionitem")
    put(item, "start", start)
    put(item, "end", end)
    put(item, "alignment", alignment)
    _rate(item, cut.fraction)
    name, effect_id, category = _EFFECTS[transition.kind]
    effect = put(item, "effect")
    put(effect, "name", name)
    put(effect, "effectid", effect_id)
    put(effect, "effectcategory", category)
    put(effect, "effecttype", "transition")
    put(effect, "mediatype", "video")
    put(effect, "wipecode", _ANGLES[transition.direction] // 90 if category != "Dissolve" else 0)
    put(effect, "wipeaccuracy", 100)
    put(effect, "startratio", 0)
    put(effect, "endratio", 1)
    put(effect, "reverse", "FALSE")


def _write_own_sound(cut: Cut, track: ET.Element, files: _Files) -> None:
    position = 0
    for index, (clip, (start, end)) in enumerate(zip(cut.clips, visible_ranges(cut), strict=True)):
        if clip.sound:
            item = put(track, "clipitem", id=f"soundof-{index + 1}")
            put(item, "name", clip.name)
            put(item, "duration", clip.frames)
            _rate(item, cut.fraction)
            put(item, "start", position)
            put(item, "end", position + end - start)
            put(item, "in", start)
            put(item, "out", end)
            files.of_clip(item, clip)
            source = put(item, "sourcetrack")
            put(source, "mediatype", "audio")
            put(source, "trackindex", 1)
        position += end - start


def _write_sound(cut: Cut, track: ET.Element, sound: Sound, files: _Files) -> None:
    frames = sound.frames_in(cut)
    item = put(track, "clipitem", id=f"sound-{sound.media[:12]}-{sound.start}")
    put(item, "name", sound.name)
    put(item, "duration", sound.frames or frames)
    _rate(item, cut.fraction)
    put(item, "start", sound.start)
    put(item, "end", sound.start + frames)
    put(item, "in", 0)
    put(item, "out", frames)
    files.of_sound(item, sound)
    source = put(item, "sourcetrack")
    put(source, "mediatype", "audio")
    put(source, "trackindex", 1)
    if sound.gain or sound.fade_in or sound.fade_out:
        _level(item, cut, sound, frames)
    for mark in sound.marks:
        _marker(item, mark.label or "sync", "", mark.frame, mark.frame + 1)


def _level(item: ET.Element, cut: Cut, sound: Sound, frames: int) -> None:
    """The level as the format has it: a factor, with keys where the sound comes and goes."""
    effect = put(put(item, "filter"), "effect")
    put(effect, "name", "Audio Levels")
    put(effect, "effectid", "audiolevels")
    put(effect, "effectcategory", "audiolevels")
    put(effect, "effecttype", "audiolevels")
    put(effect, "mediatype", "audio")
    parameter = put(effect, "parameter")
    put(parameter, "parameterid", "level")
    put(parameter, "name", "Level")
    put(parameter, "valuemin", 0)
    put(parameter, "valuemax", 3.98109)
    level = _factor(sound.gain)
    put(parameter, "value", level)
    keys: dict[int, str] = {}
    if sound.fade_in:
        keys |= {0: _factor(_SILENCE_DB), round(Fraction(sound.fade_in) * cut.fraction): level}
    if sound.fade_out:
        begin = max(0, frames - round(Fraction(sound.fade_out) * cut.fraction))
        keys |= {begin: level, frames: _factor(_SILENCE_DB)}
    for when, value in sorted(keys.items()):
        key = put(parameter, "keyframe")
        put(key, "when", when)
        put(key, "value", value)


def _factor(decibels: float) -> str:
    return f"{10 ** (decibels / 20):.5f}"


def _write_markers(cut: Cut, sequence: ET.Element) -> None:
    position, scene = 0, None
    for clip, (start, end) in zip(cut.clips, visible_ranges(cut), strict=True):
        if clip.scene != scene:
            scene = clip.scene
            name = scene_name(clip.scene) or "SHOTS WITHOUT SCENE"
            _marker(sequence, name, clip.heading, position, -1)
        for note in clip.notes:
            _marker(sequence, "Note", note, position, -1)
        position += end - start


def _marker(parent: ET.Element, name: str, comment: str, start: int, end: int) -> None:
    marker = put(parent, "marker")
    put(marker, "comment", comment)
    put(marker, "name", name)
    put(marker, "in", start)
    put(marker, "out", end)


def _rate(parent: ET.Element, rate: Fraction) -> None:
    element = put(parent, "rate")
    put(element, "timebase", nominal_rate(rate))
    put(element, "ntsc", "TRUE" if rate.denominator == 1001 else "FALSE")


def _timecode(parent: ET.Element, cut: Cut) -> None:
    element = put(parent, "timecode")
    _rate(element, cut.fraction)
    put(element, "string", to_timecode(cut.start_frame, cut.fraction, cut.drop_frame))
    put(element, "frame", cut.start_frame)
    put(element, "displayformat", "DF" if cut.drop_frame else "NDF")


class _Files:
    """The media that the film uses: told in full once, then by id."""

    def __init__(self, cut: Cut) -> None:
        self._rate = cut.fraction
        self._known: dict[str, str] = {}

    def of_clip(self, item: ET.Element, clip: Clip) -> None:
        """The file of a take. A shot without one has a file that is nowhere, of its own name."""
        kinds = ("video", "audio") if clip.sound else ("video",)
        self._put(item, f"{clip.name}.{clip.extension}", clip.media or "", clip.frames, kinds)

    def of_sound(self, item: ET.Element, sound: Sound) -> None:
        """The file of a sound."""
        frames = sound.frames or 0
        self._put(item, f"{sound.name}.{sound.extension}", sound.media, frames, ("audio",))

    def _put(
        self, item: ET.Element, name: str, digest: str, frames: int, kinds: tuple[str, ...]
    ) -> None:
        known = self._known.get(f"{digest}/{name}")
        if known is not None:
            put(item, "file", id=known)
            return
        number = self._known[f"{digest}/{name}"] = f"file-{len(self._known) + 1}"
        file = put(item, "file", id=number)
        put(file, "name", name)
        if digest:
            put(file, "pathurl", name)
        _rate(file, self._rate)
        put(file, "duration", frames)
        timecode = put(file, "timecode")
        _rate(timecode, self._rate)
        put(timecode, "string", to_timecode(0, self._rate))
        put(timecode, "frame", 0)
        put(timecode, "displayformat", "NDF")
        media = put(file, "media")
        for kind in kinds:
            put(media, kind)
