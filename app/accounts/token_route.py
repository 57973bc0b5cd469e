"""`/auth/token`: a bearer token for an address and a password, as JSON or as OAuth 2 clients ask.

A form is OAuth's resource owner password grant (RFC 6749, 4.3): `grant_type=password`, `username`,
`password`, and `code` for who has a second factor. `scope`, `client_id` and `client_secret` may
come with it and mean nothing here. Errors carry OAuth's `error` and `error_description` beside what
every problem has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Response, post
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import JSONBody

from app.platform.field_names import hint_for
from app.platform.request_bodies import AUTH_BODY, BoundedRequest
from node_registry import DirectorError

from . import service

FORM = "application/x-www-form-urlencoded"
WANTED = ("grant_type", "username", "password")
OPTIONAL = ("code",)
IGNORED = ("scope", "client_id", "client_secret")


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody logs in with; `code` is of their second factor, if they have one."""

    email: str
    password: str
    code: str | None = None


class Token(msgspec.Struct):
    """A bearer token and how many seconds it lasts."""

    access_token: str
    expires_in: int
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme


class TokenRequest(BoundedRequest):
    """A request whose form is read as the JSON that it stands for."""

    async def json(self) -> Any:
        """`Credentials` as plain values. Raises `request.…` for a form that is none of OAuth's."""
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return await super().json()
        return credentials_of_form(await self.body())


@dataclass
class TokenOperation(Operation):
    """Describes the form beside the JSON."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        form = Schema(
            type=OpenAPIType.OBJECT,
            properties=dict.fromkeys((*WANTED, *OPTIONAL, *IGNORED), text),
            required=list(WANTED),
        )
        if isinstance(self.request_body, RequestBody):
            self.request_body.content[FORM] = OpenAPIMediaType(schema=form)


@post(
    ["/auth/token", "/api/v1/auth/token"],
    status_code=200,
    tags=["accounts"],
    request_class=TokenRequest,
    request_max_body_size=AUTH_BODY,
    operation_class=TokenOperation,
)
async def token(data: JSONBody[Credentials]) -> Response[Token]:
    """Exchange an address and a password for a bearer token: as JSON, or as an OAuth 2 form."""
    try:
        login = await service.log_in(data.email, data.password, label="token", code=data.code)
    except DirectorError as error:
        raise _for_oauth(error, "invalid_grant") from error
    answer = Token(login.token, login.expires_in)
    return Response(answer, headers={"Cache-Control": "no-store"})


def credentials_of_form(body: bytes) -> dict[str, str]:
    """The address and the password in a form of OAuth's password grant."""
    try:
        given = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        refusal = DirectorError("request.invalid", "The form cannot be read.")
        raise _for_oauth(refusal, "invalid_request") from error
    for name in given:
        if name not in (*WANTED, *OPTIONAL, *IGNORED):
            refusal = DirectorError(
                "request.unknown_field",
                f"There is no field `{name[:60]}`.",
                hint=hint_for(name, frozenset(WANTED), "field"),
            )
            raise _for_oauth(refusal, "invalid_request")
    for name in WANTED:
        if name not in given:
            refusal = DirectorError("request.missing_field", f"The field `{name}` is missing.")
            raise _for_oauth(refusal, "invalid_request")
    if given["grant_type"] != "password":
        refusal = DirectorError(
            "request.invalid",
            f"There is no grant of the type {given['grant_type'][:60]!r}.",
            hint="The value of `grant_type` is `password`.",
        )
        raise _for_oauth(refusal, "unsupported_grant_type")
    code = {"code": given["code"]} if given.get("code") else {}
    return {"email": given["username"], "password": given["password"], **code}


def _for_oauth(error: DirectorError, name: str) -> DirectorError:
    """The same error with the fields that clients of OAuth look for (RFC 6749, 5.2)."""
    description = f"{error.message} {error.hint}".strip()
    return DirectorError(
        error.code,
        error.message,
        hint=error.hint,
        status=error.status,
        fields={**error.fields, "error": name, "error_description": description},
    )


ROUTES = [token]
