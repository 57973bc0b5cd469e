"""The page that shows the API: its operations, their fields, and a way to try those that read."""

from __future__ import annotations

import gzip
from hashlib import blake2b
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.params import FromPath

from node_registry import DirectorError

_FOLDER = Path(__file__).parent / "api_page_html"
_TYPES = {".css": "text/css", ".js": "text/javascript"}

# All of a page's styles and scripts are files beside it, so nothing inline has to be allowed.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cache-Control": "no-cache",
}


class LocalPage(OpenAPIRenderPlugin):
    """A page of our own over the OpenAPI schema: nothing of it is loaded from the web."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page; it fetches the schema beside it."""
        return _read("api.html").encode()


def local_openapi_pages() -> list[OpenAPIRenderPlugin]:
    """The page at `/api/docs`, and the schema at `/api/docs/openapi.json`."""
    return [LocalPage(path="/"), JsonRenderPlugin()]


@get("/pages/{name:str}", include_in_schema=False)
async def page_file(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """A script or style sheet of the page; a browser asks each time whether it has changed."""
    known = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _TYPES}
    if name not in known:
        raise DirectorError("request.not_found", "The page has no such file.", status=404)
    content = _read(name).encode()
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'
    headers = {**_HEADERS, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(None, status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content), "gzip"
    return Response(content, media_type=_TYPES[known[name].suffix], headers=headers)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


ROUTES = [page_file]
