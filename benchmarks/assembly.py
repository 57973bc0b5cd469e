"""How long a film takes to assemble, beside MoviePy and an ffmpeg command that encodes again.

The film: shots of 4 s at 1280x720 and 24 frames a second, a third of them joined by dissolves of
12 frames. Ours begins cold: every file is hashed first, as the studio does with what it is given.
Each of our films is decoded afterwards and every frame's edge code is compared with the cut.

Run: python benchmarks/assembly.py [--shots 60] [--rounds 3] [--only-ours]
Needs uv, which fetches the peers into an environment of their own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from director_media import edge_code, house
from director_media.conform.film import conform
from director_media.conform.plan import ConformList, read_conform_list
from director_media.sound.encode import SilentSound
from director_media.sound.film import length_of

WIDTH, HEIGHT, RATE, FRAMES, OVERLAP = 1280, 720, Fraction(24), 96, 12
PEERS = {"moviepy": ("moviepy>=2.2", 15.0), "ffmpeg": ("imageio-ffmpeg>=0.6", 5.0)}


def slate(number: int) -> str:
    """What the edge code says of a shot."""
    return f"SCENE_{number // 10:02d}/SHOT_{number % 10:02d}0"


def make_shots(folder: Path, shots: int) -> list[Path]:
    """Clips with texture that moves, so that encoding them is honest work."""
    rng = np.random.default_rng(7)
    grain = rng.integers(0, 24, (HEIGHT // 4, WIDTH // 2, 3), np.uint8)
    grain = np.repeat(np.repeat(grain, 4, 0), 4, 1)
    paths = []
    for number in range(shots):
        tint = rng.integers(40, 180, 3).astype(np.uint8)
        path = folder / f"shot-{number:03d}.mp4"
        with house.Writer(path, WIDTH, HEIGHT, RATE) as clip:
            for frame in range(FRAMES):
                picture = grain[:, frame * 4 : frame * 4 + WIDTH] + tint
                edge_code.draw(picture, frame, slate(number))
                clip.write(picture)
        paths.append(path)
    return paths


def dissolves(shots: int) -> list[int]:
    """After which shots the film dissolves: one in three."""
    return [index for index in range(shots - 1) if index % 3 == 1]


def assemble(paths: list[Path], output: Path, scratch: Path) -> tuple[float, ConformList]:
    """Our film, from files that nobody has looked at yet; seconds and what was conformed."""
    begin = time.perf_counter()
    digests = []
    for path in paths:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    wanted = read_conform_list(
        {
            "rate": str(RATE),
            "width": WIDTH,
            "height": HEIGHT,
            "clips": [{"media": digest, "in": 0, "out": FRAMES} for digest in digests],
            "transitions": [
                {"after": after, "kind": "dissolve", "frames": OVERLAP}
                for after in dissolves(len(paths))
            ],
        }
    )
    files = dict(zip(digests, paths, strict=True))
    sound = SilentSound(length_of(wanted))
    conform(wanted, files, output, scratch, scratch / "cache", sound=sound)
    return time.perf_counter() - begin, wanted


def check(path: Path, wanted: ConformList) -> int:
    """Frames whose edge code was read back right; raises at the first that is not."""
    places: list[set[tuple[int, int]]] = [set() for _ in range(wanted.length)]
    for number, start in enumerate(wanted.starts):
        for offset in range(FRAMES):
            places[start + offset].add((offset, edge_code.crc(slate(number))))
    read = count = 0
    with av.open(str(path)) as film:
        for number, frame in enumerate(film.decode(video=0)):
            count += 1
            if len(places[number]) == 1:
                luma = np.frombuffer(frame.planes[0], np.uint8).reshape(HEIGHT, -1)[:, :WIDTH]
                if edge_code.read(luma) not in places[number]:
                    raise SystemExit(f"frame {number} is not where it belongs")
                read += 1
    if count != wanted.length:
        raise SystemExit(f"the film has {count} frames, not {wanted.length}")
    return read


def run_peer(peer: str, listed: Path, output: Path) -> tuple[float, str]:
    """Seconds that a peer takes inside its own process, imports left out."""
    script = Path(__file__).with_name("assembly_peers.py")
    command = ["uv", "run", "--isolated", "--no-project", "--with", PEERS[peer][0]]
    clean = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    done = subprocess.run(
        [*command, "python", str(script), peer, str(listed), str(output)],
        check=True,
        capture_output=True,
        text=True,
        env=clean,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["version"]


def main() -> None:
    """Time all in turns, check our film, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-ours", action="store_true")
    chosen = parser.parse_args()
    peers = [] if chosen.only_ours else list(PEERS)
    times: dict[str, list[float]] = {name: [] for name in ("ours", *peers)}
    versions: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        paths = make_shots(folder, chosen.shots)
        listed = folder / "film.json"
        described = {
            "clips": [str(path) for path in paths],
            "dissolves": dissolves(chosen.shots),
            "overlap": OVERLAP,
            "frames": FRAMES,
            "rate": int(RATE),
            "preset": house.PRESET,
            "crf": house.CRF,
        }
        listed.write_text(json.dumps(described))
        for turn in range(chosen.rounds):
            seconds, wanted = assemble(paths, folder / "ours.mp4", folder)
            times["ours"].append(seconds)
            read = check(folder / "ours.mp4", wanted)
            for peer in peers:
                seconds, versions[peer] = run_peer(peer, listed, folder / f"{peer}.mp4")
                times[peer].append(seconds)
            print(f"round {turn + 1}: {times}", file=sys.stderr)
    ours = statistics.median(times["ours"])
    length = wanted.length / RATE
    print(f"{chosen.shots} shots, {len(wanted.transitions)} dissolves, {float(length):.1f} s")
    print(f"  every frame where it belongs: {read} edge codes of {wanted.length} frames read")
    print(f"  movie-director   {ours:8.2f} s   ({float(length) / ours:.0f} times real time)")
    for peer in peers:
        seconds, target = statistics.median(times[peer]), PEERS[peer][1]
        met = "met" if seconds >= target * ours else "MISSED"
        print(
            f"  {peer:<15}  {seconds:8.2f} s   {seconds / ours:.1f} times as long, "
            f"target {target:g}: {met}   ({versions[peer]})"
        )


if __name__ == "__main__":
    main()
