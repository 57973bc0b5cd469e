"""Fountain: the grammar of https://fountain.io/syntax, read line by line in one pass."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from . import cues, headings
from .lexicon import word_set
from .markup import Line, trim, visible, visible_lines
from .model import Doubt, Element, ElementKind, Marks
from .settlements import Settlements
from .transitions import is_written_alone

_TITLE_KEY = re.compile(r"(?P<key>[^\W\d_][^:\n]{0,39}?)\s*:(?:\s+(?P<value>\S.*)|\s*)$")
_KNOWN_KEYS = word_set(
    "title credit author authors source notes draft_date date contact copyright revision format "
    "font language subtitle episode writer writers director titel untertitel autor autorin "
    "drehbuch buch fassung datum titre auteur scénario título autora guion guión roteiro titolo "
    "autore sceneggiatura tytuł название автор"
)
_SCENE_NUMBER = re.compile(r"\s*#([\w.\-]{1,20})#\s*$")
_PAGE_BREAK = re.compile(r"={3,}\s*$")
# Possessive, so that a text full of open brackets costs no more than any other.
_ASIDE = re.compile(r"[(（](?:[^()（）]++|[(（][^()（）]*+[)）])*+[)）]")
_ASIDE_LINES, _ASIDE_LENGTH = 8, 1000
_TRANSITION = re.compile(
    r"(?:[^a-zà-ÿ]{0,60}\bTO:"
    r"|(?:FADE|CUT|DISSOLVE|IRIS|SMASH CUT|MATCH CUT|JUMP CUT)(?: [A-Z ]+)?[:.]"
    r"|(?:ÜBER|AUF|AB|SCHWARZ|WEISS)BLENDE(?: [A-ZÄÖÜ ]+)?[:.]?|SCHNITT(?: [A-ZÄÖÜ ]+)?[:.]"
    r"|BLENDE[ A-ZÄÖÜ]*[:.]|FONDU[ A-ZÀÉÈ]*[:.]?|COUPE[ A-ZÀÉÈ]*[:.]|CORTE A:|CORTA A:"
    r"|FUNDIDO[ A-ZÁÉ]*[:.]|DISSOLVENZA[ A-Z]*[:.]?|STACCO[ A-Z]*[:.]|ЗТМ\.?|ИЗ ЗТМ\.?)$"
)


class _Aside(NamedTuple):
    """A parenthetical, the index of the line where it ends, and what is spoken behind it there."""

    text: str
    last: int
    words: str


class TextScript(NamedTuple):
    """What a text holds: its elements in order, its title page, and lines that could be read
    otherwise."""

    elements: tuple[Element, ...]
    title_page: dict[str, list[str]]
    doubts: tuple[Doubt, ...] = ()


def read_fountain(text: str, settled: Settlements | None = None) -> TextScript:
    """What a Fountain text holds. `settled` is what people decided of lines in doubt."""
    lines, hidden = visible_lines(text)
    title_page, start = read_title_page(lines)
    body = Body(lines, start, settled=settled)
    elements = body.read()
    if hidden:
        elements = sorted([*elements, *hidden], key=lambda element: element.line)
    return TextScript(tuple(elements), title_page, tuple(body.doubts))


def read_title_page(lines: list[Line]) -> tuple[dict[str, list[str]], int]:
    """The title page at the top, and the index of the first line after it."""
    start = 0
    while start < len(lines) and not trim(lines[start].text):
        start += 1
    found: dict[str, list[str]] = {}
    key = ""
    for index in range(start, len(lines)):
        text = visible(lines[index].text)
        if not text.strip():
            if lines[index].hidden:
                continue
            break
        match = None if text[0] in " \t" else _TITLE_KEY.match(text)
        if match:
            key = match["key"].strip()
            if not found and not _begins_title_page(lines, index, key):
                return {}, 0
            found.setdefault(key, [])
            if match["value"]:
                found[key].append(match["value"].strip())
        elif key and text[0] in " \t":
            found[key].append(text.strip())
        else:
            return {}, 0
    else:
        index = len(lines)
    if not any(found.values()):
        return {}, 0
    return found, index


def _begins_title_page(lines: list[Line], index: int, key: str) -> bool:
    if key.casefold().replace(" ", "_") in _KNOWN_KEYS:
        return True
    if headings.read_heading(lines[index].text) or _TRANSITION.match(lines[index].text.strip()):
        return False
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    match = _TITLE_KEY.match(following) if following[:1] not in {" ", "\t", ""} else None
    return bool(match and match["key"].casefold().replace(" ", "_") in _KNOWN_KEYS)


class Body:
    """Reads the lines after the title page. With `lenient`, forgives what plain text forgets."""

    def __init__(
        self,
        lines: list[Line],
        start: int = 0,
        *,
        lenient: bool = False,
        settled: Settlements | None = None,
    ) -> None:
        self.lines = [line for line in lines[start:] if not line.hidden]
        # What is seen of each line decides what it is; its element has the line as it stands.
        self.seen = [visible(line.text) for line in self.lines]
        self.lenient = lenient
        self.elements: list[Element] = []
        self.at = 0
        self.doubts: list[Doubt] = []
        self._settled = settled or Settlements()
        self._spoken: Counter[str] | None = None

    def read(self) -> list[Element]:
        """All elements from here to the end."""
        lines = self.lines
        while self.at < len(lines):
            if self.seen[self.at].strip():
                self._paragraph()
            else:
                self.at += 1
        return self.elements

    def _blank(self, index: int) -> bool:
        return not 0 <= index < len(self.seen) or not self.seen[index].strip()

    def _add(
        self, kind: ElementKind, text: str, first: int, last: int | None = None, **more: object
    ) -> None:
        end = self.lines[first if last is None else last].end
        line = self.lines[first].number
        self.elements.append(Element(kind=kind, text=text, line=line, end_line=end, **more))  # type: ignore[arg-type]

    def _paragraph(self) -> None:
        index = self.at
        stripped = self.seen[index].strip()
        if stripped[0] == "!":
            self._action(index)
        elif self._marked(index, stripped) or self._heading(index, stripped):
            self.at = index + 1
        elif not self._speech(index, self.seen[index], stripped):
            self._action(index)

    def _marked(self, index: int, text: str) -> bool:
        """Lines whose first sign says what they are."""
        first = text[0]
        if first == "=":
            if _PAGE_BREAK.match(text):
                self._add("page_break", text, index)
            else:
                self._add("synopsis", self._written(index)[1:].strip(), index)
        elif first == "#" and not self.seen[index].startswith(" "):
            depth = len(text) - len(text.lstrip("#"))
            self._add("section", self._written(index)[depth:].strip(), index, depth=depth)
        elif first == ">":
            if text.endswith("<"):
                self._add("centered", self._written(index)[1:-1].strip(), index)
            else:
                self._add("transition", self._written(index)[1:].strip(), index)
        elif first == "~":
            self._add("lyrics", self._written(index)[1:].strip(), index)
        elif self._is_transition(index, text):
            self._add("transition", self._written(index), index)
        else:
            return False
        return True

    def _is_transition(self, index: int, text: str) -> bool:
        if not self._blank(index - 1):
            return False
        if not (_TRANSITION.match(text) or is_written_alone(text)):
            return False
        # A writer may forget the empty line before the heading that it leads to.
        return self._blank(index + 1) or (
            is_written_alone(text) and headings.read_heading(self.seen[index + 1]) is not None
        )

    def _written(self, index: int) -> str:
        """A line as it stands, from the first to the last of its letters that are seen."""
        return trim(self.lines[index].text)

    def _heading(self, index: int, text: str) -> bool:
        forced = text[0] == "." and len(text) > 1 and (text[1].isalnum() or text[1] in "([\"'")
        number = ""
        words = text[1:] if forced else text
        if words.endswith("#") and (match := _SCENE_NUMBER.search(words)):
            number, words = match[1], words[: match.start()]
        if not forced:
            # A line in capitals is a heading also where its writer forgot the empty lines.
            alone = self._blank(index - 1) and (self._blank(index + 1) or words.isupper())
            if not alone and not words.isupper():
                return False
            found = headings.read_heading(words)
            if found is None and self._omits(index, words, numbered=bool(number)):
                found = headings.read_forced(words)
            if found is None:
                return False
        else:
            found = headings.read_forced(words)
        number = number or found.number
        # What stands as written is kept so, emphasis and all, where nothing is at its margins.
        text = found.text if found.number or found.revised else words.strip()
        if not number and text != self._written(index):
            written = self._written(index)[1:] if forced else self._written(index)
            text = written.strip() if visible(written).strip() == text else text
        marks = Marks(revisions=("*",)) if found.revised else None
        self._add("heading", text, index, number=number, omitted=found.omitted, marks=marks)
        return True

    def _omits(self, index: int, words: str, *, numbered: bool) -> bool:
        """Whether a line says that a scene was taken out, and nothing else could be meant."""
        if not headings.is_omitted(words):
            return False
        return numbered or (self._blank(index - 1) and self._blank(index + 1))

    def _speech(self, index: int, text: str, cue: str) -> bool:
        forced = cue[0] == "@" and len(cue) > 1
        if not self._blank(index - 1) and not (forced or self.lenient):
            return False
        if self._blank(index + 1) or (text.endswith("  ") and not forced):
            return False
        if not forced:
            following = self.seen[index + 1].strip()
            if following[0] == "!":
                return False
            judged = cues.judge(cue, following, self._times_spoken)
            is_cue = self._settle(index, cue, judged.is_cue) if judged.doubtful else judged.is_cue
            if not is_cue:
                return False
        dual = cue.endswith("^")
        written = self._written(index)
        name = (written[1:] if forced else written).rstrip("^").strip()
        self._add("character", name, index, dual=dual)
        self.at = index + 1
        self._speech_lines()
        return True

    def _settle(self, index: int, cue: str, is_cue: bool) -> bool:
        """Whether a line in doubt is a cue: as a person decided, else as the rules have it."""
        before = next(
            (seen for at in range(index - 1, -1, -1) if (seen := self.seen[at].strip())), ""
        )
        after = self.seen[index + 1].strip()
        decided = self._settled.find(cue, before, after)
        is_cue = is_cue if decided is None else decided == "cue"
        taken, other = ("cue", "action") if is_cue else ("action", "cue")
        self.doubts.append(
            Doubt(
                line=self.lines[index].number,
                text=cue[:200],
                taken=taken,
                other=other,
                before=before[:200],
                after=after[:200],
                settled=decided is not None,
            )
        )
        return is_cue

    def _times_spoken(self, name: str) -> int:
        """How often a name stands alone above another line."""
        if self._spoken is None:
            self._spoken = Counter(
                cues.key_of(self.seen[at])
                for at in range(len(self.seen) - 1)
                if self.seen[at].isupper()
                and (self.lenient or self._blank(at - 1))
                and not self._blank(at + 1)
            )
        return self._spoken[name]

    def _speech_lines(self) -> None:
        lines = self.lines
        spoken: list[tuple[int, str]] = []

        def flush() -> None:
            if spoken:
                words = "\n".join(words for _, words in spoken)
                self._add("dialogue", words, spoken[0][0], spoken[-1][0])
                spoken.clear()

        while self.at < len(lines):
            text = self.seen[self.at]
            stripped = text.strip()
            if not stripped:
                # Two spaces on an otherwise empty line let a speech go on.
                if text.startswith("  ") and not self._blank(self.at + 1):
                    spoken.append((self.at, ""))
                    self.at += 1
                    continue
                break
            if stripped[0] in "(（" and (aside := self._aside(self.at)):
                flush()
                self._add("parenthetical", aside.text, self.at, aside.last)
                self.at = aside.last
                if aside.words:
                    spoken.append((self.at, aside.words))
            elif stripped[0] == "~":
                flush()
                self._add("lyrics", self._written(self.at)[1:].strip(), self.at)
            elif stripped[0] == "=" and _PAGE_BREAK.match(stripped):
                break
            else:
                spoken.append((self.at, lines[self.at].text.strip()))
            self.at += 1
        flush()

    def _aside(self, first: int) -> _Aside | None:
        """What stands in brackets from this line on, and the words that follow in its last line.

        None where the bracket is not closed soon, or holds no letters: then it is spoken.
        """
        written = ""
        for at in range(first, min(first + _ASIDE_LINES, len(self.lines))):
            if self._blank(at) or len(written) > _ASIDE_LENGTH:
                break
            text = self._written(at)
            written = f"{written}\n{text}" if written else text
            if (")" in text or "）" in text) and (found := _ASIDE.match(written)):
                inside = found[0]
                if not any(map(str.isalpha, inside)):
                    break
                return _Aside(inside, at, written[len(inside) :].strip())
        return None

    def _action(self, index: int) -> None:
        first = index
        words = [self._action_line(index)]
        index += 1
        while not self._blank(index):
            stripped = self.seen[index].strip()
            if stripped[0] in "#>~" or (stripped[0] == "=" and len(stripped) > 1):
                break
            if stripped.isupper() and headings.read_heading(stripped):
                break
            words.append(self._action_line(index))
            index += 1
        self._add("action", "\n".join(words).rstrip(), first, index - 1)
        self.at = index

    def _action_line(self, index: int) -> str:
        if self.seen[index].lstrip().startswith("!"):
            return self.lines[index].text.split("!", 1)[1]
        return self.lines[index].text
