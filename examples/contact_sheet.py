"""Draws a contact sheet of a film: `python examples/contact_sheet.py FILM.mp4 -o sheet.jpg`.

One picture for every few seconds (`--every`), each with its time, on one JPEG of at most 300 kB.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
from fractions import Fraction
from pathlib import Path

import av
from director_media.animatic.text import font
from PIL import Image, ImageDraw

LARGEST = 300_000
MOST = 120


def take_pictures(film: Path, every: float, width: int) -> list[tuple[float, Image.Image]]:
    """A picture from the middle of each stretch of `every` seconds, with its time."""
    pictures: list[tuple[float, Image.Image]] = []
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        wanted = Fraction(every) / 2
        for frame in container.decode(stream):
            if frame.pts is None or frame.time_base is None:
                continue
            time = frame.pts * frame.time_base
            if time < wanted:
                continue
            image = frame.to_image()
            pictures.append(
                (float(time), image.resize((width, width * image.height // image.width)))
            )
            wanted += Fraction(every)
    return pictures


def lay_out(pictures: list[tuple[float, Image.Image]], columns: int) -> Image.Image:
    """The pictures in rows, their times below them."""
    gap, line = 8, 18
    width, height = pictures[0][1].size
    rows = math.ceil(len(pictures) / columns)
    sheet = Image.new(
        "RGB", (gap + columns * (width + gap), gap + rows * (height + line + gap)), (18, 19, 23)
    )
    pen = ImageDraw.Draw(sheet)
    for place, (time, picture) in enumerate(pictures):
        x = gap + place % columns * (width + gap)
        y = gap + place // columns * (height + line + gap)
        sheet.paste(picture, (x, y))
        label = f"{int(time) // 60:02}:{time % 60:05.2f}"
        pen.text((x, y + height + 3), label, fill=(170, 174, 184), font=font(12))
    return sheet


def save(sheet: Image.Image, path: Path) -> None:
    """Write a JPEG that keeps to the limit, by quality first and by size then."""
    for _ in range(8):
        for quality in (86, 76, 66, 56):
            written = io.BytesIO()
            sheet.save(written, "JPEG", quality=quality, optimize=True)
            if written.tell() <= LARGEST:
                path.write_bytes(written.getvalue())
                return
        sheet = sheet.resize(
            (sheet.width * 4 // 5, sheet.height * 4 // 5), Image.Resampling.LANCZOS
        )
    raise SystemExit(f"The sheet does not fit into {LARGEST} bytes: take fewer pictures.")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("film", type=Path)
    arguments.add_argument("-o", "--output", type=Path, required=True)
    arguments.add_argument("--every", type=float, help="seconds between two pictures")
    arguments.add_argument("--columns", type=int, default=4)
    arguments.add_argument("--width", type=int, default=320, help="of one picture, in pixels")
    options = arguments.parse_args()
    if not options.film.is_file():
        raise SystemExit(f"There is no film {options.film}.")
    with av.open(str(options.film)) as container:
        seconds = (container.duration or 0) / 1_000_000
    every = max(options.every or seconds / 24, seconds / MOST, 0.01)
    pictures = take_pictures(options.film, every, options.width)
    if not pictures:
        raise SystemExit(f"{options.film} holds no picture that far in: choose a smaller --every.")
    save(lay_out(pictures, max(1, options.columns)), options.output)
    sys.stdout.write(f"{len(pictures)} pictures in {options.output}\n")


if __name__ == "__main__":
    main()
