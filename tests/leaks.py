"""No path of the server reaches a client: looked at in each answer and each frame of the tests."""

from __future__ import annotations

from pathlib import Path

import httpx

_homes: set[str] = set()
READABLE = ("application/json", "application/problem+json", "text/", "application/xml")


def watch_for(home: Path) -> None:
    """From now on a word of this folder in anything that a client gets fails the test."""
    _homes.add(str(home))


def check_text(text: str, what: str) -> None:
    """Fail if a text that a client gets names a folder of the server."""
    for home in _homes:
        assert home not in text, f"{what} tells where the studio's data lie: {text[:2000]}"


async def check_answer(answer: httpx.Response) -> None:
    """The same for an answer of the API: its headers, and its body if people can read it."""
    what = f"{answer.request.method} {answer.request.url.path}"
    check_text("\n".join(f"{name}: {value}" for name, value in answer.headers.items()), what)
    if answer.headers.get("content-type", "").startswith(READABLE):
        check_text((await answer.aread()).decode("utf-8", "replace"), what)
