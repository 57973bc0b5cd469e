"""The page "Bring your ComfyUI workflow", followed word for word with a ComfyUI that is a fake."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from director_client import Studio as Client
from fake_comfyui import FakeComfyUI

from app import accounts
from app.platform.ids import new_key
from app.platform.plugins import load_plugins
from tests.studio import PASSWORD, Studio

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/comfyui.md").read_text("utf-8")


async def test_the_page_brings_a_workflow_and_makes_a_picture(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("bring", ROOT / "examples/bring_a_workflow.py")
    assert spec
    assert spec.loader
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    login = await accounts.register(f"{new_key()}@example.org", PASSWORD, "A Stranger")
    await studio.project(await studio.client(login.token), title="The Lighthouse")
    async with FakeComfyUI() as comfyui, studio.served() as place:
        backend = comfyui.spec
        monkeypatch.setitem(studio.app.state.plugins.backends, backend.name, backend)
        plugins = load_plugins("worker")
        plugins.backends[backend.name] = backend
        async with studio.worker(plugins):
            client = Client(f"http://{place}", login.token)
            workflow = ROOT / "examples/workflows/lamp.json"
            await example.bring(client, "The Lighthouse", workflow)
        (graph,) = comfyui.graphs
    assert graph["1"]["inputs"]["color"] == 255
    printed = capsys.readouterr().out
    shown = re.search(r"^```\n(Lamp: .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert printed.endswith(shown[1])


def test_the_page_tells_the_sentences_as_they_are() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "plugins/comfyui/src/director_comfyui").glob("*.py")
    )
    for sentence in (
        "This is a workflow as ComfyUI's page keeps it",
        "lacks the nodes",
        "lacks the models",
        "ended without",
        "does not answer",
    ):
        assert sentence in PAGE
        assert sentence in source
