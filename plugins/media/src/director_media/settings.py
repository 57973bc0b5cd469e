"""What an operator may set about voices: `DIRECTOR_PLUGIN_MEDIA__<FIELD>`."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`piper_voices` is a folder with voices of piper (`.onnx` files, each with its `.onnx.json`).

    `piper` and `espeak` are the programs, by name or by their full path. Where there are voices
    and the program, piper speaks, else espeak-ng, else nobody.
    """

    piper_voices: str = ""
    piper: str = "piper"
    espeak: str = "espeak-ng"
