"""Rules by which the server itself removes what was only for a while: parts of uploads that were
never finished, and objects with which the storage was tried out."""

from __future__ import annotations

from typing import Any

import aiohttp
import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from .faults import code_of

TRIALS = "health/"
DAYS = 1


class Rules(msgspec.Struct, frozen=True):
    """Whether the rules stand; `missing` is why they do not, in the server's word, or ""."""

    missing: str = ""


def wanted(prefix: str) -> list[dict[str, Any]]:
    """The rules for the part of a bucket that begins with this prefix."""
    return [
        {
            "ID": f"director-uploads {prefix}".strip(),
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": DAYS},
        },
        {
            "ID": f"director-trials {prefix}".strip(),
            "Status": "Enabled",
            "Filter": {"Prefix": prefix + TRIALS},
            "Expiration": {"Days": DAYS},
        },
    ]


async def set_rules(client: Any, bucket: str, prefix: str) -> Rules:
    """Add our rules to those of the bucket, if they are not among them. Raises nothing: a server
    that knows no rules, or does not let us, stores objects all the same."""
    try:
        there = await _rules_of(client, bucket)
        known = {rule.get("ID") for rule in there}
        new = [rule for rule in wanted(prefix) if rule["ID"] not in known]
        if new:
            await client.put_bucket_lifecycle_configuration(
                Bucket=bucket, LifecycleConfiguration={"Rules": [*there, *new]}
            )
    except ClientError as error:
        return Rules(missing=code_of(error) or "refused")
    except (BotoCoreError, aiohttp.ClientError, TimeoutError) as error:
        return Rules(missing=type(error).__name__)
    return Rules()


async def _rules_of(client: Any, bucket: str) -> list[dict[str, Any]]:
    try:
        found = await client.get_bucket_lifecycle_configuration(Bucket=bucket)
    except ClientError as error:
        if code_of(error) == "NoSuchLifecycleConfiguration":
            return []
        raise
    return found.get("Rules", [])
