"""The few sentences that a breakdown adds to the writer's own, in the language of the script."""

from __future__ import annotations

import re

_STOPWORDS = {
    "en": "the and of to in is with his her he she it on at from they you",
    "de": "der die das und ist mit nicht ein eine sie er es auf den dem im ich von zu",
    "fr": "le la les et est une un des dans il elle sur avec du pas au je qui ne",
    "es": "el la los las y es una un en de con su se que no por del al está",
    "it": "il la lo gli e è una un di con si che non per del nella sul della sono",
    "pt": "o a os as e é uma um de com se que não por do da no na ele ela",
    "nl": "de het een en is met niet van op te hij zij in dat aan zijn naar",
}
_SENTENCES = {
    "en": (
        "{a} speaks to {b}.",
        "{a} speaks.",
        "{b} listens to {a}.",
        "The voice of {a} is heard.",
        "{a} and {b}",
        "{a} and {b} speak at the same time.",
    ),
    "de": (
        "{a} spricht mit {b}.",
        "{a} spricht.",
        "{b} hört {a} zu.",
        "Die Stimme von {a} ist zu hören.",
        "{a} und {b}",
        "{a} und {b} sprechen zugleich.",
    ),
    "fr": (
        "{a} parle à {b}.",
        "{a} parle.",
        "{b} écoute {a}.",
        "On entend la voix de {a}.",
        "{a} et {b}",
        "{a} et {b} parlent en même temps.",
    ),
    "es": (
        "{a} habla con {b}.",
        "{a} habla.",
        "{b} escucha a {a}.",
        "Se oye la voz de {a}.",
        "{a} y {b}",
        "{a} y {b} hablan a la vez.",
    ),
    "it": (
        "{a} parla con {b}.",
        "{a} parla.",
        "{b} ascolta {a}.",
        "Si sente la voce di {a}.",
        "{a} e {b}",
        "{a} e {b} parlano insieme.",
    ),
    "pt": (
        "{a} fala com {b}.",
        "{a} fala.",
        "{b} escuta {a}.",
        "Ouve-se a voz de {a}.",
        "{a} e {b}",
        "{a} e {b} falam ao mesmo tempo.",
    ),
    "nl": (
        "{a} praat met {b}.",
        "{a} praat.",
        "{b} luistert naar {a}.",
        "De stem van {a} klinkt.",
        "{a} en {b}",
        "{a} en {b} praten tegelijk.",
    ),
}
_SPEAKS_TO, _SPEAKS, _LISTENS, _VOICE, _PAIR, _TOGETHER = range(6)
_SETS = {language: frozenset(words.split()) for language, words in _STOPWORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """The language of a text, of those known here, by its commonest words; "en" if unsure."""
    counts = dict.fromkeys(_SETS, 0)
    for word in _WORD.findall(text[:20000].lower()):
        for language, words in _SETS.items():
            if word in words:
                counts[language] += 1
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > 1 else "en"


def speaks(language: str, speaker: str, listener: str = "") -> str:
    """Somebody speaks, to somebody if there is one."""
    form = _SENTENCES[language][_SPEAKS_TO if listener else _SPEAKS]
    return form.format(a=speaker, b=listener)


def listens(language: str, listener: str, speaker: str) -> str:
    """Somebody listens to somebody."""
    return _SENTENCES[language][_LISTENS].format(a=speaker, b=listener)


def voice(language: str, speaker: str) -> str:
    """Somebody is heard but not seen."""
    return _SENTENCES[language][_VOICE].format(a=speaker)


def pair(language: str, one: str, other: str) -> str:
    """Two names, joined."""
    return _SENTENCES[language][_PAIR].format(a=one, b=other)


def together(language: str, one: str, other: str) -> str:
    """Two people speak at the same time."""
    return _SENTENCES[language][_TOGETHER].format(a=one, b=other)
