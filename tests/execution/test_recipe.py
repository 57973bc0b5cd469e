"""The recipe: what decides the bytes of a run, and when nothing may be reused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.execution.recipe import Recipe
from node_registry import BackendSpec, Ingredients, Input, Needs, Request

SPEC = BackendSpec(
    name="acme.paint",
    title="Paint",
    version="1",
    serves=("acme.paint",),
    factory=object,  # type: ignore[arg-type]
    estimate=lambda request, capabilities: Needs(),
)
PLAIN = Recipe(backend=SPEC, ingredients=Ingredients(models={"flux": "sha256:a"}))


def digest(recipe: Recipe, basis: str = "b", **changed: Any) -> str | None:
    request = Request(
        task_id="t", attempt=1, node_id="n", node_type="acme.paint", tier="high", seed=1
    )
    return recipe.digest(basis, msgspec.structs.replace(request, **changed))


def test_equal_recipes_have_one_digest() -> None:
    assert digest(PLAIN) == digest(msgspec.structs.replace(PLAIN))


@pytest.mark.parametrize(
    "other",
    [
        {"backend": msgspec.structs.replace(SPEC, version="2")},
        {"backend": msgspec.structs.replace(SPEC, name="acme.other")},
        {"ingredients": Ingredients(models={"flux": "sha256:b"})},
        {"ingredients": Ingredients(models={"flux": "sha256:a", "lora": "sha256:c"})},
        {"ingredients": Ingredients(models={"flux": "sha256:a"}, workflow="w")},
        {"catalog_digest": "w"},
    ],
)
def test_each_part_changes_the_digest(other: dict[str, Any]) -> None:
    changed = msgspec.structs.replace(PLAIN, **other)
    assert digest(changed) is not None
    assert digest(changed) != digest(PLAIN)


def test_the_digest_names_basis_seed_tier_and_all_that_the_backend_reads() -> None:
    several = [
        digest(PLAIN),
        digest(PLAIN, basis="c"),
        digest(PLAIN, seed=2),
        digest(PLAIN, tier="low"),
        digest(PLAIN, params={"grain": 0}),
        digest(PLAIN, inputs={"style": [Input(node_id="s", value={"grain": 0})]}),
    ]
    assert len(set(several)) == len(several)


def test_a_manifest_and_a_workflow_of_equal_digest_are_not_the_same() -> None:
    one = msgspec.structs.replace(PLAIN, catalog_digest="w")
    two = msgspec.structs.replace(
        PLAIN, ingredients=Ingredients(models={"flux": "sha256:a"}, workflow="w")
    )
    assert digest(one) != digest(two)


def test_a_model_of_unknown_version_means_no_reuse_and_says_so() -> None:
    unknown = Recipe(backend=SPEC, ingredients=Ingredients(models={"flux": None, "vae": "v"}))
    assert digest(unknown) is None
    assert unknown.facts()["not_reusable"] == "Which version of flux made it is not known."
    assert unknown.facts()["models"] == {"flux": None, "vae": "v"}


def test_a_backend_that_is_not_deterministic_means_no_reuse_and_says_so() -> None:
    chance = Recipe(
        backend=msgspec.structs.replace(SPEC, deterministic=False), ingredients=Ingredients()
    )
    assert digest(chance) is None
    assert chance.facts()["not_reusable"] == "Paint may make something else of the same."


def test_what_may_be_reused_tells_no_reason_against_it() -> None:
    facts = msgspec.structs.replace(PLAIN, catalog_digest="m").facts()
    assert facts == {
        "backend": "acme.paint",
        "title": "Paint",
        "version": "1",
        "models": {"flux": "sha256:a"},
        "workflow": "m",
    }
