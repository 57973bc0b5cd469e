"""The docs are true: what they name is there, what they quote is what runs, and links lead on."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import click
import msgspec
import pytest
from tree import ROOT, text_of, tracked

from app.cli import director
from app.settings import Settings

PAGES = tracked(ending=".md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUOTE = re.compile(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A path of the repository: it begins with a folder at the top.
NAMED = re.compile(
    r"(?<![\w/.-])((?:app|benchmarks|docs|examples|migrations|node_registry|plugins|tests)/[\w./-]*\w)"
)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", BLOCK.sub("", text_of(page))):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (ROOT / page.parent / target).exists(), f"{page} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_paths_of_the_tree_are_there(page: Path) -> None:
    for quoted in re.findall(r"`([^`\n]+)`", BLOCK.sub("", text_of(page))):
        for name in NAMED.findall(quoted):
            if "…" not in quoted and "<" not in quoted:
                assert (ROOT / name).exists(), f"{page} speaks of {name}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_quoted_files_are_quoted_as_they_are(page: Path) -> None:
    for name, quoted in QUOTE.findall(text_of(page)):
        assert quoted == text_of(Path(name)), f"{page} quotes another {name}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_code_is_code_and_imports_what_is_there(page: Path) -> None:
    for language, block in BLOCK.findall(text_of(page)):
        if language == "toml":
            tomllib.loads(block)
        if language != "python" or re.match(r"def \w+\([^)]*\) -> [^:\n]+\n\Z", block):
            continue
        for node in ast.walk(ast.parse(block)):
            ours = isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0]
            if isinstance(node, ast.ImportFrom) and ours in ("app", "node_registry"):
                module = importlib.import_module(node.module or "")
                for alias in node.names:
                    assert hasattr(module, alias.name), f"{page}: {node.module}.{alias.name}"


# Those of plugins that ship with the studio, too.
CONTEXT = click.Context(director)
COMMANDS = {name: director.get_command(CONTEXT, name) for name in director.list_commands(CONTEXT)}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_are_commands(page: Path) -> None:
    text = text_of(page)
    called = [line for _, block in BLOCK.findall(text) for line in block.splitlines()]
    called += re.findall(r"`([^`\n]+)`", BLOCK.sub("", text))
    for line in called:
        if match := re.match(r"(?:uv run (?:--[\w-]+ )*)?director ([a-z-]+)(.*)", line):
            name, rest = match.groups()
            command = COMMANDS.get(name)
            assert command is not None, f"{page}: director {name}"
            below = command.commands.values() if isinstance(command, click.Group) else ()
            known = {o for one in (command, *below) for p in one.params for o in p.opts}
            for option in re.findall(r"(?<!\S)(--?[a-z][\w-]*)", rest):
                assert option in known, f"{page}: director {name} {option}"


def test_each_command_is_in_the_readme() -> None:
    text = text_of(Path("README.md"))
    assert all(re.search(rf"`(?:director )?{name}\b", text) for name in COMMANDS)


def test_the_table_of_settings_is_the_settings() -> None:
    rows = re.findall(
        r"^\| `DIRECTOR_(\w+)` \| (.+?) \| .+ \|$",
        text_of(Path("docs/operating.md")),
        re.MULTILINE,
    )
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    assert [name.lower() for name, _ in rows] == list(fields)
    for name, found in rows:
        default = fields[name.lower()].default
        if default is msgspec.NODEFAULT or default is None or default == ():
            assert "`" not in found, f"DIRECTOR_{name} has no plain default"
        else:
            written = str(default).lower() if isinstance(default, bool) else str(default)
            assert found == f"`{written}`", f"DIRECTOR_{name} is {written} by default"


def test_each_decision_has_its_parts_and_its_line_in_the_list() -> None:
    listed = text_of(Path("docs/adr/README.md"))
    pages = [path for path in tracked("docs/adr", ending=".md") if path.name != "README.md"]
    for number, path in enumerate(sorted(pages), 1):
        text = text_of(path)
        assert path.name.startswith(f"{number:04d}-")
        assert text.startswith(f"# {number:04d} ")
        parts = re.findall(r"^## (\w+)", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Alternatives"], path
        assert f"({path.name})" in listed


def test_the_map_names_every_folder() -> None:
    text = text_of(Path("docs/map.md"))
    tops = {path.parts[0] for path in tracked() if len(path.parts) > 1} - {".ci"}
    domains = {path.parts[1] for path in tracked("app", ending=".py") if len(path.parts) > 2}
    for name in sorted(tops | domains):
        assert f"`{name}/" in text, f"docs/map.md does not tell what {name}/ is for"
    assert len(re.findall(r"^\*\*\d+\. ", text, re.MULTILINE)) == 10


def test_the_evidence_of_the_security_page_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(Path("docs/security.md")))
    assert len(named) > 60
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"^(async )?def {name}\(", text_of(Path(path)), re.MULTILINE)
    ]
    assert not missing
