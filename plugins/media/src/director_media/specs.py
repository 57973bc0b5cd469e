"""The backends of this plugin as the studio knows them: names, what they serve, estimates.

Nothing heavy is imported here: each factory imports its own module in the worker. The specs of
the cut (assembly, sound) are listed beside those of the picture.
"""

from __future__ import annotations

from functools import partial

from node_registry import Backend, BackendSpec, Ingredients, Request

from .animatic.backend import estimate as estimate_animatic
from .pictures.backend import PictureBackend
from .pictures.backend import estimate as estimate_picture
from .pictures.frame import estimate as estimate_frame
from .settings import Settings

# Below servers of voices, whose operator has set their address; above what needs a workflow.
VOICE_RANK = -80


def _make_animatic(settings: Settings) -> Backend:
    from .animatic.backend import AnimaticBackend

    return AnimaticBackend(settings)


def _animatic_ingredients(request: Request, settings: Settings) -> Ingredients:
    """The engine of its voices, where its film has voices."""
    if not isinstance(request.params.get("voices"), dict):
        return Ingredients()
    from .voices.backend import ingredients_of
    from .voices.engines import find_engine

    return ingredients_of(find_engine(settings))


def _make_voice(settings: Settings) -> Backend:
    from .voices.backend import VoiceBackend

    return VoiceBackend(settings)


def _make_transition() -> Backend:
    from .pictures.transition import make_transition

    return PictureBackend(make_transition, "Rendering the transition")


def _make_upscale() -> Backend:
    from .pictures.upscale import make_upscale

    return PictureBackend(make_upscale, "Enlarging")


def _make_composite() -> Backend:
    from .pictures.composite import make_composite

    return PictureBackend(make_composite, "Laying the layers")


def _make_sequence() -> Backend:
    from .pictures.sequence import make_sequence

    return PictureBackend(make_sequence, "Joining the pictures")


def _make_still() -> Backend:
    from .pictures.sequence import make_still

    return PictureBackend(make_still, "Holding the picture")


def _make_frame() -> Backend:
    from .pictures.frame import FrameBackend

    return FrameBackend()


PICTURE_SPECS = (
    BackendSpec(
        name="media.frame",
        title="Frame of a video",
        version="1.0.0",
        serves=("media.frame",),
        factory=_make_frame,
        estimate=estimate_frame,
    ),
    *(
        BackendSpec(
            name=name,
            title=title,
            version="1.0.0",
            serves=(serves,),
            factory=factory,
            estimate=estimate_picture,
            rank=0,
        )
        for name, title, serves, factory in (
            ("media.transition", "Transition", "film.transition", _make_transition),
            ("media.upscale", "Upscale by Lanczos", "film.upscale", _make_upscale),
            ("media.composite", "Composite", "film.composite", _make_composite),
            ("media.image_sequence", "Image sequence", "media.image_sequence", _make_sequence),
            ("media.still", "Still", "media.still", _make_still),
        )
    ),
)


def cut_specs() -> tuple[BackendSpec, ...]:
    """The backends of the cut: assembly and sound."""
    from .conform import backend as assembly_backend
    from .sound import backend as audio_backend

    return (assembly_backend.SPEC, audio_backend.SPEC, audio_backend.VIDEO_SOUND_SPEC)


def animatic_spec(settings: Settings) -> BackendSpec:
    """The animatic; its lines are spoken by the engine that these settings name."""
    return BackendSpec(
        name="media.animatic",
        title="Animatic",
        version="1.2.0",
        serves=("film.shot",),
        factory=partial(_make_animatic, settings),
        estimate=estimate_animatic,
        rank=0,
        ingredients=partial(_animatic_ingredients, settings=settings),
        # Most films begin with it, and its libraries load for longer than a shot takes to draw.
        preload=("director_media.animatic.render",),
    )


def voice_specs(settings: Settings) -> list[BackendSpec]:
    """The backend of the Voice node; none where nothing on this machine can speak."""
    from .voices.backend import estimate, ingredients_of
    from .voices.engines import find_engine

    engine = find_engine(settings)
    if engine is None:
        return []
    return [
        BackendSpec(
            name="media.voice",
            title=f"Voice by {engine.kind}",
            version="1.0.0",
            serves=("film.voice_synthesis",),
            factory=partial(_make_voice, settings),
            estimate=estimate,
            rank=VOICE_RANK,
            ingredients=lambda request: ingredients_of(engine),
        )
    ]


def all_specs(settings: Settings) -> list[BackendSpec]:
    """Every backend of this plugin."""
    return [animatic_spec(settings), *PICTURE_SPECS, *voice_specs(settings), *cut_specs()]
