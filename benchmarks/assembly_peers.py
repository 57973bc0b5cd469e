"""The peers of benchmarks/assembly.py: the same film by MoviePy or by an ffmpeg command.

Runs in an environment of its own: it imports nothing of the studio. Prints seconds as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

Part = tuple[str, int, int]


def by_moviepy(film: dict, output: str) -> float:
    """Clips in a chain; only a dissolve is composed of two, which is the quickest way here."""
    from moviepy import CompositeVideoClip, VideoFileClip, concatenate_videoclips, vfx

    begin = time.perf_counter()
    rate, overlap = film["rate"], film["overlap"] / film["rate"]
    joined = set(film["dissolves"])
    opened = [VideoFileClip(path, audio=False) for path in film["clips"]]
    parts = []
    for index, clip in enumerate(opened):
        head = overlap if index - 1 in joined else 0
        tail = overlap if index in joined else 0
        parts.append(clip.subclipped(head, clip.duration - tail))
        if tail:
            following = opened[index + 1].subclipped(0, overlap)
            faded = following.with_effects([vfx.CrossFadeIn(overlap)])
            ending = clip.subclipped(clip.duration - overlap, clip.duration)
            parts.append(CompositeVideoClip([ending, faded]).with_duration(overlap))
    whole = concatenate_videoclips(parts, method="chain")
    whole.write_videofile(
        output,
        fps=rate,
        codec="libx264",
        preset=film["preset"],
        audio=False,
        ffmpeg_params=["-crf", str(film["crf"])],
        logger=None,
    )
    for clip in opened:
        clip.close()
    return time.perf_counter() - begin


def by_ffmpeg(film: dict, output: str) -> float:
    """One filter graph: xfade where shots dissolve, concat for the rest, encoded again."""
    import imageio_ffmpeg

    begin = time.perf_counter()
    joined = set(film["dissolves"])
    seconds, overlap = film["frames"] / film["rate"], film["overlap"] / film["rate"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error"]
    for path in film["clips"]:
        command += ["-i", path]
    graph: list[str] = []
    groups: list[str] = []
    index = 0
    while index < len(film["clips"]):
        name, length = f"{index}:v", seconds
        while index in joined:
            faded = f"x{index}"
            graph.append(
                f"[{name}][{index + 1}:v]xfade=transition=fade:duration={overlap}:"
                f"offset={length - overlap}[{faded}]"
            )
            name, length = faded, length + seconds - overlap
            index += 1
        groups.append(f"[{name}]")
        index += 1
    graph.append(f"{''.join(groups)}concat=n={len(groups)}:v=1[film]")
    command += ["-filter_complex", ";".join(graph), "-map", "[film]", "-c:v", "libx264"]
    command += ["-preset", film["preset"], "-crf", str(film["crf"]), "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-movflags", "+faststart", output], check=True)
    return time.perf_counter() - begin


def version(peer: str) -> str:
    """What was measured."""
    if peer == "moviepy":
        import moviepy

        return f"MoviePy {moviepy.__version__}"
    import imageio_ffmpeg

    return f"ffmpeg {imageio_ffmpeg.get_ffmpeg_version()} of imageio-ffmpeg"


if __name__ == "__main__":
    peer, listed, target = sys.argv[1:4]
    described = json.loads(Path(listed).read_text())
    run = {"moviepy": by_moviepy, "ffmpeg": by_ffmpeg}[peer]
    print(json.dumps({"seconds": run(described, target), "version": version(peer)}))
