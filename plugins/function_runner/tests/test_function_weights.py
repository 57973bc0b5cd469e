"""Weights: fetched once, what the manifest says, and with a secret that goes to the hub alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from director_function_runner.fetching import fetch
from director_function_runner.manifest import Weights
from director_function_runner.weights import digest_of, folder_of, secret_values

from node_registry import BackendError

FILES = {"model.safetensors": b"w" * 3_000_000, "sub/config.json": b"{}", "README.md": b"read"}
SHA = "f" * 40
TOKEN = {"HF_TOKEN": "hf-token"}


class Hub:
    """A model hub that speaks as Hugging Face's does, of one gated repository."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.names = list(FILES)
        self.url = ""

    async def info(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization")))
        if request.headers.get("Authorization") != "Bearer hf-token":
            return web.Response(status=401)
        siblings = [{"rfilename": name} for name in self.names]
        return web.json_response({"sha": SHA, "siblings": siblings})

    async def file(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization")))
        return web.Response(body=FILES[request.match_info["name"]])


@pytest_asyncio.fixture
async def hub(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    hub = Hub()
    app = web.Application()
    app.router.add_get("/api/models/acme/lamp/revision/{revision}", hub.info)
    app.router.add_get("/acme/lamp/resolve/{revision}/{name:.*}", hub.file)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    yield hub
    await runner.cleanup()


async def fetched(weights: Weights, root: Path, **secrets: str) -> list[tuple[int, int]]:
    return [told async for told in fetch(weights, root, secrets)]


LAMP = Weights(
    name="lamp",
    source="hf://acme/lamp@v1",
    target="/weights/lamp",
    include=["*.safetensors", "sub/*"],
    gated=True,
)


async def test_weights_are_fetched_once_however_many_ask(hub: Hub, tmp_path: Path) -> None:
    assert digest_of(LAMP, tmp_path) is None
    told = await asyncio.gather(*(fetched(LAMP, tmp_path, **TOKEN) for _ in range(3)))
    folder = folder_of(LAMP, tmp_path)
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert (folder / "sub/config.json").read_bytes() == b"{}"
    assert not (folder / "README.md").exists(), "it is not included"
    assert len([path for path, _ in hub.asked if "resolve" in path]) == 2
    assert all(SHA in path for path, _ in hub.asked if "resolve" in path), "the commit is pinned"
    assert max(done for one in told for done, _ in one) == 3_000_002
    record = json.loads((folder / "weights.json").read_text())
    assert digest_of(LAMP, tmp_path) == record["digest"]
    assert record["files"]["sub/config.json"] == hashlib.sha256(b"{}").hexdigest()
    assert "hf-token" not in (folder / "weights.json").read_text()
    assert await fetched(LAMP, tmp_path) == []


async def test_what_is_gated_says_what_to_do(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(BackendError) as caught:
        await fetched(LAMP, tmp_path)
    assert (caught.value.code, caught.value.retryable) == ("function.weights", True)
    assert "status 401" in caught.value.message
    assert "HF_TOKEN" in caught.value.hint
    assert not folder_of(LAMP, tmp_path).exists()


async def test_a_file_that_is_another_is_refused_and_the_token_stays_at_home(
    hub: Hub, tmp_path: Path
) -> None:
    source = f"{hub.url}/acme/lamp/resolve/x/README.md"
    good = hashlib.sha256(FILES["README.md"]).hexdigest()
    weights = Weights(name="read", source=source, target="/w", sha256="0" * 64)
    with pytest.raises(BackendError) as caught:
        await fetched(weights, tmp_path, **TOKEN)
    assert "not what the manifest's sha256 says" in caught.value.message
    assert not folder_of(weights, tmp_path).exists()
    right = Weights(name="read", source=source, target="/w", sha256=good)
    await fetched(right, tmp_path, **TOKEN)
    assert digest_of(right, tmp_path) == good
    assert {token for _, token in hub.asked} == {None}


async def test_a_name_that_leads_outside_is_left_out(hub: Hub, tmp_path: Path) -> None:
    hub.names = ["../outside", "/etc/outside", "sub/../../outside"]
    weights = Weights(name="bad", source="hf://acme/lamp", target="/w")
    with pytest.raises(BackendError) as caught:
        await fetched(weights, tmp_path, **TOKEN)
    assert "no file of the repository is wanted" in caught.value.message


def test_secrets_are_files_of_the_operator(tmp_path: Path) -> None:
    (tmp_path / "HF_TOKEN").write_text("hf-token\n")
    assert secret_values(["HF_TOKEN", "OTHER"], str(tmp_path)) == {"HF_TOKEN": "hf-token"}
    assert secret_values(["HF_TOKEN"], "") == {}
