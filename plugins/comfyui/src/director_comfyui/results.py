"""Which of a job's files are its result, and whether what comes is what was promised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from node_registry.server_text import plain
from node_registry.signatures import HEAD, media_type_of

from node_registry import BackendError

from .template import Template

if TYPE_CHECKING:
    # The client of the network is loaded where jobs run, not by each process that knows the plugin.
    from .server import Job, Server

Kind = Literal["image", "video", "audio"]

ENDINGS: dict[str, Kind] = {
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "webp": "image",
    "mp4": "video",
    "webm": "video",
    "mov": "video",
    "mkv": "video",
    "wav": "audio",
    "flac": "audio",
    "mp3": "audio",
    "opus": "audio",
    "ogg": "audio",
    "m4a": "audio",
}


class ResultFile(msgspec.Struct, frozen=True):
    """A file of a job: where it lies on the server, and of which kind it is."""

    filename: str
    subfolder: str
    type: str
    kind: Kind

    def query(self) -> dict[str, str]:
        """How `/view` is asked for it."""
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.type}


def files_of(job: Job, template: Template) -> list[ResultFile]:
    """All files of a job: those of the template's outputs first, then saved before temporary.

    A node tells its files under any key: videos stand under `images`, too.
    """
    order = {output.node: place for place, output in enumerate(template.outputs)}
    found: list[tuple[tuple[int, bool], ResultFile]] = []
    for node_id, output in job.outputs.items():
        for value in output.values():
            for entry in value if isinstance(value, list) else []:
                file = _file(entry)
                if file is not None:
                    place = order.get(node_id, len(order))
                    found.append(((place, file.type != "output"), file))
    return [file for _, file in sorted(found, key=lambda pair: pair[0])]


def choose(files: list[ResultFile], kind: Kind, server: Server) -> ResultFile:
    """The file that is the result of this kind. Raises `comfyui.no_result`."""
    for file in files:
        if file.kind == kind:
            return file
    made = ", ".join(dict.fromkeys(file.kind for file in files)) or "nothing"
    wanted = {"image": "a picture", "video": "a video", "audio": "a sound"}[kind]
    save = {"image": "Save Image", "video": "Save Video", "audio": "Save Audio"}[kind]
    raise BackendError(
        "comfyui.no_result",
        f"The workflow on {server.title} ended without {wanted}: it made {made}.",
        hint=f"Add {save} to the workflow, and upload it again.",
    )


def media_type(path: Path, kind: Kind, server: Server) -> str:
    """The type of a file by what it begins with. Raises `comfyui.wrong_result`."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    found = media_type_of(head)
    if not found.startswith(kind + "/"):
        raise BackendError(
            "comfyui.wrong_result",
            f"What {server.title} gave as its result is not what it says: no {kind} begins so.",
            hint="Look at the workflow's result in ComfyUI, then generate again.",
        )
    return found


def _file(entry: Any) -> ResultFile | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("filename"), str):
        return None
    name = entry["filename"]
    kind = ENDINGS.get(name.rpartition(".")[2].lower())
    if kind is None:
        return None
    return ResultFile(
        filename=plain(name, 300) if "/" in name or "\\" in name else name[:300],
        subfolder=str(entry.get("subfolder") or "")[:300],
        type=str(entry.get("type") or "output")[:20],
        kind=kind,
    )
