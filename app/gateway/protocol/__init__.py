"""The wire of `/ws/{project_id}`: every event as a Struct, and the way between frame and Struct.

An event is `{"event": name, "payload": {…}}`, both ways. `docs/protocol.md` and its JSON Schema are
made from these Structs. The eight events of the product's Table 4 are exact, payload by payload;
what else a Table 4 event carries is optional.
"""

from . import inbound, outbound
from .events import PAYLOADS, Inbound, Outbound
from .frames import BadFrame, decode, encode, name_of

__all__ = [
    "PAYLOADS",
    "BadFrame",
    "Inbound",
    "Outbound",
    "decode",
    "encode",
    "inbound",
    "name_of",
    "outbound",
]
