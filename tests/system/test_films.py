"""Films as people make them: their length, their edit lists, what a change makes again.

One studio runs for the module. Each film is decoded, and what is burned into its frames is
compared with the edit list by the checker that stands in `examples/verify_film.py`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import opentimelineio as otio
import pytest
from director_media.sound.level import measure
from director_media.sound.mix import decoded

from app.platform.ids import new_key

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / "examples/verify_film.py"
DIRECTOR = [sys.executable, "-m", "app.cli"]
OVERLAP = 12

DUET = """Title: Duet

INT. STAIRWELL - EVENING

Two doors. Behind each, a radio plays as loud as it can.

CELESTE
Turn that down!

BRAM ^
Turn that down!

CELESTE
I was here first.

EXT. STREET - NIGHT

Rain. Nobody.
"""

BAHNHOF = """Titel: Gleis Vier

AUSSEN. BAHNHOF - NACHT

Schnee. Eine Uhr steht.

INNEN. WARTESAAL - NACHT

ÖZGÜR
Wir schließen.

HENRIETTE
Ich warte auf den Zug.
"""

SATELLITE = """<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<FinalDraft DocumentType="Script" Template="No" Version="5"><Content>
<Paragraph Type="Scene Heading"><Text>INT. CONTROL ROOM - NIGHT</Text></Paragraph>
<Paragraph Type="Action"><Text>One console is still lit.</Text></Paragraph>
<Paragraph Type="Character"><Text>MIRA</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>Good evening. You are late.</Text></Paragraph>
</Content></FinalDraft>
"""

SPOKEN = """Title: Spoken

INT. LIGHTHOUSE - NIGHT

The lamp turns.

INA
Who is there? I have heard nobody come up these stairs for years, and tonight of all nights I did
not expect to hear anybody.
"""

# A rate that is no whole number shows itself in every place that reckons with seconds.
RATES = {"satellite.fdx": "24000/1001"}
SCRIPTS = {
    "duet.fountain": DUET,
    "bahnhof.fountain": BAHNHOF,
    "satellite.fdx": SATELLITE,
    "spoken.fountain": SPOKEN,
}

pytestmark = pytest.mark.system


def _load_checker() -> Any:
    spec = importlib.util.spec_from_file_location("verify_film", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


checker = _load_checker()


@dataclass
class House:
    """A studio that runs, with a folder for scripts and films."""

    folder: Path
    environment: dict[str, str]
    client: httpx.Client
    films: dict[str, dict[str, Any]] = field(default_factory=dict)

    def script(self, name: str) -> Path:
        """A script of this module, written once, or one of the examples."""
        if name not in SCRIPTS:
            return ROOT / "examples/scripts" / name
        path = self.folder / name
        if not path.exists():
            path.write_text(SCRIPTS[name], "utf-8")
        return path

    def command(self, name: str, *further: str) -> subprocess.CompletedProcess[str]:
        """`director make` of a script, at a size that is quick to make."""
        return subprocess.run(
            [*DIRECTOR, "make", self.script(name), "-o", self.film(name),
             "--resolution", "320x180", "--rate", RATES.get(name, "24"), *further],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def make(self, name: str) -> dict[str, Any]:
        """The same, with what it prints for programs."""
        done = self.command(name, "--json")
        assert done.returncode == 0, done.stderr
        self.films[name] = json.loads(done.stdout)
        return self.films[name]

    def made(self, name: str) -> dict[str, Any]:
        """What the last run told, or the first one if there was none yet."""
        return self.films.get(name) or self.make(name)

    def film(self, name: str) -> Path:
        return self.folder / f"{name.partition('.')[0]}.mp4"

    def verified(self, name: str) -> dict[str, Any]:
        """The checker's verdict on a film that was made, which must be good."""
        film = self.film(name)
        found = checker.verify(film, film.with_suffix(".edl"))
        assert found["ok"], "\n".join(checker.describe(found))
        return found

    def get(self, path: str, **params: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = self.client.post(f"/api/v1/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("films")
    environment = {**os.environ, "DIRECTOR_HOME": str(home), "COLUMNS": "200"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    found, log = home / "studio.json", home / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*DIRECTOR, "up", "--port", port, "--workers", "2"],
            cwd=ROOT, env=environment, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not found.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        address = json.loads(found.read_bytes())
        headers = {"Authorization": f"Bearer {address['token']}"}
        with httpx.Client(base_url=address["url"], headers=headers, timeout=60) as client:
            yield House(folder, environment, client)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.mark.parametrize("name", ["one_line.txt", "duet.fountain", "satellite.fdx"])
def test_a_film_is_as_long_as_its_timeline_and_shows_what_its_list_says(
    house: House, name: str
) -> None:
    result = house.make(name)
    found = house.verified(name)
    assert found["frames"] == result["frames"] == _timeline_frames(house, result["project_id"])
    assert found["read"] == result["frames"]
    assert len(found["events"]) == result["shots"] >= 3 * result["scenes"]
    assert result["made"] + result["reused"] == result["shots"] + 1
    project = house.client.get(f"/api/v1/projects/{result['project_id']}").json()
    assert project["title"] == result["title"]


def _timeline_frames(house: House, project: str) -> int:
    """The length of the timeline that the film's take holds, by OpenTimelineIO's own reckoning."""
    assembly = next(n for n in _graph(house, project)["nodes"] if n["type"] == "film.assembly")
    take = assembly["data"]["active_take"]
    answer = house.client.get(f"/api/v1/takes/{take}/content", params={"output": "timeline"})
    timeline = otio.adapters.read_from_string(answer.text, "otio_json")
    assert isinstance(timeline, otio.schema.Timeline)
    return round(timeline.duration().value)


def _graph(house: House, project: str) -> dict[str, Any]:
    return house.get(f"projects/{project}/graph")


def test_a_second_run_keeps_every_take_and_ends_in_seconds(house: House) -> None:
    first = house.made("duet.fountain")
    film = house.film("duet.fountain").read_bytes()
    began = time.monotonic()
    again = house.make("duet.fountain")
    took = time.monotonic() - began
    assert (again["made"], again["reasons"]) == (0, {})
    assert again["reused"] == again["shots"] + 1
    assert again["frames"] == first["frames"]
    assert house.film("duet.fountain").read_bytes() == film
    assert took < 20, f"The second run took {took:.1f} s."


def test_a_changed_line_makes_again_what_it_touches_and_says_which_and_why(house: House) -> None:
    name = "bahnhof.fountain"
    first = house.made(name)
    takes = _active_takes(house, first["project_id"])
    speaking = {
        f"SCENE_02/SHOT_{node['data']['code']}"
        for node in _graph(house, first["project_id"])["nodes"]
        if "Wir schließen." in node["text"].get("dialogue_content", "")
    }
    assert speaking
    script = house.script(name)
    script.write_text(script.read_text("utf-8").replace("schließen", "schlummern"), "utf-8")

    done = house.command(name)
    assert done.returncode == 0, done.stderr
    output = [line.strip() for line in done.stderr.splitlines()]
    for label in speaking:
        assert f"{label}: Its dialogue changed." in output, done.stderr
    reasons = [line for line in output if ": Its " in line]
    assert len(reasons) == len(speaking), done.stderr
    reused = first["shots"] - len(speaking)
    # The film itself is a step too: the sum is that of the plan, as every page tells it.
    total = first["shots"] + 1
    assert f"{total} steps: {len(speaking) + 1} made, {reused} reused." in done.stderr

    now = _active_takes(house, first["project_id"])
    assert now.keys() == takes.keys()
    assert {label for label in now if now[label] != takes[label]} == speaking
    house.verified(name)


def _active_takes(house: House, project: str) -> dict[str, str]:
    """The take that each shot gives, by the shot's name."""
    nodes = {node["id"]: node for node in _graph(house, project)["nodes"]}
    return {
        f"SCENE_{nodes[node['parent']]['data']['code']}/SHOT_{node['data']['code']}": node["data"][
            "active_take"
        ]
        for node in nodes.values()
        if node["type"] == "film.shot"
    }


@pytest.mark.parametrize("kind", ["dissolve", "fade", "push"])
def test_a_transition_overlaps_its_shots_by_its_frames(house: House, kind: str) -> None:
    name = "satellite.fdx"
    before = house.made(name)
    was_there = _put_transition(house, before["project_id"], kind)
    plain = before["frames"] + OVERLAP if was_there else before["frames"]
    again = house.make(name)
    assert again["frames"] == plain - OVERLAP == _timeline_frames(house, before["project_id"])
    assert again["made"] == 1, "Only the assembly is made again: the shots are as they were."

    found = house.verified(name)
    assert found["frames"] == again["frames"]
    mixed = [event for event in found["events"] if event["mixed"]]
    assert sum(event["mixed"] for event in mixed) == OVERLAP
    effects = {"dissolve": ["D"], "fade": ["D", "D"], "push": ["W101"]}
    assert [event["effect"] for event in mixed] == effects[kind]
    # Outside of the overlap every single frame was read and is right.
    assert found["read"] >= again["frames"] - OVERLAP
    if kind == "dissolve":
        middle = mixed[0]["unclear"]
        assert 0 < middle < OVERLAP, "In the middle of a dissolve no code can be read."


def _put_transition(house: House, project: str, kind: str) -> bool:
    """Put a transition between the first two shots; True when one stood there and was changed."""
    graph = _graph(house, project)
    transitions = (n for n in graph["nodes"] if n["type"] == "film.transition")
    there = next((n for n in transitions if n["parent"]), None)
    if there is not None:
        _submit(
            house, project, {"op": "node.set", "id": there["id"], "values": {"data.kind": kind}}
        )
        return True
    shots = {n["data"]["code"]: n for n in graph["nodes"] if n["type"] == "film.shot"}
    first, second = shots["010"], shots["020"]
    link = next(
        e for e in graph["edges"] if (e["source"], e["target"]) == (first["id"], second["id"])
    )
    node = new_key()
    _submit(
        house,
        project,
        {"op": "edge.remove", "ids": [link["id"]]},
        {"op": "node.add", "id": node, "type": "film.transition", "parent": first["parent"],
         "order": first["order"] + "V", "data": {"kind": kind, "frames": OVERLAP}},
        _edge(first["id"], node),
        _edge(node, second["id"]),
    )  # fmt: skip
    return False


def _edge(source: str, target: str) -> dict[str, str]:
    ends = {"source_socket": "next", "target_socket": "previous"}
    return {"op": "edge.add", "id": new_key(), "source": source, "target": target, **ends}


def _submit(house: House, project: str, *operations: dict[str, Any]) -> None:
    house.post(f"projects/{project}/graph/operations", {"ops": list(operations)})


def _later(text: str) -> str:
    """The second event shows its source from one frame later on."""
    lines = text.split("\r\n" if "\r\n" in text else "\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("002"))
    fields = lines[at].split()
    for place in (-4, -3):
        head, _, frames = fields[place].rpartition(":")
        fields[place] = f"{head}:{int(frames) + 1:02d}"
    lines[at] = " ".join(fields)
    return "\n".join(lines)


def _renamed(text: str) -> str:
    return text.replace("SHOT-020_v01", "SHOT-990_v01")


def _shortened(text: str) -> str:
    return text[: text.index("003  ")]


def _of_another_scene(text: str) -> str:
    return text.replace("SCENE_01", "SCENE_07")


def _garbled(text: str) -> str:
    return text.replace("002  ", "002  X Y Z ", 1)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_later, "film frame 36 shows SCENE_01/SHOT_020 frame 0, not SCENE_01/SHOT_020 frame 1"),
        (_renamed, "not SCENE_01/SHOT_990 frame 0"),
        (_shortened, "The film has 111 frames, its edit list 72."),
        (_of_another_scene, "not SCENE_07/SHOT_010 frame 0"),
        (_garbled, "cannot be taken as an edit list"),
    ],
)
def test_the_checker_finds_a_list_that_is_not_its_films(
    house: House, tmp_path: Path, damage: Callable[[str], str], words: str
) -> None:
    house.made("one_line.txt")
    film = house.film("one_line.txt")
    wrong = tmp_path / "wrong.edl"
    text = film.with_suffix(".edl").read_text()
    wrong.write_text(damage(text))
    assert wrong.read_text() != text
    found = checker.verify(film, wrong)
    assert not found["ok"]
    assert words in "\n".join(checker.describe(found))


def test_the_checker_ends_with_its_verdict(house: House, tmp_path: Path) -> None:
    house.made("one_line.txt")
    film = house.film("one_line.txt")
    good, wrong = film.with_suffix(".edl"), tmp_path / "wrong.edl"
    wrong.write_text(_renamed(good.read_text()))
    right, bad = (
        subprocess.run(
            [sys.executable, CHECKER, film, edl, "--json"],
            capture_output=True, text=True, check=False,
        )
        for edl in (good, wrong)
    )  # fmt: skip
    assert (right.returncode, bad.returncode) == (0, 1), right.stderr + bad.stderr
    found = json.loads(right.stdout)
    assert (found["ok"], found["frames"], found["read"]) == (True, 111, 111)
    assert [event["label"] for event in found["events"]] == [
        f"SCENE_01/SHOT_{number}" for number in ("010", "020", "030")
    ]
    assert json.loads(bad.stdout)["ok"] is False


def test_lines_are_spoken_where_the_film_wants_voices(house: House) -> None:
    """Followed by the words of `docs/voices.md`: `--voices` speaks, `--no-voices` is silent."""
    silent = house.make("spoken.fountain")
    first = loudness_of(house.film("spoken.fountain"))
    done = house.command("spoken.fountain", "--voices", "--json")
    assert done.returncode == 0, done.stderr
    spoken = json.loads(done.stdout)
    assert spoken["notes"] == []
    # The shot of the long line grew, the others are as they were.
    assert spoken["frames"] > silent["frames"]
    assert spoken["made"] < silent["made"]
    assert ["Its spoken lines changed."] in spoken["reasons"].values()
    heard = loudness_of(house.film("spoken.fountain"))
    assert first < -60
    assert -24 < heard < -22
    again = house.command("spoken.fountain", "--json")
    assert json.loads(again.stdout)["made"] == 0, "what was set once stays"
    back = json.loads(house.command("spoken.fountain", "--no-voices", "--json").stdout)
    assert back["frames"] == silent["frames"]
    assert back["made"] == 0, "the silent takes are there still"


def loudness_of(film: Path) -> float:
    """The integrated loudness of a film in LUFS."""
    return measure(decoded(film)).integrated
