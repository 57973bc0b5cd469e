"""The conversions that come with the studio keep the contract of converters."""

from __future__ import annotations

from director_media.nodes import NODE_TYPES
from node_registry.testing import ConverterSuite

from app.vocabulary.socket_types import CONVERTERS
from node_registry import Converter


def between(source: str, target: str) -> Converter:
    (found,) = (c for c in CONVERTERS if (c.source, c.target) == (source, target))
    return found


class TestNumberToText(ConverterSuite):
    converter = between("Number", "Text")
    back = between("Text", "Number")
    examples = ((5.0, "5"), (2.5, "2.5"), (-3, "-3"))
    refused = (None, True, "5", [])


class TestTextToNumber(ConverterSuite):
    converter = between("Text", "Number")
    examples = ((" 2,5 ", 2.5), ("24", 24), ("1e3", 1000))
    refused = ("", "INA", "nan", "1e999", "1,000.5", None)


class TestBooleanToText(ConverterSuite):
    converter = between("Boolean", "Text")
    examples = ((True, "yes"), (False, "no"))
    refused = (None, 1, "yes")


class TestBooleanToNumber(ConverterSuite):
    converter = between("Boolean", "Number")
    back = between("Number", "Boolean")
    examples = ((True, 1), (False, 0))
    refused = (None, 1, "yes")


class TestNumberToBoolean(ConverterSuite):
    converter = between("Number", "Boolean")
    examples = ((0, False), (0.5, True), (-1, True))
    refused = (None, True, "1")


class TestStyleToParameters(ConverterSuite):
    converter = between("Style", "StyleParameters")
    examples = (
        (
            {"name": "Noir", "keywords": "hard light", "palette": ["#000000"]},
            {"keywords": "hard light", "palette": ["#000000"], "lut": None},
        ),
    )
    refused = (None, "Noir", ["#000000"])


class TestImageToVideo(ConverterSuite):
    converter = between("Image", "Video")
    node_types = NODE_TYPES


class TestImagesToVideo(ConverterSuite):
    converter = between("Array", "Video")
    node_types = NODE_TYPES


class TestVideoToImage(ConverterSuite):
    converter = between("Video", "Image")
    node_types = NODE_TYPES


class TestVideoToAudio(ConverterSuite):
    converter = between("Video", "Audio")
    node_types = NODE_TYPES


def test_each_conversion_is_tried() -> None:
    suites = [suite for name, suite in globals().items() if name.startswith("Test")]
    tried = {(suite.converter.source, suite.converter.target) for suite in suites}
    assert tried == {(c.source, c.target) for c in CONVERTERS}
