"""The cut room: the film as its active takes stand, before anything is rendered."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from director_media import edge_code
from playwright.async_api import expect

from tests.e2e.film import Film

pytestmark = pytest.mark.system

# Appends the head and every segment of the playlist by Media Source Extensions, then looks at the
# given frames: of each, the green of the lowest rows, in which the edge code stands.
PLAY = """async ([playlist, rate, frames]) => {
    const lines = (await (await fetch(playlist)).text()).split('\\n');
    const head = lines.find((line) => line.startsWith('#EXT-X-MAP')).match(/URI="([^"]+)"/)[1];
    const parts = lines.filter((line) => line && !line.startsWith('#'));
    const source = new MediaSource();
    const video = document.createElement('video');
    document.body.append(video);
    video.src = URL.createObjectURL(source);
    await new Promise((done) => source.addEventListener('sourceopen', done, { once: true }));
    const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.64001f, mp4a.40.2"');
    for (const part of [head, ...parts]) {
        const address = new URL(part, new URL(playlist, location.href));
        let answer = await fetch(address);
        // Not made within the server's own wait: players ask again.
        while (answer.status === 503) answer = await fetch(address);
        if (!answer.ok) throw new Error(`${part}: ${answer.status}`);
        const bytes = await answer.arrayBuffer();
        await new Promise((done, failed) => {
            buffer.addEventListener('updateend', done, { once: true });
            buffer.addEventListener('error', () => failed(new Error(part)), { once: true });
            buffer.appendBuffer(bytes);
        });
    }
    source.endOfStream();
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    const seen = [];
    for (const frame of frames) {
        const there = new Promise((done) => video.addEventListener('seeked', done, { once: true }));
        video.currentTime = (frame + 0.5) / rate;
        await there;
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        pen.drawImage(video, 0, 0);
        const rows = 8;
        const strip = pen.getImageData(0, canvas.height - rows, canvas.width, rows);
        seen.push(Array.from(strip.data).filter((_, at) => at % 4 === 1));
    }
    const found = { seen, pieces: video.buffered.length, duration: video.duration };
    video.remove();
    return { ...found, width: canvas.width };
}"""


async def test_a_cut_plays_frame_by_frame_without_rendering(visit, owner) -> None:
    page = visit.page
    film = await Film.of(owner, "Cut", "one_line.txt")
    cut = (await owner.get(f"/projects/{film.id}/cut")).raise_for_status().json()
    first, second = (clip["shot"] for clip in cut["clips"][:2])

    # Without takes the film stands there in slates, as long as it will be.
    await page.goto(f"/project/{film.id}/cut")
    await expect(page.get_by_text("3 without a take")).to_be_visible()
    await expect(page.get_by_text("No take yet", exact=True)).to_be_visible()
    await expect(page.get_by_label("Timecode")).to_have_text("01:00:00:00")

    # A take that is made meanwhile comes into the open room.
    for node in (first, second):
        wanted = {"node_id": node}
        (await owner.post(f"/projects/{film.id}/generate", json=wanted)).raise_for_status()
    await expect(page.get_by_text("1 without a take")).to_be_visible(timeout=60_000)
    cut = (await owner.get(f"/projects/{film.id}/cut")).raise_for_status().json()
    lengths = [clip["end"] - clip["start"] for clip in cut["clips"]]

    # Frame by frame, over a cut and back.
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowLeft")
    position = page.get_by_role("slider", name="Position")
    await expect(position).to_have_attribute("aria-valuenow", str(lengths[0] - 1))
    await expect(page.get_by_role("button", name="Shot 010")).to_have_attribute(
        "aria-current", "true"
    )
    await page.keyboard.press("ArrowRight")
    await expect(position).to_have_attribute("aria-valuenow", str(lengths[0]))
    # The second shot's video shows its first frame: it stands in the middle of it.
    shown = page.locator(".picture video").nth(1)
    assert await shown.evaluate("video => Math.floor(video.currentTime * 24)") == 0
    assert await shown.evaluate("video => video.currentTime > 0")

    # It plays by itself over the cut, goes back with J, and stands still with K.
    await page.keyboard.press("Home")
    await page.keyboard.press("l")
    await expect(page.get_by_role("button", name="Shot 020")).to_have_attribute(
        "aria-current", "true", timeout=60_000
    )
    await page.keyboard.press("j")
    await expect(page.get_by_role("button", name="Shot 010")).to_have_attribute(
        "aria-current", "true", timeout=60_000
    )
    await page.keyboard.press("k")
    frame = await position.get_attribute("aria-valuenow")
    await asyncio.sleep(0.5)
    assert await position.get_attribute("aria-valuenow") == frame

    # The edit list is had from here.
    await page.get_by_role("button", name="Export").click()
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name="EDL").click()
    saved = await (await download.value).path()
    text = saved.read_text()
    assert "TITLE:" in text

    # Edited elsewhere, it comes back: what it changes is said first, then done, then undone.
    lines = text.splitlines()
    last = max(at for at, line in enumerate(lines) if line[:3].isdigit())
    await page.get_by_label("An edited cut").set_input_files(
        {"name": "cut.edl", "mimeType": "text/plain", "buffer": "\n".join(lines[:last]).encode()}
    )
    dialog = page.get_by_role("dialog", name="Bring back cut.edl")
    await expect(dialog.get_by_text("SHOT_030 is taken out of the film.")).to_be_visible()
    await dialog.get_by_role("button", name="Change the film").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("button", name="Shot 030")).to_have_count(0)
    assert not visit.complaints


async def test_a_browser_plays_the_stream_of_a_film_and_seeks_to_its_frames(visit, owner) -> None:
    film = await Film.of(owner, "Stream", "one_line.txt")
    base = f"/projects/{film.id}"
    cut = (await owner.get(f"{base}/cut")).raise_for_status().json()
    body = {"node_id": cut["clips"][0]["shot"]}
    (await owner.post(f"{base}/generate", json=body)).raise_for_status()
    async with asyncio.timeout(120):
        while not cut["clips"][0]["media"]:
            await asyncio.sleep(0.1)
            cut = (await owner.get(f"{base}/cut")).raise_for_status().json()
    length = cut["clips"][0]["end"] - cut["clips"][0]["start"]
    frames = [0, 1, length - 1, length, 30, cut["frames"] - 1]
    page = visit.page
    await page.goto("/livez")
    given = [f"/api/v1{base}/cut/playlist.m3u8", 24, frames]
    played = await page.evaluate(PLAY, given)
    codes = [
        edge_code.read(np.array(rows, np.uint8).reshape(-1, played["width"]))
        for rows in played["seen"]
    ]
    numbers = [None if code is None else code[0] for code in codes]
    # Shots without a take are black.
    assert numbers == [0, 1, length - 1, None, 30, None]
    assert played["pieces"] == 1
    assert abs(played["duration"] - cut["frames"] / 24) < 0.05
