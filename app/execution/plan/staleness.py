"""Why a take no longer shows what its node means: reasons, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from node_registry.film import slate_name

from .digests import without_names
from .steps import Plan

NAMES = {
    "dialogue_content": "dialogue",
    "shot_type": "shot size",
    "characters_in_frame": "characters in frame",
    "duration_estimate": "duration",
    "frames": "length in frames",
    "audio_requirements": "sound",
    "environment_context": "surroundings",
    "media": "file",
    "voices": "spoken lines",
}


class Reason(msgspec.Struct, frozen=True):
    """One difference between what a take was made from and what its node means now."""

    code: str
    sentence: str


def stale(plan: Plan) -> dict[str, list[Reason]]:
    """The nodes of a plan whose takes are stale, by id, each with its reasons.

    The plan should be a tolerant one of all nodes that have takes. A take is stale when its basis
    is another one now, or when something that goes into its node is stale.
    """
    found: dict[str, list[Reason]] = {}
    by_step: dict[str, str] = {}
    for step in plan.steps:
        reasons: list[Reason] = []
        if step.take is not None and step.take.basis != step.basis:
            reasons = differences(step.take.made_from, step.made_from)
            reasons = reasons or [Reason("changed", "It was made from something else.")]
        behind = {by_step[key]: None for key in step.dependencies if key in by_step}
        reasons += [Reason("input_stale", f"Its input {name} is stale.") for name in behind]
        # What has no take of its own passes on that something behind it is stale.
        if reasons and (step.take is not None or behind):
            by_step[step.key] = step.label
        if reasons and step.take is not None and step.kind == "task":
            found.setdefault(step.node_id, []).extend(reasons)
    return found


def explain(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between two `made_from`, in sentences; empty when nothing does."""
    return [reason.sentence for reason in differences(old, new)]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Reason]:
    """What differs between two `made_from`, the node's own part first."""
    if not old:
        return []
    return [
        *_params(old, new),
        *_settings(old.get("settings", {}), new.get("settings", {})),
        *_slate(old.get("slate"), new.get("slate")),
        *_inputs(old.get("inputs", {}), new.get("inputs", {})),
        *_cut(old.get("cut"), new.get("cut")),
    ]


def _params(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    if old.get("type") != new.get("type"):
        yield Reason("type", "It is a node of another type now.")
        return
    # The number is told by the slate, with the scene's.
    for name in _changed_keys(old.get("params", {}), new.get("params", {})):
        if name != "code" or "slate" not in new:
            yield Reason(f"param.{name}", f"Its {_name(name)} changed.")


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    sizes = [(part.get("width"), part.get("height")) for part in (old, new)]
    if sizes[0] != sizes[1]:
        words = [f"{width}×{height}" for width, height in sizes]
        sentence = f"The film's resolution changed from {words[0]} to {words[1]}."
        yield Reason("settings.resolution", sentence)
    for key, name in (("rate", "frame rate"), ("sample_rate", "sample rate")):
        if old.get(key) != new.get(key):
            sentence = f"The film's {name} changed from {old.get(key)} to {new.get(key)}."
            yield Reason(f"settings.{key}", sentence)


def _slate(old: Any, new: Any) -> Iterator[Reason]:
    if old and new and list(old) != list(new):
        names = [slate_name(scene, shot) for scene, shot in (old, new)]
        yield Reason("slate", f"It was called {names[0]} and is called {names[1]} now.")


def _inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    for socket in [*old, *(socket for socket in new if socket not in old)]:
        before, after = old.get(socket, []), new.get(socket, [])
        known = _by_source(before)
        present = _by_source(after)
        for key, entry in present.items():
            if key in known:
                yield from _input(socket, known[key], entry)
            else:
                verb = "was added" if socket == "shots" else f"was connected to its {_name(socket)}"
                yield Reason(f"input.{socket}", f"{entry['label']} {verb}.")
        for key, entry in known.items():
            if key not in present:
                verb = "was taken out" if socket == "shots" else "was disconnected"
                yield Reason(f"input.{socket}", f"{entry['label']} {verb}.")
        common = [
            [key for key in part if key in known and key in present] for part in (known, present)
        ]
        if common[0] != common[1]:
            yield Reason(f"input.{socket}", f"The order of its {_name(socket)} changed.")


def _input(socket: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reason]:
    label = new["label"]
    if old["strength"] != new["strength"]:
        yield Reason(
            f"input.{socket}",
            f"The strength of {label} changed from {old['strength']} to {new['strength']}.",
        )
    if old["digest"] == new["digest"]:
        return
    if new.get("made"):
        yield Reason(f"input.{socket}", f"Its input {label} has a new take.")
        return
    before, after = old.get("value"), new.get("value")
    changed: list[str] = []
    if isinstance(before, dict) and isinstance(after, dict):
        changed = _changed_keys(before, after)
    if not changed:
        yield Reason(f"input.{socket}", f"What {label} gives changed.")
    for name in changed:
        whose = f"{label}'" if label.endswith("s") else f"{label}'s"
        yield Reason(f"input.{socket}", f"{whose} {_name(name)} changed.")


def _cut(old: Any, new: Any) -> Iterator[Reason]:
    if old is None or new is None:
        return
    cuts = [[list(entry) for entry in part] for part in (old, new)]
    parts = [[e for e in part if e[0] == "transition"] for part in cuts]
    places = [[i for i, e in enumerate(part) if e[0] == "transition"] for part in cuts]
    if parts[0] != parts[1] or (len(cuts[0]) == len(cuts[1]) and places[0] != places[1]):
        yield Reason("cut.transitions", "Its transitions changed.")
    names = [[e[1:] for e in part if e[0] == "shot"] for part in cuts]
    if sorted(names[0]) != sorted(names[1]) and len(names[0]) == len(names[1]):
        yield Reason("cut.names", "Shots in it are called otherwise now.")


def _by_source(entries: list[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The entries by their node; one that gives several things is counted through."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    seen: dict[str, int] = {}
    for entry in entries:
        node = str(entry["node"])
        seen[node] = number = seen.get(node, -1) + 1
        found[node, number] = entry
    return found


def _changed_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    keys = [*new, *(key for key in old if key not in new)]
    return [key for key in keys if without_names(old.get(key)) != without_names(new.get(key))]


def _name(key: str) -> str:
    return NAMES.get(key, key.replace("_", " "))
