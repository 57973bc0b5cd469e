"""From a frame to a command, and from an event to a frame."""

from __future__ import annotations

import msgspec

from app.platform.field_names import describe, hint_for_field, unknown_field
from node_registry import DirectorError

from .events import PAYLOADS, Inbound


class _Envelope(msgspec.Struct, frozen=True):
    event: str
    payload: msgspec.Raw = msgspec.Raw(b"{}")


class _Numbered(msgspec.Struct, frozen=True):
    seq: int | None = None


_envelope = msgspec.json.Decoder(_Envelope)
_numbered = msgspec.json.Decoder(_Numbered)
_commands: dict[str, msgspec.json.Decoder[Inbound]] = {
    name: msgspec.json.Decoder(kind) for name, kind in PAYLOADS.items() if issubclass(kind, Inbound)
}
_names: dict[type, bytes] = {
    kind: b'{"event":"%s","payload":' % name.encode() for name, kind in PAYLOADS.items()
}
_events: dict[type, str] = {kind: name for name, kind in PAYLOADS.items()}
_encoder = msgspec.json.Encoder()


class BadFrame(DirectorError):
    """A frame that is no command. `event` is its name and `seq` its number, as far as readable."""

    def __init__(
        self, code: str, message: str, hint: str = "", event: str = "", seq: int | None = None
    ) -> None:
        super().__init__(code, message, hint=hint)
        self.event = event
        self.seq = seq


def decode(frame: bytes | str) -> Inbound:
    """The command in a frame. Raises `BadFrame` with a sentence that says what is wrong with it."""
    try:
        envelope = _envelope.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadFrame(
            "socket.bad_frame",
            f"This frame is no event: {str(error)[:300]}.",
            'An event is {"event": "client:…", "payload": {…}} in JSON.',
        ) from error
    decoder = _commands.get(envelope.event)
    if decoder is None:
        raise BadFrame(
            "socket.unknown_event",
            f"There is no event {envelope.event[:80]!r} for a client to send.",
            "See docs/protocol.md.",
            envelope.event[:80],
        )
    try:
        return decoder.decode(envelope.payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadFrame(
            "socket.bad_payload",
            f"{envelope.event}: {str(error)[:300]}.",
            _hint(error, PAYLOADS[envelope.event]) or "See docs/protocol.md.",
            envelope.event,
            _seq_of(envelope.payload),
        ) from error


def _hint(error: Exception, kind: type) -> str:
    if not isinstance(error, msgspec.DecodeError):
        return ""
    message, path = describe(error)
    name = unknown_field(message)
    return "" if name is None else hint_for_field(name, kind, path)


def _seq_of(payload: msgspec.Raw) -> int | None:
    """The number in a payload that is otherwise unreadable, if it has one that can be."""
    try:
        seq = _numbered.decode(payload).seq
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return seq if seq is not None and 0 < seq < 2**53 else None


def encode(event: msgspec.Struct) -> bytes:
    """An event as a frame."""
    return _names[type(event)] + _encoder.encode(event) + b"}"


def name_of(event: msgspec.Struct) -> str:
    """The name of an event, such as `client:ops`."""
    return _events[type(event)]
