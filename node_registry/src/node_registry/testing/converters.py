"""The conformance suite of converters: what every way between two socket types must do."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from ..errors import DirectorError
from ..nodes import NodeType
from ..sockets import Converter
from .suite import ConformanceSuite

ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**63 - 1, "", "x", "\0", "\u202e" * 9, "9" * 10_000, [], [None], {},
    {"a": [1, {"b": None}]}, [["x"]], {"digest": "0" * 64, "media_type": "image/png"},
)  # fmt: skip


class ConverterSuite(ConformanceSuite):
    """What every converter promises. Set `converter`, and `examples` or `node_types`.

        class TestTextToCues(ConverterSuite):
            converter = TEXT_TO_CUES
            examples = (("0:02 A door slams", [{"at": 2.0, "text": "A door slams"}]),)
            refused = ("A door slams",)
            back = CUES_TO_TEXT

    `examples` pairs values of the source type with what each becomes; `refused` are values of
    the source type that have no such form. `back` is the converter of the other direction: where
    neither loses anything, a value comes back as it was. A conversion of media, which has a
    `node_type` instead of `convert`, needs no examples but `node_types`, those of its plugin.
    """

    converter: ClassVar[Converter]
    examples: ClassVar[Sequence[tuple[Any, Any]]] = ()
    refused: ClassVar[Sequence[Any]] = ()
    back: ClassVar[Converter | None] = None
    node_types: ClassVar[Sequence[NodeType]] = ()

    def test_is_one_kind_of_conversion(self) -> None:
        assert self.converter.source, "a converter has a source type"
        assert self.converter.target, "a converter has a target type"
        assert self.converter.source != self.converter.target, "it leads back to where it began"
        assert self.converter.cost > 0, "a cost is above 0, so that shorter ways are preferred"
        given = (self.converter.convert is not None, self.converter.node_type is not None)
        assert given.count(True) == 1, "exactly one of `convert` and `node_type` is given"
        if self.converter.convert is not None:
            assert self.examples, "give examples of what it converts"

    def test_converts_its_examples(self) -> None:
        for value, wanted in self.examples:
            assert self._convert(value) == wanted, f"from {value!r}"

    def test_is_pure(self) -> None:
        for value, _ in self.examples:
            given = copy.deepcopy(value)
            first = self._convert(given)
            assert given == value, "the conversion changed the value that it was given"
            assert self._convert(given) == first, "equal values became different ones"

    def test_gives_json(self) -> None:
        for value, _ in self.examples:
            made = self._convert(value)
            assert msgspec.json.decode(msgspec.json.encode(made)) == made, "it gives more than JSON"

    def test_refuses_with_a_sentence(self) -> None:
        for value in self.refused:
            refusal = self._refusal(value)
            assert len(refusal.message) > 10, "a refusal says what is wrong"

    def test_survives_any_value(self) -> None:
        """What comes along an edge was written by a person or another plugin."""
        if self.converter.convert is None:
            return
        for value in ODD_VALUES:
            try:
                made = self._convert(copy.deepcopy(value))
            except DirectorError:
                continue
            msgspec.json.encode(made)

    def test_what_loses_nothing_comes_back(self) -> None:
        if self.back is None or self.converter.lossy or self.back.lossy:
            return
        assert self.back.convert is not None, "the way back converts values, too"
        for value, _ in self.examples:
            assert self.back.convert(self._convert(value)) == value, f"{value!r} did not come back"

    def test_leads_through_a_node_of_these_types(self) -> None:
        if self.converter.node_type is None:
            return
        known = {node_type.id: node_type for node_type in self.node_types}
        assert self.converter.node_type in known, "its node type is not among `node_types`"
        node_type = known[self.converter.node_type]
        assert node_type.kind == "task", "what converts media is run by a backend"
        assert node_type.inputs, "the node has an input"
        assert node_type.outputs, "the node has an output"
        assert node_type.inputs[0].type == self.converter.source, "the first input is the source"
        assert node_type.outputs[0].type == self.converter.target, "the first output is the target"
        assert not any(socket.required for socket in node_type.inputs[1:]), "only one is connected"

    def _refusal(self, value: Any) -> DirectorError:
        try:
            made = self._convert(value)
        except DirectorError as refusal:
            return refusal
        raise AssertionError(f"{value!r} became {made!r}")

    def _convert(self, value: Any) -> Any:
        assert self.converter.convert is not None, "a conversion of media has no examples"
        return self.converter.convert(value)
