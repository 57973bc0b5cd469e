"""`director functions …`: what people type to bring a function, and what they read."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner, Result
from director_function_runner.commands import functions
from director_function_runner.schema import schema_text

from node_registry import DirectorError

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples/functions"
MANIFEST = """\
schema: function/v0
name: sharpen
kind: oneshot
license: {code: MIT}
image: {base: python, python: "3.11"}
inputs:
  image: {type: image, required: true}
  amount: {type: float, default: 1.0, min: 0, max: 4}
steps:
  - {id: run, command: [python, run.py], args: [[--amount, "{amount}"]]}
outputs:
  image: {type: image, glob: "{job.out}/*.png"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The studio's folder of functions, which is not there yet."""
    monkeypatch.setenv("DIRECTOR_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home/functions"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "mine"
    source.mkdir()
    (source / "function.yaml").write_text(MANIFEST)
    (source / "run.py").write_text("print('sharp')")
    (source / ".git").mkdir()
    return source


def call(*arguments: str) -> Result:
    return CliRunner().invoke(functions, arguments)


def test_a_function_is_brought_and_listed(folder: Path, source: Path) -> None:
    assert "There are no functions" in call("list").output
    added = call("add", str(source))
    assert added.output == "Sharpen is on the canvas, as function.sharpen.\n"
    assert sorted(path.name for path in (folder / "sharpen").iterdir()) == [
        "function.yaml", "run.py",
    ]  # fmt: skip
    assert call("list").output == "function.sharpen  Sharpen  (sharpen/function.yaml)\n"
    assert call("check").output == "home/functions/sharpen/function.yaml: function.sharpen\n"
    again = call("add", str(source))
    assert isinstance(again.exception, DirectorError)
    assert again.exception.code == "function.exists"
    (source / "run.py").write_text("print('sharper')")
    assert call("add", "--replace", str(source)).exit_code == 0
    assert (folder / "sharpen/run.py").read_text() == "print('sharper')"


def test_a_manifest_that_stands_alone_is_brought_too(folder: Path) -> None:
    assert "function.omnigen2" in call("add", str(EXAMPLES / "omnigen2.yaml")).output
    assert (folder / "omnigen2.yaml").is_file()


def test_what_is_wrong_is_told_with_file_line_and_what_to_do(folder: Path, source: Path) -> None:
    (source / "function.yaml").write_text(
        MANIFEST.replace("min: 0", "min: 9").replace('"{amount}"', '"{amuont}"')
    )
    found = call("check", str(source))
    assert found.exit_code == 1
    assert found.output.splitlines() == [
        "mine/function.yaml:8: inputs.amount.min: it is above max.",
        "mine/function.yaml:8: inputs.amount.default: 1.0 is below min.",
        "mine/function.yaml:10: steps.run.args.0: {amuont} stands for nothing; declare it as an "
        "input or as weights.",
        "  Correct it, and save the file.",
    ]
    added = call("add", str(source))
    assert isinstance(added.exception, DirectorError)
    assert "function.yaml:8: inputs.amount.min" in added.exception.message
    assert not (folder / "sharpen").exists()


def test_a_link_beside_a_manifest_is_no_part_of_it(folder: Path, source: Path) -> None:
    (source / "host").symlink_to("/etc/hostname")
    assert call("add", str(source)).exit_code == 0
    # It is copied as the link that it is, and never read.
    assert (folder / "sharpen/host").is_symlink()


def test_the_schema_is_published_as_it_is() -> None:
    published = (ROOT / "docs/function.schema.json").read_text()
    assert call("schema").output == schema_text() == published, (
        "uv run director functions schema > docs/function.schema.json"
    )


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("**/*.yaml")), ids=lambda path: path.stem)
def test_the_examples_fit_the_schema(path: Path) -> None:
    schema = json.loads(schema_text())
    jsonschema_rs.validate(schema, yaml.safe_load(path.read_text()))
    broken = {**yaml.safe_load(path.read_text()), "kind": "twoshot"}
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, broken)
