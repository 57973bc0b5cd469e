"""What a script is said to hold before anything of it is kept."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from app.script import service
from app.script.model import Breakdown

USER = UUID(int=1)


async def preview(data: bytes, name: str, user_id: UUID) -> Breakdown:
    return msgspec.json.decode(await service.preview(data, name, user_id), type=Breakdown)


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("Title: The Last Lamp\n\nINT. HALL - DAY\n\nA door.", "draft_3.fountain", "The Last Lamp"),
        ("INT. HALL - DAY\n\nA door.", "paper__boat-final.fountain", "Paper Boat Final"),
        ("INT. HALL - DAY\n\nA door.", "", ""),
    ],
)
async def test_the_title_that_a_project_is_proposed(text: str, name: str, title: str) -> None:
    assert (await preview(text.encode(), name, USER)).title == title


async def test_a_shot_is_summed_up_by_what_is_said_in_it() -> None:
    text = "INT. HALL - DAY\n\nA door creaks.\n\nINA\nWho is there?\n\nTOM (O.S.)\nOnly me.\n"
    found = await preview(text.encode(), "hall.fountain", USER)
    summaries = [shot.summary for shot in found.scenes[0].shots]
    assert {"A door creaks.", "INA: Who is there?", "TOM (O.S.): Only me."} <= set(summaries)
    assert not [words for words in summaries if "speaks" in words]


PROBLEMS = """INT. - DAY

A door.

INT. HALL - DAY #1#

INA

TOM
Only me.

EXT. YARD - DAY #1#

[[ a note that

never ends
"""


async def test_problems_are_told_with_their_lines() -> None:
    found = await preview(PROBLEMS.encode(), "hall.fountain", USER)
    assert [(problem.line, problem.code) for problem in found.problems] == [
        (1, "script.heading_without_place"),
        (12, "script.number_twice"),
        (14, "script.note_not_closed"),
    ]
    assert found.problems[1].text == "EXT. YARD - DAY"
    assert "line 5" in found.problems[1].message


async def test_a_cue_of_final_draft_without_speech_is_told() -> None:
    paragraphs = (("Scene Heading", "INT. HALL - DAY"), ("Character", "INA"), ("Action", "A door."))
    body = "".join(
        f'<Paragraph Type="{kind}"><Text>{text}</Text></Paragraph>\n' for kind, text in paragraphs
    )
    data = f"<FinalDraft>\n<Content>\n{body}</Content></FinalDraft>".encode()
    found = await preview(data, "hall.fdx", USER)
    assert [(p.line, p.code, p.text) for p in found.problems] == [
        (4, "script.cue_without_speech", "INA")
    ]


async def test_a_good_script_has_no_problem() -> None:
    text = "INT. HALL - DAY\n\nA door.\n\nINA\nWho is there?\n"
    assert (await preview(text.encode(), "hall.fountain", USER)).problems == []


async def test_an_import_is_told_before_it_is_done(studio) -> None:
    ina = await studio.person("Ina")
    base = f"/api/v1/projects/{await studio.project(ina)}"
    named = {"X-Filename": "hall.fountain"}
    first = "INT. HALL - DAY\n\nA door.\n\nEXT. YARD - DAY\n\nRain.\n"
    found = await ina.post(f"{base}/scripts/preview", content=first, headers=named)
    assert found.status_code == 200, found.text
    assert len(found.json()["summary"]["added"]) == 2
    assert (await ina.get(f"{base}/graph")).json()["nodes"] == [], "a preview was kept"
    done = await ina.post(f"{base}/scripts", content=first, headers=named)
    assert done.json()["summary"] == found.json()["summary"]

    second = "INT. HALL - DAY\n\nA red door.\n\nINT. ATTIC - NIGHT\n\nDust.\n"
    before = (await ina.get(f"{base}/graph")).json()
    found = await ina.post(f"{base}/scripts/preview", content=second, headers=named)
    summary = found.json()["summary"]
    assert summary["added"]
    assert summary["removed"]
    assert summary["changed"]
    assert (await ina.get(f"{base}/graph")).json() == before, "a preview was kept"
    done = await ina.post(f"{base}/scripts", content=second, headers=named)
    assert done.json()["summary"] == summary
    refused = await ina.post(f"{base}/scripts/preview", content="", headers=named)
    assert refused.json()["code"] == "script.empty"


async def test_the_script_is_read_beside_its_scenes(studio) -> None:
    ina = await studio.person("Ina")
    base = f"/api/v1/projects/{await studio.project(ina)}"
    none = await ina.get(f"{base}/script")
    assert (none.status_code, none.json()["code"]) == (404, "script.none")
    hall = "Title: The Hall\n\nINT. HALL - DAY\n\nA door.\n\nINA\nWho is there?\n\n"
    text = hall + "EXT. YARD - DAY\n\nRain.\n"
    await ina.post(f"{base}/scripts", content=text, headers={"X-Filename": "hall.fountain"})
    script = (await ina.get(f"{base}/script")).json()
    assert (script["title"], script["name"], script["format"]) == (
        "The Hall", "hall.fountain", "fountain",
    )  # fmt: skip
    assert [(e["kind"], e["text"]) for e in script["elements"]][:4] == [
        ("heading", "INT. HALL - DAY"),
        ("action", "A door."),
        ("character", "INA"),
        ("dialogue", "Who is there?"),
    ]
    nodes = {n["id"]: n for n in (await ina.get(f"{base}/graph")).json()["nodes"]}
    assert [nodes[scene["node_id"]]["data"]["heading"] for scene in script["scenes"]] == [
        "INT. HALL - DAY", "EXT. YARD - DAY",
    ]  # fmt: skip
    assert [scene["line"] for scene in script["scenes"]] == [3, 10]

    # A scene that somebody took away is a scene of the script yet.
    gone = script["scenes"][1]["node_id"]
    await ina.post(f"{base}/graph/operations", json={"ops": [{"op": "node.remove", "ids": [gone]}]})
    again = (await ina.get(f"{base}/script")).json()
    assert [scene["node_id"] for scene in again["scenes"]] == [script["scenes"][0]["node_id"], None]
