"""The animatic: a shot told by a drawn frame, a moving camera, subtitles and a slate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av

from node_registry import Cancelled

from .. import house
from .camera import Camera
from .composition import compose
from .layers import Planes, planes_of, put
from .palette import character_colour, mix
from .shot import Shot
from .slate import make_slate
from .subtitles import Cue, read_dialogue, set_cue, spoken_cues, text_size, text_width, time_cues
from .text import Board, Stamp, balance, font, measure, shorten

_CAPTIONED = ("establishing", "extreme_wide", "wide", "pov")


class Animatic:
    """One shot, drawn and ready: `draw(n)` gives its frame `n`.

    `spans` are the seconds from and to which each of its speeches is heard, where they are spoken.
    """

    def __init__(self, shot: Shot, spans: Sequence[tuple[float, float]] = ()) -> None:
        house.check_format(shot.width, shot.height, shot.rate)
        self.shot = shot
        self.camera = Camera(
            shot.movement, shot.strength, shot.width, shot.height, windows=shot.windows
        )
        self.layers = compose(shot, self.camera)
        accent = mix(character_colour(shot.scene or "scene"), (255, 214, 150), 0.25)
        self.slate = make_slate(
            shot.width,
            shot.height,
            project=shot.project,
            scene=shot.scene,
            shot=shot.code,
            version=shot.version,
            shot_type=shot.shot_type,
            movement=shot.movement,
            frames=shot.frames,
            rate=shot.rate,
            accent=accent,
        )
        size, width = text_size(shot.width, shot.height), text_width(shot.width)
        speeches = read_dialogue(shot.dialogue)
        rate = float(shot.rate)
        if spans:
            self.cues = spoken_cues(speeches, spans, shot.frames, rate, size, width)
        else:
            self.cues = time_cues(speeches, shot.frames, rate, size, width)
        self.caption = None if self.cues else _set_caption(shot)
        self._stamp: tuple[Cue | None, Stamp | None] = (None, None)
        self._still: tuple[int, Planes] | None = None

    def draw(self, number: int) -> Any:
        """Frame `number` as yuv420p, ready for the encoder."""
        shot = self.shot
        frame = av.VideoFrame(shot.width, shot.height, "yuv420p")
        planes = planes_of(frame)
        self._draw_picture(number, planes)
        if self.caption is not None:
            self.caption.put(planes)
        stamp = self._subtitle(number)
        if stamp is not None:
            stamp.put(planes)
        self.slate.put(planes, number)
        return frame

    def _draw_picture(self, number: int, planes: Planes) -> None:
        fraction = number / max(1, self.shot.frames - 1)
        seconds = float(number / self.shot.rate)
        views = [self.camera.view(fraction, seconds, layer.depth) for layer in self.layers]
        key = hash(tuple(views))
        # A picture that has not moved since the last frame is copied.
        if self._still is not None and self._still[0] == key:
            for target, source in zip(planes, self._still[1], strict=True):
                target[...] = source
            return
        for layer, view in zip(self.layers, views, strict=True):
            put(layer, view, planes)
        if self.camera.still:
            self._still = key, (planes[0].copy(), planes[1].copy(), planes[2].copy())

    def _subtitle(self, number: int) -> Stamp | None:
        cue = next((cue for cue in self.cues if cue.first <= number < cue.last), None)
        if cue is None:
            return None
        if self._stamp[0] is not cue:
            colour = mix(character_colour(cue.name), (255, 255, 255), 0.35)
            self._stamp = cue, set_cue(cue, self.shot.width, self.shot.height, colour)
        return self._stamp[1]


def render(
    animatic: Animatic,
    path: Path,
    *,
    advance: Callable[[float], None] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Draw and encode all frames of a shot into a house file. Blocks.

    `advance` is told the fraction after each frame; `cancelled` is asked before each.
    """
    shot = animatic.shot
    with house.Writer(path, shot.width, shot.height, shot.rate) as clip:
        for number in range(shot.frames):
            if cancelled():
                raise Cancelled
            clip.write_frame(animatic.draw(number))
            advance((number + 1) / shot.frames)


def _set_caption(shot: Shot) -> Stamp | None:
    """The prompt in small letters, where nobody speaks and the picture is wide, or shows nobody."""
    captioned = shot.shot_type in _CAPTIONED or not (shot.names or shot.shot_type == "insert")
    if not shot.caption or not captioned:
        return None
    size = max(8, round(min(shot.height / 36, shot.width / 30)))
    width = round(shot.width * 0.7)
    lines = balance(shot.caption, size, width, 64)
    if len(lines) > 2:
        lines = [lines[0], shorten(f"{lines[1]} …", size, width)]
    step, pad = round(size * 1.35), round(size * 0.5)
    box_width = min(shot.width, max(measure(line, size) for line in lines) + 4 * pad)
    board = Board(box_width, step * len(lines) + 2 * pad)
    # Without a plate white letters are lost on snow, and small ones among lights.
    board.plate((0, 0, box_width, step * len(lines) + 2 * pad), (8, 9, 14), 0.36, pad)
    middle, base = box_width / 2, pad + round(font(size).getmetrics()[0] * 0.96)
    shadow = max(1, round(size / 14))
    for line in lines:
        board.write((middle, base + shadow), line, size, (0, 0, 0), anchor="ms", opacity=0.55)
        board.write((middle, base), line, size, (240, 240, 236), anchor="ms", opacity=0.95)
        base += step
    bottom = shot.height - round(shot.height * 0.055) - max(4, shot.height // 90)
    return board.stamp((shot.width - box_width) // 2, bottom - step * len(lines) - pad)
