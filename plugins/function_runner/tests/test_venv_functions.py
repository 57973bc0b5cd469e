"""Functions in environments that uv makes: what they make, how they end, and what is told."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import time
from pathlib import Path

import msgspec
import pytest
from director_function_runner import Settings
from director_function_runner.spec import spec_of
from node_registry.testing import BackendSuite, LocalContext
from PIL import Image

from node_registry import (
    BackendError,
    Cancelled,
    Input,
    NeedsInput,
    Output,
    Progress,
    Request,
    RunEvent,
)

EXAMPLES = Path(__file__).parents[3] / "examples/functions"
MANIFEST = """\
schema: function/v0
name: {name}
kind: {kind}
license: {{code: Apache-2.0}}
image: {{base: python}}
secrets: [TOKEN]
inputs:
  prompt: {{type: string}}
  count: {{type: int, default: 1, min: 1, max: 5}}
  quant: {{type: enum, choices: [none, int8], default: none, hidden: true}}
  picture: {{type: image}}
  title: {{type: string, late: true}}
{steps}
outputs:
  image: {{type: image, glob: "{{job.out}}/*.ppm"}}
errors:
  - {{match: "CUDA out of memory", code: gpu.oom, retry_variant: true}}
  - {{match: "No face", code: input.no_face}}
"""
STEPS = """\
steps:
  - {id: work, command: [python, run.py, "{job.out}"], progress: {parser: jsonl}, timeout_s: 60}
"""
PICTURE = """
import sys
open(sys.argv[1] + "/made.ppm", "wb").write(b"P6 1 1 255 abc")
"""


class Machine:
    """The backend with a folder of functions, in the runtime venv."""

    def __init__(self, root: Path, **settings: object) -> None:
        self.root = root
        self.functions = root / "functions"
        self.functions.mkdir(parents=True)
        given = {"runtime": "venv", "allow_unsandboxed": True, **settings}
        self.settings = msgspec.convert({"manifests": str(self.functions), **given}, Settings)
        self.spec = spec_of(self.settings)

    def write(
        self, code: str, *, steps: str = STEPS, kind: str = "oneshot", more: str = ""
    ) -> None:
        folder = self.functions / "mine"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        text = MANIFEST.format(name="mine", kind=kind, steps=steps + more)
        (folder / "function.yaml").write_text(text)
        (folder / "run.py").write_text(code)

    def request(self, **params: object) -> Request:
        return Request(
            task_id="t", attempt=1, node_id="n", node_type="function.mine", params=dict(params)
        )

    async def run(self, request: Request, context: LocalContext | None = None) -> list[RunEvent]:
        backend = self.spec.factory()
        await backend.open()
        context = context or LocalContext.of(self.root, request)
        try:
            return [event async for event in backend.run(request, context)]
        finally:
            await backend.close()

    async def failure(self, request: Request) -> BackendError:
        with pytest.raises(BackendError) as caught:
            await self.run(request)
        assert str(self.root) not in str(caught.value)
        return caught.value


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """With the examples; their environment is made once, of packages from the index."""
    machine = Machine(tmp_path_factory.mktemp("shared"))
    for name in ("sharp-upscale", "paint-over"):
        shutil.copytree(EXAMPLES / name, machine.functions / name)
    return machine


def picture(colour: str) -> bytes:
    found = io.BytesIO()
    image = Image.new("RGB", (24, 16), colour)
    image.paste("orange", (4, 4, 12, 12))
    image.save(found, "PNG")
    return found.getvalue()


class TestUpscale(BackendSuite):
    """The example as the suite of every backend tries it."""

    serverless = True
    outputs = ("image",)
    patience = 12.0

    @pytest.fixture(autouse=True)
    def _shared(self, shared: Machine) -> None:
        self.shared = shared
        self.spec = shared.spec  # pyright: ignore[reportAttributeAccessIssue]

    def context_of(self, root: Path, request: Request) -> LocalContext:
        context = super().context_of(root, request)
        # All runs of the suite on one machine: its environments are made once.
        if not context.cache.is_symlink():
            context.cache.rmdir()
            context.cache.symlink_to(self.shared.root)
        return context

    def make_request(self, context: LocalContext) -> Request:
        media = context.keep(picture("navy"), "image/png")
        return Request(
            task_id=f"suite-{context.scratch.name}",
            attempt=1,
            node_id="n",
            node_type="function.sharp-upscale",
            params={"factor": 3},
            inputs={"image": [Input(node_id="a", media=media)]},
        )


async def test_a_picture_takes_the_colours_of_another(shared: Machine) -> None:
    store = LocalContext(shared.root)
    request = Request(
        task_id="t", attempt=1, node_id="n", node_type="function.paint-over",
        params={"strength": 1.0},
        inputs={
            "image": [Input(node_id="a", media=store.keep(picture("navy"), "image/png"))],
            "style": [Input(node_id="b", media=store.keep(picture("firebrick"), "image/png"))],
        },
    )  # fmt: skip
    context = LocalContext.of(shared.root, request)
    (output,) = [one for one in await shared.run(request, context) if isinstance(one, Output)]
    with Image.open(context.path(output.media)) as made:
        red, _, blue = made.convert("RGB").resize((1, 1)).tobytes()
    assert red > blue


async def test_it_must_be_allowed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, allow_unsandboxed=False)
    machine.write(PICTURE)
    error = await machine.failure(machine.request())
    assert error.code == "function.unsandboxed"
    assert "isolates nothing" in error.message
    assert "ALLOW_UNSANDBOXED" in error.hint


async def test_its_process_has_nothing_of_the_workers_environment(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIRECTOR_DATABASE_URL", "postgresql://secret@host/x")
    code = "import os, json; print(json.dumps({'progress': 0.5, 'step': ' '.join(os.environ)}))"
    machine.write(code + PICTURE)
    events = await machine.run(machine.request())
    (names,) = [e.step for e in events if isinstance(e, Progress) and "PATH" in e.step]
    assert "DIRECTOR" not in names


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("raise ValueError('The lamp is off.')", "code 1. It said: ValueError: The lamp is off."),
        ("print('No face in /srv/models/x.png'); exit(3)", "No face in x.png"),
        ("import os; os.abort()", "ended with an abort"),
        ("pass", "It ended without its result “Image”"),
        ("import sys, os; os.symlink('/etc/hostname', sys.argv[1] + '/a.ppm')", "is a link"),
        ("import sys; p = sys.argv[1]\nfor n in 'ab': open(f'{p}/{n}.ppm', 'w').write('x')",
         "left 2 files"),
    ],
)  # fmt: skip
async def test_what_went_wrong_is_told(machine: Machine, code: str, told: str) -> None:
    machine.write(code)
    error = await machine.failure(machine.request())
    assert told in error.message, error
    assert error.hint


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"count": 9}, "Count: 9 is above max."),
        ({"count": "x"}, "Count: Write a whole number."),
        ({"prompt": 3}, "Prompt: Write a text"),
        ({"prompt": "a\0b"}, "without NUL"),
    ],
)
async def test_an_input_that_does_not_fit_is_told_before_anything_starts(
    machine: Machine, params: dict[str, object], told: str
) -> None:
    machine.write("open('/tmp/never', 'w')")
    error = await machine.failure(machine.request(**params))
    assert (error.code, told in error.message) == ("function.input", True), error


async def test_media_of_another_kind_is_refused(machine: Machine) -> None:
    machine.write(PICTURE)
    media = LocalContext(machine.root).keep(b"RIFF", "audio/wav")
    request = msgspec.structs.replace(
        machine.request(), inputs={"picture": [Input(node_id="a", media=media)]}
    )
    error = await machine.failure(request)
    assert error.message == "Picture: It takes image, and this is audio/wav."


async def test_a_cancel_ends_all_that_was_started(machine: Machine) -> None:
    mark = f"mark-{os.getpid()}-{time.monotonic_ns()}"
    code = f"""
import os, signal, time, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execlp("sh", "sh", "-c", "trap '' TERM; while :; do sleep 1; done", "{mark}")
        os._exit(0)
print('{{"progress": 0.5}}', flush=True)
while True: time.sleep(1)
"""
    machine.write(code)
    request = machine.request()
    context = LocalContext.of(machine.root, request)
    running = asyncio.create_task(machine.run(request, context))
    while not _processes(mark):  # noqa: ASYNC110 - it is another process that has begun
        await asyncio.sleep(0.05)
    context.cancelled.set()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        await running
    assert time.monotonic() - began < 12
    assert not _processes(mark)


async def test_a_run_that_was_cut_off_is_followed_and_not_run_again(machine: Machine) -> None:
    counter = machine.root / "counter"
    code = f"""
import time
open({str(counter)!r}, "a").write("x")
print('{{"progress": 0.3}}', flush=True)
time.sleep(1.5)
"""
    machine.write(code + PICTURE)
    request = machine.request()
    context = LocalContext.of(machine.root, request)
    backend = machine.spec.factory()
    events = backend.run(request, context)
    async for event in events:
        if isinstance(event, Progress) and event.fraction > 0.2:
            break
    await events.aclose()  # type: ignore[attr-defined]
    await backend.close()
    resumed = msgspec.structs.replace(request, attempt=2, resume=context.checkpoints[-1])
    made = await machine.run(resumed)
    assert any(isinstance(event, Output) for event in made)
    assert counter.read_text() == "x"


async def test_a_variant_that_does_not_fit_is_followed_by_a_smaller_one_once(
    machine: Machine,
) -> None:
    from node_registry import Gpu, Reserved

    more = """\
resources:
  gpu: {count: 1, vram_gb: 20}
  variants:
    - {name: full, vram_gb: 20}
    - {name: half, vram_gb: 10, set: {quant: int8}}
    - {name: tiny, vram_gb: 5, set: {quant: int8}}
  tiers: {low: half}
"""
    code = """
import json, sys
given = json.load(open(sys.argv[1] + "/../in/inputs.json"))
print(json.dumps({"progress": 0.5, "step": given["quant"]}), flush=True)
if given["quant"] == "none" or given["count"] == 2:
    print("RuntimeError: CUDA out of memory. Tried to allocate 4 GiB", file=sys.stderr)
    sys.exit(1)
"""
    machine.write(code + PICTURE, more=more)
    card = Gpu(uuid="", index=0, name="a card", total_bytes=24_000_000_000)

    async def run(tier: str, **params: object) -> list[str]:
        request = msgspec.structs.replace(machine.request(**params), tier=tier)  # type: ignore[arg-type]
        context = LocalContext.of(
            machine.root, request, gpu=card, reserved=Reserved(vram_bytes=20_000_000_000)
        )
        events = await machine.run(request, context)
        return [e.step for e in events if isinstance(e, Progress) and e.step in ("none", "int8")]

    assert await run("high") == ["none", "int8"]
    assert await run("low") == ["int8"]
    with pytest.raises(BackendError) as caught:
        await run("low", count=2)
    assert caught.value.code == "backend.out_of_memory"


async def test_a_person_is_asked_between_two_steps(machine: Machine) -> None:
    steps = """\
steps:
  - {id: first, command: [python, run.py, "{job.out}"]}
  - {id: name_it, type: human, place: {title: /unused}}
  - {id: second, command: [python, run.py, "{job.out}", "{title}"]}
"""
    code = """
import sys
if len(sys.argv) > 2:
    open(sys.argv[1] + "/made.ppm", "w").write("P3 1 1 255 1 2 3 # " + sys.argv[2])
"""
    machine.write(code, steps=steps, kind="workflow")
    request = machine.request()
    context = LocalContext.of(machine.root, request)
    *_, asked = await machine.run(request, context)
    assert isinstance(asked, NeedsInput)
    assert asked.answer["required"] == ["title"]
    answered = msgspec.structs.replace(
        request, resume=context.checkpoints[-1], params={"answer": {"title": "A lamp"}}
    )
    again = LocalContext.of(machine.root, answered)
    (output,) = [e for e in await machine.run(answered, again) if isinstance(e, Output)]
    assert again.path(output.media).read_text().endswith("# A lamp")


async def test_a_secret_is_in_no_log_and_no_error(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "TOKEN").write_text("hunter2-of-the-operator\n")
    machine = Machine(tmp_path / "machine", secrets=str(secrets))
    machine.write("import os; print('hunter2-of-the-operator', dict(os.environ)); exit(1)")
    request = machine.request()
    context = LocalContext.of(machine.root, request)
    told: list[RunEvent] = []

    async def run() -> None:
        async for event in machine.spec.factory().run(request, context):
            told.append(event)

    with pytest.raises(BackendError) as caught:
        await run()
    assert "•••" in str(caught.value)
    everything = f"{told} {caught.value} {context.checkpoints}"
    assert "hunter2" not in everything
    assert "TOKEN" not in json.dumps(str(caught.value))


async def test_a_function_that_was_changed_meanwhile_is_not_run(machine: Machine) -> None:
    machine.write(PICTURE)
    request = msgspec.structs.replace(machine.request(), catalog_digest="0" * 64)
    error = await machine.failure(request)
    assert error.code == "function.changed"


async def test_what_nobody_follows_is_swept(tmp_path: Path) -> None:
    machine = Machine(tmp_path, orphan_minutes=0.001)
    mark = f"left-{os.getpid()}-{time.monotonic_ns()}"
    machine.write(f"import os\nos.execlp('sh', 'sh', '-c', 'while :; do sleep 1; done', '{mark}')")
    request = machine.request()
    backend = machine.spec.factory()
    events = backend.run(request, LocalContext.of(machine.root, request))
    running = asyncio.create_task(anext_until_end(events))
    while not _processes(mark):  # noqa: ASYNC110 - it is another process that has begun
        await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await backend.close()
    assert _processes(mark)
    await asyncio.sleep(0.2)
    machine.write(PICTURE)
    await machine.run(msgspec.structs.replace(machine.request(), task_id="other"))
    assert not _processes(mark)


async def anext_until_end(events) -> None:
    async for _ in events:
        pass


def _processes(mark: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark.encode() in words:
                found.append(entry.name)
    return found
