"""The names of folders and files in a project: slugs, scenes, shots, takes, and what is refused."""

from __future__ import annotations

import re
import unicodedata

from node_registry import DirectorError, film

MAX_BYTES = 200
_RESERVED = {
    "con", "prn", "aux", "nul", "conin$", "conout$", "clock$",
    *(f"com{number}" for number in "123456789¹²³"),
    *(f"lpt{number}" for number in "123456789¹²³"),
}  # fmt: skip
_FORBIDDEN = set('<>:"/\\|?*')


def check_name(name: str) -> str:
    """A name that is one file or folder on every system, and hides nothing; or `project.bad_name`.

    Refused: parts of paths, `.` and `..`, names that Windows reserves (`CON`, `nul.txt`), control
    and invisible letters, a dot or a space at the end, and what is longer than 200 bytes.
    """
    why = _fault(name)
    if why:
        raise DirectorError(
            "project.bad_name",
            f"{name[:60]!r} cannot be the name of a file: {why}.",
            hint="Use letters, digits, spaces, '-', '_' and '.'.",
        )
    return name


def slug(title: str) -> str:
    """The folder name for a title: readable, one name on every system, never empty.

    Latin letters lose their accents; other scripts are kept as they are.
    """
    spelled = title.lower().replace("ß", "ss").replace("æ", "ae").replace("ø", "o")
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", spelled)
        if not ("\u0300" <= letter <= "\u036f")
    )
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain).lower().replace("'", ""))
    name = _cut("-".join(words), 80).strip("-") or "project"
    return f"{name}-film" if name in _RESERVED else name


def scene_folder(scene_code: str) -> str:
    """`SCENE_01` of the code `01` (or of `SCENE_01` itself)."""
    return film.scene_name(_code(scene_code, "SCENE"))


def shot_folder(shot_code: str) -> str:
    """`SHOT_010` of the code `010` (or of `SHOT_010` itself)."""
    return film.shot_name(_code(shot_code, "SHOT"))


def render_folder(scene_code: str, shot_code: str) -> str:
    """`03_Renders/SCENE_01/SHOT_010`, relative to the project's folder."""
    return f"03_Renders/{scene_folder(scene_code)}/{shot_folder(shot_code)}"


def shot_stem(shot_code: str) -> str:
    """`SHOT-010`: what the names of a shot's takes begin with."""
    return f"SHOT-{_code(shot_code, 'SHOT')}"


def asset_stem(name: str) -> str:
    """`INA-BERG`: what the names of a generated asset's takes begin with."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).upper())
    return _cut("-".join(words), 120)


def take_name(stem: str, version: int, take: int) -> str:
    """`SHOT-010_v01_take01`, without an ending; numbers past 99 keep all their digits."""
    return check_name(f"{stem}_{_counted(version, take)}")


def take_file_name(shot_code: str, version: int, take: int, ext: str) -> str:
    """`SHOT-010_v01_take01.mp4`; numbers past 99 keep all their digits."""
    return f"{take_name(shot_stem(shot_code), version, take)}.{_extension(ext)}"


def asset_file_name(name: str, version: int, take: int, ext: str) -> str:
    """`INA-BERG_v01_take01.png`: a generated asset's file, named after the asset."""
    return f"{take_name(asset_stem(name), version, take)}.{_extension(ext)}"


def asset_folder(name: str) -> str:
    """`INA_BERG`: the folder of a character, style or location below `Generative_Assets`."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).upper())
    folder = _cut("_".join(words), 120)
    if not folder:
        raise _no_code(name, "asset")
    return check_name(f"{folder}_" if folder.lower() in _RESERVED else folder)


def _fault(name: str) -> str | None:
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "it has letters that are no text"
    if not name.strip():
        return "it is empty"
    if size > MAX_BYTES:
        return f"it is longer than {MAX_BYTES} bytes"
    if name in (".", ".."):
        return "it means another folder"
    if any(letter in _FORBIDDEN for letter in name):
        return "it has a letter that file systems use for themselves"
    if any(unicodedata.category(letter)[0] == "C" for letter in name):
        return "it has letters that cannot be seen"
    if name[-1] in " ." or name[0] == " ":
        return "it begins or ends with a space, or ends with a dot"
    if name.split(".")[0].strip().lower() in _RESERVED:
        return "Windows keeps this name for a device"
    if name.lower() in (".git", "git~1"):
        return "git keeps this name for itself"
    return None


def _code(code: str, kind: str) -> str:
    # "SHOT_010" and "SHOT-010" are the shot 010: the word is used once.
    plain = re.sub(rf"^(?:{kind}[_-])+", "", code, flags=re.IGNORECASE).upper()
    if not re.fullmatch(r"[0-9A-Z]{1,16}", plain, re.ASCII):
        raise _no_code(code, kind.lower())
    return plain


def _no_code(code: str, kind: str) -> DirectorError:
    return DirectorError(
        "project.bad_code",
        f"{code[:40]!r} cannot name a {kind} on the disk.",
        hint="Codes are letters and digits, as 010 or 02A; an asset's name has at least one.",
    )


def _counted(version: int, take: int) -> str:
    if version < 1 or take < 1:
        raise DirectorError(
            "project.bad_take",
            f"There is no version {version}, take {take}.",
            hint="Versions and takes count from 1.",
        )
    return f"v{version:02d}_take{take:02d}"


def _extension(ext: str) -> str:
    plain = ext.removeprefix(".").lower()
    if not re.fullmatch(r"[a-z0-9]{1,12}", plain, re.ASCII):
        raise DirectorError(
            "project.bad_name",
            f"{ext[:20]!r} is no file extension.",
            hint="Use one such as mp4, png or wav.",
        )
    return plain


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore")
