"""Opens the storage that the settings name, for either role."""

from __future__ import annotations

from app.media import ObjectStore
from app.platform.plugins import Plugins
from app.settings import Settings

from .plugin_settings import check_storage


async def open_store(settings: Settings, plugins: Plugins) -> ObjectStore:
    """The studio's object store, connected. Raises `storage.unknown`."""
    check_storage(settings, plugins)
    spec = plugins.storages[settings.storage]
    store = ObjectStore(spec.factory(settings.home), settings.home / "cache" / "objects")
    await store.open()
    return store
