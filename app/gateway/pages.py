"""The pages that the API itself serves: status, the owner's first steps, and the API's own docs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin

_PAGES = Path(__file__).parent / "pages_html"


class LocalPage(OpenAPIRenderPlugin):
    """A page of our own over the OpenAPI schema: nothing of it is loaded from the web."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page; it fetches the schema beside it."""
        return _read("api.html").encode()


def local_openapi_pages() -> list[OpenAPIRenderPlugin]:
    """The page at `/api/docs`, and the schema at `/api/docs/openapi.json`."""
    return [LocalPage(path="/"), JsonRenderPlugin()]


@get(["/", "/setup", "/login"], media_type=MediaType.HTML, include_in_schema=False)
async def status_page() -> Response[str]:
    """The studio at a glance, until the canvas is built: log in, projects, runs, films."""
    return Response(_read("status.html"), media_type=MediaType.HTML)


def _read(name: str) -> str:
    return (_PAGES / name).read_text(encoding="utf-8")


ROUTES = [status_page]
