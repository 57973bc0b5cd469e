"""The image of a function: a ready one by its digest, or one that is built from its manifest."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import tarfile
from collections.abc import AsyncIterator

import msgspec

from .folder import files_beside
from .functions import Declared
from .manifest import Manifest


def image_of(declared: Declared) -> str:
    """The name by which the engine knows the function's image."""
    manifest = declared.manifest
    if manifest.image.ref:
        return manifest.image.ref
    return f"director-function/{manifest.name}:{_recipe(manifest)}"


def dockerfile_of(manifest: Manifest) -> str:
    """The recipe of the image, from the manifest. Its `run` lines are the operator's own."""
    image, source = manifest.image, manifest.source
    workdir = source.workdir if source else "/src"
    lines = [f"FROM {image.base}", "ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1"]
    if image.apt or (image.python and "python" not in image.base):
        named = [*image.apt, *([f"python{image.python}"] if _installs_python(manifest) else [])]
        lines.append(
            "RUN apt-get update && apt-get install -y --no-install-recommends "
            f"{shlex.join(dict.fromkeys(named))} && rm -rf /var/lib/apt/lists/*"
        )
    if source is not None:
        modules = " && git submodule update --init --recursive" if source.submodules else ""
        lines.append(
            f"RUN git init -q {shlex.quote(workdir)} && cd {shlex.quote(workdir)} && "
            f"git fetch -q --depth 1 {shlex.quote(source.git)} {source.commit} && "
            f"git checkout -q FETCH_HEAD{modules}"
        )
    else:
        lines.append(f"COPY source {workdir}")
    lines.append(f"WORKDIR {workdir}")
    index = f"--index-url {shlex.quote(image.index)} " if image.index else ""
    if image.pip_first:
        lines.append(f"RUN pip install {index}{shlex.join(image.pip_first)}")
    if image.requirements:
        lines.append(f"RUN pip install -r {shlex.quote(image.requirements)}")
    variants = [pip for variant in manifest.resources.variants for pip in variant.pip]
    if image.pip or variants:
        lines.append(f"RUN pip install {shlex.join([*image.pip, *variants])}")
    if image.pip_no_isolation:
        packages = shlex.join(image.pip_no_isolation)
        lines.append(f"RUN pip install --no-build-isolation {packages}")
    lines.extend(f"RUN {line}" for line in image.run)
    return "\n".join(lines) + "\n"


def build_context(declared: Declared) -> io.BytesIO:
    """What the engine gets to build: the Dockerfile, and the files beside the manifest."""
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w") as archive:
        _put(archive, "Dockerfile", dockerfile_of(declared.manifest).encode())
        if declared.folder is not None:
            for name, path in sorted(files_beside(declared.folder)):
                _put(archive, f"source/{name}", path.read_bytes())
    found.seek(0)
    return found


async def build(engine: object, declared: Declared) -> AsyncIterator[str]:
    """Build the image; what the engine says of it, line by line. Raises `function.build`."""
    import aiodocker

    from node_registry import BackendError

    assert isinstance(engine, aiodocker.Docker)
    try:
        async for told in engine.images.build(
            fileobj=build_context(declared),
            tag=image_of(declared),
            encoding="identity",
            labels={"director.function": declared.manifest.name},
            stream=True,
        ):
            if "error" in told:
                raise BackendError(
                    "function.build",
                    f"The image could not be built: {str(told['error'])[:400]}",
                    hint="Correct the manifest's `image`, and build again.",
                )
            if line := str(told.get("stream", "")).strip():
                yield line
    except aiodocker.DockerError as error:
        raise BackendError(
            "function.build",
            f"The image could not be built: {str(error.message)[:400]}",
            hint="Correct the manifest's `image`, and build again.",
        ) from error


def _recipe(manifest: Manifest) -> str:
    """Equal recipes have one image: code beside the manifest is mounted, and not a part of it."""
    parts = [msgspec.to_builtins(manifest.image), msgspec.to_builtins(manifest.source)]
    parts.append([variant.pip for variant in manifest.resources.variants])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _installs_python(manifest: Manifest) -> bool:
    return bool(manifest.image.python) and "python" not in manifest.image.base


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o644
    archive.addfile(entry, io.BytesIO(content))
