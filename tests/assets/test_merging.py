"""Edits on older versions: merged where nobody else was, told where somebody was."""

from __future__ import annotations

from typing import Any

import pytest

from app.assets.merging import changed_fields, merge
from app.assets.model import content_of, read_content
from node_registry import DirectorError

BASE = {"name": "INA", "age": "30", "aliases": ["I", "IB"]}


@pytest.mark.parametrize(
    ("now", "wanted", "becomes"),
    [
        ({}, {"age": "31"}, {"age": "31"}),
        ({"role": "cook"}, {"age": "31"}, {"role": "cook", "age": "31"}),
        ({"age": "31"}, {"age": "31"}, {"age": "31"}),
        ({"age": "31"}, {"age": "30"}, {"age": "31"}),
        ({"aliases": ["I", "IB", "X"]}, {"aliases": ["Y", "I", "IB"]},
         {"aliases": ["Y", "I", "IB", "X"]}),
        ({"aliases": ["I"]}, {"aliases": ["I", "IB", "Y"]}, {"aliases": ["I", "Y"]}),
        ({"aliases": ["IB", "I"]}, {"aliases": ["IB"]}, {"aliases": ["IB"]}),
        ({"aliases": []}, {"aliases": []}, {"aliases": []}),
    ],
)  # fmt: skip
def test_what_merges(now: dict[str, Any], wanted: dict[str, Any], becomes: dict[str, Any]) -> None:
    merged, conflicts = merge(BASE, {**BASE, **now}, wanted)
    assert conflicts == []
    assert merged == {**BASE, **becomes}


def test_two_who_change_one_field_are_told_both_values() -> None:
    merged, (conflict,) = merge(BASE, {**BASE, "age": "31"}, {"age": "29", "name": "Ina"})
    assert (conflict.field, conflict.base, conflict.theirs, conflict.yours) == (
        "age", "30", "31", "29",
    )  # fmt: skip
    assert merged["name"] == "Ina"
    assert merged["age"] == "31"


def test_names_of_what_changed() -> None:
    assert changed_fields(BASE, {**BASE, "age": "1", "role": "cook"}) == ["age", "role"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "  "}, "asset.no_name"),
        ({"name": "INA", "hat": 1}, "asset.bad_field"),
        ({"name": "INA", "age": 30}, "asset.bad_field"),
        ({"name": "INA", "importance": "star"}, "asset.bad_field"),
        ({"name": "x" * 501}, "asset.bad_field"),
        ({"name": "INA", "description": "x" * 300_000}, "asset.too_large"),
        ({"name": "INA", "face_image": {"digest": 1}}, "asset.bad_field"),
    ],
)
def test_content_that_cannot_be(values: dict[str, Any], code: str) -> None:
    with pytest.raises(DirectorError) as refused:
        read_content("character", values)
    assert refused.value.code == code


def test_content_has_every_field_of_its_kind_in_one_form() -> None:
    content = read_content("character", {"name": " Ina \n Berg"})
    assert content["name"] == "Ina Berg"
    assert content.keys() == content_of("character").keys()
    assert read_content("character", content) == content
