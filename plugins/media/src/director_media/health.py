"""What the doctor hears of pictures and sound: whether encoders and fonts are there and whole."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec

from node_registry import Health

from .encoders import REINSTALL
from .settings import Settings

FONTS = Path(__file__).with_name("fonts")
FONT_SIGNATURES = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
WITHIN = 4.5
EXAMINE = (sys.executable, "-m", "director_media.encoders")
SANDBOX = (sys.executable, "-m", "director_media.sandbox")

# What is installed stays so while this process runs: it need not be asked for twice.
_found: dict[tuple[str, ...], Health] = {}


async def encoders() -> Health:
    """Whether PyAV is there and can write H.264 and AAC."""
    return await _examined(EXAMINE, "PyAV", REINSTALL)


async def sandbox() -> Health:
    """Whether the decoders of files that people bring are locked in on this machine."""
    return await _examined(SANDBOX, "The sandbox of decoders", REINSTALL)


async def _examined(program: tuple[str, ...], what: str, remedy: str) -> Health:
    """What a process of its own finds; asked again only where that is not well."""
    if known := _found.get(program):
        return known
    try:
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        return Health(
            "degraded", f"No process can be started: {error.strerror}.", "Look at ulimit."
        )
    try:
        async with asyncio.timeout(WITHIN):
            printed, _ = await process.communicate()
    except TimeoutError:
        return Health(
            "degraded", f"{what} did not load in time.", "See whether the machine is busy."
        )
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.shield(process.wait())
    try:
        health = msgspec.json.decode(printed, type=Health)
    except ValueError:
        # A library that does not fit the processor ends the process without a word.
        return Health("failed", f"{what} breaks when it is loaded ({process.returncode}).", remedy)
    if health.state == "ok":
        _found[program] = health
    return health


async def fonts() -> Health:
    """Whether the typefaces of subtitles and slates are there and whole."""
    return await asyncio.to_thread(_fonts)


async def voices(settings: Settings) -> Health:
    """Whether something on this machine can speak; the studio works without it."""
    return await asyncio.to_thread(_voices, settings)


def _voices(settings: Settings) -> Health:
    from .voices.engines import HOW_TO_GET_ONE, find_engine, piper_voices

    engine = find_engine(settings)
    if engine is None and piper_voices(settings.piper_voices):
        return Health("degraded", "There are voices of piper, and no piper.", "Install piper.")
    if engine is None:
        return Health("not_configured", "Nothing here can speak a text.", HOW_TO_GET_ONE)
    if engine.kind == "piper":
        return Health("ok", f"piper speaks with {len(engine.voices)} voices.")
    return Health("ok", "espeak-ng speaks.")


def _fonts() -> Health:
    try:
        files = sorted(FONTS.glob("*.[ot]tf"))
        broken = [file.name for file in files if _beginning(file) not in FONT_SIGNATURES]
    except OSError as error:
        return Health("failed", f"The fonts cannot be read: {error.strerror}.", REINSTALL)
    if not files or broken:
        what = f"damaged ({', '.join(broken)})" if broken else "missing"
        return Health("failed", f"The fonts for subtitles are {what}.", REINSTALL)
    return Health("ok", f"{', '.join(file.stem for file in files)}.")


def _beginning(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(4)
