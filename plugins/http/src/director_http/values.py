"""`{{prompt}}` and the like: what is put into an address and a body, and never changes their form.

A body is read as JSON first, and values are put into its strings: a prompt with a quotation mark
ends no string. A string that is one word alone becomes the value itself, a number for a seed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from node_registry import BackendError

_WORD = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def words_in(*texts: str) -> set[str]:
    """The words that texts name."""
    return {match[1] for text in texts for match in _WORD.finditer(text)}


def into_url(url: str, values: Mapping[str, Any]) -> str:
    """An address with its values, each as one part of it."""
    return _WORD.sub(lambda match: quote(str(_value(match[1], values)), safe=""), url)


def into_body(body: str, values: Mapping[str, Any]) -> bytes:
    """A JSON body with its values. Raises `http.bad_body`."""
    try:
        return msgspec.json.encode(_filled(msgspec.json.decode(body), values))
    except RecursionError:
        raise BackendError(
            "http.bad_body",
            "The body is nested too deeply.",
            hint="Write objects and lists at most a hundred levels deep.",
        ) from None
    except msgspec.DecodeError as error:
        raise BackendError(
            "http.bad_body",
            f"The body is no JSON: {str(error)[:200]}.",
            hint='Write words inside quotation marks: {"seed": "{{seed}}"} becomes a number.',
        ) from None


def at(answer: Any, pointer: str) -> Any:
    """What stands at a JSON pointer (RFC 6901), or None."""
    if pointer and not pointer.startswith("/"):
        return None
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(answer, dict):
            answer = answer.get(key)
        elif isinstance(answer, list) and key.isdecimal() and int(key) < len(answer):
            answer = answer[int(key)]
        else:
            return None
    return answer


def _filled(form: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(form, dict):
        return {key: _filled(value, values) for key, value in form.items()}
    if isinstance(form, list):
        return [_filled(value, values) for value in form]
    if not isinstance(form, str):
        return form
    alone = _WORD.fullmatch(form.strip())
    if alone is not None:
        return _value(alone[1], values)
    return _WORD.sub(lambda match: str(_value(match[1], values)), form)


def _value(word: str, values: Mapping[str, Any]) -> Any:
    if word not in values:
        known = ", ".join(f"{{{{{name}}}}}" for name in sorted(values))
        raise BackendError(
            "http.unknown_word",
            f"Nothing is known as {{{{{word[:50]}}}}}.",
            hint=f"Connect it, or use one of {known}.",
        )
    return values[word]
