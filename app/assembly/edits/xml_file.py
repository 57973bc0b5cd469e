"""XML of editors' programs, which may come from anybody: no entities, no endless depth."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .track import bad_edit

_MAX_DEPTH = 100
_MAX_ELEMENTS = 2_000_000


class _Bounded(ET.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        self._count += 1
        if self._depth > _MAX_DEPTH or self._count > _MAX_ELEMENTS:
            raise bad_edit("its XML is nested or repeated without end")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(data: bytes) -> ET.Element:
    """The outermost element. Raises `edit.unreadable` for hostile and broken XML."""
    # The class is typed as taking a narrower target than it does.
    parser = DefusedXMLParser(target=_Bounded())
    try:
        parser.feed(data)
        return parser.close()
    except DefusedXmlException:
        raise bad_edit("its XML declares entities, which no cut needs") from None
    except ParseError as error:
        line, column = error.position
        raise bad_edit(f"its XML breaks at line {line}, column {column + 1}") from None
    except (LookupError, ValueError):
        raise bad_edit("its XML names a text encoding that does not fit it") from None
