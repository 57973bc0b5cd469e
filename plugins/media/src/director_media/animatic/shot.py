"""A shot as the animatic understands it: read from a request, tolerant of what is missing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from node_registry.film import parse_rate, shot_frames

from node_registry import BackendError, Request

from .camera import Window
from .places import Place, read_place
from .text import clean
from .traits import Traits, read_traits

LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Shot:
    """What one animatic shows. Pictures are local files: a first frame, a place, faces by name."""

    width: int
    height: int
    rate: Fraction
    frames: int
    project: str
    scene: str
    code: str
    version: int
    shot_type: str
    movement: str
    strength: float
    names: tuple[str, ...]
    dialogue: str
    caption: str
    place: Place
    place_key: str
    seed: int
    keywords: tuple[str, ...] = ()
    first_frame: Path | None = None
    backdrop: Path | None = None
    faces: dict[str, Path] = field(default_factory=dict)
    composition: str = ""
    traits: dict[str, Traits] = field(default_factory=dict)
    windows: tuple[Window, Window] | None = None


def read_shot(
    request: Request,
    *,
    first_frame: Path | None = None,
    backdrop: Path | None = None,
    faces: dict[str, Path] | None = None,
) -> Shot:
    """The shot of a request. Fields of a wrong kind count as missing; a bad length is refused."""
    params, settings = request.params, request.settings
    rate = parse_rate(settings.rate)
    environment = value_of(request, "environment")
    context = _words(params.get("environment_context"))
    own_words = (_words(environment.get("name")), _words(environment.get("description")))
    words = " ".join((context, *own_words))
    # What is heard in the one shot stands behind a semicolon, and makes no other place of it.
    place_key = clean(" ".join((context.split(";", 1)[0], *own_words)))[:400]
    prompt = _words(params.get("prompt")) or _first_text(request)
    # A waiting room that is seen from both sides is inside where its scene says so.
    own = words.split(",", 1)[0].strip().lower()
    place = read_place(
        words if words.strip() else prompt,
        setting=own if own in ("interior", "exterior") else _words(environment.get("setting")),
        time=_words(environment.get("time_of_day")),
        weather=_words(environment.get("weather")) or _words(environment.get("season")),
    )
    movement, strength, windows = read_camera(request)
    return Shot(
        width=settings.width,
        height=settings.height,
        rate=rate,
        frames=read_frames(params, rate),
        project=clean(request.slate.project)[:200],
        scene=clean(request.slate.scene)[:40],
        code=clean(request.slate.shot)[:40],
        version=request.slate.version,
        shot_type=_words(params.get("shot_type")) or "medium",
        movement=movement,
        strength=strength,
        windows=windows,
        names=read_names(request),
        dialogue=_words(params.get("dialogue_content"))[:20_000],
        caption=clean(prompt)[:2000],
        place=place,
        place_key=place_key or prompt[:400],
        seed=request.seed,
        first_frame=first_frame,
        backdrop=backdrop,
        faces=faces or {},
        composition=_words(params.get("composition_notes"))[:2000],
        traits=_traits(request),
    )


def read_camera(request: Request) -> tuple[str, float, tuple[Window, Window] | None]:
    """Movement, strength and flat move: those of a connected camera, else the shot's own."""
    params, camera = request.params, value_of(request, "camera")
    if not camera:
        movement = _words(params.get("camera_movement")) or "static"
        return movement, _share(params.get("motion_strength"), 0.5), None
    strength = _share(camera.get("speed"), 0.5)
    if camera.get("mode") == "2d":
        return "pan_and_zoom", strength, (_window(camera.get("start")), _window(camera.get("end")))
    return _words(camera.get("movement")) or "static", strength, None


def _window(value: Any) -> Window:
    given = value if isinstance(value, dict) else {}
    zoom = given.get("zoom", 1)
    usable = isinstance(zoom, int | float) and not isinstance(zoom, bool) and 1 <= zoom <= 8
    return Window(
        _share(given.get("x"), 0.5), _share(given.get("y"), 0.5), float(zoom) if usable else 1.0
    )


def read_frames(params: dict[str, Any], rate: Fraction) -> int:
    """How many frames the shot has, or an error that names the wrong length."""
    try:
        frames = shot_frames(params, rate)
    except (TypeError, ValueError, OverflowError) as error:
        raise BackendError(
            "media.bad_length",
            "The shot's length is not a number.",
            hint="Write its duration in seconds.",
        ) from error
    if not 1 <= frames <= LONGEST:
        raise BackendError(
            "media.bad_length",
            f"A shot of {frames} frames cannot be made.",
            hint=f"Choose a length from 1 to {LONGEST} frames.",
        )
    return frames


def read_names(request: Request) -> tuple[str, ...]:
    """Who is in the frame: as the shot says, else the characters connected to it."""
    given = request.params.get("characters_in_frame")
    names = [clean(n)[:60] for n in given if isinstance(n, str)] if isinstance(given, list) else []
    if not any(names):
        names = [
            clean(part.value["name"])[:60]
            for part in request.inputs.get("characters", [])
            if isinstance(part.value, dict) and isinstance(part.value.get("name"), str)
        ]
    return tuple(dict.fromkeys(name for name in names if name))


def _traits(request: Request) -> dict[str, Traits]:
    """What the characters that are connected to the shot are said to look like, by their names."""
    found: dict[str, Traits] = {}
    for part in request.inputs.get("characters", []):
        if not isinstance(part.value, dict):
            continue
        aliases = part.value.get("aliases")
        known = [part.value.get("name"), *(aliases if isinstance(aliases, list) else [])]
        age = part.value.get("age")
        traits = read_traits(
            str(age) if isinstance(age, str | int) else "",
            _words(part.value.get("description"))[:20_000],
        )
        found |= {clean(name)[:60]: traits for name in known if isinstance(name, str)}
    return found


def value_of(request: Request, socket: str) -> dict[str, Any]:
    """The JSON object connected to an input, or an empty one."""
    connected = request.inputs.get(socket) or []
    return connected[0].value if connected and isinstance(connected[0].value, dict) else {}


def seed_of(*parts: object) -> int:
    """A number that equal parts always give, on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def _first_text(request: Request) -> str:
    connected = request.inputs.get("prompt") or []
    return connected[0].value if connected and isinstance(connected[0].value, str) else ""


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _share(value: Any, otherwise: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    return min(1.0, max(0.0, float(value))) if value == value else otherwise
