"""How a shot is framed and moved, by what happens in it; every choice looks at this shot alone.

Nothing here counts shots, so that a line put into a scene leaves the others as they were.
"""

from __future__ import annotations

import re
from hashlib import blake2b

_EXPLICIT = (
    (r"EXTREME CLOSE[- ]?UP|ECU\b|GANZ NAH", "extreme_close_up"),
    (r"CLOSE[- ]?UP|CLOSE ON|CU\b|NAHAUFNAHME|GROSSAUFNAHME|GROS PLAN|PRIMER PLANO|PRIMO PIANO", "close_up"),
    (r"INSERT|DETAIL|DETAILAUFNAHME|PLAN DE DÉTAIL", "insert"),
    (r"EXTREME WIDE|AERIAL|DRONE SHOT|LUFTAUFNAHME|VUE AÉRIENNE", "extreme_wide"),
    (r"WIDE ON|WIDE SHOT|WIDE|TOTALE|PLAN D'ENSEMBLE|PLANO GENERAL", "wide"),
    (r"POV|SUBJECTIVE|SUBJEKTIVE", "pov"),
    (r"TWO[- ]SHOT|ZWEIER", "two_shot"),
    (r"OVER THE SHOULDER|OTS\b|ÜBER DIE SCHULTER", "over_the_shoulder"),
    (r"FULL SHOT|HALBTOTALE|PLAN AMÉRICAIN", "full"),
)
_EXPLICIT_RE = tuple((re.compile(rf"\s*(?:{words})\b", re.I), kind) for words, kind in _EXPLICIT)


def _stems(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\w*", re.I)


_MOVES = (
    (_stems("runs?\\b|running|chas|flee|fight|sprint|struggl|stumbl|rennt|läuft weg|flieht|kämpf|court\\b|fuit|corre|lucha|scapp"), ("handheld",)),
    (_stems("climb|soar|klettert|steigt|grimpe|sube\\b|sale\\b"), ("crane_up",)),
    (_stems("descend|sinks?\\b|hinunter|hinab|descend|baja\\b|scende"), ("crane_down",)),
    (_stems("rises?\\b|stands? up|looks? up|lifts?\\b|raises?\\b|erhebt|steht auf|hebt|blickt auf|lève|se levanta|si alza"), ("tilt_up",)),
    (_stems("falls?\\b|kneel|drops?\\b|looks? down|sits?\\b|bends?\\b|fällt|kniet|setzt sich|s'assied|tombe|cae\\b|se sienta|cade\\b|si siede"), ("tilt_down",)),
    (_stems("looks? around|scan|search|surveys?|sweeps?\\b|sieht sich um|sucht|regarde autour|cherche|busca|cerca\\b"), ("pan_left", "pan_right")),
    (_stems("leaves?\\b|exits?\\b|retreat|walks? away|departs?|recedes?|verlässt|geht hinaus|sort\\b|s'éloigne|se va\\b|esce\\b"), ("dolly_out",)),
    (_stems("approach|enters?\\b|leans?\\b|steps? (?:in|closer)|comes? (?:in|closer)|nähert|betritt|tritt|entre\\b|approche|se acerca|entra\\b|si avvicina"), ("dolly_in",)),
    (_stems("walk|cross|strid|stroll|wander|pass(?:es)?\\b|carries|drive|sail|row[s]?\\b|drift|geht|läuft|fährt|überquert|marche|traverse|camina|cruza|cammina|attraversa"), ("truck_left", "truck_right")),
)
_FEELING = _stems(
    "tear|cr(?:y|ies)\\b|smil|stares?|gaz|eyes?\\b|face\\b|trembl|whisper|weep|frown|blush|swallow|träne|"
    "weint|lächel|starrt|augen|gesicht|flüstert|larme|pleure|sourit|yeux|visage|lágrima|llora|sonríe|"
    "ojos|rostro|lacrim|piange|sorride|occhi|volto"
)
_OBJECT = _stems(
    "hand\\b|hands\\b|finger|letter|key\\b|keys\\b|photo|watch\\b|clock|note\\b|ring\\b|map\\b|button|screen|"
    "phone|matches|candle|lamp\\b|cup\\b|knife|coin|envelope|logbook|page\\b|drawer|switch|dial|wick|"
    "schlüssel|brief|foto|uhr\\b|tasse|kerze|messer|lettre|clé|photo|montre|tasse|carta|llave|foto|reloj|"
    "lettera|chiave|orologio"
)
_ACTION = _stems(
    "walk|run|cross|climb|dance|jump|push|pull|carr|fight|chase|throw|geht|läuft|springt|tanzt|trägt|"
    "marche|court|saute|porte|camina|corre|salta|cammina"
)
_VAST = _stems("sea\\b|ocean|sky\\b|horizon|valley|mountain|desert|city\\b|meer\\b|himmel|berge|stadt|mer\\b|ciel|montagne|mar\\b|cielo|montaña|mare\\b")


def choose(text: str, *options: str) -> str:
    """One of the options, always the same for the same text."""
    if len(options) == 1:
        return options[0]
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()
    return options[int.from_bytes(digest, "big") % len(options)]


def explicit_type(text: str) -> str:
    """The shot size that the writer asks for by name, or ""."""
    return next((kind for pattern, kind in _EXPLICIT_RE if pattern.match(text)), "")


def action_type(text: str, people: int) -> str:
    """The size of a shot that shows an action with so many people in it."""
    asked = explicit_type(text)
    if asked:
        return asked
    if people == 0:
        if _OBJECT.search(text) and len(text) < 160:
            return "insert"
        return "extreme_wide" if _VAST.search(text) else "wide"
    if people > 2:
        return choose(text, "wide", "medium_wide")
    moving = _ACTION.search(text)
    if people == 2:
        return choose(text, "two_shot", "medium_wide") if not moving else "medium_wide"
    if _FEELING.search(text):
        return choose(text, "close_up", "medium_close")
    if moving:
        return choose(text, "full", "medium_wide")
    return choose(text, "medium", "medium_wide", "medium_close")


def movement(text: str, shot_type: str) -> str:
    """How the camera moves, by the verbs of the action."""
    if shot_type in {"insert", "extreme_close_up"}:
        return choose(text, "static", "static", "dolly_in")
    for pattern, options in _MOVES:
        if pattern.search(text):
            return choose(text, *options)
    if shot_type in {"close_up", "medium_close"}:
        return choose(text, "static", "static", "dolly_in")
    if shot_type in {"wide", "extreme_wide"}:
        return choose(text, "static", "pan_right", "pan_left", "dolly_in")
    return "static"


def speech_type(words: str, aside: str, listeners: int) -> str:
    """The size of a shot in which somebody speaks."""
    count = len(words.split())
    if aside or words.rstrip().endswith(("!", "…", "...", "--", "—")):
        return "close_up" if count <= 14 else "medium_close"
    if not listeners:
        return choose(words, "medium", "medium_close", "close_up")
    if listeners > 1:
        return choose(words, "medium", "medium_close", "two_shot")
    if count <= 3:
        return choose(words, "close_up", "over_the_shoulder")
    return choose(words, "over_the_shoulder", "over_the_shoulder", "medium_close", "medium", "close_up")


def speech_movement(words: str, shot_type: str, seconds: float) -> str:
    """A long speech may be approached; others are held."""
    if seconds > 6 and shot_type in {"close_up", "medium_close", "medium"}:
        return choose(words, "dolly_in", "static")
    return "static"


def place_movement(text: str, setting: str) -> str:
    """How the first shot of a scene moves."""
    if setting == "interior":
        return choose(text, "dolly_in", "pan_right", "pan_left", "static")
    return choose(text, "crane_down", "pan_right", "pan_left", "dolly_in", "static")


def composition(shot_type: str, people: list[str]) -> str:
    """Where things stand in the frame. Of two people the same one is always at the left, so that
    their looks meet from shot to shot."""
    first = people[0] if people else ""
    left = sorted(people[:2])[0] if people else ""
    side = "left" if first == left and len(people) > 1 else "right"
    if len(people) < 2:
        side = choose(first, "left", "right")
    away = "right" if side == "left" else "left"
    if shot_type in {"establishing", "extreme_wide", "wide"}:
        if not people:
            return "Deep focus; horizon on the lower third, room above."
        return f"Deep focus; {_list(people)} small in the frame, on the {side} third."
    if shot_type == "insert":
        return "The object fills the frame, lit from one side; background out of focus."
    if shot_type == "pov":
        return "Seen through the character's eyes, at eye height."
    if not people:
        return "Subject on a third, leading lines towards it."
    if shot_type == "over_the_shoulder" and len(people) > 1:
        return f"{first} on the {side} third, looking {away}; shoulder of {people[1]} {away}, dark."
    if shot_type == "two_shot" and len(people) > 1:
        right = sorted(people[:2])[1]
        return f"{left} at the left, {right} at the right, facing each other."
    if len(people) > 2:
        return f"Group in depth: {_list(people)}; eyes on the upper third."
    if len(people) == 2:
        right = sorted(people[:2])[1]
        return f"{left} left, {right} right; eyes on the upper third."
    if shot_type in {"close_up", "extreme_close_up"}:
        return f"Face of {first} fills the frame, eyes on the upper third; looks {away} past the lens."
    return f"{first} on the {side} third, looking {away}, with room to look into."


def _list(people: list[str]) -> str:
    return ", ".join(people[:4])
