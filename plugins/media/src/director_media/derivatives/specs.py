"""The derivatives of this plugin as the studio knows them. Nothing heavy is imported here."""

from __future__ import annotations

from functools import partial

from node_registry import DerivativeKind, DerivativeSpec, SegmentSpec

from .making import make, make_segment

_SERVED: dict[DerivativeKind, tuple[str, ...]] = {
    "thumbnail": ("image/*", "video/*"),
    "filmstrip": ("video/*",),
    "proxy": ("video/*", "audio/*"),
    "waveform": ("video/*", "audio/*"),
}

SPECS = tuple(
    DerivativeSpec(
        name=f"media.{kind}",
        kind=kind,
        version="1",
        media_types=media_types,
        make=partial(make, kind),
    )
    for kind, media_types in _SERVED.items()
)

SEGMENTS = SegmentSpec(
    name="media.segment", version="1", media_types=("video/*", "image/*"), make=make_segment
)
