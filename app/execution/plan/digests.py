"""The digests that make a film regenerable: basis and recipe, from canonical JSON by SHA-256.

The third digest, `output`, is that of the bytes themselves and is made where they are stored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

encode = msgspec.json.Encoder(order="deterministic").encode

InputDigests = Mapping[str, Sequence[tuple[float, str]]]


def digest_of(value: Any) -> str:
    """The digest of a JSON value. Media count by their bytes, not by their names."""
    return sha256(encode(without_names(value))).hexdigest()


def value_digest(node_type: str, value: Any, default_keys: Sequence[str]) -> str:
    """What stands in a basis for a value that a node of this type gives.

    An object counts without the keys that hold their field's default, so that a later field
    changes nothing; its type stands beside it, since each type has defaults of its own.
    """
    if isinstance(value, dict):
        return digest_of({"type": node_type, "value": without_keys(value, default_keys)})
    return digest_of(value)


def without_keys(value: Any, keys: Sequence[str]) -> Any:
    """A JSON object without some of its keys; anything else as it is."""
    if not keys:
        return value
    return {key: part for key, part in value.items() if key not in keys}


def basis_of(part: Mapping[str, Any], inputs: InputDigests) -> str:
    """What a node means: its own part, and per input the digests with their strengths, in order.

    `part` is what the planner gives with each step; the inputs of a step whose sources have run
    meanwhile are put in again, so that the basis that a take stores is that of what it was made
    from.
    """
    return sha256(encode({**part, "inputs": inputs})).hexdigest()


def recipe_of(
    basis: str,
    *,
    seed: int,
    tier: str,
    backend: str,
    backend_version: str,
    models: Mapping[str, str | None] | None = None,
    workflow: Any = None,
    request: Any = None,
) -> str | None:
    """The digest of a run down to its last choice; equal recipes share a take.

    `request` is what the backend reads of it: all params and values, those too that hold their
    defaults, which the basis leaves out.

    None when a part cannot be made canonical (a model without a digest, a value that JSON does
    not hold): then nothing may be reused, and the caller says so.
    """
    models = models or {}
    if not all((basis, backend, backend_version)) or not all(models.values()):
        return None
    parts = {
        "basis": basis,
        "seed": seed,
        "tier": tier,
        "backend": [backend, backend_version],
        "models": dict(models),
        "workflow": workflow,
        "request": request,
    }
    if not _is_canonical(parts):
        return None
    return sha256(encode(parts)).hexdigest()


def default_seed(node_id: str, iteration: Sequence[int] = ()) -> int:
    """The seed of a node that has none of its own: the same in every run, below 2 to the 63rd."""
    try:
        name = UUID(node_id).bytes
    except ValueError:
        name = node_id.encode()
    text = name + b"".join(b"/%d" % index for index in iteration)
    return int.from_bytes(sha256(text).digest()[:8], "big") >> 1


def without_names(value: Any) -> Any:
    """A JSON value in which media are named by their bytes alone."""
    if isinstance(value, dict):
        if is_media(value):
            return {"media": value["digest"]}
        return {key: without_names(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_names(part) for part in value]
    return value


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same in the canonical form, in which 1 is not `true`."""
    return encode(one) == encode(other)


def is_media(value: Any) -> bool:
    """Whether a JSON value is a reference to bytes in the storage."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("digest"), str)
        and len(value["digest"]) == 64
        and "media_type" in value
    )


def _is_canonical(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_canonical(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_canonical(part) for part in value)
    return value is None or isinstance(value, (str, int, bool))
