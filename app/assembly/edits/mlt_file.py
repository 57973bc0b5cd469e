"""Reads MLT XML: the projects of Kdenlive and Shotcut, and what melt writes.

A track is a playlist, or in Kdenlive a tractor of two playlists, whose clips lie over each other
where they dissolve. Shotcut and melt put a tractor of both clips in the place of a dissolve.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import msgspec

from ..cut import TransitionKind
from .model import EditedClip, EditedCut
from .track import MAX_CLIPS, MAX_FRAMES, Track, bad_edit, names_of

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,4}(?:[.,]\d{1,9})?)")
_TIMECODE = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})[:;](\d{1,3})")


class _Placed(msgspec.Struct):
    """A clip in a track: its first frame there, and the frames of its file that it shows."""

    at: int
    clip: EditedClip

    @property
    def end(self) -> int:
        return self.at + self.clip.end - self.clip.start


class _Mix(msgspec.Struct):
    """A dissolve that stands between two clips of a playlist, with `frames` of both of them."""

    at: int
    frames: int
    kind: TransitionKind


def read_mlt(root: ET.Element, rate: Fraction) -> EditedCut:
    """The lowest track of pictures with clips in it. Raises `edit.unreadable`."""
    return _Project(root, rate).read()


class _Project:
    def __init__(self, root: ET.Element, rate: Fraction) -> None:
        self._root = root
        self._rate = rate
        self._own = _profile_rate(root, rate)
        self._by_id = {one.get("id", ""): one for one in root if one.get("id")}
        self._track = Track("mlt")
        # A file may name one part a million times: each is looked through once.
        self._properties: dict[ET.Element, dict[str, str]] = {}
        self._filled: dict[ET.Element, bool] = {}
        self._mixes: dict[ET.Element, TransitionKind | None] = {}

    def read(self) -> EditedCut:
        filled = [one for one in self._tracks() if self._is_filled(one)]
        if not filled:
            raise bad_edit("it has no clips in its tracks of pictures")
        if len(filled) > 1:
            self._track.note(f"Only the lowest of its {len(filled)} tracks of pictures was read.")
        placed: list[_Placed] = []
        mixes: list[_Mix] = []
        for playlist in self._playlists(filled[0]):
            self._read_playlist(playlist, placed, mixes)
        self._write(sorted(placed, key=lambda one: one.at), mixes, self._kinds_in(filled[0]))
        return self._track.finish()

    def _tracks(self) -> list[ET.Element]:
        """The tracks of pictures, the lowest first; a playlist alone is one."""
        tractors = self._root.findall("tractor")
        if not tractors:
            return self._root.findall("playlist")[-1:]
        top = tractors[-1]
        if self._told(top).get("kdenlive:projectTractor") == "1":
            # Kdenlive wraps the sequence that was open last.
            first = top.find("track")
            top = self._of(first) if first is not None else None
        return [
            one
            for one in self._inside(top, "playlist", "tractor")
            if not self._told(one).get("kdenlive:audio_track")
        ]

    def _inside(self, tractor: ET.Element | None, *tags: str) -> list[ET.Element]:
        """What the tracks of a tractor show, each once."""
        tracks = tractor.findall("track") if tractor is not None else []
        shown = (self._of(one) for one in tracks if one.get("hide") not in ("video", "both"))
        return list(dict.fromkeys(one for one in shown if one is not None and one.tag in tags))

    def _playlists(self, track: ET.Element) -> list[ET.Element]:
        return [track] if track.tag == "playlist" else self._inside(track, "playlist")

    def _is_filled(self, track: ET.Element) -> bool:
        """Whether clips lie in it, and not just the black below all."""
        return any(self._has_clips(playlist) for playlist in self._playlists(track))

    def _has_clips(self, playlist: ET.Element) -> bool:
        found = self._filled.get(playlist)
        if found is None:
            made_by = (self._of(entry) for entry in playlist.findall("entry"))
            found = any(
                one is None or self._told(one).get("mlt_service") != "color" for one in made_by
            )
            self._filled[playlist] = found
        return found

    def _read_playlist(
        self, playlist: ET.Element, placed: list[_Placed], mixes: list[_Mix]
    ) -> None:
        at = 0
        for part in playlist:
            if part.tag == "blank":
                at += self._time(part.get("length"))
            elif part.tag == "entry":
                producer = self._of(part)
                if producer is not None and producer.tag == "tractor":
                    at += self._read_tractor(producer, part, at, mixes)
                else:
                    clip = self._clip(part, producer)
                    placed.append(_Placed(at, clip))
                    if len(placed) > MAX_CLIPS:
                        raise bad_edit(f"it has more than {MAX_CLIPS:,} clips")
                    at += clip.end - clip.start
            if at > MAX_FRAMES:
                raise bad_edit("a track of it is endless")

    def _read_tractor(
        self, tractor: ET.Element, entry: ET.Element, at: int, mixes: list[_Mix]
    ) -> int:
        """A dissolve between two clips, or a sequence of its own; its length in frames."""
        frames = max(0, self._time(entry.get("out")) - self._time(entry.get("in")) + 1)
        if tractor not in self._mixes:
            joins = [one for one in tractor.findall("transition") if self._is_picture(one)]
            is_mix = bool(joins) and len(tractor.findall("track")) == 2
            self._mixes[tractor] = self._kind(joins[0]) if is_mix else None
        kind = self._mixes[tractor]
        if kind is None:
            self._track.note("A sequence inside of the sequence is not read.")
        else:
            mixes.append(_Mix(at, frames, kind))
        return frames

    def _clip(self, entry: ET.Element, producer: ET.Element | None) -> EditedClip:
        told = self._told(producer) if producer is not None else {}
        names = names_of(
            told.get("kdenlive:originalurl"),
            told.get("warp_resource") or told.get("resource"),
            told.get("kdenlive:clipname"),
            told.get("shotcut:caption"),
        )
        if told.get("mlt_service") == "timewarp":
            self._track.note(
                f"The speed of {names[0] if names else 'a clip'} was changed, which is not read."
            )
        # A clip begins to count where its producer does.
        own = producer.attrib if producer is not None else {}
        first, start = self._time(own.get("in")), self._time(entry.get("in"))
        if written := entry.get("out"):
            end = first + self._time(written) + 1
        elif written := own.get("out"):
            end = self._time(written) + 1
        else:
            end = self._time(told.get("length"))
        return EditedClip(names=names, start=first + start, end=end)

    def _write(
        self, placed: list[_Placed], mixes: list[_Mix], kinds: dict[int, TransitionKind]
    ) -> None:
        """Write clips and what joins them into the track, in their order."""
        by_start = {mix.at: mix for mix in mixes}
        before: _Placed | None = None
        for one in placed:
            shared = before.end - one.at if before else 0
            mix = by_start.get(before.end) if before else None
            if before and shared > 0:
                if shared >= min(one.end - one.at, before.end - before.at):
                    raise bad_edit("clips of one track lie over each other")
                self._track.join(kinds.get(one.at, "dissolve"), shared)
            elif before and mix and one.at == before.end + mix.frames:
                self._track.join(mix.kind, mix.frames, of_last=mix.frames, of_next=mix.frames)
            else:
                self._track.gap(-shared if before else one.at)
            self._track.clip(one.clip)
            before = one

    def _kinds_in(self, track: ET.Element) -> dict[int, TransitionKind]:
        """What kind of transition begins at a frame, in a track of two playlists."""
        found = track.findall("transition") if track.tag == "tractor" else []
        return {
            self._time(one.get("in")): self._kind(one) for one in found if self._is_picture(one)
        }

    def _told(self, part: ET.Element) -> dict[str, str]:
        """The properties of a part, by name."""
        found = self._properties.get(part)
        if found is None:
            found = {one.get("name", ""): one.text or "" for one in part.findall("property")}
            self._properties[part] = found
        return found

    def _is_picture(self, transition: ET.Element) -> bool:
        return self._told(transition).get("mlt_service") not in ("mix", "", None)

    def _kind(self, transition: ET.Element) -> TransitionKind:
        """A wipe where a picture says how it goes, else a dissolve."""
        return "wipe" if self._told(transition).get("resource", "").strip() else "dissolve"

    def _of(self, part: ET.Element) -> ET.Element | None:
        return self._by_id.get(part.get("producer", ""))

    def _time(self, written: str | None) -> int:
        """Frames of the film. Clocks are read by parts, each a whole number of frames."""
        text = (written or "0").strip()
        if text.isascii() and text.isdigit() and len(text) < 12:
            frames = int(text)
        elif clock := _CLOCK.fullmatch(text):
            hours, minutes = (int(part or 0) for part in clock.groups()[:2])
            seconds = Fraction(clock[3].replace(",", "."))
            frames = (
                math.floor(hours * 3600 * self._own)
                + math.floor(minutes * 60 * self._own)
                + math.floor(seconds * self._own + Fraction(1, 2))
            )
        elif code := _TIMECODE.fullmatch(text):
            hours, minutes, seconds, rest = map(int, code.groups())
            frames = (hours * 3600 + minutes * 60 + seconds) * math.ceil(self._own) + rest
        else:
            raise bad_edit(f"{text[:20]!r} is no time")
        if self._own != self._rate:
            frames = math.floor(frames * self._rate / self._own + Fraction(1, 2))
        return frames


def _profile_rate(root: ET.Element, default: Fraction) -> Fraction:
    profile = root.find("profile")
    parts = (
        [profile.get(f"frame_rate_{one}", "") for one in ("num", "den")]
        if profile is not None
        else []
    )
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and 0 < len(p) < 10 for p in parts):
        return default
    num, den = map(int, parts)
    found = Fraction(num, den) if den else Fraction(0)
    return found if 1 <= found <= 240 else default
