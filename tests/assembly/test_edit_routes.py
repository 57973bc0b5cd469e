"""An edited cut over HTTP: looked at, confirmed, undone."""

from __future__ import annotations

import httpx
import opentimelineio as otio
import pytest

from tests.studio import Studio

SCRIPT = "INT. HALL - DAY\n\nA lamp goes out. A door shuts.\n\nEXT. YARD - NIGHT\n\nRain falls.\n"


@pytest.fixture
async def film(studio: Studio) -> str:
    project = await studio.project()
    brought = await studio.owner.post(f"/api/v1/projects/{project}/scripts", content=SCRIPT)
    assert brought.status_code == 200, brought.text
    return project


async def cut(client: httpx.AsyncClient, project: str) -> dict:
    return (await client.get(f"/api/v1/projects/{project}/cut")).raise_for_status().json()


async def edited(client: httpx.AsyncClient, project: str) -> bytes:
    """The film with its first two shots the other way round, and the second one shorter."""
    written = await client.get(f"/api/v1/projects/{project}/cut/otio")
    timeline = otio.adapters.read_from_string(written.text, "otio_json")
    assert isinstance(timeline, otio.schema.Timeline)
    track = timeline.video_tracks()[0]
    second = track.pop(1)
    second.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(3, 12), otio.opentime.RationalTime(6, 12)
    )
    track.insert(0, second)
    return timeline.to_json_string().encode()


async def test_an_edit_is_looked_at_confirmed_and_taken_back(studio: Studio, film: str) -> None:
    address = f"/api/v1/projects/{film}/cut/edits"
    before = await cut(studio.owner, film)
    data = await edited(studio.owner, film)
    shown = await studio.owner.post(f"{address}/preview", content=data)
    assert shown.status_code == 200, shown.text
    preview = shown.json()
    assert {change["kind"] for change in preview["changes"]} == {"moved", "trimmed"}
    assert await cut(studio.owner, film) == before

    wrong = await studio.owner.post(address, content=data, params={"confirmed": "of another"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "edit.changed")
    done = await studio.owner.post(address, content=data, params={"confirmed": preview["id"]})
    assert done.status_code == 200, done.text
    after = await cut(studio.owner, film)
    assert [clip["shot"] for clip in after["clips"]][:2] == [
        before["clips"][1]["shot"], before["clips"][0]["shot"],
    ]  # fmt: skip
    assert (after["clips"][0]["start"], after["clips"][0]["end"]) == (3, 9)
    assert after["frames"] == preview["frames"]

    # The same file changes nothing now, and one undo takes all of it back.
    again = (await studio.owner.post(f"{address}/preview", content=data)).json()
    assert again["changes"] == []
    undone = await studio.owner.post(f"/api/v1/projects/{film}/graph/undo", json={})
    assert undone.status_code == 200, undone.text
    assert (await cut(studio.owner, film))["clips"] == before["clips"]


async def test_another_take_is_chosen_and_nothing_becomes_stale(studio: Studio, film: str) -> None:
    shot = (await cut(studio.owner, film))["clips"][0]["shot"]
    async with studio.worker():
        for _ in range(2):
            begun = await studio.generate(film, shot)
            await studio.run_ends(begun["run_id"])
    written = await studio.owner.get(f"/api/v1/projects/{film}/cut/xmeml")
    assert "take02" in written.text
    address = f"/api/v1/projects/{film}/cut/edits"
    data = written.text.replace("take02", "take01")
    preview = (await studio.owner.post(f"{address}/preview", content=data)).json()
    assert [change["kind"] for change in preview["changes"]] == ["retake"]
    done = await studio.owner.post(address, content=data, params={"confirmed": preview["id"]})
    assert done.status_code == 200, done.text
    clip = (await cut(studio.owner, film))["clips"][0]
    assert clip["name"].endswith("take01")
    stale = (await studio.owner.get(f"/api/v1/projects/{film}/stale")).json()
    assert shot not in [one["node_id"] for one in stale["items"]]


async def test_a_file_that_is_no_cut_is_refused(studio: Studio, film: str) -> None:
    address = f"/api/v1/projects/{film}/cut/edits/preview"
    answer = await studio.owner.post(address, content=b"Dear Ina, the cut is in the post.")
    assert (answer.status_code, answer.json()["code"]) == (400, "edit.unreadable")
