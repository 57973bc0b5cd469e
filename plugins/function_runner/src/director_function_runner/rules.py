"""What must hold in a manifest besides the types of its values; each fault is one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from . import templates
from .input_rules import check_input, fits
from .manifest import Function, Manifest, Output, Progress, Variant

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# A local image has no repository: its id is what pins it.
_REF = re.compile(r"(?:[^\s@]+@)?sha256:[0-9a-f]{64}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_CODE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_SOURCE = re.compile(r"(?:hf|https|file)://\S+")


def faults(manifest: Manifest, *, beside: bool = False) -> Iterator[str]:
    """Every fault, each with the key that it is at and what to write instead."""
    if not _SLUG.fullmatch(manifest.name) or len(manifest.name) > 64:
        yield "name: write small letters, digits and hyphens, such as my-model."
    yield from _origin(manifest, beside)
    yield from _weights(manifest)
    yield from _secrets(manifest)
    if manifest.functions and (manifest.inputs or manifest.steps or manifest.outputs):
        yield "functions: inputs, steps and outputs stand inside each function, not beside them."
    for name in manifest.functions:
        if not templates.is_name(name):
            yield f"functions.{name}: write small letters, digits and _."
    if manifest.title and not 0 < len(manifest.title.strip()) <= 80:
        yield "title: write at most 80 letters."
    for name, function in manifest.each_function().items():
        yield from _function(manifest, function, f"functions.{name}." if name else "")
    yield from _service(manifest)
    for number, failure in enumerate(manifest.errors):
        yield from _pattern(f"errors.{number}.match", failure.match)
        if not _CODE.fullmatch(failure.code):
            yield f"errors.{number}.code: write area.reason, such as gpu.oom."


def _origin(manifest: Manifest, beside: bool) -> Iterator[str]:
    image, source = manifest.image, manifest.source
    if bool(image.ref) == bool(image.base):
        yield "image: give either ref (a ready image) or base (what one is built from)."
    if image.ref and not _REF.fullmatch(image.ref):
        yield "image.ref: pin it, as name@sha256:<64 digits>; a tag can change under a film."
    if source is None and not beside:
        yield "source: name the repository, or put the manifest as function.yaml beside the code."
    if source is not None:
        if not re.fullmatch(r"https://[^\s@]+", source.git):
            yield "source.git: write the https:// address of the repository, without a password."
        if not _COMMIT.fullmatch(source.commit):
            yield "source.commit: write the whole commit id, 40 digits; a branch moves."
        if not source.workdir.startswith("/"):
            yield "source.workdir: write a whole path inside the image, such as /src."


def _weights(manifest: Manifest) -> Iterator[str]:
    yield from _twice("weights", [weights.name for weights in manifest.weights])
    for number, weights in enumerate(manifest.weights):
        if not _SLUG.fullmatch(weights.name):
            yield f"weights.{number}.name: write small letters, digits and hyphens."
        if weights.sha256 and not re.fullmatch(r"[0-9a-f]{64}", weights.sha256):
            yield f"weights.{number}.sha256: write 64 digits of 0-9 and a-f."
        if not _SOURCE.fullmatch(weights.source):
            yield f"weights.{number}.source: begin with hf://, https:// or file://."
    yield from _twice("volumes", [volume.name for volume in manifest.volumes])
    for number, volume in enumerate(manifest.volumes):
        if not volume.target.startswith("/"):
            yield f"volumes.{number}.target: write a whole path inside the image."


def _secrets(manifest: Manifest) -> Iterator[str]:
    for name in (*manifest.env, *manifest.secrets):
        if not _VARIABLE.fullmatch(name):
            yield f"env, secrets: {name[:40]!r} is no variable; write capitals, digits and _."
    for name in sorted({*manifest.env} & {*manifest.secrets}):
        yield f"secrets: {name} stands in env too; leave the value out of the file."


def _function(manifest: Manifest, function: Function, at: str) -> Iterator[str]:
    known = _known(manifest, function)
    for name, declared in function.inputs.items():
        yield from check_input(f"{at}inputs.{name}", name, declared)
        yield from _templates(f"{at}inputs.{name}.glob", declared.glob, known)
    if not function.outputs:
        yield f"{at}outputs: declare at least one, or there is no telling a success."
    for resources in (function.resources, None if at else manifest.resources):
        variants = resources.variants if resources else []
        for tier, variant_name in (resources.tiers if resources else {}).items():
            if variant_name not in [variant.name for variant in variants]:
                yield f"{at}resources.tiers.{tier}: there is no variant {variant_name[:40]!r}."
        yield from _twice(f"{at}resources.variants", [variant.name for variant in variants])
        for variant in variants:
            yield from _variant(f"{at}resources.variants.{variant.name}", variant, function)
    ids = [step.id for step in function.steps]
    yield from _twice(f"{at}steps", ids)
    if manifest.kind != "service" and not ids:
        yield f"{at}steps: name at least one command."
    for step in function.steps:
        here = f"{at}steps.{step.id}"
        if not templates.is_name(step.id):
            yield f"{here}: an id has small letters, digits and _."
        if step.type != "command" and manifest.kind != "workflow":
            yield f"{here}.type: only a workflow waits for people."
        if (step.type == "human") == bool(step.command):
            yield f"{here}.command: " + (
                "a person's step has none." if step.command else "write [program, argument, …]."
            )
        yield from _arguments(f"{here}.command", step.command, known, function)
        yield from _arguments(f"{here}.args", step.args, known, function)
        for name, place in step.place.items():
            if name not in function.inputs:
                yield f"{here}.place: there is no input {name[:40]!r}."
            yield from _templates(f"{here}.place", place, known | {"name"})
        if step.when:
            yield from _condition(f"{here}.when", step.when, function)
        yield from _progress(here, step.progress, function)
        yield from _outputs(f"{here}.outputs", step.outputs, known, function)
        if step.timeout_s <= 0:
            yield f"{here}.timeout_s: write seconds above 0."
    yield from _outputs(f"{at}outputs", function.outputs, known, function)


def _service(manifest: Manifest) -> Iterator[str]:
    service = manifest.service
    if (service is None) == (manifest.kind == "service"):
        yield (
            "service: a manifest of kind service describes its server here."
            if service is None
            else "service: only a manifest of kind service has it."
        )
    if service is None:
        return
    if not service.command:
        yield "service.command: write [program, argument, …]."
    if not service.ready.http.startswith("/"):
        yield "service.ready.http: write the path that answers when it is ready, such as /config."
    for function in manifest.each_function().values():
        known = _known(manifest, function)
        yield from _arguments("service.command", service.command, known, function)
        yield from _arguments("service.args", service.args, known, function)
        for part in service.call.data:
            if isinstance(part, str):
                yield from _templates("service.call.data", part, known)
        for name, output in function.outputs.items():
            result = output.from_.removeprefix("returns.")
            if output.from_.startswith("returns.") and result not in service.call.returns:
                yield f"outputs.{name}.from: service.call.returns has no {result[:40]!r}."
        yield from _progress("service", service.progress, function)


def _known(manifest: Manifest, function: Function) -> set[str]:
    weights = {f"weights.{weights.name}" for weights in manifest.weights}
    # A job that runs once has no server, and so no port.
    without = {"service.port"} if manifest.kind == "oneshot" else set[str]()
    return {*function.inputs, *(templates.BUILT_IN - without), *weights}


def _variant(at: str, variant: Variant, function: Function) -> Iterator[str]:
    if variant.vram_gb <= 0:
        yield f"{at}.vram_gb: write the memory that it needs, in GB."
    for name, value in variant.set.items():
        declared = function.inputs.get(name)
        if declared is None:
            yield f"{at}.set: there is no input {name[:40]!r}."
        elif wrong := fits(declared, value):
            yield f"{at}.set.{name}: {wrong}"


def _arguments(
    at: str, arguments: Iterable[object], known: set[str], function: Function
) -> Iterator[str]:
    for number, argument in enumerate(arguments):
        here = f"{at}.{number}"
        flag = getattr(argument, "flag", None)
        if flag is not None:
            when, values = getattr(argument, "when", None), getattr(argument, "values", "")
            if (when is None) == (not values):
                yield f"{here}: {flag[:40]} has either when or values."
            if isinstance(when, str):
                yield from _condition(here, when, function)
            if values and values not in function.inputs:
                yield f"{here}: there is no input {values[:40]!r}."
            continue
        for part in argument if isinstance(argument, list) else [argument]:
            if isinstance(part, str):
                yield from _templates(here, part, known)


def _templates(at: str, text: str, known: set[str]) -> Iterator[str]:
    for name in templates.references(text):
        if name not in known:
            yield f"{at}: {{{name[:60]}}} stands for nothing; declare it as an input or as weights."


def _condition(at: str, text: str, function: Function) -> Iterator[str]:
    name = templates.condition(text)
    if name is None:
        yield f"{at}: write an input's name, or name == value."
    elif name not in function.inputs:
        yield f"{at}: there is no input {name[:40]!r}."


def _progress(at: str, progress: Progress | None, function: Function) -> Iterator[str]:
    if progress is None:
        return
    if isinstance(progress.total, str) and progress.total not in function.inputs:
        yield f"{at}.progress.total: there is no input {progress.total[:40]!r}."
    if (progress.parser == "regex") != bool(progress.pattern):
        yield f"{at}.progress.pattern: the parser regex, and no other, has one."
    yield from _pattern(f"{at}.progress.pattern", progress.pattern)
    yield from _pattern(f"{at}.progress.epoch_pattern", progress.epoch_pattern)


def _outputs(
    at: str, outputs: dict[str, Output], known: set[str], function: Function
) -> Iterator[str]:
    inner = {f"{step.id}.{name}" for step in function.steps for name in step.outputs}
    for name, output in outputs.items():
        here = f"{at}.{name}"
        if not templates.is_name(name):
            yield f"{here}: a name has small letters, digits and _."
        if sum(map(bool, (output.glob, output.path, output.from_))) != 1:
            yield f"{here}: give one of glob, path and from."
        for text in (output.glob, output.path, output.fallback):
            yield from _templates(here, text, known)
        place = output.from_.partition(".")[0]
        if place not in ("", "log", "returns", *outputs) and output.from_ not in inner:
            yield f"{here}.from: there is no {output.from_[:40]!r}."
        yield from _pattern(f"{here}.regex", output.regex)
        if output.when:
            yield from _condition(f"{here}.when", output.when, function)


def _pattern(at: str, pattern: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield f"{at}: it is no regular expression ({error})."
    if len(pattern) > 500:
        yield f"{at}: it is longer than 500 characters."


def _twice(at: str, names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{at}: {name[:40]!r} stands there twice."
