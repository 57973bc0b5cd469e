"""The engines that speak: espeak-ng as a distribution packages it, and piper with its voices.

Both are programs of the machine. Text goes to them through a pipe, never as an argument.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from node_registry import BackendError

from ..settings import Settings

HOW_TO_GET_ONE = (
    "Install espeak-ng (on Debian and Ubuntu: apt install espeak-ng), or put voices of piper into "
    "a folder and name it in DIRECTOR_PLUGIN_MEDIA__PIPER_VOICES."
)
LONGEST = 5000
WITHIN = 120.0
_ESPEAK_VOICE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,12}){0,3}(\+[A-Za-z0-9]{1,20})?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,12}){0,3}")

Check = Callable[[], None]


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody sounds: `name` is the engine's voice; `pitch` and `speed` are 1 where usual."""

    name: str
    pitch: float = 1.0
    speed: float = 1.0


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """A program that speaks. `voices` are those of piper, by name; `digest` stands for all of it:
    another program or other voices make other bytes."""

    kind: Literal["espeak-ng", "piper"]
    program: str
    voices: dict[str, str] = {}
    digest: str = ""

    def has(self, voice: str) -> bool:
        """Whether a voice may be asked for by this name."""
        if self.kind == "piper":
            return voice in self.voices
        return bool(_ESPEAK_VOICE.fullmatch(voice))

    def speak(self, text: str, voice: Voice, path: Path, check: Check) -> None:
        """Write what is said as a WAV. Blocks; `check` is called meanwhile and raises to stop.

        Raises `voice.failed`.
        """
        if len(text) > LONGEST:
            raise BackendError(
                "voice.too_long",
                f"A text of {len(text)} letters is too long to be spoken at once.",
                hint=f"Part it: at most {LONGEST} letters.",
            )
        # In brackets like these espeak-ng takes sounds in place of words.
        spoken = " ".join(text.replace("[[", "[").split())
        if self.kind == "piper":
            command = [self.program, "--model", self.voices[voice.name], "--output_file", str(path)]
            command += ["--length_scale", f"{1 / voice.speed:.2f}"]
        else:
            command = [self.program, "-v", voice.name, "-w", str(path), "--stdin"]
            command += ["-p", str(_pitch(voice.pitch)), "-s", str(round(165 * voice.speed))]
        _run(command, spoken, check)
        if not path.is_file() or path.stat().st_size <= 44:
            raise _failed("it wrote no sound")


def find_engine(settings: Settings) -> Engine | None:
    """The engine that speaks on this machine: piper where it has voices, else espeak-ng."""
    voices = piper_voices(settings.piper_voices)
    piper = shutil.which(settings.piper) if voices else None
    if piper:
        return Engine(
            kind="piper", program=piper, voices=voices, digest=_digest(piper, *voices.values())
        )
    espeak = shutil.which(settings.espeak)
    if espeak:
        return Engine(kind="espeak-ng", program=espeak, digest=_digest(espeak))
    return None


def piper_voices(folder: str) -> dict[str, str]:
    """The voices of a folder, by name; those that lack their description are left out."""
    if not folder:
        return {}
    try:
        found = sorted(Path(folder).glob("*.onnx"))
    except OSError:
        return {}
    return {path.stem: str(path) for path in found if Path(f"{path}.json").is_file()}


def language_of(written: str) -> str:
    """A language as engines write it (`en`, `pt-br`); "" for what is none."""
    plain = written.strip().lower().replace("_", "-")
    return plain if _LANGUAGE.fullmatch(plain) else ""


def no_engine() -> BackendError:
    """The error of a machine on which nothing speaks."""
    return BackendError(
        "voice.no_engine", "Nothing on this machine can speak a text.", hint=HOW_TO_GET_ONE
    )


def _pitch(pitch: float) -> int:
    return max(0, min(99, round(50 * pitch)))


def _run(command: list[str], text: str, check: Check) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
        )
    except OSError as error:
        raise _failed(error.strerror or "it cannot be started") from error
    deadline = time.monotonic() + WITHIN
    given: bytes | None = text.encode()
    try:
        while True:
            try:
                _, told = process.communicate(given, timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                given = None
                check()
                if time.monotonic() > deadline:
                    raise _failed(f"it was silent for {WITHIN:.0f} s") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode != 0:
        from node_registry.server_text import plain

        raise _failed(plain(told.decode(errors="replace"), 200) or f"code {process.returncode}")


def _failed(why: str) -> BackendError:
    return BackendError(
        "voice.failed",
        f"The voice engine could not speak: {why.rstrip('.')}.",
        hint="Choose another voice on the character, or `director doctor` says what is there.",
    )


def _digest(*files: str) -> str:
    """What stands for programs and voices: their names, sizes and times of change."""
    told: list[str] = []
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:
            continue
        told.append(f"{Path(file).name}:{stat.st_size}:{stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
