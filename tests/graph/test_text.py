"""Deltas of text: they apply, invert, compose and converge, whatever characters are in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.graph.text import (
    BadDelta,
    TextDelta,
    apply_delta,
    compose,
    invert,
    length,
    normalise,
    replacement,
    transform,
)

ALPHABET = "ab \n\u00e9\u4e2d\U0001f30a\U0001f468\u200d\U0001f469\u0301"
texts = st.text(alphabet=ALPHABET, max_size=12)


@st.composite
def deltas(draw: st.DrawFn, text: str) -> TextDelta:
    """A delta that fits a text and cuts no character."""
    parts: list[int | str] = []
    rest = text
    while True:
        step = draw(st.sampled_from(["end", "keep", "insert", "delete"]))
        if step == "end":
            return normalise(parts)
        if step == "insert":
            parts.append(draw(st.text(alphabet=ALPHABET, min_size=1, max_size=4)))
            continue
        count = draw(st.integers(0, len(rest)))
        head, rest = rest[:count], rest[count:]
        parts.append(length(head) if step == "keep" else -length(head))


@st.composite
def edited(draw: st.DrawFn, number: int) -> tuple[str, list[TextDelta]]:
    text = draw(texts)
    return text, [draw(deltas(text)) for _ in range(number)]


@given(edited(2))
def test_two_edits_converge(case: tuple[str, list[TextDelta]]) -> None:
    text, (mine, theirs) = case
    one = apply_delta(apply_delta(text, mine), transform(theirs, mine, first=False))
    other = apply_delta(apply_delta(text, theirs), transform(mine, theirs, first=True))
    assert one == other


@given(edited(1))
def test_an_inverse_takes_an_edit_back(case: tuple[str, list[TextDelta]]) -> None:
    text, (delta,) = case
    assert apply_delta(apply_delta(text, delta), invert(delta, text)) == text


@given(st.data(), texts)
def test_composed_edits_do_what_both_do(data: st.DataObject, text: str) -> None:
    first = data.draw(deltas(text))
    between = apply_delta(text, first)
    then = data.draw(deltas(between))
    assert apply_delta(text, compose(first, then)) == apply_delta(between, then)


@given(texts, texts)
def test_a_replacement_makes_one_text_into_the_other(before: str, after: str) -> None:
    assert apply_delta(before, replacement(before, after)) == after


@given(edited(1))
def test_normal_form_is_stable_and_means_the_same(case: tuple[str, list[TextDelta]]) -> None:
    text, (delta,) = case
    assert normalise(delta) == delta
    assert apply_delta(text, normalise((*delta, 0, ""))) == apply_delta(text, delta)


def test_lengths_count_as_browsers_do() -> None:
    assert length("\U0001f30a") == 2
    assert apply_delta("\U0001f30a!", (2, "?")) == "\U0001f30a?!"


@pytest.mark.parametrize(
    ("text", "delta"),
    [("ab", (3,)), ("ab", (-3,)), ("\U0001f30a", (1, "x")), ("\U0001f30a", (-1,))],
)
def test_a_delta_that_does_not_fit_is_refused(text: str, delta: TextDelta) -> None:
    with pytest.raises(BadDelta):
        apply_delta(text, delta)


@pytest.mark.parametrize("parts", [(True,), (1.5,), ("\ud800",), (None,)])
def test_what_is_no_delta_is_refused(parts: tuple[object, ...]) -> None:
    with pytest.raises(BadDelta):
        normalise(parts)  # type: ignore[arg-type]
