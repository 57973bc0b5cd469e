"""The converter suite: for each of its tests, a converter that fails it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from node_registry.testing import ConverterSuite

from node_registry import Converter, DirectorError, NodeType, Socket


def words(value: Any) -> list[str]:
    if not isinstance(value, str):
        raise DirectorError("acme.no_text", "Only text has words.")
    return value.split()


def between(convert: Any = words, **other: Any) -> Converter:
    fields: dict[str, Any] = {"source": "Text", "target": "acme.words", "convert": convert}
    return Converter(**{**fields, **other})


def joined(value: Any) -> str:
    if not isinstance(value, list):
        raise DirectorError("acme.no_words", "This is no list of words.")
    return " ".join(str(word) for word in value)


BACK = Converter(source="acme.words", target="Text", convert=joined)


class TestWords(ConverterSuite):
    converter = between()
    examples = (("a door slams", ["a", "door", "slams"]), ("", []))
    refused = (None, 7)
    back = BACK


def taking_the_first(value: Any) -> Any:
    return value.pop(0)


def node(first: str, second: bool = False) -> NodeType:
    return NodeType(
        id="acme.cut",
        title="Cut",
        category="Acme",
        inputs=(
            Socket(id="in", type=first, required=True),
            Socket(id="more", type="Text", required=second),
        ),
        outputs=(Socket(id="out", type="Video"),),
    )


MEDIA = Converter(source="Image", target="Video", node_type="acme.cut")
COUNT = itertools.count()
# For each test of the suite, what a converter is like that fails it.
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "test_is_one_kind_of_conversion": (
        {"converter": between(node_type="acme.cut")}, "exactly one",
    ),
    "test_converts_its_examples": ({"converter": between(lambda value: [])}, "from 'a door slams'"),
    "test_is_pure": (
        {"converter": between(taking_the_first), "examples": ((["a", "b"], "a"),)}, "changed",
    ),
    "test_gives_json": (
        {"converter": between(lambda value: (1, 2)), "examples": (("x", (1, 2)),)},
        "more than JSON",
    ),
    "test_refuses_with_a_sentence": ({"converter": between(str)}, "became 'None'"),
    "test_survives_any_value": ({"converter": between(lambda value: value.split())}, "split"),
    "test_what_loses_nothing_comes_back": (
        {"examples": (("a  door", ["a", "door"]),)}, "did not come back",
    ),
    "test_leads_through_a_node_of_these_types": (
        {"converter": MEDIA, "node_types": [node("Video")]}, "the first input is the source",
    ),
}  # fmt: skip


def test_each_test_of_the_suite_has_a_converter_that_fails_it() -> None:
    assert {name for name in dir(ConverterSuite) if name.startswith("test_")} == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_finds(name: str) -> None:
    attributes, message = BROKEN[name]
    broken = type("Broken", (TestWords,), attributes)()
    with pytest.raises((AssertionError, AttributeError)) as failure:
        getattr(broken, name)()
    assert message in str(failure.value)


@pytest.mark.parametrize(
    ("attributes", "name", "message"),
    [
        ({"converter": between(target="Text")}, "test_is_one_kind_of_conversion", "where it began"),
        ({"converter": between(cost=0)}, "test_is_one_kind_of_conversion", "above 0"),
        ({"examples": ()}, "test_is_one_kind_of_conversion", "give examples"),
        (
            {"converter": between(lambda value: next(COUNT)), "examples": (("x", 0),)},
            "test_is_pure",
            "different ones",
        ),
        (
            {"converter": MEDIA, "node_types": []},
            "test_leads_through_a_node_of_these_types",
            "not among",
        ),
        (
            {"converter": MEDIA, "node_types": [node("Image", second=True)]},
            "test_leads_through_a_node_of_these_types",
            "only one is connected",
        ),
    ],
)
def test_finds_also(attributes: dict[str, Any], name: str, message: str) -> None:
    broken = type("Broken", (TestWords,), attributes)()
    with pytest.raises(AssertionError, match=message):
        getattr(broken, name)()


def test_a_conversion_of_media_that_fits_passes() -> None:
    suite = type("Media", (ConverterSuite,), {"converter": MEDIA, "node_types": [node("Image")]})()
    for name in BROKEN:
        getattr(suite, name)()
