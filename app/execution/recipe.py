"""The recipe of a run: all that decides its bytes, and whether an equal run's take may serve."""

from __future__ import annotations

from typing import Any

import msgspec

from node_registry import BackendSpec, Ingredients, Request

from .plan import digest_of, recipe_of


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """The backend of a run and what it uses.

    `catalog_digest` is that of the file that the node type comes from, where a catalog brought it:
    a manifest, or a workflow.
    """

    backend: BackendSpec
    ingredients: Ingredients
    catalog_digest: str | None = None

    def digest(self, basis: str, request: Request) -> str | None:
        """The digest by which equal runs share a take; None for one that is never equal.

        The basis leaves defaults out; the request says what they are now.
        """
        if self.why_unique():
            return None
        workflow = [self.catalog_digest, self.ingredients.workflow]
        return recipe_of(
            basis,
            seed=request.seed,
            tier=request.tier,
            backend=self.backend.name,
            backend_version=self.backend.version,
            models=self.ingredients.models,
            workflow=workflow if any(workflow) else None,
            request=_request_digest(request),
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


def _request_digest(request: Request) -> str:
    """The digest of all params and values that a backend reads, whatever they are by default."""
    values = {
        socket: [entry.value for entry in entries] for socket, entries in request.inputs.items()
    }
    return digest_of({"params": request.params, "values": values})
