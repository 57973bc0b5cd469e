"""Gives a picture the colours and the light of another, and paints it: `paint.py INPUTS OUT`.

The mean and the spread of each channel are carried over, in a space where light and colour are
apart (Reinhard and others, "Color Transfer between Images", 2001).
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

# From red, green and blue to light and two colour differences.
TO_OPPONENT = np.array([[1 / 3, 1 / 3, 1 / 3], [0.5, 0.0, -0.5], [0.25, -0.5, 0.25]])


def bar(done: int) -> None:
    """A bar as tqdm draws it, for whoever follows the log."""
    end = "\n" if done == 3 else ""
    print(f"\r{done * 100 // 3:3d}%|###| {done}/3 [00:0{done}<00:00]", end=end, flush=True)


def read(path: str) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"), dtype=np.float64) @ TO_OPPONENT.T


def main(inputs: Path, out: Path) -> None:
    given = json.loads(inputs.read_text())
    picture, style = read(given["image"]), read(given["style"])
    bar(1)
    axes = (0, 1)
    spread = style.std(axes) / np.maximum(picture.std(axes), 1e-6)
    painted = (picture - picture.mean(axes)) * spread + style.mean(axes)
    painted = picture + given["strength"] * (painted - picture)
    colours = np.clip(painted @ np.linalg.inv(TO_OPPONENT).T, 0, 255).astype(np.uint8)
    bar(2)
    size = given["brush"] // 2 * 2 + 1
    image = Image.fromarray(colours)
    if size > 1:
        image = image.filter(ImageFilter.ModeFilter(size))
    image.save(out / "painted.png")
    bar(3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
