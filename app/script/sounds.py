"""What an action paragraph makes audible, and what weather it brings."""

from __future__ import annotations

import re

from .lexicon import words as word_set

_VERBS = (
    "slam|creak|ring|howl|tick|crackle|knock|whistl|roar|hum|buzz|rattl|bark|rumbl|clatter|chim|"
    "crash|hiss|drip|sputter|groan|squeak|thunder|boom|click|beep|wail|scream|shout|whisper|clap|"
    "splash|thud|bang|snap|crunch|sing|plays|toll|blar|murmur|clink|"
    "knallt|klopft|läutet|heult|tickt|pfeift|knarrt|quietscht|rauscht|prasselt|klingelt|donnert|bellt|"
    "claque|sonne|grince|siffle|gronde|aboie|crépite|hurle|goutte|"
    "suena|golpea|cruje|ladra|ruge|suona|sbatte|scricchiola|abbaia"
)
_NOUNS = (
    "wind|rain|thunder|wave|waves|surf|foghorn|horn|siren|bell|bells|music|footstep|footsteps|gull|gulls|bird|birds|traffic|"
    "engine|gunshot|explosion|applause|laughter|static|radio|crickets|clock|doorbell|telephone|phone|"
    "piano|violin|accordion|storm|kettle|whistle|echo|silence|"
    "sturm|regen|donner|wellen|möwen|schritte|musik|glocke|glocken|sirene|motor|uhr|telefon|stille|"
    "vent|pluie|tonnerre|vagues|pas|musique|cloche|silence|viento|lluvia|trueno|olas|pasos|música|"
    "campana|vento|pioggia|tuono|onde|passi|musica|silenzio"
)
_STEMS: dict[str, tuple[str, ...]] = {}
for _stem in _VERBS.split("|"):
    _STEMS[_stem[:3]] = (*_STEMS.get(_stem[:3], ()), _stem)
_SOUNDING = frozenset(_NOUNS.split("|"))
_LOUD = re.compile(
    r"\b(?:BANG|BOOM|CRASH|CLICK|THUD|SLAMS?|SMASH|SPLASH|RINGS?|BUZZ(?:ES)?|BEEPS?|KNOCKS?|CREAKS?|"
    r"HOWLS?|ROARS?|HISS(?:ES)?|SNAPS?|CRACKS?|WHOOSH|SCREAMS?|EXPLOSION|GUNSHOTS?|FOGHORN|KNALL)\b"
)
_SKIP = word_set("the a an and it of that he she they to der die das le la un une el los")
_WEATHER = {
    "storm": "storm|stormy|gale|tempest|sturm|orkan|tempête|tormenta|tempesta",
    "rain": "rain|raining|rains|rainy|drizzle|downpour|regen|regnet|pluie|pleut|lluvia|"
    "llueve|pioggia",
    "snow": "snow|snowing|snows|snowy|blizzard|schnee|schneit|neige|nieve|nieva|neve",
    "fog": "fog|foggy|mist|misty|haze|nebel|brouillard|brume|niebla|nebbia",
    "wind": "wind|windy|breeze|gust|gusts|vent|viento|vento",
    "sun": "sunlight|sunny|sunshine|sonne|sonnig|soleil|sol|sole",
    "clouds": "clouds|cloudy|overcast|wolken|nuages|nubes|nuvole",
}
_WEATHER_OF = {word: kind for kind, words in _WEATHER.items() for word in words.split("|")}
_WORD = re.compile(r"[^\W\d_]+")
_MAX_SOUNDS = 5


def sounds_in(text: str, names: frozenset[str] = frozenset()) -> str:
    """The sounds that a text mentions, as written, separated by "; "."""
    found: dict[str, str] = {}
    for match in _LOUD.finditer(text):
        found.setdefault(match.group().lower(), match.group())
    before = ""
    for word in _WORD.findall(text):
        lower = word.lower()
        if lower in _SOUNDING:
            found.setdefault(lower, word)
        elif before and lower.startswith(_STEMS.get(lower[:3], "\0")):
            found[before.lower()] = f"{before} {word}"
        before = "" if lower in _SKIP or word in names else word
    return "; ".join(list(dict.fromkeys(found.values()))[:_MAX_SOUNDS])


def weather_in(text: str) -> list[str]:
    """The weather that a text mentions, in English words, each once, strongest first."""
    kinds = {_WEATHER_OF[word] for word in _WORD.findall(text.lower()) if word in _WEATHER_OF}
    return [kind for kind in _WEATHER if kind in kinds]
