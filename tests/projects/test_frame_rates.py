"""Frame rates as people write them: rounded decimals mean exact fractions, DF and NDF a choice."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from node_registry.film import parse_rate, read_rate

from app.graph import AddNode, Graph
from app.projects import FilmSettings
from app.script import break_down, read_script, to_operations
from node_registry import DirectorError


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        (24, "24"),
        ("24", "24"),
        ("24.0", "24"),
        ("24p", "24"),
        ("25 fps", "25"),
        ("23.976", "24000/1001"),
        (23.976, "24000/1001"),
        ("23.98", "24000/1001"),
        ("23,976", "24000/1001"),
        ("23.976023976", "24000/1001"),
        ("29.97", "30000/1001"),
        ("47.95", "48000/1001"),
        ("47.952", "48000/1001"),
        ("59.94", "60000/1001"),
        (59.94, "60000/1001"),
        ("119.88", "120000/1001"),
        ("30000/1001", "30000/1001"),
        ("12.5", "25/2"),
    ],
)
def test_a_rounded_rate_means_the_exact_one(written: str | float, rate: str) -> None:
    assert parse_rate(written) == Fraction(rate)
    assert read_rate(written).drop is None


@pytest.mark.parametrize(
    ("written", "drop"),
    [
        ("29.97 DF", True),
        ("29.97df", True),
        ("29.97-DF", True),
        ("29.97 (drop)", True),
        ("29.97 drop-frame", True),
        ("59.94 DF", True),
        ("30000/1001 DF", True),
        ("29.97 NDF", False),
        ("29.97 non-drop", False),
        ("24 NDF", False),
    ],
)
def test_drop_frame_is_a_choice(written: str, drop: bool) -> None:
    assert read_rate(written).drop is drop
    settings = FilmSettings(frame_rate=written)
    assert settings.drop_frame is drop
    assert settings.render_settings().rate == str(read_rate(written).rate)


@pytest.mark.parametrize("written", ["24 DF", "25 DF", "23.976 DF"])
def test_drop_frame_exists_at_two_rates(written: str) -> None:
    with pytest.raises(DirectorError, match="does not exist at") as caught:
        read_rate(written)
    assert caught.value.code == "film.bad_rate"


@pytest.mark.parametrize(
    "written", ["fast", "", "24/0", "²", "0", "1e9", "300", "nan", "inf", -1, "24;25", "1" * 99]
)
def test_what_is_no_rate_is_refused(written: str | float) -> None:
    with pytest.raises(DirectorError) as caught:
        parse_rate(written)
    assert caught.value.code == "film.bad_rate"


def test_a_project_keeps_the_exact_rate() -> None:
    read = msgspec.json.decode(b'{"frame_rate": 23.976}', type=FilmSettings)
    assert (read.frame_rate, read.drop_frame) == ("24000/1001", False)
    assert msgspec.json.decode(b'{"frame_rate": 25.0}', type=FilmSettings).frame_rate == 25


def test_the_film_of_a_script_is_counted_as_the_project_says() -> None:
    breakdown = break_down(read_script(b"INT. HALL - DAY\n\nA lamp goes out.\n", "a.fountain"))
    ids = iter(range(10_000))
    found = to_operations(
        breakdown,
        Graph(),
        title="",
        media=None,
        new_id=lambda: f"01900000-0000-7000-8000-{next(ids):012x}",
        rate="30000/1001",
        drop_frame=True,
    )
    added = [one for one in found.operations if isinstance(one, AddNode)]
    (assembly,) = (one for one in added if one.type == "film.assembly")
    assert assembly.data["drop_frame"] is True


async def test_over_the_api_and_back(studio) -> None:
    body = {"title": "Rates", "settings": {"resolution": "640x360", "frame_rate": "29.97 DF"}}
    made = (await studio.owner.post("/api/v1/projects", json=body)).json()
    assert made["settings"]["frame_rate"] == "30000/1001"
    assert made["settings"]["drop_frame"] is True
    url = f"/api/v1/projects/{made['id']}"
    answer = await studio.owner.patch(url, json={"settings": {"frame_rate": 23.98}})
    assert answer.json()["settings"]["frame_rate"] == "24000/1001"
    refused = await studio.owner.patch(url, json={"settings": {"frame_rate": "24 DF"}})
    assert (refused.status_code, refused.json()["code"]) == (400, "film.bad_rate")
