"""Which language lines are in, by their most usual words: for an engine that must be told."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
OTHERWISE = "en"

_USUAL = {
    "en": "the and you i to is of that it what not are was do have we he she this no yes",
    "de": "der die das und ich du ist nicht ein eine es wir sie was mit den zu auf ja nein",
    "fr": "le la les et je tu est pas un une il elle nous vous que ce dans oui non c qui",
    "es": "el la los y yo tú es no un una que de en lo se por qué sí con para está",
    "it": "il lo la e io tu è non un una che di in si per con sono cosa sì no della",
    "pt": "o a os e eu tu é não um uma que de em você se por com para sim está",
    "nl": "de het een en ik je is niet wat dat van wij zij op met ja nee hij er",
    "pl": "i nie to się w na jest że co ja ty tak z do jak",
    "sv": "och jag du är inte en ett det vi han hon vad på med ja nej att som",
}
_WORDS = {language: frozenset(words.split()) for language, words in _USUAL.items()}


def language_by_words(text: str) -> str:
    """The language of some lines, as its two letters; English where nothing tells."""
    found = _WORD.findall(text.lower())
    counts = {name: sum(word in words for word in found) for name, words in _WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > counts[OTHERWISE] else OTHERWISE
