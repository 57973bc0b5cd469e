"""Measures how fast animatics are made, beside encoding alone: `python benchmarks/animatic.py`.

Prints, for each size and camera movement, the time to draw the set, the time of a frame all in
(set included), and how many times faster than real time one core is; the base line encodes ready
frames only. Times are of the processor, so that other work on the machine disturbs them little.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from director_media.animatic.render import Animatic, render
from director_media.animatic.shot import read_shot
from director_media.house import Writer

from node_registry import RenderSettings, Request, Slate

MOVEMENTS = ("static", "pan_left", "zoom_in", "handheld", "truck_left", "dolly_in")
SIZES = ((1280, 720), (1920, 1080))


def request_of(width: int, height: int, movement: str, seconds: float) -> Request:
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="film.shot",
        params={
            "shot_type": "medium",
            "camera_movement": movement,
            "duration_estimate": seconds,
            "environment_context": "EXT. FOREST - DAY",
            "characters_in_frame": ["INA", "TOM"],
            "dialogue_content": "INA: Which way?\nTOM: Down to the sea, as always.",
        },
        settings=RenderSettings(width=width, height=height, rate="24"),
        slate=Slate(project="The Lamp", scene="SCENE_01", shot="SHOT_010"),
    )


def encode_only(shot_frames: list[object], path: Path, width: int, height: int) -> float:
    from fractions import Fraction

    started = time.process_time()
    with Writer(path, width, height, Fraction(24)) as clip:
        for frame in shot_frames:
            clip.write_frame(frame)
    return time.process_time() - started


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=4.0)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shot.mp4"
        for width, height in SIZES:
            for movement in MOVEMENTS:
                drawn, all_in, bare = [], [], []
                for _ in range(options.rounds):
                    shot = read_shot(request_of(width, height, movement, options.seconds))
                    started = time.process_time()
                    animatic = Animatic(shot)
                    drawn.append(time.process_time() - started)
                    render(animatic, path)
                    all_in.append((time.process_time() - started) / shot.frames)
                    few = [animatic.draw(number) for number in range(min(48, shot.frames))]
                    bare.append(encode_only(few, path, width, height) / len(few))
                frame = statistics.median(all_in)
                print(
                    f"{width}x{height} {movement:11} set {statistics.median(drawn) * 1e3:5.0f} ms"
                    f"   all in {frame * 1e3:6.2f} ms a frame = {1 / frame / 24:5.1f} x real time"
                    f"   encoding alone {statistics.median(bare) * 1e3:5.2f} ms"
                )


if __name__ == "__main__":
    main()
