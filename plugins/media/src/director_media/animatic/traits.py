"""What is drawn of a person because their description says it: age, hair, beard.

Read from the fields of a character's asset, in the languages that scripts are read in. What is not
said is left to the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .text import Colour

GREY: Colour = (176, 174, 172)
WHITE: Colour = (226, 224, 220)

CHILD = 13
"""Years up to which somebody is drawn as a child."""

_HAIR: tuple[tuple[str, Colour], ...] = (
    (r"white|weiß\w*|weiss\w*|blancs?|blanco|bianch\w*", WHITE),
    (r"gr[ae]y(?:ing|ish)?|silver|grau\w*|gris\w*|canos[oa]|grig\w*", GREY),
    (r"blonde?s?|fair|blonden?|rubi[oa]s?|biond[oaie]", (214, 178, 108)),
    (r"red|ginger|auburn|rot\w*|roux|rousse|pelirroj[oa]|ross[oaie]", (166, 78, 40)),
    (r"brown|braun\w*|bruns?|castañ[oa]|castan[oaie]", (98, 66, 44)),
    (r"black|dark|raven|schwarz\w*|dunkl\w*|noirs?|negr[oa]s?|ner[oaie]", (36, 31, 33)),
)
_OF_HAIR = r"hair(?:ed)?|haar\w*|cheveux|pelo|capelli"
_BALD = re.compile(r"\b(?:bald|shaven head|glatzköpfig|glatze|kahl\w*|chauve|calv[oa])\b", re.I)
_BEARD = re.compile(
    r"\b(?:beard(?:ed)?|moustached?|bärtig\w*|bart|vollbart|barbu|barbe|barba|barbudo)\b", re.I
)
_CHILD = re.compile(
    r"\b(?:a (?:little |small |young )?(?:boy|girl)|child|toddler|kind|kleiner? junge|"
    r"kleines? mädchen|enfant|fillette|niñ[oa]|bambin[oa])\b",
    re.I,
)
_OLD = re.compile(
    r"\b(?:old (?:man|woman)|elderly|ancient|alte[rn]? (?:mann|frau)|greis\w*|"
    r"vie(?:ux|ille)|ancian[oa]|anzian[oa])\b",
    re.I,
)
_YEARS = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")
_TENS = {
    "twenties": 25, "thirties": 35, "forties": 45, "fifties": 55, "sixties": 65, "seventies": 75,
    "eighties": 85, "teen": 16, "teens": 16, "teenager": 16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Traits:
    """What is said of a person; None and False where nothing is. `age` is in years."""

    age: int | None = None
    hair: Colour | None = None
    bald: bool = False
    beard: bool = False

    @property
    def child(self) -> bool:
        """Whether they are drawn as a child."""
        return self.age is not None and self.age <= CHILD


def read_traits(age: str, description: str) -> Traits:
    """The traits of the two fields of a character."""
    years = _years(age)
    if years is None and _CHILD.search(description):
        years = 9
    if years is None and _OLD.search(description):
        years = 72
    return Traits(
        age=years,
        hair=_hair(description),
        bald=bool(_BALD.search(description)),
        beard=bool(_BEARD.search(description)),
    )


def _years(text: str) -> int | None:
    if found := _YEARS.search(text):
        years = int(found[1])
        # "30s" and "mid-30s" are not thirty.
        if years % 10 == 0 and text[found.end() :].lower().startswith(("s", "'s", "er")):
            years += 5
        return years if years <= 120 else None
    words = re.findall(r"[a-z]+", text.lower())
    return next((_TENS[word] for word in words if word in _TENS), None)


def _hair(description: str) -> Colour | None:
    """The colour named next to a word for hair: "with grey hair", "red-haired", "cheveux gris"."""
    for words, colour in _HAIR:
        near = (
            rf"\b(?:(?:{words})[\s,-]+(?:\w+[\s,-]+)?(?:{_OF_HAIR})|(?:{_OF_HAIR})\s+(?:{words}))\b"
        )
        if re.search(near, description, re.IGNORECASE):
            return colour
    if re.search(r"\b(?:blonde?|rubi[oa]|biond[oa]|pelirroj[oa]|redhead)\b", description, re.I):
        return _HAIR[2][1] if not re.search(r"pelirroj|redhead", description, re.I) else _HAIR[3][1]
    return None
