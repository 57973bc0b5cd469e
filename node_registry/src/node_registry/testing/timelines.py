"""Sample cuts, written as the studio writes them for an exporter: OpenTimelineIO as JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import msgspec

NAMESPACE = "movie_director"


class SampleClip(msgspec.Struct, frozen=True, kw_only=True):
    """A clip of a sample cut: `frames` of a shot's take, of which the film uses all.

    `take` is false for a shot that has no take yet: its media reference is missing.
    """

    name: str
    frames: int = 48
    scene: str = "01"
    code: str = "010"
    heading: str = "INT. LIGHTHOUSE - NIGHT"
    take: bool = True
    sound: bool = False


def sample_clips(count: int, *, frames: int = 48) -> list[SampleClip]:
    """So many clips, `SHOT-010_v01_take01` and on, ten to a scene."""
    return [
        SampleClip(
            name=f"SHOT-{number}0_v01_take01",
            frames=frames,
            scene=f"{1 + (number - 1) // 10:02d}",
            code=f"{number:02d}0",
        )
        for number in range(1, count + 1)
    ]


def sample_timeline(
    clips: Sequence[SampleClip],
    *,
    title: str = "Lighthouse",
    rate: str = "24",
    dissolve: int = 0,
    start_hour: int = 1,
) -> str:
    """A cut of these clips as `ExporterSpec.write` gets it.

    `rate` is frames a second (`"24"`, `"24000/1001"`). `dissolve` is the length in frames of a
    dissolve between all neighbours, 0 for straight cuts. The film's timecode starts at
    `start_hour`:00:00:00.
    """
    exact = Fraction(rate)
    nominal = round(exact)
    shared = dissolve * max(0, len(clips) - 1)
    total = sum(clip.frames for clip in clips) - shared
    return msgspec.json.encode(
        {
            "OTIO_SCHEMA": "Timeline.1",
            "name": title,
            "metadata": {
                NAMESPACE: {
                    "rate": rate,
                    "frames": total,
                    "drop_frame": False,
                    "start_timecode": f"{start_hour:02d}:00:00:00",
                    "notes": [],
                }
            },
            "global_start_time": _time(start_hour * 3600 * nominal, exact),
            "tracks": {
                "OTIO_SCHEMA": "Stack.1",
                "name": "tracks",
                "metadata": {},
                "source_range": None,
                "effects": [],
                "markers": [],
                "children": _tracks(clips, exact, dissolve),
            },
        }
    ).decode()


def _tracks(clips: Sequence[SampleClip], rate: Fraction, dissolve: int) -> list[dict[str, Any]]:
    pictures: list[dict[str, Any]] = []
    sounds: list[dict[str, Any]] = []
    for index, clip in enumerate(clips):
        # As an editor's program draws it: the transition stands on the middle of what is shared.
        head = dissolve // 2 if index else 0
        tail = dissolve - dissolve // 2 if index < len(clips) - 1 else 0
        used = _range(head, clip.frames - head - tail, rate)
        pictures.append(_clip(index, clip, used, rate))
        if dissolve and index < len(clips) - 1:
            pictures.append(_dissolve(index, dissolve, rate))
        if clip.sound:
            sounds.append(_clip(index, clip, used, rate))
        else:
            gap = _range(0, clip.frames - head - tail, rate)
            sounds.append({"OTIO_SCHEMA": "Gap.1", "name": "", "metadata": {}, "source_range": gap})
    tracks = [_track("V1", "Video", pictures)]
    if any(clip.sound for clip in clips):
        tracks.append(_track("A1", "Audio", sounds))
    return tracks


def _track(name: str, kind: str, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Track.1",
        "name": name,
        "kind": kind,
        "metadata": {},
        "source_range": None,
        "effects": [],
        "markers": [],
        "children": children,
    }


def _clip(index: int, clip: SampleClip, used: dict[str, Any], rate: Fraction) -> dict[str, Any]:
    digest = f"{index + 1:064x}"
    available = _range(0, clip.frames, rate)
    reference: dict[str, Any] = {
        "OTIO_SCHEMA": "MissingReference.1",
        "name": clip.name,
        "metadata": {},
        "available_range": available,
    }
    if clip.take:
        reference |= {
            "OTIO_SCHEMA": "ExternalReference.1",
            "metadata": {NAMESPACE: {"digest": f"sha256:{digest}"}},
            "target_url": f"{clip.name}.mp4",
        }
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": clip.name,
        "metadata": {
            NAMESPACE: {
                "shot": f"shot{index + 1}",
                "scene": clip.scene,
                "code": clip.code,
                "name": clip.name,
                "frames": clip.frames,
                "start": 0,
                "end": clip.frames,
                "take": f"take{index + 1}" if clip.take else None,
                "media": digest if clip.take else None,
                "extension": "mp4",
                "sound": clip.sound,
                "heading": clip.heading,
            }
        },
        "source_range": used,
        "effects": [],
        "markers": [],
        "media_references": {"DEFAULT_MEDIA": reference},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def _dissolve(after: int, frames: int, rate: Fraction) -> dict[str, Any]:
    before = frames // 2
    metadata = {
        "after": after,
        "kind": "dissolve",
        "frames": frames,
        "direction": "left",
        "node": None,
    }
    return {
        "OTIO_SCHEMA": "Transition.1",
        "name": "dissolve",
        "transition_type": "SMPTE_Dissolve",
        "metadata": {NAMESPACE: metadata},
        "in_offset": _time(before, rate),
        "out_offset": _time(frames - before, rate),
    }


def _range(start: int, frames: int, rate: Fraction) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start, rate),
        "duration": _time(frames, rate),
    }


def _time(frame: int, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(frame), "rate": float(rate)}
