"""Who sounds how: a voice for each character, by rules, from what is known of them.

The same character has the same voice in each shot and each film: nothing but their own fields
decides. Two characters may sound alike by chance; then one is changed on the asset.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from .engines import Engine, Voice

_WORD = re.compile(r"[^\W\d_]+")
_AGE = re.compile(r"\d{1,3}")
_FEMALE_WORDS = """
    she her hers herself woman girl lady mother mom mum sister daughter wife aunt grandmother
    queen widow nurse actress waitress female frau mädchen mutter schwester tochter sie femme
    fille mère soeur mujer chica madre hermana donna ragazza
"""
_FEMALE = frozenset(_FEMALE_WORDS.split())
_MALE_WORDS = """
    he him his himself man boy gentleman father dad brother son husband uncle grandfather king
    widower actor waiter male mann junge vater bruder sohn er homme garçon père frère hombre
    chico padre hermano uomo ragazzo
"""
_MALE = frozenset(_MALE_WORDS.split())
_YOUNG_WORDS = """
    child kid boy girl toddler kind enfant niño niña bambino bambina
"""
_YOUNG = frozenset(_YOUNG_WORDS.split())
_TEEN_WORDS = """
    teen teenager teenage adolescent jugendlicher jugendliche
"""
_TEEN = frozenset(_TEEN_WORDS.split())
_OLD_WORDS = """
    old elderly aged grandmother grandfather granny grandpa ancient alt alte alter vieux vieille
    viejo vieja vecchio vecchia
"""
_OLD = frozenset(_OLD_WORDS.split())
_FEMALE_VARIANTS = ("f1", "f2", "f3", "f4", "f5")
_MALE_VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who speaks: the name, what is said of them, and a voice that people chose."""

    name: str = ""
    names: tuple[str, ...] = ()
    about: str = ""
    age: str = ""
    voice: str = ""


def person_of(character: Mapping[str, Any]) -> Person:
    """A character's node or asset as a speaker; fields of a wrong kind count as missing."""

    def text(key: str) -> str:
        value = character.get(key)
        return value if isinstance(value, str) else ""

    aliases = character.get("aliases")
    known = [text("name"), *(aliases if isinstance(aliases, list) else [])]
    about = " ".join(text(key) for key in ("description", "role", "personality"))
    return Person(
        name=text("name"),
        names=tuple(_plain(one) for one in known if isinstance(one, str) and one.strip()),
        about=about.strip()[:4000],
        age=text("age"),
        voice=text("voice").strip(),
    )


def speaker(name: str, people: Iterable[Person]) -> Person:
    """Who is meant by the name over a speech; somebody of whom nothing else is known, if nobody."""
    wanted = _plain(name)
    return next((one for one in people if wanted in one.names), Person(name=name, names=(wanted,)))


def cast(person: Person, engine: Engine, language: str) -> Voice:
    """The voice of somebody. One that people chose goes before every rule, if the engine has it."""
    number = int.from_bytes(hashlib.sha256(_plain(person.name).encode()).digest()[:8], "big")
    old = _age_of(person)
    female = _is_female(person, number)
    pitch, speed = _tone(old, female, number)
    if person.voice and engine.has(person.voice):
        return Voice(name=person.voice, speed=speed)
    if engine.kind == "piper":
        spoken = [name for name in engine.voices if name.lower().startswith(language[:2] + "_")]
        voices = spoken or list(engine.voices)
        return Voice(name=voices[number % len(voices)], speed=speed)
    variants = _FEMALE_VARIANTS if female else _MALE_VARIANTS
    variant = variants[number % len(variants)]
    return Voice(name=f"{language}+{variant}", pitch=pitch, speed=speed)


def _tone(age: int, female: bool, number: int) -> tuple[float, float]:
    """Pitch and speed: a little of each is the person's own, the rest is their age."""
    own = (number >> 16) % 7 - 3
    pitch = (1.1 if female else 0.8) + own * 0.05
    speed = 1 + ((number >> 24) % 5 - 2) * 0.03
    if age < 13:
        pitch += 0.5
    elif age < 18:
        pitch += 0.2
    elif age > 65:
        pitch, speed = pitch - 0.1, speed - 0.12
    return round(pitch, 2), round(speed, 2)


def _age_of(person: Person) -> int:
    """About how old somebody is, in years; a grown person where nothing is said."""
    found = _AGE.search(person.age)
    if found:
        return int(found[0])
    words = _words(f"{person.age} {person.about} {person.name}")
    for known, age in ((_OLD, 75), (_TEEN, 15), (_YOUNG, 9)):
        if words & known:
            return age
    return 35


def _is_female(person: Person, number: int) -> bool:
    words = _WORD.findall(f"{person.name} {person.about}".lower())
    female, male = (sum(word in kind for word in words) for kind in (_FEMALE, _MALE))
    return female > male if female != male else number % 2 == 0


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
