"""What a project's events are: those of the wire, and those of this library's own connection.

Fields that a newer studio adds are passed over, and events that are not known here come as
`Unknown`, so a script goes on working.
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from .wire.server_events import (
    SERVER_EVENTS,
    Ack,
    AssetChanged,
    Bye,
    CatchUp,
    Conflicts,
    Drag,
    Event,
    Failed,
    FullSync,
    Gap,
    GenerationStarted,
    MediaChanged,
    NodeStateUpdated,
    NodeTypesChanged,
    OpsStored,
    OverwrittenField,
    Person,
    Pong,
    PresenceChanged,
    ProjectChanged,
    QueueChanged,
    QueuedTask,
    Rejected,
    SkippedField,
    StaleChanged,
    StaleNodeFound,
    StorageChanged,
    Stored,
    SyncedGraph,
    TaskFailed,
    TaskProgressed,
    TaskSucceeded,
    Undone,
    Welcome,
)

__all__ = [
    "Ack",
    "AssetChanged",
    "Bye",
    "CatchUp",
    "Conflicts",
    "Connected",
    "Disconnected",
    "Drag",
    "Event",
    "EventsDropped",
    "Failed",
    "FullSync",
    "Gap",
    "GenerationStarted",
    "MediaChanged",
    "NodeStateUpdated",
    "NodeTypesChanged",
    "OpsStored",
    "OverwrittenField",
    "Person",
    "Pong",
    "PresenceChanged",
    "ProjectChanged",
    "QueueChanged",
    "QueuedTask",
    "Rejected",
    "SkippedField",
    "StaleChanged",
    "StaleNodeFound",
    "StorageChanged",
    "Stored",
    "SyncedGraph",
    "TaskFailed",
    "TaskProgressed",
    "TaskSucceeded",
    "Undone",
    "Unknown",
    "Welcome",
    "decode",
]

MAX_FRAME = 64 * 1024 * 1024


class Connected(Event, frozen=True, kw_only=True):
    """This client has joined. `reconnected` is true when a connection had been lost."""

    reconnected: bool


class Disconnected(Event, frozen=True, kw_only=True):
    """The connection was lost; the next try is in `retry_in` seconds."""

    reason: str
    retry_in: float


class EventsDropped(Event, frozen=True, kw_only=True):
    """You read too slowly: so many events before the next were dropped. The graph lacks nothing."""

    count: int


class Unknown(Event, frozen=True, kw_only=True):
    """An event that this version of the library does not know."""

    event: str
    payload: Any


class _Envelope(msgspec.Struct, frozen=True):
    event: str
    payload: msgspec.Raw = msgspec.Raw(b"{}")


_envelope = msgspec.json.Decoder(_Envelope)
_decoders = {name: msgspec.json.Decoder(kind) for name, kind in SERVER_EVENTS.items()}


def decode(frame: str | bytes) -> Event:
    """The event in a frame: JSON, or JSON compressed by zlib in a binary one."""
    text = _inflated(frame) if isinstance(frame, bytes) else frame
    envelope = _envelope.decode(text)
    decoder = _decoders.get(envelope.event)
    if decoder is not None:
        try:
            return decoder.decode(envelope.payload)
        except msgspec.ValidationError:
            # A newer studio says it in another way: what it said is handed on as it came.
            pass
    return Unknown(event=envelope.event, payload=msgspec.json.decode(envelope.payload))


def _inflated(frame: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(frame, MAX_FRAME)
    except zlib.error as error:
        raise msgspec.DecodeError(str(error)) from error
    if inflater.unconsumed_tail:
        raise msgspec.DecodeError(f"A frame holds more than {MAX_FRAME} bytes.")
    return text
