"""Composition: a shot's layers, drawn once: scenery, figures with their name tags, foreground."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from . import paint, scenery
from .camera import Camera
from .figures import draw_figure, look_of
from .framing import Figure, Framing, frame_shot
from .layers import STILL, Layer, cut_out, opaque, put
from .paint import Field, Picture, Sheet
from .palette import Palette, character_colour, choose_palette, mix
from .pictures import fill
from .shot import Shot, seed_of
from .text import Board, balance, font, measure, shorten, weigh, wrap


def compose(shot: Shot, camera: Camera) -> list[Layer]:
    """All layers of a shot from back to front; one alone when the camera moves them alike."""
    framing = frame_shot(
        shot.shot_type, list(shot.names), shot.width, shot.height, seed_of(shot.seed, "framing")
    )
    # The place decides its own look, so that all shots of a scene agree on sky and furniture.
    key = seed_of(shot.place_key, shot.place.kind, shot.place.time)
    palette = choose_palette(shot.place.time, shot.place.weather, key)
    layers = _set_layers(shot, camera, framing, palette, key)
    if shot.first_frame is None:
        layers += _people(shot, camera, framing, palette)
        if shot.shot_type == "insert":
            layers.append(_insert_card(shot, palette))
    if camera.flat:
        return [_join(layers, camera)]
    return layers


def _field(shot: Shot, camera: Camera, depth: float) -> Field:
    return Field(shot.width, shot.height, *camera.margins(depth))


def _set_layers(
    shot: Shot, camera: Camera, framing: Framing, palette: Palette, key: int
) -> list[Layer]:
    picture = shot.first_frame or shot.backdrop
    blur = framing.blur * shot.height
    if picture is not None:
        field = _field(shot, camera, 0.3)
        shown = fill(picture, *field.size)
        if shot.first_frame is None:
            shown = paint.soften(shown, blur)
        return [opaque(shown, field.left, field.top, 0.3)]
    field = _field(shot, camera, 1.0)
    unit = framing.unit * min(shot.height, shot.width * 1.1)
    stage = scenery.Set(
        field=field,
        place=shot.place,
        palette=palette,
        horizon=framing.horizon * shot.height,
        unit=unit,
        rng=random.Random(key),
    )
    drawn = scenery.draw_scenery(stage)
    _weather(stage, drawn.back)
    layers = [opaque(paint.soften(drawn.back, blur), field.left, field.top, 0.0)]
    for depth, sheet in drawn.layers:
        layer = cut_out(paint.soften(sheet, blur * (1.1 - depth / 2)), field.left, field.top, depth)
        if layer is not None:
            layers.append(layer)
    return layers


def _weather(stage: scenery.Set, back: Picture) -> None:
    if stage.place.inside or stage.place.weather not in ("rain", "snow"):
        return
    field, rng = stage.field, stage.rng
    sheet = Sheet(field)
    size = field.height
    colour = mix(stage.palette.haze, (255, 255, 255), 0.4)
    for _ in range(240):
        x, y = rng.uniform(field.left, field.right), rng.uniform(field.top, field.bottom)
        if stage.place.weather == "rain":
            long = size * rng.uniform(0.03, 0.07)
            sheet.line(((x, y), (x - long * 0.22, y + long)), max(0.5, size / 900), colour)
        else:
            dot = size * rng.uniform(0.0015, 0.0045)
            sheet.oval(x, y, dot, dot, colour)
    fall = sheet.finish()
    paint.over(back, (fall * 0.45).astype(fall.dtype))


def _people(shot: Shot, camera: Camera, framing: Framing, palette: Palette) -> list[Layer]:
    light = -1 if palette.sun[0] < 0.5 else 1
    layers: list[Layer] = []
    for depth, figures in ((1.0, framing.figures), (1.5, framing.foreground)):
        if not figures:
            continue
        field = _field(shot, camera, depth)
        sheet = Sheet(field)
        cards: list[tuple[Figure, Path]] = []
        for place, figure in enumerate(figures):
            face = shot.faces.get(figure.name)
            if face is not None and not figure.behind:
                cards.append((figure, face))
            if face is None or figure.behind or figure.head < 0.2 * shot.height:
                draw_figure(sheet, figure, look_of(figure.name, 0 * place), palette, light)
        picture = sheet.finish()
        if depth > 1:
            paint.ramp(picture, palette.shade, 0.3, 0.55)
            picture = paint.soften(picture, shot.height * 0.006)
        for figure, face in cards:
            _pin_portrait(picture, field, figure, face)
        if depth == 1.0:
            for figure in figures:
                _pin_tag(picture, field, figure, shot, len(figures))
        layer = cut_out(picture, field.left, field.top, depth)
        if layer is not None:
            layers.append(layer)
    return layers


def _lay(picture: Picture, field: Field, above: Picture, x: float, y: float) -> None:
    """Put a weighed picture onto another weighed one, its top left at a place of the frame."""
    left, top = round(x) + field.margin_x, round(y) + field.margin_y
    x0, y0 = max(0, left), max(0, top)
    x1 = min(picture.shape[1], left + above.shape[1])
    y1 = min(picture.shape[0], top + above.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = above[y0 - top : y1 - top, x0 - left : x1 - left]
    area = picture[y0:y1, x0:x1]
    gap = (255 - part[..., 3:]).astype(np.uint16)
    area[...] = np.minimum((area * gap + 127) // 255 + part, 255)


def _pin_tag(picture: Picture, field: Field, figure: Figure, shot: Shot, count: int) -> None:
    size = max(8, round(min(shot.height / 46, shot.width / 40)))
    room = round(shot.width * min(0.4, 0.86 / max(1, count)))
    name = shorten(figure.name, size, room - 2 * size, "Bold")
    dot = size * 0.34
    wide, high = measure(name, size, "Bold") + round(size * 2.0), round(size * 1.7)
    board = Board(wide, high)
    board.plate((0, 0, wide, high), (10, 12, 18), 0.6, high / 2)
    middle = high / 2
    board.plate(
        (size * 0.6 - dot, middle - dot, size * 0.6 + dot, middle + dot),
        character_colour(figure.name),
        1.0,
        dot,
    )
    base = middle + font(size, "Bold").getbbox("H", anchor="ls")[1] * -0.5
    board.write((size * 1.25, base), name, size, (247, 246, 240), "Bold")
    small = figure.head < 0.13 * shot.height
    y = figure.crown - high * 1.35 if small else figure.crown + figure.head * 1.62
    y = min(max(y, shot.height * 0.03), shot.height * 0.70 - high)
    x = min(max(figure.x - wide / 2, shot.width * 0.02), shot.width * 0.98 - wide)
    _lay(picture, field, board.weighed(), x, y)


def _pin_portrait(picture: Picture, field: Field, figure: Figure, face: Path) -> None:
    """A character's own picture: a card in place of a large figure, a round one above a small."""
    large = figure.head >= 0.2 * field.height
    high = round(figure.head * 1.9) if large else max(24, round(figure.head * 1.15))
    wide = round(high * 0.8) if large else high
    edge = max(2, round(high * 0.018))
    scale = 3
    card = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    plate, inner = (Image.new("L", (wide * scale, high * scale), 0) for _ in range(2))
    radius = high * scale * (0.06 if large else 0.5)
    ImageDraw.Draw(plate).rounded_rectangle(
        (0, 0, wide * scale - 1, high * scale - 1), radius, fill=255
    )
    rim = edge * scale
    ImageDraw.Draw(inner).rounded_rectangle(
        (rim, rim, wide * scale - 1 - rim, high * scale - 1 - rim), max(1, radius - rim), fill=255
    )
    frame = Image.new("RGBA", (wide, high), (*character_colour(figure.name), 255))
    card.paste(frame, (0, 0), plate.resize((wide, high), Image.Resampling.BOX))
    shown = Image.fromarray(fill(face, wide, high, centre=(0.5, 0.32))).convert("RGBA")
    card.paste(shown, (0, 0), inner.resize((wide, high), Image.Resampling.BOX))
    y = figure.crown - figure.head * 0.2 if large else figure.crown - figure.head * 0.1
    _lay(picture, field, weigh(np.asarray(card)), figure.x - wide / 2, y)


def _insert_card(shot: Shot, palette: Palette) -> Layer:
    """What an insert shows, in words on a card, since nobody can draw an unknown object."""
    width, height = shot.width, shot.height
    wide = _even(min(width * 0.66, height * 0.95))
    size = max(9, round(min(height / 21, wide / 17)))
    lines = wrap(shot.caption or shot.place_key or "Insert", size, round(wide * 0.8), 60)
    if len(lines) > 6:
        lines = [*lines[:5], shorten(lines[5] + " …", size, round(wide * 0.8))]
    if len(lines) == 2:
        lines = balance(" ".join(lines), size, round(wide * 0.8), 60)
    step = round(size * 1.38)
    small = max(8, round(size * 0.6))
    high = _even(step * len(lines) + small * 2.2 + size * 2.4)
    board = Board(wide + 16, high + 16)
    paper = mix((240, 234, 220), palette.shade, palette.dark * 0.45)
    board.plate((6, 9, wide + 10, high + 13), (0, 0, 0), 0.3, size * 0.3)
    board.plate((4, 4, wide + 4, high + 4), paper, 1.0, size * 0.22)
    ink = (44, 42, 48)
    middle = wide / 2 + 4
    y = 4 + size * 1.05 + small
    board.write((middle, y), "INSERT", small, mix((176, 84, 60), palette.shade, 0.1), "Bold", "ms")
    y += small * 0.8
    for line in lines:
        y += step
        board.write((middle, y), line, size, ink, anchor="ms")
    x, top = _even((width - wide) / 2) - 4, _even((height - high) * 0.46)
    layer = cut_out(board.weighed(), x, top, 1.0)
    assert layer is not None
    return layer


def _join(layers: list[Layer], camera: Camera) -> Layer:
    """Several layers as one opaque picture with the camera's margins."""
    margin_x, margin_y = camera.margins(1.0)
    width, height = camera.width + 2 * margin_x, camera.height + 2 * margin_y
    planes = (
        np.full((height, width), 16, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
    )
    for layer in layers:
        moved = Layer(layer.planes, layer.gaps, layer.x + margin_x, layer.y + margin_y, layer.depth)
        put(moved, STILL, planes)
    return Layer(planes, None, -margin_x, -margin_y, 1.0)


def _even(pixels: float) -> int:
    return int(pixels + 1) & ~1
