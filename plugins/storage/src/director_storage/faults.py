"""What an S3 server complains of, as sentences that help; no secret and no address of a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from node_registry import DirectorError

from .settings import Settings

# A body that broke off: what is missing of it can be asked for again.
BROKEN = (
    IncompleteReadError, ReadTimeoutError, ResponseStreamingError,
    aiohttp.ClientError, TimeoutError,
)  # fmt: skip

_MISSING = {"404", "NoSuchKey", "NotFound"}
_FULL = {
    "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507",
    "ServiceQuotaExceededException", "XMinioAdminBucketQuotaExceeded",
}  # fmt: skip
_REFUSED = {
    "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
    "InvalidToken", "RequestTimeTooSkewed", "AllAccessDisabled", "AccountProblem",
}  # fmt: skip


@contextmanager
def server_errors(settings: Settings, key: str = "") -> Iterator[None]:
    """Turn what goes wrong on the way to the server and back into sentences."""
    try:
        yield
    except ClientError as error:
        raise _answered(settings, key, error) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise _refused(
            "There are no credentials for the S3 server.",
            "Set DIRECTOR_PLUGIN_STORAGE__ACCESS_KEY and __SECRET_KEY, or give the machine a role.",
        ) from error
    except ValueError as error:
        raise _refused(
            "The address of the S3 server is none.",
            "Correct DIRECTOR_PLUGIN_STORAGE__ENDPOINT, which begins with https:// or http://.",
        ) from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError) as error:
        raise _unreachable(
            "The S3 server did not answer.",
            "Check DIRECTOR_PLUGIN_STORAGE__ENDPOINT and the network, or run `director doctor`.",
        ) from error


def code_of(error: Exception) -> str:
    """The server's own code for what went wrong, or the HTTP status where it gave none."""
    if not isinstance(error, ClientError):
        return ""
    response = error.response
    status = str(response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    return response.get("Error", {}).get("Code") or status


def is_missing(error: Exception) -> bool:
    """Whether the server said that there is no such object."""
    return code_of(error) in _MISSING


def is_past_the_end(error: Exception) -> bool:
    """Whether the range that was asked for begins after the last byte."""
    return code_of(error) in ("InvalidRange", "416")


def not_found(key: str) -> DirectorError:
    return DirectorError(
        "storage.not_found",
        f"There is no object {key!r} in the studio's storage.",
        hint="It was deleted, or never stored: generate it again, or look at the bucket's rules "
        "for the life of objects.",
        status=404,
    )


def not_open() -> DirectorError:
    return _unreachable("The S3 storage is not open.", "Open it before anything else.")


def _answered(settings: Settings, key: str, error: ClientError) -> DirectorError:
    code = code_of(error)
    if code == "NoSuchBucket" or (code in _MISSING and not key):
        return _refused(
            f"There is no bucket {settings.bucket!r} on the S3 server.",
            "Make it, or set DIRECTOR_PLUGIN_STORAGE__BUCKET to one that is there.",
        )
    if code in _MISSING:
        return not_found(key)
    if code in _FULL:
        return DirectorError(
            "storage.full",
            "The S3 server has no room left for the studio. Nothing half sent was kept.",
            hint="Make room in the bucket, or raise its quota.",
            status=507,
        )
    if code in _REFUSED:
        return _refused(
            f"The S3 server refused the studio ({code}).",
            "Check DIRECTOR_PLUGIN_STORAGE__ACCESS_KEY, __SECRET_KEY, the rights on the bucket "
            "and this machine's clock.",
        )
    if code in ("PreconditionFailed", "412"):
        return DirectorError(
            "storage.changed",
            f"The object {key!r} was replaced while it was read.",
            hint="Read it again from the start.",
            status=409,
        )
    return _unreachable(
        f"The S3 server failed ({code or 'no reason given'}).",
        "Try again in a while, or look at the server's log.",
    )


def _refused(message: str, hint: str) -> DirectorError:
    """Waiting does not mend it: somebody has to correct the settings, or the server's rights."""
    return DirectorError("storage.refused", message, hint=hint, status=503)


def _unreachable(message: str, hint: str) -> DirectorError:
    return DirectorError("storage.unreachable", message, hint=hint, status=503)
