"""A third party's model on an open canvas: brought, drawn, generated over the socket, without a
restart; and the page "Bring a model repository", followed word for word."""

from __future__ import annotations

import asyncio
import io
import re
import shlex
from collections.abc import AsyncIterator
from pathlib import Path

import aiodocker
import pytest
from click.testing import CliRunner
from director_function_runner.commands import functions as command
from PIL import Image

from app.platform.ids import new_key
from tests.engine.conftest import Engine
from tests.engine.functions import bring_example, write_function
from tests.gateway.sockets import peer
from tests.studio import Studio

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/functions.md").read_text("utf-8")
PREFIX = "DIRECTOR_PLUGIN_FUNCTION_RUNNER__"


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("functions")


@pytest.fixture(scope="module", autouse=True)
async def settings(functions: Path, engine: Engine, tmp_path_factory) -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DIRECTOR_HOME", str(tmp_path_factory.mktemp("home")))
        environment.setenv(f"{PREFIX}MANIFESTS", str(functions))
        environment.setenv(f"{PREFIX}ENGINE", engine.address)
        yield


@pytest.fixture(scope="module")
async def host(studio: Studio) -> AsyncIterator[str]:
    async with studio.served() as host:
        yield host


async def test_a_model_is_brought_and_runs_without_a_restart(
    functions: Path, studio: Studio, host: str, engine: Engine
) -> None:
    project, token = await studio.project(), await studio.token()
    await studio.let_in(project, token)
    picture = io.BytesIO()
    Image.new("RGB", (40, 24), "navy").save(picture, "PNG")
    uploaded = await studio.owner.post(
        f"/api/v1/projects/{project}/media",
        content=picture.getvalue(),
        headers={"X-Filename": "lamp.png", "Content-Type": "image/png"},
    )
    assert uploaded.status_code == 201, uploaded.text
    async with studio.worker(), peer(host, project, token) as ina:
        await ina.join()
        # The worker and the API run already: only a folder comes.
        bring_example(functions, "sharp-upscale", engine.image)
        told = await ina.next("server:node_types_changed", within=60)
        assert told["node_types"] == ["function.sharp-upscale"]
        source, node = new_key(), new_key()
        changed = await studio.change(
            project,
            {"op": "node.add", "id": source, "type": "film.image_import",
             "data": {"media": uploaded.json()}},
            {"op": "node.add", "id": node, "type": "function.sharp-upscale",
             "data": {"factor": 3}},
            {"op": "edge.add", "id": new_key(), "source": source, "source_socket": "image",
             "target": node, "target_socket": "image"},
        )  # fmt: skip
        assert changed.status_code == 200, changed.text
        await ina.say("client:start_generation", node_id=node, request_id="click")
        ended = await ina.next("server:task_success", "server:task_failed", within=60)
        assert "error" not in ended, ended
        made = await studio.owner.get(ended["result"]["url"])
        with Image.open(io.BytesIO(made.content)) as image:
            assert (image.format, image.size) == ("PNG", (120, 72))

        # What fails inside is a sentence on the node.
        code = "raise ValueError('The lamp at /srv/private/lamp.png is off.')"
        write_function(functions, "broken", engine.image, code)
        await ina.next("server:node_types_changed", within=60)
        broken = new_key()
        op = {"op": "node.add", "id": broken, "type": "function.broken"}
        assert (await studio.change(project, op)).status_code == 200
        await ina.say("client:start_generation", node_id=broken, request_id="again")
        failed = await ina.next("server:task_failed", "server:task_success", within=60)
        assert failed["code"] == "function.failed", failed
        assert "It said: ValueError: The lamp at lamp.png is off." in failed["error"]
        assert failed["hint"]


async def test_the_page_is_followed_word_for_word(
    functions: Path,
    studio: Studio,
    host: str,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocks = re.findall(r"<!-- (examples/\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    for path, text in blocks:
        assert (ROOT / path).read_text("utf-8") == text, f"{path} is not as the page has it"
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    monkeypatch.chdir(tmp_path)
    # No registry is reached here: the base that the page names is the image of this machine.
    await _name(engine, "python", "3.11-slim")
    # Its packages are in that base already; pip is not, and would find no index.
    manifest = tmp_path / "examples/functions/gradient/function.yaml"
    manifest.write_text(manifest.read_text().replace('  pip: ["pillow>=11"]\n', ""))

    said: list[str] = []
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    called = [shlex.split(line)[2:] for line in lines if line.startswith("director functions")]
    assert [one[0] for one in called] == ["check", "add", "build", "run"]
    for arguments in called:
        result = await asyncio.to_thread(
            CliRunner().invoke, command, arguments, catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        said.append(result.output)
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shown = [text for language, text in fences if not language]
    assert said[0] == shown[0]
    assert said[3].endswith(shown[1])
    with Image.open(tmp_path / "out/image_0.png") as made:
        assert made.size == (64, 32)

    project, token = await studio.project(), await studio.token()
    await studio.let_in(project, token)
    async with studio.worker(), peer(host, project, token) as ina:
        await ina.join()
        while True:
            items = (await studio.owner.get("/api/v1/node-types?limit=500")).json()["items"]
            found = next((one for one in items if one["id"] == "function.gradient"), None)
            if found is not None:
                break
            await ina.next("server:node_types_changed", within=60)
        assert (found["title"], found["category"]) == ("Gradient", "Functions")
        node = new_key()
        op = {"op": "node.add", "id": node, "type": "function.gradient", "data": {"width": 64}}
        assert (await studio.change(project, op)).status_code == 200
        await ina.say("client:start_generation", node_id=node, request_id="click")
        ended = await ina.next("server:task_success", "server:task_failed", within=60)
        assert "error" not in ended, ended


def test_the_page_tells_the_sentences_as_they_are() -> None:
    folder = ROOT / "plugins/function_runner/src/director_function_runner"
    source = " ".join(
        re.sub(r'"\s+f?"', "", path.read_text("utf-8")) for path in folder.glob("*.py")
    )
    for sentence in (
        "The function ended with",
        "It ended without its result “",
        "is a link, and links are not followed.",
        "It was stopped: it wrote more than its ",
        "It was stopped: it needed more than its ",
        "is not on this machine.",
    ):
        assert sentence in PAGE
        assert sentence in source


async def _name(engine: Engine, repository: str, tag: str) -> None:
    async with aiodocker.Docker(engine.address) as docker:
        await docker.images.tag("tests/python:1", repo=repository, tag=tag)
