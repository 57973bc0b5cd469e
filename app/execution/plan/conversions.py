"""Conversions of values between socket types, done while a plan is made."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import Converter, DirectorError

from .digests import digest_of, is_media
from .steps import InputRef


def convert_value(ref: InputRef, converter: Converter) -> InputRef:
    """The same input as another socket type; raises `plan.…` when its value has no such form."""
    if ref.step is not None:
        raise DirectorError(
            "plan.not_known_yet",
            f"{ref.label} cannot be read as {converter.target} before it has run.",
            hint="Connect a value that is set on the canvas.",
        )
    assert converter.convert is not None
    try:
        value = converter.convert(plain_value(ref))
    except Exception as error:
        # A converter is to raise a DirectorError, but nobody's plan breaks on one that does not.
        explained = isinstance(error, DirectorError)
        why = (error.message if explained else f"{type(error).__name__}: {error}")[:200].rstrip(".")
        raise DirectorError(
            "plan.cannot_convert",
            f"What {ref.label} gives cannot be read as {converter.target}: {why}.",
            hint=(error.hint if explained else "")
            or f"Change its value, or connect something of type {converter.target}.",
        ) from error
    return msgspec.structs.replace(
        ref,
        type=converter.target,
        value=value,
        media=None,
        digest=digest_of(value),
        default_keys=(),
    )


def in_parts(ref: InputRef) -> list[InputRef]:
    """A list of media as one input for each; anything else as it is."""
    if not isinstance(ref.value, list) or not all(is_media(part) for part in ref.value):
        return [ref]
    return [
        msgspec.structs.replace(ref, media=part, value=None, digest=part["digest"])
        for part in ref.value
    ]


def plain_value(ref: InputRef) -> Any:
    """What an input gives as JSON: its value, or the reference to its bytes."""
    return ref.value if ref.media is None else ref.media
