"""Plans: which runs of which nodes a film needs, in order, each with its digests. Pure."""

from .compilation import compile_plan
from .digests import basis_of, default_seed, digest_of, is_media, recipe_of
from .staleness import explain, stale
from .steps import ActiveTake, InputRef, Iteration, Plan, PlanStep
from .targets import expand_targets, require_results

__all__ = [
    "ActiveTake",
    "InputRef",
    "Iteration",
    "Plan",
    "PlanStep",
    "basis_of",
    "compile_plan",
    "default_seed",
    "digest_of",
    "expand_targets",
    "explain",
    "is_media",
    "recipe_of",
    "require_results",
    "stale",
]
