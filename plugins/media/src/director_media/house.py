"""The house video format: how the studio encodes every picture that it makes itself.

H.264 in MP4, yuv420p, BT.709 limited range, constant rate, and closed GOPs of exactly 12 frames
from frame 0 on. Nothing in the headers depends on the content, so all clips of one size and rate
share their SPS and PPS byte by byte, and a film is conformed by copying packets. There is never
sound in a house file.
"""

from __future__ import annotations

import contextlib
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from node_registry import BackendError

from .demuxers import open_media

GOP = 12
"""Frames in a group of pictures: the unit that is copied whole."""

PRESET, CRF = "superfast", 19
SMALLEST, LARGEST = 16, 8192

_BT709 = 1

# `stitchable` keeps x264 from tuning its headers to the content. One thread, since the bits of a
# frame depend on the number of threads and equal requests must make equal bytes.
_X264 = (
    f"keyint={GOP}:min-keyint={GOP}:scenecut=0:open-gop=0:bframes=0:ref=1:weightp=0:"
    "rc-lookahead=0:mbtree=0:partitions=none:8x8dct=0:threads=1:lookahead-threads=1:sliced-threads=0:stitchable=1:"
    "force-cfr=1:aud=0:colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off"
)


def check_format(width: int, height: int, rate: Fraction) -> None:
    """Refuse, with a sentence, a size or rate that the format cannot hold."""
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise BackendError(
            "media.size",
            f"A picture of {width} × {height} pixels cannot be made.",
            hint=f"Choose a width and height from {SMALLEST} to {LARGEST}.",
        )
    if width % 2 or height % 2:
        raise BackendError(
            "media.size",
            f"A picture of {width} × {height} pixels cannot be encoded.",
            hint="Choose an even width and height.",
        )
    if not Fraction(1) <= rate <= Fraction(240):
        raise BackendError(
            "media.rate",
            f"{rate} frames a second cannot be made.",
            hint="Choose a rate from 1 to 240, such as 24 or 24000/1001.",
        )


def encoder(container: Any, width: int, height: int, rate: Fraction) -> Any:
    """Add the house's video stream to an output container, ready for frames with pts 0, 1, 2 …

    The codec's time base is one frame: `frame.pts` is the frame's number.
    """
    check_format(width, height, rate)
    stream = container.add_stream("libx264", rate=rate)
    _configure(stream.codec_context, width, height, rate)
    return stream


def _configure(context: Any, width: int, height: int, rate: Fraction) -> None:
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate = rate
    context.time_base = 1 / rate
    context.gop_size = GOP
    context.max_b_frames = 0
    context.thread_count = 1
    context.color_range = ColorRange.MPEG
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.options = {"preset": PRESET, "crf": str(CRF), "x264-params": _X264}


def open_output(path: Path) -> Any:
    """An MP4 container to write, which begins to play before it is loaded whole."""
    return av.open(
        str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
    )


@lru_cache(maxsize=32)
def parameter_sets(width: int, height: int, rate: Fraction) -> tuple[bytes, ...]:
    """The SPS and PPS that every house clip of this size and rate has, without start codes."""
    check_format(width, height, rate)
    context = av.CodecContext.create("libx264", "w")
    _configure(context, width, height, rate)
    context.flags |= 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER: put the headers into extradata.
    context.open()
    return read_parameter_sets(context.extradata or b"")


def read_parameter_sets(extradata: bytes) -> tuple[bytes, ...]:
    """The SPS and PPS in a codec's extradata, written as avcC or with start codes."""
    if extradata[:1] == b"\x01":
        return _read_avcc(extradata)
    units = extradata.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01")
    return tuple(unit for unit in units if unit and unit[0] & 31 in (7, 8))


def _read_avcc(extradata: bytes) -> tuple[bytes, ...]:
    sets: list[bytes] = []
    place = 5
    for mask in (31, 255):
        if place >= len(extradata):
            return ()
        count = extradata[place] & mask
        place += 1
        for _ in range(count):
            size = int.from_bytes(extradata[place : place + 2], "big")
            sets.append(extradata[place + 2 : place + 2 + size])
            place += 2 + size
    return tuple(sets)


def is_house(path: Path, width: int, height: int, rate: Fraction) -> bool:
    """Whether a file is in the house format at this size and rate, packet by packet.

    Its headers must be those of our encoder, its key frames lie at 0, 12, 24 … and its frames
    follow each other without a gap. A file that cannot be read is not in the house format.
    """
    try:
        with open_media(path) as container:
            if len(container.streams) != 1 or len(container.streams.video) != 1:
                return False
            stream = container.streams.video[0]
            context = stream.codec_context
            if (context.name, context.width, context.height) != ("h264", width, height):
                return False
            if context.pix_fmt != "yuv420p" or stream.time_base is None:
                return False
            if read_parameter_sets(context.extradata or b"") != parameter_sets(width, height, rate):
                return False
            return _has_house_groups(container, stream, 1 / rate)
    except (FFmpegError, BackendError, OSError, ValueError):
        return False


def _has_house_groups(container: Any, stream: Any, frame_time: Fraction) -> bool:
    count = 0
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if packet.pts is None or packet.pts != packet.dts:
            return False
        if packet.pts * stream.time_base != count * frame_time:
            return False
        if packet.is_keyframe != (count % GOP == 0):
            return False
        count += 1
    return count > 0


def frames(path: Path) -> int:
    """How many pictures a video file holds; from its index, or else by counting packets."""
    try:
        with open_media(path) as container:
            if not container.streams.video:
                raise BackendError("media.no_video", "The file holds no moving picture.")
            stream = container.streams.video[0]
            if stream.frames:
                return stream.frames
            return sum(1 for packet in container.demux(stream) if packet.size)
    except (FFmpegError, OSError) as error:
        raise BackendError(
            "media.unreadable",
            "The file cannot be read as a video.",
            hint="Export it again as MP4.",
        ) from error


class Writer:
    """Writes one clip in the house format, frame after frame.

        with Writer(path, 1280, 720, Fraction(24)) as clip:
            clip.write(picture)

    When the block raises, or the clip cannot be written to its end, no file is left.
    """

    def __init__(self, path: Path, width: int, height: int, rate: Fraction) -> None:
        check_format(width, height, rate)
        self.path, self.width, self.height, self.rate = Path(path), width, height, Fraction(rate)
        self.frames = 0
        self._container: Any = None
        self._stream: Any = None

    def __enter__(self) -> Writer:
        self._container = open_output(self.path)
        self._stream = encoder(self._container, self.width, self.height, self.rate)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._give_up()
            return
        try:
            self._container.mux(self._stream.encode(None))
            # Here the index is written, without which the file is no video.
            self._container.close()
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        # Why there is no clip is told already; that its end cannot be written follows from it.
        with contextlib.suppress(FFmpegError):
            self._container.close()
        self.path.unlink(missing_ok=True)

    def write(self, rgb: npt.NDArray[np.uint8]) -> None:
        """Append a picture of height × width × 3 bytes, red, green, blue."""
        if rgb.shape != (self.height, self.width, 3) or rgb.dtype != np.uint8:
            raise ValueError(f"expected {self.height}x{self.width}x3 uint8, got {rgb.shape}")
        self.write_frame(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24"))

    def write_frame(self, frame: Any) -> None:
        """Append a frame; its pts is set here, and another format or size is converted."""
        if (frame.format.name, frame.width, frame.height) != (
            "yuv420p",
            self.width,
            self.height,
        ):
            frame = to_house(frame, self.width, self.height)
        frame.pts, frame.time_base = self.frames, 1 / self.rate
        self._container.mux(self._stream.encode(frame))
        self.frames += 1


def to_house(frame: Any, width: int, height: int) -> Any:
    """A frame as yuv420p in BT.709 limited range, scaled to exactly this size."""
    return frame.reformat(
        width=width,
        height=height,
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
        threads=1,  # More are slower for one picture, and two workers share two cores.
    )
