"""The recipe of a run: all that decides its bytes, and whether an equal run's take may serve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from node_registry import BackendSpec, Ingredients

from .plan import recipe_of


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """The backend of a run and what it uses.

    `catalog_digest` is that of the file that the node type comes from, where a catalog brought it:
    a manifest, or a workflow.
    """

    backend: BackendSpec
    ingredients: Ingredients
    catalog_digest: str | None = None

    def digest(self, basis: str, seed: int, tier: str, further: Mapping[str, Any]) -> str | None:
        """The digest by which equal runs share a take; None for one that is never equal."""
        if self.why_unique():
            return None
        workflow = [self.catalog_digest, self.ingredients.workflow]
        return recipe_of(
            basis,
            seed=seed,
            tier=tier,
            backend=self.backend.name,
            backend_version=self.backend.version,
            models=self.ingredients.models,
            workflow=workflow if any(workflow) else None,
            further=further,
        )

    def why_unique(self) -> str:
        """Why its take is never taken for an equal one, in a sentence; empty when it may be."""
        title = self.backend.title or self.backend.name
        if not self.backend.deterministic:
            return f"{title} may make something else of the same."
        unknown = [name for name, digest in self.ingredients.models.items() if not digest]
        if unknown:
            return f"Which version of {', '.join(unknown)} made it is not known."
        return ""

    def facts(self) -> dict[str, Any]:
        """What stands on the take of what made it."""
        found: dict[str, Any] = {
            "backend": self.backend.name,
            "title": self.backend.title or self.backend.name,
            "version": self.backend.version,
            "models": dict(self.ingredients.models),
        }
        workflow = self.ingredients.workflow or self.catalog_digest
        if workflow:
            found["workflow"] = workflow
        if why := self.why_unique():
            found["not_reusable"] = why
        return found
