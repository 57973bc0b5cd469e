"""The storyboard and the timeline with its media, read back by others."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import opentimelineio as otio
import pypdf
import pytest

from app.assembly.storyboard import Panel, write_pdf
from tests.studio import Studio

SCRIPT = """INT. HALL - DAY

A lamp goes out. A door shuts.

INA
Wer hat das Licht gelöscht?

EXT. YARD - NIGHT

Rain falls.
"""


@pytest.fixture(scope="module")
async def film(studio: Studio) -> str:
    """A film whose first shot has a take."""
    project = await studio.project()
    base = f"/api/v1/projects/{project}"
    (await studio.owner.post(f"{base}/scripts", content=SCRIPT)).raise_for_status()
    shot = (await studio.owner.get(f"{base}/cut")).json()["clips"][0]["shot"]
    async with studio.worker():
        begun = await studio.generate(project, shot)
        await studio.run_ends(begun["run_id"])
    return project


async def export(studio: Studio, project: str, form: str) -> bytes:
    answer = await studio.owner.get(f"/api/v1/projects/{project}/cut/{form}")
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_the_list_of_formats_has_them(studio: Studio) -> None:
    listed = (await studio.owner.get("/api/v1/exporters")).json()["items"]
    assert {"storyboard", "otioz", "edl"} <= {one["name"] for one in listed}


async def test_a_storyboard_has_each_shot_with_its_words(
    studio: Studio, film: str, tmp_path: Path
) -> None:
    path = tmp_path / "board.pdf"
    path.write_bytes(await export(studio, film, "storyboard"))
    read = pypdf.PdfReader(path)
    text = "\n".join(page.extract_text() for page in read.pages)
    clips = (await studio.owner.get(f"/api/v1/projects/{film}/cut")).json()["clips"]
    assert "SCENE 01 INT. HALL - DAY" in " ".join(text.split())
    assert "SCENE 02 EXT. YARD - NIGHT" in " ".join(text.split())
    assert "Licht gelöscht" in " ".join(text.split())
    assert text.count(" fr)") == len(clips)
    assert text.count("No picture yet") == len(clips) - 1 + (not read.pages[0].images)
    assert len(read.pages[0].mediabox) == 4
    assert read.pages[0].mediabox.width > read.pages[0].mediabox.height


def test_words_that_are_too_long_stay_in_their_panel_and_scenes_begin_rows() -> None:
    def panel(scene: str, **words: str) -> Panel:
        given = {"description": "", "dialogue": "", **words}
        return Panel(
            scene=scene, heading="INT. HALL", shot="010", framing="wide", timecode="01:00:00:00",
            seconds=1, frames=24, **given,
        )  # fmt: skip

    long = "An endlessdescription" * 60 + " of what is seen here" * 200
    hostile = "\x00‮ (\\) ☃ 漢字 <b>"
    panels = [panel("1", description=long, dialogue=long)] + [panel("2") for _ in range(4)]
    panels += [panel("3", description=hostile)]
    read = pypdf.PdfReader(_file(write_pdf(hostile, "", panels, 16 / 9)))
    texts = [page.extract_text() for page in read.pages]
    # One row of scene 1, two of scene 2 and one of scene 3, two rows a page.
    assert len(texts) == 2
    assert "…" in texts[0]
    assert "(continued)" in texts[1]
    assert write_pdf("a", "", panels, 2.0) == write_pdf("a", "", panels, 2.0)


def _file(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


async def test_an_archive_with_media_is_read_by_opentimelineio(
    studio: Studio, film: str, tmp_path: Path
) -> None:
    path = tmp_path / "film.otioz"
    path.write_bytes(await export(studio, film, "otioz"))
    timeline = otio.adapters.read_from_file(str(path))
    assert isinstance(timeline, otio.schema.Timeline)
    references = [
        clip.media_reference
        for clip in timeline.video_tracks()[0].find_clips()
        if isinstance(clip.media_reference, otio.schema.ExternalReference)
    ]
    cut = (await studio.owner.get(f"/api/v1/projects/{film}/cut")).json()
    assert len(references) == 1
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        data = archive.read(references[0].target_url)
    assert hashlib.sha256(data).hexdigest() == cut["clips"][0]["media"]
    # It comes back as any other cut does.
    address = f"/api/v1/projects/{film}/cut/edits/preview"
    preview = await studio.owner.post(address, content=path.read_bytes())
    assert preview.json()["changes"] == []
