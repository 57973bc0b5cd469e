"""The cut as a stream: the playlist is exact for any cut, and a player reads every frame of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import av
import msgspec
import pytest
from director_media import edge_code
from hypothesis import given, settings

from app.assembly.cut import Cut
from app.assembly.playlist import shown_clips, stream_size, write_playlist
from app.media import DerivativeMaker, segments
from app.platform import database
from app.platform.background import end_task
from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_id
from app.platform.plugins import load_plugins
from node_registry import DirectorError, RenderSettings
from tests.assembly.cuts import cuts, joined
from tests.studio import Studio

SMALL = RenderSettings(width=320, height=180)
SCRIPT = """INT. HALL - DAY

A lamp goes out.

A door shuts.

EXT. YARD - NIGHT

Rain falls.
"""


def parsed(text: str) -> list[tuple[Fraction, str]]:
    """The seconds and the address of each segment."""
    lines = text.splitlines()
    return [
        (Fraction(line.removeprefix("#EXTINF:").partition(",")[0]), lines[at + 1])
        for at, line in enumerate(lines)
        if line.startswith("#EXTINF:")
    ]


@given(cut=cuts(kinds=("cut", "dissolve", "wipe", "fade")))
@settings(max_examples=60, deadline=None)
def test_the_playlist_covers_every_frame_of_any_cut_once(cut: Cut) -> None:
    if not any(clip.media for clip in cut.clips):
        with pytest.raises(DirectorError, match="No shot of the film has a take yet"):
            write_playlist(cut, SMALL)
        return
    text = write_playlist(cut, SMALL)
    frame, seconds = 0, Fraction(0)
    longest = int(re.findall("#EXT-X-TARGETDURATION:([0-9]+)", text)[0])
    for length, address in parsed(text):
        segment, at = segments.read_address_name(address.rpartition("/")[2])
        assert at == frame
        assert seconds == Fraction(round(frame / cut.fraction * 1_000_000), 1_000_000)
        assert length <= longest
        frame += segment.end - segment.first
        seconds += length
    assert frame == cut.frames == sum(clip.end - clip.first for clip in shown_clips(cut))


def test_a_transition_is_a_cut_in_its_middle() -> None:
    cut = joined(48, 48, overlap=12)
    assert [(c.first, c.end, c.at) for c in shown_clips(cut)] == [(0, 42, 0), (6, 48, 42)]


def test_a_trim_leaves_the_other_segments_as_they_are() -> None:
    before, after = (
        {address for _, address in parsed(write_playlist(joined(400, last), SMALL))}
        for last in (400, 350)
    )
    assert len(before & after) == len(before) - 2
    assert len(after - before) <= 1


def test_a_label_is_one_line_whatever_people_call_a_scene() -> None:
    cut = joined(24)
    evil = msgspec.structs.replace(
        cut.clips[0], scene="1\n#EXT-X-ENDLIST\nhttp://elsewhere/a.mp4", code="1\u2028\r\0"
    )
    text = write_playlist(msgspec.structs.replace(cut, clips=(evil,)), SMALL)
    assert text.count("\n#EXT-X-ENDLIST") == 1
    assert text.replace("\n", "").isprintable()
    assert all(line.startswith(("#", "../media/")) for line in text.splitlines())


@pytest.mark.parametrize(
    ("film", "stream"),
    [
        ((1920, 1080), (1280, 720)), ((320, 180), (320, 180)), ((1080, 1920), (720, 1280)),
        ((4096, 1716), (1280, 536)), ((720, 576), (720, 576)), ((8192, 16), (1280, 16)),
    ],
)  # fmt: skip
def test_a_stream_has_at_most_720_lines(film: tuple[int, int], stream: tuple[int, int]) -> None:
    assert stream_size(RenderSettings(width=film[0], height=film[1])) == stream


# --- in a studio that is served -------------------------------------------------------------------


@pytest.fixture(scope="module")
async def film(studio: Studio) -> str:
    """A film of three shots, of which the first and the last have takes."""
    project = await studio.project(settings={"resolution": "320x180", "frame_rate": 24})
    base = f"/api/v1/projects/{project}"
    (await studio.owner.post(f"{base}/scripts", content=SCRIPT)).raise_for_status()
    clips = (await studio.owner.get(f"{base}/cut")).json()["clips"]
    assert len(clips) >= 3
    async with studio.worker():
        for clip in (clips[0], *clips[2:]):
            begun = await studio.generate(project, clip["shot"])
            assert (await studio.run_ends(begun["run_id"]))["status"] == "succeeded"
    return project


@pytest.fixture(scope="module")
async def address(studio: Studio) -> AsyncIterator[str]:
    """The studio on a port, with a worker that makes segments."""
    await database.connect({DatabaseRole.WORKER: studio.urls[DatabaseRole.WORKER]}, size=4)
    plugins = load_plugins("worker")
    maker = DerivativeMaker(
        new_id(),
        plugins.derivatives.values(),
        plugins.segments.values(),
        studio.store,
        studio.settings.home / "segments",
    )
    task = asyncio.create_task(maker.run())
    try:
        async with studio.served() as host:
            yield f"http://{host}"
    finally:
        await end_task(task)


async def link_of(studio: Studio, project: str, **params: Any) -> str:
    answer = await studio.owner.post(
        f"/api/v1/projects/{project}/cut/playlist.m3u8/link", params=params
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["url"]


def codes_of(url: str, seek: int | None = None, rate: int = 24) -> list[tuple[Any, Any]]:
    """What a player sees: the time of each picture, and the code in its edge."""
    # As players do, it asks again for what a slow machine did not make within the server's wait.
    options = {"headers": "Host: studio.test\r\n", "seg_max_retry": "5"}
    container: Any
    with av.open(url, options=options, timeout=60) as container:
        stream = container.streams.video[0]
        begin = stream.start_time or 0
        if seek is not None:
            container.seek(
                int(Fraction(seek, rate) / stream.time_base) + begin, stream=stream, backward=True
            )
        seen: list[tuple[Any, Any]] = []
        for frame in container.decode(stream):
            time = (frame.pts - begin) * stream.time_base
            seen.append((time, edge_code.read(frame.to_ndarray(format="rgb24"))))
            if seek is not None and time >= Fraction(seek, rate):
                break
        return seen


def wanted_codes(cut: dict[str, Any]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for clip in cut["clips"]:
        name = f"SCENE_{clip['scene']}/SHOT_{clip['code']}"
        for number in range(clip["start"], clip["end"]):
            found.append((number, edge_code.crc(name)) if clip["media"] else None)
    return found


async def test_a_player_reads_every_frame_of_the_film_from_a_link(
    studio: Studio, film: str, address: str
) -> None:
    cut = (await studio.owner.get(f"/api/v1/projects/{film}/cut")).json()
    wanted = wanted_codes(cut)
    assert None in wanted
    url = address + await link_of(studio, film)
    seen = await asyncio.to_thread(codes_of, url)
    assert [code for _, code in seen] == wanted
    assert [time for time, _ in seen] == [Fraction(n, 24) for n in range(len(wanted))]
    # A player lands on the frame that it seeks, also where a shot begins and ends.
    bounds = [sum(c["end"] - c["start"] for c in cut["clips"][:n]) for n in (1, 2)]
    for frame in {1, bounds[0] - 1, bounds[0], bounds[1], len(wanted) - 1}:
        time, code = (await asyncio.to_thread(codes_of, url, frame))[-1]
        assert (time, code) == (Fraction(frame, 24), wanted[frame])


async def test_a_playlist_has_a_tag_and_segments_are_kept_for_ever(
    studio: Studio, film: str, address: str
) -> None:
    base = f"/api/v1/projects/{film}"
    playlist = await studio.owner.get(f"{base}/cut/playlist.m3u8")
    assert playlist.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    tag = {"If-None-Match": playlist.headers["etag"]}
    assert playlist.headers["cache-control"] == "private, no-cache"
    again = await studio.owner.get(f"{base}/cut/playlist.m3u8", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    head = re.findall('#EXT-X-MAP:URI="([^"]+)"', playlist.text)[0]
    for part in (head, parsed(playlist.text)[0][1]):
        url = f"{base}/{part.removeprefix('../')}"
        answer = await studio.owner.get(url)
        assert answer.status_code == 200, answer.text
        assert "immutable" in answer.headers["cache-control"]
        same = {"If-None-Match": answer.headers["etag"]}
        assert (await studio.owner.get(url, headers=same)).status_code == 304
        some = await studio.owner.get(url, headers={"Range": "bytes=4-7"})
        assert (some.status_code, some.content) == (206, answer.content[4:8])
    hostile = f"{url.rpartition('/')[0]}/0-320x180-24-0-99999999.m4s"
    refused = await studio.owner.get(hostile)
    assert (refused.status_code, refused.json()["code"]) == (404, "media.no_segment")


async def test_who_may_not_see_a_film_gets_no_part_of_it(studio: Studio, film: str) -> None:
    base = f"/api/v1/projects/{film}"
    part = parsed((await studio.owner.get(f"{base}/cut/playlist.m3u8")).text)[0][1]
    segment = f"{base}/{part.removeprefix('../')}"
    stranger, nobody = await studio.person("Eve"), await studio.client()
    for url in (f"{base}/cut/playlist.m3u8", segment):
        assert (await stranger.get(url)).status_code == 404
        assert (await nobody.get(url)).status_code == 401
    # Of another project that does not have this take.
    other = await studio.project()
    answer = await studio.owner.get(segment.replace(film, other))
    assert (answer.status_code, answer.json()["code"]) == (404, "media.not_found")


async def test_a_link_is_for_one_film_and_as_good_as_who_made_it(studio: Studio, film: str) -> None:
    token = await studio.token("Vic")
    await studio.let_in(film, token, "editor")
    vic, nobody = await studio.client(token), await studio.client()
    made = await vic.post(f"/api/v1/projects/{film}/cut/playlist.m3u8/link")
    assert made.status_code == 200, made.text
    url = made.json()["url"]
    playlist = await nobody.get(url)
    assert playlist.status_code == 200, playlist.text
    part = parsed(playlist.text)[0][1]
    segment = f"/api/v1/streams/{film}/{part.removeprefix('../')}"
    assert urlsplit(segment).query == urlsplit(url).query
    other = await studio.project()
    longer = re.sub("expires=([0-9]+)", r"expires=9\1", url)
    for bad in (url.replace(film, other), longer, url[:-1] + ("0" if url[-1] != "0" else "1"),
                segment.replace(film, other)):  # fmt: skip
        answer = await nobody.get(bad)
        assert (answer.status_code, answer.json()["code"]) == (403, "media.bad_link"), bad
    # It opens nothing else of the project.
    assert (await nobody.get(f"/api/v1/projects/{film}/cut?{urlsplit(url).query}")).status_code in (
        400,
        401,
    )
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "DELETE FROM project_members WHERE project_id::text = $1 AND role = 'editor'", film
        )
    for gone in (url, segment):
        answer = await nobody.get(gone)
        assert (answer.status_code, answer.json()["code"]) == (404, "project.not_found")


async def test_a_film_without_takes_has_nothing_to_watch(studio: Studio) -> None:
    base = f"/api/v1/projects/{await studio.project()}"
    (await studio.owner.post(f"{base}/scripts", content=SCRIPT)).raise_for_status()
    answer = await studio.owner.get(f"{base}/cut/playlist.m3u8")
    assert (answer.status_code, answer.json()["code"]) == (409, "cut.no_takes")


async def test_segments_are_forgotten_after_a_month_and_made_again(
    studio: Studio, film: str, address: str
) -> None:
    base = f"/api/v1/projects/{film}"
    part = parsed((await studio.owner.get(f"{base}/cut/playlist.m3u8")).text)[0][1]
    url = f"{base}/{part.removeprefix('../')}"
    first = await studio.owner.get(url)
    assert first.status_code == 200, first.text

    async def collected(**given: Any) -> int:
        answer = await studio.owner.post("/api/v1/storage/collect", params=given)
        assert answer.status_code == 200, answer.text
        return answer.json()["files"]

    async def known() -> int:
        async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
            return await unit.fetchval("SELECT count(*) FROM derivatives WHERE kind = 'segment'")

    before = await collected()
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            """UPDATE derivatives SET ended_at = now() - interval '31 days'
               WHERE kind = 'segment' AND digest || '/segments/' || variant = $1""",
            re.sub("segments/[0-9]+-", "segments/", part).removeprefix("../media/"),
        )
    count = await known()
    assert await collected() == before + 1
    assert await known() == count
    assert await collected(dry_run=False) == before + 1
    assert await known() == count - 1
    assert (await studio.owner.get(url)).content == first.content
    assert await known() == count
