"""The built-in vocabulary has all that was promised, and its types fit as they should."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

import app.vocabulary as vocabulary
from app.graph import Registry
from node_registry import DirectorError, NodeType, sockets

NODE_TYPES = {
    "shot", "image_generation", "audio_generation", "voice_synthesis", "style_transfer", "upscale",
    "transition", "composite", "character", "style", "environment", "pipeline", "conditional",
    "loop", "script", "scene", "image_import", "video_import", "audio_import", "audio", "camera",
    "metadata", "assembly", "prop", "note", "frame",
}  # fmt: skip
SOCKET_TYPES = {
    "Video", "Image", "Audio", "Text", "Number", "Boolean", "Array", "Character", "Style",
    "Environment", "AssetReference", "StyleParameters", "CameraData", "Mask", "ControlMap",
    "Pipeline", "EDL", "Sequence",
}  # fmt: skip


def test_everything_is_there(registry: Registry) -> None:
    assert set(registry.node_types) == {f"film.{name}" for name in NODE_TYPES}
    assert set(registry.socket_types) == SOCKET_TYPES
    colours = [kind.color for kind in registry.socket_types.values()]
    assert len(set(colours)) == len(colours)


@pytest.mark.parametrize("node_type", vocabulary.register_node_types(), ids=lambda n: n.id)
def test_node_type(node_type: NodeType, registry: Registry) -> None:
    for socket in (*node_type.inputs, *node_type.outputs):
        assert socket.type == sockets.ANY or socket.type in registry.socket_types
        assert socket.title
    jsonschema_rs.meta.validate(node_type.params)
    json.dumps(node_type.params)
    fields = registry.fields(node_type.id)
    assert fields is not None
    for name, value in fields.defaults.items():
        field = fields.get(name)
        assert field is not None
        assert field.validator.is_valid(value), f"the default of {name} does not fit"
    if node_type.kind == "value":
        assert node_type.evaluate is not None
        outputs = node_type.evaluate(fields.defaults, {})
        assert set(outputs) <= {socket.id for socket in node_type.outputs}


@pytest.mark.parametrize(
    ("source", "target", "way"),
    [
        ("Array", "Video", ["media.image_sequence"]),
        ("Image", "Video", ["media.still"]),
        ("Image", "Mask", []),
        ("Mask", "ControlMap", []),
        ("Number", "Text", [None]),
        ("Text", "Boolean", [None, None]),
        ("Character", "AssetReference", []),
        ("Environment", "AssetReference", []),
        ("AssetReference", "Character", None),
        ("Character", "Environment", None),
        ("Style", "StyleParameters", [None]),
        ("Sequence", "Video", None),
        ("Video", "Sequence", None),
        ("*", "Sequence", None),
        ("Video", "*", []),
        ("Video", "Image", ["media.frame"]),
        ("Video", "Audio", ["media.video_sound"]),
        ("Image", "Audio", ["media.still", "media.video_sound"]),
        ("Video", "Nothing", None),
    ],
)
def test_what_fits_what(
    source: str, target: str, way: list[str | None] | None, registry: Registry
) -> None:
    path = registry.convert_path(source, target)
    assert (None if path is None else [step.node_type for step in path]) == way


@pytest.mark.parametrize(
    ("source", "target", "value", "expected"),
    [
        ("Number", "Text", 5.0, "5"),
        ("Number", "Text", 2.5, "2.5"),
        ("Text", "Number", " 2,5 ", 2.5),
        ("Boolean", "Text", True, "yes"),
        ("Boolean", "Number", False, 0),
    ],
)
def test_conversion(
    source: str, target: str, value: object, expected: object, registry: Registry
) -> None:
    (converter,) = registry.convert_path(source, target) or ()
    assert converter.convert is not None
    found = converter.convert(value)
    assert found == expected
    assert type(found) is type(expected)


def test_an_id_that_comes_twice_is_refused() -> None:
    twice = [NodeType(id="a.b", title="B", category="A")] * 2
    with pytest.raises(DirectorError, match="registered twice"):
        Registry(twice, [])


def media(name: str) -> dict[str, object]:
    return {"digest": name * 64, "size": 1, "media_type": "image/png", "name": f"{name}.png"}


def test_a_place_gives_the_view_of_its_angle_and_its_depth_only_when_asked(
    registry: Registry,
) -> None:
    node_type = registry.node_types["film.environment"]
    assert node_type.evaluate is not None
    place = {
        "name": "SKERRY",
        "reference_images": [media("a")],
        "angles": [{"name": "From the boat", "image": media("b")}, {"name": "By air"}],
        "depth_map": media("c"),
        "hdr_map": media("d"),
    }
    plain = node_type.evaluate(place, {})
    assert plain["environment"] == place
    assert plain["background"] == media("a")
    assert plain["depth"] is None
    assert node_type.evaluate({**place, "angle": "From the boat"}, {})["background"] == media("b")
    assert node_type.evaluate({**place, "angle": "By air"}, {})["background"] == media("a")
    chosen = {"angle": "From the boat", "depth": True, "flat": False}
    steered = node_type.evaluate({**place, **chosen}, {})
    assert steered["depth"] == media("c")
    # What is given by itself is no part of what the place is: shots that use it stay as they are.
    assert steered["environment"] == place
    flat = node_type.evaluate({**place, "depth": True, "flat": True}, {})
    assert flat["environment"] == {**place, "depth_map": None, "hdr_map": None}
    assert flat["depth"] is None
