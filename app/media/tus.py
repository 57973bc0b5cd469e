"""The tus protocol 1.0 over uploads: core, creation, termination, checksum and expiration.

https://tus.io/protocols/resumable-upload. A program that knows tus needs the address alone; what
became of an upload is told in JSON by GET, and by `Upload-Media` in the answer to the last PATCH.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from litestar import (
    Controller,
    Request,
    Response,
    delete,
    get,
    head,
    patch,
    post,
)
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest
from app.platform.request_bodies import body_of
from node_registry import DirectorError

from .part_files import ALGORITHMS, parse_checksum
from .uploads import Upload, Uploads

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
PART = "application/offset+octet-stream"
LONGEST_METADATA = 4096
ROOT = "/api/v1/projects/{project_id:str}/uploads"
ONE = ROOT + "/{upload_id:str}"


class TusHeaders:
    """Says the protocol's version in every answer, errors among them; and to OPTIONS, which
    Litestar answers by itself, what this server speaks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        added = {"Tus-Resumable": VERSION}
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            uploads: Uploads = scope["litestar_app"].state.uploads
            added |= {
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(uploads.limits.file),
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            }

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = [(name.lower().encode(), value.encode()) for name, value in added.items()]
                message["headers"] = [*message["headers"], *told]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class UploadsController(Controller):
    """`/api/v1/projects/{project_id}/uploads`: the tus protocol."""

    tags = ["uploads"]
    middleware = [TusHeaders]

    @post(ROOT, status_code=201, request_max_body_size=1024)
    async def create(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[None]:
        """Begin an upload: `Upload-Length` in bytes, and `Upload-Metadata` with a `filename`."""
        project = parse_id(project_id, "project")
        uploads = _uploads(request)
        await uploads.check_right(actor, project)
        _check_version(request)
        metadata = request.headers.get("upload-metadata", "")
        upload = await uploads.create(
            actor,
            project,
            size=_number(request, "upload-length"),
            name=_metadata(metadata).get("filename", ""),
            metadata=metadata,
        )
        return Response(
            None,
            status_code=201,
            headers={
                "Location": f"/api/v1/projects/{project}/uploads/{upload.id}",
                "Upload-Expires": _date(upload.expires_at),
                **_result(upload),
            },
        )

    @get(ROOT)
    async def list_open(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        request: Request[Any, Any, Any],
        page: NamedDependency[PageRequest],
    ) -> Page[Upload]:
        """Your uploads that are under way in this project, oldest first."""
        project = parse_id(project_id, "project")
        return await _uploads(request).list_open(actor, project, page)

    @head(ONE)
    async def offset(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        upload_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[None]:
        """How many bytes are here: `Upload-Offset`."""
        upload = await _find(actor, project_id, upload_id, request)
        _check_version(request)
        headers = {
            "Upload-Offset": str(upload.offset),
            "Upload-Length": str(upload.size),
            "Upload-Expires": _date(upload.expires_at),
            "Cache-Control": "no-store",
            **_result(upload),
        }
        if upload.metadata:
            headers["Upload-Metadata"] = upload.metadata
        return Response(None, headers=headers)

    @get(ONE)
    async def read(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        upload_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Upload:
        """How far an upload is, and what became of it: its media, or why it was refused."""
        return await _find(actor, project_id, upload_id, request)

    @patch(ONE, status_code=204, request_max_body_size=None)
    async def append(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        upload_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[None]:
        """Send bytes from `Upload-Offset` on; the last of them make the file media of the project.

        `Upload-Checksum` makes a part count whole or not at all.
        """
        return await _append(actor, project_id, upload_id, request)

    @delete(ONE)
    async def terminate(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        upload_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> None:
        """End an upload; what came of it is removed."""
        await _terminate(actor, project_id, upload_id, request)

    @post(ONE, status_code=204, request_max_body_size=None)
    async def override(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        upload_id: FromPath[str],
        request: Request[Any, Any, Any],
    ) -> Response[None]:
        """PATCH or DELETE by `X-HTTP-Method-Override`, for networks that let neither pass."""
        method = request.headers.get("x-http-method-override", "").upper()
        if method == "DELETE":
            await _terminate(actor, project_id, upload_id, request)
            return Response(None, status_code=204)
        if method == "PATCH":
            return await _append(actor, project_id, upload_id, request)
        await _find(actor, project_id, upload_id, request)
        raise DirectorError(
            "request.bad_method",
            "An upload is gone on with by PATCH.",
            hint="Send PATCH, or POST with X-HTTP-Method-Override: PATCH.",
            status=405,
        )


def _uploads(request: Request[Any, Any, Any]) -> Uploads:
    return request.app.state.uploads


async def _find(
    actor: Actor, project_id: str, upload_id: str, request: Request[Any, Any, Any]
) -> Upload:
    project, upload = parse_id(project_id, "project"), parse_id(upload_id, "upload")
    return await _uploads(request).find(actor, project, upload)


async def _terminate(
    actor: Actor, project_id: str, upload_id: str, request: Request[Any, Any, Any]
) -> None:
    upload = await _find(actor, project_id, upload_id, request)
    _check_version(request)
    await _uploads(request).terminate(actor, upload.project_id, upload.id)


async def _append(
    actor: Actor, project_id: str, upload_id: str, request: Request[Any, Any, Any]
) -> Response[None]:
    upload = await _find(actor, project_id, upload_id, request)
    _check_version(request)
    if request.headers.get("content-type", "") != PART:
        raise DirectorError(
            "upload.bad_type", f"A part of an upload has the type {PART}.", status=415
        )
    checksum = request.headers.get("upload-checksum")
    upload = await _uploads(request).append(
        actor,
        upload.project_id,
        upload.id,
        _number(request, "upload-offset"),
        body_of(request),
        None if checksum is None else parse_checksum(checksum),
    )
    headers = {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": _date(upload.expires_at),
        **_result(upload),
    }
    return Response(None, status_code=204, headers=headers)


def _check_version(request: Request[Any, Any, Any]) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise DirectorError(
            "upload.bad_version",
            f"This address speaks tus {VERSION}.",
            hint=f"Send Tus-Resumable: {VERSION}.",
            status=412,
            fields={"versions": [VERSION]},
        )


def _number(request: Request[Any, Any, Any], header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise DirectorError(
            "upload.bad_header", f"The header {header} is a number of bytes, from 0 on."
        )
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and a value in base64, with commas between them."""
    fault = DirectorError(
        "upload.bad_metadata",
        "The header Upload-Metadata cannot be read.",
        hint=f"Send `filename <base64>`; it has at most {LONGEST_METADATA} bytes.",
    )
    if len(header) > LONGEST_METADATA:
        raise fault
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise fault from None
    return found


def _result(upload: Upload) -> dict[str, str]:
    return {} if upload.media is None else {"Upload-Media": upload.media.digest}


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
