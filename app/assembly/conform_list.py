"""The conform list: what the worker needs to render a cut, by digests and frame numbers only."""

from __future__ import annotations

from typing import Any

from node_registry import DirectorError

from .cut import Cut


def conform_list(cut: Cut, width: int, height: int, *, loudness: float = -23.0) -> dict[str, Any]:
    """The cut as JSON params of an assembly run. `loudness` in LUFS.

    Raises `cut.offline` when a shot has no take: a film cannot be rendered with holes.
    """
    offline = [clip for clip in cut.clips if clip.media is None]
    if offline:
        named = ", ".join(clip.label for clip in offline[:5])
        more = f" and {len(offline) - 5} more" if len(offline) > 5 else ""
        raise DirectorError(
            "cut.offline",
            f"These shots have no take yet: {named}{more}.",
            hint="Generate them first; `director make` does so by itself.",
            fields={"nodes": [clip.shot for clip in offline]},
        )
    return {
        "rate": cut.rate,
        "width": width,
        "height": height,
        "frames": cut.frames,
        "loudness": loudness,
        "clips": [
            {
                "media": clip.media,
                "name": clip.name,
                "in": clip.start,
                "out": clip.end,
                "sound": clip.sound,
            }
            for clip in cut.clips
        ],
        "transitions": [
            {
                "after": transition.after,
                "kind": transition.kind,
                "frames": transition.frames,
                "direction": transition.direction,
            }
            for transition in cut.transitions
        ],
        "sounds": [
            {
                "media": sound.media,
                "start": sound.start,
                "frames": sound.frames,
                "gain": sound.gain,
                "fade_in": sound.fade_in,
                "fade_out": sound.fade_out,
            }
            for sound in cut.sounds
        ],
    }
