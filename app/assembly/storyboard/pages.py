"""The pages of a storyboard as PDF: A4 across, six panels, a scene begins a row of its own.

The fonts are in the bundle, so that a page looks the same on every machine. They hold Latin, Greek
and Cyrillic; what they do not hold is printed as a box.
"""

from __future__ import annotations

import io
import logging
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

MEDIA_TYPE = "application/pdf"
_FONTS = Path(__file__).parent / "fonts"
_FACE = "DejaVu"
_WIDTH, _HEIGHT, _MARGIN = 297.0, 210.0, 12.0
_COLUMNS, _ROWS, _GAP = 3, 2, 6.0
_TOP, _BOTTOM = 22.0, 10.0
_HEADING = 5.5
_WORDS_LINE = 3.5
# A fixed date: equal storyboards are equal files.
_MADE = datetime(1980, 1, 1, tzinfo=UTC)
_GREY = 110


class Panel(msgspec.Struct, kw_only=True):
    """One shot. `picture` is an image file, or None where there is none yet; `transition` is how
    the film goes over into the next one."""

    scene: str
    heading: str
    shot: str
    framing: str
    description: str
    dialogue: str
    timecode: str
    seconds: float
    frames: int
    transition: str = ""
    picture: bytes | None = None


def write_pdf(title: str, facts: str, panels: Sequence[Panel], aspect: float) -> bytes:
    """The storyboard. `facts` stands beside the title, `aspect` is the picture's width by its
    height."""
    from fpdf import FPDF

    # What it says while it makes subsets of fonts is for its authors.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    logging.getLogger("fpdf").setLevel(logging.ERROR)
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.set_creation_date(_MADE)
    pdf.set_title(_plain(title))
    pdf.set_auto_page_break(False)
    pdf.add_font(_FACE, "", _FONTS / "DejaVuSansCondensed.ttf")
    pdf.add_font(_FACE, "B", _FONTS / "DejaVuSansCondensed-Bold.ttf")
    pdf.set_image_filter("DCTDecode")
    pages = _pages(panels)
    for number, rows in enumerate(pages, start=1):
        pdf.add_page()
        _head(pdf, title, facts, f"{number} / {len(pages)}")
        for at, (heading, row) in enumerate(rows):
            _row(pdf, at, heading, row, aspect)
    return bytes(pdf.output())


Row = tuple[str, list[Panel]]


def _pages(panels: Sequence[Panel]) -> list[list[Row]]:
    """Rows of panels of one scene, two a page. The heading of a scene that goes on says so."""
    rows: list[Row] = []
    scene: tuple[str, str] | None = None
    for panel in panels:
        own = (panel.scene, panel.heading)
        if own != scene:
            rows.append((f"{panel.scene}   {panel.heading}".rstrip(), []))
        elif len(rows[-1][1]) == _COLUMNS:
            rows.append((f"{panel.scene}   {panel.heading}".rstrip() + "   (continued)", []))
        rows[-1][1].append(panel)
        scene = own
    return [rows[at : at + _ROWS] for at in range(0, len(rows), _ROWS)] or [[]]


def _head(pdf: Any, title: str, facts: str, page: str) -> None:
    pdf.set_text_color(0)
    pdf.set_font(_FACE, "B", 13)
    pdf.set_xy(_MARGIN, 8)
    pdf.cell(150, 6, _fit(pdf, title or "Storyboard", 150))
    pdf.set_font(_FACE, "", 8)
    pdf.set_text_color(_GREY)
    pdf.set_xy(_WIDTH - _MARGIN - 110, 8)
    pdf.cell(110, 6, _fit(pdf, f"{facts}   ·   {page}", 110), align="R")
    pdf.set_draw_color(0)
    pdf.line(_MARGIN, 16, _WIDTH - _MARGIN, 16)


def _row(pdf: Any, at: int, heading: str, row: Sequence[Panel], aspect: float) -> None:
    height = (_HEIGHT - _TOP - _BOTTOM) / _ROWS
    top = _TOP - 3 + at * height
    pdf.set_text_color(0)
    pdf.set_font(_FACE, "B", 8.5)
    pdf.set_xy(_MARGIN, top)
    pdf.cell(_WIDTH - 2 * _MARGIN, 4, _fit(pdf, heading, _WIDTH - 2 * _MARGIN))
    width = (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) / _COLUMNS
    for column, panel in enumerate(row):
        left = _MARGIN + column * (width + _GAP)
        _panel(pdf, panel, left, top + _HEADING, width, height - _HEADING - 2, aspect)


def _panel(
    pdf: Any, panel: Panel, left: float, top: float, width: float, height: float, aspect: float
) -> None:
    tall = min(width / aspect, height * 0.62)
    wide = min(width, tall * aspect)
    _picture(pdf, panel, left + (width - wide) / 2, top, wide, tall)
    y = top + tall + 1
    pdf.set_text_color(0)
    pdf.set_font(_FACE, "B", 9)
    pdf.set_xy(left, y)
    pdf.cell(18, 4, _fit(pdf, panel.shot, 18))
    pdf.set_font(_FACE, "", 7)
    pdf.set_text_color(_GREY)
    facts = f"{panel.seconds:.1f} s  ({panel.frames} fr)   {panel.timecode}"
    pdf.set_xy(left + 18, y)
    pdf.cell(width - 18, 4, _fit(pdf, facts, width - 18), align="R")
    y += 4.2
    told = "   ·   ".join(part for part in (panel.framing, panel.transition) if part)
    if told:
        pdf.set_xy(left, y)
        pdf.cell(width, 3.4, _fit(pdf, told, width))
        y += 3.6
    pdf.set_text_color(0)
    lines = max(1, int((top + height - y) // _WORDS_LINE))
    spoken = _lines(pdf, panel.dialogue, width - 4, "B")[: max(1, lines // 2)]
    seen = _lines(pdf, panel.description, width, "")
    for text in _cut(seen, lines - len(spoken)):
        pdf.set_font(_FACE, "", 7.5)
        pdf.set_xy(left, y)
        pdf.cell(width, _WORDS_LINE, text)
        y += _WORDS_LINE
    for text in spoken:
        pdf.set_font(_FACE, "B", 7.5)
        pdf.set_xy(left + 4, y)
        pdf.cell(width - 4, _WORDS_LINE, text)
        y += _WORDS_LINE


def _picture(pdf: Any, panel: Panel, left: float, top: float, wide: float, tall: float) -> None:
    pdf.set_draw_color(0)
    if panel.picture is not None:
        pdf.image(io.BytesIO(panel.picture), left, top, wide, tall, keep_aspect_ratio=True)
    else:
        pdf.set_text_color(_GREY)
        pdf.set_font(_FACE, "", 8)
        pdf.set_xy(left, top + tall / 2 - 2)
        pdf.cell(wide, 4, "No picture yet", align="C")
    pdf.rect(left, top, wide, tall)


def _lines(pdf: Any, text: str, width: float, style: str) -> list[str]:
    """A text in lines of this width; a word that is longer than a line is broken."""
    pdf.set_font(_FACE, style, 7.5)
    plain = _plain(text)
    if not plain:
        return []
    from fpdf.enums import MethodReturnValue

    return pdf.multi_cell(
        width, _WORDS_LINE, plain, dry_run=True, output=MethodReturnValue.LINES, align="L"
    )


def _cut(lines: list[str], most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    kept = lines[: max(1, most)]
    return [*kept[:-1], f"{kept[-1].rstrip()[:-1]}…"]


def _fit(pdf: Any, text: str, width: float) -> str:
    """One line that is no wider than its place."""
    plain = _plain(text)
    if pdf.get_string_width(plain) <= width - 2:
        return plain
    while plain and pdf.get_string_width(plain + "…") > width - 2:
        plain = plain[:-1]
    return plain + "…"


def _plain(text: str) -> str:
    """Printable letters in one line, at most a screen of them."""
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text[:2000])
    return unicodedata.normalize("NFC", " ".join(shown.split()))
