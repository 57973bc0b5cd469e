"""What a script is said to hold before anything of it is kept."""

from __future__ import annotations

import pytest

from app.script import service


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("Title: The Last Lamp\n\nINT. HALL - DAY\n\nA door.", "draft_3.fountain", "The Last Lamp"),
        ("INT. HALL - DAY\n\nA door.", "paper__boat-final.fountain", "Paper Boat Final"),
        ("INT. HALL - DAY\n\nA door.", "", ""),
    ],
)
async def test_the_title_that_a_project_is_proposed(text: str, name: str, title: str) -> None:
    assert (await service.preview(text.encode(), name)).title == title
