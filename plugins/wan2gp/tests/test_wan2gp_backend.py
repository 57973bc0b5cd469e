"""The Wan2GP backend keeps the contract, through every trouble of a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from director_wan2gp.presets import profile_for, read_presets
from director_wan2gp.prompting import escape
from director_wan2gp.template import FORMAT
from fake_wan2gp import VIDEO, FakeWan2gp, picture, sound
from node_registry.testing import BackendSuite, LocalContext, Scenario

from node_registry import (
    BackendError,
    DirectorError,
    Input,
    Log,
    Output,
    Request,
    Reserved,
    RunEvent,
)


def request_of(node_type: str, **more: Any) -> Request:
    return Request(task_id="t", attempt=1, node_id="n", node_type=node_type, tier="low", **more)


class TestWan2gp(BackendSuite):
    outputs = ("video",)

    @pytest_asyncio.fixture
    async def server(self) -> AsyncIterator[FakeWan2gp]:  # type: ignore[override]
        async with FakeWan2gp() as wan2gp:
            yield wan2gp

    def make_request(self, context: LocalContext) -> Request:
        start = context.keep(picture(), "image/jpeg")
        return request_of(
            "film.shot",
            params={"prompt": "A lighthouse in the fog.", "duration_estimate": 2.5},
            inputs={"image": [Input(node_id="a", media=start)]},
        )


@pytest_asyncio.fixture
async def wan2gp() -> AsyncIterator[FakeWan2gp]:
    async with FakeWan2gp() as server:
        yield server


async def run(server: FakeWan2gp, root: Path, request: Request) -> list[RunEvent]:
    """The events of one run."""
    context = LocalContext.of(root, request, reserved=Reserved(server="wan2gp/main"))
    backend = server.spec.factory()
    await backend.open()
    try:
        return [event async for event in backend.run(request, context)]
    finally:
        await backend.close()


async def failure(server: FakeWan2gp, root: Path, request: Request) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await run(server, root, request)
    return caught.value


async def test_a_shot_is_as_long_and_as_wide_as_its_film_says(wan2gp, tmp_path) -> None:
    prompt = 'Fog.\n\n!{Who}="Ina"\n# a remark about {Who}'
    request = request_of("film.shot", params={"prompt": prompt, "frames": 60}, seed=1 << 40)
    await run(wan2gp, tmp_path, request)
    (task,) = wan2gp.tasks
    assert task["model_type"] == "ti2v_2_2_fastwan"
    assert task["prompt"] == 'Fog. !(Who)="Ina" # a remark about (Who)'
    assert task["multi_prompts_gen_type"] == "FG"
    assert task["video_length"] == "2.500s"
    assert task["resolution"] == "848x480"
    assert 0 <= task["seed"] < 1 << 31
    assert "override_profile" not in task


async def test_what_is_connected_decides_the_model_and_reaches_it(wan2gp, tmp_path) -> None:
    context = LocalContext(tmp_path)
    face = context.keep(picture(), "image/jpeg")
    sample = context.keep(sound(), "audio/wav")
    film = context.keep(VIDEO, "video/mp4", width=640, height=360, frames=48, rate="24")
    who = {"name": "Ina", "age": "40", "personality": "dry", "trigger_word": "ina_k"}
    seen = {**who, "face_image": msgspec.to_builtins(face)}
    heard = {**who, "voice_sample": msgspec.to_builtins(sample)}
    requests = [
        request_of(
            "film.image_generation",
            params={"prompt": "At the door", "width": 1000, "height": 500},
            inputs={"characters": [Input(node_id="c", value=seen)]},
        ),
        request_of(
            "film.voice_synthesis",
            params={"text": "Who is there?"},
            inputs={"character": [Input(node_id="c", value=who)]},
        ),
        request_of(
            "film.voice_synthesis",
            inputs={
                "text": [Input(node_id="x", value="Come in.")],
                "character": [Input(node_id="c", value=heard)],
            },
        ),
        request_of("film.audio_generation", params={"prompt": "Rain", "duration": 7}),
        request_of(
            "film.style_transfer",
            params={"prompt": "as a woodcut"},
            inputs={"video": [Input(node_id="v", media=film)]},
        ),
        request_of(
            "film.upscale",
            params={"width": 1900},
            inputs={"video": [Input(node_id="v", media=film)]},
        ),
    ]
    kinds = []
    for request in requests:
        events = await run(wan2gp, tmp_path, request)
        kinds += [event.media.media_type for event in events if isinstance(event, Output)]
    assert kinds == ["image/jpeg", "audio/wav", "audio/wav", "audio/wav", "video/mp4", "video/mp4"]
    image, designed, sampled, rain, woodcut, larger = wan2gp.tasks
    assert image["prompt"] == "At the door, ina_k"
    assert (image["image_mode"], image["resolution"]) == (1, "1088x544")
    assert [wan2gp.uploads[one] for one in image["image_refs"]] == [picture()]
    assert designed["prompt"] == "Who is there?"
    assert (designed["model_type"], designed["alt_prompt"]) == ("qwen3_tts_voicedesign", "40, dry")
    assert (sampled["model_type"], sampled["prompt"]) == ("chatterbox", "Come in.")
    assert wan2gp.uploads[sampled["audio_guide"]] == sound()
    assert rain["duration_seconds"] == 7
    assert (woodcut["video_length"], wan2gp.uploads[woodcut["video_guide"]]) == ("2.000s", VIDEO)
    assert (larger["mode"], larger["spatial_upsampling"]) == ("edit_postprocessing", "lanczos3")


async def test_a_pipeline_chooses_another_model(wan2gp, tmp_path) -> None:
    context = LocalContext(tmp_path)
    exported = {
        "model_type": "flux",
        "prompt": "draw a hat",
        "resolution": "1280x720",
        "num_inference_steps": 24,
        "image_mode": 1,
        "image_start": "/home/me/hat.png",
    }
    suggested = FORMAT.suggest(json.dumps([exported]).encode(), "My Flux.json")
    content = msgspec.json.encode(suggested)
    summary = FORMAT.read(content)
    assert (summary.title, summary.makes, summary.models[0].name) == ("My Flux", ("image",), "flux")
    assert [(one.name, one.default) for one in summary.parameters] == [("num_inference_steps", 24)]
    kept = msgspec.to_builtins(context.keep(content, "application/json"))
    value = {"template": kept, "parameters": {"num_inference_steps": 30, "guidance_scale": 3.5}}
    request = request_of(
        "film.image_generation",
        params={"prompt": "A lamp"},
        inputs={"pipeline": [Input(node_id="p", value=value)]},
    )
    await run(wan2gp, tmp_path, request)
    (task,) = wan2gp.tasks
    assert (task["model_type"], task["prompt"]) == ("flux", "A lamp")
    assert (task["num_inference_steps"], task["guidance_scale"]) == (30, 3.5)
    assert "image_start" not in task
    assert task["resolution"] != "1280x720"


@pytest.mark.parametrize(
    "parameters", [{"image_start": "/etc/hostname"}, {"prompt": "x"}, {"a": [[[[1]]]]}]
)
async def test_people_set_nothing_that_a_run_sets(wan2gp, tmp_path, parameters) -> None:
    value = {"parameters": parameters}
    request = request_of(
        "film.shot",
        params={"prompt": "A lamp"},
        inputs={"pipeline": [Input(node_id="p", value=value)]},
    )
    assert (await failure(wan2gp, tmp_path, request)).code == "wan2gp.bad_value"
    assert wan2gp.submissions() == 0


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b'{"prompt": "x"}', b"[" * 9000, b'"x"'])
def test_a_file_that_is_no_settings_is_refused(content: bytes) -> None:
    with pytest.raises(DirectorError) as caught:
        FORMAT.suggest(content, "x.json")
    assert "Export Settings" in caught.value.hint


async def test_a_model_that_is_not_there_is_named_with_others(wan2gp, tmp_path) -> None:
    value = {"parameters": {"model_type": "flux_imagined"}}
    request = request_of(
        "film.image_generation",
        params={"prompt": "A lamp"},
        inputs={"pipeline": [Input(node_id="p", value=value)]},
    )
    error = await failure(wan2gp, tmp_path, request)
    assert (error.code, error.retryable) == ("wan2gp.no_model", False)
    assert "flux_imagined" in error.message
    assert "flux_schnell" in error.hint
    assert wan2gp.submissions() == 0


async def test_a_job_that_does_not_fit_is_tried_with_less_memory(tmp_path) -> None:
    async with FakeWan2gp(vram_gb=24, ram_gb=64) as server:
        server.short_of_memory_above = 5
        request = request_of("film.shot", params={"prompt": "A lamp"})
        events = await run(server, tmp_path, request)
        assert [task["override_profile"] for task in server.tasks] == [1, 5]
        assert len({task["output_filename"] for task in server.tasks}) == 2
    (note,) = [event for event in events if isinstance(event, Log)]
    assert note.level == "warning"
    assert "once more with less memory" in note.text


async def test_a_server_that_works_for_somebody_is_waited_for(wan2gp, tmp_path) -> None:
    wan2gp.busy = True
    request = request_of("film.shot", params={"prompt": "A lamp"})
    running = asyncio.create_task(run(wan2gp, tmp_path, request))
    async with asyncio.timeout(60):
        while wan2gp.asked.count("wangp_generate") < 2:  # noqa: ASYNC110 - it is asked, not told
            await asyncio.sleep(0.01)
    wan2gp.busy = False
    assert await running
    assert wan2gp.submissions() == 1


async def test_one_that_stays_busy_is_told(tmp_path) -> None:
    async with FakeWan2gp(absence=0.1) as server:
        server.busy = True
        request = request_of("film.shot", params={"prompt": "A lamp"})
        error = await failure(server, tmp_path, request)
        assert (error.code, error.retryable) == ("wan2gp.busy", True)
        server.busy = False
        # Nothing was submitted, so there is nothing to look for.
        assert await run(server, tmp_path, request)


async def test_a_result_without_a_reply_is_found_by_its_name(wan2gp, tmp_path) -> None:
    wan2gp.play(Scenario.LOSES_REPLY)
    assert await run(wan2gp, tmp_path, request_of("film.shot", params={"prompt": "A lamp"}))
    assert wan2gp.submissions() == 1
    assert "wangp_list_gallery" in wan2gp.asked


async def test_a_reply_that_is_lost_for_good_is_for_a_person(tmp_path) -> None:
    async with FakeWan2gp(lost_reply=0.2) as server:
        resume = json.dumps({"name": "director-of-a-job-that-nobody-knows"}).encode()
        request = request_of("film.shot", params={"prompt": "A lamp"}, resume=resume)
        error = await failure(server, tmp_path, request)
        assert (error.code, error.retryable) == ("wan2gp.lost_reply", False)
        assert server.submissions() == 0


async def test_what_somebody_stopped_over_there_is_told(wan2gp, tmp_path) -> None:
    wan2gp.play(Scenario.RUNS)
    request = request_of("film.shot", params={"prompt": "A lamp"})
    failing = asyncio.create_task(failure(wan2gp, tmp_path, request))
    async with asyncio.timeout(60):
        while not wan2gp.running():  # noqa: ASYNC110 - the fake tells what it does when asked
            await asyncio.sleep(0.01)
    wan2gp.stop_all()
    assert (await failing).code == "wan2gp.interrupted"


async def test_a_job_without_news_is_given_up_for_now(tmp_path) -> None:
    async with FakeWan2gp(patience=0.3) as server:
        server.play(Scenario.RUNS)
        error = await failure(server, tmp_path, request_of("film.shot", params={"prompt": "x"}))
        assert (error.code, error.retryable) == ("wan2gp.silent", True)


async def test_a_node_without_words_says_what_to_write(wan2gp, tmp_path) -> None:
    error = await failure(wan2gp, tmp_path, request_of("film.shot", params={"prompt": " #! "}))
    assert error.code == "wan2gp.no_prompt"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("!{A}=1", "(A)=1"),
        ("#!PROMPT!: one\n\ntwo", "PROMPT!: one two"),
        ("/imagine a lamp", "imagine a lamp"),
        ("Speaker 1 {loud}: Go!", "Speaker 1 (loud): Go!"),
        ("50% {grey}", "50% (grey)"),
    ],
)
def test_a_prompt_means_itself(written: str, sent: str) -> None:
    assert escape(written) == sent


def test_each_task_has_a_preset_for_each_quality(tmp_path: Path) -> None:
    presets = read_presets("")
    assert all(set(tiers) == {"low", "standard", "high"} for tiers in presets.values())
    assert len(presets) == 9
    own = tmp_path / "presets.json"
    own.write_text('{"image": {"low": {"model_type": "z_image", "seconds": 5}}}')
    changed = read_presets(str(own))
    assert changed["image"]["low"].model_type == "z_image"
    assert changed["image"]["high"] == presets["image"]["high"]
    own.with_name("bad.json").write_text('{"image": {"low": {"modle_type": "z_image"}}}')
    with pytest.raises(BackendError, match="modle_type"):
        read_presets(str(own.with_name("bad.json")))


@pytest.mark.parametrize(
    ("vram", "ram", "profile"),
    [(0, 64, None), (24, 64, 1), (24, 32, 3), (16, 128, 2), (12, 32, 4), (10, 24, 5), (16, 0, 4)],
)
def test_the_memory_profile_is_by_the_machine(vram: float, ram: float, profile: object) -> None:
    assert profile_for(vram, ram) == profile
