"""Enlarges a picture in steps, and sharpens its edges: `upscale.py --image IN --out FOLDER`."""

import argparse
import json
from pathlib import Path

from PIL import Image, ImageFilter

parser = argparse.ArgumentParser()
parser.add_argument("--image", required=True)
parser.add_argument("--factor", type=int, default=2)
parser.add_argument("--sharpness", type=float, default=0.8)
parser.add_argument("--out", type=Path, required=True)
given = parser.parse_args()

picture = Image.open(given.image).convert("RGB")
width, height = picture.size
# In small steps: one large step leaves rings around edges.
for step in range(1, given.factor):
    size = (width * (step + 1), height * (step + 1))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    print(json.dumps({"progress": step / given.factor, "step": "Enlarging"}), flush=True)
picture = picture.filter(ImageFilter.UnsharpMask(given.factor, round(100 * given.sharpness), 2))
print(json.dumps({"progress": 0.9, "step": "Sharpening"}), flush=True)
picture.save(given.out / "upscaled.png")
