"""Functions in containers of a real Docker engine: what they make, and what they cannot do."""

from __future__ import annotations

import asyncio
import io
import json
import time
from pathlib import Path

import aiodocker
import av
import msgspec
import pytest
from click.testing import CliRunner
from node_registry.testing import BackendSuite, LocalContext
from PIL import Image, ImageDraw

from node_registry import BackendError, Cancelled, Input, Output, Progress, Request
from tests.engine.conftest import Engine
from tests.engine.functions import PICTURE, Machine, bring_example, write_function


def picture(colour: str = "navy", size: tuple[int, int] = (48, 32)) -> bytes:
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((10, 6, 30, 26), fill="orange")
    found = io.BytesIO()
    image.save(found, "PNG")
    return found.getvalue()


@pytest.fixture
def machine(engine: Engine, tmp_path: Path) -> Machine:
    return Machine(tmp_path, engine.address)


async def containers(engine: Engine) -> list[str]:
    async with aiodocker.Docker(engine.address) as docker:
        return [one.id for one in await docker.containers.list(all="1")]


class TestUpscale(BackendSuite):
    """The example as the suite of every backend tries it."""

    serverless = True
    outputs = ("image",)
    patience = 12.0

    @pytest.fixture(autouse=True)
    def _machine(self, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
        machine = Machine(tmp_path_factory.mktemp("machine"), engine.address)
        bring_example(machine.functions, "sharp-upscale", engine.image)
        self.spec = machine.spec  # pyright: ignore[reportAttributeAccessIssue]

    def make_request(self, context: LocalContext) -> Request:
        return Request(
            task_id="suite",
            attempt=1,
            node_id="n",
            node_type="function.sharp-upscale",
            params={"factor": 3},
            inputs={"image": [Input(node_id="a", media=context.keep(picture(), "image/png"))]},
        )

    async def test_it_enlarges(self, tmp_path: Path) -> None:
        request, context = self.prepare(tmp_path)
        events = await self.collect(request, context)
        (output,) = [event for event in events if isinstance(event, Output)]
        with Image.open(context.path(output.media)) as made:
            assert made.size == (144, 96)
        steps = [event.step for event in events if isinstance(event, Progress)]
        assert "Sharpening" in steps


async def test_a_picture_takes_the_colours_of_another(machine: Machine, engine: Engine) -> None:
    bring_example(machine.functions, "paint-over", engine.image)
    store = LocalContext(machine.folder)
    media = {
        "image": store.keep(picture("navy"), "image/png"),
        "style": store.keep(picture("firebrick"), "image/png"),
    }
    request = machine.request("paint-over", media, strength=1.0)
    context = machine.context(request)
    events = await machine.run(request, context)
    (output,) = [event for event in events if isinstance(event, Output)]
    with Image.open(context.path(output.media)) as made:
        red, _, blue = made.resize((1, 1)).tobytes()
    assert red > blue, "a blue picture became a red one"
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions)
    assert len({fraction for fraction in fractions if 0 < fraction < 0.98}) >= 2, "tqdm's bar"
    assert await containers(engine) == [], "nothing is left behind"


async def test_a_function_makes_a_video(machine: Machine, engine: Engine) -> None:
    code = """
import av, numpy
with av.open("/job/out/made.mp4", "w") as film:
    stream = film.add_stream("libx264", rate=24)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for number in range(12):
        frame = numpy.full((48, 64, 3), number * 20, dtype="uint8")
        film.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
    film.mux(stream.encode())
"""
    changes = {'type: image, glob: "{job.out}/**/*.png"': 'type: video, glob: "{job.out}/*.mp4"'}
    write_function(machine.functions, "film", engine.image, code, **changes)
    request = machine.request("film")
    context = machine.context(request)
    (output,) = [e for e in await machine.run(request, context) if isinstance(e, Output)]
    with av.open(str(context.path(output.media))) as film:
        assert len(list(film.decode(video=0))) == 12


# What a function tries, and what of it people and the function hear. The code ends with a picture,
# so that it succeeds where it could do what it tried.
HOSTILE = {
    "reads the host": (
        "print(open('/etc/passwd').read()); print(open('/proc/1/root/etc/shadow').read())",
        "No such file",
    ),
    "uses the network": (
        "import socket; socket.create_connection(('10.255.255.53', 53), 3)",
        "unreachable",
    ),
    "forks without end": (
        "import os, time\nfor _ in range(1000):\n    if os.fork() == 0: time.sleep(60)",
        "temporarily unavailable",
    ),
    "fills the disk": (
        "with open('/job/out/large.bin', 'wb') as f:\n    while True: f.write(bytes(1 << 20))",
        "wrote more than its 0.02 GB",
    ),
    "fills the disk with many files": (
        "for n in range(100):\n    open(f'/job/out/{n}.bin', 'wb').write(bytes(1 << 20))\n"
        "import time; time.sleep(30)",
        "wrote more than its 0.02 GB",
    ),
    "fills the memory": (
        "kept = []\nwhile True: kept.append(bytearray(1 << 24))",
        "needed more than its 0.2 GB of memory",
    ),
    "writes over the system": ("open('/usr/local/bin/python', 'wb').write(b'')", "Read-only file"),
    "writes over its code": ("open('/src/run.py', 'w').write('')", "Read-only file"),
    "writes over its inputs": ("open('/job/in/inputs.json', 'w').write('')", "Read-only file"),
    "becomes root": ("import os; os.setuid(0)", "not permitted"),
    "writes outside through a link": (
        "import os; os.symlink('/usr/local/lib', '/job/out/lib')\n"
        "open('/job/out/lib/owned.py', 'w').write('')",
        "Read-only file",
    ),
    "leads outside by a link": (
        "import os; os.symlink('/etc/hostname', '/job/out/host.png')",
        "is a link, and links are not followed",
    ),
    "leads outside by a folder": (
        "import os; os.symlink('/', '/job/out/host')",
        "no file fits",
    ),
}  # fmt: skip


async def test_a_function_cannot_do_what_is_not_its_own(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine
) -> None:
    """All of them side by side: one that takes everything takes nothing from the others."""
    began = time.monotonic()
    attempts = [
        _attempt(Machine(tmp_path_factory.mktemp("machine"), engine.address), engine, number, what)
        for number, what in enumerate(HOSTILE)
    ]
    wrong = [told for told in await asyncio.gather(*attempts) if told]
    assert not wrong, "\n".join(wrong)
    assert time.monotonic() - began < 120
    assert await containers(engine) == []


async def _attempt(machine: Machine, engine: Engine, number: int, what: str) -> str:
    """What is wrong with how one of them ended; empty when it failed as it has to."""
    code, told = HOSTILE[what]
    write_function(
        machine.functions, "hostile", engine.image, code + ("" if "leads" in what else PICTURE)
    )
    request = msgspec.structs.replace(machine.request("hostile"), task_id=f"task-{number}")
    try:
        await machine.run(request)
    except BackendError as error:
        if told not in error.message or not error.hint:
            return f"{what}: {error}"
        if str(machine.folder) in str(error) or "/job" in str(error):
            return f"{what}: its sentence names a folder: {error}"
        left = list((machine.folder / "cache/jobs").iterdir())
        return f"{what}: it left {left}" if left else ""
    return f"{what}: it could"


async def test_weights_are_shared_and_cannot_be_changed(
    machine: Machine, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "lamp").mkdir()
    (tmp_path / "lamp/model.bin").write_bytes(b"weights")
    weights = f"weights: [{{name: lamp, source: 'file://{tmp_path}/lamp', target: /weights/lamp}}]"
    code = """
import sys
path = sys.argv[1] + "/model.bin"
assert open(path).read() == "weights"
try:
    open(path, "w")
except OSError as error:
    assert "Read-only" in str(error), error
else:
    raise AssertionError("they can be changed")
"""
    changes = {
        "outputs:": f"{weights}\noutputs:",
        "command: [python, run.py]": 'command: [python, run.py, "{weights.lamp}"]',
    }
    write_function(machine.functions, "weighty", engine.image, code + PICTURE, **changes)
    events = await machine.run(machine.request("weighty"))
    assert any(isinstance(event, Output) for event in events)
    assert (tmp_path / "lamp/model.bin").read_bytes() == b"weights"


async def test_words_that_people_type_never_become_arguments(
    machine: Machine, engine: Engine
) -> None:
    code = """
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("--prompt")
parser.add_argument("--weights")
given = parser.parse_args()
assert given.weights is None, given.weights
print(json.dumps({"progress": 0.5, "step": given.prompt}), flush=True)
"""
    write_function(machine.functions, "words", engine.image, code + PICTURE)
    for words in (
        "--weights=/etc/passwd",
        "-x; touch /job/out/owned.png; $(id) `id` && id | id > /job/out/x",
        "a\n--weights /etc/passwd",
        "{job.out} {weights.x} {prompt}",
        "'\"\\ %s ${HOME} *",
    ):
        events = await machine.run(machine.request("words", prompt=words))
        steps = [event.step for event in events if isinstance(event, Progress)]
        wanted = " ".join(words.replace("/job/out/", "").replace("/etc/", "").split())
        heard = {" ".join(step.split()) for step in steps}
        assert wanted in heard, (wanted, heard)
        assert len([event for event in events if isinstance(event, Output)]) == 1


async def test_a_function_does_not_outlive_its_cancel(machine: Machine, engine: Engine) -> None:
    code = """
import os, signal, sys, time
for name in ("SIGTERM", "SIGINT", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1)
print('{"progress": 0.5}', flush=True)
while True: time.sleep(1)
"""
    write_function(machine.functions, "stubborn", engine.image, code)
    request = machine.request("stubborn")
    context = machine.context(request)
    run = asyncio.create_task(machine.run(request, context))
    while not context.checkpoints:  # noqa: ASYNC110 - the context has no event for it
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    context.cancelled.set()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        await run
    assert time.monotonic() - began < 12
    assert await containers(engine) == []


async def test_a_run_that_was_cut_off_is_followed_and_not_run_again(
    machine: Machine, engine: Engine
) -> None:
    code = """
import time
print('{"progress": 0.3}', flush=True)
time.sleep(2)
"""
    write_function(machine.functions, "slow", engine.image, code + PICTURE)
    request = machine.request("slow")
    context = machine.context(request)
    backend = machine.spec.factory()
    events = backend.run(request, context)
    async for event in events:
        if isinstance(event, Progress) and event.fraction > 0.2:
            break
    await events.aclose()
    await backend.close()
    (running,) = await containers(engine)
    resumed = msgspec.structs.replace(request, attempt=2, resume=context.checkpoints[-1])
    again = machine.context(resumed)
    made = await machine.run(resumed, again)
    assert any(isinstance(event, Output) for event in made)
    assert (
        json.loads(
            json.loads(again.checkpoints[-1] if again.checkpoints else context.checkpoints[-1])[
                "run"
            ]
        )["container"]
        == running
    )
    assert await containers(engine) == []


async def test_what_nobody_follows_is_swept_at_the_start(engine: Engine, tmp_path: Path) -> None:
    machine = Machine(tmp_path, engine.address, orphan_minutes=0.001)
    code = "import time\nprint('{\"progress\": 0.3}', flush=True)\ntime.sleep(60)"
    write_function(machine.functions, "left", engine.image, code)
    request = machine.request("left")
    backend = machine.spec.factory()
    events = backend.run(request, machine.context(request))
    async for event in events:
        if isinstance(event, Progress) and event.fraction > 0.2:
            break
    await events.aclose()
    await backend.close()
    assert len(await containers(engine)) == 1
    await asyncio.sleep(0.2)
    write_function(machine.functions, "next", engine.image, PICTURE)
    other = msgspec.structs.replace(machine.request("next"), task_id="task-2")
    await machine.run(other)
    assert await containers(engine) == []


async def test_an_image_that_is_not_there_is_asked_for(machine: Machine, engine: Engine) -> None:
    write_function(machine.functions, "unbuilt", "sha256:" + "0" * 64, PICTURE)
    with pytest.raises(BackendError) as caught:
        await machine.run(machine.request("unbuilt"))
    assert caught.value.code == "function.not_built"
    assert "director functions build unbuilt" in caught.value.hint


async def test_an_engine_that_is_away_is_told(tmp_path: Path, engine: Engine) -> None:
    machine = Machine(tmp_path, f"unix://{tmp_path}/nobody")
    write_function(machine.functions, "lonely", engine.image, PICTURE)
    with pytest.raises(BackendError) as caught:
        await machine.run(machine.request("lonely"))
    assert (caught.value.code, caught.value.retryable) == ("function.no_engine", True)
    assert str(tmp_path) not in str(caught.value)


def test_a_function_is_built_and_run_by_commands(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from director_function_runner.commands import functions

    monkeypatch.setenv("DIRECTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DIRECTOR_PLUGIN_FUNCTION_RUNNER__ENGINE", engine.address)
    source = tmp_path / "mine"
    write_function(tmp_path, "mine", engine.image, PICTURE)
    manifest = source / "function.yaml"
    ready = f'ref: "{engine.image}"'
    manifest.write_text(manifest.read_text().replace(ready, "base: tests/python:1"))

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(functions, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    call("add", str(source))
    assert call("build", "mine").endswith("Mine can be run.\n")
    out = tmp_path / "out"
    assert f"image: {out}/image_0.png" in call("run", "mine", "prompt=a lamp", "-o", str(out))
    with Image.open(out / "image_0.png") as made:
        assert made.size == (8, 8)
