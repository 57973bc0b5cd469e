"""Puts sound beside the pictures of a house clip, whose packets are copied as they are."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from ..demuxers import open_media
from ..house import open_output
from ..sound.encode import MixedSound
from ..sound.mix import Samples


def add_sound(clip: Path, blocks: Iterable[Samples], output: Path) -> None:
    """Write `output`: the pictures of `clip`, and blocks of 48 kHz stereo. Blocks."""
    sound = MixedSound(blocks)
    with open_media(clip) as source, open_output(output) as container:
        pictures = source.streams.video[0]
        copied = container.add_stream_from_template(pictures)
        sound.open(container)
        for packet in source.demux(pictures):
            if not packet.size or packet.pts is None:
                continue
            until = Fraction(packet.pts) * Fraction(pictures.time_base or 1)
            packet.stream = copied
            container.mux(packet)
            container.mux(sound.packets(until))
        container.mux(sound.packets(None))
