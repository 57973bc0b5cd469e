"""Serves the built canvas: its one page for every address of a browser, and the files of that page.

What a build makes carries its digest in its name and is cached for ever; the page itself is asked
for each time. Compressed forms (`.br`, `.gz`) are made at build time and lie beside each file.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from hashlib import blake2b, sha256
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from app.platform.resources import shipped
from node_registry import DirectorError

from .cookies import SESSION_COOKIES

PAGE = "index.html"
# What the build says of its pages: the files that each loads first (scripts/screens.mjs).
SCREENS = "screens.json"
# What the page of a project asks the API for before it shows anything.
PROJECT_PAGE = re.compile(r"project/([0-9a-f-]{36})/?")
FIRST_ANSWERS = (
    "/api/v1/auth/me",
    "/api/v1/projects/{project}",
    "/api/v1/node-types",
    "/api/v1/socket-types",
    "/api/v1/converters",
)
IMMUTABLE = "_app/immutable/"
# A build knows these types; nothing else of it is served.
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".txt": "text/plain",
}
# The smallest first: a browser takes what it can read.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# Addresses of programs: what is not there is said in JSON, never answered by a page.
OF_PROGRAMS = ("api", "auth", "git", "ws", "_app")


class BuiltFile(msgspec.Struct, frozen=True):
    """A file of the build: its bytes by content encoding (`""` for plain), its type, its tag."""

    media_type: str
    tag: str
    bodies: Mapping[str, bytes]


class Canvas:
    """The build as it lies in `folder`, read once: a few megabytes that never change."""

    def __init__(self, folder: Path) -> None:
        self.files = dict(_read(folder))
        page = self.files.get(PAGE)
        self._scripts = _inline_scripts(page.bodies[""].decode()) if page else []
        screens = self.files.pop(SCREENS, None)
        self._project_files = _links(screens.bodies[""] if screens else b"{}", "/project/[id]")
        self.headers: dict[str, str] = {}
        self.allow_storage("")

    def allow_storage(self, origin: str) -> None:
        """Let the page load media from the origin that the storage's links lead to; "" is ours."""
        self.headers["Content-Security-Policy"] = policy(self._scripts, origin)

    def answer(self, path: str, request: Request[Any, Any, Any]) -> Response[Any]:
        """The file at this address, or the page, which shows what the address means.

        Raises `request.not_found` for a file that no build has, `canvas.not_built` without one.
        """
        file = self.files.get(path)
        if file is None:
            if path.split("/", 1)[0] in OF_PROGRAMS or PurePosixPath(path).suffix in TYPES:
                raise DirectorError("request.not_found", "There is no such file.", status=404)
            links = self._first_links(path, request)
            path = PAGE
            file = self.files.get(PAGE)
        else:
            links = ""
        if file is None:
            raise DirectorError(
                "canvas.not_built",
                "The canvas is not built yet.",
                hint="`make run` builds it. The API is at /api/docs.",
                status=503,
            )
        for_ever = path.startswith(IMMUTABLE)
        headers = {
            **self.headers,
            "Cache-Control": "public, max-age=31536000, immutable" if for_ever else "no-cache",
            "ETag": file.tag,
            "Vary": "Accept-Encoding",
        }
        if links:
            headers["Link"] = links
        if request.headers.get("if-none-match") == file.tag:
            return Response(None, status_code=304, headers=headers)
        encoding = _chosen(request.headers.get("accept-encoding", ""), file.bodies)
        body = file.bodies[encoding]
        if encoding:
            headers["Content-Encoding"] = encoding
        headers["Content-Length"] = str(len(body))
        sent = b"" if request.method == HttpMethod.HEAD else body
        return Response(sent, media_type=file.media_type, headers=headers)

    def _first_links(self, path: str, request: Request[Any, Any, Any]) -> str:
        """What the browser may fetch beside the page, as a `Link` header: a project's page needs
        its scripts and some answers of the API before anything is seen. Nobody who is not logged
        in is told to ask."""
        found = PROJECT_PAGE.fullmatch(path)
        if found is None or not request.cookies.keys() & SESSION_COOKIES:
            return ""
        asked = [address.format(project=found[1]) for address in FIRST_ANSWERS]
        answers = [f"<{address}>; rel=preload; as=fetch; crossorigin" for address in asked]
        return ", ".join([*answers, *self._project_files])


ANNOUNCER_STYLE = (
    "position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); clip-path: inset(50%); "
    "overflow: hidden; white-space: nowrap; width: 1px; height: 1px"
)
"""The one `style` attribute that a page has: SvelteKit's on the words for screen readers that say
which page was opened."""


def policy(scripts: list[str], storage_origin: str = "") -> str:
    """The page's Content-Security-Policy: its own origin and the storage's, nothing inline but
    `scripts` and one style, each named by its digest."""
    digests = [_digest(text) for text in scripts]
    media = " ".join(filter(None, ["'self'", "data:", "blob:", storage_origin]))
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *digests]),
            # Positions are set by scripts (CSSOM), which no policy forbids: one attribute is left.
            "style-src 'self'",
            f"style-src-attr 'unsafe-hashes' {_digest(ANNOUNCER_STYLE)}",
            f"img-src {media}",
            f"media-src {media}",
            " ".join(filter(None, ["connect-src 'self'", storage_origin])),
            "font-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _digest(text: str) -> str:
    """A text that stands inline, as a policy names it."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _read(folder: Path) -> list[tuple[str, BuiltFile]]:
    found = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        media_type = TYPES.get(path.suffix)
        if media_type is None or not path.is_file():
            continue
        bodies = {"": path.read_bytes()}
        for encoding, suffix in ENCODINGS:
            packed = path.with_name(path.name + suffix)
            if packed.is_file():
                bodies[encoding] = packed.read_bytes()
        tag = f'"{blake2b(bodies[""], digest_size=12).hexdigest()}"'
        found.append((path.relative_to(folder).as_posix(), BuiltFile(media_type, tag, bodies)))
    return found


def _links(screens: bytes, screen: str) -> list[str]:
    """The files of one screen as entries of a `Link` header, in the mode in which the build's
    scripts ask for them: a browser fetches a file of another mode twice."""
    files = msgspec.json.decode(screens, type=dict[str, list[str]]).get(screen, [])
    return [
        f"</{file}>; rel=preload; as=style; crossorigin"
        if file.endswith(".css")
        else f"</{file}>; rel=modulepreload"
        for file in files
    ]


def _inline_scripts(page: str) -> list[str]:
    return re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)


def _chosen(accepted: str, bodies: Mapping[str, bytes]) -> str:
    wanted = set()
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";")
        if not re.fullmatch(r"q=0(\.0{0,3})?", quality.strip()):
            wanted.add(name.strip())
    return next((name for name, _ in ENCODINGS if name in wanted and name in bodies), "")


@route(
    ["/", "/{path:path}"],
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    media_type=MediaType.HTML,
    include_in_schema=False,
    opt={"precompressed": True},
    sync_to_thread=False,
)
def page(request: Request[Any, Any, Any], path: FromPath[Path] = Path("/")) -> Response[Any]:
    """The canvas at any address that is no program's."""
    canvas: Canvas = request.app.state.canvas
    return canvas.answer(path.as_posix().lstrip("/"), request)


def built_canvas() -> Canvas:
    """The canvas that ships with this installation; once the storage is open, its origin is named
    by `allow_storage`."""
    return Canvas(shipped("static"))


ROUTES = [page]
