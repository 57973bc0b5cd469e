"""From the bytes of a file to a Script: which format it is, and whether it tells anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from node_registry import DirectorError

from . import decoding, final_draft, fountain, headings, plain
from .model import Element, Script, ScriptFormat
from .settlements import Settlement, Settlements

MOST_PARAGRAPHS = 60_000
MOST_SCENES = 5_000
LONGEST_LINE = 1_000_000
"""Letters of a line: more than a whole screenplay has."""

_STORY = frozenset({"action", "dialogue", "lyrics", "heading", "shot", "centered"})
_WORD = re.compile(r"[^\W\d_]+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FOUNTAIN_SIGNS = re.compile(r"^(?:Title:|Credit:|\.[A-Z]|@[A-Z]|>.*<\s*$|~\S|={3,}\s*$|#+ )", re.M)
_SUFFIXES: dict[str, ScriptFormat] = {
    ".fountain": "fountain",
    ".spmd": "fountain",
    ".fdx": "fdx",
}


def read_script(data: bytes, filename: str = "", settled: Sequence[Settlement] = ()) -> Script:
    """Read a Fountain, Final Draft or plain-text script; the name helps only to tell which.
    `settled` is what people decided of lines that no rule can settle.

    Raises `DirectorError` with `script.empty`, `script.too_short`, `script.binary`,
    `script.too_large`, `script.too_long` or `script.bad_fdx`.
    """
    decoding.check_size(data)
    if _is_xml(data):
        if not data.strip():
            decoding.decode(data)
        elements, title_page = final_draft.read_final_draft(data)
        return _with_title(Script(format="fdx", elements=elements, title_page=title_page), filename)
    text = decoding.decode(data)
    kind = _SUFFIXES.get(PurePosixPath(filename.lower()).suffix) or detect(text)
    if kind == "fdx":
        raise DirectorError(
            "script.bad_fdx",
            "The file is named .fdx but holds no XML.",
            hint="If it is a text, name it .fountain or .txt.",
        )
    _check_lines(text)
    decided = Settlements(settled)
    read = (
        fountain.read_fountain(text, decided)
        if kind == "fountain"
        else plain.read_plain(text, decided)
    )
    lines = len(decoding.split_lines(text))
    return _with_title(
        Script(
            format=kind,
            elements=read.elements,
            title_page=read.title_page,
            line_count=lines,
            doubts=read.doubts,
        ),
        filename,
    )


def detect(text: str) -> ScriptFormat:
    """Fountain or plain text, by the signs that only Fountain has and by its headings."""
    head = text[:65536]
    if _FOUNTAIN_SIGNS.search(head):
        return "fountain"
    lines = [line for line in decoding.split_lines(head) if line.strip()]
    deep = sum(line.startswith((" " * 8, "\t")) for line in lines)
    if deep * 5 > len(lines):
        return "plain"
    for line in lines:
        if line[:1] not in {" ", "\t"} and headings.read_heading(line):
            return "fountain"
    return "plain"


def _is_xml(data: bytes) -> bool:
    head = data[:512]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")
    head = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith((b"<?xml", b"<FinalDraft", b"<!DOCTYPE"))


def _with_title(script: Script, filename: str) -> Script:
    """The script with its title, once it is sure that it tells something, and is one film's."""
    _check_length(script.elements)
    words = 0
    for element in script.elements:
        if element.kind in _STORY:
            words += len(_WORD.findall(element.text[:2000])) + len(
                _CJK.findall(element.text[:2000])
            )
            if words >= 3:
                break
    if not words:
        raise DirectorError(
            "script.empty",
            "The script has no scene, no action and no dialogue.",
            hint="Write at least one sentence that says what is seen.",
        )
    if words < 3 and not _has_scene(script.elements):
        raise DirectorError(
            "script.too_short",
            f"The script has only {words} word{'s' if words > 1 else ''}: too few for a shot.",
            hint='Write at least one sentence, such as "A boat drifts towards the harbour."',
        )
    return Script(
        format=script.format,
        elements=script.elements,
        title_page=script.title_page,
        title=_title(script, filename),
        line_count=script.line_count or max(e.end_line for e in script.elements),
        doubts=script.doubts,
    )


def _check_lines(text: str) -> None:
    """Refuse what no script is like before any rule looks at it."""
    longest = max(map(len, decoding.split_lines(text)))
    if longest > LONGEST_LINE:
        raise DirectorError(
            "script.too_long",
            f"A line of the script has {longest:,} letters; the limit is {LONGEST_LINE:,}.",
            hint="Check that this is the script, with its line ends.",
            fields={"letters": longest},
        )


def _check_length(elements: tuple[Element, ...]) -> None:
    scenes = sum(element.kind == "heading" for element in elements)
    if len(elements) > MOST_PARAGRAPHS or scenes > MOST_SCENES:
        raise DirectorError(
            "script.too_long",
            f"The script has {len(elements):,} paragraphs and {scenes:,} scenes; a project takes "
            f"{MOST_PARAGRAPHS:,} and {MOST_SCENES:,}.",
            hint="Bring each episode into a project of its own.",
            fields={"paragraphs": len(elements), "scenes": scenes},
        )


def _has_scene(elements: tuple[Element, ...]) -> bool:
    kinds = {element.kind for element in elements}
    return "heading" in kinds and len(kinds & {"action", "dialogue", "shot"}) > 0


def _title(script: Script, filename: str) -> str:
    for key, values in script.title_page.items():
        if key.casefold() in {"title", "titel", "titre", "título", "titolo", "tytuł", "название"}:
            joined = " ".join(value.strip("*_ ") for value in values if value.strip("*_ "))
            if joined:
                return joined[:200]
    stem = PurePosixPath(filename.replace("\\", "/")).stem
    return " ".join(re.split(r"[\s_-]+", stem)).strip().title()[:200]
