"""XML for editors' programs: elements in one line each, and text that XML can carry."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

# XML 1.0 has no place for these, however they are written.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """A text without the characters that no XML file can hold."""
    return _NOT_IN_XML.sub("", text)


def put(parent: ET.Element, tag: str, text: object = None, **attributes: Any) -> ET.Element:
    """Add an element; attributes that are None are left out."""
    given = {name: clean(str(value)) for name, value in attributes.items() if value is not None}
    child = ET.SubElement(parent, tag, given)
    if text is not None:
        child.text = clean(str(text))
    return child


def document(root: ET.Element, doctype: str) -> bytes:
    """The file: declaration, document type and the elements, indented."""
    ET.indent(root, "  ")
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {doctype}>\n{body}\n'.encode()
