"""Plain text: screenplays without a format's marks, stage plays and prose."""

from __future__ import annotations

import re

from . import cues, fountain, headings
from .markup import Line, visible, visible_lines
from .model import Element
from .settlements import Settlements

_INLINE = re.compile(
    r"(?P<name>[^\W\d_a-zß-ÿ][^:：.!?\n]{0,38}?)\s*(?P<aside>\([^()]{1,60}\))?\s*[:：]\s*(?P<words>\S.*)"
)
_FURNITURE = re.compile(
    r"(?:\(?(?:MORE|CONTINUED|CONT'D|FORTSETZUNG)\)?:?|(?:PAGE\s*)?\d{1,4}\.|-\s*\d{1,4}\s*-)", re.I
)
_INDENT = re.compile(r"[ \t]*")


def read_plain(text: str, settled: Settlements | None = None) -> fountain.TextScript:
    """What a plain text holds, with its title page if it has one. `settled` is what people decided
    of lines in doubt."""
    lines, hidden = visible_lines(text.replace("\f", ""))
    title_page, start = fountain.read_title_page(lines)
    lines = _without_furniture(lines[start:])
    deep = _cue_indent(lines)
    reader = _PlainBody(lines, deep, settled)
    elements = reader.read()
    if not any(element.kind == "heading" for element in elements):
        elements = _with_markers(elements)
    if hidden:
        elements = sorted([*elements, *hidden], key=lambda element: element.line)
    return fountain.TextScript(tuple(elements), title_page, tuple(reader.doubts))


def _without_furniture(lines: list[Line]) -> list[Line]:
    """The lines without page numbers and (CONTINUED), which belong to the paper."""
    return [
        line for line in lines if len(line.text) > 60 or not _FURNITURE.fullmatch(line.text.strip())
    ]


def _cue_indent(lines: list[Line]) -> int:
    """From which column a line in capitals is a cue, in a text laid out with spaces; or 0."""
    columns: dict[int, int] = {}
    for line in lines:
        if visible(line.text).strip():
            column = _column(line.text)
            columns[column] = columns.get(column, 0) + 1
    total = sum(columns.values())
    if total < 5 or sum(n for column, n in columns.items() if column >= 8) * 5 < total:
        return 0
    deep = [
        _column(line.text)
        for line in lines
        if _column(line.text) >= 12 and cues.looks_like_cue(line.text.strip())
    ]
    return min(deep) if deep else 0


def _column(text: str) -> int:
    return len(_INDENT.match(text[:200]).group().expandtabs(8))  # type: ignore[union-attr]


class _PlainBody(fountain.Body):
    """Fountain's grammar, and besides it `NAME: words` and cues known by their indent."""

    def __init__(self, lines: list[Line], deep: int, settled: Settlements | None = None) -> None:
        super().__init__(lines, lenient=True, settled=settled)
        self.deep = deep

    def _marked(self, index: int, text: str) -> bool:
        if text[0] in "=#~" and not text.startswith("==="):
            return False
        return super()._marked(index, text)

    def _speech(self, index: int, text: str, cue: str) -> bool:
        if self._inline(index, cue):
            return True
        if self.deep:
            if _column(text) < self.deep:
                return False
        elif not self._blank(index - 1):
            return False
        return super()._speech(index, text.rstrip(), cue)

    def _inline(self, index: int, text: str) -> bool:
        match = _INLINE.match(text)
        if not match or len(match["name"].split()) > 4:
            return False
        name = match["name"].strip()
        if not (name.isupper() or (self._titled(name) and self._often(name))):
            return False
        aside = (match["aside"] or "").strip()
        self._add("character", name, index)
        if aside:
            self._add("parenthetical", aside, index)
        last = index
        words = [match["words"].strip()]
        while not self._blank(last + 1) and not self._begins(last + 1):
            last += 1
            words.append(self.lines[last].text.strip())
        self._add("dialogue", "\n".join(words), index, last)
        self.at = last + 1
        return True

    def _begins(self, index: int) -> bool:
        text = self.seen[index].strip()
        return bool(_INLINE.match(text)) or headings.read_heading(text) is not None

    def _titled(self, name: str) -> bool:
        return all(word[0].isupper() or not word[0].isalpha() for word in name.split())

    def _often(self, name: str) -> bool:
        """A name in small letters must speak at least twice: "Note: ..." alone is no speech."""
        if not hasattr(self, "_starts"):
            self._starts: dict[str, int] = {}
            for line in self.lines:
                match = _INLINE.match(line.text.strip())
                if match:
                    key = match["name"].strip()
                    self._starts[key] = self._starts.get(key, 0) + 1
        return self._starts.get(name, 0) >= 2


def _with_markers(elements: list[Element]) -> list[Element]:
    """The same elements with "Scene 2" or "SZENE 3" as headings, where there are no others."""
    found: list[Element] = []
    for element in elements:
        if element.kind in {"action", "section"}:
            first, _, rest = element.text.partition("\n")
            marker = headings.read_marker(first)
            if marker:
                found.append(
                    Element(
                        kind="heading",
                        text=first.strip(),
                        line=element.line,
                        end_line=element.line,
                        number=marker.number,
                    )
                )
                if rest.strip():
                    found.append(
                        Element(
                            kind="action",
                            text=rest,
                            line=element.line + 1,
                            end_line=element.end_line,
                        )
                    )
                continue
        found.append(element)
    return found
