"""Functions on the canvas: what their nodes take, give, and let people set."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest
from director_function_runner import (
    Settings,
    check_health,
    register_catalogs,
    register_socket_types,
)
from director_function_runner.catalog import load
from director_function_runner.form import field_name

from node_registry import CatalogEntry, CatalogProblem, DirectorError, NodeType, sockets

MANIFESTS = Path(__file__).parents[3] / "examples/functions"


def read_folder(folder: str) -> list[CatalogEntry | CatalogProblem]:
    return load(Settings(manifests=folder))


@pytest.fixture(scope="module")
def nodes() -> dict[str, NodeType]:
    found = read_folder(str(MANIFESTS))
    entries = [entry for entry in found if isinstance(entry, CatalogEntry)]
    assert entries == found
    return {entry.node_type.id: entry.node_type for entry in entries}


def test_each_function_is_a_node(nodes: dict[str, NodeType]) -> None:
    assert {id: node.title for id, node in nodes.items()} == {
        "function.dreamo": "DreamO",
        "function.flexiact.animate": "FlexiAct: animate",
        "function.flexiact.train": "FlexiAct: train",
        "function.infiniteyou-flux": "InfiniteYou",
        "function.loraedit": "LoRAEdit",
        "function.omnigen2": "OmniGen2",
        "function.gradient": "Gradient",
        "function.paint-over": "Paint over",
        "function.sharp-upscale": "Sharp upscale",
    }
    assert all(node.kind == "task" for node in nodes.values())
    why = {id: node.unavailable for id, node in nodes.items() if node.unavailable}
    assert why.keys() == {"function.dreamo", "function.loraedit"}
    assert "keep a server warm" in str(why["function.dreamo"])
    assert "mask needs a page of its own" in str(why["function.loraedit"])


def test_bytes_are_sockets_and_the_rest_is_a_form(nodes: dict[str, NodeType]) -> None:
    node = nodes["function.infiniteyou-flux"]
    face, pose, prompt = node.inputs
    assert (face.id, face.type, face.required) == ("id_image", sockets.IMAGE, True)
    assert (pose.id, pose.required) == ("control_image", False)
    assert (prompt.id, prompt.type, prompt.required) == ("prompt", sockets.TEXT, False)
    assert [(output.id, output.type) for output in node.outputs] == [
        ("image", sockets.IMAGE),
        ("seed", sockets.NUMBER),
    ]
    form = node.params["properties"]
    assert form["num_steps"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
        "default": 30,
        "title": "Num steps",
        "x-widget": "slider",
    }
    assert form["model_version"]["enum"] == ["aes_stage2", "sim_stage1"]
    assert form["prompt"]["x-collab"] == "text"
    assert form["prompt"]["default"] == "A man, portrait, cinematic"
    # Hidden inputs are set by the variant, not by people.
    assert not {"quantize_8bit", "cpu_offload"} & set(form)


def test_the_seed_is_the_studios(nodes: dict[str, NodeType]) -> None:
    for id in ("function.infiniteyou-flux", "function.dreamo", "function.omnigen2"):
        form = nodes[id].params["properties"]
        assert form["seed"]["x-widget"] == "seed"
        assert form["seed"]["x-digest"] is False
        assert form["seed_locked"]["default"] is False
    limited = nodes["function.infiniteyou-flux"].params["properties"]["seed"]
    assert limited["anyOf"][0]["maximum"] == 4294967295


def test_a_field_of_the_studio_is_left_to_it(nodes: dict[str, NodeType]) -> None:
    form = nodes["function.dreamo"].params["properties"]
    assert "version" not in form
    assert form[field_name("version")]["enum"] == ["v1.1", "v1"]
    assert "starts the model's server again" in form["model_version"]["description"]


def test_several_of_a_kind(nodes: dict[str, NodeType]) -> None:
    omnigen = nodes["function.omnigen2"]
    images = omnigen.input("images")
    assert images is not None
    assert images.many
    assert not images.required
    made = omnigen.output("images")
    assert made is not None
    assert made.type == sockets.ARRAY
    clips = nodes["function.flexiact.train"].input("clips")
    assert clips is not None
    assert clips.required, "at least one is needed"


def test_what_is_asked_later_is_not_on_the_node(nodes: dict[str, NodeType]) -> None:
    node = nodes["function.loraedit"]
    assert node.input("edited_first_frame") is None
    assert "4n+1" in node.params["properties"]["frames"]["description"]


def test_the_licence_is_read_before_the_node_is_used(nodes: dict[str, NodeType]) -> None:
    found = nodes["function.infiniteyou-flux"].description
    assert "weights: CC-BY-NC-4.0" in found
    assert "Research use only" in found
    assert "43 GB, or 16 GB" in found


def test_every_socket_type_is_one_that_there_is(nodes: dict[str, NodeType]) -> None:
    own = {kind.id for kind in register_socket_types()}
    known = own | {value for name, value in vars(sockets).items() if name.isupper()}
    used = {s.type for node in nodes.values() for s in (*node.inputs, *node.outputs)}
    assert used <= known
    assert used & own


def test_an_entry_names_its_file_and_its_bytes() -> None:
    (entry,) = [e for e in read_folder(str(MANIFESTS)) if e.source_name == "dreamo.yaml"]
    assert isinstance(entry, CatalogEntry)
    digest = hashlib.sha256((MANIFESTS / "dreamo.yaml").read_bytes()).hexdigest()
    assert entry.digest == digest
    assert entry.node_type.version == f"1.0.0+{digest[:8]}"


def test_a_bad_file_costs_only_itself(tmp_path: Path) -> None:
    good = (MANIFESTS / "dreamo.yaml").read_text()
    (tmp_path / "a_good.yaml").write_text(good)
    (tmp_path / "b_copy.yml").write_text(good)
    (tmp_path / "c_bad.yaml").write_text("schema: function/v0")
    (tmp_path / "d_folder.yaml").mkdir()
    os.mkfifo(tmp_path / "e_pipe.yaml")
    (tmp_path / "f_lost.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / ".hidden.yaml").write_text("nothing")
    first, *others = read_folder(str(tmp_path))
    assert isinstance(first, CatalogEntry)
    assert [problem.source_name[0] for problem in others] == ["b", "c", "d", "e", "f"]
    assert all(isinstance(problem, CatalogProblem) for problem in others)
    assert not any(str(tmp_path) in str(problem) for problem in others)
    assert "a_good.yaml has the name" in str(others[0])


async def test_the_folder_is_the_operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIRECTOR_HOME", str(tmp_path / "home"))
    (catalog,) = register_catalogs(Settings())
    assert list(catalog.load()) == []
    (check, _) = check_health(Settings())
    assert (await check.run()).state == "not_configured"
    (tmp_path / "home/functions").mkdir(parents=True)
    (tmp_path / "home/functions/mine.yaml").write_bytes((MANIFESTS / "dreamo.yaml").read_bytes())
    assert [entry.source_name for entry in catalog.load()] == ["mine.yaml"]

    gone = Settings(manifests=str(tmp_path / "gone"))
    (catalog,) = register_catalogs(gone)
    with pytest.raises(DirectorError) as caught:
        catalog.load()
    assert "DIRECTOR_PLUGIN_FUNCTION_RUNNER__MANIFESTS" in caught.value.hint
    assert str(tmp_path) not in str(caught.value)
    (check, _) = check_health(gone)
    health = await check.run()
    assert health.state == "degraded"
    assert health.remedy

    (check, _) = check_health(Settings(manifests=str(MANIFESTS)))
    assert (await check.run()).message.startswith("9 functions")
    (tmp_path / "bad.yaml").write_text("{}")
    (check, _) = check_health(Settings(manifests=str(tmp_path)))
    health = await check.run()
    assert health.state == "degraded"
    assert health.message.startswith("bad.yaml: ")


async def test_the_doctor_says_whether_anything_can_run_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told(**settings: object) -> tuple[str, str]:
        given = {"manifests": str(MANIFESTS), "engine": f"unix://{tmp_path}/nobody", **settings}
        (_, check) = check_health(msgspec.convert(given, Settings))
        health = await check.run()
        assert str(tmp_path) not in f"{health.message} {health.remedy}"
        return health.state, health.message

    assert await told() == ("degraded", "The Docker engine does not answer.")
    assert (await told(runtime="venv"))[0] == "degraded"
    state, message = await told(runtime="venv", allow_unsandboxed=True)
    assert (state, "isolates nothing" in message) == ("ok", True)
    monkeypatch.setenv("DIRECTOR_HOME", str(tmp_path))
    assert (await told(manifests=""))[0] == "not_configured"
