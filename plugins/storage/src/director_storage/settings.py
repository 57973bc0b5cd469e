"""What an operator may set about S3: `DIRECTOR_PLUGIN_STORAGE__<FIELD>`."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the S3 server is and how to speak to it; the local storage needs none of this.

    Without `access_key` the usual chain of AWS applies (environment, profile, instance role).
    `public_endpoint` is what browsers reach the server by, when that differs from `endpoint`.
    """

    endpoint: str = ""
    public_endpoint: str = ""
    bucket: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = ""
    prefix: str = ""
    path_style: bool = True
    connections: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 32
