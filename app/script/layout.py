"""Where nodes lie on the canvas: cast at the left, scenes in rows, the film at the right."""

from __future__ import annotations

# A node of the canvas is at most 360 wide; a character is some 460 high, a scene 460, a shot 930.
_COLUMN = 380
_ROW = 510
_SCENES_A_ROW = 5
_SHOTS_A_ROW = 6
_SHOT_HEIGHT = 1000
_SCENE_WIDTH = 420
_SCENE_HEIGHT = 510
_SCENES_FROM = 2 * _COLUMN + 120

Point = tuple[float, float]


def script(top: float) -> Point:
    """The script node, in the upper left corner."""
    return (0.0, top)


def character(index: int, top: float) -> Point:
    """The first column, under the script."""
    return (0.0, top + (index + 1) * _ROW)


def place(index: int, top: float) -> Point:
    """The second column."""
    return (float(_COLUMN), top + (index + 1) * _ROW)


def scene(index: int, top: float) -> Point:
    """Rows of scenes, and of the transitions between them, read like a page."""
    row, column = divmod(index, _SCENES_A_ROW)
    return (float(_SCENES_FROM + column * _SCENE_WIDTH), top + row * _SCENE_HEIGHT)


def assembly(scenes: int, top: float) -> Point:
    """Right of the last row of scenes."""
    columns = min(max(scenes, 1), _SCENES_A_ROW)
    row = max(scenes - 1, 0) // _SCENES_A_ROW
    return (float(_SCENES_FROM + columns * _SCENE_WIDTH + 60), top + row * _SCENE_HEIGHT)


def shot(index: int) -> Point:
    """Rows of shots and transitions, in the scene's own space."""
    row, column = divmod(index, _SHOTS_A_ROW)
    return (float(column * _COLUMN), float(row * _SHOT_HEIGHT))


def next_to(point: Point) -> Point:
    """A little right of and below another node, for what is put in between."""
    return (point[0] + 40, point[1] + 40)
