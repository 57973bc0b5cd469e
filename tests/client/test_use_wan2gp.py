"""The page "Use Wan2GP", followed word for word with a Wan2GP that is a fake."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from director_client import Studio as Client
from director_wan2gp.presets import read_presets
from fake_wan2gp import FakeWan2gp

from app import accounts
from app.platform.ids import new_key
from app.platform.plugins import load_plugins
from tests.studio import PASSWORD, Studio

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/wan2gp.md").read_text("utf-8")


async def test_the_page_makes_a_picture_by_a_model_of_its_list(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("use", ROOT / "examples/use_wan2gp.py")
    assert spec
    assert spec.loader
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    login = await accounts.register(f"{new_key()}@example.org", PASSWORD, "A Stranger")
    await studio.project(await studio.client(login.token), title="The Lighthouse")
    async with FakeWan2gp() as wan2gp, studio.served() as place:
        backend = wan2gp.spec
        monkeypatch.setitem(studio.app.state.plugins.backends, backend.name, backend)
        plugins = load_plugins("worker")
        plugins.backends[backend.name] = backend
        async with studio.worker(plugins):
            client = Client(f"http://{place}", login.token)
            called = re.search(r'"The Lighthouse" (\w+) "([^"]+)"', PAGE)
            assert called
            await example.make(client, "The Lighthouse", *called.groups())
        (task,) = wan2gp.tasks
    assert (task["model_type"], task["prompt"]) == called.groups()
    shown = re.search(r"^```\n(IMAGE.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert shown is not None
    assert capsys.readouterr().out.endswith(shown[1])


def test_the_page_tells_the_models_and_the_sentences_as_they_are() -> None:
    for tiers in read_presets("").values():
        for preset in tiers.values():
            assert not preset.model_type or f"`{preset.model_type}`" in PAGE
    source = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "plugins/wan2gp/src/director_wan2gp").glob("*.py")
    )
    for sentence in (
        "does not answer",
        "works for somebody else",
        "has no model",
        "goes on with what was cancelled",
        "did not answer when the job was submitted",
    ):
        assert sentence in PAGE
        assert sentence in source
