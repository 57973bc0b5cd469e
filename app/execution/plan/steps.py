"""What a plan consists of: steps, what goes into each, and the takes that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from node_registry import DirectorError, Tier

from .digests import basis_of, without_keys

Iteration = tuple[int, ...]


class ActiveTake(msgspec.Struct, frozen=True, kw_only=True):
    """The take that a node gives now: the basis it was made from, and the digest of its bytes.

    `tier` and `seed`, where given, say how it was made: a take of another tier, or with another
    than the locked seed, is made again when its node is planned, though it is not stale.
    `made_from` explains a difference.
    """

    basis: str
    output: str
    take_id: str = ""
    tier: str | None = None
    seed: int | None = None
    made_from: dict[str, Any] = {}


class InputRef(msgspec.Struct, frozen=True, gc=False):
    """One thing that goes into a step: the result of a step, bytes, or a value.

    `socket` is the output that it comes from, `type` its socket type, `step` the key of the step
    that makes it. `digest` is what stands for it in the basis; `default_keys` are those of an
    object `value` that it leaves out, since they hold the defaults of their fields.
    """

    node_id: str
    label: str
    socket: str
    type: str
    digest: str
    strength: float = 1.0
    step: str | None = None
    media: dict[str, Any] | None = None
    value: Any = None
    default_keys: tuple[str, ...] = ()


class PlanStep(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One run of one node, or a conversion of what it gave (`kind` says which).

    `params` are all that the run reads. `part` is the node's own part of the basis, in which those
    are missing that hold their defaults. A step that is `current` needs no run: `take`
    stands for it. `dependencies` are the keys of the steps that must end before it.
    """

    key: str
    node_id: str
    node_type: str
    label: str
    iteration: Iteration
    kind: Literal["task", "convert"]
    params: dict[str, Any]
    inputs: dict[str, list[InputRef]]
    part: dict[str, Any]
    basis: str
    tier: Tier
    seed: int | None
    current: bool
    take: ActiveTake | None
    dependencies: tuple[str, ...]

    @property
    def made_from(self) -> dict[str, Any]:
        """What the basis was computed from, so that a later difference can be explained."""
        return self.made_from_when({})

    def basis_when(self, outputs: Mapping[str, str]) -> str:
        """The basis once these steps (by key) have given these output digests."""
        inputs = {
            socket: [(ref.strength, _now(ref, outputs)) for ref in refs]
            for socket, refs in self.inputs.items()
        }
        return basis_of(self.part, inputs)

    def made_from_when(self, outputs: Mapping[str, str]) -> dict[str, Any]:
        """`made_from` once these steps (by key) have given these output digests."""
        return {
            **self.part,
            "inputs": {
                socket: [
                    {
                        "node": ref.node_id,
                        "label": ref.label,
                        "strength": ref.strength,
                        "digest": _now(ref, outputs),
                        "made": ref.step is not None,
                        "value": without_keys(ref.value, ref.default_keys),
                    }
                    for ref in refs
                ]
                for socket, refs in self.inputs.items()
            },
        }


class Plan(msgspec.Struct, frozen=True):
    """Steps in an order in which each comes after all that it needs.

    `errors` names, by node id, what a tolerant planner left out and why.
    """

    steps: list[PlanStep]
    errors: dict[str, DirectorError] = {}

    @property
    def to_run(self) -> list[PlanStep]:
        """The steps that no take stands for."""
        return [step for step in self.steps if not step.current]

    def step(self, key: str) -> PlanStep | None:
        """The step with this key."""
        return next((step for step in self.steps if step.key == key), None)


def _now(ref: InputRef, outputs: Mapping[str, str]) -> str:
    if ref.step is None or ref.step not in outputs:
        return ref.digest
    _, mark, socket = ref.digest.partition("#")
    return f"{outputs[ref.step]}{mark}{socket}"
