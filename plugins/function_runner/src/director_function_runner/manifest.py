"""A manifest as it is written: every key of `function/v0`, and no other."""

from __future__ import annotations

from typing import Literal

import msgspec

InputType = Literal[
    "string",
    "int",
    "float",
    "bool",
    "enum",
    "image",
    "video",
    "audio",
    "file",
    "weights_file",
    "choice_from_files",
]
OutputType = Literal[
    "string", "int", "float", "bool", "image", "video", "audio", "file", "weights_file"
]
Scalar = str | int | float | bool


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all parts of a manifest have in common: a key that is not known is refused."""


class Source(Part, frozen=True):
    """The repository, at one commit; `workdir` is where it lies inside the image."""

    git: str
    commit: str
    submodules: bool = False
    workdir: str = "/src"


class License(Part, frozen=True):
    """What may be done with code and weights; `note` is shown before the first run."""

    code: str
    weights: str = ""
    note: str = ""


class Image(Part, frozen=True):
    """The environment: a ready image (`ref`, with its digest), or what one is built from."""

    ref: str = ""
    base: str = ""
    python: str = ""
    apt: list[str] = []
    requirements: str = ""
    pip: list[str] = []
    pip_first: list[str] = []
    pip_no_isolation: list[str] = []
    index: str = ""
    run: list[str] = []


class Weights(Part, frozen=True):
    """Files of a model, fetched once by the runner and read-only for the function.

    `sha256` is that of a single file, which is refused when it is another.
    """

    name: str
    source: str
    target: str
    include: list[str] = []
    gated: bool = False
    sha256: str = ""


class Volume(Part, frozen=True):
    """A folder that outlives one job."""

    name: str
    target: str
    mode: Literal["ro", "rw"] = "ro"
    keep: bool = False


class Gpu(Part, frozen=True):
    """Cards, and the memory on each in GB."""

    count: int = 1
    vram_gb: float = 0


class Variant(Part, frozen=True):
    """A way to run in less memory: hidden inputs that it sets, packages that it adds."""

    name: str
    vram_gb: float
    set: dict[str, Scalar] = {}
    pip: list[str] = []


class Resources(Part, frozen=True):
    """What the function needs of the machine, in GB; `cpus` is how many cores it uses.

    `tiers` names the variant for a quality; without it the first variant that fits is taken.
    """

    gpu: Gpu | None = None
    ram_gb: float = 0
    shm_gb: float = 0
    disk_gb: float = 0
    cpus: float = 0
    variants: list[Variant] = []
    tiers: dict[Literal["low", "standard", "high"], str] = {}


class Input(Part, frozen=True):
    """One input: a field of the node's form, or a socket when it is bytes."""

    type: InputType
    required: bool = False
    default: Scalar | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    choices: list[str] = []
    pattern: str = ""
    rule: str = ""
    glob: str = ""
    many: bool = False
    min_items: int | None = None
    max_items: int | None = None
    random_value: int | None = None
    hidden: bool = False
    late: bool = False
    scope: Literal["job", "service"] = "job"
    description: str = ""


class Output(Part, frozen=True):
    """One output, and where the job leaves it."""

    type: OutputType
    glob: str = ""
    path: str = ""
    from_: str = msgspec.field(default="", name="from")
    min: int | None = None
    max: int | None = None
    many: bool = False
    pick: Literal["", "newest", "largest", "first"] = ""
    fallback: str = ""
    regex: str = ""
    when: str = ""


class Flag(Part, frozen=True):
    """A flag that is there on a condition, or one that is followed by several values."""

    flag: str
    when: str | bool | None = None
    values: str = ""


Argument = list[Scalar] | Flag


class Phase(Part, frozen=True):
    """A stretch of the work, known by a line of the log; `at` is the fraction done by then."""

    match: str
    name: str
    at: float


class Progress(Part, frozen=True):
    """How the log tells how far the work is."""

    parser: Literal["tqdm", "regex", "jsonl", "gradio"]
    total: int | str | None = None
    pattern: str = ""
    epoch_pattern: str = ""
    done: str = ""
    stream: Literal["", "log", "container_log"] = ""
    phases: list[Phase] = []


class Cancel(Part, frozen=True):
    """How the work is ended early."""

    signal: Literal["", "SIGINT", "SIGTERM"] = ""
    stop_file: str = ""
    mode: Literal["", "abort-call", "restart"] = ""
    grace_s: float = 10
    resumable: bool = False


class DoneWhen(Part, frozen=True):
    """When a step that a person does is done: these files are there."""

    files: list[str]


class Step(Part, frozen=True):
    """One command, or one thing that a person does."""

    id: str
    type: Literal["command", "interactive", "human"] = "command"
    when: str = ""
    check: str = ""
    command: list[str] = []
    args: list[Argument] = []
    place: dict[str, str] = {}
    show: list[str] = []
    done_when: DoneWhen | None = None
    progress: Progress | None = None
    cancel: Cancel | None = None
    timeout_s: float = 3600
    outputs: dict[str, Output] = {}


class Ready(Part, frozen=True):
    """When a service is ready: this address answers."""

    http: str
    timeout_s: float = 600


class Call(Part, frozen=True):
    """What is called, with which values in which order, and how the results are named."""

    api_name: str
    data: list[Scalar | None] = []
    returns: list[str] = []


class Service(Part, frozen=True):
    """A server that is kept warm, and the adapter that speaks to it."""

    command: list[str]
    adapter: Literal["gradio", "cog", "http"]
    call: Call
    ready: Ready
    check: str = ""
    args: list[Argument] = []
    idle_stop_s: float = 600
    progress: Progress | None = None
    cancel: Cancel | None = None


class Failure(Part, frozen=True):
    """A line of the log that tells what went wrong."""

    match: str
    code: str
    retry_variant: bool = False


class Function(Part, frozen=True):
    """One of several functions of the same image."""

    inputs: dict[str, Input] = {}
    steps: list[Step] = []
    outputs: dict[str, Output] = {}
    resources: Resources | None = None


class Manifest(Part, frozen=True, kw_only=True):
    """The whole file. One function stands at the top, or several under `functions`.

    `title` is what the node is called; without it the repository's name, or the manifest's.
    """

    schema: Literal["function/v0"]
    name: str
    kind: Literal["oneshot", "service", "workflow"]
    title: str = ""
    source: Source | None = None
    license: License
    image: Image
    weights: list[Weights] = []
    volumes: list[Volume] = []
    env: dict[str, str] = {}
    secrets: list[str] = []
    resources: Resources = Resources()
    inputs: dict[str, Input] = {}
    functions: dict[str, Function] = {}
    steps: list[Step] = []
    service: Service | None = None
    outputs: dict[str, Output] = {}
    errors: list[Failure] = []

    def each_function(self) -> dict[str, Function]:
        """The functions by name; one that stands at the top has the name ""."""
        if self.functions:
            return self.functions
        return {"": Function(inputs=self.inputs, steps=self.steps, outputs=self.outputs)}
