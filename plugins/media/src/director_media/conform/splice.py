"""Splices house clips into one film by their packets, with sound beside, and decodes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

import av
import msgspec
from av.error import FFmpegError

from node_registry import BackendError

from ..demuxers import open_media
from ..house import GOP, parameter_sets, read_parameter_sets
from ..sound.mix import RATE

# An access unit delimiter. Two key frames in a row may carry the same number; this says that the
# second is a picture of its own.
_DELIMITER = b"\x00\x00\x00\x02\x09\x10"


_STREAMS = 8
"""Streams of a clip that are opened quickly; more than one of pictures and some of sound."""


class Piece(msgspec.Struct, frozen=True):
    """Frames `start` (a GOP's first) up to `end` of a house clip."""

    path: Path
    start: int
    end: int

    @property
    def length(self) -> int:
        """Frames of the film."""
        return self.end - self.start


def splice(
    pieces: Iterable[Piece],
    output: Path,
    width: int,
    height: int,
    rate: Fraction,
    sound: Any = None,
    progress: Callable[[int], None] = lambda frames: None,
) -> int:
    """Write the film and return its frames; every packet's time is its frame number over `rate`.

    `sound`, when given, has `open(container)` and `packets(until)`: encoded sound up to a time
    in seconds, so that both lie interleaved. `progress` is told the frames written, and may raise.
    """
    written = 0
    stream: Any = None
    with _open(output, rate) as film:
        for piece in pieces:
            for template, packet in _packets(piece, width, height, rate):
                if stream is None:
                    stream = film.add_stream_from_template(template)
                    stream.time_base = 1 / rate
                    if sound is not None:
                        sound.open(film)
                packet.stream = stream
                packet.time_base = 1 / rate
                packet.pts = packet.dts = written
                packet.duration = 1
                if sound is not None:
                    film.mux(sound.packets(written / rate))
                film.mux(packet)
                written += 1
            progress(written)
        if stream is None:
            raise BackendError("assembly.empty", "The film has no frames.")
        if sound is not None:
            film.mux(sound.packets(None))
    return written


def _open(output: Path, rate: Fraction) -> Any:
    """The film's container, whose clock has a whole number of ticks for a frame and a sample."""
    return av.open(
        str(output),
        "w",
        format="mp4",
        options={
            "movflags": "+faststart",
            "fflags": "+bitexact",
            "movie_timescale": str(lcm(rate.numerator, RATE)),
        },
    )


def _packets(piece: Piece, width: int, height: int, rate: Fraction) -> Iterator[tuple[Any, Any]]:
    """The packets of a piece with their stream; its first begins a GOP, none may be missing."""
    if piece.start % GOP:
        raise ValueError(f"a piece cannot begin at frame {piece.start}, inside a GOP")
    expected = piece.start
    try:
        with open_quickly(piece.path) as source:
            stream = source.streams.video[0]
            if not _has_headers(stream, width, height, rate):
                raise BackendError(
                    "assembly.headers",
                    "A clip of the film is not in the studio's own format.",
                    hint="Empty the cache and assemble again.",
                )
            time_base = stream.time_base
            assert time_base is not None
            if piece.start:
                source.seek(round(piece.start / rate / time_base), stream=stream, backward=True)
            for packet in source.demux(stream):
                if packet.size == 0 or packet.pts is None:
                    break
                number = round(packet.pts * time_base * rate)
                if number < piece.start:
                    continue
                if number != expected or packet.is_keyframe != (number % GOP == 0):
                    break
                yield stream, _delimited(packet) if number == piece.start else packet
                expected += 1
                if expected == piece.end:
                    return
    except (FFmpegError, OSError, IndexError) as error:
        raise BackendError(
            "media.unreadable",
            "A clip of the film cannot be read.",
            hint="Generate that shot again.",
        ) from error
    raise BackendError(
        "media.short",
        f"A clip of the film ends after frame {expected - 1}, but frame {piece.end - 1} is needed.",
        hint="Generate that shot again, or make it shorter.",
    )


def _delimited(packet: Any) -> Any:
    marked = av.Packet(_DELIMITER + bytes(packet))
    marked.is_keyframe = True
    return marked


def can_splice(path: Path, width: int, height: int, rate: Fraction) -> bool:
    """Whether a clip's pictures can be copied into a film of this format as they are.

    They are in the house format, packet by packet; sound beside them does not matter. A file that
    cannot be read is decoded instead, where what is wrong with it is told.
    """
    try:
        with open_quickly(path) as source:
            if not source.streams.video:
                return False
            stream = source.streams.video[0]
            time_base = stream.time_base
            if time_base is None or not _has_headers(stream, width, height, rate):
                return False
            count = 0
            for packet in source.demux(stream):
                if packet.size == 0:
                    continue
                in_place = packet.pts == packet.dts and packet.pts is not None
                if not in_place or packet.pts * time_base * rate != count:
                    return False
                if packet.is_keyframe != (count % GOP == 0):
                    return False
                count += 1
            return count > 0
    except (FFmpegError, OSError, ValueError):
        return False


def open_quickly(path: Path) -> Any:
    """Open a clip without decoding its first picture, which takes longer than copying it."""
    hurried: Any = [{"skip_frame": "all"}] * _STREAMS
    return open_media(path, stream_options=hurried)


def _has_headers(stream: Any, width: int, height: int, rate: Fraction) -> bool:
    """One film has one set of headers: a clip with others would decode to rubbish."""
    found = read_parameter_sets(stream.codec_context.extradata or b"")
    return stream.codec_context.name == "h264" and found == parameter_sets(width, height, rate)
