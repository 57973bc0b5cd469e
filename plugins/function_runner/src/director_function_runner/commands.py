"""`director functions …`: functions are brought, checked, built and tried out."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path

import click

from node_registry import DirectorError

from .folder import MANIFEST, manifests_in
from .functions import Declared, Faulty, read_function, read_functions
from .settings import read_settings, studio_home


@click.group()
def functions() -> None:
    """Model repositories as nodes of the canvas."""


@functions.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--replace", is_flag=True, help="Put it in the place of one of the same name.")
def add(source: Path, replace: bool) -> None:
    """Check a function, and copy it into the studio's folder: it is on the canvas at once.

    SOURCE is a folder with a function.yaml, or a manifest that names a repository.
    """
    declared = _checked(source)
    folder = read_settings().folder()
    folder.mkdir(parents=True, exist_ok=True)
    manifest = declared[0].manifest
    alone = declared[0].folder is None
    target = folder / (f"{manifest.name}.yaml" if alone else manifest.name)
    if os.path.lexists(target) and not replace:
        raise DirectorError(
            "function.exists",
            f"There is a function {manifest.name} already.",
            hint="Add --replace to put this one in its place.",
        )
    # Made beside it and renamed: a running studio never sees half of it.
    fresh = folder / f".{target.name}.new"
    _remove(fresh)
    if alone:
        shutil.copyfile(_manifest_of(source), fresh)
    else:
        ignored = shutil.ignore_patterns(".*", "__pycache__")
        shutil.copytree(_manifest_of(source).parent, fresh, ignore=ignored, symlinks=True)
    _remove(target)
    fresh.rename(target)
    for one in declared:
        click.echo(f"{one.node_type.title} is on the canvas, as {one.node_type.id}.")


@functions.command()
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path, exists=True))
def check(sources: tuple[Path, ...]) -> None:
    """Check manifests, without running anything; with no SOURCES, those of the studio."""
    paths = [_manifest_of(path) for path in sources] or manifests_in(_folder_there())
    wrong = False
    for path in paths:
        shown = os.path.relpath(path)
        try:
            declared = read_function(path)
        except DirectorError as error:
            wrong = True
            faults = error.fields.get("faults")
            for fault in faults if isinstance(faults, list) else [error.message]:
                click.echo(f"{_with_line(shown, str(fault))}", err=True)
            if error.hint:
                click.echo(f"  {error.hint}", err=True)
            continue
        click.echo(f"{shown}: {', '.join(one.node_type.id for one in declared)}")
    if wrong:
        sys.exit(1)


@functions.command("list")
def list_functions() -> None:
    """The functions of the studio, and what is wrong with those that cannot be used."""
    settings = read_settings()
    if not settings.folder().is_dir():
        click.echo("There are no functions. `director functions add` brings one.")
        return
    for one in read_functions(settings.folder()):
        if isinstance(one, Faulty):
            click.echo(f"{one.source_name}: {one.message} {one.hint}".rstrip(), err=True)
        else:
            click.echo(f"{one.node_type.id}  {one.node_type.title}  ({one.source_name})")


@functions.command()
@click.argument("name")
def build(name: str) -> None:
    """Build the image of a function (or its environment, with the runtime venv)."""
    settings = read_settings()
    declared = _named(name)

    async def work() -> None:
        if settings.runtime == "venv":
            from .venv_runtime import VenvRuntime

            await VenvRuntime(studio_home() / "trials/environments").prepare(declared)
            return
        from . import images
        from .docker_runtime import DockerRuntime

        if declared.manifest.image.ref:
            click.echo("Its image is a ready one; there is nothing to build.")
            return
        runtime = DockerRuntime(settings.engine, studio_home())
        await runtime.open()
        try:
            async for line in images.build(runtime.engine, declared):
                click.echo(line)
        finally:
            await runtime.close()

    asyncio.run(work())
    click.echo(f"{declared.node_type.title} can be run.")


@functions.command()
@click.argument("name")
@click.argument("inputs", nargs=-1, metavar="[INPUT=VALUE]...")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path(), help="A folder.")
def run(name: str, inputs: tuple[str, ...], output: Path) -> None:
    """Run a function once, without a studio: `run upscale image=in.png factor=2 -o out`."""
    from .trial import try_out

    given: dict[str, list[str]] = {}
    for text in inputs:
        key, sign, value = text.partition("=")
        if not sign:
            raise DirectorError("function.input", f"Write {text!r} as INPUT=VALUE.")
        given.setdefault(key, []).append(value)
    declared = _named(name)

    async def work() -> None:
        async for line in try_out(declared, read_settings(), given, output, studio_home()):
            click.echo(line)

    asyncio.run(work())


@functions.command()
def schema() -> None:
    """The JSON Schema of manifests, for an editor that completes and checks them."""
    from .schema import schema_text

    click.echo(schema_text(), nl=False)


def _named(name: str) -> Declared:
    """A function by the name of its manifest, or of its node. Raises `function.missing`."""
    folder = read_settings().folder()
    found = read_functions(folder) if folder.is_dir() else []
    for one in found:
        if isinstance(one, Declared):
            if one.node_type.id in (name, f"function.{name}"):
                return one
        elif one.source_name.split("/")[0].removesuffix(".yaml") == name:
            raise DirectorError("function.bad_manifest", one.message, hint=one.hint)
    raise DirectorError(
        "function.missing",
        f"There is no function {name}.",
        hint="`director functions list` tells which there are.",
    )


def _checked(source: Path) -> list[Declared]:
    """What a function declares. Raises what is wrong with it, with its file and lines."""
    path = _manifest_of(source)
    try:
        return read_function(path)
    except DirectorError as error:
        faults = error.fields.get("faults")
        sentences = [str(one) for one in faults] if isinstance(faults, list) else [error.message]
        message = "\n".join(_with_line(path.name, one) for one in sentences)
        raise DirectorError(error.code, message, hint=error.hint) from error


def _with_line(file: str, fault: str) -> str:
    """`function.yaml:12: …`, as compilers write it, so that editors and terminals open it."""
    place, _, rest = fault.partition(": ")
    line = place.removeprefix("line ")
    return f"{file}:{line}: {rest}" if place.startswith("line ") else f"{file}: {fault}"


def _manifest_of(source: Path) -> Path:
    return source / MANIFEST if source.is_dir() else source


def _folder_there() -> Path:
    folder = read_settings().folder()
    if not folder.is_dir():
        raise DirectorError(
            "function.no_functions",
            "There are no functions.",
            hint="Name a file or a folder, or bring one with `director functions add`.",
        )
    return folder


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
