"""The child of the probe: reads one file under limits and prints its facts as a line of JSON."""

from __future__ import annotations

import json
import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..demuxers import open_media
from ..sandbox import lock
from .data import examine_cube, examine_safetensors, is_cube, is_safetensors
from .light import examine_light, light_kind
from .refusal import Refused

HEAD = 4096
_VIDEO_CONTAINERS = {"mov": "mov", "mp4": "mp4", "matroska": "webm", "webm": "webm"}
_WEBM_CODECS = {"vp8", "vp9", "av1", "libdav1d", "libvpx", "opus", "vorbis"}


def main() -> None:
    """Read the file named by the argument; the exit status is 0 whenever there is an answer."""
    _limit()
    path = Path(sys.argv[1])
    lock(read=[path])
    try:
        facts = examine(path)
    except Refused as refusal:
        facts = {"error": refusal.kind, "what": refusal.what}
    except MemoryError:
        facts = {"error": "memory", "what": "The file needs too much memory."}
    sys.stdout.write(json.dumps(facts) + "\n")


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    memory = int(os.environ.get("DIRECTOR_PROBE_MEMORY", 2 << 30))
    seconds = int(os.environ.get("DIRECTOR_PROBE_SECONDS", 20))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # It has nothing to write.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def examine(path: Path) -> dict[str, Any]:
    """The facts of a file by its content; its name is not believed."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if kind := _picture_kind(head):
        return _examine_picture(path, kind)
    if kind := light_kind(head):
        return examine_light(path, kind)
    if is_safetensors(head, path.stat().st_size):
        return examine_safetensors(path)
    if is_cube(head):
        return examine_cube(path)
    return _examine_stream(path, head)


def _picture_kind(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return None


def _examine_picture(path: Path, kind: str) -> dict[str, Any]:
    from node_registry import BackendError

    from ..pictures.stills import load_picture
    from .files import MEDIA_TYPES

    try:
        picture = load_picture(path)
    except BackendError as error:
        raise Refused("damaged", f"{error.message}") from error
    return {
        "media_type": MEDIA_TYPES[kind],
        "width": picture.width,
        "height": picture.height,
        "alpha": picture.mode == "RGBA",
    }


def _examine_stream(path: Path, head: bytes) -> dict[str, Any]:
    from av.error import FFmpegError

    try:
        with open_media(path) as container:
            return _describe(container, head)
    except MemoryError:
        raise
    except (FFmpegError, OSError, ValueError) as error:
        if _looks_known(head):
            raise Refused("damaged", "The file is damaged: it cannot be decoded.") from error
        raise Refused("format", _name_of(head)) from error


def _describe(container: Any, head: bytes) -> dict[str, Any]:
    from .files import MEDIA_TYPES

    kind = _kind_of(container, head)
    videos = [s for s in container.streams.video if s.disposition.value & 0x400 == 0]
    sounds = list(container.streams.audio)
    facts: dict[str, Any] = {"media_type": MEDIA_TYPES[kind]}
    duration = Fraction(container.duration, 1_000_000) if container.duration else None
    if videos and kind in ("mp4", "mov", "webm"):
        facts |= _describe_video(container, videos[0], duration)
    elif not sounds:
        raise Refused("damaged", "The file holds neither a picture nor a sound.")
    elif kind in ("mp4", "mov"):
        facts["media_type"] = MEDIA_TYPES["m4a"]
    elif kind == "webm":
        facts["media_type"] = "audio/webm"
    if sounds:
        facts |= _describe_sound(container, sounds[0], alone="width" not in facts)
        if "width" in facts:
            facts["audio"] = True
    if duration is not None and "duration" not in facts:
        facts["duration"] = round(float(duration), 6)
    return facts


def _kind_of(container: Any, head: bytes) -> str:
    names = container.format.name.split(",")
    if "wav" in names:
        return "wav"
    if "mp3" in names:
        return "mp3"
    if "aac" in names:
        return "aac"
    if "matroska" in names or "webm" in names:
        codecs = {stream.codec_context.name for stream in container.streams if stream.codec_context}
        if not codecs <= _WEBM_CODECS:
            raise Refused("format", "a Matroska file")
        return "webm"
    return "mov" if head[8:12] == b"qt  " else "mp4"


def _describe_video(container: Any, stream: Any, duration: Fraction | None) -> dict[str, Any]:
    frame = next(container.decode(stream), None)
    if frame is None:
        raise Refused("damaged", "The file holds no picture that can be decoded.")
    rate = stream.average_rate or Fraction(24)
    own = stream.duration * stream.time_base if stream.duration else duration
    frames = stream.frames or (int(own * rate + Fraction(1, 2)) if own else 0)
    turned = bool(round(frame.rotation / 90) % 2)
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    return {
        "width": width,
        "height": height,
        "rate": str(rate),
        "frames": frames,
        "duration": round(float(own if own else frames / rate), 6),
        "codec": stream.codec_context.name,
    }


def _describe_sound(container: Any, stream: Any, *, alone: bool) -> dict[str, Any]:
    context = stream.codec_context
    if alone and next(container.decode(stream), None) is None:
        raise Refused("damaged", "The file holds no sound that can be decoded.")
    return {"sample_rate": context.sample_rate, "channels": context.channels}


def _looks_known(head: bytes) -> bool:
    return (
        head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip")
        or head[:4] in (b"RIFF", b"\x1aE\xdf\xa3")
        or head[:3] == b"ID3"
    )


def _name_of(head: bytes) -> str:
    names = {
        b"GIF8": "a GIF picture",
        b"%PDF": "a PDF document",
        b"PK\x03\x04": "a ZIP archive or an office document",
        b"MZ": "a Windows program",
        b"\x7fELF": "a program",
        b"#EXTM3U": "a playlist, which names other files",
        b"ffconcat": "a playlist, which names other files",
        b"[playlist]": "a playlist, which names other files",
        b"\x1f\x8b": "a compressed file",
        b"7z\xbc\xaf": "a 7-Zip archive",
        b"Rar!": "a RAR archive",
        b"OggS": "an Ogg file",
        b"fLaC": "a FLAC file",
        b"II*\x00": "a TIFF picture",
        b"MM\x00*": "a TIFF picture",
        b"8BPS": "a Photoshop document",
    }
    for start, name in names.items():
        if head.startswith(start):
            return name
    text = head.decode("utf-8", "ignore")
    if "\0" in text or len(text.encode()) < len(head) - 3:
        return "of a kind that nobody here knows"
    # What comes before the drawing itself: a declaration, a document type, comments.
    return "an SVG drawing, which may hold a program" if "<svg" in text.lower() else "a text"


if __name__ == "__main__":
    main()
