"""The slate: the board in the corner that says which film, scene and shot this is, and which frame.

What stays is drawn once; of the counter, only the digits are laid anew on each frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from node_registry.film import slate_name

from .. import edge_code
from .layers import Planes
from .text import Board, Colour, Stamp, clean, font, measure, shorten

SHOT_NAMES = {
    "establishing": "EST",
    "extreme_wide": "EWS",
    "wide": "WS",
    "full": "FS",
    "medium_wide": "MWS",
    "medium": "MS",
    "medium_close": "MCU",
    "close_up": "CU",
    "extreme_close_up": "ECU",
    "over_the_shoulder": "OTS",
    "two_shot": "2S",
    "insert": "INS",
    "pov": "POV",
}

_INK: Colour = (247, 246, 240)
_DIM: Colour = (186, 190, 200)
_PLATE: Colour = (10, 12, 18)


def describe(shot_type: str, movement: str) -> str:
    """A shot in the words of the trade: `MCU · dolly in`."""
    size = SHOT_NAMES.get(shot_type, shot_type.replace("_", " ").upper()[:12])
    return f"{size} · {movement.replace('_', ' ')}" if movement else size


def timecode(frame: int, rate: Fraction) -> str:
    """A frame's time within the take, `00:00:03:07`, counted at the nearest whole rate."""
    base = max(1, round(rate))
    seconds, rest = divmod(frame, base)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{rest:02}"


@dataclass(frozen=True, slots=True)
class Slate:
    """A slate made for one shot, laid on each frame with that frame's numbers."""

    board: Stamp | None
    digits: dict[str, Stamp]
    x: int
    y: int
    advance: int
    width: int
    bottom: int
    frames: int
    rate: Fraction
    text: str
    cell: int

    def put(self, target: Planes, frame: int) -> None:
        """Lay the board, the running numbers and the edge code on a frame."""
        if self.board:
            self.board.put(target)
        x = self.x
        for letter in self._counter(frame):
            stamp = self.digits.get(letter)
            if stamp is not None:
                _put_at(stamp, target, x, self.y)
            x += self.advance if letter.isdigit() else _narrow(self.advance)
        strip = edge_code.row(frame, self.text, self.cell)
        luma, blue, red = target
        luma[luma.shape[0] - self.cell :, : strip.shape[1]] = strip
        chroma = (self.cell + 1) // 2
        for plane in (blue, red):
            plane[plane.shape[0] - chroma :, : strip.shape[1] // 2] = 128

    def _counter(self, frame: int) -> str:
        digits = max(3, len(str(self.frames)))
        return f"{timecode(frame, self.rate)} {frame + 1:0{digits}}/{self.frames:0{digits}}"


def _put_at(stamp: Stamp, target: Planes, x: int, y: int) -> None:
    for number in range(3):
        share = 1 if number == 0 else 2
        left, top = (x + stamp.layer.x) // share, (y + stamp.layer.y) // share
        stamp.put_plane(target[number], number, left, top)


def make_slate(
    width: int,
    height: int,
    *,
    project: str,
    scene: str,
    shot: str,
    version: int,
    shot_type: str,
    movement: str,
    frames: int,
    rate: Fraction,
    accent: Colour,
) -> Slate:
    """Draw the slate of a shot for pictures of this size."""
    size = max(7, round(min(height / 42, width / 40)))
    small = max(6, round(size * 0.78))
    pad = round(size * 0.6)
    advance = _even(max(measure(digit, small) for digit in "0123456789"))
    sample = f"00:00:00:00 {'0' * (2 * max(3, len(str(frames))) + 1)}"
    counter_width = sum(advance if c.isdigit() else _narrow(advance) for c in sample)
    # In a small picture the board would hide it: there it keeps to the name and the counter.
    brief = min(width, height) < 240
    title = clean(f"{scene}  {shot}")
    label = describe(shot_type, movement)
    badge = "ANIMATIC"
    inner = max(
        measure(title, size, "Bold") + (0 if brief else size + measure(f"v{version:02}", small)),
        0 if brief else measure(label, small) + size + measure(badge, small, "Bold"),
        counter_width,
    )
    inner = min(inner, round(width * 0.6))
    film = shorten(project, small, inner) if clean(project) and not brief else ""
    rows = [round(size * 1.35), round(small * 1.45), *([] if brief else [round(small * 1.45)])]
    if film:
        rows.append(round(small * 1.45))
    bar = max(2, round(size * 0.2))
    box_width, box_height = _even(inner + 2 * pad + bar), _even(sum(rows) + 1.4 * pad)
    margin_x = _even(max(4, round(width * 0.028)))
    margin_y = _even(max(4, round(height * 0.04)))
    board = Board(box_width, box_height)
    board.plate((0, 0, box_width, box_height), _PLATE, 0.62, size * 0.3)
    board.plate((0, 0, bar, box_height), accent, 0.95, bar / 2)
    left, right = bar + pad, box_width - pad
    base = round(0.7 * pad + font(size, "Bold").getmetrics()[0] * 0.92)
    board.write((left, base), shorten(title, size, inner, "Bold"), size, _INK, "Bold")
    if not brief:
        board.write((right, base), f"v{version:02}", small, _DIM, anchor="rs")
        base += rows[1]
        board.write((left, base), label, small, _INK)
        board.write((right, base), badge, small, accent, "Bold", "rs")
    if film:
        base += rows[1]
        board.write((left, base), film, small, _DIM)
    base += rows[1]
    top = _even(base - round(small * 1.05)) - 2
    return Slate(
        board=board.stamp(margin_x, margin_y),
        digits=_digits(small, advance),
        x=margin_x + _even(left),
        y=margin_y + top,
        advance=advance,
        width=box_width,
        bottom=margin_y + box_height,
        frames=frames,
        rate=rate,
        text=slate_name(scene, shot),
        cell=edge_code.cell(width, height),
    )


def _digits(size: int, advance: int) -> dict[str, Stamp]:
    stamps: dict[str, Stamp] = {}
    for letter in "0123456789:/":
        cell = advance if letter.isdigit() else _narrow(advance)
        board = Board(max(2, cell), round(size * 1.4))
        colour = _INK if letter.isdigit() else _DIM
        board.write((cell / 2, round(size * 1.05)), letter, size, colour, anchor="ms")
        stamp = board.stamp(0, 0)
        if stamp is not None:
            stamps[letter] = stamp
    return stamps


def _narrow(advance: int) -> int:
    """The width of a colon, a stroke or a space beside digits of this width."""
    return max(4, _even(advance * 0.5))


def _even(pixels: float) -> int:
    return (int(pixels) + 1) & ~1
