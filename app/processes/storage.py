"""Opens the storage that the settings name, for either role."""

from __future__ import annotations

from app.media import ObjectStore
from app.platform.plugins import Plugins
from app.settings import Settings
from node_registry import DirectorError


async def open_store(settings: Settings, plugins: Plugins) -> ObjectStore:
    """The studio's object store, connected. Raises `storage.unknown`, naming those there are."""
    spec = plugins.storages.get(settings.storage)
    if spec is None:
        known = ", ".join(sorted(plugins.storages)) or "none"
        raise DirectorError(
            "storage.unknown",
            f"No plugin brings the storage {settings.storage!r}. There are: {known}.",
            hint="Correct DIRECTOR_STORAGE, or install the plugin; see `director plugins`.",
        )
    store = ObjectStore(spec.factory(settings.home), settings.home / "cache" / "objects")
    await store.open()
    return store
