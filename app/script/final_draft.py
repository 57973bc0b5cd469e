"""Final Draft (FDX): paragraphs of an XML file that may come from anybody."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from node_registry import DirectorError

from .model import Element, ElementKind

_KINDS: dict[str, ElementKind] = {
    "Scene Heading": "heading",
    "Action": "action",
    "General": "action",
    "Character": "character",
    "Parenthetical": "parenthetical",
    "Dialogue": "dialogue",
    "Singing": "lyrics",
    "Lyrics": "lyrics",
    "Transition": "transition",
    "Shot": "shot",
    "New Act": "section",
    "End of Act": "section",
    "Cold Opening": "section",
}
# These hold paragraphs of their own that are no part of the story.
_ASIDE = frozenset(
    {"ScriptNote", "SceneProperties", "Summary", "SceneArcBeats", "Tag", "DynamicLabel"}
)
_MAX_DEPTH = 200


def read_final_draft(data: bytes) -> tuple[tuple[Element, ...], dict[str, list[str]]]:
    """The elements of an FDX file, in order, and its title page; hostile XML is refused."""
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
    return tuple(reader.elements), reader.title_page()


def _bad(what: str) -> DirectorError:
    return DirectorError(
        "script.bad_fdx",
        f"{what}.",
        hint="Open it in Final Draft and save it again as .fdx, or export it as Fountain.",
    )


class _Reader:
    """Collects paragraphs while the parser walks; keeps no tree."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.title_lines: list[str] = []
        self.root = ""
        self.line_of: Callable[[], int] = int
        self._path: list[str] = []
        self._aside = 0
        self._kind = ""
        self._number = ""
        self._words: list[str] | None = None
        self._line = 0
        self._dual = -1

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
        if tag == "DualDialogue":
            self._dual = 0
            self._words = None
        elif tag == "Paragraph":
            self._kind = attributes.get("Type", "Action")
            self._number = attributes.get("Number", "")
            self._words = []
            self._line = self.line_of()

    def data(self, data: str) -> None:
        if self._words is not None and not self._aside and self._path[-1] == "Text":
            self._words.append(data)

    def end(self, tag: str) -> None:
        self._path.pop()
        if tag in _ASIDE:
            self._aside -= 1
        elif self._aside:
            return
        elif tag == "DualDialogue":
            self._dual = -1
        elif tag == "Paragraph" and self._words is not None:
            self._keep("".join(self._words).strip())
            self._words = None

    def close(self) -> None:
        return None

    def title_page(self) -> dict[str, list[str]]:
        """The first words on the title page are the title; what follows has no names there."""
        lines = [line for line in self.title_lines if line]
        return {"Title": lines[:1], "Notes": lines[1:]} if lines else {}

    def _keep(self, text: str) -> None:
        if "TitlePage" in self._path:
            self.title_lines.append(text)
            return
        if "Content" not in self._path or not text:
            return
        kind = _KINDS.get(self._kind, "action")
        dual = False
        if kind == "character" and self._dual >= 0:
            dual = self._dual > 0
            self._dual += 1
        self.elements.append(
            Element(
                kind=kind,
                text=text,
                line=self._line,
                end_line=self.line_of(),
                number=self._number if kind == "heading" else "",
                dual=dual,
            )
        )
