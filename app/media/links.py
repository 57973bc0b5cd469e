"""Links that anybody may follow for a time: to stored bytes, signed by the studio or by an S3
server, and to the stream of a film. A player, an editor's program or `curl` follows one without
logging in."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from node_registry import DirectorError, Media

ADDRESS = "/api/v1/objects"
LONGEST = timedelta(days=7)


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Where the bytes are until `expires_at`, for whoever has the address."""

    url: str
    expires_at: datetime


class StreamGrant(msgspec.Struct, frozen=True, kw_only=True):
    """That the stream of a project is shown to whoever has the address, for somebody in it.

    `person` is who gave the link: it shows what they may see, as long as they may.
    """

    project: UUID
    person: UUID
    expires: int


class LinkSigner:
    """Signs the studio's own links, with HMAC-SHA-256 over all that they say."""

    def __init__(self, key: bytes) -> None:
        # A key of its own for this use: a signature of one kind is never one of another.
        self._key = hmac.digest(key, b"director links to stored bytes", "sha256")

    def sign(self, media: Media, expires_at: datetime) -> str:
        """The address of these bytes until then, relative to the studio's."""
        moment = int(expires_at.timestamp())
        signature = self._signature(media.digest, media.size, media.media_type, media.name, moment)
        query = {
            "size": media.size, "media_type": media.media_type, "filename": media.name,
            "expires": moment, "signature": signature,
        }  # fmt: skip
        return f"{ADDRESS}/{media.digest}?{urlencode(query)}"

    def check(self, media: Media, expires: int, signature: str) -> None:
        """Raises `media.bad_link` for a link that was not signed so, and `media.link_expired`."""
        wanted = self._signature(media.digest, media.size, media.media_type, media.name, expires)
        _check(wanted, signature, expires)

    def sign_stream(self, grant: StreamGrant) -> str:
        """The query that is added to all addresses of a stream."""
        said = {"person": str(grant.person), "expires": grant.expires}
        return urlencode({**said, "signature": self._stream_signature(grant)})

    def check_stream(self, grant: StreamGrant, signature: str) -> None:
        """Raises as `check` does."""
        _check(self._stream_signature(grant), signature, grant.expires)

    def _signature(self, *said: str | int) -> str:
        # As JSON, so that no part can be taken for the end of another.
        return hmac.new(self._key, msgspec.json.encode(said), hashlib.sha256).hexdigest()

    def _stream_signature(self, grant: StreamGrant) -> str:
        return self._signature("stream", str(grant.project), str(grant.person), grant.expires)


def _check(wanted: str, signature: str, expires: int) -> None:
    if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")):
        raise DirectorError(
            "media.bad_link",
            "This link was not made by this studio, or was changed.",
            hint="Ask for another link.",
            status=403,
        )
    if expires <= datetime.now(UTC).timestamp():
        raise DirectorError(
            "media.link_expired",
            "This link is no longer good.",
            hint="Ask for another link.",
            status=403,
        )
