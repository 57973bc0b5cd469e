"""Functions of the tests: those of the examples with an image that is there, and small ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from director_function_runner import Settings
from director_function_runner.spec import spec_of
from node_registry.testing import LocalContext

from node_registry import Input, Request

EXAMPLES = Path(__file__).parents[2] / "examples/functions"

MANIFEST = """\
schema: function/v0
name: {name}
kind: oneshot
license: {{code: Apache-2.0}}
image: {{ref: "{image}"}}
resources: {{ram_gb: 0.2, disk_gb: 0.02, cpus: 1}}
inputs:
  prompt: {{type: string}}
  count: {{type: int, default: 1}}
steps:
  - id: work
    command: [python, run.py]
    args: [[--prompt, "{{prompt}}"]]
    progress: {{parser: jsonl}}
    timeout_s: 60
outputs:
  image: {{type: image, glob: "{{job.out}}/**/*.png"}}
"""
# Every function of the tests ends with a picture: what it did before must have failed for another
# reason than that nothing came of it.
PICTURE = """
from PIL import Image
Image.new("RGB", (8, 8), "green").save("/job/out/green.png")
"""


def bring_example(folder: Path, name: str, image: str) -> None:
    """One of the example functions, with a ready image in the place of one to be built."""
    target = folder / name
    shutil.copytree(EXAMPLES / name, target)
    manifest = target / "function.yaml"
    text = manifest.read_text()
    start, end = text.index("image:\n  base"), text.index("resources:")
    manifest.write_text(text[:start] + f'image: {{ref: "{image}"}}\n' + text[end:])


def write_function(folder: Path, name: str, image: str, code: str, **changes: str) -> None:
    """A small function of this code; `changes` replace parts of its manifest."""
    target = folder / name
    target.mkdir(parents=True)
    text = MANIFEST.format(name=name, image=image)
    for old, new in changes.items():
        assert old.replace("_", " ") in text or old in text, old
        text = text.replace(old, new)
    (target / "function.yaml").write_text(text)
    (target / "run.py").write_text(code)


class Machine:
    """The backend with a folder of functions, without a studio."""

    def __init__(self, folder: Path, engine: str, **settings: object) -> None:
        self.folder = folder
        self.settings = Settings(
            manifests=str(folder / "functions"), engine=engine, processes=32, **settings
        )
        (folder / "functions").mkdir(parents=True, exist_ok=True)
        self.spec = spec_of(self.settings)

    @property
    def functions(self) -> Path:
        return self.folder / "functions"

    def request(self, name: str, media: dict | None = None, **params: object) -> Request:
        inputs = {
            socket: [Input(node_id=socket, media=one)] for socket, one in (media or {}).items()
        }
        return Request(
            task_id="task-1",
            attempt=1,
            node_id="n",
            node_type=f"function.{name}",
            params=dict(params),
            inputs=inputs,
        )

    def context(self, request: Request) -> LocalContext:
        return LocalContext.of(self.folder, request)

    async def run(self, request: Request, context: LocalContext | None = None) -> list:
        backend = self.spec.factory()
        await backend.open()
        try:
            return [e async for e in backend.run(request, context or self.context(request))]
        finally:
            await backend.close()
