"""Sentences and clauses of a paragraph, each exactly as written."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_SENTENCE_LENGTH = 600

# A row of full stops is looked at once, from its first: from each of them would take as long as the
# square of its length.
_END = re.compile(r"(?:(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』）]?|\s--(?=\s))\s*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:(?i:Mr|Mrs|Ms|Dr|St|Sgt|Lt|Capt|Col|Gen|Prof|Jr|Sr|vs|Hr|Fr|bzw|ca|Mme|Mlle|Sra)"
    r"|No|z|[A-Z])\.$"
)
_CLAUSE = re.compile(
    r"(?:[,;:]\s+|\s+[–—-]\s+|\s+(?=(?:and|while|as|then|und|während|dann|et|puis|tandis|y|mientras|"
    r"e|mentre|en|terwijl|into|towards?|through|across|in den|in die|auf dem|dans|hacia)\s))"
)


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph; lines that the writer broke stay together."""
    return list(_sentences(text))


@lru_cache(maxsize=8)  # Each name of a paragraph asks for the sentences of the same one.
def _sentences(text: str) -> tuple[str, ...]:
    text = " ".join(line.strip() for line in text.split("\n")) if "\n" in text else text
    whole = _whole_sentences(text)
    if all(len(sentence) <= MAX_SENTENCE_LENGTH for sentence in whole):
        return tuple(whole)
    return tuple(piece for sentence in whole for piece in _breaths(sentence))


def _breaths(sentence: str) -> list[str]:
    """A text without a full stop, cut between words so that each piece can be shown and said."""
    found: list[str] = []
    start = 0
    while len(sentence) - start > MAX_SENTENCE_LENGTH:
        end = sentence.rfind(" ", start, start + MAX_SENTENCE_LENGTH)
        end = end if end > start else start + MAX_SENTENCE_LENGTH
        found.append(sentence[start:end].strip())
        start = end
    found.append(sentence[start:].strip())
    return [piece for piece in found if piece]


def _whole_sentences(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        piece = text[start : match.end()].strip()
        if not piece or _ABBREVIATION.search(piece[-8:]):
            continue
        # "What?" she says: a sentence does not begin with a small letter.
        following = text[match.end() : match.end() + 1]
        if following.islower():
            continue
        found.append(piece)
        start = match.end()
    rest = text[start:].strip()
    if rest:
        found.append(rest)
    return found


def split_clauses(sentence: str) -> list[str]:
    """A sentence cut where a breath may be taken, in parts of at least two words."""
    found: list[str] = []
    start = 0
    for match in _CLAUSE.finditer(sentence):
        piece = sentence[start : match.end()].strip()
        if len(piece.split()) < 2 or len(sentence[match.end() :].split()) < 2:
            continue
        found.append(piece)
        start = match.end()
    rest = sentence[start:].strip()
    if rest:
        found.append(rest)
    return found


def partition(pieces: list[str], parts: int) -> list[list[str]]:
    """Neighbouring pieces put together into at most so many groups of about equal length."""
    if parts <= 1 or len(pieces) <= 1:
        return [pieces] if pieces else []
    total = sum(map(len, pieces))
    groups: list[list[str]] = [[]]
    done = 0
    for index, piece in enumerate(pieces):
        past_its_share = done + len(piece) / 2 > total * len(groups) / parts
        if groups[-1] and len(groups) < parts and past_its_share and index:
            groups.append([])
        groups[-1].append(piece)
        done += len(piece)
    return groups
