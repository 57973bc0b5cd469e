"""The backends of this plugin as the studio knows them: names, what they serve, estimates.

Nothing heavy is imported here: each factory imports its own module in the worker. The specs of
the cut (assembly, sound) are listed beside those of the picture.
"""

from __future__ import annotations

from node_registry import Backend, BackendSpec

from .animatic_backend import estimate as estimate_animatic


def _make_animatic() -> Backend:
    from .animatic_backend import AnimaticBackend

    return AnimaticBackend()


PICTURE_SPECS = (
    BackendSpec(
        name="media.animatic",
        title="Animatic",
        version="1.0.0",
        serves=("film.shot",),
        factory=_make_animatic,
        estimate=estimate_animatic,
        rank=0,
    ),
)


def cut_specs() -> tuple[BackendSpec, ...]:
    """The backends of the cut: assembly and sound."""
    from . import assembly_backend, audio_backend

    return (assembly_backend.SPEC, audio_backend.SPEC)


def all_specs() -> list[BackendSpec]:
    """Every backend of this plugin."""
    return [*PICTURE_SPECS, *cut_specs()]
