"""Stored bytes: kept once by their SHA-256, known to the projects that may see them."""

from .collection import Collected, Collector, known_objects
from .derivative_files import DerivativeFiles
from .derivative_maker import DerivativeMaker
from .events import DerivativeEnded, MediaAdded, StorageChanged
from .links import LONGEST as LONGEST_LINK
from .links import Link, LinkSigner
from .objects import ObjectStore, StorageState, StoredBytes
from .probing import facts_of
from .quotas import (
    StorageQuotas,
    check_new_project,
    check_room,
    current_quotas,
    full_projects,
    room_for,
    use_quotas,
)
from .segments import LARGEST as LARGEST_STREAM
from .segments import address_name as segment_address
from .service import media_of, name_objects, note_object, objects_of, project_sees
from .sources import Unsettled, list_unsettled, record_source_paths, sources_at
from .storage_watch import StorageWatch
from .stream_links import sign_stream, stream_actor
from .transfer import check_media, insert_media, keep_all, look_into_all, read_media
from .uploads import UploadLimits, Uploads

__all__ = [
    "LARGEST_STREAM",
    "LONGEST_LINK",
    "Collected",
    "Collector",
    "DerivativeEnded",
    "DerivativeFiles",
    "DerivativeMaker",
    "Link",
    "LinkSigner",
    "MediaAdded",
    "ObjectStore",
    "StorageChanged",
    "StorageQuotas",
    "StorageState",
    "StorageWatch",
    "StoredBytes",
    "Unsettled",
    "UploadLimits",
    "Uploads",
    "check_media",
    "check_new_project",
    "check_room",
    "current_quotas",
    "facts_of",
    "full_projects",
    "insert_media",
    "keep_all",
    "known_objects",
    "list_unsettled",
    "look_into_all",
    "media_of",
    "name_objects",
    "note_object",
    "objects_of",
    "project_sees",
    "read_media",
    "record_source_paths",
    "room_for",
    "segment_address",
    "sign_stream",
    "sources_at",
    "stream_actor",
    "use_quotas",
]
