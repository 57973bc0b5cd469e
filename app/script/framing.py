"""How a shot is framed and moved, by what happens in it; every choice looks at this shot alone.

Nothing here counts shots, so that a line put into a scene leaves the others as they were.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Literal

Side = Literal["left", "right"]


def _stems(words: str) -> re.Pattern[str]:
    """A pattern for words that begin so, in small letters; a stem that ends in "." is a whole
    word."""
    parts = [re.escape(word).replace("_", r"\s+") for word in words.split()]
    return re.compile(
        r"\b(?:"
        + "|".join(p[:-2] + r"\b" if p.endswith(r"\.") else p + r"\w*" for p in parts)
        + ")"
    )


def _begins(words: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{words})\b", re.IGNORECASE)


_EXPLICIT = (
    (_begins(r"EXTREME CLOSE[- ]?UP|ECU|GANZ NAH"), "extreme_close_up"),
    (
        _begins(
            r"CLOSE[- ]?UP|CLOSE ON|CU|NAHAUFNAHME|GROSSAUFNAHME|GROS PLAN|PRIMER PLANO|PRIMO PIANO"
        ),
        "close_up",
    ),
    (_begins(r"INSERT|DETAIL|DETAILAUFNAHME|PLAN DE DÉTAIL"), "insert"),
    (_begins(r"EXTREME WIDE|AERIAL|DRONE SHOT|LUFTAUFNAHME|VUE AÉRIENNE"), "extreme_wide"),
    (_begins(r"WIDE ON|WIDE SHOT|WIDE|TOTALE|PLAN D'ENSEMBLE|PLANO GENERAL"), "wide"),
    (_begins(r"POV|SUBJECTIVE|SUBJEKTIVE"), "pov"),
    (_begins(r"TWO[- ]SHOT|ZWEIER"), "two_shot"),
    (_begins(r"OVER THE SHOULDER|OTS|ÜBER DIE SCHULTER"), "over_the_shoulder"),
    (_begins(r"FULL SHOT|HALBTOTALE|PLAN AMÉRICAIN"), "full"),
)
_MOVES = (
    (
        _stems(
            "runs. run. running chas flee fight sprint struggl stumbl rennt flieht kämpf court. "
            "fuit. corre. lucha scapp"
        ),
        ("handheld",),
    ),
    (_stems("climb soar klettert steigt grimpe sube. sale."), ("crane_up",)),
    (_stems("descend sinks. sink. hinunter hinab baja. scende"), ("crane_down",)),
    (
        _stems(
            "rises. rise. stands_up looks_up lifts. lift. raises. raise. erhebt steht_auf hebt. "
            "blickt_auf lève se_levanta si_alza"
        ),
        ("tilt_up",),
    ),
    (
        _stems(
            "falls. fall. kneel drops. drop. looks_down sits. sit. bends. fällt kniet setzt_sich "
            "s'assied tombe cae. se_sienta cade. si_siede"
        ),
        ("tilt_down",),
    ),
    (
        _stems(
            "looks_around scan search surveys. sweeps. sieht_sich_um sucht. regarde_autour "
            "cherche busca. cerca."
        ),
        ("pan_left", "pan_right"),
    ),
    (
        _stems(
            "leaves. leave. exits. retreat walks_away departs. recedes. verlässt geht_hinaus "
            "sort. s'éloigne se_va. esce."
        ),
        ("dolly_out",),
    ),
    (
        _stems(
            "approach enters. enter. leans. lean. steps_in steps_closer comes_in comes_closer "
            "nähert betritt tritt. entre. se_acerca entra. si_avvicina"
        ),
        ("dolly_in",),
    ),
    (
        _stems(
            "walk cross strid stroll wander passes. pass. carries. drive sail rows. drift geht. "
            "läuft fährt überquert marche traverse camina cruza cammina attraversa"
        ),
        ("truck_left", "truck_right"),
    ),
)
_FEELING = _stems(
    "tear cry. cries. smil stares. stare. gaz eyes. eye. face. trembl whisper weep frown blush "
    "swallow träne weint lächel starrt augen gesicht flüstert larme pleure sourit yeux visage "
    "lágrima llora sonríe ojos rostro lacrim piange sorride occhi volto"
)
_OBJECT = _stems(
    "hand. hands. finger letter. key. keys. photo watch. clock note. ring. map. button screen. "
    "phone matches candle lamp. cup. knife coin envelope logbook page. drawer switch dial. wick "
    "schlüssel brief. foto. uhr. tasse kerze messer lettre clé. montre. carta. llave reloj "
    "lettera chiave orologio"
)
_ACTION = _stems(
    "walk run. runs. cross climb dance jump push pull carr fight chase throw geht. läuft springt "
    "tanzt trägt marche court. saute porte. camina corre salta cammina"
)
_VAST = _stems(
    "sea. ocean sky. horizon valley mountain desert city. meer. himmel berge stadt. mer. ciel "
    "montagne mar. cielo montaña mare."
)


def choose(text: str, *options: str) -> str:
    """One of the options, always the same for the same text."""
    if len(options) == 1:
        return options[0]
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()
    return options[int.from_bytes(digest, "big") % len(options)]


def explicit_type(text: str) -> str:
    """The shot size that the writer asks for by name, or ""."""
    return next((kind for pattern, kind in _EXPLICIT if pattern.match(text)), "")


def action_type(text: str, people: int) -> str:
    """The size of a shot that shows an action with so many people in it."""
    asked = explicit_type(text)
    if asked:
        return asked
    small = text.lower()
    if people == 0:
        if _OBJECT.search(small) and len(text) < 160:
            return "insert"
        return "extreme_wide" if _VAST.search(small) else "wide"
    if people > 2:
        return choose(text, "wide", "medium_wide")
    moving = _ACTION.search(small)
    if people == 2:
        return choose(text, "two_shot", "medium_wide") if not moving else "medium_wide"
    if _FEELING.search(small):
        return choose(text, "close_up", "medium_close")
    if moving:
        return choose(text, "full", "medium_wide")
    return choose(text, "medium", "medium_wide", "medium_close")


def movement(text: str, shot_type: str) -> str:
    """How the camera moves, by the verbs of the action."""
    if shot_type in {"insert", "extreme_close_up"}:
        return choose(text, "static", "static", "dolly_in")
    small = text.lower()
    for pattern, options in _MOVES:
        if pattern.search(small):
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
    shoulder = "over_the_shoulder"
    return choose(words, shoulder, shoulder, "medium_close", "medium", "close_up")


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


_NEAR = {"medium_close", "close_up", "extreme_close_up"}


def in_turn(shot_type: str, turn: int | None) -> str:
    """A size that two shots of the same people in a row do not share: a cut to the picture that is
    there already looks like a fault. `turn` counts the shots of such a row, None where it is one:
    those with an even number are wide, the others near. What is said in them changes no other."""
    if turn is None or shot_type == "insert":
        return shot_type
    if turn % 2:
        return shot_type if shot_type in _NEAR else "medium_close"
    return "medium" if shot_type in _NEAR else shot_type


def choose_sides(talks: Mapping[tuple[str, str], int]) -> dict[str, Side]:
    """The side of the frame at which each of those who talk stands, all through a scene: two who
    talk stand opposite each other, first of all those who talk most. `talks` says how often."""
    sides: dict[str, int] = {}
    groups: dict[str, set[str]] = {}
    for (one, other), _ in sorted(talks.items(), key=lambda item: (-item[1], item[0])):
        for name in (one, other):
            sides.setdefault(name, 1)
            groups.setdefault(name, {name})
        if groups[one] is groups[other]:
            continue
        if sides[one] == sides[other]:
            for name in groups[other]:
                sides[name] = -sides[name]
        groups[one] |= groups[other]
        for name in groups[other]:
            groups[name] = groups[one]
    found: dict[str, Side] = {}
    for name, side in sides.items():
        # The first by name stands at the left, whatever was said first.
        found[name] = "left" if side == sides[min(groups[name])] else "right"
    return found


def composition(shot_type: str, people: list[str], sides: Mapping[str, Side] | None = None) -> str:
    """Where things stand in the frame. Who talks stands at their side of the scene (`sides`), also
    where the other one is not seen, so that looks meet from shot to shot."""
    sides = sides or {}
    first = people[0] if people else ""
    left, right = sorted(people[:2]) if len(people) > 1 else (first, "")
    if (sides.get(left), sides.get(right)) == ("right", "left"):
        left, right = right, left
    if len(people) > 1:
        side = "left" if first == left else "right"
    else:
        side = sides.get(first) or choose(first, "left", "right")
    away = "right" if side == "left" else "left"
    if shot_type in {"establishing", "extreme_wide", "wide"}:
        if not people:
            return "Deep focus; horizon on the lower third, room above."
        if len(people) == 1:
            return f"Deep focus; {first} small in the frame, on the {side} third."
        if len(people) == 2:
            return f"Deep focus; {left} left, {right} right, small in the frame."
        return f"Deep focus; {_list(people)} small in the frame."
    if shot_type == "insert":
        return "The object fills the frame, lit from one side; background out of focus."
    if shot_type == "pov":
        return "Seen through the character's eyes, at eye height."
    if not people:
        return "Subject on a third, leading lines towards it."
    if shot_type == "over_the_shoulder" and len(people) > 1:
        return f"{first} on the {side} third, looking {away}; shoulder of {people[1]} {away}, dark."
    if shot_type == "two_shot" and len(people) > 1:
        return f"{left} at the left, {right} at the right, facing each other."
    if len(people) > 2:
        return f"Group in depth: {_list(people)}; eyes on the upper third."
    if len(people) == 2:
        return f"{left} left, {right} right; eyes on the upper third."
    if shot_type in {"close_up", "extreme_close_up"}:
        return f"Face of {first} fills the frame, eyes on the upper third, looking {away}."
    return f"{first} on the {side} third, looking {away}, with room to look into."


def _list(people: list[str]) -> str:
    return ", ".join(people[:4])
