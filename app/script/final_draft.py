"""Final Draft (FDX): paragraphs of an XML file that may come from anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from node_registry import DirectorError

from . import headings
from .model import Element, ElementKind, Marks
from .transitions import is_written_alone

_KINDS: dict[str, ElementKind] = {
    "": "action",
    "scene heading": "heading",
    "action": "action",
    "general": "action",
    "character": "character",
    "parenthetical": "parenthetical",
    "dialogue": "dialogue",
    "singing": "lyrics",
    "lyrics": "lyrics",
    "transition": "transition",
    "shot": "shot",
    "new act": "section",
    "end of act": "section",
    "act break": "section",
    "cold opening": "section",
    "cold open": "section",
    "teaser": "section",
    "tag": "section",
    "sequence": "section",
}
# Their paragraphs are remarks on the one that they stand in.
_REMARKS: dict[str, ElementKind] = {"ScriptNote": "note", "Summary": "synopsis"}
# These hold paragraphs or texts that are neither story nor remark.
_ASIDE = frozenset({"SceneArcBeats", "HeaderAndFooter", "DynamicLabel", "Alts"})
_CREDIT = re.compile(
    r"(?:(?:original |screen|tele)?(?:play|story|script)s? |written |adapted |created |a film )*"
    r"(?:by|von|par|de|di|da|por|door|av|af)\b.*|based (?:on|upon)\b.*|drehbuch\b.*|scénario\b.*|"
    r"guion\b.*|sceneggiatura\b.*",
    re.IGNORECASE,
)
_MAX_DEPTH = 200


def read_final_draft(data: bytes) -> tuple[tuple[Element, ...], dict[str, list[str]]]:
    """The elements of an FDX file, in order, and its title page; hostile XML is refused.

    Only paragraphs of the story are story: notes, outlines, lists and types that are not known
    come as notes, `style` telling the type, and what an omitted scene held as `boneyard`.
    """
    reader = _Reader()
    parser = DefusedXMLParser(target=reader)
    reader.line_of = lambda: parser.parser.CurrentLineNumber
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException:
        raise _bad(
            "The Final Draft file declares XML entities, which no script needs and which can "
            "fill a machine's memory"
        ) from None
    except ParseError as error:
        line, column = error.position
        raise _bad(f"The Final Draft file breaks at line {line}, column {column + 1}") from None
    except (LookupError, ValueError):
        raise _bad("The Final Draft file names a text encoding that does not fit it") from None
    if not reader.root.startswith("FinalDraft"):
        raise _bad(f"The file is XML, but its outermost element is <{reader.root[:40]}>")
    return tuple(reader.story()), reader.title_page()


def _bad(what: str) -> DirectorError:
    return DirectorError(
        "script.bad_fdx",
        f"{what}.",
        hint="Open it in Final Draft and save it again as .fdx, or export it as Fountain.",
    )


class _Paragraph(msgspec.Struct):
    """A paragraph that is open, with what was read of it so far."""

    type: str
    number: str
    line: int
    remark: ElementKind | None
    words: list[str] = []
    color: str = ""
    revisions: list[str] = []
    tags: list[str] = []
    # The speeches of a DualDialogue that is open in it; -1 outside of one.
    speeches: int = -1
    omitted: list[Element] | None = None
    remarks: list[Element] = []


class _Reader:
    """Collects paragraphs while the parser walks; keeps no tree."""

    def __init__(self) -> None:
        self.root = ""
        self.line_of: Callable[[], int] = int
        self._elements: list[Element] = []
        self._title_lines: list[str] = []
        self._revisions: dict[str, str] = {}
        self._tags = _Tags()
        self._path: list[str] = []
        self._open: list[_Paragraph] = []
        self._aside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._path:
            self.root = tag
        self._path.append(tag)
        if len(self._path) > _MAX_DEPTH:
            raise _bad(f"The Final Draft file nests more than {_MAX_DEPTH} elements")
        if tag in _ASIDE:
            self._aside += 1
        if self._aside:
            return
        holder = self._open[-1] if self._open else None
        if tag == "Paragraph":
            if holder is not None and holder.omitted is None:
                self._flush(holder)
            self._open.append(
                _Paragraph(
                    attributes.get("Type", ""),
                    attributes.get("Number", ""),
                    self.line_of(),
                    next((_REMARKS[one] for one in reversed(self._path) if one in _REMARKS), None),
                )
            )
        elif tag == "DualDialogue" and holder is not None:
            self._flush(holder)
            holder.speeches = 0
        elif tag == "OmittedScene" and holder is not None:
            holder.omitted = []
        elif tag == "SceneProperties" and holder is not None:
            holder.color = _color(attributes.get("Color", ""))
        elif tag == "Text" and holder is not None:
            if revision := attributes.get("RevisionID", ""):
                holder.revisions.append(revision)
            holder.tags.extend(attributes.get("TagNumber", "").replace(",", " ").split())
        elif tag == "Revision":
            self._revisions[attributes.get("ID", "")] = attributes.get("Name", "")
        else:
            self._tags.start(tag, attributes)

    def data(self, data: str) -> None:
        if self._aside:
            return
        if self._path[-1] == "Text" and self._open:
            self._open[-1].words.append(data)
        elif self._path[-1] == "DefId":
            self._tags.refer(data)

    def end(self, tag: str) -> None:
        self._path.pop()
        if tag in _ASIDE:
            self._aside -= 1
        elif self._aside or not self._open:
            return
        elif tag == "DualDialogue":
            self._open[-1].speeches = -1
        elif tag == "Paragraph":
            ended = self._open.pop()
            self._flush(ended)
            self._keep(ended.remarks)

    def close(self) -> None:
        return None

    def story(self) -> list[Element]:
        """All elements, with revisions and tags by their names, which stand behind the story."""
        return [
            msgspec.structs.replace(element, marks=self._named(element.marks))
            if element.marks is not None
            else element
            for element in self._elements
        ]

    def _named(self, marks: Marks) -> Marks:
        return Marks(
            color=marks.color,
            revisions=tuple(dict.fromkeys(self._revisions.get(r) or r for r in marks.revisions)),
            tags=tuple(dict.fromkeys(filter(None, map(self._tags.name, marks.tags)))),
        )

    def title_page(self) -> dict[str, list[str]]:
        """The title, and below it who wrote it, as far as a page without names can tell."""
        lines = self._title_lines
        first = next((at for at, line in enumerate(lines) if line), len(lines))
        end = first + 1
        # A title in capitals may go on in the next line.
        while end < len(lines) and lines[end].isupper() and lines[first].isupper():
            if _CREDIT.fullmatch(lines[end]):
                break
            end += 1
        rest = [line for line in lines[end:] if line]
        found = {"Title": lines[first:end]}
        if rest and _CREDIT.fullmatch(rest[0]):
            found["Credit"], rest = rest[:1], rest[1:]
            if rest:
                found["Author"], rest = rest[:1], rest[1:]
        found["Notes"] = rest
        return found if found["Title"] else {}

    def _flush(self, paragraph: _Paragraph) -> None:
        """Take what was read of a paragraph so far: all of it, or what stands before another."""
        text = "".join(paragraph.words).strip()
        paragraph.words = []
        if self._path[1:3] == ["TitlePage", "Content"]:
            self._title_lines.append(text)
        if self._path[1:2] != ["Content"] or not (text or paragraph.omitted is not None):
            return
        if paragraph.remark is not None:
            self._remark(paragraph.remark, paragraph, text)
            return
        inside = next((one for one in reversed(self._open) if one.omitted is not None), None)
        element = self._element(paragraph, text)
        if inside is not None and inside.omitted is not None and inside is not paragraph:
            inside.omitted.append(element)
            return
        self._keep([element])
        if paragraph.omitted:
            omitted = "\n\n".join(one.text for one in paragraph.omitted)
            self._keep(
                [
                    Element(
                        kind="boneyard",
                        text=omitted,
                        line=paragraph.omitted[0].line,
                        end_line=paragraph.omitted[-1].end_line,
                    )
                ]
            )

    def _element(self, paragraph: _Paragraph, text: str) -> Element:
        kind = _KINDS.get(" ".join(paragraph.type.split()).casefold(), "note")
        dual = False
        above = self._open[-1] if self._open else None
        if kind == "character" and above is not None and above.speeches >= 0:
            dual = above.speeches > 0
            above.speeches += 1
        if kind == "action" and is_written_alone(text):
            # FADE IN: is often called action, or general.
            kind = "transition"
        number, omitted = "", False
        if kind == "heading":
            parsed = headings.read_forced(text)
            omitted = parsed.omitted or paragraph.omitted is not None
            number = paragraph.number.strip() or parsed.number
            text = parsed.text if parsed.number or parsed.revised else text or "OMITTED"
            paragraph.revisions += ["*"] * parsed.revised
        return Element(
            kind=kind,
            text=text,
            line=paragraph.line,
            end_line=self.line_of(),
            number=number,
            dual=dual,
            omitted=omitted,
            style=paragraph.type if kind == "note" else "",
            marks=_marks(paragraph),
        )

    def _remark(self, kind: ElementKind, paragraph: _Paragraph, text: str) -> None:
        remark = Element(kind=kind, text=text, line=paragraph.line, end_line=self.line_of())
        # It follows what it is about.
        about = next((one for one in self._open if one.remark is None), None)
        if about is None:
            self._keep([remark])
        else:
            about.remarks.append(remark)

    def _keep(self, elements: list[Element]) -> None:
        self._elements.extend(elements)


class _Tags:
    """What the tags of a breakdown are called: `Props: Pear`. They refer to each other by ids."""

    def __init__(self) -> None:
        self._categories: dict[str, str] = {}
        self._definitions: dict[str, tuple[str, str]] = {}
        self._referred: dict[str, str] = {}
        self._number = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "TagCategory":
            self._categories[attributes.get("Id", "")] = attributes.get("Name", "")
        elif tag == "TagDefinition":
            of = attributes.get("CatId", "")
            self._definitions[attributes.get("Id", "")] = (of, attributes.get("Label", ""))
        elif tag == "Tag":
            self._number = attributes.get("Number", "")

    def refer(self, definition: str) -> None:
        if definition.strip():
            self._referred.setdefault(self._number, definition.strip())

    def name(self, number: str) -> str:
        category, label = self._definitions.get(self._referred.get(number, ""), ("", ""))
        named = self._categories.get(category, "")
        return f"{named}: {label}" if named and label else label or named


def _marks(paragraph: _Paragraph) -> Marks | None:
    if not (paragraph.color or paragraph.revisions or paragraph.tags):
        return None
    return Marks(
        color=paragraph.color,
        revisions=tuple(paragraph.revisions),
        tags=tuple(paragraph.tags),
    )


def _color(written: str) -> str:
    """`#RRGGBB` of a colour, which Final Draft writes with four digits for each part."""
    if re.fullmatch(r"#(?:[0-9A-Fa-f]{4}){3}", written):
        return f"#{written[1:3]}{written[5:7]}{written[9:11]}".upper()
    return written.upper() if re.fullmatch(r"#[0-9A-Fa-f]{6}", written) else ""
