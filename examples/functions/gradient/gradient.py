"""Draws a gradient between two colours: `gradient.py --first A --second B --out FOLDER`."""

import argparse
import json
from pathlib import Path

from PIL import Image, ImageColor

parser = argparse.ArgumentParser()
parser.add_argument("--first", default="navy")
parser.add_argument("--second", default="orange")
parser.add_argument("--width", type=int, default=256)
parser.add_argument("--out", type=Path, required=True)
given = parser.parse_args()

first, second = (ImageColor.getrgb(name) for name in (given.first, given.second))
picture = Image.new("RGB", (given.width, given.width // 2))
for x in range(given.width):
    part = x / (given.width - 1)
    colour = tuple(round(a + part * (b - a)) for a, b in zip(first, second, strict=True))
    picture.paste(colour, (x, 0, x + 1, picture.height))
    if x % 64 == 0:
        print(json.dumps({"progress": part, "step": "Drawing"}), flush=True)
picture.save(given.out / "gradient.png")
