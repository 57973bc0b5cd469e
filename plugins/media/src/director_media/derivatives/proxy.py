"""Proxies: what every browser plays and seeks in: H.264 of at most 720 lines, AAC, in MP4.

A file that is that already has none: the original serves. A proxy is upright, has square pixels,
is not interlaced, and begins to play before it is loaded whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.filter
from av.error import FFmpegError

from .frames import ATTACHED_PICTURE, display_size, opened, unplayable, video_of

SHORT, LONG = 720, 1280
MOST_RATE = 60
SOUND_RATE, SOUND_BITS = 48_000, 160_000
LIGHT_BITS = 6_000_000
"""Bits a second up to which an original is not too heavy to be played as it is."""

_X264 = {"preset": "veryfast", "crf": "23", "profile": "high", "x264-params": "scenecut=0"}
_TURNS = {90: ["transpose=cclock"], 180: ["hflip", "vflip"], 270: ["transpose=clock"]}
_MOST_FAULTS = 200


def make(source: Path, media_type: str, folder: Path) -> list[dict[str, Any]]:
    """Write `proxy.mp4` (a sound: `proxy.m4a`); nothing when the original serves."""
    with opened(source) as container:
        moving = [s for s in container.streams.video if not s.disposition.value & ATTACHED_PICTURE]
        sounds = list(container.streams.audio)
        if not moving and not sounds:
            raise unplayable("The file holds neither a moving picture nor a sound")
        if _serves_itself(source, media_type, container, moving, sounds):
            return []
        name = "proxy.mp4" if moving else "proxy.m4a"
        facts = _write(container, folder / name, bool(moving), sounds[:1])
    if not facts.get("frames") and not facts.get("samples"):
        raise unplayable("Nothing of the file can be decoded")
    media = "video/mp4" if moving else "audio/mp4"
    return [{"name": name, "media_type": media, "facts": facts}]


def _serves_itself(
    source: Path, media_type: str, container: Any, moving: list[Any], sounds: list[Any]
) -> bool:
    codecs = {stream.codec_context.name for stream in sounds}
    if not moving:
        return media_type in ("audio/mpeg", "audio/mp4") and codecs <= {
            "aac", "mp3", "mp3float",
        }  # fmt: skip
    context = moving[0].codec_context
    size = sorted((context.width, context.height))
    return (
        media_type == "video/mp4"
        and (context.name, context.pix_fmt) == ("h264", "yuv420p")
        and size[0] <= SHORT
        and size[1] <= LONG
        and codecs <= {"aac", "mp3", "mp3float"}
        and (container.bit_rate or LIGHT_BITS + 1) <= LIGHT_BITS
        and _begins_with_index(source)
    )


def _begins_with_index(source: Path) -> bool:
    """Whether the index of an MP4 comes before its data, so that it plays while it loads."""
    with source.open("rb") as file:
        size = source.stat().st_size
        place = 0
        while place + 8 <= size:
            file.seek(place)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length < 8:
                return False
            place += length
    return False


def _write(container: Any, path: Path, moving: bool, sounds: list[Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as output:
        picture = _Picture(output, video_of(container)) if moving else None
        sound = _Sound(output, sounds[0]) if sounds else None
        streams = [part.source for part in (picture, sound) if part is not None]
        for packet in container.demux(*streams):
            part = picture if picture and packet.stream is picture.source else sound
            assert part is not None
            for frame in part.decoded(packet):
                part.write(frame)
            if sound is not None and (picture is None or picture.graph is not None):
                sound.let_go()
        for part in (picture, sound):
            if part is not None:
                part.finish()
                facts |= part.facts
    return facts


class _Part:
    """One stream on its way: decoded with patience, and encoded."""

    def __init__(self, output: Any, source: Any) -> None:
        self.output, self.source = output, source
        self.facts: dict[str, Any] = {}
        self._faults = 0

    def decoded(self, packet: Any) -> Iterator[Any]:
        try:
            yield from packet.decode()
        except FFmpegError as error:
            # A damaged place in a file is passed over; a file of them is not.
            self._faults += 1
            if self._faults > _MOST_FAULTS:
                raise unplayable("Too much of the file cannot be decoded") from error


class _Picture(_Part):
    def __init__(self, output: Any, source: Any) -> None:
        super().__init__(output, source)
        rate = source.average_rate or Fraction(24)
        self.rate = min(Fraction(rate), Fraction(MOST_RATE))
        # The encoder is opened with the first frame, whose size is known only then.
        self.stream = output.add_stream("libx264", rate=self.rate)
        self.graph: Any = None
        self.frames = 0
        self._last = -1

    def write(self, frame: Any) -> None:
        if frame.pts is None:
            return
        if self.graph is None:
            self.graph = self._begin(frame)
        self.graph.push(frame)
        self._drain()

    def finish(self) -> None:
        if self.graph is None:
            raise unplayable("No frame of the file can be decoded")
        self.graph.push(None)
        self._drain()
        self.output.mux(self.stream.encode(None))
        self.facts["frames"] = self.frames

    def _begin(self, frame: Any) -> Any:
        turn = round(frame.rotation / 90) * 90 % 360
        width, height = display_size(frame, self.source)
        long, short = max(width, height), min(width, height)
        scale = min(1.0, LONG / long, SHORT / short)
        width, height = _even(width * scale), _even(height * scale)
        steps = ["yadif=deint=interlaced", f"scale={width}:{height}:flags=bicubic", "setsar=1"]
        steps += _TURNS.get(turn, [])
        if (self.source.average_rate or 0) > MOST_RATE:
            steps.append(f"fps={MOST_RATE}")
        steps.append("format=yuv420p")
        if turn in (90, 270):
            width, height = height, width
        context = self.stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, 90_000)
        context.gop_size = max(1, round(self.rate))
        context.thread_count = 2
        context.options = dict(_X264)
        self.facts |= {"width": width, "height": height, "rate": str(self.rate)}
        return _graph(frame, self.source, steps)

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError, EOFError):
            while True:
                frame = self.graph.pull()
                moment = round(frame.pts * frame.time_base * 90_000)
                if moment <= self._last:
                    continue  # Two pictures at one moment: the first is shown.
                self._last = moment
                frame.pts, frame.time_base = moment, Fraction(1, 90_000)
                frame.pict_type = 0
                self.output.mux(self.stream.encode(frame))
                self.frames += 1


class _Sound(_Part):
    def __init__(self, output: Any, source: Any) -> None:
        super().__init__(output, source)
        self.stream = output.add_stream("aac", rate=SOUND_RATE)
        self.stream.codec_context.layout = "stereo"
        self.stream.codec_context.bit_rate = SOUND_BITS
        self.resampler = av.AudioResampler(
            format="fltp", layout="stereo", rate=SOUND_RATE, frame_size=1024
        )
        self.samples = 0
        # The first packet opens all encoders, and that of the picture needs its first frame.
        self._held: list[Any] | None = []

    def let_go(self) -> None:
        """Write what was held back: all encoders can be opened now."""
        if self._held is not None:
            packets, self._held = self._held, None
            self.output.mux(packets)

    def write(self, frame: Any) -> None:
        self._encode(self.resampler.resample(frame))

    def finish(self) -> None:
        self._encode(self.resampler.resample(None))
        self._mux(self.stream.encode(None))
        self.facts |= {"samples": self.samples, "sample_rate": SOUND_RATE}

    def _encode(self, frames: list[Any]) -> None:
        for frame in frames:
            self.samples += frame.samples
            self._mux(self.stream.encode(frame))

    def _mux(self, packets: list[Any]) -> None:
        if self._held is None:
            self.output.mux(packets)
        else:
            self._held += packets


def _graph(frame: Any, source: Any, steps: list[str]) -> Any:
    graph = av.filter.Graph()
    buffer = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format.name,
        time_base=source.time_base,
    )  # fmt: skip
    last = buffer
    for step in steps:
        name, _, arguments = step.partition("=")
        node = graph.add(name, arguments) if arguments else graph.add(name)
        last.link_to(node)
        last = node
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
