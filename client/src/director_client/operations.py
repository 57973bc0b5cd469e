"""What a transaction is made of, and whether it can be sent at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from .errors import StudioError
from .wire.client_events import Ops
from .wire.graph import Operation

MAX_LABEL = 200
# A studio closes a connection that brings a frame over 1 MiB; its envelope is a part of that.
MAX_BODY = 1024 * 1024 - 1024

_KINDS: tuple[type[msgspec.Struct], ...] = get_args(Operation)


def listed(given: Iterable[Any]) -> tuple[Operation, ...]:
    """The operations of a transaction, whether they came one by one or in lists.

    Raises `client.bad_operation` for anything else, and for none at all.
    """
    found: list[Operation] = []
    for one in given:
        if isinstance(one, _KINDS):
            found.append(one)  # type: ignore[arg-type]
        elif isinstance(one, (list, tuple)):
            found.extend(listed(one))  # pyright: ignore[reportUnknownArgumentType]
        else:
            raise StudioError(
                "client.bad_operation",
                f"{type(one).__name__} is no operation.",
                "Pass operations such as SetNode(id=…, values={…}), one after the other or in a "
                f"list: submit(first, second). There are {', '.join(k.__name__ for k in _KINDS)}.",
            )
    return tuple(found)


def check(body: Ops) -> None:
    """See before it is sent that a transaction can be read by a studio.

    Raises `client.bad_operation` or `client.too_large`: the studio could not say to whom it
    belongs, and would be sent it again and again.
    """
    if not body.ops:
        raise StudioError(
            "client.bad_operation",
            "There is no operation to submit.",
            "Pass at least one, such as SetNode(id=…, values={…}).",
        )
    try:
        encoded = msgspec.json.encode(body)
        msgspec.json.decode(encoded, type=Ops)
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError) as error:
        raise StudioError(
            "client.bad_operation",
            f"These operations cannot be sent: {error}.",
            "Values are what JSON knows: texts, numbers, true, false, None, lists and dicts.",
        ) from error
    if len(encoded) > MAX_BODY:
        raise StudioError(
            "client.too_large",
            f"These operations have {len(encoded):,} bytes; a transaction has at most "
            f"{MAX_BODY:,}.",
            "Submit them in parts.",
        )
