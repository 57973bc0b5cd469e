"""A scene cut into beats: pieces of action and speech with the time that the page gives them."""

from __future__ import annotations

import math

import msgspec

from . import cues, page_timing, segmentation
from .lexicon import word_set
from .markup import plain_words
from .model import Element
from .people import Cast

_PAUSES = word_set(
    "beat pause silence stille pausa silenzio silencio long moment a the temps un une ein eine "
    "moment lange kurze langes"
)


class Beat(msgspec.Struct, kw_only=True):
    """One piece of a scene. `words` is what is spoken, `lines` how subtitles write it."""

    kind: str
    text: str
    seconds: float
    line: int
    end_line: int
    speakers: list[str] = []
    listener: str = ""
    lines: list[str] = []
    words: str = ""
    aside: str = ""
    off_screen: bool = False
    people: list[str] = []
    shot_type: str = ""


class Speech(msgspec.Struct, kw_only=True):
    """A cue with all that is said under it. `parts` are (aside, words)."""

    cue: Element
    parts: list[tuple[str, str]]
    lines: int
    end_line: int


def split(elements: list[Element], cast: Cast, line_seconds: float, opening: float) -> list[Beat]:
    """The beats of a scene, in order; the first shows the place for `opening` seconds."""
    found: list[Beat] = []
    index = 0
    started = False
    while index < len(elements):
        element = elements[index]
        index += 1
        if element.kind == "character":
            speech, index = _speech(element, elements, index)
            _add_speech(found, speech, cast, line_seconds)
        elif element.kind in {"action", "centered", "lyrics", "shot", "dialogue", "parenthetical"}:
            _add_action(found, element, line_seconds, opening if not started else 0.0)
        else:
            continue
        started = True
    return found


def _add_action(found: list[Beat], element: Element, line_seconds: float, opening: float) -> None:
    text = plain_words(element.text).strip().strip("()")
    pieces = segmentation.split_sentences(text)
    if not pieces:
        return
    seconds = page_timing.action_lines(element.text) * line_seconds
    words = {word.strip(".!… ").lower() for word in text.split()}
    if len(words) <= 3 and words <= _PAUSES and found:
        found[-1].seconds += seconds
        found[-1].end_line = element.end_line
        if found[-1].kind != "speech":
            found[-1].text = f"{found[-1].text} {text}"
        return
    letters = sum(map(len, pieces))
    line, end_line = element.line, element.end_line
    if opening and not found and len(pieces) > 1:
        share = seconds * len(pieces[0]) / letters
        found.append(
            Beat(
                kind="place", text=pieces[0], seconds=opening + share, line=line, end_line=end_line
            )
        )
        seconds -= share
        pieces = pieces[1:]
        letters = sum(map(len, pieces))
    parts = max(
        1, min(len(pieces), round(seconds / 5.0), int(seconds / page_timing.MIN_SHOT_SECONDS))
    )
    for group in segmentation.partition(pieces, parts):
        joined = " ".join(group)
        share = seconds * sum(map(len, group)) / letters
        found.append(
            Beat(
                kind="action",
                text=joined,
                seconds=max(share, page_timing.MIN_SHOT_SECONDS),
                line=line,
                end_line=end_line,
            )
        )


def _speech(cue: Element, elements: list[Element], index: int) -> tuple[Speech, int]:
    parts: list[tuple[str, str]] = []
    aside = ""
    lines = 1
    end_line = cue.end_line
    while index < len(elements):
        element = elements[index]
        if element.kind == "parenthetical":
            aside = " ".join(element.text.strip("()（） \n").split())
            lines += page_timing.lines_of(element.text, page_timing.PARENTHETICAL_WIDTH)
        elif element.kind in {"dialogue", "lyrics"}:
            words = " ".join(plain_words(element.text).split())
            lines += page_timing.lines_of(element.text, page_timing.DIALOGUE_WIDTH)
            parts.append((aside, words))
            aside = ""
        elif element.kind not in {"note", "boneyard"}:
            break
        end_line = element.end_line
        index += 1
    return Speech(cue=cue, parts=parts, lines=lines + 1, end_line=end_line), index


def _add_speech(found: list[Beat], speech: Speech, cast: Cast, line_seconds: float) -> None:
    cue = cues.read_cue(speech.cue.text)
    names = list(cast.speakers(speech.cue.text))
    shown = cue.name or "?"
    off = [extension for extension in cue.extensions if cues.Cue("", (extension,)).off_screen]
    spoken = " ".join(words for _, words in speech.parts)
    if not spoken:
        return
    page = speech.lines * line_seconds
    pieces: list[tuple[str, str]] = []
    for aside, words in speech.parts:
        least = page_timing.speaking_seconds(words)
        seconds = max(least, page * len(words) / len(spoken))
        parts = max(1, math.ceil(seconds / page_timing.MAX_SPEECH_SECONDS))
        for at, group in enumerate(
            segmentation.partition(segmentation.split_sentences(words), parts)
        ):
            pieces.append((aside if not at else "", " ".join(group)))
    dual = speech.cue.dual and found and found[-1].kind == "speech"
    if dual:
        before = found[-1]
        least = page_timing.speaking_seconds(spoken)
        before.kind = "dual"
        before.lines += [_subtitle(shown, off, aside, words) for aside, words in pieces]
        before.words = f"{before.words} {spoken}"
        before.speakers += [name for name in names if name not in before.speakers]
        before.seconds = max(before.seconds, page, least)
        before.end_line = speech.end_line
        return
    for aside, words in _merged(pieces, page, len(spoken)):
        share = page * len(words) / len(spoken)
        found.append(
            Beat(
                kind="speech",
                text="",
                seconds=max(
                    share, page_timing.speaking_seconds(words), page_timing.MIN_SHOT_SECONDS
                ),
                line=speech.cue.line,
                end_line=speech.end_line,
                speakers=list(names),
                lines=[_subtitle(shown, off, aside, words)],
                words=words,
                aside=aside,
                off_screen=bool(off),
            )
        )


def _merged(pieces: list[tuple[str, str]], page: float, letters: int) -> list[tuple[str, str]]:
    """The same pieces, but none so short that it would be a shot of less than a second and a half.

    Words before a parenthetical and after it stay apart only where both are long enough.
    """
    found: list[tuple[str, str]] = []
    for aside, words in pieces:
        short = page * len(words) / letters < page_timing.MIN_SHOT_SECONDS
        if found and (short or page * len(found[-1][1]) / letters < page_timing.MIN_SHOT_SECONDS):
            before_aside, before = found[-1]
            joint = f"{before} ({aside}) {words}" if aside else f"{before} {words}"
            found[-1] = (before_aside, joint)
        else:
            found.append((aside, words))
    return found


def _subtitle(name: str, off: list[str], aside: str, words: str) -> str:
    notes = ", ".join([*off, aside] if aside else off)
    return f"{name} ({notes}): {words}" if notes else f"{name}: {words}"
