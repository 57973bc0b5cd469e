"""The tree as the architecture tests see it: the files that belong to the repository."""

from __future__ import annotations

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app", "client", "node_registry", "plugins", "tests")


@functools.cache
def tracked(*folders: str, ending: str = "") -> list[Path]:
    """The tracked files below these folders (all of them: none named), as paths from the root."""
    listed = subprocess.check_output(["git", "ls-files", "-z", "--", *folders], cwd=ROOT, text=True)
    return [
        Path(name)
        for name in listed.split("\0")
        if name and name.endswith(ending) and (ROOT / name).is_file()
    ]


# Import name of each distribution of ours, and the folder of its project file.
DISTRIBUTIONS = {
    "app": ROOT,
    "node_registry": ROOT / "node_registry",
    "director_client": ROOT / "client",
    **{
        next((ROOT / path.parent).glob("src/*/__init__.py")).parent.name: ROOT / path.parent
        for path in tracked("plugins", ending="pyproject.toml")
    },
}


@functools.cache
def text_of(path: Path) -> str:
    """A file's text, or nothing when it is no text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@functools.cache
def syntax_of(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(text_of(path), filename=str(path))


def imports_of(path: Path) -> list[tuple[int, str]]:
    """Every absolute import of a module, wherever it stands: its line and the module's name."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(syntax_of(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node.lineno, node.module))
    return found


def source_of(package: str) -> list[Path]:
    """The modules of one distribution of ours, its tests not among them."""
    folder = "app" if package == "app" else str(
        (DISTRIBUTIONS[package] / "src" / package).relative_to(ROOT)
    )  # fmt: skip
    return tracked(folder, ending=".py")
