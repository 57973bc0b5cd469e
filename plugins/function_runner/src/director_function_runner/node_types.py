"""A manifest as node types: one for each of its functions."""

from __future__ import annotations

from node_registry import NodeType

from .form import inputs_of, outputs_of, params_of, title
from .manifest import Function, Manifest
from .sockets import MEDIA

CATEGORY = "Functions"


def node_types(manifest: Manifest, digest: str) -> list[NodeType]:
    """The nodes that a manifest puts on the canvas. `digest` is that of the file's bytes."""
    model = _model(manifest)
    return [
        NodeType(
            id=f"function.{manifest.name}.{name}" if name else f"function.{manifest.name}",
            title=f"{model}: {title(name).lower()}" if name else model,
            category=CATEGORY,
            kind="task",
            version=f"1.0.0+{digest[:8]}",
            description=_description(manifest, function),
            inputs=inputs_of(function),
            outputs=outputs_of(function),
            params=params_of(function),
            color="#6c5b9e",
            icon="package",
            unavailable=_why_not(manifest, function),
        )
        for name, function in manifest.each_function().items()
    ]


def _why_not(manifest: Manifest, function: Function) -> str | None:
    """Why this release cannot run a function, in a sentence; None when it can."""
    if manifest.kind == "service":
        return "Functions of kind service, which keep a server warm, cannot be run yet."
    for step in function.steps:
        if step.type == "interactive":
            return f"Its step {step.id} needs a page of its own, which cannot be shown yet."
        for name in step.place if step.type == "human" else ():
            if function.inputs[name].type in MEDIA:
                return f"Its step {step.id} asks for a file, and only words can be answered yet."
    return None


def _model(manifest: Manifest) -> str:
    """The model's name: as it is titled, or as its authors named the repository."""
    if manifest.title:
        return manifest.title.strip()
    if manifest.source is None:
        return title(manifest.name)
    last = manifest.source.git.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")
    plain = "".join(letter for letter in last if letter.isalnum() or letter in "-_ .")
    return plain[:80] or title(manifest.name)


def _description(manifest: Manifest, function: Function) -> str:
    sentences = []
    resources = function.resources or manifest.resources
    sizes = [variant.vram_gb for variant in resources.variants]
    if resources.gpu is not None and resources.gpu.vram_gb:
        most, least = resources.gpu.vram_gb, min([*sizes, resources.gpu.vram_gb])
        less = f", or {least:g} GB in its smallest variant" if least < most else ""
        sentences.append(f"Needs a graphics card with {most:g} GB{less}.")
    # The note is shown before the first run, and so whoever picks the node reads it first.
    licence = manifest.license
    weights = f"; weights: {licence.weights}" if licence.weights else ""
    sentences.append(f"Licence of the code: {licence.code}{weights}.")
    if licence.note:
        note = licence.note.strip()
        sentences.append((note[:1].upper() + note[1:]).rstrip(".") + ".")
    return " ".join(sentences)[:2000]
