"""Opens the storage that the settings name, for either role."""

from __future__ import annotations

from app.media import ObjectStore
from app.platform.disk import DiskFloor
from app.platform.plugins import Plugins
from app.settings import DEFAULT_STORAGE, Settings

from .plugin_settings import check_storage


def disk_floor(settings: Settings) -> DiskFloor:
    """What stays free on the disk of the data folder."""
    return DiskFloor(settings.home, settings.disk_floor_gb * 10**9)


async def open_store(settings: Settings, plugins: Plugins) -> ObjectStore:
    """The studio's object store, connected. Raises `storage.unknown`."""
    check_storage(settings, plugins)
    spec = plugins.storages[settings.storage]
    # This machine's own disk has no elsewhere to be away.
    unsent = None if settings.storage == DEFAULT_STORAGE else settings.home / "unsent"
    store = ObjectStore(spec.factory(settings.home), settings.home / "cache" / "objects", unsent)
    await store.open()
    return store
