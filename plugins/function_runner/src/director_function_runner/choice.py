"""Which variant of a function runs: by the quality that is asked for, and the card's memory."""

from __future__ import annotations

from node_registry import BackendError, Capabilities, Ingredients, Needs, Request, Tier

from .functions import Declared
from .library import Library
from .manifest import Resources, Variant
from .runtimes import Limits
from .settings import Settings
from .weights import digest_of

GB = 1_000_000_000
_SECONDS = 60.0


def resources_of(declared: Declared) -> Resources:
    """What a function needs: its own, or that of the whole manifest."""
    return declared.function.resources or declared.manifest.resources


def variants_for(resources: Resources, tier: Tier, vram_bytes: int) -> list[Variant]:
    """The variants that fit into so much memory, the one to take first at the front.

    The quality's own variant comes first, then those that need less, in the manifest's order.
    """
    variants = resources.variants
    names = [variant.name for variant in variants]
    named = resources.tiers.get(tier)
    start = names.index(named) if named in names else 0
    return [variant for variant in variants[start:] if variant.vram_gb * GB <= vram_bytes]


def needs_of(library: Library, request: Request, capabilities: Capabilities) -> Needs:
    """What a run needs, of what the workers offer."""
    resources = resources_of(library.find(request.node_type))
    gpu = resources.gpu
    if gpu is None or gpu.count == 0:
        return Needs(seconds=_SECONDS)
    fitting = variants_for(resources, request.tier, capabilities.vram_bytes)
    sizes = [variant.vram_gb for variant in resources.variants]
    least = fitting[0].vram_gb if fitting else min([*sizes, gpu.vram_gb])
    return Needs(device="gpu", vram_bytes=round(least * GB), seconds=_SECONDS)


def ingredients_of(library: Library, settings: Settings, request: Request) -> Ingredients:
    """The weights and the image that decide the bytes of a run."""
    declared = library.find(request.node_type)
    weights = {
        one.name: digest_of(one, settings.weights_folder()) for one in declared.manifest.weights
    }
    return Ingredients(models=weights, workflow=declared.digest)


def limits_of(resources: Resources, settings: Settings) -> Limits:
    """What a job gets. Raises `function.too_large` when it says that it needs more."""
    for what, wanted, most in (
        ("memory", resources.ram_gb, settings.memory_gb),
        ("disk", resources.disk_gb, settings.disk_gb),
    ):
        if wanted > most:
            raise BackendError(
                "function.too_large",
                f"It needs {wanted:g} GB of {what}, and a job gets {most:g} GB here.",
                hint=f"Raise DIRECTOR_PLUGIN_FUNCTION_RUNNER__{what.upper()}_GB.",
            )
    return Limits(
        memory=round((resources.ram_gb or settings.memory_gb) * GB),
        disk=round((resources.disk_gb or settings.disk_gb) * GB),
        shared_memory=round((resources.shm_gb or 0.064) * GB),
        cpus=min(resources.cpus or settings.cpus, settings.cpus),
        processes=settings.processes,
    )
