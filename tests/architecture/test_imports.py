"""Who imports whom: the contracts of .importlinter, and what they cannot say."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib

import pytest
from tree import DISTRIBUTIONS, ROOT, imports_of, source_of, tracked

# The platform has no facade: each of its modules is one service. The processes put all together.
OPEN = {"platform", "settings"}
COMPOSING = {"processes", "cli"}
# Libraries that show others' types in their own: who declares the first may import the second.
COMES_WITH = {
    "director-node-registry": {"msgspec", "pluggy"},
    "aioboto3": {"aiobotocore", "aiohttp", "botocore"},
}


def test_the_contracts_hold() -> None:
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as l; l()",
         "--no-logo", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken", linted.stdout), linted.stdout


def test_the_contracts_know_every_distribution() -> None:
    listed = (ROOT / ".importlinter").read_text()
    plugins = set(DISTRIBUTIONS) - {"app", "node_registry", "director_client"}
    for part in re.split(r"^\[", listed, flags=re.MULTILINE):
        if "director_git" in part:
            missing = {
                name for name in plugins if not re.search(rf"^    {name}$", part, re.MULTILINE)
            }
            assert not missing, f"[{part.splitlines()[0]} does not name {missing}"


def test_each_domain_keeps_its_tables_to_itself() -> None:
    contracts = (ROOT / ".importlinter").read_text()
    for path in tracked("app", ending="tables.py"):
        domain = path.parts[1]
        assert (
            f"protected_modules = app.{domain}.tables\nallowed_importers = app.{domain}\n"
            in contracts
        ), f"{path} needs a contract in .importlinter"


def test_domains_meet_at_their_facades() -> None:
    deep = []
    for path in source_of("app"):
        domain = path.parts[1].removesuffix(".py")
        if domain in COMPOSING:
            continue
        for line, name in imports_of(path):
            parts = name.split(".")
            if parts[0] == "app" and len(parts) > 2 and parts[1] not in {domain, *OPEN}:
                deep.append(f"{path}:{line}: {name}")
    assert not deep, "import these from the domain itself: " + "; ".join(deep)


def test_the_sdk_stands_on_two_libraries() -> None:
    allowed = {"pluggy", "msgspec", "node_registry", *sys.stdlib_module_names}
    for path in source_of("node_registry"):
        more = {"pytest", "pytest_asyncio"} if "testing" in path.parts else set()
        for line, name in imports_of(path):
            assert name.split(".")[0] in allowed | more, f"{path}:{line} imports {name}"


def test_the_client_stands_on_three_libraries() -> None:
    allowed = {"httpx", "msgspec", "websockets", "director_client", *sys.stdlib_module_names}
    for path in source_of("director_client"):
        for line, name in imports_of(path):
            assert name.split(".")[0] in allowed, f"{path}:{line} imports {name}"


@pytest.mark.parametrize("package", list(DISTRIBUTIONS))
def test_each_distribution_declares_what_it_imports(package: str) -> None:
    project = tomllib.loads((DISTRIBUTIONS[package] / "pyproject.toml").read_text())["project"]
    # Extras count: a module that needs one says so when it is imported without it.
    optional = project.get("optional-dependencies", {})
    wanted = [*project["dependencies"], *(name for more in optional.values() for name in more)]
    declared = {_canonical(re.split(r"[\s<>=!~;\[]", name, maxsplit=1)[0]) for name in wanted}
    declared |= {name for known in declared & COMES_WITH.keys() for name in COMES_WITH[known]}
    # What is installed for editing does not tell its import names.
    ours = {"node_registry": ["director-node-registry"], "director_client": ["director-client"]}
    homes = {**importlib.metadata.packages_distributions(), **ours}
    undeclared = set()
    for path in source_of(package):
        for line, name in imports_of(path):
            top = name.split(".")[0]
            if top in sys.stdlib_module_names or top == package:
                continue
            if not declared & {_canonical(home) for home in homes.get(top, [top])}:
                undeclared.add(f"{path}:{line}: {name}")
    assert not undeclared


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
