"""Composition: a shot's layers, drawn once: scenery, figures with their name tags, foreground."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from node_registry.film import read_sides
from PIL import Image, ImageDraw

from ..pictures.stills import fill
from . import paint
from .camera import Camera
from .figures import draw_figure, look_of
from .framing import Figure, Framing, frame_shot
from .layers import Layer, cut_out, opaque
from .paint import Field, Picture, Sheet
from .palette import Palette, character_colour, choose_palette, light_room, mix
from .scenery import Set
from .sets import draw_scenery
from .shot import Shot, seed_of
from .text import Board, balance, font, measure, shorten, weigh, wrap


def compose(shot: Shot, camera: Camera) -> list[Layer]:
    """The layers of a shot from back to front; one alone when the camera moves them alike."""
    framing = frame_shot(
        shot.shot_type,
        list(shot.names),
        shot.width,
        shot.height,
        seed_of(shot.seed, "framing"),
        read_sides(shot.composition, shot.names),
        [name for name, traits in shot.traits.items() if traits.child],
    )
    # The place decides its own look, so that all shots of a scene agree on sky and furniture.
    key = seed_of(shot.place_key, shot.place.kind, shot.place.time)
    palette = choose_palette(shot.place.time, shot.place.weather, key)
    if shot.place.inside:
        palette = light_room(palette)
    back, middle = _draw_set(shot, camera, framing, palette, key)
    sheets = [(_MIDDLE, middle), *_draw_people(shot, camera, framing, palette)]
    field = _field(shot, camera, 1.0)
    if camera.flat:
        for _, sheet in sheets:
            if sheet is not None:
                paint.over(back, sheet)
        return [opaque(back, field.left, field.top, 1.0)]
    layers = [opaque(back, field.left, field.top, _PLACE if camera.grows else _BACK)]
    for depth, sheet in sheets:
        if sheet is not None:
            field = _field(shot, camera, max(1.0, depth))
            layer = cut_out(sheet, field.left, field.top, depth)
            layers += [layer] if layer is not None else []
    return layers


_BACK, _PLACE, _MIDDLE, _FIGURES, _FRONT = 0.12, 0.4, 0.75, 1.0, 1.5
"""The depths that move apart: what scenery draws at others joins the nearer of the first two."""


def _field(shot: Shot, camera: Camera, depth: float) -> Field:
    return Field(shot.width, shot.height, *camera.margins(depth))


def _draw_set(
    shot: Shot, camera: Camera, framing: Framing, palette: Palette, key: int
) -> tuple[Picture, Picture | None]:
    """What is behind the figures: an opaque picture, and the nearer part of the place."""
    field = _field(shot, camera, 1.0)
    blur = framing.blur * shot.height
    given = shot.first_frame or shot.backdrop
    # What is out of focus is drawn small: it looks the same and costs a fraction.
    share = 4 if blur >= 8 else 2 if blur >= 3 else 1
    small = field.reduce(share)
    if given is not None:
        if shot.first_frame is not None:
            return fill(given, *field.size), None
        return paint.enlarge(
            paint.soften(fill(given, *small.size), blur / share), *field.size
        ), None
    stage = Set(
        field=small,
        place=shot.place,
        palette=palette,
        horizon=framing.horizon * small.height,
        unit=framing.unit * min(small.height, small.width * 1.1),
        rng=random.Random(key),
    )
    drawn = draw_scenery(stage)
    _weather(stage, drawn.back)
    back, middle = paint.soften(drawn.back, blur / share), None
    for depth, sheet in drawn.layers:
        sheet = paint.soften(sheet, blur / share * (1.1 - depth / 2))
        # On a dolly the figures part from the place as a whole: every more layer costs a scaling.
        if camera.flat or camera.grows or depth < 0.5:
            paint.over(back, sheet)
        elif middle is None:
            middle = sheet
        else:
            paint.over(middle, sheet)
    back = paint.enlarge(back, *field.size)
    return back, None if middle is None else paint.enlarge(middle, *field.size)


def _weather(stage: Set, back: Picture) -> None:
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


def _draw_people(
    shot: Shot, camera: Camera, framing: Framing, palette: Palette
) -> list[tuple[float, Picture]]:
    """The figures and the foreground, each on a sheet of its own."""
    if shot.first_frame is not None:
        return []
    light = -1 if palette.sun[0] < 0.5 else 1
    looks = {name: look_of(name, shot.traits.get(name)) for name in shot.names}
    sheets: list[tuple[float, Picture]] = []
    if framing.figures or shot.shot_type == "insert":
        field = _field(shot, camera, _FIGURES)
        sheet = Sheet(field)
        large = 0.2 * shot.height
        for figure in framing.figures:
            if figure.name not in shot.faces or figure.head < large:
                draw_figure(
                    sheet,
                    figure,
                    looks[figure.name],
                    palette,
                    light,
                )
        picture = sheet.finish()
        for figure in framing.figures:
            if figure.name in shot.faces:
                _pin_portrait(picture, field, figure, shot.faces[figure.name])
        for figure in framing.figures:
            _pin_tag(picture, field, figure, shot, len(framing.figures))
        if shot.shot_type == "insert":
            _pin_card(picture, field, shot, palette)
        sheets.append((_FIGURES, picture))
    if framing.foreground:
        field = _field(shot, camera, _FRONT)
        small = field.reduce(2)
        sheet = Sheet(small)
        for figure in framing.foreground:
            half = replace(figure, x=figure.x / 2, crown=figure.crown / 2, head=figure.head / 2)
            draw_figure(sheet, half, looks[figure.name], palette, light)
        picture = sheet.finish()
        paint.ramp(picture, palette.shade, 0.3, 0.55)
        picture = paint.soften(picture, shot.height * 0.004)
        sheets.append((_FRONT, paint.enlarge(picture, *field.size)))
    return sheets


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
    if figure.head > 0.9 * shot.height:  # Beside a face that fills the frame, not on its mouth.
        x, y = shot.width * 0.97 - wide, shot.height * 0.70 - high
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


def _pin_card(picture: Picture, field: Field, shot: Shot, palette: Palette) -> None:
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
    _lay(picture, field, board.weighed(), (width - wide) / 2 - 4, (height - high) * 0.46)


def _even(pixels: float) -> int:
    return int(pixels + 1) & ~1
