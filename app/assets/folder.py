"""What the folder of an asset holds: its pictures, sounds, weights and texts, by their paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import msgspec

from app import projects
from node_registry import ASSETS, AssetKind, DirectorError, Media

from .model import Content

ENDINGS = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/x-exr": ".exr",
    "image/vnd.radiance": ".hdr", "audio/wav": ".wav", "audio/mpeg": ".mp3", "audio/aac": ".aac",
    "audio/mp4": ".m4a", "application/x-cube-lut": ".cube",
    "application/x-safetensors": ".safetensors",
}  # fmt: skip
# Fields that are one file with a name of its own, and fields that are many.
SINGLE = {
    "face_image": "face", "voice_sample": "voice_sample", "lora": "model", "lut": "lut",
    "depth_map": "depth_map", "hdr_map": "environment_map",
}  # fmt: skip
MANY = {"reference_images": "reference_images", "example_images": "reference_images"}
GROUPS = {"variations": "images", "angles": "image"}
TEXTS = {"description": "description.txt", "keywords": "keywords.txt"}


def files_of(kind: AssetKind, content: Content) -> dict[str, Media | str]:
    """The files of an asset, by their paths in its folder: media, or the text of the file."""
    files: dict[str, Media | str] = {}
    taken: set[str] = set()

    def add(path: str, file: Media | str) -> None:
        if path.casefold() in taken and isinstance(file, Media):
            plain = PurePosixPath(path)
            path = str(plain.with_name(f"{plain.stem}-{file.digest[:8]}{plain.suffix}"))
        if path.casefold() not in taken:
            taken.add(path.casefold())
            files[path] = file

    for field in ASSETS[kind].__struct_fields__:
        value = content.get(field)
        if not value:
            continue
        if field in TEXTS:
            text = value if isinstance(value, str) else "\n".join(value)
            add(TEXTS[field], text.rstrip("\n") + "\n")
        elif field in SINGLE:
            media = msgspec.convert(value, Media)
            add(SINGLE[field] + _ending(media), media)
        elif field in MANY:
            for media in msgspec.convert(value, list[Media]):
                add(f"{MANY[field]}/{_name(media)}", media)
        elif field in GROUPS:
            for folder, media in _grouped(value, GROUPS[field]):
                add(f"{field}/{folder}/{_name(media)}", media)
    return files


def _grouped(groups: list[dict[str, Any]], field: str) -> Iterator[tuple[str, Media]]:
    for number, group in enumerate(groups, 1):
        try:
            folder = projects.asset_folder(group.get("name") or str(number))
        except DirectorError:
            # A name without a letter is no name of a folder.
            folder = str(number)
        found = group.get(field) or []
        for media in found if isinstance(found, list) else [found]:
            yield folder, msgspec.convert(media, Media)


def _name(media: Media) -> str:
    """The file's own name where it can be one, else one of its digest."""
    stem = re.sub(r"[^\w .()+-]", "_", PurePosixPath(media.name).stem).strip(" .")[:80]
    name = f"{stem}{_ending(media)}"
    try:
        return projects.check_name(name) if stem else f"{media.digest[:12]}{_ending(media)}"
    except DirectorError:
        return f"{media.digest[:12]}{_ending(media)}"


def _ending(media: Media) -> str:
    ending = PurePosixPath(media.name).suffix.lower()
    if re.fullmatch(r"\.[a-z0-9]{1,12}", ending):
        return ending
    return ENDINGS.get(media.media_type, ".bin")
