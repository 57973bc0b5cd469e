"""A film with each node that works on pictures, sounds and runs, filled and connected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from app.platform.ids import new_key
from tests.e2e.film import Film
from tests.e2e.media_files import make_picture, make_sound, make_video


class MediaFilm:
    """Nodes by their names; each group stands on a level of its own, a scene."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self.ids: dict[str, str] = {}
        self.levels: dict[str, str | None] = {"film": None}
        self._level_of: dict[str, str] = {}
        self._ops: list[dict[str, Any]] = []
        self._places: dict[str, float] = {}

    def level_of(self, name: str) -> str | None:
        """The level on which a node stands."""
        return self.levels[self._level_of[name]]

    def level(self, name: str) -> None:
        """Begin a level."""
        self.levels[name] = id = new_key()
        place = 400 * len(self.levels)
        self._ops.append(
            {"op": "node.add", "id": id, "type": "film.scene", "order": f"b{len(self.levels):02}V",
             "pos": [place, -1200], "data": {"heading": name.title()}}
        )  # fmt: skip

    def add(self, level: str, key: str, type: str, /, **data: Any) -> str:
        """Put a node on a level, right of those that are there."""
        self.ids[key] = id = new_key()
        self._level_of[key] = level
        x = self._places.get(level, 0.0)
        self._places[level] = x + 380
        text = {k: data.pop(k) for k in ("prompt", "text") if k in data}
        op = {"op": "node.add", "id": id, "type": type, "parent": self.levels[level],
              "pos": [x, 40], "data": data}  # fmt: skip
        if text:
            op["text"] = text
        self._ops.append(op)
        return id

    def wire(self, source: str, out: str, target: str, into: str, order: str = "a0") -> None:
        """Connect two nodes by their names."""
        self._ops.append(
            {"op": "edge.add", "id": new_key(), "source": self.ids[source], "source_socket": out,
             "target": self.ids[target], "target_socket": into, "order": order}
        )  # fmt: skip

    async def store(self) -> None:
        """Send what was put together."""
        path = f"/projects/{self.film.id}/graph/operations"
        answer = await self.film.client.post(path, json={"ops": self._ops})
        assert answer.status_code == 200, answer.text
        self._ops = []

    async def data(self, name: str) -> dict[str, Any]:
        """The stored values of a node."""
        graph = await self.film.graph()
        return next(n["data"] for n in graph["nodes"] if n["id"] == self.ids[name])

    async def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """A file of the project."""
        path = f"/projects/{self.film.id}/media"
        answer = await self.film.client.post(path, content=content, headers={"X-Filename": name})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()


async def make_media_film(client: httpx.AsyncClient, folder: Path) -> MediaFilm:
    """All of it; nothing is generated yet."""
    made = MediaFilm(await Film.of(client, "Media", "one_line.txt"))
    red = make_video(folder / "red.mp4", (150, 40, 36)).read_bytes()
    blue = make_video(folder / "blue.mp4", (32, 60, 150), 48).read_bytes()
    first = await made.upload("red.mp4", red)
    second = await made.upload("blue.mp4", blue)
    picture = await made.upload("half.png", make_picture((230, 220, 200)))
    sound = await made.upload("swell.wav", make_sound())

    made.level("transition")
    made.add("transition", "red", "film.video_import", name="Red", media=first)
    made.add("transition", "blue", "film.video_import", name="Blue", media=second)
    made.add("transition", "transition", "film.transition", kind="wipe", frames=12)
    made.wire("red", "video", "transition", "a")
    made.wire("blue", "video", "transition", "b")

    made.level("composite")
    made.add("composite", "below", "film.video_import", name="Below", media=first)
    made.add("composite", "middle", "film.video_import", name="Middle", media=second)
    made.add("composite", "above", "film.video_import", name="Above", media=second)
    made.add(
        "composite", "composite", "film.composite",
        name="Sky", layers=[{}, {"blend": "screen", "opacity": 0.5}],
    )  # fmt: skip
    for place, layer in enumerate(("below", "middle", "above")):
        made.wire(layer, "video", "composite", "layers", f"a{place}")

    made.level("sound")
    made.add("sound", "sound", "film.audio_import", name="Swell", media=sound)
    made.add("sound", "audio", "film.audio", name="Surf", fade_in=0.5)
    made.add("sound", "empty audio", "film.audio", name="Empty")
    made.add("sound", "voice", "film.voice_synthesis", name="Narrator", text="The lamp is out.")
    made.add("sound", "noise", "film.audio_generation", name="Wind", prompt="wind over a bay")
    made.add("sound", "ina", "film.character", name="INA")
    made.wire("sound", "audio", "audio", "audio")

    made.level("files")
    made.add("files", "image file", "film.image_import", name="Half", media=picture)
    made.add("files", "video file", "film.video_import", name="Harbour", media=second)
    made.add("files", "sound file", "film.audio_import", name="Swell", media=sound)
    made.add("files", "no file", "film.image_import", name="Nothing yet")

    made.level("control")
    made.add("control", "camera", "film.camera", name="Crane", movement="dolly_in")
    made.add("control", "shot", "film.shot", code="900", frames=4, prompt="A lamp.")
    made.add("control", "flag", "film.metadata", kind="boolean", boolean=False)
    made.add("control", "day", "film.video_import", name="Day", media=first)
    made.add("control", "night", "film.video_import", name="Night", media=second)
    made.add("control", "conditional", "film.conditional")
    made.add("control", "loop", "film.loop", count=3)
    made.add("control", "picture", "film.image_generation", name="Lamp")
    made.wire("camera", "camera", "shot", "camera")
    made.wire("flag", "boolean", "conditional", "condition")
    made.wire("day", "video", "conditional", "if_true")
    made.wire("night", "video", "conditional", "if_false")
    await made.store()
    nodes = (await made.film.graph())["nodes"]
    made.ids["assembly"] = next(n["id"] for n in nodes if n["type"] == "film.assembly")
    made._level_of["assembly"] = "film"
    return made
