"""Segments of streams: a run of a video's frames as fragmented MP4, with its sound beside.

All segments of a size and rate share their headers byte by byte (nothing in them depends on the
content), so those of many takes follow each other as one stream behind one head. Sound lies on a
grid of AAC frames from the take's first sample on, and each AAC frame belongs to one segment: two
segments of a take that follow each other sound as if they had never been cut.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange

from node_registry import BackendError, Segment

from ..conform.blend import fill_black
from ..conform.frame_reader import read_frames
from ..conform.mezzanine import conformed, fit
from ..conform.splice import can_splice, open_quickly
from ..house import check_format
from ..probe.refusal import Refused
from ..sound.level import audio_frame
from ..sound.mix import RATE, Samples, Track, has_sound, mix, samples_at

MOST_FRAMES = 1200
PRESET, CRF = "veryfast", 24
BIT_RATE = 160_000
_AAC = 1024
_LEAD = 2
"""AAC frames that are encoded before the first that is kept: each leans on the one before it."""

_BT709 = 1
# As in the house format, `stitchable` and one key frame: the headers depend on size and rate alone.
_X264 = (
    "keyint=infinite:min-keyint=1:scenecut=0:open-gop=0:bframes=0:ref=1:weightp=0:"
    "rc-lookahead=0:mbtree=0:sliced-threads=0:stitchable=1:force-cfr=1:aud=0:"
    "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off"
)


def make(source: Path, media_type: str, folder: Path, wanted: str) -> list[dict[str, Any]]:
    """Write one segment, or the head of all of them; `wanted` is a `Segment` as JSON."""
    segment = msgspec.json.decode(wanted, type=Segment)
    rate = Fraction(segment.rate)
    try:
        check_format(segment.width, segment.height, rate)
        if not 0 <= segment.first <= segment.end <= segment.first + MOST_FRAMES:
            raise Refused("no_segment", f"A segment has at most {MOST_FRAMES} frames.")
        if segment.first == segment.end:
            one = msgspec.structs.replace(segment, first=0, end=1, black=True)
            head, _ = _halves(_encoded(_black(one), _silence(one, rate), one, rate))
            facts: dict[str, Any] = {}
            data, media = head, "video/mp4"
        else:
            pictures, sound = _black(segment), _silence(segment, rate)
            if not segment.black:
                pictures = _pictures(source, segment, rate)
                if has_sound(source):
                    sound = _sound(source, segment, rate)
            _, data = _halves(_encoded(pictures, sound, segment, rate))
            facts = {"frames": segment.end - segment.first, "tracks": _tracks(segment, rate)}
            media = "video/iso.segment"
    except BackendError as error:
        raise Refused("unplayable", error.message) from error
    (folder / segment.name).write_bytes(data)
    return [{"name": segment.name, "media_type": media, "facts": facts}]


def timescale(rate: Fraction) -> int:
    """Ticks a second of the picture's track: a frame has a whole number of them."""
    return rate.numerator if rate.numerator >= 10_000 else rate.numerator * 1000


def _tracks(segment: Segment, rate: Fraction) -> dict[str, Any]:
    begin, grid = _grid(segment, rate)
    return {
        "1": {"timescale": timescale(rate), "start": 0},
        "2": {"timescale": RATE, "start": grid.start * _AAC - begin},
    }


def _grid(segment: Segment, rate: Fraction) -> tuple[int, range]:
    """The segment's first sample, and the AAC frames (from the take's first sample on) in it."""
    begin, end = samples_at(segment.first, rate), samples_at(segment.end, rate)
    return begin, range(-(-begin // _AAC), -(-end // _AAC))


def _pictures(source: Path, segment: Segment, rate: Fraction) -> Iterator[Any]:
    width, height = segment.width, segment.height
    own = _house_size(source, rate)
    if own is None:
        yield from conformed(source, segment.end, width, height, rate, segment.first)
        return
    for frame in read_frames(source, rate, segment.first, segment.end - segment.first):
        yield fit(frame, width, height, Fraction(1))


def _house_size(source: Path, rate: Fraction) -> tuple[int, int] | None:
    """The size of a clip in the house format at this rate, in which frames are found by number."""
    try:
        with open_quickly(source) as container:
            if not container.streams.video:
                return None
            context = container.streams.video[0].codec_context
            size = context.width, context.height
    except (FFmpegError, OSError, ValueError):
        return None
    try:
        return size if can_splice(source, *size, rate) else None
    except BackendError:
        return None


def _black(segment: Segment) -> Iterator[Any]:
    for _ in range(segment.first, segment.end):
        frame = av.VideoFrame(segment.width, segment.height, "yuv420p")
        fill_black(frame)
        yield frame


def _sound(source: Path, segment: Segment, rate: Fraction) -> tuple[int, Iterable[Samples]]:
    """The first sample that is encoded, and blocks of them."""
    _, grid = _grid(segment, rate)
    first = max(0, grid.start - _LEAD) * _AAC
    length = (grid.stop + 1) * _AAC - first
    track = Track(path=source, start=0, length=length, skip=first, label="The sound of a take")
    return first, mix([track], length)


def _silence(segment: Segment, rate: Fraction) -> tuple[int, Iterable[Samples]]:
    _, grid = _grid(segment, rate)
    first = max(0, grid.start - _LEAD) * _AAC
    return first, [np.zeros((2, (grid.stop + 1) * _AAC - first), np.float32)]


def _encoded(
    pictures: Iterator[Any],
    sound: tuple[int, Iterable[Samples]],
    segment: Segment,
    rate: Fraction,
) -> bytes:
    written = io.BytesIO()
    options = {
        "movflags": "+frag_custom+empty_moov+default_base_moof+skip_trailer",
        "fflags": "+bitexact",
        "video_track_timescale": str(timescale(rate)),
    }
    with av.open(written, "w", format="mp4", options=options) as container:
        video = _video_stream(container, segment, rate)
        audio: Any = container.add_stream("aac", rate=RATE, layout="stereo")
        audio.bit_rate, audio.time_base = BIT_RATE, Fraction(1, RATE)
        packets: list[Any] = []
        for number, frame in enumerate(pictures):
            frame.pts, frame.time_base, frame.pict_type = number, 1 / rate, 0
            packets += video.encode(frame)
        packets += video.encode(None)
        packets += _kept(audio, sound, segment, rate)
        for packet in packets:
            container.mux(packet)
    return written.getvalue()


def _video_stream(container: Any, segment: Segment, rate: Fraction) -> Any:
    stream = container.add_stream("libx264", rate=rate)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = segment.width, segment.height, "yuv420p"
    context.framerate, context.time_base = rate, 1 / rate
    context.max_b_frames = 0
    context.thread_count = 2
    context.color_range = ColorRange.MPEG
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.options = {"preset": PRESET, "crf": str(CRF), "profile": "high", "x264-params": _X264}
    return stream


def _kept(
    stream: Any, sound: tuple[int, Iterable[Samples]], segment: Segment, rate: Fraction
) -> Iterator[Any]:
    """The AAC frames of the segment; those around them were encoded to lead in and out."""
    _, grid = _grid(segment, rate)
    place, blocks = sound
    packets: list[Any] = []
    for block in blocks:
        packets += stream.encode(audio_frame(block, place))
        place += block.shape[1]
    packets += stream.encode(None)
    for packet in packets:
        if grid.start * _AAC <= packet.pts < grid.stop * _AAC:
            packet.pts = packet.dts = packet.pts - grid.start * _AAC
            packet.duration = _AAC
            yield packet


def _halves(data: bytes) -> tuple[bytes, bytes]:
    """The head of a fragmented file, and its one fragment."""
    place = 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"moof":
            return data[:place], data[place:]
        if size < 8:
            break
        place += size
    raise Refused("unplayable", "The segment could not be written.")
