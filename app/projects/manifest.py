"""What stands in a project's own files: project.json, a new canvas, .gitignore, .gitattributes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from node_registry.film import read_format, read_rate

from node_registry import DirectorError, RenderSettings, Tier

CANVAS = "02_Source_Creative/Canvases/main_canvas.json"
FORMAT = "1.0.0"

_IGNORED = (
    "05_Cache/", "06_Exports/", "*.tmp", "*.temp", ".DS_Store", "Thumbs.db", "*.swp",
    "__pycache__/", "*.pyc", ".env", ".vscode/", ".idea/", "*.log",
)  # fmt: skip
_TEXT = ("json", "txt", "md", "py", "js", "svelte", "fountain", "fdx", "edl", "otio")
_LFS = (
    ("png", "jpg", "jpeg", "gif", "webp", "tif", "tiff", "psd", "exr", "hdr"),
    ("mp4", "mov", "avi", "mkv", "webm", "mxf"),
    ("wav", "mp3", "aac", "flac", "ogg", "m4a"),
    ("safetensors", "ckpt", "pt", "pth", "bin", "onnx", "gguf"),
    ("fbx", "obj", "gltf", "glb", "blend", "usdz", "aep"),
)


BackendEntry = Annotated[
    str, msgspec.Meta(pattern=r"^((low|standard|high):)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
]


class FilmSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The picture: `frame_rate` is an integer or a fraction as `"24000/1001"`; 23.976 and `"29.97
    DF"` are understood and kept so. `drop_frame` is how films of the project begin to be counted.

    `backends` are preferred in this order before all others, each a name, or `tier:name` for one
    quality alone (`"high:comfyui.video"`). `when_unavailable` is what becomes of a quality that
    nothing can make now: it waits, or is made one quality `lower`, and the take says so.
    """

    aspect_ratio: str = "16:9"
    resolution: str = "1920x1080"
    frame_rate: int | float | str = 24
    drop_frame: bool = False
    backends: tuple[BackendEntry, ...] = ()
    when_unavailable: Literal["wait", "lower"] = "wait"

    def __post_init__(self) -> None:
        try:
            written = read_rate(self.frame_rate)
        except DirectorError:
            # `render_settings` says it, where it is known of which project.
            return
        exact = written.rate
        kept = exact.numerator if exact.denominator == 1 else str(exact)
        msgspec.structs.force_setattr(self, "frame_rate", kept)
        if written.drop is not None:
            msgspec.structs.force_setattr(self, "drop_frame", written.drop)

    def render_settings(self) -> RenderSettings:
        """The same, as backends get it. Raises `project.bad_format`."""
        return read_format(self.resolution, self.frame_rate)


class ProjectManifest(msgspec.Struct, frozen=True, kw_only=True):
    """project.json: what a project says of itself, wherever its folder lies. It holds no path of
    a machine. Times are RFC 3339 in UTC; `version` is the format of this file."""

    uuid: str
    title: str
    description: str = ""
    created_at: datetime
    modified_at: datetime
    version: str = FORMAT
    quality: Tier = "standard"
    settings: FilmSettings = FilmSettings()
    canvas_path: str = CANVAS
    metadata: dict[str, Any] = {}


def manifest_text(manifest: ProjectManifest) -> str:
    """project.json as it is written: in the order of the fields, indented, with a line end."""
    fields = msgspec.to_builtins(manifest)
    for name in ("backends", "drop_frame"):
        if not fields["settings"][name]:
            del fields["settings"][name]
    if fields["settings"]["when_unavailable"] == "wait":
        del fields["settings"]["when_unavailable"]
    for name in ("created_at", "modified_at"):
        moment: datetime = getattr(manifest, name)
        fields[name] = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return canvas_text(fields)


def read_manifest(text: str | bytes) -> ProjectManifest:
    """The manifest in a project.json, or `project.bad_manifest`."""
    try:
        manifest = msgspec.json.decode(text, type=ProjectManifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DirectorError(
            "project.bad_manifest",
            f"The file project.json cannot be read: {error}.",
            hint="Restore it from the project's history (`git checkout HEAD -- project.json`).",
            status=409,
        ) from error
    manifest.settings.render_settings()
    return manifest


def canvas_text(canvas: Any) -> str:
    """A graph as it is written for git: two spaces, so that a diff shows what changed."""
    return msgspec.json.format(msgspec.json.encode(canvas), indent=2).decode() + "\n"


def new_canvas() -> dict[str, Any]:
    """The document of a canvas on which there is nothing yet."""
    return {
        "version": "1.0",
        "nodes": [],
        "edges": [],
        "viewport": {"x": 0, "y": 0, "zoom": 1},
    }


def gitignore_text() -> str:
    """.gitignore of a new project."""
    return "\n".join(_IGNORED) + "\n"


def gitattributes_text() -> str:
    """.gitattributes of a new project: what is text, and what git LFS keeps, in any case."""
    lines = [f"*.{_any_case(ext)} text" for ext in _TEXT]
    lines += [
        f"*.{_any_case(ext)} filter=lfs diff=lfs merge=lfs -text" for kind in _LFS for ext in kind
    ]
    return "\n".join(lines) + "\n"


def is_media(name: str) -> bool:
    """Whether a file of this name is kept by git LFS, and so never enters git as a whole."""
    stem, _, ext = name.lower().rpartition(".")
    return bool(stem) and any(ext in kind for kind in _LFS)


def is_text(name: str) -> bool:
    """Whether a file of this name is text, by its ending."""
    return name.lower().rpartition(".")[2] in _TEXT


def _any_case(ext: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in ext)
