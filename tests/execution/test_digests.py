"""Digests are the same for the same meaning, and None where sameness cannot be promised."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.execution.plan import basis_of, default_seed, digest_of, recipe_of

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), values, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    assert digest_of(value) == digest_of(dict(reversed(value.items())))


@given(values, values)
def test_different_values_have_different_digests(one: object, other: object) -> None:
    same = msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(
        other, order="deterministic"
    )
    assert (digest_of(one) == digest_of(other)) == same


def test_a_file_counts_by_its_bytes() -> None:
    one = {"digest": "a" * 64, "size": 1, "media_type": "image/png", "name": "x.png"}
    assert digest_of([one]) == digest_of([{**one, "name": "y.png", "facts": {"width": 1}}])
    assert digest_of([one]) != digest_of([{**one, "digest": "b" * 64}])


def test_the_digest_of_a_known_basis_never_changes() -> None:
    """Takes of years ago are found by it: a change of the canonical form must be seen here."""
    part = {"type": "film.shot", "params": {"prompt": "sea"}, "iteration": ()}
    assert basis_of(part, {"characters": [(1.0, "ab")]}) == (
        "31e3362812c5e02f1f25708c51f87899d7a30ec770584b9868d1e3ef806d494f"
    )


RECIPE = {"seed": 1, "tier": "low", "backend": "animatic", "backend_version": "1"}


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"tier": "high"},
        {"backend": "comfy"},
        {"backend_version": "2"},
        {"models": {"flux": "abc"}},
        {"workflow": {"steps": 4}},
        {"request": {"cut": 1}},
    ],
)
def test_every_part_of_a_recipe_counts(change: dict[str, object]) -> None:
    assert recipe_of("b", **RECIPE) == recipe_of("b", **RECIPE)  # type: ignore[arg-type]
    assert recipe_of("b", **{**RECIPE, **change}) != recipe_of("b", **RECIPE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"models": {"flux": ""}},
        {"workflow": {"cfg": float("nan")}},
        {"workflow": object()},
        {"backend_version": ""},
    ],
)
def test_what_cannot_be_made_canonical_has_no_recipe(change: dict[str, object]) -> None:
    assert recipe_of("b", **{**RECIPE, **change}) is None  # type: ignore[arg-type]


def test_seeds_come_from_the_node_and_the_iteration() -> None:
    node = "0192f0c1-2345-7abc-8def-0123456789ab"
    assert default_seed(node) == default_seed(node)
    assert len({default_seed(node), default_seed(node, (0,)), default_seed(node, (1,)),
                default_seed(node, (0, 1)), default_seed("shot")}) == 5  # fmt: skip
    assert all(0 <= default_seed(node, (n,)) < 2**63 for n in range(200))
