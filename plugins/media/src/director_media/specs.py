"""The backends of this plugin as the studio knows them: names, what they serve, estimates.

Nothing heavy is imported here: each factory imports its own module in the worker. The specs of
the cut (assembly, sound) are listed beside those of the picture.
"""

from __future__ import annotations

from node_registry import Backend, BackendSpec

from .animatic.backend import estimate as estimate_animatic
from .pictures.backend import PictureBackend
from .pictures.backend import estimate as estimate_picture


def _make_animatic() -> Backend:
    from .animatic.backend import AnimaticBackend

    return AnimaticBackend()


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


PICTURE_SPECS = (
    BackendSpec(
        name="media.animatic",
        title="Animatic",
        version="1.1.0",
        serves=("film.shot",),
        factory=_make_animatic,
        estimate=estimate_animatic,
        rank=0,
        # Most films begin with it, and its libraries load for longer than a shot takes to draw.
        preload=("director_media.animatic.render",),
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

    return (assembly_backend.SPEC, audio_backend.SPEC)


def all_specs() -> list[BackendSpec]:
    """Every backend of this plugin."""
    return [*PICTURE_SPECS, *cut_specs()]
