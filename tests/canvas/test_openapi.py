"""The canvas' types of the API come from the routes as they are."""

from __future__ import annotations

from app.processes.openapi import FILE, openapi_text

REMAKE = "python -m app.processes.openapi && (cd canvas && npm run openapi)"


def test_the_openapi_document_is_current() -> None:
    assert openapi_text() == FILE.read_text(encoding="utf-8"), REMAKE
